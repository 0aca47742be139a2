"""The bank's settings of care: ``care.toml`` in TENURE_HOME, every key with a default. Pure but for reading the file.

[rhythm]                  # days after which a customer of a tier is contacted again; 0: no rhythm
basic = 0
gold = 180
platinum = 90
diamond = 45
private = 30

[calendar]
maturity_notice = 7       # days before a maturity
suitability_months = 12   # how long a test of the attitude to risk holds
anniversaries = [1, 3, 5, 10, 15, 20, 25, 30, 35, 40]
lunar = true              # birthdays by the moon too …
lunar_until = 1975        # … for those born in or before this year
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from tenure.contracts import codes
from tenure.desk.care.rules import Settings
from tenure.desk.kit.bank_files import Expected, tables_in, whole

_YEARS = (
    lambda value: isinstance(value, list) and all(type(one) is int and 1 <= one <= 100 for one in value),
    "a list of whole numbers from 1 to 100",
)
#: Each key of [calendar]: whether a value is one, and in words what is expected.
_CALENDAR: dict[str, Expected] = {
    "maturity_notice": whole(0, 90),
    "suitability_months": whole(1, 60),
    "anniversaries": _YEARS,
    "lunar": (lambda value: isinstance(value, bool), "true or false"),
    "lunar_until": whole(1900, 2099),
}


@cache
def settings_of(home: Path) -> Settings:
    """The bank's settings: the defaults, changed by ``care.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such key, or a value it cannot have.
    """
    path = home / "care.toml"
    told = tables_in(path, {"rhythm": dict.fromkeys(codes.TIER_ORDER, whole(0, 1000)), "calendar": _CALENDAR})
    calendar = {key: tuple(v) if isinstance(v, list) else v for key, v in told.get("calendar", {}).items()}
    usual = Settings()
    return replace(usual, rhythm={**usual.rhythm, **told.get("rhythm", {})}, **calendar)
