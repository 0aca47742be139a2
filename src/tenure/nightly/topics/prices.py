"""What new and old customers get and bring (S15), from the bank's own data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tenure.contracts.findings import Cell, Grid, Section, Unit, Verdict
from tenure.insight import months
from tenure.insight.exact import total
from tenure.nightly.topics import earnings

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight import value
    from tenure.nightly.topics import Known


def sections(known: Known, assumptions: value.Assumptions) -> Iterator[Section]:
    """Old and new side by side."""
    yield _old_and_new(known, assumptions)


def _old_and_new(known: Known, assumptions: value.Assumptions) -> Grid:
    """What customers of the last year and all others got and brought; what winning and keeping cost is not recorded."""
    backs = range(1, 13)
    window = known.frames.past.window
    first, last = months.first_day(window.month(backs[-1])), months.last_day(window.month(backs[0]))
    t = earnings.present(known, backs)
    t = t.mutate(new=t.since.coalesce(t.opened_on) >= first)
    for part in (earnings.balances(known, backs, assumptions), *_given(known, first, last)):
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
