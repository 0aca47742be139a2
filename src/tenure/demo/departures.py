"""First and last rows of a current account: opening, quarterly interest, the way out of those who leave."""

from __future__ import annotations

import numpy as np

from tenure.demo.clock import Window
from tenure.demo.ledger import CARRIED, CLOSING, DRAIN, INTEREST, OPENING, Ledger
from tenure.demo.lives import DEATH, Leaving
from tenure.demo.people import Flags, Floats, Ints
from tenure.demo.wording import BANKS, MEMO

#: Days before the day of leaving, and the share of spare money (‰) that goes to the own account elsewhere.
DRAINS = ((44, 450), (21, 600), (4, 850))


def opening_rows(
    rng: np.random.Generator,
    ledger: Ledger,
    me: Ints,
    since: Ints,
    fresh: Flags,
    amount: Floats,
    gone: Ints,
) -> None:
    """The first amount of each current account (yuan): carried into the history, or paid in on the opening day.

    Its second is 0 in the settlement so that it stays first. Interest follows every quarter until the account is
    closed on ``gone`` (those who fall silent keep earning on what is left).
    """
    window: Window = ledger.window
    local = np.arange(len(me))
    fen = np.round(amount, -1).astype(np.int64) * 100
    ledger.post(local[~fresh], window.eve, 0, fen[~fresh], "other", "system", role=CARRIED)
    new = local[fresh]
    cash = rng.random(len(new)) < 0.35
    ledger.post(
        new[cash], since[new[cash]], 0, fen[new[cash]], "cash_in", "counter", memo=MEMO["opening"], role=OPENING
    )
    wired = new[~cash]
    ledger.post(
        wired,
        since[wired],
        0,
        fen[wired],
        "transfer_in",
        "clearing",
        other=me[wired],
        bank=1 + me[wired] % (len(BANKS) - 1),
        same=True,
        memo=MEMO["opening"],
        role=OPENING,
    )
    days = window.quarter_days()
    earns = (days[None, :] > np.maximum(since, window.eve)[:, None]) & (days[None, :] < gone[:, None])
    at, quarter = np.nonzero(earns)
    ledger.post(at, days[quarter], 3_600, 0, "interest", "system", memo=MEMO["interest"], role=INTEREST)


def depart(rng: np.random.Generator, ledger: Ledger, me: Ints, leaving: Leaving, *, death_possible: bool) -> None:
    """Leavers move their money to their own account elsewhere in three steps; closers take the rest and close."""
    window = ledger.window
    cause, closes, ends = leaving.cause[me], leaving.closes[me], leaving.day[me]
    dead = death_possible & (cause == DEATH)
    goes = np.flatnonzero((ends <= window.end) & ~dead)
    for before, share in DRAINS:
        day = ends[goes] - before + rng.integers(-3, 4, len(goes))
        ledger.post(
            goes,
            day,
            rng.integers(9 * 3600, 20 * 3600, len(goes)),
            share,
            "transfer_out",
            "mobile",
            other=me[goes],
            bank=1 + me[goes] % (len(BANKS) - 1),
            same=True,
            memo=MEMO["own_out"],
            role=DRAIN,
        )
    last = np.flatnonzero((ends <= window.end) & closes)
    ledger.post(last, ends[last], 35_000, 0, "interest", "system", memo=MEMO["interest"], role=INTEREST)
    for who, kind, memo in (
        (last[~dead[last]], "cash_out", "closing"),
        (last[dead[last]], "cash_out", "estate"),
    ):
        ledger.post(who, ends[who], 35_001, 0, kind, "counter", memo=MEMO[memo], role=CLOSING)
