"""A block of people through the months: pay and pension in, spending and transfers out, products bought and repaid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenure.demo.borrowing import borrow
from tenure.demo.chance import stream
from tenure.demo.clock import NEVER, seconds, shopping_days
from tenure.demo.departures import depart, opening_rows
from tenure.demo.holdings import Cupboard
from tenure.demo.ledger import CHANNEL, Books, Ledger, fen_of
from tenure.demo.people import FREELANCE, OWNER, RETIRED, TRADER, Floats, Ints
from tenure.demo.savings import invest, windfalls
from tenure.demo.society import Society
from tenure.demo.spending import at_counter, spend
from tenure.demo.wording import BANKS, MEMO

Span = dict[str, tuple[int, int]]


class PeopleBlock:
    """Customers ``first`` to ``last`` (people only): draws and settles their accounts, transactions and balances."""

    def __init__(
        self,
        society: Society,
        first: int,
        last: int,
        market: NDArray[np.float64],
        pool: Span,
        tickets: NDArray[np.int64],
    ) -> None:
        self.s, self.first, self.last, self.pool = society, first, last, pool
        self.rng = stream(society.settings.seed, "daily life", first)
        self.window = society.window
        self.me = np.arange(first, last)
        self.local = self.me - first
        self.size = last - first
        p = society.people
        self.since = society.since[first:last]
        self.ends = society.leaving.active_until[first:last]
        self.age = p.age(self.window.start)[first:last]
        self.income, self.wealth = p.income[first:last], p.wealth[first:last]
        self.quiet, self.share = p.quiet[first:last], p.share_here[first:last]
        self.digital, self.occupation = p.digital[first:last], p.occupation[first:last]
        self.rating = p.risk[first:last]
        self.steady = p.steady[first:last]
        self.fresh = self.since > self.window.eve
        self.tickets = tickets
        self.ledger = Ledger(self.window, self.size)
        self.cupboard = Cupboard(self.rng, self.ledger, society.shelf, market, first, self.rating, self.ends)
        self.cards: Ints = np.empty(0, np.int64)
        self.coming: Floats = np.zeros((self.size, self.window.months))
        self.going: Floats = np.zeros((self.size, self.window.months))

    def settle(self) -> Books:
        """Everything this block does in the history, settled."""
        self._current_accounts()
        self._wages()
        self._pensions()
        self._transfers()
        at_counter(self, self.tickets)
        borrow(self)
        self._other_income()
        spend(self)
        windfalls(self)
        invest(self)
        depart(self.rng, self.ledger, self.me, self.s.leaving, death_possible=True)
        books = self.ledger.settle(self.ends, self.cards, self.s.shelf.rate[self.s.shelf.number["DD01"]])
        self._keep_off_the_phone(books)
        return books

    def _keep_off_the_phone(self, books: Books) -> None:
        """Whoever has not signed up for mobile banking yet does at a machine what others do on the phone."""
        row = books.rows
        mine = row["account"] < self.size
        signed_up = row["day"] >= self.mobile_from[np.where(mine, row["account"], 0)]
        row["channel"][mine & ~signed_up & (row["channel"] == CHANNEL["mobile"])] = CHANNEL["machine"]

    # -- accounts and services ---------------------------------------------------------------------------------------

    def _current_accounts(self) -> None:
        number = self.s.shelf.number
        gone = self.s.gone[self.first : self.last]
        self.ledger.accounts.open(self.me, number["DD01"], self.since, gone, NEVER, 0.15)
        cash = np.where(self.wealth < 20_000, 1.0, self.rng.uniform(0.08, 0.32, self.size))
        self.kept_liquid = np.where(self.quiet, self.wealth, np.minimum(self.wealth * cash, 400_000))
        opening = np.where(self.fresh & ~self.quiet, self.wealth, self.kept_liquid)
        opening_rows(self.rng, self.ledger, self.me, self.since, self.fresh, np.maximum(opening, 10), gone)
        carded = self.rng.random(self.size) < 0.96
        mobile = self.rng.random(self.size) < np.clip(self.digital * 1.5, 0.04, 0.97)
        late = self.since + np.where(
            self.rng.random(self.size) < 0.6, 0, self.rng.exponential(900, self.size).astype(np.int64)
        )
        mobile &= (late <= self.window.end) & (late < self.ends)
        self.mobile_from = np.where(mobile, late, NEVER)
        for product, who, opened in (("DC01", carded, self.since), ("MB01", mobile, late)):
            self.ledger.accounts.open(self.me[who], number[product], opened[who], gone[who])

    # -- money coming in ---------------------------------------------------------------------------------------------

    def _wages(self) -> None:
        wages = self.s.wages
        row = wages.row_of[self.first : self.last]
        local = np.flatnonzero(row >= 0)
        row = row[local]
        firm = wages.employer[row]
        payer = np.where(firm >= 0, self.s.persons + firm, -1)
        outside = np.where(firm >= 0, -1, self.rng.integers(*self.pool["payer"], len(row)))
        for pay, day, memo in ((wages.pay, wages.payday, "salary"), (wages.bonus, wages.bonus_day, "bonus")):
            at, month = np.nonzero(pay[row])
            self.ledger.post(
                local[at],
                day[row][at, month],
                8 * 3600 + 1800,
                pay[row][at, month],
                "payroll",
                "system",
                other=payer[at],
                name=outside[at],
                bank=np.where(payer[at] >= 0, 0, 4),
                memo=MEMO[memo],
            )
        self.paid = np.zeros(self.size, bool)
        self.paid[local] = True
        self.coming[local] += wages.pay[row] / 100

    def _pensions(self) -> None:
        retired = self.s.lives.of("retirement")[self.first : self.last]
        drawn = (self.occupation == RETIRED) & (self.rng.random(self.size) < 0.72) & ~self.quiet
        drawn |= retired < NEVER
        self.pensioned = drawn
        starts = np.where(retired < NEVER, retired, self.since + 20)
        amount = np.where(retired < NEVER, 0.5 * self.income / 12, self.income / 12)
        local = np.flatnonzero(drawn)
        days = self.window.monthly(15)
        pays = (days[None, :] > starts[local, None]) & (days[None, :] < self.ends[local, None])
        rise = 1 + 0.035 * np.cumsum(self.window.calendar_month == 0)
        at, month = np.nonzero(pays & (days <= self.window.end)[None, :])
        paid = np.round(amount[local[at]] * rise[month], 1)
        self.ledger.post(
            local[at],
            days[month],
            7 * 3600,
            fen_of(paid),
            "pension",
            "system",
            name=self.pool["public"][0],
            bank=0,
            memo=MEMO["pension"],
        )
        np.add.at(self.coming, (local[at], month), paid)

    def _transfers(self) -> None:
        moves = self.s.transfers
        for order, mine, other, sign, kind, channel in (
            (moves.by_payer, moves.payer, moves.payee, -1, "transfer_out", "mobile"),
            (moves.by_payee, moves.payee, moves.payer, 1, "transfer_in", "clearing"),
        ):
            low, high = np.searchsorted(mine[order], (self.first, self.last))
            rows = order[low:high]
            local = mine[rows] - self.first
            self.ledger.post(
                local,
                moves.day[rows],
                moves.second[rows],
                sign * moves.amount[rows],
                kind,
                channel,
                other=other[rows],
                bank=0,
                memo=moves.memo[rows],
            )
            flow = self.going if sign < 0 else self.coming
            np.add.at(flow, (local, self.window.month_of(moves.day[rows])), moves.amount[rows] / 100)

    def _other_income(self) -> None:
        """Money from their own accounts elsewhere, or takings of a business; at least what the instalments need."""
        rng, months = self.rng, self.window.months
        trades = np.isin(self.occupation, (TRADER, OWNER, FREELANCE)) & ~self.quiet
        grown = self.s.lives.of("business_growth")[self.first : self.last]
        growth = np.where(self.window.month_starts[None, :] > grown[:, None], 1.5, 1.0)
        takings = (self.income * 1.5 * self.share / 12)[:, None] * self.window.season[None, :] * growth
        count = rng.poisson(np.where(trades, 4.0 * self.s.settings.activity, 0)[:, None], (self.size, months))
        local, month = (np.repeat(x, count.ravel()) for x in self.grid())
        amount = takings[local, month] / np.maximum(count[local, month], 1) * rng.gamma(2.0, 0.5, len(local))
        amount = np.maximum(np.round(amount, 1), 1)
        day = shopping_days(rng, self.window, month)
        self._receive(local, day, amount, "receipt", rng.integers(*self.pool["person"], len(local)))
        plain = ~self.paid & ~self.pensioned & ~trades & ~self.quiet
        need = np.maximum(self.going * 1.05 - self.coming, 0)
        usual = np.where(plain, self.income / 12 * self.share, 0)[:, None] * rng.uniform(0.6, 1.3, (self.size, months))
        usual *= rng.random((self.size, months)) < 0.85
        topped = np.where(usual > need, usual, need * (1 + 0.1 * (need > 0)))
        topped *= ~self.quiet[:, None]
        topped = np.ceil(topped / 100) * 100
        local, month = np.nonzero(topped)
        day = np.minimum(self.window.month_starts[month] + rng.integers(0, 4, len(local)), self.window.end)
        self._receive(local, day, topped[local, month], "own_in", None)

    def grid(self) -> tuple[Ints, Ints]:
        """Customer and month of every cell of a customers × months array."""
        months = self.window.months
        return np.repeat(self.local, months), np.tile(np.arange(months), self.size)

    def _receive(self, local: Ints, day: Ints, amount: Floats, memo: str, name: Ints | None) -> None:
        """Post money from outside; with no ``name`` it comes from the customer's own account at another bank."""
        own = name is None
        # Nobody fills up an account that they mean to leave.
        alive = (day > self.since[local]) & (day < self.ends[local] - (45 if own else 0))
        local, day, amount = local[alive], day[alive], amount[alive]
        self.ledger.post(
            local,
            day,
            seconds(self.rng, "clearing", len(local)),
            fen_of(amount),
            "transfer_in",
            "clearing",
            name=-1 if name is None else name[alive],
            other=self.me[local] if own else -1,
            bank=1 + self.me[local] % (len(BANKS) - 1),
            same=own,
            memo=MEMO[memo],
        )
        np.add.at(self.coming, (local, self.window.month_of(day)), amount)
