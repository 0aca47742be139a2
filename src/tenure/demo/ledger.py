"""A block of customers' books: rows are posted in any order, then settled so that every balance holds to the fen.

Current accounts never go below zero: what a plan of receipts and payments would lack at its lowest point is added
to the opening amount. Leavers' withdrawals take a share of what no later payment needs. Interest is computed on daily
balances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.contracts import codes
from tenure.demo.clock import NEVER, Window
from tenure.demo.people import Ints

KINDS = tuple(codes.TRANSACTION_KINDS)
CHANNELS = tuple(codes.CHANNELS)
KIND = {k: i for i, k in enumerate(KINDS)}
CHANNEL = {c: i for i, c in enumerate(CHANNELS)}
#: What a row is to the settlement: posted as it stands, the first amount, a withdrawal of a share, interest, the last.
PLAIN, OPENING, CARRIED, DRAIN, INTEREST, CLOSING = range(6)


def fen_of(yuan: NDArray[np.float64]) -> Ints:
    """Whole fen, to the nearest, of an amount drawn in yuan: from here on money is never a float."""
    return np.rint(np.asarray(yuan) * 100).astype(np.int64)


class Accounts:
    """Accounts of a block in the order opened here; ``party`` is global, money in fen."""

    _FIELDS = ("party", "product", "opened", "closed", "matures", "rate", "principal")

    def __init__(self) -> None:
        self._parts: dict[str, list[NDArray[np.generic]]] = {f: [] for f in self._FIELDS}
        self.count = 0

    def open(
        self,
        party: Ints,
        product: ArrayLike,
        opened: ArrayLike,
        closed: ArrayLike = NEVER,
        matures: ArrayLike = NEVER,
        rate: ArrayLike = np.nan,
        principal: ArrayLike = -1,
    ) -> Ints:
        """Open one account per entry of ``party``; returns their positions."""
        size = len(party)
        given = (party, product, opened, closed, matures, rate, principal)
        for field, values in zip(self._FIELDS, given, strict=True):
            kind = np.float64 if field == "rate" else np.int64
            self._parts[field].append(np.broadcast_to(np.asarray(values, kind), size))
        self.count += size
        return np.arange(self.count - size, self.count)

    def column(self, field: str) -> Ints:
        """One whole-number field over all accounts."""
        return np.concatenate([np.empty(0, np.int64), *self._parts[field]]).astype(np.int64)

    def rates(self) -> NDArray[np.float64]:
        """Yearly percentages of all accounts; NaN where there is none."""
        return np.concatenate([np.empty(0), *self._parts["rate"]]).astype(np.float64)


@dataclass
class Books:
    """Settled rows of a block: transactions and end-of-day balances, account by account in time."""

    rows: dict[str, NDArray[np.generic]]
    account: Ints
    day: Ints
    balance: Ints


_ROW = {
    "account": np.int32,
    "day": np.int32,
    "second": np.int32,
    "amount": np.int64,
    "kind": np.int8,
    "channel": np.int8,
    "name": np.int32,
    "other": np.int32,
    "own": np.int32,
    "bank": np.int8,
    "same": np.bool_,
    "memo": np.int16,
    "role": np.int8,
}


class Ledger:
    """Collects rows; the first ``current`` accounts are the current accounts, one per party of the block."""

    def __init__(self, window: Window, current: int) -> None:
        self.window = window
        self.current = current
        self.accounts = Accounts()
        self._parts: dict[str, list[NDArray[np.generic]]] = {f: [] for f in _ROW}
        self._valued: list[tuple[Ints, Ints, Ints]] = []

    def post(
        self,
        account: Ints,
        day: ArrayLike,
        second: ArrayLike,
        amount: ArrayLike,
        kind: str,
        channel: str,
        *,
        name: ArrayLike = -1,
        other: ArrayLike = -1,
        own: ArrayLike = -1,
        bank: ArrayLike = -1,
        same: ArrayLike = False,
        memo: ArrayLike = -1,
        role: int = PLAIN,
    ) -> None:
        """Post rows. ``name`` is a name from the pool, ``other`` a party of this bank, ``own`` another account here."""
        size = len(account)
        if not size:
            return
        given = (account, day, second, amount, KIND[kind], CHANNEL[channel], name, other, own, bank, same, memo, role)
        for (field, kind_), values in zip(_ROW.items(), given, strict=True):
            self._parts[field].append(np.broadcast_to(np.asarray(values).astype(kind_, copy=False), size))

    def value(self, account: Ints, day: ArrayLike, balance: ArrayLike) -> None:
        """State end-of-day balances of accounts that are valued, not booked (loans, investments)."""
        size = len(account)
        self._valued.append(
            tuple(np.broadcast_to(np.asarray(v, np.int64), size) for v in (account, day, balance))  # type: ignore[arg-type]
        )

    def settle(self, ends: Ints, cards: Ints, rate: float) -> Books:
        """Sort, balance and close the books.

        ``ends`` is the day from which a current account takes no plain rows (the customer has left); ``cards`` are
        accounts whose balance is what the customer owes; ``rate`` is the yearly percentage on current accounts.
        """
        row = {f: np.concatenate(p) for f, p in self._parts.items()}
        begun = self.accounts.column("opened")[: self.current]
        mine = row["account"] < self.current
        at = np.minimum(row["account"], self.current - 1)
        inside = (row["day"] >= self.window.start) & (row["day"] <= self.window.end)
        plain = (row["day"] > begun[at]) & (row["day"] < ends[at])
        kept = np.where(row["role"] == PLAIN, inside & (plain | ~mine), inside | (row["role"] == CARRIED))
        row = {f: v[kept] for f, v in row.items()}
        key = row["account"].astype(np.int64) << 40
        key |= (row["day"].astype(np.int64) - self.window.eve) << 20
        key |= row["second"]
        order = np.argsort(key, kind="stable")
        row = {f: v[order] for f, v in row.items()}
        amount = row["amount"]
        own = int(np.searchsorted(row["account"], self.current))
        amount[:own] = _settle_current(
            row["account"][:own], row["day"][:own].astype(np.int64), amount[:own], row["role"][:own], rate
        )
        heads = np.flatnonzero(np.diff(row["account"], prepend=-1))
        run = _running(amount, heads)
        last = np.ones(len(run), bool)
        last[:-1] = (row["account"][1:] != row["account"][:-1]) | (row["day"][1:] != row["day"][:-1])
        sign = np.where(np.isin(row["account"], cards), -1, 1)
        valued = (
            [np.concatenate([v[i] for v in self._valued]) for i in range(3)] if self._valued else [np.empty(0, int)] * 3
        )
        kept_value = (valued[1] >= self.window.eve) & (valued[1] <= self.window.end)
        account, day, balance = _latest(*(v[kept_value] for v in valued))
        moved = (row["role"] != CARRIED) & (amount != 0)
        return Books(
            rows={f: v[moved] for f, v in row.items()},
            account=np.concatenate([row["account"][last], account]).astype(np.int64),
            day=np.concatenate([row["day"][last], day]).astype(np.int64),
            balance=np.concatenate([(run * sign)[last], balance]),
        )


def _latest(account: Ints, day: Ints, balance: Ints) -> tuple[Ints, Ints, Ints]:
    """Keep the last value stated for each account and day."""
    order = np.argsort((account << 24) + day, kind="stable")
    account, day, balance = account[order], day[order], balance[order]
    last = np.ones(len(day), bool)
    last[:-1] = (account[1:] != account[:-1]) | (day[1:] != day[:-1])
    return account[last], day[last], balance[last]


def _running(amount: Ints, heads: Ints) -> Ints:
    """Sums within each account, row by row."""
    if not len(amount):
        return amount.copy()
    total = np.cumsum(amount)
    lengths = np.diff(np.append(heads, len(amount)))
    return np.asarray(total - np.repeat(total[heads] - amount[heads], lengths))


def _lowest_ahead(run: Ints, heads: Ints) -> Ints:
    """The lowest balance from each row to the account's last."""
    lengths = np.diff(np.append(heads, len(run)))
    apart = np.repeat(np.arange(len(heads)) * (4 * int(np.abs(run).max(initial=1)) + 1), lengths)
    return np.asarray(np.minimum.accumulate((run + apart)[::-1])[::-1] - apart)


