"""Customer-months: one row a customer and month with what happened in that month and what stood at its end.

The ground of the attrition panel and of the definitions of being lost. Every measure of a row is known at the end of
its month: what is dated later is in no row before it. Customers who have left stay, with their months until the
last one, so that the past is not told by survivors alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes
from tenure.insight import months
from tenure.insight.activity import CHANNELS
from tenure.insight.exact import MILLION, total

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Product categories by what holding one says about a customer.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "demand": ("demand_deposit",),
    "term": ("time_deposit", "certificate_of_deposit"),
    "wealth": tuple(codes.INVESTMENT_CATEGORIES),
    "loan": tuple(c for c in codes.LOAN_CATEGORIES if c != "credit_card"),
    "card": ("credit_card", "debit_card"),
    "service": tuple(c for c in codes.SERVICE_CATEGORIES if c != "debit_card"),
}
FAMILY = ("spouse", "parent", "child", "sibling")

_MONEY = ("aum", "deposit", "term", "demand", "loan", "maturing", "matures_next")
_FLOWS = ("inflow", "outflow", "same_name_outflow", "payroll")
_COUNTS = ("made", *(f"made_{channel}" for channel in CHANNELS))
_EVENTS = (
    "contacts", "campaigns", "complaints", "complaints_closed", "visits", "waits", "wait_seconds", "walked_out",
    "family_left", "opened", "closed",
)  # fmt: skip
_ANSWERS = ("recommend", "satisfaction")


@dataclass(frozen=True)
class Sources:
    """What customer-months are made from, tables of the lake or made of them.

    ``accounts`` is the frame of :func:`tenure.insight.holdings.accounts`; ``activity`` has the columns of
    ``activity.SCHEMA`` and ``balances`` those of ``balances.SCHEMA``, any number of rows an account and month for the
    first and one for the second, ``balances`` reaching back to each account's first row. The rest have their
    contracts' columns.
    """

    party: ir.Table
    accounts: ir.Table
    activity: ir.Table
    balances: ir.Table
    interaction: ir.Table
    complaint: ir.Table
    survey_response: ir.Table
    queue_ticket: ir.Table
    campaign_contact: ir.Table
    relation: ir.Table

    def until(self, month: int) -> Sources:
        """The same bank as it stood at the end of ``month``: nothing dated later, no closing or leaving yet to come."""
        end = months.last_day(month)
        none = ibis.null("date")
        never = ibis.null("timestamp")

        def seen(t: ir.Table, column: str) -> ir.Table:
            return t.filter(t[column].date() <= end)

        p, a, c = self.party, self.accounts, seen(self.complaint, "received_at")
        return Sources(
            party=p.filter(p.since.isnull() | (p.since <= end)).mutate(
                left_on=ibis.ifelse(p.left_on <= end, p.left_on, none)
            ),
            accounts=a.filter(a.opened_on <= end).mutate(closed_on=ibis.ifelse(a.closed_on <= end, a.closed_on, none)),
            activity=self.activity.filter(self.activity.month <= month),
            balances=self.balances.filter(self.balances.month <= month),
            interaction=seen(self.interaction, "at"),
            complaint=c.mutate(closed_at=ibis.ifelse(c.closed_at.date() <= end, c.closed_at, never)),
            survey_response=seen(self.survey_response, "answered_at"),
            queue_ticket=seen(self.queue_ticket, "taken_at"),
            campaign_contact=seen(self.campaign_contact, "at"),
            relation=self.relation.filter(self.relation.since.isnull() | (self.relation.since <= end)),
        )


def build(sources: Sources, first: int, last: int) -> ir.Table:
    """Every customer-month from ``first`` to ``last`` (serials), from the month a customer's first account was opened.

    A customer is a party that ever had an account. Result: ``party_id``, ``month``, ``joined`` and ``left`` (serials;
    null while here), ``birth_year``, ``company``; month averages ``aum``, ``deposit``, ``term``, ``demand``, ``loan``
    (reporting currency, minor units), ``maturing`` (held in what matures within three months) and ``matures_next``
    (in the month after); flows and counts of the month; ``recommend`` and ``satisfaction`` (the month's last answer or
    null); ``held_<group>`` (accounts held at month's end) and ``complaints_open``.
    """
    t = _spine(sources, first, last)
    parts = (
        (_balances(sources, first, last), _MONEY),
        (_activity(sources, first, last), (*_FLOWS, *_COUNTS)),
        (_accounts(sources, first, last), ("opened", "closed", *(f"net_{g}" for g in GROUPS))),
        (_counted(sources.interaction, "at", first, last, contacts=lambda i: i.count()), ("contacts",)),
        (
            # who is held out of a campaign hears nothing of it
            _counted(
                sources.campaign_contact, "at", first, last, campaigns=lambda c: c.count(where=c.arm == "treated")
            ),
            ("campaigns",),
        ),
        (_counted(sources.complaint, "received_at", first, last, complaints=lambda c: c.count()), ("complaints",)),
        (
            _counted(sources.complaint, "closed_at", first, last, complaints_closed=lambda c: c.count()),
            ("complaints_closed",),
        ),
        (_tickets(sources, first, last), ("visits", "waits", "wait_seconds", "walked_out")),
        (_family(sources, first, last), ("family_left",)),
        (_answers(sources, first, last), _ANSWERS),
    )
    for part, names in parts:
        beside = part.select("party_id", "month", *names).rename(_party="party_id", _month="month")
        t = t.left_join(beside, [t.party_id == beside._party, t.month == beside._month]).drop("_party", "_month")
        t = t.mutate(**{name: t[name].coalesce(0) for name in names if name not in _ANSWERS})
    so_far = ibis.window(group_by="party_id", order_by="month", following=0)
    return t.mutate(
        **{f"held_{group}": t[f"net_{group}"].sum().over(so_far).cast("int64") for group in GROUPS},
        complaints_open=(t.complaints - t.complaints_closed).sum().over(so_far).cast("int64"),
    ).drop(*(f"net_{group}" for group in GROUPS))


def serial_of(day: ir.Value) -> ir.IntegerValue:
    """The month of a day or moment, as in :mod:`tenure.insight.months`."""
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1


def _within(first: int, last: int) -> ir.Table:
    return ibis.range(first, last + 1).unnest().name("month").as_table().mutate(month=ibis._.month.cast("int64"))


def _spine(s: Sources, first: int, last: int) -> ir.Table:
    a = s.accounts
    owners = a.group_by("party_id").aggregate(opened_on=a.opened_on.min(), last_closed=a.closed_on.max(),
                                              live=a.count(where=a.closed_on.isnull()))  # fmt: skip
    p = s.party.select("party_id", "left_on", "birth_date", "kind")
    t = owners.inner_join(p, "party_id")
    t = t.select(
        "party_id",
        joined=serial_of(t.opened_on),
        left=ibis.coalesce(
            serial_of(t.left_on), ibis.ifelse(t.live == 0, serial_of(t.last_closed), ibis.null("int64"))
        ),
        birth_year=t.birth_date.year().cast("int64"),
        company=ibis.ifelse(t.kind == "person", 0, 1).cast("int64"),
    )
    grid = t.cross_join(_within(first, last))
    return grid.filter((grid.month >= grid.joined) & (grid.left.isnull() | (grid.month <= grid.left)))


def _balances(s: Sources, first: int, last: int) -> ir.Table:
    """Month averages, each balance carried until the account's next row or its closing."""
    a = s.accounts.select("account_id", "party_id", "side", "category", "factor", "closed_on", "matures_on")
    b = s.balances.filter(s.balances.month <= last).inner_join(a, "account_id")
    order = ibis.window(group_by="account_id", order_by="month")
    ends = serial_of(b.closed_on).coalesce(last + 1)
    b = b.mutate(
        before=b["last"].lag().over(order).coalesce(0),
        until=ibis.least(b.month.lead().over(order).coalesce(last + 1), ends + 1, last + 1),
        ends=ends,
        matures=serial_of(b.matures_on),
        own=b.month,
    )
    b = b.mutate(since=ibis.greatest(b.month, first))
    b = b.filter(b.since < b.until)
    t = b.mutate(at=ibis.range(b.since, b.until).unnest().cast("int64"))
    length = ibis.cases(*((t["at"] == m, months.length(m)) for m in range(first, last + 1)), else_=30).cast("int64")
    days = ibis.ifelse(t["at"] == t.own, t.before * (t["first"] - 1) + t.area, t["last"] * length)
    closing = t["last"] * (length + 1 - t.closed_on.day().cast("int64"))
    days = ibis.ifelse(t["at"] == t.ends, days - closing.coalesce(0), days)
    worth = (
        days.cast("float64") / length.cast("float64") * t.factor.coalesce(0).cast("float64") / float(MILLION)
    ).round()
    t = t.mutate(value=worth.cast("int64"), ahead=t.matures - t["at"])
    asset = t.side.isin(("deposit", "investment"))
    return t.group_by("party_id", month=t["at"]).aggregate(
        aum=total(t.value, asset),
        deposit=total(t.value, t.side == "deposit"),
        term=total(t.value, t.category.isin(GROUPS["term"])),
        demand=total(t.value, t.category == "demand_deposit"),
        loan=total(t.value.abs(), t.side == "loan"),
        maturing=total(t.value, asset & (t.ahead >= 1) & (t.ahead <= 3)),
        matures_next=total(t.value, asset & (t.ahead == 1)),
    )


def _activity(s: Sources, first: int, last: int) -> ir.Table:
    own = s.accounts.select("account_id", "party_id", "side", "factor")
    t = s.activity.filter((s.activity.month >= first) & (s.activity.month <= last)).inner_join(own, "account_id")
    rate = t.factor.coalesce(0).cast("float64") / float(MILLION)
    # Of loans and services only what customers did counts; money there is not money coming or going.
    flows = {
        name: ibis.ifelse(t.side == "deposit", (t[name].cast("float64") * rate).round().cast("int64"), 0)
        for name in _FLOWS
    }
    t = t.mutate(**flows)
    return t.group_by("party_id", "month").aggregate(**{name: total(t[name]) for name in (*_FLOWS, *_COUNTS)})


def _accounts(s: Sources, first: int, last: int) -> ir.Table:
    """Openings and closings by month; what was opened before ``first`` counts as held from there."""
    a = s.accounts
    kind = ibis.cases(*((a.category.isin(names), group) for group, names in GROUPS.items() if names), else_="service")
    a = a.mutate(group=kind)
    zero, one = ibis.literal(0, "int64"), ibis.literal(1, "int64")

    def moved(rows: ir.Table, day: ir.DateValue, net: ir.Value, **counts: ir.Value) -> ir.Table:
        lately = serial_of(day) >= first
        counted = {name: ibis.ifelse(lately, value, zero) for name, value in counts.items()}
        return rows.select("party_id", "group", month=ibis.greatest(serial_of(day), first), net=net, **counted)

    gone = a.filter(a.closed_on.notnull())
    opened = moved(a, a.opened_on, one, new=one, gone=zero)
    closed = moved(gone, gone.closed_on, -one, new=zero, gone=one)
    t = opened.union(closed)
    t = t.filter(t.month <= last)
    return t.group_by("party_id", "month").aggregate(
        opened=total(t.new),
        closed=total(t.gone),
        **{f"net_{group}": total(t.net, t.group == group) for group in GROUPS},
    )


def _counted(events: ir.Table, at: str, first: int, last: int, **sums: object) -> ir.Table:
    t = events.filter(events.party_id.notnull() & events[at].notnull())
    t = t.mutate(month=serial_of(t[at]))
    t = t.filter((t.month >= first) & (t.month <= last))
    return t.group_by("party_id", "month").aggregate(**{name: make(t) for name, make in sums.items()})  # type: ignore[operator]


def _tickets(s: Sources, first: int, last: int) -> ir.Table:
    q = s.queue_ticket
    q = q.mutate(wait=q.called_at.epoch_seconds().cast("int64") - q.taken_at.epoch_seconds().cast("int64"))
    return _counted(
        q,
        "taken_at",
        first,
        last,
        visits=lambda t: t.count(),
        waits=lambda t: t.count(where=t.wait.notnull()),
        wait_seconds=lambda t: total(t.wait),
        walked_out=lambda t: t.count(where=t.abandoned),
    )


def _answers(s: Sources, first: int, last: int) -> ir.Table:
    return _counted(
        s.survey_response,
        "answered_at",
        first,
        last,
        recommend=lambda t: t.recommend.argmax(t.answered_at).cast("int64"),
        satisfaction=lambda t: t.satisfaction.argmax(t.answered_at).cast("int64"),
    )


def _family(s: Sources, first: int, last: int) -> ir.Table:
    """Members of the family who left in the month."""
    gone = s.party.filter(s.party.left_on.notnull()).select(other="party_id", left_on="left_on")
    r = s.relation.filter(s.relation.kind.isin(FAMILY)).select("party_id", "other_id", "since")
    both = r.union(r.select(party_id="other_id", other_id="party_id", since="since")).distinct()
    t = both.inner_join(gone, both.other_id == gone.other)
    t = t.mutate(day=ibis.greatest(t.left_on, t.since.coalesce(t.left_on)))
    return _counted(t, "day", first, last, family_left=lambda t: t.other_id.nunique())
