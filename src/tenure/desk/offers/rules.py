"""What a bundle asks of a customer, what a solution sells and how it stands. Pure decisions: no database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tenure.contracts import codes
from tenure.desk.kit.shares import wilson
from tenure.desk.offers.gates import NEEDS_OF, Who

DRAFT, SHOWN, AGREED, PARTLY, DECLINED, DROPPED, EXPIRED = codes.SOLUTION_STATES
NAME_LENGTH, WORDS_LENGTH, ADVICE_LENGTH, REASON_LENGTH = 80, 200, 2000, 500
#: A solution holds for so many days unless one says otherwise, and for at most so many: prices and ratings move.
USUAL_VALIDITY, LONGEST_VALIDITY = timedelta(days=14), timedelta(days=90)
MOST_NEEDS, MOST_ITEMS = 8, 12
#: Below this many answered solutions a share is said to rest on too few.
ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may have a bundle: kinds of customer, the lowest tier, the least AUM (minor units, the month's average),
    categories they must hold (all of them) and must not hold (any of them)."""

    kinds: tuple[str, ...] = ()
    tier_least: str = ""
    aum_least: int | None = None
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def terms_from(told: Mapping[str, Any]) -> Terms:
    """Terms as they are stored."""
    return Terms(
        kinds=tuple(told.get("kinds", ())),
        tier_least=told.get("tier_least", ""),
        aum_least=told.get("aum_least"),
        holds=tuple(told.get("holds", ())),
        lacks=tuple(told.get("lacks", ())),
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not have a bundle: ``bundle_kind``, ``_tier``, ``_aum``, ``_holds`` or ``_lacks``, with what
    it asks for."""

    reason: str
    detail: tuple[str | int, ...] = ()


def refusals(terms: Terms, who: Who) -> list[Refusal]:
    """Every reason why ``who`` may not have a bundle of these terms; empty: they may."""
    found = []
    if terms.kinds and who.kind not in terms.kinds:
        found.append(Refusal("bundle_kind", terms.kinds))
    if terms.tier_least and _rank(who.tier) < _rank(terms.tier_least):
        found.append(Refusal("bundle_tier", (terms.tier_least,)))
    if terms.aum_least is not None and who.aum < terms.aum_least:
        found.append(Refusal("bundle_aum", (terms.aum_least,)))
    if missing := tuple(one for one in terms.holds if one not in who.categories):
        found.append(Refusal("bundle_holds", missing))
    if too_many := tuple(one for one in terms.lacks if one in who.categories):
        found.append(Refusal("bundle_lacks", too_many))
    return found


def _rank(tier: str) -> int:
    return codes.TIER_ORDER.index(tier) if tier in codes.TIER_ORDER else -1


def in_validity(valid_from: date, valid_until: date, on: date) -> bool:
    """Whether ``on`` lies in the validity; its last day is in it."""
    return valid_from <= on <= valid_until


@dataclass(frozen=True, slots=True)
class Part:
    """One thing sold in a solution: for which need, of which category, and whether services come with it."""

    need: str
    category: str
    with_services: bool


def level_of(parts: Sequence[Part]) -> str:
    """At which of the three levels (S9) these are sold: empty for nothing, else one of ``codes.SALE_LEVELS``.

    What answers two needs or more is a solution. One need answered by a bundle with services, or by a product with
    one of the service products beside it, is a product with service; the rest is a product.
    """
    if not parts:
        return ""
    if len({part.need for part in parts}) > 1:
        return "solution"
    serving = len(parts) > 1 and any(part.category in codes.SERVICE_CATEGORIES for part in parts)
    return "service" if serving or any(part.with_services for part in parts) else "product"


def answered(agreed: int, of: int) -> str:
    """The state of a solution of whose ``of`` items ``agreed`` were agreed to."""
    if agreed == 0:
        return DECLINED
    return AGREED if agreed == of else PARTLY


def standing(state: str, valid_until: date | None, today: date) -> str:
    """The state as it is told on day ``today``: one that was shown and not answered within its validity expired."""
    if state == SHOWN and valid_until is not None and valid_until < today:
        return EXPIRED
    return state


def business_of(category: str) -> str:
    """The kind of business an agreed product becomes. A debit card and the app are earned on by what stays on the
    account behind them: they are deposit business."""
    return codes.BUSINESS_OF_CATEGORY.get(category, "deposit")


def stage_agreed(stages: Sequence[str]) -> str:
    """The stage of a kind of business at which somebody stands who has agreed to a proposal."""
    for stage in ("agreed", "proposed", "suitability", "contacted"):
        if stage in stages:
            return stage
    return stages[0]


def reordered(order: Sequence[str], need: str, up: bool) -> list[str]:
    """``order`` with ``need`` one place up or down; at the end it stays where it is."""
    found = list(order)
    at = found.index(need)
    to = at - 1 if up else at + 1
    if 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return found


def may_be_voiced(need: str, kind: str, felt: Iterable[str]) -> bool:
    """Whether a customer of this kind may have the need: one people voice, or one the night found."""
    return need in NEEDS_OF.get(kind, ()) or need in set(felt)


@dataclass(frozen=True, slots=True)
class Sold:
    """How a branch, a person or a month sold: agreed at each level, and how many of the answered were agreed to.

    ``singles`` are opportunities won without any solution; they are sold products too and counted with them.
    """

    product: int = 0
    service: int = 0
    solution: int = 0
    singles: int = 0
    shown: int = 0
    settled: int = 0
    agreed: int = 0

    @property
    def products(self) -> int:
        """Sold at the level of a product, with a solution's page or without."""
        return self.product + self.singles

    @property
    def sold(self) -> int:
        """Sold at any level."""
        return self.products + self.service + self.solution

    @property
    def share(self) -> float | None:
        """The share of those answered, or run out, that were agreed to at least in part."""
        return self.agreed / self.settled if self.settled else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of :attr:`share`."""
        return wilson(self.agreed, self.settled) if self.settled else None

    @property
    def too_few(self) -> bool:
        """Whether the share rests on too few to say anything by."""
        return self.settled < ENOUGH
