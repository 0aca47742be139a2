"""On which terms credit is shared: the weight of each part, the transfer-price spread of each kind, how long it runs.

The terms are configuration. A bank puts a ``credit.toml`` into TENURE_HOME with what differs from the defaults, for
example::

    months = 12            # how long what was won gives credit, from the day it was won

    [weights]              # of a hundred; all three are named
    found = 30
    won = 40
    serves = 30

    [spread]               # transfer-price spread, percent a year of the amount won
    deposit = 1.6

The default spreads are those the value of a customer is computed with (``insight/value/defaults.toml``): deposits and
loans at what treasury pays or charges, investments and insurance at their commission, the volume of an acquiring
contract at its net fee. What was won keeps the spread of its day, an agreement the weights of its day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tenure.contracts import codes
from tenure.desk.kit.bank_files import told_in
from tenure.errors import SetupError

_PERCENT = 10_000  # millionths in a percent


def _default_spreads() -> dict[str, int]:
    percent = {
        "deposit": "1.6",
        "investment": "0.5",
        "insurance": "0.8",
        "loan": "2.2",
        "mortgage": "2.3",
        "card": "2.0",
        "payroll": "1.6",
        "settlement": "1.6",
        "acquiring": "0.15",
        "corporate_loan": "2.3",
    }
    return {kind: int(Decimal(value) * _PERCENT) for kind, value in percent.items()}


@dataclass(frozen=True, slots=True)
class Terms:
    """``weights`` sum to 100; ``spreads`` are millionths a year; credit runs for ``months``."""

    weights: dict[str, int] = field(default_factory=lambda: {"found": 30, "won": 40, "serves": 30})
    spreads: dict[str, int] = field(default_factory=_default_spreads)
    months: int = 12

    def ends(self, won_on: date) -> date:
        """The first day on which what was won on ``won_on`` gives no more credit."""
        month = won_on.month - 1 + self.months
        year, month = won_on.year + month // 12, month % 12 + 1
        return date(year, month, min(won_on.day, _days_in(year, month)))


def _days_in(year: int, month: int) -> int:
    after = date(year + month // 12, month % 12 + 1, 1)
    return (after - date(year, month, 1)).days


def in_use() -> Terms:
    """The terms of this installation."""
    from django.conf import settings

    return terms_of(Path(settings.HOME))


@cache
def terms_of(home: Path) -> Terms:
    """The bank's terms: the defaults, changed by ``credit.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file is no TOML, names what there is not, or holds a number that cannot be.
    """
    path = home / "credit.toml"
    told = told_in(path, Decimal)
    unknown = sorted(set(told) - {"months", "weights", "spread"})
    if unknown:
        raise SetupError(f"{path}: there is no setting “{unknown[0]}”.", "Settings are: months, weights, spread.")
    terms = Terms()
    if "months" in told:
        if type(told["months"]) is not int or not 1 <= told["months"] <= 120:
            raise SetupError(f"{path}: months = {told['months']!r}.", "A whole number from 1 to 120.")
        terms = replace(terms, months=told["months"])
    if "weights" in told:
        terms = replace(terms, weights=_weights(path, told["weights"]))
    if "spread" in told:
        terms = replace(terms, spreads={**terms.spreads, **_spreads(path, told["spread"])})
    return terms


def _weights(path: Path, told: Any) -> dict[str, int]:
    parts = list(codes.CREDIT_PARTS)
    good = isinstance(told, dict) and sorted(told) == sorted(parts)
    if not good or any(type(one) is not int or one < 0 for one in told.values()) or sum(told.values()) != 100:
        raise SetupError(
            f"{path}: [weights] does not share out a hundred.",
            f"Name {', '.join(parts)} with whole numbers that sum to 100.",
        )
    return {part: told[part] for part in parts}


def _spreads(path: Path, told: Any) -> dict[str, int]:
    found = {}
    for kind, value in (told if isinstance(told, dict) else {"": told}).items():
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if kind not in codes.BUSINESS_KINDS or not number or not 0 <= value <= 100:
            raise SetupError(
                f"{path}: [spread] {kind} = {value}.",
                f"Percent a year, 0 to 100, for any of {', '.join(codes.BUSINESS_KINDS)}.",
            )
        found[kind] = int(value * _PERCENT)
    return found
