"""What a bank may set about needs: levels at which one is felt, and the hard gates' limits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from tenure.errors import InputError
from tenure.insight.thresholds import digits


@dataclass(frozen=True)
class NeedSettings:
    """``level`` holds minor units of the reporting currency; see ``defaults.toml`` for every key."""

    minimum_score: float
    top: int
    rating_valid_days: int
    silence_is_consent: bool
    maturity_days: int
    inflow_due_days: int
    payroll_due_days: int
    level: Mapping[str, int]
    count: Mapping[str, int]


def load(currency: str = "CNY", override: Mapping[str, Any] | None = None) -> NeedSettings:
    """The defaults with a bank's own over single keys.

    Raises:
        InputError: an unknown key, another kind of value than the default's, or a negative one.
    """
    held = tomllib.loads(resources.files("tenure.insight.needs").joinpath("defaults.toml").read_text("utf-8"))
    _lay_over(held, override or {}, "")
    if not 0 <= held["minimum_score"] <= 1:
        raise InputError(f"needs: minimum_score is {held['minimum_score']!r}", "Write a number from 0 to 1.")
    unit = 10 ** digits(currency)
    held["level"] = {key: round(amount * unit) for key, amount in held["level"].items()}
    return NeedSettings(**held)


def _lay_over(base: dict[str, Any], own: Mapping[str, Any], path: str) -> None:
    for key, value in own.items():
        if key not in base:
            raise InputError(f"needs: unknown key {path}{key}", f"Known here: {', '.join(base)}.")
        before = base[key]
        if isinstance(before, dict):
            if not isinstance(value, Mapping):
                raise InputError(f"needs: {path}{key} is a table, not {value!r}")
            _lay_over(before, value, f"{path}{key}.")
            continue
        numbers = (int, float) if isinstance(before, float) else (int,)
        fits = isinstance(value, bool) if isinstance(before, bool) else isinstance(value, numbers)
        if not fits or (not isinstance(before, bool) and (isinstance(value, bool) or value < (path != ""))):
            raise InputError(f"needs: {path}{key} is {value!r}", f"Write something like {before!r}.")
        base[key] = value