def _settle_current(account: Ints, day: Ints, amount: Ints, role: Ints, rate: float) -> Ints:
    """Amounts of the current accounts' rows, with openings, withdrawals of shares, interest and closings filled in."""
    if not len(account):
        return amount
    amount = amount.copy()
    heads = np.flatnonzero(np.diff(account, prepend=-1))
    drains = role == DRAIN
    share = np.where(drains, amount, 0)
    amount[drains | (role == INTEREST) | (role == CLOSING)] = 0
    lowest = np.minimum.reduceat(_running(amount, heads), heads)
    amount[heads] += -(np.minimum(lowest, 0) // 1000) * 1000  # first rows are openings: their second is 0
    turn = np.zeros(len(account), np.int64)
    turn[drains] = 1
    turn = _running(turn, heads) * drains
    for number in range(1, int(turn.max(initial=0)) + 1):
        now = turn == number
        spare = _lowest_ahead(_running(amount, heads), heads)[now]
        amount[now] = -(spare * share[now] // 100_000) * 100
    amount[role == INTEREST] = _interest(account, day, _running(amount, heads), heads, role, rate)
    ends = role == CLOSING
    amount[ends] = -_running(amount, heads)[ends]
    return amount


def _interest(account: Ints, day: Ints, run: Ints, heads: Ints, role: Ints, rate: float) -> Ints:
    """Interest at each interest row: balance × days since the last one × rate ÷ 360, in whole fen."""
    days = np.diff(day, append=day[-1])
    days[heads[1:] - 1] = 0
    gathered = _running(run * days, heads) - run * days
    at = np.flatnonzero(role == INTEREST)
    before = np.zeros(len(at), np.int64)
    same = np.diff(account[at], prepend=-1) == 0
    before[same] = gathered[at][np.flatnonzero(same) - 1]
    return np.asarray(np.floor((gathered[at] - before) * (rate / 36_000)).astype(np.int64))
