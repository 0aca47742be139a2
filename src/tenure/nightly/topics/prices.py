"""What winning a customer and keeping one cost (S15), and what new and old customers get and bring.

*Keeping* is judged by lot: customers drawn for a campaign's contact against those held out of it, whether they are
still here a year later, and what was spent on them meanwhile. *Winning* has no held-out group: what was spent on and
before newcomers in their first year is shown per newcomer. Both look at contacts and newcomers whose year is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import ibis
import numpy as np

from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight import months, profit
from tenure.insight.exact import total
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import CURVE
from tenure.nightly.topics import cell, earnings, figure, said, spending, times

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight import value
    from tenure.insight.profit import Price
    from tenure.nightly.topics import Known

#: Days a contact or a newcomer is followed.
_YEAR = 365
#: Days around a newcomer's coming within which a gift to their introducer was for bringing them.
_THANKS = 30
#: The share of contacts without a cost or a channel above which nothing is priced.
_MOST_UNPRICED = 0.05


@dataclass(frozen=True)
class Costs:
    """What a campaign's contacts cost: ``assumed`` and ``unpriced`` are shares of the contacts made."""

    contacts: int
    assumed: float
    unpriced: float

    @property
    def verdict(self) -> Verdict:
        """Whether the costs are the bank's own, assumed by channel, or not known."""
        if not self.contacts or self.unpriced > _MOST_UNPRICED:
            return Verdict("no_price", tone="warn")
        if self.assumed:
            return Verdict("costs_assumed", {"share": (Unit.SHARE, self.assumed)}, "warn")
        return Verdict("costs_recorded")

    @property
    def known(self) -> bool:
        """Whether there is anything to price with."""
        return bool(self.contacts) and self.unpriced <= _MOST_UNPRICED


def sections(known: Known, assumptions: value.Assumptions) -> Iterator[Section]:
    """Old and new side by side; what keeping and winning cost, and how many times dearer winning is; the returns."""
    contacts = priced(known, assumptions)
    costs = costs_of(known, contacts)
    yield _old_and_new(known, assumptions, costs)
    if not costs.known:
        return
    prices: dict[str, Price] = {}
    yield said("keeping", partial(_keeping, known, contacts, prices))
    yield said("winning", partial(_winning, known, contacts, prices))
    if len(prices) == 2:
        yield _times(prices["winning"], prices["keeping"])
    yield from spending.sections(known, contacts)


def priced(known: Known, assumptions: value.Assumptions) -> ir.Table:
    """Campaign contacts up to ``as_of`` with ``on`` and ``price``: their own cost, else the channel's; null if neither.

    Whoever was held out cost nothing. ``assumed`` marks the contacts that were made and brought no cost of their own.
    """
    c = known.source("campaign_contact")
    c = c.filter(c["at"].date() <= known.as_of).mutate(on=c["at"].date())
    by_channel = ibis.cases(
        *((c.channel == name, ibis.literal(cost, "int64")) for name, cost in assumptions.contact_cost.items()),
        else_=ibis.null("int64"),
    )
    made = c.arm == "treated"
    return c.mutate(
        made=made,
        assumed=made & c.cost.isnull(),
        price=ibis.ifelse(made, c.cost.coalesce(by_channel), ibis.literal(0, "int64")),
    )


def costs_of(known: Known, contacts: ir.Table) -> Costs:
    """How much of these contacts' cost is known."""
    c = contacts
    found = known.rows(
        c.aggregate(
            made=c.count(where=c.made), assumed=c.count(where=c.assumed), unpriced=c.count(where=c.price.isnull())
        )
    ).to_pylist()[0]
    made = int(found["made"])
    return Costs(made, found["assumed"] / max(made, 1), found["unpriced"] / max(made, 1))


def _cohort(known: Known) -> tuple[date, date]:
    """First and last day of what is followed for a year: as far back as events are kept, and over by ``as_of``."""
    first = months.first_day(known.frames.past.window.month(CURVE - 1))
    return first, known.as_of - timedelta(days=_YEAR)


def _given(known: Known) -> ir.Table:
    """Money given to customers (rewards redeemed, concessions on complaints): party, day, cost, kind."""
    r, c = known.source("redemption"), known.source("complaint")
    gifts = r.select("party_id", day=r["at"].date(), given=r.cost.coalesce(0), kind="kind")
    conceded = c.filter(c.party_id.notnull()).select(
        "party_id",
        day=c.received_at.date(),
        given=c.concession.coalesce(0),
        kind=ibis.literal("concession"),
    )
    both = gifts.union(conceded)
    return both.filter(both.day <= known.as_of)


