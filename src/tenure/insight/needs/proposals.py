"""The next product: felt needs, beside what may be offered, how likely it is opened and what it would earn."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from tenure.insight.exact import total
from tenure.insight.needs.gates import OK, gate
from tenure.insight.needs.rules import felt

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings

_FACTS = (
    "party_id", "kind", "left_on", "consent_marketing", "open_complaints", "age", "risk_rating", "risk_rated_on",
)  # fmt: skip


def proposals(
    customers: ir.Table,
    product: ir.Table,
    as_of: date,
    settings: NeedSettings,
    propensity: ir.Table | None = None,
    worth: ir.Table | None = None,
) -> ir.Table:
    """Each customer's ``top`` needs, in the columns of the publication's ``need``.

    ``customers`` is :func:`tenure.insight.needs.customers`; ``product`` has the contract's columns. ``propensity``:
    ``party_id``, ``category``, ``propensity`` (0…1, opened within three months); ``worth``: ``category``, ``worth``
    (minor units over the horizon, such as the mean margin of a holding × an annuity). Without them, or where they are
    silent, ``propensity`` and ``expected_value`` are null: nothing is made up.

    Of the products of a category one that may be offered goes first, then the lower risk level, then the number. A
    need whose every product is barred stays, with the reason: it says what to do first (ask for a new rating).
    Open needs come before barred ones, then those with an occasion, by expected value and score.
    """
    t = felt(customers, as_of, settings)
    t = t.inner_join(customers.select(*_FACTS), "party_id")
    offered = product.select("product_id", "category", "risk_level", "launched_on", "withdrawn_on")
    t = t.inner_join(offered, "category")
    t = t.mutate(gate=gate(t, settings, as_of))
    t = t.mutate(_open=ibis.ifelse(t.gate == OK, 0, 1))
    order = [t._open, t.risk_level.coalesce("R9"), t.product_id]
    t = t.mutate(_nth=ibis.row_number().over(group_by=[t.party_id, t.need], order_by=order))
    t = t.filter(t._nth == 0)
    if propensity is None:
        t = t.mutate(propensity=ibis.null("float64"))
    else:
        chances = propensity.select(_party=propensity.party_id, _category=propensity.category, propensity="propensity")
        t = t.left_join(chances, (t.party_id == chances._party) & (t.category == chances._category))
    if worth is None:
        t = t.mutate(worth=ibis.null("int64"))
    else:
        earns = worth.select(_sort=worth.category, worth="worth")
        t = t.left_join(earns, t.category == earns._sort)
    t = t.mutate(expected_value=(t.propensity * t.worth.cast("float64")).round(0).cast("int64"))
    t = t.mutate(_timely=ibis.ifelse(t.trigger.isnull(), 1, 0), _gain=-t.expected_value.coalesce(0), _weak=-t.score)
    t = t.mutate(_place=ibis.row_number().over(
        group_by=t.party_id, order_by=[t._open, t._timely, t._gain, t._weak, t.need])
    )  # fmt: skip
    t = t.filter(t._place < settings.top)
    return t.select(
        "party_id", "need", "score", "category", "product_id", "propensity", "gate", "trigger", "due_on",
        "expected_value", "evidence", place=(t._place + 1).cast("int64"),
    )  # fmt: skip


def balance_sheet(figures: ir.Table, members: ir.Table | None = None) -> ir.Table:
    """Assets, liabilities and net worth with this bank (资产、负债、权益), exact, by customer or by ``group_id``.

    ``figures``: ``party_id``, ``deposit``, ``investment``, ``loan``; ``members``: ``group_id``, ``party_id``. What is
    held or owed elsewhere is not in it.
    """
    owed = figures.loan.coalesce(0).abs()
    t = figures.select(
        "party_id", assets=figures.deposit.coalesce(0) + figures.investment.coalesce(0), liabilities=owed
    )
    if members is not None:
        pairs = members.select("group_id", "party_id").distinct()
        t = pairs.inner_join(t, "party_id")
        t = t.group_by("group_id").aggregate(assets=total(t.assets), liabilities=total(t.liabilities))
    return t.mutate(net_worth=t.assets - t.liabilities)
