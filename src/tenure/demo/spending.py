"""What people spend: cards, QR codes, transfers, bills, cash; and what they do at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tenure.demo.chance import pick_rows
from tenure.demo.clock import seconds, shopping_days
from tenure.demo.ledger import fen_of
from tenure.demo.people import Floats, Ints
from tenure.demo.queues import CASH, OTHER, served
from tenure.demo.wording import BANKS, MEMO, shops

if TYPE_CHECKING:
    from tenure.demo.daily_life import PeopleBlock

#: Ways to spend: kind, channel, pool of names, memo, how large beside a card payment, fen to which it is rounded.
_WAYS = (
    ("card_payment", "card", "merchant", "shopping", 1.0, 1),
    ("card_payment", "mobile", "merchant", "shopping", 0.7, 1),
    ("transfer_out", "mobile", "person", "transfer", 3.2, 10_000),
    ("transfer_out", "online", "person", "transfer", 4.5, 10_000),
    ("bill_payment", "mobile", "biller", "bill", 0.7, 1),
    ("bill_payment", "system", "biller", "bill", 0.7, 1),
    ("cash_out", "machine", "", "cash_out", 2.6, 10_000),
)


def spend(block: PeopleBlock) -> None:
    """Draw each month's purchases and scale them to what the month allows after instalments and transfers."""
    rng, window, size = block.rng, block.window, block.size
    months = window.months
    budget = _budget(block)
    ratio = np.clip(budget / np.maximum(budget.mean(axis=1, keepdims=True), 1), 0, 2)
    count = rng.poisson(_often(block)[:, None] * ratio)
    local, month = (np.repeat(x, count.ravel()) for x in block.grid())
    day = shopping_days(rng, window, month)
    way = _ways(block, local, day)
    weight = np.array([w[4] for w in _WAYS])[way] * np.exp(0.95 * rng.standard_normal(len(local)))
    slot = local * months + month
    total = np.bincount(slot, weight, size * months)
    yuan = weight / np.maximum(total[slot], 1e-9) * budget.ravel()[slot]
    step = np.array([w[5] for w in _WAYS])[way]
    fen = np.maximum(np.round(yuan * 100 / step), 1).astype(np.int64) * step
    alive = (day > block.since[local]) & (day < block.ends[local])
    np.add.at(block.going, (local[alive], month[alive]), fen[alive] / 100)
    for number, (kind, channel, group, memo, _, _) in enumerate(_WAYS):
        of = np.flatnonzero((way == number) & alive)
        block.ledger.post(
            local[of],
            day[of],
            seconds(rng, channel, len(of)),
            -fen[of],
            kind,
            channel,
            name=_payees(block, group, fen[of]),
            bank=rng.integers(0, len(BANKS), len(of)) if kind == "transfer_out" else -1,
            memo=MEMO[memo],
        )
    _school_fees(block)


def _budget(block: PeopleBlock) -> Floats:
    """Yuan to spend per customer and month: most of what is free, by season; less and less before leaving."""
    rng, window, size = block.rng, block.window, block.size
    free = block.coming - block.going
    thrift = np.where(block.steady, rng.uniform(0.98, 1.0, size), rng.uniform(0.66, 0.99, size))
    least = 0.04 * block.income / 12 * ~block.quiet
    budget = np.maximum(free * thrift[:, None], least[:, None])
    budget *= window.season[None, :] * rng.uniform(0.8, 1.15, (size, window.months))
    to_go = block.ends[:, None] - window.month_starts[None, :]
    budget *= np.where(to_go < 30, 0.25, np.where(to_go < 75, 0.6, 1.0))
    lives = block.s.lives
    wedding = lives.of("wedding")[block.first : block.last, None]
    child = lives.of("child_born")[block.first : block.last, None]
    budget *= np.where(np.abs(window.month_starts - wedding) < 50, 1.5, 1.0)
    return np.asarray(budget * np.where(window.month_starts > child, 1.08, 1.0))


