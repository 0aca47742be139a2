"""Related needs (S6): what colleagues and family hold and the customer lacks, told so that nobody's holding is.

Of colleagues only counts are told, and only of a group large enough. In a household a count is a person: there both,
the customer and who holds it, must have agreed to marketing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.insight.exact import joined, number_text

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings

#: What one person may want because another has it, in the order in which it is talked about. A loan is not.
WANTED = (
    "insurance", "fund", "wealth_management", "certificate_of_deposit", "time_deposit", "bond", "precious_metal",
    "credit_card", "mobile_banking",
)  # fmt: skip
#: A need of these is felt at most so strongly; colleagues' by the share of them that holds it.
STRENGTH = {"colleagues": 0.6, "household": 0.4}
#: Colleagues must hold it more often than the bank's customers do, by this ratio, and so many of them must lack it.
ABOVE_USUAL, FEWEST_WITHOUT = 1.2, 2
ADULT = 18
#: Codes of the evidence, with their units.
EVIDENCE = (
    ("colleagues_with", "count"), ("colleagues", "count"), ("usual_share", "share"), ("members_with", "count"),
)  # fmt: skip


def related(t: ir.Table, relation: ir.Table, settings: NeedSettings) -> ir.Table:
    """Needs through colleagues and household, in the columns of :func:`tenure.insight.needs.felt`.

    ``t`` is :func:`tenure.insight.needs.customers`, best kept, for it is read several times; ``relation`` has the
    relations in force. Of each circle a customer has one need at most.
    """
    people = t.filter(t.kind == "person")
    held = ibis.union(*(
        people.filter(people.categories.coalesce("[]").contains(f'"{name}"')).select(
            "party_id", category=ibis.literal(name)
        )
        for name in WANTED
    ))  # fmt: skip
    both = ibis.union(_of_colleagues(people, held, settings), _of_household(people, held, relation, settings))
    return both.filter(both.score >= settings.minimum_score)


def _of_colleagues(people: ir.Table, held: ir.Table, settings: NeedSettings) -> ir.Table:
    employed = people.filter(people.employer_id.notnull()).select("party_id", "employer_id", "age")
    size = employed.group_by("employer_id").aggregate(n=employed.count())
    size = size.filter(size.n >= settings.count["group"])
    usual = held.group_by("category").aggregate(holders=held.count())
    everybody = people.aggregate(people=people.count())
    usual = usual.cross_join(everybody)
    usual = usual.select(_category="category", usual=usual.holders.cast("float64") / usual.people.cast("float64"))
    with_ = held.inner_join(employed.select("party_id", "employer_id"), "party_id")
    with_ = with_.group_by("employer_id", "category").aggregate(k=with_.count())
    told = with_.inner_join(size, "employer_id")
    told = told.inner_join(usual, told.category == usual._category).drop("_category")
    share = told.k.cast("float64") / told.n.cast("float64")
    told = told.mutate(share=share).filter(told.k <= told.n - FEWEST_WITHOUT)
    told = told.filter(told.share >= told.usual * ABOVE_USUAL)
    t = _lacking(_grown(employed).inner_join(told, "employer_id"), held)
    t = _first(t, (t.share / t.usual).desc())
    evidence = _evidence(
        colleagues_with=number_text(t.k), colleagues=number_text(t.n), usual_share=_hundredths(t.usual)
    )  # fmt: skip
    return _shaped(t, "colleagues", t.share * STRENGTH["colleagues"], evidence)


def _of_household(people: ir.Table, held: ir.Table, relation: ir.Table, settings: NeedSettings) -> ir.Table:
    agreed = _grown(people.filter(people.consent_marketing.coalesce(settings.silence_is_consent)))
    agreed = agreed.select("party_id")
    home = relation.filter(relation.kind.isin(("spouse", "household")))
    pairs = ibis.union(
        home.select("party_id", "other_id"),
        home.select(party_id="other_id", other_id="party_id"),
        distinct=True,
    ).semi_join(agreed, "party_id")
    theirs = held.semi_join(agreed, "party_id").select(other_id="party_id", category="category")
    t = pairs.inner_join(theirs, "other_id")
    t = t.group_by("party_id", "category").aggregate(k=t.other_id.nunique())
    t = _lacking(t, held)
    t = _first(t, t.k.desc())
    return _shaped(t, "household", ibis.literal(STRENGTH["household"]), _evidence(members_with=number_text(t.k)))


def _grown(t: ir.Table) -> ir.Table:
    return t.filter((t.age >= ADULT).coalesce(False))


def _lacking(t: ir.Table, held: ir.Table) -> ir.Table:
    return t.anti_join(held, ["party_id", "category"])


def _first(t: ir.Table, best: ir.Value) -> ir.Table:
    """Of each customer's rows the best, ties in the order of :data:`WANTED`."""
    place = ibis.cases(*((t.category == name, at) for at, name in enumerate(WANTED)), else_=len(WANTED))
    t = t.mutate(_nth=ibis.row_number().over(group_by=t.party_id, order_by=[best, place]))
    return t.filter(t._nth == 0)


def _shaped(t: ir.Table, need: str, score: ir.FloatingValue, evidence: ir.StringValue) -> ir.Table:
    return t.select(
        "party_id",
        need=ibis.literal(need),
        score=score.cast("float64").round(4),
        category=t.category,
        trigger=ibis.null("string"),
        due_on=ibis.null("date"),
        evidence=evidence,
    )


def _evidence(**texts: ir.StringValue) -> ir.StringValue:
    units = dict(EVIDENCE)
    told = [
        ibis.literal(f'{{"code":"{code}","value":') + text + ibis.literal(f',"unit":"{units[code]}"}}')
        for code, text in texts.items()
    ]
    return ibis.literal("[") + joined(told) + "]"


def _hundredths(share: ir.FloatingValue) -> ir.StringValue:
    """A share of 0…1 as JSON, to the percent."""
    hundred = (share * 100).round(0).cast("int64")
    return ibis.ifelse(hundred >= 100, "1.", "0.") + (hundred % 100).cast("string").lpad(2, "0")
