"""Needs by rule (S6, S7): how strongly each is felt, from what the bank sees, with the numbers it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import ibis

from tenure.insight.exact import joined, number_text
from tenure.insight.needs.occasions import children, days, due, events

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings


@dataclass(frozen=True)
class Rule:
    """One need: for whom, what serves it, how strongly it is felt (0…1), its evidence (column, unit), its times.

    ``triggers`` are occasions in the order in which they are told. ``raised`` says how strongly the need is felt at
    least while an occasion's time is, by who does not hold the category (or, with ``again``, by anybody).
    """

    need: str
    kind: str
    category: str
    score: Callable[[ir.Table, NeedSettings], ir.FloatingValue]
    evidence: tuple[tuple[str, str], ...]
    triggers: tuple[str, ...] = ()
    raised: Mapping[str, float] = field(default_factory=dict)
    again: bool = False


def _part(value: ir.NumericValue, full: int) -> ir.FloatingValue:
    return ibis.least(ibis.greatest(value.coalesce(0).cast("float64") / float(full), 0.0), 1.0)


def _when(condition: ir.BooleanValue, value: ir.FloatingValue) -> ir.FloatingValue:
    return ibis.ifelse(condition.coalesce(False), value, 0.0)


def _lacks(t: ir.Table, category: str) -> ir.BooleanValue:
    return ~t.categories.coalesce("[]").contains(f'"{category}"')


def _aged(t: ir.Table, low: int, high: int) -> ir.BooleanValue:
    return t.age.between(low, high)


#: The retail needs of S6, the five corporate demands of S7, and what a company needs through others (S6).
RULES = (
    Rule(
        "transact", "person", "mobile_banking",
        lambda t, s: _when(_lacks(t, "mobile_banking"), 1.0 - _part(t.transactions_12m, s.count["transactions"])),
        (("transactions_12m", "count"),), ("payroll_started", "payroll_stopped", "came_of_age"),
        {"came_of_age": 0.3},
    ),
    Rule(
        "save", "person", "time_deposit", lambda t, s: _part(t.maturing_90d, s.level["maturing"]),
        (("maturing_90d", "money"), ("credit", "money")), ("maturity", "windfall", "inflow", "retirement"),
        {"windfall": 0.5, "inflow": 0.3, "retirement": 0.3}, again=True,
    ),
    Rule(
        "grow", "person", "wealth_management", lambda t, s: _part(t.idle, s.level["idle"]),
        (("idle", "money"), ("investment", "money"), ("credit", "money")),
        ("maturity", "windfall", "inflow", "retirement"), {"windfall": 0.5}, again=True,
    ),
    Rule(
        "home", "person", "mortgage",
        lambda t, s: _when(_lacks(t, "mortgage") & _aged(t, 25, 45), _part(t.payroll_months, 12)),
        (("age", "count"), ("payroll_months", "months")), ("spouse", "child", "payroll_started"),
    ),
    Rule(
        "consume", "person", "credit_card",
        lambda t, s: _when(_lacks(t, "credit_card"), _part(t.payroll_months, 12)),
        (("payroll_months", "months"),), ("payroll_started", "spouse", "festival"), {"payroll_started": 0.3},
    ),
    Rule(
        "protect", "person", "insurance",
        lambda t, s: _when(_lacks(t, "insurance"), 0.5 * _part(t.children, 1) + 0.5 * _part(t.loan.abs(), 1)),
        (("children", "count"), ("loan", "money")), ("mortgage", "child", "spouse"),
        {"mortgage": 0.5, "child": 0.5, "spouse": 0.3},
    ),
    Rule(
        "retire", "person", "fund",
        lambda t, s: _when(_lacks(t, "fund") & (t.age < 65), _part(t.age - 35, 20)), (("age", "count"),),
        ("retirement",), {"retirement": 0.5},
    ),
    Rule(
        "children", "person", "certificate_of_deposit",
        lambda t, s: _when(_lacks(t, "certificate_of_deposit") & _aged(t, 22, 60), 0.5 * _part(t.children, 1)),
        (("children", "count"),), ("child", "came_of_age", "school"),
    ),
    Rule(
        "business", "person", "business_loan",
        lambda t, s: _when(_lacks(t, "business_loan"), 0.6 * _part(t.companies, 1)), (("companies", "count"),),
    ),
    Rule(
        "purchasing", "company", "settlement",
        lambda t, s: _when(
            _lacks(t, "settlement"),
            ibis.greatest(_part(t.suppliers, s.count["partners"]), 0.4 * _part(t.suppliers_here, 1)),
        ),
        (("suppliers", "count"), ("suppliers_here", "count")),
    ),
    Rule(
        "selling", "company", "acquiring",
        lambda t, s: _when(_lacks(t, "acquiring"), _part(t.buyers, s.count["partners"])),
        (("buyers", "count"), ("buyers_here", "count")),
    ),
    Rule(
        "financing", "company", "business_loan",
        lambda t, s: _when(
            t.inflow_3m > 0, _part((t.outflow_3m - t.inflow_3m).cast("float64") / t.inflow_3m.nullif(0), 1)
        ),
        (("inflow_3m", "money"), ("outflow_3m", "money")),
    ),
    Rule(
        "cash", "company", "cash_management",
        lambda t, s: _when(_lacks(t, "cash_management"), _part(t.transactions_12m, s.count["company_transactions"])),
        (("transactions_12m", "count"),),
    ),
    Rule(
        "investing", "company", "wealth_management", lambda t, s: _part(t.idle, s.level["company_idle"]),
        (("idle", "money"), ("investment", "money"), ("credit", "money")), ("maturity", "windfall", "inflow"),
    ),
    Rule(
        "payroll", "company", "payroll_service",
        lambda t, s: _when(
            _lacks(t, "payroll_service") & (t.staff >= s.count["staff"]),
            0.3 + 0.7 * _part(t.staff, 10 * s.count["staff"]),
        ),
        (("staff", "count"),),
    ),
    Rule(
        "supply_chain", "company", "business_loan",
        lambda t, s: _when(
            _lacks(t, "business_loan") & (t.suppliers_here + t.buyers_here > 0),
            0.3 + 0.3 * _part(t.suppliers_here + t.buyers_here, s.count["partners"]),
        ),
        (("suppliers_here", "count"), ("buyers_here", "count")),
    ),
)  # fmt: skip


_COUNTED = ("children", "companies", "suppliers", "suppliers_here", "buyers", "buyers_here", "staff")


def customers(
    party: ir.Table,
    figures: ir.Table,
    relation: ir.Table,
    as_of: date,
    settings: NeedSettings,
    *,
    accounts: ir.Table | None = None,
    receipts: ir.Table | None = None,
    usual: ir.Table | None = None,
) -> ir.Table:
    """What the rules look at, one row a customer: facts, figures, known relations, idle money and dated events.

    ``party`` and ``relation`` have the contracts' columns, ``figures`` those of ``contracts.customer_figures``. A
    relation (a, b, kind) says that b is a's ``kind``. ``idle`` is deposits beyond ``reserve_months`` of outflow.
    ``accounts`` (:func:`tenure.insight.holdings.accounts`), ``receipts`` and ``usual`` (those of this package) tell of
    mortgages, salaries, pensions and large credits; without them these occasions are not known. ``suppliers_here`` and
    ``buyers_here`` count partners, ``staff`` the employees, who are among ``figures``.
    """
    live = in_force(relation, as_of)
    facts = party.select(
        "party_id", "kind", "sex", "birth_date", "risk_rating", "risk_rated_on", "left_on", "consent_marketing",
        told_employer="employer_id",
    )  # fmt: skip
    wanted = (
        "party_id", "deposit", "investment", "loan", "categories", "transactions_12m", "inflow_3m", "outflow_3m",
        "payroll_months", "payroll_last_on", "maturing_90d", "next_maturity_on", "open_complaints",
    )  # fmt: skip
    t = facts.inner_join(figures.select(*wanted), "party_id")
    t = t.left_join(_employers(relation, live), "party_id").drop("party_id_right")
    # A register that says who works where, and until when, knows better than the number on the customer's record.
    none = ibis.null("string")
    employer = ibis.ifelse(t.registered.coalesce(False), t.works_at, t.told_employer)
    t = t.mutate(employer_id=ibis.ifelse(t.kind == "person", employer, none))
    t = t.drop("registered", "works_at", "told_employer")
    here = t.select("party_id")
    staff = t.filter(t.employer_id.notnull()).group_by(_employer=t.employer_id).aggregate(staff=ibis._.count())
    leads = live.filter(live.kind.isin(("legal_representative", "owner")))
    kin = children(live)
    parts = (
        kin.group_by("party_id").aggregate(children=kin.child_id.nunique()),
        leads.group_by(party_id=leads.other_id).aggregate(companies=leads.party_id.nunique()),
        _partners(live, here, "supplier", "buyer", "suppliers"),
        _partners(live, here, "buyer", "supplier", "buyers"),
        staff.rename(party_id="_employer"),
        events(t, live, as_of, settings, accounts, receipts, usual),
    )
    for part in parts:
        t = t.left_join(part, "party_id").drop("party_id_right")
    had = (t.birth_date.month() * 100 + t.birth_date.day()) <= as_of.month * 100 + as_of.day
    reserve = t.outflow_3m.coalesce(0) * settings.count["reserve_months"] / 3
    return t.mutate(
        age=(as_of.year - t.birth_date.year() - ibis.ifelse(had, 0, 1)).cast("int64"),
        idle=ibis.greatest(t.deposit.coalesce(0) - reserve.round(0).cast("int64"), 0),
        **{name: t[name].coalesce(0) for name in _COUNTED},
        **days(t, as_of, settings),
    ).drop(*(name for name in t.columns if name.startswith("told_")))


def in_force(relation: ir.Table, as_of: date) -> ir.Table:
    """The relations that hold on ``as_of``."""
    return relation.filter((relation.since <= as_of).coalesce(True) & (relation.until > as_of).coalesce(True))


def _employers(relation: ir.Table, live: ir.Table) -> ir.Table:
    """Who is on a register of employment at all, and where somebody works now."""
    on_it = relation.filter(relation.kind == "employer").select("party_id").distinct()
    now = live.filter(live.kind == "employer")
    now = now.group_by(_party=now.party_id).aggregate(works_at=now.other_id.min())
    t = on_it.left_join(now, on_it.party_id == now._party)
    return t.select("party_id", "works_at", registered=ibis.literal(True))


def _partners(live: ir.Table, here: ir.Table, kind: str, seen_back: str, name: str) -> ir.Table:
    """Suppliers or buyers, whichever of the two told it, and how many of them bank here."""
    told, back = live.filter(live.kind == kind), live.filter(live.kind == seen_back)
    pairs = ibis.union(
        told.select("party_id", "other_id"), back.select(party_id="other_id", other_id="party_id"), distinct=True
    )
    known = here.select(_here="party_id")
    pairs = pairs.left_join(known, pairs.other_id == known._here)
    return pairs.group_by("party_id").aggregate(
        **{name: pairs.count(), f"{name}_here": pairs.count(where=pairs._here.notnull())}
    )


def felt(t: ir.Table, as_of: date, settings: NeedSettings) -> ir.Table:
    """The needs each customer feels at least ``minimum_score`` strongly; ``t`` is :func:`customers`.

    Result: ``party_id``, ``need``, ``score``, ``category``, ``trigger`` and ``due_on`` (null without an occasion),
    ``evidence`` (JSON: code, value, unit).
    """
    found = []
    for rule in RULES:
        held = t.filter(t.kind == rule.kind)
        live = [(t[f"on_{name}"].notnull(), name) for name in rule.triggers]
        dues = [(t[f"on_{name}"].notnull(), due(t[f"on_{name}"], settings.occasion[name])) for name in rule.triggers]
        found.append(
            held.select(
                "party_id",
                need=ibis.literal(rule.need),
                score=_raised(t, rule, rule.score(t, settings)).round(4),
                category=ibis.literal(rule.category),
                trigger=ibis.cases(*live, else_=ibis.null("string")) if live else ibis.null("string"),
                due_on=ibis.cases(*dues, else_=ibis.null("date")) if dues else ibis.null("date"),
                evidence=_evidence(t, rule),
            )
        )
    every = ibis.union(*found)
    return every.filter(every.score >= settings.minimum_score)


def _raised(t: ir.Table, rule: Rule, score: ir.FloatingValue) -> ir.FloatingValue:
    """The score, or what an occasion makes of it where that is more."""
    if not rule.raised:
        return score
    least = ibis.greatest(*(ibis.ifelse(t[f"on_{name}"].notnull(), at, 0.0) for name, at in rule.raised.items()), 0.0)
    return ibis.greatest(score, least if rule.again else _when(_lacks(t, rule.category), least))


def _evidence(t: ir.Table, rule: Rule) -> ir.StringValue:
    """What is known of the rule's numbers; what is not is left out."""
    texts = [
        ibis.literal(f'{{"code":"{code}","value":') + number_text(t[code]) + ibis.literal(f',"unit":"{unit}"}}')
        for code, unit in rule.evidence
    ]
    return ibis.literal("[") + joined(texts) + "]"
