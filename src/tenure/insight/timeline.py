"""The time line: a customer's recent and notable events on every channel, at most so many each (S1).

It has two parts. What happened in closed months is settled and made once a month; the open month's events, and what
is ahead, are made every night. Each holds at most ``[timeline].events`` a customer, so that neither needs the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.contracts import PUBLISHED
from tenure.insight import months, tiers
from tenure.insight.exact import converted
from tenure.insight.months import CURVE, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

#: What a pick keeps of a transaction. ``notable`` is false for one that is merely among an account's latest.
PICKED: Mapping[str, str] = {
    "account_id": "string",
    "transaction_id": "string",
    "booked_at": "timestamp(6)",
    "amount": "int64",
    "channel": "string",
    "kind": "string",
    "same_name": "boolean",
    "counterparty_name": "string",
    "memo": "string",
    "notable": "boolean",
}
#: An amount this part of "large" can still be large for a small customer.
SMALLEST_PART = 10


def pick(transactions: ir.Table, thresholds: Thresholds, *, latest: bool) -> ir.Table:
    """The transactions of one delivery that a time line may show: immutable, so cached with the file.

    Notable: large or possibly large for its owner, to the own account elsewhere, or payroll. With ``latest`` the
    newest few of each account too. Amounts are compared in the account's own currency.
    """
    t = transactions
    floor = max(thresholds.timeline.large // SMALLEST_PART, 1)
    large = (t.amount.abs() >= floor) & (t.kind != "interest")
    t = t.mutate(notable=large | t.same_name.coalesce(False) | (t.kind == "payroll"))
    if latest and thresholds.timeline.latest:
        newest = [t.booked_at.desc(), t.transaction_id.desc()]
        t = t.mutate(place=ibis.row_number().over(group_by=t.account_id, order_by=newest))
        t = t.filter(t.notable | (t.place < thresholds.timeline.latest))
    else:
        t = t.filter(t.notable)
    return t.select(*PICKED)


def notable_of_parties(picks: ir.Table, accounts: ir.Table, sizes: ir.Table, thresholds: Thresholds) -> ir.Table:
    """Picks with their owner and ``value`` (reporting currency), those that are large for nobody left out.

    ``sizes`` has ``party_id`` and ``aum_1``, the average AUM of the last closed month: what is large for a customer
    does not change from day to day.
    """
    owned = accounts.select("account_id", "party_id", "category", "currency", "factor", org_id="org_id")
    sizes = sizes.select("party_id", size=sizes.aum_1)
    t = picks.inner_join(owned, "account_id").left_join(sizes, "party_id").drop("party_id_right")
    t = t.mutate(value=converted(t.amount, t.factor).coalesce(0))
    own_norm = t["size"].coalesce(0).cast("float64") * thresholds.timeline.norm_share
    large = (t.value.abs() >= thresholds.timeline.large) | (t.value.abs().cast("float64") >= own_norm)
    return t.filter(large | ~t.notable | t.same_name.coalesce(False) | (t.kind == "payroll"))


def of_closed_months(
    tables: Mapping[str, ir.Table], notable: ir.Table, history: ir.Table, window: Window, thresholds: Thresholds
) -> ir.Table:
    """What the 23 closed months leave on the publication's ``timeline``: transactions, contacts, answers, tiers.

    ``tables`` holds the lake's event tables by name, of these months at least; ``notable`` the transactions,
    ``history`` the frame of :func:`history.of_parties`.
    """
    began, ended = months.first_day(window.month(CURVE - 1)), months.first_day(window.open_month)
    changes = (_tier_change(history, k, history[f"tier_{k}"], window) for k in range(1, 13))
    t = ibis.union(_transactions(notable), *_contacts(tables), _answers(tables), *changes)
    return _bounded(t.filter((t["at"].date() >= began) & (t["at"].date() < ended)), thresholds)


def of_now(
    tables: Mapping[str, ir.Table],
    notable: ir.Table,
    accounts: ir.Table,
    figures: ir.Table,
    window: Window,
    thresholds: Thresholds,
) -> ir.Table:
    """The open month's events; and complaints, accounts opened and closed of 24 months, since what is known of
    these may change; and maturities of a year ahead.

    ``tables`` holds the open month of the lake's event tables and all complaints, ``accounts`` the frame of
    :func:`balances.as_of`.
    """
    of_month = ibis.union(_transactions(notable), *_contacts(tables), _answers(tables))
    of_month = of_month.filter(of_month["at"].date() >= months.first_day(window.open_month))
    # What later days would tell is left out of these; a maturity may lie ahead.
    seen = ibis.union(of_month, _complaints(tables, window)).filter(lambda t: t["at"].date() <= window.as_of)
    t = ibis.union(seen, *_accounts(accounts, window))
    if window.at_month_end:
        t = t.union(_tier_change(figures, 0, figures.tier_number, window))
    t = t.filter(t["at"].date() >= months.first_day(window.month(CURVE - 1)))
    return _bounded(t.semi_join(figures, "party_id"), thresholds)


def _bounded(t: ir.Table, thresholds: Thresholds) -> ir.Table:
    """The newest ``[timeline].transactions`` transactions and, of all else, the newest up to ``events`` in all.

    Only those who have more are put in order: on most nights few.
    """
    bounded, names = thresholds.timeline, PUBLISHED["timeline"].names
    t = t.mutate(booked=t.kind == "transaction")
    sizes = t.group_by("party_id", "booked").aggregate(size=t.count())
    room = ibis.ifelse(sizes.booked, bounded.transactions, bounded.events - bounded.transactions)
    crowded = sizes.mutate(room=room).filter(lambda s: s["size"] > s.room)
    crowded = crowded.select(crowded_id="party_id", crowded_booked="booked", room="room")
    t = t.left_join(crowded, [t.party_id == crowded.crowded_id, t.booked == crowded.crowded_booked])
    whole, many = t.filter(t.room.isnull()), t.filter(t.room.notnull())
    place = ibis.row_number().over(group_by=[many.party_id, many.booked], order_by=[many["at"].desc(), many.event_id])
    newest = many.mutate(place=place).filter(lambda m: m.place < m.room)
    return whole.select(*names).union(newest.select(*names))


def _transactions(t: ir.Table) -> ir.Table:
    words = ibis.coalesce(t.memo, t.counterparty_name)
    detail = ibis.ifelse(t.same_name.coalesce(False), "same_name", t.kind)
    return _shaped(
        t, "transaction", t.transaction_id, t.booked_at, detail=detail, channel=t.channel, amount=t.amount,
        currency=t.currency, words=words,
    )  # fmt: skip


def _contacts(tables: Mapping[str, ir.Table]) -> list[ir.Table]:
    interaction, campaign = tables["interaction"], tables["campaign_contact"]
    ticket, redemption = tables["queue_ticket"], tables["redemption"]
    parts = [
        (interaction, "interaction", interaction.interaction_id, interaction["at"],
         {"detail": interaction.kind, "staff_id": interaction.staff_id,
          "words": ibis.coalesce(interaction.words, interaction.purpose)}),
        (campaign.filter(campaign.arm == "treated"), "campaign", campaign.contact_id, campaign["at"],
         {"detail": campaign.outcome, "channel": campaign.channel, "words": campaign.campaign_id}),
        (ticket, "ticket", ticket.ticket_id, ticket.taken_at,
         {"detail": ticket.service, "staff_id": ticket.staff_id, "org_id": ticket.org_id}),
        (redemption, "redemption", redemption.redemption_id, redemption["at"],
         {"detail": redemption.kind, "amount": redemption.cost, "words": redemption.item}),
    ]  # fmt: skip
    return [_shaped(t, kind, key, at, **rest) for t, kind, key, at, rest in parts]


def _answers(tables: Mapping[str, ir.Table]) -> ir.Table:
    survey = tables["survey_response"]
    return _shaped(
        survey, "survey", survey.response_id, survey.answered_at, detail=survey.moment, channel=survey.channel,
        staff_id=survey.staff_id, org_id=survey.org_id, words=survey.words, score=survey.recommend,
    )  # fmt: skip


def _complaints(tables: Mapping[str, ir.Table], window: Window) -> ir.Table:
    complaint = tables["complaint"]
    # A complaint closed after as_of was still open then.
    state = ibis.ifelse(complaint.closed_at.date() > window.as_of, "open", complaint.state)
    return _shaped(
        complaint, "complaint", complaint.complaint_id, complaint.received_at, detail=state,
        org_id=complaint.org_id, words=complaint.words,
    )  # fmt: skip


def _accounts(accounts: ir.Table, window: Window) -> list[ir.Table]:
    def moments(kind: str, on: str, t: ir.Table, **rest: str) -> ir.Table:
        # The desk sees account numbers masked, so an event is named by product and opening day instead.
        same = [t.party_id, t.product_id, t.opened_on]
        t = t.mutate(place=ibis.row_number().over(group_by=same, order_by=t.account_id))
        name = t.product_id + "@" + t.opened_on.strftime("%Y%m%d") + "/" + t.place.cast("string")
        return _shaped(
            t, kind, name, t[on].cast("timestamp(6)"), detail=t.category, words=t.product_name, currency=t.currency,
            **{each: t[column] for each, column in rest.items()},
        )  # fmt: skip

    began = months.first_day(window.month(CURVE - 1))
    opened, closed = accounts.filter(accounts.opened_on >= began), accounts.filter(accounts.closed_on >= began)
    ahead = accounts.filter(accounts.closed_on.isnull() & accounts.matures_on.between(window.as_of, window.ahead(365)))
    return [
        moments("opened", "opened_on", opened, org_id="org_id", amount="principal"),
        moments("closed", "closed_on", closed),
        moments("maturity", "matures_on", ahead, amount="balance"),
    ]


def _tier_change(t: ir.Table, back: int, now: ir.IntegerValue, window: Window) -> ir.Table:
    """Who changed tier at the month end ``back`` months ago: ``detail`` is the new tier, ``words`` the old one's."""
    month = window.month(back)
    t = t.mutate(now=now, before=t[f"tier_{back + 1}"]).filter(lambda t: t.now != t.before)
    return _shaped(
        t,
        "tier",
        ibis.literal(months.label(month)),
        ibis.literal(months.last_day(month)).cast("timestamp(6)"),
        detail=tiers.name(t.now),
        words=tiers.name(t.before),
    )


def _shaped(t: ir.Table, kind: str, key: ir.Value, at: ir.Value, **columns: ir.Value) -> ir.Table:
    """An event table's rows in the timeline's columns."""
    empty = {name: ibis.null("string") for name in ("detail", "channel", "currency", "staff_id", "org_id", "words")}
    empty |= {"amount": ibis.null("int64"), "score": ibis.null("int64")}
    named = ibis.literal(f"{kind}:") + key
    return t.filter(t.party_id.notnull()).select(
        "party_id",
        at=at.cast("timestamp(6)"),
        event_id=named,
        kind=ibis.literal(kind),
        **{name: columns.get(name, value).cast(value.type()) for name, value in empty.items()},
    )
