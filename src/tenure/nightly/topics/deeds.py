"""What customers do, as the satisfaction trap reads it: money moved elsewhere, products given up, deposits not renewed.

All of it at the end of a month (or at ``as_of``), from what was known then; and who was lost in the months after.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from tenure.insight import months
from tenure.insight.activity import NOT_A_FLOW
from tenure.insight.exact import total
from tenure.insight.months import CURVE
from tenure.insight.trap import Rules
from tenure.nightly.topics import heard, losing

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.nightly.topics import Known

#: Months of outflow, of the rhythm it is set against, and of leaving afterwards.
OUTFLOW_MONTHS = 3
RHYTHM = 12
AFTER = 6
_SENT = {"account_id": "string", "month": "int64", "amount": "int64"}
#: Days of maturities looked back upon, after those of which it can't be said yet; the month before all of them.
_MATURED_DAYS = 180
_SETTLED_DAYS = 14
_MATURED_MONTHS = 7
#: Where the bank's definitions cannot be used, lost without leaving: average assets at this share of what they were, or
#: less; and what is left with who is gone.
_GONE = 0.3
EMPTIED = 0.1


def rules(known: Known, *, probability: bool) -> Rules:
    """The bank's own thresholds. Beside a leaving ``probability`` two deeds must come together; without one a single
    strong deed has to do."""
    own = known.frames.past.thresholds.trap
    return Rules(
        own.probability_ratio,
        own.outflow_share,
        -float(own.products_given_up if probability else own.products_given_up_alone),
        own.renewal_share,
        own.signals_needed if probability else 1,
        own.satisfied_from,
    )


def end_of(known: Known, back: int) -> date:
    """The end of the month so many months before the open one; ``as_of`` for 0."""
    return known.as_of if back == 0 else months.last_day(known.frames.past.window.month(back))


def deeds(known: Known, back: int = 0) -> ir.Table:
    """``party_id``, ``outflow_share``, ``depth_trend`` and ``renewal_share`` of everybody here at the end of a month.

    * ``outflow_share``: what went to the customer's own accounts at other banks in that month and the two before, less
      the most that went in any such quarter of the year before (who moves money twice a year does not leave twice a
      year), over the average assets of the month before them; null below a fifth of the first tier's threshold, where
      a share of next to nothing says nothing.
    * ``depth_trend``: distinct products held, less a year before; null for who held none then.
    * ``renewal_share``: of the principal that matured in the half year before the last two weeks, what stayed with us
      in whatever form: the rest is by how much the average assets fell since; null where nothing matured.
    """
    end = end_of(known, back)
    t = known.party.filter(known.party.left_on.isnull() | (known.party.left_on > end))
    t = t.filter(t.since.isnull() | (t.since <= end)).select("party_id")
    for part in (_outflow(known, back), _depth(known, end), _renewal(known, back)):
        t = t.left_join(part, "party_id").drop("party_id_right")
    held = known.accounts.filter(_open(known.accounts, end)).select("party_id").distinct()
    return t.semi_join(held, "party_id")


def _open(account: ir.Table, on: date) -> ir.BooleanValue:
    return (account.opened_on <= on) & (account.closed_on.isnull() | (account.closed_on > on))


def _outflow(known: Known, back: int) -> ir.Table:
    window, thresholds = known.frames.past.window, known.frames.past.thresholds
    newest, quarters = window.month(back), 1 + RHYTHM // OUTFLOW_MONTHS
    t = _sent_elsewhere(known)
    if back == 0:
        t = t.cast(_SENT).union(_by_month(known, window.open_month, window.open_month).cast(_SENT))
    t = t.filter((t.month > newest - quarters * OUTFLOW_MONTHS) & (t.month <= newest))
    owned = known.accounts.select("account_id", "party_id", "factor")
    t = t.select("account_id", "amount", quarter=((newest - t.month) / OUTFLOW_MONTHS).floor().cast("int64"))
    t = t.inner_join(owned, "account_id")
    t = t.mutate(sent=-t.amount.cast("float64") * t.factor.cast("float64") / 1e6)
    t = t.group_by("party_id", "quarter").aggregate(sent=t.sent.sum())
    t = t.group_by("party_id").aggregate(
        now=t.sent.max(where=t.quarter == 0).coalesce(0.0), usual=t.sent.max(where=t.quarter > 0).coalesce(0.0)
    )
    before = known.closed.by_party.select("party_id", base=known.closed.by_party[f"aum_{back + OUTFLOW_MONTHS}"])
    before = before.filter(before.base >= thresholds.tiers.ladder[1] // 5)
    both = before.left_join(t, "party_id").drop("party_id_right")
    beyond = ibis.greatest(both.now.coalesce(0.0) - both.usual.coalesce(0.0), 0.0)
    return both.select("party_id", outflow_share=ibis.least(beyond / both.base.cast("float64"), 1.0))


def _sent_elsewhere(known: Known) -> ir.Table:
    """:func:`_by_month` of the closed months, worked out when one closes: a night reads no old transaction for it."""
    window, past = known.frames.past.window, known.frames.past
    return past.of_closed(
        known.closed, "sent_elsewhere", lambda: _by_month(known, window.month(CURVE - 1), window.month(1))
    )


def _by_month(known: Known, first: int, last: int) -> ir.Table:
    """``account_id``, ``month`` and ``amount`` (below 0, the account's minor units) sent to own accounts elsewhere."""
    t = known.source("transaction")
    began, ended = months.first_day(first), min(months.last_day(last), known.as_of)
    t = t.filter(t.booked_at >= ibis.timestamp(began.isoformat()))
    t = t.filter((t.booked_at.date() <= ended) & (t.amount < 0) & t.same_name & t.kind.notin(NOT_A_FLOW))
    t = t.mutate(month=t.booked_at.year().cast("int64") * 12 + t.booked_at.month().cast("int64") - 1)
    return t.group_by("account_id", "month").aggregate(amount=total(t.amount))


def _depth(known: Known, end: date) -> ir.Table:
    year_before = months.months_before(end, 12)
    account = known.accounts
    now, then = _open(account, end), _open(account, year_before)
    t = account.group_by("party_id").aggregate(
        now=account.product_id.nunique(where=now), before=account.product_id.nunique(where=then)
    )
    return t.filter(t.before > 0).select("party_id", depth_trend=(t.now - t.before).cast("float64"))


def _renewal(known: Known, back: int) -> ir.Table:
    end = end_of(known, back)
    account = known.accounts.filter(known.accounts.side.isin(("deposit", "investment")))
    last = end - timedelta(days=_SETTLED_DAYS)
    account = account.filter(
        (account.principal > 0)
        & (account.opened_on <= end)
        & (account.matures_on > last - timedelta(days=_MATURED_DAYS))
        & (account.matures_on <= last)
    )
    worth = account.principal.cast("float64") * account.factor.cast("float64") / 1e6
    matured = account.group_by("party_id").aggregate(matured=worth.sum())
    parties = known.closed.by_party
    before = parties[f"aum_{back + _MATURED_MONTHS}"]
    t = matured.inner_join(parties.select("party_id", before=before.cast("float64")), "party_id")
    t = t.inner_join(_average(known, back), "party_id")
    gone = ibis.greatest(t.before - t.assets.cast("float64"), 0.0)
    return t.select("party_id", renewal_share=1 - ibis.least(gone / t.matured, 1.0))


def _average(known: Known, back: int) -> ir.Table:
    """``party_id``, ``assets``: the average assets of a month."""
    if back == 0:
        return known.figures.select("party_id", assets=known.figures.aum_month_average)
    return known.closed.by_party.select("party_id", assets=known.closed.by_party[f"aum_{back}"])


def lost_after(known: Known, back: int) -> ir.Table:
    """``party_id``, ``lost``: whether a customer here at the end of that month was lost within six months after it.

    Lost is who one of the bank's own definitions says so of (then only those have a row) or, below 18 closed months,
    who left, closed the last account, or whose average assets fell to 30 % or less of what they were (where these were
    enough to say anything). Month ``back`` must be at least six months ago.
    """
    found = losing.between(known, back, back - AFTER)
    if found is not None:
        return found.mutate(lost=ibis.literal(True))
    end, until = end_of(known, back), end_of(known, back - AFTER)
    account, party = known.accounts, known.party
    still = account.filter(_open(account, until)).select("party_id").distinct().mutate(still=ibis.literal(True))
    floor = known.frames.past.thresholds.tiers.ladder[1] // 5
    assets = known.closed.by_party
    assets = assets.select("party_id", then=assets[f"aum_{back}"], later=assets[f"aum_{max(back - AFTER, 1)}"])
    t = party.filter(party.left_on.isnull() | (party.left_on > end)).select("party_id", "left_on")
    for part in (still, assets):
        t = t.left_join(part, "party_id").drop("party_id_right")
    emptied = (t.then >= floor) & (t.later.cast("float64") <= _GONE * t.then.cast("float64"))
    left = (t.left_on <= until).coalesce(False) | t.still.isnull() | emptied.coalesce(False)
    return t.select("party_id", lost=left)


def said(known: Known, back: int = 0) -> ir.Table:
    """``party_id``, ``satisfaction`` (1–5) and ``answered_on``: the newest answer of the twelve months up to then."""
    end, began = end_of(known, back), months.first_day(known.frames.past.window.month(back + heard.RECENT - 1))
    t = heard.answers(known)
    on = t.answered_at.date()
    t = t.filter(t.party_id.notnull() & t.satisfaction.notnull() & (on >= began) & (on <= end))
    place = ibis.row_number().over(group_by=t.party_id, order_by=[t.answered_at.desc(), t.response_id.desc()])
    t = t.mutate(place=place, answered_on=on).filter(ibis._.place == 0)
    return t.select("party_id", "satisfaction", "answered_on")