def _often(block: PeopleBlock) -> Floats:
    """Payments a month: people differ, the digital pay more often; the quiet hardly ever."""
    often = block.rng.gamma(2.2, 1.5, block.size) * (0.75 + 1.1 * block.digital) * block.s.settings.activity
    # Whoever is shy of screens keeps to the counter and pays seldom otherwise.
    often *= 1 - 0.9 * np.clip((0.62 - block.digital) / 0.5, 0, 1)
    return np.where(block.quiet, 0.03, often * (0.5 + 0.7 * block.share))


def _ways(block: PeopleBlock, local: Ints, day: Ints) -> Ints:
    """How each payment is made; phones only once the customer has signed up for mobile banking."""
    elderly, digital = (block.age > 60)[local], block.digital[local]
    signed_up = day >= block.mobile_from[local]
    weights = np.stack(
        [
            np.full(len(local), 0.55),
            4.4 * digital * signed_up,
            1.9 * digital * signed_up,
            np.where(elderly, 0.02, 0.12) * signed_up,
            0.9 * digital * signed_up,
            np.full(len(local), 0.55),
            np.where(elderly, 1.2, 0.45),
        ],
        axis=1,
    )
    return pick_rows(block.rng, weights)


def _payees(block: PeopleBlock, group: str, fen: Ints) -> Ints:
    """Whom each payment goes to: shops by what is spent there, others at random, nobody for cash."""
    if group == "merchant":
        return shops(block.rng, block.pool, fen)
    return block.rng.integers(*block.pool[group], len(fen)) if group else np.full(len(fen), -1)


def _school_fees(block: PeopleBlock) -> None:
    """Parents of school age pay in August or September."""
    rng, window = block.rng, block.window
    pays = (block.age > 29) & (block.age < 50) & ~block.quiet & (rng.random(block.size) < 0.32)
    local = np.flatnonzero(pays)
    size = np.round(rng.uniform(0.02, 0.07, len(local)) * np.minimum(block.income[local], 400_000), -2)
    school = rng.integers(*block.pool["school"], len(local))
    for month in np.flatnonzero(window.calendar_month == 7).tolist():
        day = window.month_starts[month] + rng.integers(18, 38, len(local))
        alive = (day > block.since[local]) & (day < block.ends[local]) & (day <= window.end)
        who = local[alive]
        mobile = day[alive] >= block.mobile_from[who]
        for channel, way in (("mobile", mobile), ("counter", ~mobile)):
            block.ledger.post(
                who[way],
                day[alive][way],
                seconds(rng, channel, int(way.sum())),
                -fen_of(size[alive][way]),
                "bill_payment",
                channel,
                name=school[alive][way],
                memo=MEMO["school"],
            )


def at_counter(block: PeopleBlock, rows: Ints) -> None:
    """Cash and transfers of the customers' visits, booked while they stand at the counter."""
    rng, tickets = block.rng, block.s.tickets
    rows = rows[served(tickets)[rows]]
    local = tickets.party[rows] - block.first
    alive = (tickets.day[rows] > block.since[local]) & (tickets.day[rows] < block.ends[local])
    rows, local = rows[alive], local[alive]
    service = tickets.service[rows]
    monthly = np.maximum(block.income[local] / 12, 800)
    amount = np.maximum(np.round(monthly * rng.lognormal(-1.3, 0.7, len(rows)), -2), 100)
    puts_in = rng.random(len(rows)) < 0.42
    when = (tickets.called[rows] + tickets.ended[rows]) // 2
    cash, sends = service == CASH, (service == OTHER) & (rng.random(len(rows)) < 0.45)
    month = block.window.month_of(tickets.day[rows])
    for way, kind, sign, memo, group in (
        (cash & puts_in, "cash_in", 1, "cash_in", ""),
        (cash & ~puts_in, "cash_out", -1, "cash_out", ""),
        (sends, "transfer_out", -1, "transfer", "person"),
    ):
        block.ledger.post(
            local[way],
            tickets.day[rows][way],
            when[way],
            sign * fen_of(amount[way]),
            kind,
            "counter",
            name=rng.integers(*block.pool[group], int(way.sum())) if group else -1,
            memo=MEMO[memo],
            bank=rng.integers(0, len(BANKS), int(way.sum())) if group else -1,
        )
        flow = block.coming if sign > 0 else block.going
        np.add.at(flow, (local[way], month[way]), amount[way])