def _keeping(known: Known, contacts: ir.Table, prices: dict[str, Price]) -> Figures:
    """The price of one customer kept: money spent over customers who stayed, contacted against held out."""
    first, last = _cohort(known)
    c = contacts.filter((contacts.on >= first) & (contacts.on <= last))
    drawn = c.group_by("campaign_id", "party_id").aggregate(
        on=c.on.min(), treated=c.made.max(), least=c.made.min(), price=total(c.price.coalesce(0))
    )
    drawn = drawn.filter(drawn.treated == drawn.least).drop("least")
    key = ["campaign_id", "party_id"]
    drawn = drawn.inner_join(_stayed(drawn, known), key)
    gifts = drawn.select(*key, "on").inner_join(_given(known).filter(ibis._.kind != "concession"), "party_id")
    since = gifts.day.delta(gifts.on, unit="day")
    gifts = gifts.filter((since >= 0) & (since <= _YEAR))
    rewards = gifts.group_by(*key).aggregate(rewards=total(gifts.given))
    drawn = drawn.left_join(rewards, key).drop("campaign_id_right", "party_id_right")
    rows = known.rows(
        drawn.select(*key, "treated", "stayed", cost=drawn.price + drawn.rewards.coalesce(0)).order_by(*key)
    )
    campaign, party = (rows.column(name).to_numpy(zero_copy_only=False) for name in key)
    treated, stayed, cost = (
        rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("treated", "stayed", "cost")
    )
    if not len(campaign):
        raise TooLittleData("no campaign is a year old", "A price of keeping follows customers for a year.")
    number = np.unique(campaign, return_inverse=True)[1]
    chance = (np.bincount(number, treated) / np.bincount(number))[number]
    both = (chance > 0.01) & (chance < 0.99)  # a campaign without a held-out arm says nothing of keeping
    found = profit.price_of_keeping(
        cost[both], stayed[both], treated[both], propensity=chance[both], cluster=party[both]
    )
    prices["keeping"] = found
    figures = (
        figure("kept_more", Unit.POINTS, found.changed, 100),
        figure("spent_more", Unit.MONEY, found.spent),
        figure("price_of_keeping", Unit.MONEY, found.estimate),
    )
    effect = found.changed
    numbers: dict[str, tuple[Unit, Cell]] = {
        "effect": (Unit.POINTS, times(effect.value, 100)),
        "low": (Unit.POINTS, times(effect.low, 100)),
        "high": (Unit.POINTS, times(effect.high, 100)),
    }
    if effect.high is not None and effect.high < 0:
        return Figures("keeping", figures, Verdict("keeping_drove_away", numbers, "bad"))
    if found.estimate.value is None:
        return Figures("keeping", figures, Verdict("keeping_cannot_tell", numbers))
    price = found.estimate
    numbers = {
        name: (Unit.MONEY, number) for name, number in zip(_ENDS, (price.value, price.low, price.high), strict=True)
    }
    return Figures("keeping", figures, Verdict("keeping_price", numbers))


_ENDS = ("price", "low", "high")


def _stayed(drawn: ir.Table, known: Known) -> ir.Table:
    """Those with an account on the day of the contact, and whether they have one, and have not left, a year on."""
    a = known.accounts.select("party_id", "opened_on", "closed_on")
    t = drawn.select("campaign_id", "party_id", "on").inner_join(a, "party_id")
    opened, closed = t.opened_on.delta(t.on, unit="day"), t.closed_on.delta(t.on, unit="day")
    t = t.group_by("campaign_id", "party_id", "on").aggregate(
        here=((opened <= 0) & (closed.isnull() | (closed > 0))).max(),
        there=((opened <= _YEAR) & (closed.isnull() | (closed > _YEAR))).max(),
    )
    t = t.filter(t.here).inner_join(known.party.select("party_id", "left_on"), "party_id")
    left = t.left_on.delta(t.on, unit="day")
    t = t.filter(left.isnull() | (left > 0))
    left = t.left_on.delta(t.on, unit="day")
    return t.select("campaign_id", "party_id", stayed=t.there & (left.isnull() | (left > _YEAR)))


