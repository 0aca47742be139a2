"""Hard gates: which product may be put before which customer, with every reason against it (S9: 适当性).

The desk judges afresh what the night judged (``insight.needs.gates``): consent may have been refused, a rating given
or run out since. What is not known never passes. Nothing here can be overridden by anybody. Pure: no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenure.contracts import codes
from tenure.desk.knowledge.suitability import Rating

ADULT, LAST_LOAN_AGE = 18, 65
#: Every reason, in the order in which they are told.
REASONS = (
    "left", "not_on_sale", "wrong_kind", "no_consent", "complaint_open", "age_unknown", "too_young", "too_old",
    "product_unrated", "risk_not_rated", "rating_expired", "risk_too_high",
)  # fmt: skip
#: The reasons that a risk test answers.
ASKS_FOR_A_TEST = frozenset({"risk_not_rated", "rating_expired"})
#: Which categories serve a need, those that serve it best first; needs without a line are served by what the night
#: named for them.
SERVES: dict[str, tuple[str, ...]] = {
    "transact": ("mobile_banking", "debit_card", "demand_deposit"),
    "save": ("time_deposit", "certificate_of_deposit", "bond"),
    "grow": ("wealth_management", "fund", "precious_metal"),
    "home": ("mortgage",),
    "consume": ("credit_card", "consumer_loan"),
    "protect": ("insurance",),
    "retire": ("fund", "insurance"),
    "children": ("certificate_of_deposit", "insurance", "fund"),
    "business": ("business_loan", "acquiring", "settlement"),
    "purchasing": ("settlement",),
    "selling": ("acquiring",),
    "financing": ("business_loan",),
    "cash": ("cash_management", "demand_deposit"),
    "investing": ("wealth_management", "time_deposit", "certificate_of_deposit"),
    "payroll": ("payroll_service",),
    "supply_chain": ("business_loan",),
    "colleagues": (),
    "household": (),
}
#: The needs a customer of each kind may voice.
NEEDS_OF: dict[str, tuple[str, ...]] = {
    "person": ("transact", "save", "grow", "home", "consume", "protect", "retire", "children", "business"),
    "company": ("purchasing", "selling", "financing", "cash", "investing", "payroll", "supply_chain"),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A customer as the gates and the rules of bundles see them on a day. ``aum`` is the month's average in minor
    units; ``agrees`` is the consent to marketing as it stands, None where nobody asked."""

    kind: str
    left_on: date | None
    agrees: bool | None
    open_complaints: int
    birth_date: date | None
    rating: Rating | None
    tier: str
    aum: int
    categories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ware:
    """A product as the gates see it; ``sold_to`` is whom it is for, None where the bank's file does not say."""

    category: str
    risk_level: str | None
    launched_on: date | None = None
    withdrawn_on: date | None = None
    sold_to: str | None = None

    def is_for(self, kind: str) -> bool:
        """Whether it is for customers of ``kind``: as the bank says, else as its category is for one of them alone."""
        if self.sold_to:
            return self.sold_to == kind
        return not any(self.category in names for other, names in codes.CATEGORIES_FOR.items() if other != kind)

    @property
    def risky(self) -> bool:
        """Whether it asks for a rating: every investment does, and whatever has a risk level."""
        return self.category in codes.INVESTMENT_CATEGORIES or bool(self.risk_level)


def age_on(born: date, on: date) -> int:
    """Whole years on day ``on``."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def barred(ware: Ware, who: Who, on: date) -> tuple[str, ...]:
    """Every reason of :data:`REASONS` why ``ware`` may not be put before ``who`` on day ``on``; empty: it may."""
    found = {
        "left": who.left_on is not None and who.left_on <= on,
        "not_on_sale": (ware.launched_on is not None and ware.launched_on > on)
        or (ware.withdrawn_on is not None and ware.withdrawn_on <= on),
        "wrong_kind": not ware.is_for(who.kind),
        "no_consent": not who.agrees,
        "complaint_open": who.open_complaints > 0,
        **_of_age(ware, who, on),
        **_of_risk(ware, who),
    }
    return tuple(reason for reason in REASONS if found[reason])


def _of_age(ware: Ware, who: Who, on: date) -> dict[str, bool]:
    lending = ware.category in codes.LOAN_CATEGORIES
    asked = who.kind == "person" and (lending or ware.risky)
    age = age_on(who.birth_date, on) if who.birth_date is not None else None
    return {
        "age_unknown": asked and age is None,
        "too_young": asked and age is not None and age < ADULT,
        "too_old": asked and lending and age is not None and age >= LAST_LOAN_AGE,
    }


def _of_risk(ware: Ware, who: Who) -> dict[str, bool]:
    rated = ware.risky and bool(ware.risk_level)
    rating, order = who.rating, list(codes.RISK_RATINGS)
    return {
        "product_unrated": ware.risky and not ware.risk_level,
        "risk_not_rated": ware.risky and rating is None,
        "rating_expired": ware.risky and rating is not None and rating.expired,
        "risk_too_high": rated
        and rating is not None
        and order.index(rating.code) < order.index(ware.risk_level or order[-1]),
    }
