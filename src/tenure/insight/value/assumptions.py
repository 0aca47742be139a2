"""What the bank value assumes: transfer prices, expected loss, unit costs, the discount, and the timing of payments."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from tenure.contracts import codes
from tenure.errors import InputError
from tenure.insight.exact import MILLION
from tenure.insight.thresholds import digits

#: When a month's margin is thought to come: at its end, from who is still here then (m·r ÷ (1 + d − r) for ever).
TIMING = "end_of_month"

_KEYS = {
    "transfer_price": (*codes.DEPOSIT_CATEGORIES, *codes.LOAN_CATEGORIES),
    "commission": codes.INVESTMENT_CATEGORIES,
    "default_probability": codes.LOAN_CATEGORIES,
    "loss_given_default": codes.LOAN_CATEGORIES,
    "capital": codes.LOAN_CATEGORIES,
    "renewal": tuple(codes.PRODUCT_CATEGORIES),
    "unit_cost": tuple(codes.CHANNELS),
    "contact_cost": tuple(codes.CHANNELS),
}
_LEVELS = {
    "horizon_months": (1, 120),
    "discount_rate": (0, 100),
    "tail_months": (1, 60),
    "tail_concentration": (0, 1200),
    "hazard_error": (0, 3),
    "margin_error": (0, 3),
}
#: Tables of money; the others are rates.
_MONEY = ("unit_cost", "contact_cost")


@dataclass(frozen=True)
class Assumptions:
    """Rates are whole millionths (a year); ``unit_cost`` and ``contact_cost`` minor units of the reporting currency.

    ``discount_rate``, ``hazard_error`` and ``margin_error`` are plain shares. See ``defaults.toml`` for each.
    """

    horizon_months: int
    discount_rate: float
    tail_months: int
    tail_concentration: float
    hazard_error: float
    margin_error: float
    transfer_price: Mapping[str, int]
    commission: Mapping[str, int]
    default_probability: Mapping[str, int]
    loss_given_default: Mapping[str, int]
    capital: Mapping[str, int]
    renewal: Mapping[str, int]
    unit_cost: Mapping[str, int]
    contact_cost: Mapping[str, int]

    @property
    def timing(self) -> str:
        """The convention by which months are paid; the value page says it."""
        return TIMING

    def as_dict(self) -> dict[str, Any]:
        """Plain values, to be kept beside what was worked out with them."""
        return {**asdict(self), "timing": TIMING}


def load(currency: str = "CNY", override: Path | Mapping[str, Any] | None = None) -> Assumptions:
    """The default assumptions with a bank's own (a TOML file or a mapping) over single keys.

    Raises:
        InputError: an unknown key or an impossible value; the message names it.
    """
    held = tomllib.loads(resources.files("tenure.insight.value").joinpath("defaults.toml").read_text("utf-8"))
    own: Mapping[str, Any] = {}
    if isinstance(override, Path):
        try:
            own = tomllib.loads(override.read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise InputError(f"{override}: not readable as TOML: {wrong}", "Correct the file.") from None
    elif override is not None:
        own = override
    for key, value in own.items():
        if key not in held:
            raise InputError(f"value: unknown key {key}", f"Known here: {', '.join(held)}.")
        if key in _KEYS:
            if not isinstance(value, Mapping):
                raise InputError(f"value: {key} is a table, not {value!r}", f"Write it as [{key}].")
            held[key] = {**held[key], **value}
        else:
            held[key] = value
    levels = {name: _number(held[name], name, *bounds) for name, bounds in _LEVELS.items()}
    for name in ("horizon_months", "tail_months"):
        if levels[name] % 1:
            raise InputError(f"value: {name} is {levels[name]:g}", "Write a whole number of months.")
    tables = {name: _table(held[name], name, known, currency) for name, known in _KEYS.items()}
    return Assumptions(
        horizon_months=int(levels["horizon_months"]),
        discount_rate=levels["discount_rate"] / 100,
        tail_months=int(levels["tail_months"]),
        tail_concentration=levels["tail_concentration"],
        hazard_error=levels["hazard_error"],
        margin_error=levels["margin_error"],
        **tables,
    )


def _table(held: Mapping[str, Any], name: str, known: tuple[str, ...], currency: str) -> dict[str, int]:
    step = Decimal(10) ** digits(currency) if name in _MONEY else Decimal(MILLION) / 100
    limit = 1_000_000 if name in _MONEY else 100
    read = {}
    for key, value in held.items():
        if key not in known:
            raise InputError(f"value: unknown key {name}.{key}", f"Known here: {', '.join(known)}.")
        number = Decimal(str(_number(value, f"{name}.{key}", 0, limit)))
        read[key] = int((number * step).to_integral_value(ROUND_HALF_UP))
    return read


def _number(value: Any, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"value: {name} is {value!r}", f"Write a number from {low} to {high}.")
    return float(value)