def _winning(known: Known, contacts: ir.Table, prices: dict[str, Price]) -> Figures:
    """What was spent per newcomer, over branches' months of coming: no causal price, as nobody was held out."""
    first, last = _cohort(known)
    joined = _joined(known)
    came = joined.filter((joined.came >= first) & (joined.came <= last))
    asked = contacts.filter((contacts.on >= first) & (contacts.on <= last) & contacts.made)
    asked = asked.select("party_id", "on", "price").inner_join(joined, "party_id")
    asked = asked.filter(asked.came.isnull() | (asked.on < asked.came))
    given = _given(known).inner_join(came, "party_id")
    after = given.day.delta(given.came, unit="day")
    given = given.filter((after >= 0) & (after <= _YEAR))
    parts = [
        came.select("org_id", month=_month(came.came), won=ibis.literal(1), cost=ibis.literal(0, "int64")),
        asked.select("org_id", month=_month(asked.on), won=ibis.literal(0), cost=asked.price.coalesce(0)),
        given.select("org_id", month=_month(given.came), won=ibis.literal(0), cost=given.given),
        _thanks(known, came),
    ]
    t = ibis.union(*(part.mutate(**{n: part[n].cast("int64") for n in ("month", "won", "cost")}) for part in parts))
    t = t.group_by("org_id", "month").aggregate(won=total(t.won), cost=total(t.cost)).order_by("org_id", "month")
    rows = known.rows(t)
    won, cost = (rows.column(name).to_numpy().astype(float) for name in ("won", "cost"))
    found = profit.price_of_winning(cost, won)
    prices["winning"] = found
    figures = (
        Figure("newcomers", Unit.COUNT, int(won.sum())),
        Figure("spent_on_them", Unit.MONEY, float(cost.sum())),
        # What the interval rests on are branches' months; beside customers their number would pass for customers.
        replace(figure("spent_per_newcomer", Unit.MONEY, found.estimate), n=None),
    )
    return Figures("winning", figures, Verdict("no_causal_price"))


def _joined(known: Known) -> ir.Table:
    """Each party's branch and the day it came: the day it says, else its first account's; null of whoever never did."""
    a = known.accounts
    opened = a.group_by("party_id").aggregate(opened=a.opened_on.min())
    t = known.party.select("party_id", "org_id", "since").left_join(opened, "party_id").drop("party_id_right")
    return t.select("party_id", "org_id", came=t.since.coalesce(t.opened))


def _thanks(known: Known, came: ir.Table) -> ir.Table:
    """Gifts to recorded introducers about when their newcomer came, each counted once, at the newcomer's branch."""
    r = known.source("relation")
    brought = r.filter(r.kind == "referrer").select("party_id", introducer="other_id").inner_join(came, "party_id")
    brought = brought.select("introducer", "org_id", "came")
    g = known.source("redemption")
    g = g.filter((g.kind == "gift") & (g["at"].date() <= known.as_of))
    g = g.select("redemption_id", thanked="party_id", day=g["at"].date(), given=g.cost.coalesce(0))
    t = g.inner_join(brought, g.thanked == brought.introducer)
    after = t.day.delta(t.came, unit="day")
    t = t.filter((after >= 0) & (after <= _THANKS))
    order = ibis.row_number().over(group_by=t.redemption_id, order_by=[t.came, t.org_id])
    t = t.mutate(place=order)
    t = t.filter(t.place == 0)
    return t.select("org_id", month=_month(t.came), won=ibis.literal(0), cost=t.given)


def _times(winning: Price, keeping: Price) -> Grid:
    found = profit.old_and_new(winning, keeping)
    rows: list[list[Cell]] = [
        ["spent_per_newcomer", cell(found.winning), None],
        ["price_of_keeping", cell(found.keeping), None],
        ["newcomer_times", None, cell(found.times)],
    ]
    columns = [("what", Unit.CODE), ("money", Unit.MONEY), ("times", Unit.NUMBER)]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "times": (Unit.NUMBER, found.times.value),
        "low": (Unit.NUMBER, found.times.low),
        "high": (Unit.NUMBER, found.times.high),
    }
    verdict = {"cannot_tell": "times_cannot_tell"}.get(found.verdict, found.verdict)
    return Grid("prices", columns, rows, Verdict(verdict, numbers))


def _old_and_new(known: Known, assumptions: value.Assumptions, costs: Costs) -> Grid:
    """What customers of the last year and all others got and brought."""
    backs = range(1, 13)
    window = known.frames.past.window
    first, last = months.first_day(window.month(backs[-1])), months.last_day(window.month(backs[0]))
    t = earnings.present(known, backs)
    t = t.mutate(new=t.since.coalesce(t.opened_on) >= first)
    for part in (earnings.balances(known, backs, assumptions), *_got(known, first, last)):
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
    return Grid("old_and_new", columns, rows, costs.verdict)


def _got(known: Known, first: date, last: date) -> Iterator[ir.Table]:
    """By party, over some days: contacts made, and money given."""

    def within(name: str, day: str) -> ir.Table:
        t = known.source(name)
        return t.filter((t[day].date() >= first) & (t[day].date() <= last) & t.party_id.notnull())

    reached = within("campaign_contact", "at")
    contacts = within("interaction", "at").select("party_id")
    contacts = contacts.union(reached.filter(reached.arm != "held_out").select("party_id"))
    yield contacts.group_by("party_id").aggregate(contacts=contacts.count())
    given = _given(known)
    given = given.filter((given.day >= first) & (given.day <= last))
    yield given.group_by("party_id").aggregate(rewards=total(given.given))


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
