"""The profit formula (S14): which factor the change of margin came from; and what the new and the old customers get
(S15).

Measured from the bank's own data: *traffic* is the customers with an account open in the period; *conversion* the share
of them whose average balances reach the threshold of a sleeping account; *spend* what one of those keeps and owes on
average; *margin* what a unit of it earns in a year at transfer prices, less expected loss (``insight.value``).
Customers count where they are kept today, so that nobody's move looks like a change. Profit is at yearly rates, which
makes periods of unequal length comparable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import ibis

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import months, profit, value
from tenure.insight.exact import add_up, total
from tenure.insight.inputs import TooLittleData
from tenure.nightly.topics import Known, said

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.profit import Decomposition

#: Months back of each comparison: what is compared, and what it is compared with.
_YEAR = (range(1, 13), range(13, 25))
_QUARTER = (range(1, 4), range(4, 7))
#: Branches of a grid, those that changed most first.
_BRANCHES = 50


@dataclass(frozen=True)
class _Group:
    """What a branch's own customers were in a period: money in minor units, a year."""

    visitors: int
    buyers: int
    revenue: int
    profit: int
    rest: int


_Totals = dict[str, _Group]


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's year and quarter with their factors, its branches, old and new; then each branch's year."""
    history = _history(known)
    assumptions = value.load(known.currency)
    periods: dict[str, tuple[_Totals, _Totals]] = {}
    for code, (after, before) in (("year", _YEAR), ("quarter", _QUARTER)):
        if history >= before[-1]:
            totals = (_totals(known, _balances(known, backs, assumptions), backs) for backs in (before, after))
            periods[code] = (next(totals), next(totals))
    if not periods:
        raise TooLittleData(f"balances of {history} closed months", "A comparison takes six.")
    for code, compared in periods.items():
        yield from ((known.bank, section) for section in _compared(code, *compared))
    code, compared = next(iter(periods.items()))
    yield known.bank, said("branches", partial(_branches, *compared))
    if "year" in periods:
        yield known.bank, _old_and_new(known, assumptions)
    for org in known.branches:
        below = known.below(org)
        own = [{name: group for name, group in totals.items() if name in below} for totals in compared]
        if org != known.bank and all(own):
            yield from ((org, section) for section in _compared(code, own[0], own[1]))
            if len(own[0].keys() | own[1].keys()) > 1:
                yield org, _branches(own[0], own[1])


def _compared(code: str, before: _Totals, now: _Totals) -> Iterator[Section]:
    yield said(code, partial(_headline, code, before, now))
    yield said(f"{code}_parts", partial(_parts, code, before, now))
    yield _factors(f"{code}_factors", before, now)


def _history(known: Known) -> int:
    """Closed months for which the lake has balances."""
    closed = known.closed.by_account
    found = known.rows(closed.aggregate(back=closed.first_back.max())).column("back")[0].as_py()
    return int(found or 0)


def _balances(known: Known, backs: Sequence[int], assumptions: value.Assumptions) -> ir.Table:
    """By party: average balance over some closed months (money kept and money owed), and its margin a year."""
    days = known.frames.past.window.days_of(tuple(backs))
    closed = known.closed.by_account
    sums = closed.select("account_id", area=add_up(closed[f"days_{back}"] for back in backs))
    a = known.accounts
    held = a.inner_join(sums, "account_id")
    held = held.mutate(average=(held.area / days).round(0).cast("int64"), closed_on=ibis.null("date"))
    margin = value.of_holdings(held, known.source("product"), assumptions)
    sizes = held.select(
        kept_account=held.account_id,
        size=ibis.ifelse(held.side == "loan", held.average.abs(), ibis.greatest(held.average, 0)),
    )
    t = margin.inner_join(sizes, margin.account_id == sizes.kept_account)
    return t.group_by("party_id").aggregate(balance=total(t["size"]), margin=total(t.earned + t.loss))


def _open(known: Known, backs: Sequence[int]) -> ir.Table:
    """The parties with an account open on some day of the months, and the branch that keeps them today."""
    window = known.frames.past.window
    first, last = months.first_day(window.month(backs[-1])), months.last_day(window.month(backs[0]))
    a = known.accounts
    here = a.filter((a.opened_on <= last) & (a.closed_on.isnull() | (a.closed_on >= first)))
    here = here.group_by("party_id").aggregate(opened_on=here.opened_on.min())
    return known.party.select("party_id", "org_id", "since").inner_join(here, "party_id")


def _totals(known: Known, balances: ir.Table, backs: Sequence[int]) -> _Totals:
    """What the formula takes, by branch."""
    least = known.frames.past.thresholds.dormant.aum_below
    t = _open(known, backs).left_join(balances, "party_id")
    t = t.mutate(balance=t.balance.coalesce(0), margin=t.margin.coalesce(0))
    active = (t.balance >= least) & (t.balance > 0)
    found = known.rows(
        t.group_by("org_id").aggregate(
            visitors=t.count(),
            buyers=t.count(where=active),
            revenue=total(t.balance, active),
            profit=total(t.margin, active),
            rest=total(t.margin, ~active),
        )
    ).to_pylist()
    return {row.pop("org_id"): _Group(**row) for row in sorted(found, key=lambda row: str(row["org_id"]))}


def _decomposed(before: _Totals, now: _Totals) -> Decomposition:
    return profit.decompose(_table(before), _table(now), group="org_id")


def _table(totals: _Totals) -> dict[str, list[str] | list[float]]:
    counted = {
        name: [float(getattr(each, name)) for each in totals.values()]
        for name in ("visitors", "buyers", "revenue", "profit")
    }
    return {"org_id": list(totals), **counted}


def _headline(code: str, before: _Totals, now: _Totals) -> Figures:
    found = _decomposed(before, now)
    figures = (
        Figure("profit_now", Unit.MONEY, found.after),
        Figure("profit_before", Unit.MONEY, found.before),
        Figure("change", Unit.MONEY, found.change),
    )
    parts = _told(found)
    if not found.change or not parts:
        return Figures(code, figures, Verdict(f"{code}_same"))
    leading = max(parts, key=lambda name: parts[name] * (1 if found.change > 0 else -1))
    numbers: dict[str, tuple[Unit, Cell]] = {
        "change": (Unit.MONEY, abs(found.change)),
        "share": (Unit.SHARE, abs(found.change) / abs(found.before) if found.before else None),
        "factor": (Unit.CODE, leading),
        "part": (Unit.MONEY, parts[leading]),
    }
    up = found.change > 0
    return Figures(code, figures, Verdict(f"{code}_{'up' if up else 'down'}", numbers, "good" if up else "bad"))


def _told(found: Decomposition) -> dict[str, float]:
    """The parts worth a bar: a single branch has no mix."""
    return {name: part.value or 0.0 for name, part in found.parts.items() if name != "mix" or len(found.groups) > 1}


def _parts(code: str, before: _Totals, now: _Totals) -> Curve:
    parts = _told(_decomposed(before, now))
    line = Line("part", list(parts.values()))
    return Curve(f"{code}_parts", Unit.CODE, list(parts), Unit.MONEY, [line], Verdict("parts_add_up"), shape="bars")


def _factors(code: str, before: _Totals, now: _Totals) -> Grid:
    rows: list[list[Cell]] = []
    for period, totals in (("before", before), ("after", now)):
        visitors, buyers, revenue, earned, rest = (
            sum(getattr(each, name) for each in totals.values())
            for name in ("visitors", "buyers", "revenue", "profit", "rest")
        )
        rows.append(
            [
                period,
                visitors,
                buyers / visitors if visitors else None,
                revenue / buyers if buyers else None,
                100 * earned / revenue if revenue else None,
                earned,
                rest,
            ]
        )
    columns = [
        ("period", Unit.CODE),
        ("of_traffic", Unit.COUNT),
        ("of_conversion", Unit.SHARE),
        ("of_spend", Unit.MONEY),
        ("margin_rate", Unit.NUMBER),
        ("profit", Unit.MONEY),
        ("rest", Unit.MONEY),
    ]
    return Grid(code, columns, rows)


def _branches(before: _Totals, now: _Totals) -> Grid:
    found = _decomposed(before, now)
    groups = sorted(found.groups, key=lambda each: (-abs(each.change), each.group))[:_BRANCHES]
    factors = ("traffic", "mix", "conversion", "spend", "margin")
    rows: list[list[Cell]] = [
        [
            each.group,
            now[each.group].profit if each.group in now else 0,
            each.change,
            *(each.parts[name] for name in factors),
        ]
        for each in groups
    ]
    columns = [
        ("branch", Unit.ORG),
        ("profit_now", Unit.MONEY),
        ("change", Unit.MONEY),
        *((name, Unit.MONEY) for name in factors),
    ]
    return Grid("branches", [(f"of_{code}" if code in factors else code, unit) for code, unit in columns], rows)


def _old_and_new(known: Known, assumptions: value.Assumptions) -> Grid:
    """What customers of the last year and all others got and brought; what winning and keeping cost is not recorded."""
    backs = _YEAR[0]
    window = known.frames.past.window
    first, last = months.first_day(window.month(backs[-1])), months.last_day(window.month(backs[0]))
    t = _open(known, backs)
    t = t.mutate(new=t.since.coalesce(t.opened_on) >= first)
    for part in (_balances(known, backs, assumptions), *_given(known, first, last)):
        t = t.left_join(part, "party_id").drop("party_id_right")
    found = known.rows(
        t.group_by("new").aggregate(
            customers=t.count(),
            **{name: t[name].coalesce(0).sum().cast("float64") for name in ("contacts", "rewards", "margin")},
        )
    ).to_pylist()
    rows: list[list[Cell]] = [
        [
            "new_customers" if row["new"] else "old_customers",
            row["customers"],
            row["contacts"] / row["customers"],
            row["rewards"] / row["customers"],
            row["margin"] / row["customers"],
        ]
        for row in sorted(found, key=lambda row: not row["new"])
    ]
    columns = [
        ("group", Unit.CODE),
        ("customers", Unit.COUNT),
        ("contacts", Unit.NUMBER),
        ("rewards", Unit.MONEY),
        ("margin_each", Unit.MONEY),
    ]
    return Grid("old_and_new", columns, rows, Verdict("no_price", tone="warn"))


def _given(known: Known, first: object, last: object) -> Iterator[ir.Table]:
    """By party, over some days: contacts made, and money given (rewards redeemed, concessions on complaints)."""

    def within(name: str, day: str) -> ir.Table:
        t = known.source(name)
        return t.filter((t[day].date() >= first) & (t[day].date() <= last) & t.party_id.notnull())

    reached = within("campaign_contact", "at")
    contacts = within("interaction", "at").select("party_id")
    contacts = contacts.union(reached.filter(reached.arm != "held_out").select("party_id"))
    yield contacts.group_by("party_id").aggregate(contacts=contacts.count())
    redeemed, conceded = within("redemption", "at"), within("complaint", "received_at")
    given = redeemed.select("party_id", given="cost").union(conceded.select("party_id", given="concession"))
    yield given.group_by("party_id").aggregate(rewards=total(given.given))
