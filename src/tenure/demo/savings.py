"""What people put aside: what they had, what is left of their pay, windfalls, and what a campaign sold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tenure.demo.clock import NEVER, seconds
from tenure.demo.holdings import CATEGORIES, prefer
from tenure.demo.ledger import fen_of
from tenure.demo.lives import CAUSES
from tenure.demo.people import Floats, Ints
from tenure.demo.wording import BANKS, MEMO

if TYPE_CHECKING:
    from tenure.demo.daily_life import PeopleBlock


def invest(block: PeopleBlock) -> None:
    """Contracts of the block: from wealth held at the start, from savings since, from campaigns."""
    _from_wealth(block)
    _from_savings(block)
    _from_campaigns(block)


def _renews(block: PeopleBlock, local: Ints) -> Floats:
    """Chance that what matures is renewed here; lower for those who will leave because nobody called."""
    forgotten = block.s.leaving.cause[block.me[local]] == CAUSES.index("matured_not_contacted")
    return np.where(forgotten, 0.55, 0.88)


def _from_wealth(block: PeopleBlock) -> None:
    rng, window = block.rng, block.window
    rest = np.where(block.quiet, 0, np.maximum(block.wealth - block.kept_liquid, 0))
    slots = np.searchsorted([8_000, 90_000, 400_000, 1_500_000, 6_000_000], rest)
    for slot in range(5):
        local = np.flatnonzero(slots > slot)
        if not len(local):
            break
        last = slots[local] == slot + 1
        share = np.where(last, 1.0, rng.uniform(0.25, 0.65, len(local)))
        amount = np.floor(rest[local] * share / 1000) * 1000
        rest[local] -= amount
        back = rng.integers(1, 1000, len(local))
        opens = np.where(
            block.fresh[local],
            block.since[local] + rng.integers(1, 15, len(local)),
            np.maximum(block.since[local] + 1, window.start - back),
        )
        category = prefer(rng, block.age[local], block.rating[local], amount)
        block.cupboard.place(local, category, fen_of(amount), opens, _renews(block, local))


def _from_savings(block: PeopleBlock) -> None:
    """Twice a year what is left over goes into a contract here, or to the own account at another bank."""
    rng, window = block.rng, block.window
    left = block.coming - block.going
    # Those who sit just below a threshold stay there: what they save goes elsewhere.
    loyal = (rng.random(block.size) < 0.35 + 0.5 * block.share) & ~block.steady
    for month in range(5, window.months, 6):
        surplus = left[:, month - 5 : month + 1].sum(axis=1) * 0.85
        local = np.flatnonzero((surplus >= 3_000) & ~block.quiet)
        day = window.month_ends[month] - rng.integers(0, 9, len(local))
        amount = np.floor(surplus[local] / 1000) * 1000
        alive = (day > block.since[local] + 20) & (day < block.ends[local] - 90)
        local, day, amount = local[alive], day[alive], amount[alive]
        here = loyal[local]
        category = prefer(rng, block.age[local], block.rating[local], amount)
        block.cupboard.place(local[here], category[here], fen_of(amount[here]), day[here], _renews(block, local[here]))
        who, fen = local[~here], fen_of(amount[~here])
        block.ledger.post(
            who,
            day[~here],
            seconds(rng, "mobile", len(who)),
            -fen,
            "transfer_out",
            "mobile",
            other=block.me[who],
            bank=1 + block.me[who] % (len(BANKS) - 1),
            same=True,
            memo=MEMO["own_out"],
        )


def _from_campaigns(block: PeopleBlock) -> None:
    trial = block.s.trial
    rows = np.flatnonzero((trial.party >= block.first) & (trial.party < block.last) & (trial.buys_on < NEVER))
    local, day = trial.party[rows] - block.first, trial.buys_on[rows]
    fen = fen_of(trial.amount[rows])
    category = np.array([CATEGORIES.index(c) for c in trial.category], np.int64)[trial.campaign[rows]]
    enough = day < np.minimum(block.ends[local] - 50, block.window.end + 1)
    local, day, fen, category = local[enough], day[enough], fen[enough], category[enough]
    block.ledger.post(
        local,
        day,
        8 * 3600,
        fen,
        "transfer_in",
        "clearing",
        other=block.me[local],
        bank=1 + block.me[local] % (len(BANKS) - 1),
        same=True,
        memo=MEMO["own_in"],
    )
    block.cupboard.place(local, category, fen, day, np.full(len(local), 0.85))


def windfalls(block: PeopleBlock) -> None:
    """Weddings, down payments, inheritances and compensation for demolition pass through the account."""
    rng, window = block.rng, block.window
    lives = block.s.lives
    source = block.pool["public"][0]
    for event, low, high, name, memo in (
        ("inheritance", 80_000, 900_000, source + 4, "inheritance"),
        ("demolition_compensation", 300_000, 2_500_000, source + 2, "demolition"),
    ):
        day = lives.of(event)[block.first : block.last]
        local = np.flatnonzero(day < np.minimum(block.ends - 60, window.end))
        amount = np.round(rng.uniform(low, high, len(local)), -3)
        block.ledger.post(
            local,
            day[local],
            38_000,
            fen_of(amount),
            "transfer_in",
            "clearing",
            name=name,
            bank=0,
            memo=MEMO[memo],
        )
        opens = day[local] + rng.integers(3, 20, len(local))
        placed = np.floor(amount * rng.uniform(0.4, 0.9, len(local)) / 1000) * 1000
        category = prefer(rng, block.age[local], block.rating[local], placed)
        block.cupboard.place(local, category, fen_of(placed), opens, np.full(len(local), 0.8))
    wedding = lives.of("wedding")[block.first : block.last]
    local = np.flatnonzero(wedding < np.minimum(block.ends - 20, window.end - 3))
    guests = rng.integers(8, 40, len(local))
    at = np.repeat(np.arange(len(local)), guests)
    gift = np.array([200, 400, 500, 600, 800, 1000, 2000])[rng.integers(0, 7, len(at))]
    who = local[at]
    block.ledger.post(
        who,
        wedding[who] - rng.integers(0, 3, len(who)),
        seconds(rng, "mobile", len(who)),
        gift * 100,
        "transfer_in",
        "clearing",
        name=rng.integers(*block.pool["person"], len(who)),
        bank=rng.integers(0, len(BANKS), len(who)),
        memo=MEMO["wedding"],
    )
    bill = np.bincount(at, gift, len(local)) * rng.uniform(0.9, 1.6, len(local))
    block.ledger.post(
        local,
        wedding[local] + 1,
        50_000,
        -fen_of(np.round(bill, -2)),
        "card_payment",
        "card",
        name=block.pool["merchant3"][0],
        memo=MEMO["shopping"],
    )
    house = lives.of("house_bought")[block.first : block.last]
    local = np.flatnonzero(house < np.minimum(block.ends - 60, window.end))
    payment = np.maximum(
        np.round(np.minimum(block.wealth[local] * 0.5, 800_000) + block.income[local] * 0.3, -3), 20_000
    )
    block.ledger.post(
        local,
        house[local] - 3,
        40_000,
        -fen_of(payment),
        "transfer_out",
        "counter",
        name=source + 3,
        bank=1,
        memo=MEMO["house"],
    )
