"""From the lake's tables to the network's: every tie the bank's own files tell, and what is known of each party."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import ibis

from tenure.insight.months import first_day, serial

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: The lake's relation ("the other is the customer's …") → kind of tie, and whether it is read the other way round.
RELATIONS = {
    "spouse": ("family", False),
    "parent": ("family", False),
    "child": ("family", False),
    "sibling": ("family", False),
    "household": ("household", False),
    "employer": ("employer", False),
    "legal_representative": ("representative", False),
    "owner": ("ownership", False),
    "guarantor": ("guarantee", False),
    "supplier": ("supply", False),
    "buyer": ("supply", True),
    "referrer": ("referral", False),
}
#: These have no direction and are kept once, the smaller number first.
MUTUAL = ("family", "household", "account")
#: Money that two parties choose to pay each other; wages are the employer tie, and fees are the bank's.
PAID = ("transfer_in", "transfer_out", "bill_payment", "card_payment")
#: How strongly a payment in every month ties: more than colleagues, less than family.
MONTHLY = 0.6


def edges_of_bank(
    tables: Mapping[str, ir.Table], as_of: date, *, payment_months: int = 12, fewest_payment_months: int = 2
) -> ir.Table:
    """The edge table of ``Network.of``: ``from``, ``to``, ``kind``, ``weight``, ``since``, as an Ibis expression.

    ``tables``: the lake's, by name; needed is ``party``, used are ``relation``, ``account``, ``account_holder`` and
    ``transaction`` where they are. Ties that ended by ``as_of`` or began after it are left out.

    Relations as in ``RELATIONS``; ``employer`` also from ``party.employer_id``; ``account`` between an account's
    primary owner and its other holders; ``payment`` from payer to payee where both accounts are with us and money went
    in at least ``fewest_payment_months`` of the last ``payment_months`` closed months (a payment booked on both
    accounts counts once), weight = 0.6 × that share of months: who pays a landlord every month does not know them as
    well as a brother. Weight of ``ownership``: the share held, 0…1.
    """
    parts = [_employers(tables["party"], as_of)]
    if "relation" in tables:
        parts.append(_relations(tables["relation"], as_of))
    if "account_holder" in tables and "account" in tables:
        parts.append(_shared_accounts(tables["account"], tables["account_holder"], as_of))
    if "transaction" in tables and "account" in tables:
        parts.append(_payments(tables["account"], tables["transaction"], as_of, payment_months, fewest_payment_months))
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    every = every.filter(every["from"] != every["to"])
    # the same tie may be told by two tables: the heavier weight and the earlier day stand
    return every.group_by("from", "to", "kind").aggregate(weight=every.weight.max(), since=every.since.min())


def people_of_bank(tables: Mapping[str, ir.Table], as_of: date) -> ir.Table:
    """The ``people`` of ``Network.of``: ``party_id``, ``kind``, ``customer``, ``products``, ``known``, ``since``.

    ``customer``: began by ``as_of`` and has not ended. ``products``: different products with an open account.
    ``known`` = 1 − 0.8 × ½ᵏ for a customer, k the contacts of the last twelve months in which we reached them: 0.2
    for somebody we never talk to, 0.6 after one talk, 0.98 after five. ``value`` is the caller's to add.
    """
    party, today = tables["party"], ibis.literal(as_of)
    people = party.select(
        "party_id",
        "kind",
        "since",
        customer=(party.since.notnull() & (party.since <= today) & (party.left_on.isnull() | (party.left_on > today))),
    )
    if "account" in tables:
        account = tables["account"]
        is_open = (account.opened_on <= today) & (account.closed_on.isnull() | (account.closed_on > today))
        held = account.filter(is_open).group_by("party_id").aggregate(products=account.product_id.nunique())
        people = people.left_join(held, "party_id").drop("party_id_right")
    else:
        people = people.mutate(products=ibis.null("int64"))
    if "interaction" in tables:
        talk = tables["interaction"]
        talk = talk.filter(
            (talk["at"] >= datetime.combine(as_of - timedelta(days=365), time()))
            & (talk["at"] < datetime.combine(as_of + timedelta(days=1), time()))
            & (talk.outcome.isnull() | (talk.outcome != "no_answer"))
        )
        talks = talk.group_by("party_id").aggregate(talks=talk.count())
        people = people.left_join(talks, "party_id").drop("party_id_right")
    else:
        people = people.mutate(talks=ibis.null("int64"))
    share = 1.0 - 0.8 * (0.5 ** people.talks.fill_null(0).cast("float64"))
    return people.select(
        "party_id",
        "kind",
        "since",
        customer=people.customer.cast("int8"),
        products=people.products.fill_null(0).cast("int64"),
        known=ibis.ifelse(people.customer, share, 0.0),
    )


def _edge(t: ir.Table, one: ir.Value, other: ir.Value, kind: ir.Value, weight: ir.Value, since: ir.Value) -> ir.Table:
    return t.select(
        **{"from": one, "to": other},
        kind=kind.cast("string"),
        weight=weight.cast("float64"),
        since=since.cast("date"),
    )


def _nothing() -> ir.Value:
    return ibis.null("float64")


def _employers(party: ir.Table, as_of: date) -> ir.Table:
    """Who works where; since when is not told, and who has left us has no ties left."""
    today = ibis.literal(as_of)
    t = party.filter(
        party.employer_id.notnull()
        & (party.since.isnull() | (party.since <= today))
        & (party.left_on.isnull() | (party.left_on > today))
    )
    return _edge(t, t.party_id, t.employer_id, ibis.literal("employer"), _nothing(), ibis.null("date"))


def _relations(relation: ir.Table, as_of: date) -> ir.Table:
    today = ibis.literal(as_of)
    t = relation.filter(
        (relation.since.isnull() | (relation.since <= today)) & (relation.until.isnull() | (relation.until > today))
    )
    kind = t.kind.cases(*((code, tie) for code, (tie, _) in RELATIONS.items()))
    turned = t.kind.isin([code for code, (_, turn) in RELATIONS.items() if turn])
    turned = turned | (kind.isin(MUTUAL) & (t.party_id > t.other_id))
    weight = ibis.ifelse(kind == "ownership", t.share / 100.0, _nothing())
    return _edge(
        t,
        ibis.ifelse(turned, t.other_id, t.party_id),
        ibis.ifelse(turned, t.party_id, t.other_id),
        kind,
        weight,
        t.since,
    )


def _shared_accounts(account: ir.Table, holder: ir.Table, as_of: date) -> ir.Table:
    today = ibis.literal(as_of)
    owned = account.filter(account.closed_on.isnull() | (account.closed_on > today)).select(
        "account_id", owner_id="party_id"
    )
    held = holder.filter(
        (holder.since.isnull() | (holder.since <= today)) & (holder.until.isnull() | (holder.until > today))
    ).select("account_id", "party_id", "since")
    t = held.join(owned, "account_id")
    t = t.filter(t.party_id != t.owner_id)
    return _edge(
        t,
        ibis.least(t.party_id, t.owner_id),
        ibis.greatest(t.party_id, t.owner_id),
        ibis.literal("account"),
        _nothing(),
        t.since,
    )


def _payments(account: ir.Table, transaction: ir.Table, as_of: date, months: int, fewest: int) -> ir.Table:
    """Who pays whom, from transactions between two accounts of ours."""
    month = serial(as_of)
    begin, stop = (datetime.combine(first_day(m), time()) for m in (month - months, month))
    t = transaction.filter(
        transaction.counterparty_account.notnull()
        & transaction.kind.isin(PAID)
        & (transaction.booked_at >= begin)
        & (transaction.booked_at < stop)
    ).select("account_id", "counterparty_account", "amount", "booked_at")
    mine = account.select("account_id", party_id="party_id")
    theirs = account.select(counterparty_account="account_id", other_id="party_id")
    t = t.join(mine, "account_id").join(theirs, "counterparty_account")
    t = t.filter((t.party_id != t.other_id) & (t.amount != 0))
    paid = t.select(
        payer=ibis.ifelse(t.amount < 0, t.party_id, t.other_id),
        payee=ibis.ifelse(t.amount < 0, t.other_id, t.party_id),
        month=t.booked_at.year() * 12 + t.booked_at.month(),
        day=t.booked_at.date(),
    )
    pairs = paid.group_by("payer", "payee").aggregate(active=paid.month.nunique(), since=paid.day.min())
    pairs = pairs.filter(pairs.active >= fewest)
    return _edge(
        pairs,
        pairs.payer,
        pairs.payee,
        ibis.literal("payment"),
        pairs.active.cast("float64") * (MONTHLY / months),
        pairs.since,
    )
