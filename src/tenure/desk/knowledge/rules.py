"""What may be known of a customer, and in which form. Pure decisions: no database here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tenure.contracts import codes

WORDS_LENGTH = 500
#: How far ahead something may be expected.
FARTHEST = timedelta(days=366 * 30)
#: Changing facts expected within this time belong to the plan.
COMING = timedelta(days=92)

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(亿|万|千|bn|m|k)?\s*(?:元|yuan)?", re.IGNORECASE | re.ASCII)
_TIMES = {"亿": 10**8, "万": 10**4, "千": 10**3, "bn": 10**9, "m": 10**6, "k": 10**3, "": 1}
#: More than any customer holds anywhere: ten thousand 亿 in major units.
_MOST = 10**12


def amount_heard(text: str, exponent: int) -> int | None:
    """An amount as people say it (``50万``, ``1.2 亿``, ``300,000``, ``45k``) in minor units; None: no amount.

    ``exponent`` is how many decimals the currency has.
    """
    found = _AMOUNT.fullmatch(text.strip().replace(",", "").replace("，", ""))
    if found is None:
        return None
    major = Decimal(found[1]) * _TIMES[(found[2] or "").lower()]
    minor = int((major * 10**exponent).to_integral_value())
    return minor if minor > 0 and major <= _MOST else None


def kind_of(code: str) -> str:
    """The kind a fact of this code is of; empty where there is no such code."""
    return next((kind for kind, names in codes.FACTS_OF_KIND.items() if code in names), "")


def expected_well(code: str, until: date | None, today: date) -> bool:
    """Whether a fact noted ``today`` may be expected on ``until``: a changing one from today on, within 30 years."""
    if kind_of(code) == "changing":
        return until is not None and today <= until <= today + FARTHEST
    return until is None or until <= today + FARTHEST


@dataclass(frozen=True, slots=True)
class Worth:
    """Assets, liabilities and what remains, in minor units of one currency."""

    assets: int
    liabilities: int

    @property
    def net(self) -> int:
        """Net worth."""
        return self.assets - self.liabilities


def heard_worth(holdings: Iterable[tuple[str, int | None]]) -> Worth:
    """What holdings at other banks add up to: pairs of product category and amount heard; None counts nothing."""
    assets = liabilities = 0
    for category, amount in holdings:
        if category in codes.LOAN_CATEGORIES:
            liabilities += amount or 0
        else:
            assets += amount or 0
    return Worth(assets, liabilities)
