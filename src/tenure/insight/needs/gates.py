"""Hard gates: who may not be offered what, with the reason (S9: 适当性). No likelihood and no value opens one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings

OK = "ok"
#: Every reason a gate can give, the first that holds being given.
REASONS = (
    "left", "not_on_sale", "wrong_kind", "no_consent", "complaint_open", "age_unknown", "too_young", "too_old",
    "product_unrated", "risk_not_rated", "rating_expired", "risk_too_high",
)  # fmt: skip
_INVESTING = codes.INVESTMENT_CATEGORIES
_LENDING = codes.LOAN_CATEGORIES
ADULT, LAST_LOAN_AGE = 18, 65


def gate(t: ir.Table, settings: NeedSettings, as_of: date) -> ir.StringValue:
    """``ok`` or the reason, for rows of a customer beside a product.

    ``t`` has the customer's ``kind``, ``left_on``, ``consent_marketing``, ``open_complaints``, ``age`` (whole years,
    null if unknown), ``risk_rating`` and ``risk_rated_on``, and the product's ``category``, ``risk_level``,
    ``launched_on``, ``withdrawn_on`` and ``sold_to``, whom it is for; where the bank does not say, whom its category is
    for. What is not known never passes: an investment without a risk level, a
    customer without a rating, a rating dated ahead, a borrower without a birthday.
    """
    person, risky = t.kind == "person", t.category.isin(_INVESTING) | t.risk_level.notnull()
    lending = t.category.isin(_LENDING)
    oldest = as_of - timedelta(days=settings.rating_valid_days)
    valid = t.risk_rated_on.between(ibis.literal(oldest), ibis.literal(as_of)).coalesce(False)
    rating, level = (column.substr(1, 1) for column in (t.risk_rating, t.risk_level))
    by_category = ibis.cases(
        *((t.category.isin(names), kind) for kind, names in codes.CATEGORIES_FOR.items()), else_=t.kind
    )
    return ibis.cases(
        ((t.left_on <= as_of).coalesce(False), "left"),
        ((t.launched_on > as_of).coalesce(False) | (t.withdrawn_on <= as_of).coalesce(False), "not_on_sale"),
        (t.sold_to.coalesce(by_category) != t.kind, "wrong_kind"),
        (~t.consent_marketing.coalesce(settings.silence_is_consent), "no_consent"),
        (t.open_complaints.coalesce(0) > 0, "complaint_open"),
        (person & (lending | risky) & t.age.isnull(), "age_unknown"),
        (person & (lending | risky) & (t.age < ADULT), "too_young"),
        (person & lending & (t.age >= LAST_LOAN_AGE), "too_old"),
        (risky & t.risk_level.isnull(), "product_unrated"),
        (risky & t.risk_rating.isnull(), "risk_not_rated"),
        (risky & ~valid, "rating_expired"),
        (risky & (rating < level), "risk_too_high"),
        else_=OK,
    )
