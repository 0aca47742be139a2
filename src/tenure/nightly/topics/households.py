"""Households: what their members are worth together, and their balance sheet with this bank.

A household is who shares a roof or is married, directly or through others, by the relations on file. Only customers of
today count; the one with most assets stands first for it, and in that branch it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight import needs, value
from tenure.insight.needs.rules import in_force
from tenure.insight.network.groups import of_ties
from tenure.nightly.topics import by_branch

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.nightly.topics import Known

#: Relations that make a household.
TIES = ("household", "spouse")
#: With more members it is an institution, or an error of the books.
MOST_MEMBERS = 20
#: Households listed.
MOST = 30


@dataclass(frozen=True)
class Households:
    """Households of two customers and more, a row each, in the order of their heads' branches' paths.

    Columns: ``head``, ``org_id``, ``members``, ``value``, ``value_low``, ``value_high`` (null where no member has a
    value), ``assets``, ``liabilities``, ``net_worth``; minor units of the reporting currency.
    """

    rows: pa.Table
    paths: NDArray[np.str_]

    def below(self, path: str) -> Households:
        """Only those of the branch with this path, and of all below it."""
        part = by_branch.below(self.paths, path)
        return Households(self.rows.slice(part.start, part.stop - part.start), self.paths[part])


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's households together; then each branch's, and its largest by value."""
    everybody = households(known)
    yield known.bank, _now(everybody)
    only = len(known.branches) == 1
    for org, path in known.branches.items():
        mine = everybody if only else everybody.below(path)
        if (org == known.bank and not only) or not mine.rows.num_rows:
            continue
        if not only:
            yield org, _now(mine)
        yield org, _largest(mine)


def households(known: Known) -> Households:
    """The night's households with value and balance sheet: exact sums of their members'."""
    assert known.outlook is not None
    members = _members(known)
    if members is None:
        return Households(pa.table({"members": pa.array([], pa.int64())}), np.array([], dtype=str))
    f = known.figures
    beside = f.select("party_id", "org_id", aum=f.aum.coalesce(0)).inner_join(members, "party_id")
    place = ibis.row_number().over(group_by=beside.group_id, order_by=[beside.aum.desc(), beside.party_id])
    count = beside.count().over(group_by=beside.group_id)
    beside = beside.mutate(place=place, members=count)
    heads = beside.filter((beside.place == 0) & beside.members.between(2, MOST_MEMBERS))
    heads = heads.select("group_id", "org_id", "members", head=heads.party_id)
    o = known.outlook.filter(known.outlook.value.notnull())
    worth = value.of_groups(o.select("party_id", "value", "value_low", "value_high", "value_months"), members)
    worth = worth.select("group_id", "value", "value_low", "value_high")
    books = needs.balance_sheet(f.select("party_id", "deposit", "investment", "loan"), members)
    t = heads.inner_join(books, "group_id").left_join(worth, "group_id").drop("group_id_right")
    rows = known.rows(t.order_by("head")).combine_chunks()
    return Households(*by_branch.in_order(rows, known.branches))


def _members(known: Known) -> ir.Table | None:
    """``group_id`` and ``party_id`` of today's customers; None where no household is on file."""
    today, r = known.as_of, known.source("relation")
    pairs = known.rows(in_force(r, today).filter(r.kind.isin(TIES)).select("party_id", "other_id").distinct())
    if not pairs.num_rows:
        return None
    here = known.figures.filter(known.figures.left_on.isnull()).select("party_id")
    customers = known.rows(here.order_by("party_id"))["party_id"].combine_chunks()
    # who is no customer of today ties nobody together: his children may have left home
    ends: list[Any] = [pc.index_in(pairs[name], value_set=customers) for name in ("party_id", "other_id")]
    both = pc.and_(*(pc.is_valid(each) for each in ends))
    groups = of_ties(customers, *(each.filter(both).to_numpy().astype(np.int64) for each in ends))
    some = groups.sizes[groups.label] > 1
    if not some.any():
        return None
    table = pa.table({"group_id": groups.label[some], "party_id": customers.filter(pa.array(some))})
    return known.frames.small("households", table)


def _sum(of: Households, name: str) -> int:
    return int(pc.sum(of.rows[name]).as_py() or 0)


def _now(of: Households) -> Figures:
    n = of.rows.num_rows
    if not n:
        return Figures("households_now", (), Verdict("households_unknown", tone="warn"))
    totals = {name: _sum(of, name) for name in ("value", "value_low", "value_high", "assets", "liabilities")}
    net = totals["assets"] - totals["liabilities"]
    figures = [
        Figure("households", Unit.COUNT, n),
        Figure("household_members", Unit.COUNT, _sum(of, "members")),
        Figure("household_value", Unit.MONEY, totals["value"], totals["value_low"], totals["value_high"]),
        Figure("assets", Unit.MONEY, totals["assets"]),
        Figure("liabilities", Unit.MONEY, totals["liabilities"]),
        Figure("net_worth", Unit.MONEY, net),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "n": (Unit.COUNT, n), "members": (Unit.COUNT, _sum(of, "members")), "value": (Unit.MONEY, totals["value"]),
        "net": (Unit.MONEY, net),
    }  # fmt: skip
    return Figures("households_now", figures, Verdict("households_told", numbers))


def _largest(of: Households) -> Grid:
    worth = np.array([-np.inf if each is None else each for each in of.rows["value"].to_pylist()], dtype=float)
    first = np.argsort(-worth, kind="stable")[:MOST]
    rows: list[list[Cell]] = [
        [
            row["head"], row["members"],
            None if row["value"] is None else (row["value"], row["value_low"], row["value_high"]),
            row["assets"], row["liabilities"], row["net_worth"],
        ]
        for row in of.rows.take(pa.array(first, pa.int64())).to_pylist()
    ]  # fmt: skip
    columns = [
        ("head_of_household", Unit.PARTY), ("members", Unit.COUNT), ("interval", Unit.MONEY), ("assets", Unit.MONEY),
        ("liabilities", Unit.MONEY), ("net_worth", Unit.MONEY),
    ]  # fmt: skip
    numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(rows)), "all": (Unit.COUNT, of.rows.num_rows)}
    return Grid("largest_households", columns, rows, Verdict("households_listed", numbers))
