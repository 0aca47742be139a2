"""The next product: felt needs, beside what may be offered, how likely it is opened and what it would earn."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes
from tenure.insight.exact import total
from tenure.insight.needs.gates import OK, gate
from tenure.insight.needs.rules import RULES, felt

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings

#: The model's part of a score at most, and the doublings of the mean likelihood that reach it.
HIGHEST, DOUBLINGS = 0.5, 3
#: What is bought again by who holds it.
_AGAIN = tuple(
    name
    for name in (*codes.DEPOSIT_CATEGORIES, *codes.INVESTMENT_CATEGORIES)
    if name not in ("insurance", "demand_deposit")
)
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
    related: ir.Table | None = None,
) -> ir.Table:
    """Each customer's ``top`` needs, in the columns of the publication's ``need``.

    ``customers`` is :func:`tenure.insight.needs.customers`; ``product`` has the contract's columns; ``related`` is
    :func:`tenure.insight.needs.related`. ``propensity``:
    ``party_id``, ``category``, ``propensity`` (0…1, opened within three months) and, if at hand, ``because`` (evidence
    as JSON objects, joined by commas); ``worth``: ``category``, ``worth``
    (minor units over the horizon, such as the mean margin of a holding × an annuity). Without them, or where they are
    silent, ``propensity`` and ``expected_value`` are null: nothing is made up.

    A rule's strength r and the model's m become 1 − (1 − r)(1 − m), m = ½ · min(1, log₂(lift) ÷ 3), lift being the
    likelihood against the mean of customers of that kind. Where no rule speaks, a lift of ``likely_lift`` and
    a likelihood of ``likely_least`` admit the need that the category serves, if it is not held or can be held again.

    Of the products of a category one that may be offered goes first, then the lower risk level, then the number. A
    need whose every product is barred stays, with the reason: it says what to do first (ask for a new rating).
    Open needs come before barred ones, then those with an occasion, by expected value and score.
    """
    t = felt(customers, as_of, settings)
    if related is not None:
        t = ibis.union(t, related)
    if propensity is None:
        t = t.mutate(propensity=ibis.null("float64"))
    else:
        chances = lifted(propensity, customers)
        t = _with_likely(ibis.union(t, _admitted(t, chances, customers, settings)), chances, settings)
    t = t.inner_join(customers.select(*_FACTS), "party_id")
    offered = product.select("product_id", "category", "risk_level", "launched_on", "withdrawn_on", "sold_to")
    t = t.inner_join(offered, "category")
    t = t.mutate(gate=gate(t, settings, as_of))
    t = t.mutate(_open=ibis.ifelse(t.gate == OK, 0, 1))
    order = [t._open, t.risk_level.coalesce("R9"), t.product_id]
    t = t.mutate(_nth=ibis.row_number().over(group_by=[t.party_id, t.need, t.category], order_by=order))
    t = t.filter(t._nth == 0)
    if worth is None:
        t = t.mutate(worth=ibis.null("int64"))
    else:
        earns = worth.select(_sort=worth.category, worth="worth")
        t = t.left_join(earns, t.category == earns._sort)
    t = t.mutate(expected_value=(t.propensity * t.worth.cast("float64")).round(0).cast("int64"))
    t = t.mutate(_timely=ibis.ifelse(t.trigger.isnull(), 1, 0), _gain=-t.expected_value.coalesce(0), _weak=-t.score)
    t = t.mutate(_place=ibis.row_number().over(
        group_by=t.party_id, order_by=[t._open, t._timely, t._gain, t._weak, t.need, t.category])
    )  # fmt: skip
    t = t.filter(t._place < settings.top)
    return t.select(
        "party_id", "need", "score", "category", "product_id", "propensity", "gate", "trigger", "due_on",
        "expected_value", "evidence", place=(t._place + 1).cast("int64"),
    )  # fmt: skip


def lifted(propensity: ir.Table, customers: ir.Table) -> ir.Table:
    """The likelihoods with ``because`` (null where not given) and ``lift`` over the mean of persons or companies."""
    t = propensity.inner_join(customers.select("party_id", "kind"), "party_id")
    if "because" not in t.columns:
        t = t.mutate(because=ibis.null("string"))
    mean = t.group_by(_kind=t.kind, _category=t.category).aggregate(mean=t.propensity.mean())
    t = t.inner_join(mean, (t.kind == mean._kind) & (t.category == mean._category))
    return t.select("party_id", "category", "propensity", "because", lift=t.propensity / t["mean"].nullif(0))


def _admitted(t: ir.Table, chances: ir.Table, customers: ir.Table, settings: NeedSettings) -> ir.Table:
    """Needs that no rule tells and the model finds likely, as :func:`tenure.insight.needs.felt` has them, score 0."""
    likely = chances.filter((chances.lift >= settings.likely_lift) & (chances.propensity >= settings.likely_least))
    likely = likely.anti_join(t, ["party_id", "category"])
    likely = likely.inner_join(customers.select("party_id", "kind", "categories"), "party_id")
    first: dict[tuple[str, str], str] = {}
    for rule in RULES:
        first.setdefault((rule.kind, rule.category), rule.need)
    serves = [((likely.kind == kind) & (likely.category == category), need) for (kind, category), need in first.items()]
    held = likely.categories.coalesce("[]").contains(ibis.literal('"') + likely.category + '"')
    likely = likely.mutate(need=ibis.cases(*serves, else_=ibis.null("string")))
    likely = likely.filter(likely.need.notnull() & (~held | likely.category.isin(_AGAIN)))
    return likely.select(
        "party_id",
        "need",
        score=ibis.literal(0.0),
        category=likely.category,
        trigger=ibis.null("string"),
        due_on=ibis.null("date"),
        evidence=ibis.literal("[]"),
    )


def _with_likely(t: ir.Table, chances: ir.Table, settings: NeedSettings) -> ir.Table:
    """Needs with their likelihood, its part in the score and, where it is high, its evidence."""
    beside = chances.rename(_party="party_id", _category="category")
    t = t.left_join(beside, (t.party_id == beside._party) & (t.category == beside._category))
    doublings = ibis.greatest(t.lift.coalesce(1.0), 1.0).log2()
    model = HIGHEST * ibis.least(doublings / DOUBLINGS, 1.0)
    tenths = (t.lift * 10).round(0).cast("int64")
    number = ((tenths - tenths % 10) / 10).cast("int64").cast("string") + "." + (tenths % 10).cast("string")
    said = ibis.literal('{"code":"lift","value":') + number + ibis.literal(',"unit":"number"}')
    said = ibis.ifelse(t.because.coalesce("") == "", said, said + "," + t.because)
    before = t.evidence.substr(0, t.evidence.length() - 1)
    more = ibis.ifelse(t.evidence == "[]", "[", before + ",") + said + "]"
    return t.mutate(
        score=(1 - (1 - t.score) * (1 - model)).round(4),
        evidence=ibis.ifelse((t.lift >= settings.likely_lift).coalesce(False), more, t.evidence),
    ).drop("_party", "_category", "because", "lift")


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
