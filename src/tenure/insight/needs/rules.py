"""Needs by rule (S6, S7): how strongly each is felt, from what the bank sees, with the numbers it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from tenure.insight.exact import joined, number_text

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings


@dataclass(frozen=True)
class Rule:
    """One need: for whom, what serves it, how strongly it is felt (0…1), its evidence (column, unit), its times."""

    need: str
    kind: str
    category: str
    score: Callable[[ir.Table, NeedSettings], ir.FloatingValue]
    evidence: tuple[tuple[str, str], ...]
    triggers: tuple[str, ...] = ()


def _part(value: ir.NumericValue, full: int) -> ir.FloatingValue:
    return ibis.least(ibis.greatest(value.coalesce(0).cast("float64") / float(full), 0.0), 1.0)


def _when(condition: ir.BooleanValue, value: ir.FloatingValue) -> ir.FloatingValue:
    return ibis.ifelse(condition.coalesce(False), value, 0.0)


def _lacks(t: ir.Table, category: str) -> ir.BooleanValue:
    return ~t.categories.coalesce("[]").contains(f'"{category}"')


def _aged(t: ir.Table, low: int, high: int) -> ir.BooleanValue:
    return t.age.between(low, high)


#: The retail needs of S6 and the five corporate demands of S7.
RULES = (
    Rule(
        "transact", "person", "mobile_banking",
        lambda t, s: _when(_lacks(t, "mobile_banking"), 1.0 - _part(t.transactions_12m, s.count["transactions"])),
        (("transactions_12m", "count"),), ("payroll_started", "payroll_stopped"),
    ),
    Rule(
        "save", "person", "time_deposit", lambda t, s: _part(t.maturing_90d, s.level["maturing"]),
        (("maturing_90d", "money"),), ("maturity", "inflow"),
    ),
    Rule(
        "grow", "person", "wealth_management", lambda t, s: _part(t.idle, s.level["idle"]),
        (("idle", "money"), ("investment", "money")), ("maturity", "inflow"),
    ),
    Rule(
        "home", "person", "mortgage",
        lambda t, s: _when(_lacks(t, "mortgage") & _aged(t, 25, 45), _part(t.payroll_months, 12)),
        (("age", "count"), ("payroll_months", "months")), ("payroll_started",),
    ),
    Rule(
        "consume", "person", "credit_card",
        lambda t, s: _when(_lacks(t, "credit_card"), _part(t.payroll_months, 12)),
        (("payroll_months", "months"),), ("payroll_started", "season"),
    ),
    Rule(
        "protect", "person", "insurance",
        lambda t, s: _when(_lacks(t, "insurance"), 0.5 * _part(t.children, 1) + 0.5 * _part(t.loan.abs(), 1)),
        (("children", "count"), ("loan", "money")),
    ),
    Rule(
        "retire", "person", "fund",
        lambda t, s: _when(_lacks(t, "fund") & (t.age < 65), _part(t.age - 35, 20)), (("age", "count"),),
    ),
    Rule(
        "children", "person", "certificate_of_deposit",
        lambda t, s: _when(_lacks(t, "certificate_of_deposit") & _aged(t, 22, 60), 0.5 * _part(t.children, 1)),
        (("children", "count"),), ("season",),
    ),
    Rule(
        "business", "person", "business_loan",
        lambda t, s: _when(_lacks(t, "business_loan"), 0.6 * _part(t.companies, 1)), (("companies", "count"),),
    ),
    Rule(
        "purchasing", "company", "settlement",
        lambda t, s: _when(_lacks(t, "settlement"), _part(t.suppliers, s.count["partners"])), (("suppliers", "count"),),
    ),
    Rule(
        "selling", "company", "acquiring",
        lambda t, s: _when(_lacks(t, "acquiring"), _part(t.buyers, s.count["partners"])), (("buyers", "count"),),
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
        (("idle", "money"), ("investment", "money")), ("maturity", "inflow"),
    ),
)  # fmt: skip

_COUNTED = {"children": ("child",), "companies": (), "suppliers": ("supplier",), "buyers": ("buyer",)}


def customers(party: ir.Table, figures: ir.Table, relation: ir.Table, as_of: date, settings: NeedSettings) -> ir.Table:
    """What the rules look at, one row a customer: facts, figures, known relations and idle money.

    ``party`` and ``relation`` have the contracts' columns, ``figures`` those of ``contracts.customer_figures``. A
    relation (a, b, kind) says that b is a's ``kind``. ``idle`` is deposits beyond ``reserve_months`` of outflow.
    """
    live = relation.filter((relation.since <= as_of).coalesce(True) & (relation.until > as_of).coalesce(True))
    own = live.group_by("party_id").aggregate(
        **{name: live.other_id.nunique(where=live.kind.isin(kinds)) for name, kinds in _COUNTED.items() if kinds}
    )
    leads = live.filter(live.kind.isin(("legal_representative", "owner")))
    led = leads.group_by(party_id=leads.other_id).aggregate(companies=leads.party_id.nunique())
    facts = party.select(
        "party_id", "kind", "birth_date", "risk_rating", "risk_rated_on", "left_on", "consent_marketing"
    )
    wanted = (
        "party_id", "deposit", "investment", "loan", "categories", "transactions_12m", "inflow_3m", "outflow_3m",
        "payroll_months", "payroll_last_on", "maturing_90d", "next_maturity_on", "open_complaints",
    )  # fmt: skip
    t = facts.inner_join(figures.select(*wanted), "party_id")
    for part in (own, led):
        t = t.left_join(part, "party_id").drop("party_id_right")
    had = (t.birth_date.month() * 100 + t.birth_date.day()) <= as_of.month * 100 + as_of.day
    reserve = t.outflow_3m.coalesce(0) * settings.count["reserve_months"] / 3
    return t.mutate(
        age=(as_of.year - t.birth_date.year() - ibis.ifelse(had, 0, 1)).cast("int64"),
        idle=ibis.greatest(t.deposit.coalesce(0) - reserve.round(0).cast("int64"), 0),
        **{name: t[name].coalesce(0) for name in _COUNTED},
    )


def felt(t: ir.Table, as_of: date, settings: NeedSettings) -> ir.Table:
    """The needs each customer feels at least ``minimum_score`` strongly; ``t`` is :func:`customers`.

    Result: ``party_id``, ``need``, ``score``, ``category``, ``trigger`` and ``due_on`` (null without an occasion),
    ``evidence`` (JSON: code, value, unit).
    """
    found = []
    for rule in RULES:
        times = {name: _occasions(t, as_of, settings)[name] for name in rule.triggers}
        held = t.filter(t.kind == rule.kind)
        trigger = [(on, name) for name, (on, _) in times.items()]
        due = list(times.values())
        found.append(
            held.select(
                "party_id",
                need=ibis.literal(rule.need),
                score=rule.score(t, settings).round(4),
                category=ibis.literal(rule.category),
                trigger=ibis.cases(*trigger, else_=ibis.null("string")) if trigger else ibis.null("string"),
                due_on=ibis.cases(*due, else_=ibis.null("date")) if due else ibis.null("date"),
                evidence=_evidence(t, rule),
            )
        )
    every = ibis.union(*found)
    return every.filter(every.score >= settings.minimum_score)


def _occasions(t: ir.Table, as_of: date, s: NeedSettings) -> dict[str, tuple[ir.BooleanValue, ir.DateValue]]:
    def after(days: int) -> ir.DateValue:
        return ibis.literal(as_of + timedelta(days=days))

    ahead = t.next_maturity_on.between(ibis.literal(as_of), after(s.maturity_days))
    # Payroll counts whole months in a row: one or two say that it has just begun, none after one lately that it ended.
    recent = t.payroll_last_on.between(after(-92), after(-35))
    return {
        "maturity": (ahead.coalesce(False), t.next_maturity_on),
        "inflow": ((t.inflow_3m >= s.level["large_inflow"]).coalesce(False), after(s.inflow_due_days)),
        "payroll_started": (t.payroll_months.between(1, 2).coalesce(False), after(s.payroll_due_days)),
        "payroll_stopped": (recent.coalesce(False) & (t.payroll_months == 0), after(s.payroll_due_days)),
        # School begins in September; cards are spent on before the spring festival.
        "season": (ibis.literal(as_of.month in (1, 8, 12)), after(30)),
    }


def _evidence(t: ir.Table, rule: Rule) -> ir.StringValue:
    texts = [
        ibis.literal(f'{{"code":"{code}","value":')
        + number_text(t[code]).coalesce("null")
        + ibis.literal(f',"unit":"{unit}"}}')
        for code, unit in rule.evidence
    ]
    return ibis.literal("[") + joined(texts) + "]"
