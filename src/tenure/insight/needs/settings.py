"""What a bank may set about needs: levels at which one is felt, occasions' times, and the hard gates' limits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from tenure.errors import InputError
from tenure.insight.thresholds import digits


@dataclass(frozen=True)
class Occasion:
    """Days from an event: ``ahead`` of it the time begins to be right, best by ``due``, past after ``lasts``."""

    ahead: int
    due: int
    lasts: int


@dataclass(frozen=True)
class NeedSettings:
    """``level`` holds minor units of the reporting currency; see ``defaults.toml`` for every key."""

    minimum_score: float
    top: int
    rating_valid_days: int
    silence_is_consent: bool
    likely_lift: float
    likely_least: float
    spring_festival: bool
    school_month: int
    level: Mapping[str, int]
    count: Mapping[str, int]
    occasion: Mapping[str, Occasion]


def load(
    currency: str = "CNY", override: Path | Mapping[str, Any] | None = None, *, scale: float = 1.0
) -> NeedSettings:
    """The defaults with a bank's own (a TOML file or a mapping) over single keys.

    ``scale`` is what one yuan of a threshold means in ``currency`` (:attr:`tenure.insight.Thresholds.scale`).

    Raises:
        InputError: a file that is no TOML, an unknown key, another kind of value than the default's, or one that is
            negative or makes no sense beside the others.
    """
    held = tomllib.loads(resources.files("tenure.insight.needs").joinpath("defaults.toml").read_text("utf-8"))
    _lay_over(held, _read(override) if isinstance(override, Path) else override or {}, "")
    if not 0 <= held["minimum_score"] <= 1:
        raise InputError(f"needs: minimum_score is {held['minimum_score']!r}", "Write a number from 0 to 1.")
    if not 0 <= held["likely_least"] <= 1:
        raise InputError(f"needs: likely_least is {held['likely_least']!r}", "Write a number from 0 to 1.")
    if held["likely_lift"] <= 1:
        raise InputError(f"needs: likely_lift is {held['likely_lift']!r}", "Write a number above 1.")
    if held["school_month"] > 12:
        raise InputError(
            f"needs: school_month is {held['school_month']!r}", "Write a month from 1 to 12, or 0 for none."
        )
    unit = scale * 10 ** digits(currency)
    held["level"] = {key: max(round(amount * unit), 1) for key, amount in held["level"].items()}
    held["occasion"] = {name: Occasion(**days) for name, days in held["occasion"].items()}
    for name, days in held["occasion"].items():
        if days.lasts < days.due:
            raise InputError(f"needs: occasion.{name} is past before it is due", "Let lasts be at least due.")
    return NeedSettings(**held)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise InputError(f"{path}: not readable as TOML: {wrong}", "Correct the file.") from None


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
        least = 1 if path in ("level.", "count.") else 0  # these divide
        fits = isinstance(value, bool) if isinstance(before, bool) else isinstance(value, numbers)
        if not fits or (not isinstance(before, bool) and (isinstance(value, bool) or value < least)):
            raise InputError(f"needs: {path}{key} is {value!r}", f"Write something like {before!r}.")
        base[key] = value
