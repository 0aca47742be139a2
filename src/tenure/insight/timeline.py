"""The time line: a customer's recent and notable events on every channel, at most so many each (S1)."""

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


def notable_of_parties(
    picks: ir.Table, accounts: ir.Table, figures: ir.Table, window: Window, thresholds: Thresholds
) -> ir.Table:
    """Picks with their owner and ``value`` (reporting currency), those that are large for nobody left out."""
    owned = accounts.select("account_id", "party_id", "category", "currency", "factor", org_id="org_id")
    sizes = figures.select("party_id", "aum_month_average")
    t = (
        picks.filter(picks.booked_at.date() <= window.as_of)
        .inner_join(owned, "account_id")
        .inner_join(sizes, "party_id")
    )
    t = t.mutate(value=converted(t.amount, t.factor).coalesce(0))
    own_norm = t.aum_month_average.cast("float64") * thresholds.timeline.norm_share
    large = (t.value.abs() >= thresholds.timeline.large) | (t.value.abs().cast("float64") >= own_norm)
    return t.filter(large | ~t.notable | t.same_name.coalesce(False) | (t.kind == "payroll"))


def events(
    tables: Mapping[str, ir.Table],
    notable: ir.Table,
    accounts: ir.Table,
    figures: ir.Table,
    window: Window,
    thresholds: Thresholds,
) -> ir.Table:
    """The publication's ``timeline``: 24 months back, maturities of a year ahead, bounded for each customer.

    ``tables`` holds the lake's event tables by name, ``accounts`` the frame of :func:`balances.as_of`. The newest
    ``[timeline].transactions`` transactions and, of all else, the newest up to ``[timeline].events`` in all.
    """
    found = [
        _transactions(notable),
        *_contacts(tables, window),
        *_voices(tables, window),
        *_accounts(accounts, window),
        *_tier_changes(figures, window),
    ]
    t = ibis.union(*found).inner_join(figures.select("party_id"), "party_id")
    began = months.first_day(window.month(CURVE - 1))
    t = t.filter(t["at"].date() >= began)
    bounded = thresholds.timeline
    of_kind = t.kind == "transaction"
    place = ibis.row_number().over(group_by=[t.party_id, of_kind], order_by=[t["at"].desc(), t.event_id])
    t = t.mutate(place=place)
    room = ibis.ifelse(t.kind == "transaction", bounded.transactions, bounded.events - bounded.transactions)
    return t.filter(t.place < room).select(*PUBLISHED["timeline"].names)


def _transactions(t: ir.Table) -> ir.Table:
    words = ibis.coalesce(t.memo, t.counterparty_name)
    detail = ibis.ifelse(t.same_name.coalesce(False), "same_name", t.kind)
    return _shaped(
        t, "transaction", t.transaction_id, t.booked_at, detail=detail, channel=t.channel, amount=t.amount,
        currency=t.currency, words=words,
    )  # fmt: skip


def _contacts(tables: Mapping[str, ir.Table], window: Window) -> list[ir.Table]:
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
    return [_until(_shaped(t, kind, key, at, **rest), window) for t, kind, key, at, rest in parts]


def _voices(tables: Mapping[str, ir.Table], window: Window) -> list[ir.Table]:
    complaint, survey = tables["complaint"], tables["survey_response"]
    complaint, survey = complaint.filter(complaint.party_id.notnull()), survey.filter(survey.party_id.notnull())
    # A complaint closed after as_of was still open then.
    state = ibis.ifelse(complaint.closed_at.date() > window.as_of, "open", complaint.state)
    complained = _shaped(
        complaint, "complaint", complaint.complaint_id, complaint.received_at, detail=state,
        org_id=complaint.org_id, words=complaint.words,
    )  # fmt: skip
    answered = _shaped(
        survey, "survey", survey.response_id, survey.answered_at, detail=survey.moment, channel=survey.channel,
        staff_id=survey.staff_id, org_id=survey.org_id, words=survey.words, score=survey.recommend,
    )  # fmt: skip
    return [_until(complained, window), _until(answered, window)]


def _accounts(accounts: ir.Table, window: Window) -> list[ir.Table]:
    def moments(kind: str, on: str, t: ir.Table, **rest: ir.Value) -> ir.Table:
        # The desk sees account numbers masked, so an event is named by product and opening day instead.
        name = t.product_id + "@" + t.opened_on.strftime("%Y%m%d") + "/" + t.place.cast("string")
        return _shaped(t, kind, name, t[on].cast("timestamp(6)"), detail=t.category, words=t.product_name, **rest)

    order = ibis.row_number().over(
        group_by=[accounts.party_id, accounts.product_id, accounts.opened_on], order_by=accounts.account_id
    )
    t = accounts.mutate(place=order)
    ahead = t.filter(t.closed_on.isnull() & t.matures_on.between(window.as_of, window.ahead(365)))
    return [
        moments("opened", "opened_on", t, org_id=t.org_id, amount=t.principal, currency=t.currency),
        moments("closed", "closed_on", t.filter(t.closed_on.notnull()), currency=t.currency),
        moments("maturity", "matures_on", ahead, amount=ahead.balance, currency=ahead.currency),
    ]


def _tier_changes(figures: ir.Table, window: Window) -> list[ir.Table]:
    """Tier changes at the last twelve month ends; ``detail`` is the new tier, ``words`` the old one's code."""
    parts = []
    for k in range(window.newest_end, 12 + window.newest_end):
        now = figures.tier_number if k == 0 else figures[f"tier_{k}"]
        before = figures[f"tier_{k + 1}"]
        end = months.last_day(window.month(k))
        t = figures.mutate(now=now, before=before).filter(now != before)
        parts.append(
            _shaped(
                t,
                "tier",
                ibis.literal(months.label(window.month(k))),
                ibis.literal(end).cast("timestamp(6)"),
                detail=tiers.name(t.now),
                words=tiers.name(t.before),
            )
        )
    return parts


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


def _until(t: ir.Table, window: Window) -> ir.Table:
    return t.filter(t["at"].date() <= window.as_of)
