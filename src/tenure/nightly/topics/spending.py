"""Where the next yuan spent on customers seems to earn most (S15): curves of falling returns, and the best split.

An observation is a branch's month: what it spent per customer on campaign contacts, rewards and concessions, and how
much the average assets per customer grew from the month before to the third month after, less other branches' growth
over the same months. Branches are compared with each other and not drawn by lot, so a curve says what went together
with the money, not what the money did. Months of one branch are alike: intervals draw branches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from tenure.contracts.findings import Cell, Curve, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import profit
from tenure.insight.exact import total
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import CURVE
from tenure.nightly.topics import cell, figure, said, times

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate
    from tenure.insight.profit import Allocation, ReturnCurve
    from tenure.nightly.topics import Known

    Numbers = NDArray[np.float64]

#: What money goes to, as the lake records it.
CATEGORIES = ("contacts_made", "rewards_given", "concessions")
#: Full months after the month of spending in which assets are looked at.
_AFTER = 3
#: Customers below which a branch's average is one or two people's.
_LEAST_CUSTOMERS = 30
#: Multiples of today's spending that the curves are drawn at.
_MULTIPLES = (0.0, 0.5, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class Observed:
    """Branch-months: money in minor units a customer, each of shape ``(n,)``; ``customers`` of all branches."""

    branch: NDArray[np.str_]
    spend: Mapping[str, Numbers]
    growth: Numbers
    customers: int


@dataclass(frozen=True)
class _Fitted:
    curves: Mapping[str, ReturnCurve]
    today: Mapping[str, float]
    customers: int


def sections(known: Known, contacts: ir.Table) -> Iterator[Section]:
    """The curves of what money brought, and the split of today's budget that would make the last yuan earn alike.

    ``contacts`` are the campaign contacts with their ``price`` (:func:`prices.priced`).
    """
    fitted: list[_Fitted] = []
    yield said("returns", partial(_returns, known, contacts, fitted))
    for each in fitted:
        found = profit.allocate(sum(each.today.values()), each.curves, present=each.today)
        yield _gain(each, found)
        yield _split(each, found)


def observed(known: Known, contacts: ir.Table) -> Observed:
    """The branch-months whose third month after is over.

    Raises:
        TooLittleData: no branch of 30 customers, or no month that far back.
    """
    t = known.party.select("party_id", "org_id").inner_join(known.closed.by_party, "party_id")
    assets = {f"aum_{k}": total(t[f"aum_{k}"].coalesce(0)) for k in range(1, CURVE)}
    rows = known.rows(t.group_by("org_id").aggregate(customers=t.count(), **assets).order_by("org_id"))
    customers = rows.column("customers").to_numpy().astype(np.float64)
    held = np.stack([rows.column(f"aum_{k}").to_numpy().astype(np.float64) for k in range(1, CURVE)], axis=1)
    kept = customers >= _LEAST_CUSTOMERS
    first = known.rows(known.closed.by_account.aggregate(back=known.closed.by_account.first_back.max()))
    history = min(int(first.column("back")[0].as_py() or 0), CURVE - 1)
    backs = np.arange(_AFTER + 1, history)
    if not kept.any() or not len(backs):
        raise TooLittleData("no branch-month to learn from", "It takes 30 customers and six closed months.")
    names = np.array(rows.column("org_id").to_pylist(), dtype=str)
    # column k − 1 holds the month k back
    grown = held[:, backs - _AFTER - 1] - held[:, backs]
    # the branch itself is not among those it is compared with, or its own money would speak against it
    elsewhere = (grown.sum(axis=0) - grown) / np.maximum(customers.sum() - customers, 1)[:, None]
    growth = grown / np.maximum(customers, 1)[:, None] - elsewhere
    spent = _spent(known, contacts, {str(name): i for i, name in enumerate(names)}, len(names))
    return Observed(
        branch=np.repeat(names[kept], len(backs)),
        spend={name: (money[kept][:, backs] / customers[kept][:, None]).ravel() for name, money in spent.items()},
        growth=growth[kept].ravel(),
        customers=int(customers.sum()),
    )


def _spent(known: Known, contacts: ir.Table, place: Mapping[str, int], size: int) -> dict[str, Numbers]:
    """Money by category, branch and months back, shape ``(branches, 24)``."""
    r, c = known.source("redemption"), known.source("complaint")
    open_month = known.frames.past.window.open_month
    parts = {
        "contacts_made": contacts.select("party_id", day="on", money="price"),
        "rewards_given": r.select("party_id", day=r["at"].date(), money="cost"),
        "concessions": c.select("party_id", day=c.received_at.date(), money="concession"),
    }
    home, found = known.party.select("party_id", "org_id"), {}
    for name, t in parts.items():
        t = t.filter((t.day <= known.as_of) & (t.money > 0)).inner_join(home, "party_id")
        t = t.mutate(back=open_month - (t.day.year().cast("int64") * 12 + t.day.month().cast("int64") - 1))
        t = t.filter((t.back >= 0) & (t.back < CURVE))
        rows = known.rows(t.group_by("org_id", "back").aggregate(money=total(t.money))).to_pylist()
        found[name] = np.zeros((size, CURVE))
        for row in rows:
            if row["org_id"] in place:
                found[name][place[row["org_id"]], row["back"]] = row["money"]
    return found


def _returns(known: Known, contacts: ir.Table, fitted: list[_Fitted]) -> Curve:
    seen = observed(known, contacts)
    curves: dict[str, ReturnCurve] = {}
    for name in CATEGORIES:
        try:
            curves[name] = profit.ReturnCurve.fit(seen.spend[name], seen.growth, cluster=seen.branch)
        except TooLittleData:
            continue  # nothing, or always the same, was spent on it
    if len(curves) < 2:
        raise TooLittleData(f"{len(curves)} kinds of spending that vary", "A split takes two.")
    today = {name: float(seen.spend[name].mean()) for name in curves}
    fitted.append(_Fitted(curves, today, seen.customers))
    lines = []
    for name, curve in curves.items():
        at = [multiple * today[name] for multiple in _MULTIPLES]
        # beyond the largest amount ever spent nothing is known
        brought = [curve.brought(spend) if spend <= curve.most else None for spend in at]
        ends = ([_of(each, end, seen.customers) for each in brought] for end in ("value", "low", "high"))
        lines.append(Line(name, *ends))
    verdict = Verdict("returns_not_causal", {"months": (Unit.COUNT, len(seen.growth))}, "warn")
    return Curve("returns", Unit.SHARE, list(_MULTIPLES), Unit.MONEY, lines, verdict)


def _of(found: Estimate | None, end: str, scale: float) -> float | None:
    return None if found is None else times(getattr(found, end), scale)


def _gain(fitted: _Fitted, found: Allocation) -> Figures:
    gain = found.gain
    numbers: dict[str, tuple[Unit, Cell]] = {
        "gain": (Unit.MONEY, times(gain.value, fitted.customers)),
        "low": (Unit.MONEY, times(gain.low, fitted.customers)),
        "high": (Unit.MONEY, times(gain.high, fitted.customers)),
    }
    verdict = Verdict(f"split_{found.verdict}", numbers, "warn" if found.verdict == "move_money" else "")
    return Figures("split_gain", (figure("gain", Unit.MONEY, gain, fitted.customers),), verdict)


def _split(fitted: _Fitted, found: Allocation) -> Grid:
    rows: list[list[Cell]] = [
        [
            name,
            fitted.today[name] * fitted.customers,
            cell(curve.marginal(fitted.today[name])),
            share.spend * fitted.customers,
            cell(share.share),
            "at_limit" if share.at_limit else None,
        ]
        for (name, curve), share in zip(fitted.curves.items(), found.shares.values(), strict=True)
    ]
    columns = [
        ("spent_on", Unit.CODE),
        ("spent_now", Unit.MONEY),
        ("next_yuan", Unit.NUMBER),
        ("spent_best", Unit.MONEY),
        ("share_best", Unit.SHARE),
        ("limit", Unit.CODE),
    ]
    return Grid("split", columns, rows)
