"""A block of companies through the months: receipts, purchases, payroll, taxes, bills of suppliers, bank loans."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenure.demo.chance import stream
from tenure.demo.clock import NEVER, seconds, shopping_days
from tenure.demo.departures import depart, opening_rows
from tenure.demo.holdings import CATEGORIES, Cupboard
from tenure.demo.ledger import CHANNEL, Books, Ledger, fen_of
from tenure.demo.people import Floats, Ints
from tenure.demo.queues import CORPORATE, served
from tenure.demo.society import Society
from tenure.demo.wording import BANKS, MEMO

Span = dict[str, tuple[int, int]]
_SHOPS = (1, 3)  # trade and catering take payment by QR code


class CompanyBlock:
    """Parties ``first`` to ``last`` (companies only): draws and settles their books."""

    def __init__(
        self, society: Society, first: int, last: int, market: NDArray[np.float64], pool: Span, tickets: Ints
    ) -> None:
        self.s, self.first, self.last, self.pool = society, first, last, pool
        self.rng = stream(society.settings.seed, "trade life", first)
        self.window = society.window
        self.me = np.arange(first, last)
        self.firm = self.me - society.persons
        self.size = last - first
        self.since = society.since[first:last]
        self.ends = society.leaving.active_until[first:last]
        self.turnover = society.companies.turnover[self.firm]
        self.tickets = tickets
        self.ledger = Ledger(self.window, self.size)
        self.cupboard = Cupboard(self.rng, self.ledger, society.shelf, market, first, np.full(self.size, 3), self.ends)
        self.cards: Ints = np.empty(0, np.int64)
        self.going: Floats = np.zeros((self.size, self.window.months))
        self.coming: Floats = np.zeros((self.size, self.window.months))

    def settle(self) -> Books:
        """Everything this block does in the history, settled."""
        self._accounts()
        self._partners()
        self._payroll()
        self._taxes_and_fees()
        self._loans()
        self._trade()
        self._counter()
        depart(self.rng, self.ledger, self.me, self.s.leaving, death_possible=False)
        books = self.ledger.settle(self.ends, self.cards, self.s.shelf.rate[self.s.shelf.number["DD02"]])
        channel = books.rows["channel"]
        channel[channel == CHANNEL["mobile"]] = CHANNEL["online"]  # companies bank on the web
        return books

    def _accounts(self) -> None:
        rng, number, firms = self.rng, self.s.shelf.number, self.s.companies
        gone = self.s.gone[self.first : self.last]
        fresh = self.since > self.window.eve
        opened = self.ledger.accounts.open
        opened(self.me, number["DD02"], self.since, gone, NEVER, 0.20)
        balance = firms.balance[self.firm]
        idle = np.where(
            (balance > 150_000) & (rng.random(self.size) < 0.45), balance * rng.uniform(0.2, 0.6, self.size), 0
        )
        opening_rows(rng, self.ledger, self.me, self.since, fresh, np.where(fresh, balance, balance - idle), gone)
        shop = np.isin(firms.industry[self.firm], _SHOPS)
        cash_day = np.maximum(self.since, int(self.s.shelf.launched[number["CM01"]])) + 30
        big = (self.turnover > 12_000_000) & (cash_day < np.minimum(self.ends, self.window.end + 1))
        for product, who, day in (
            ("ST01", np.ones(self.size, bool), self.since),
            ("PS01", firms.pays[self.firm], self.since),
            ("AQ01", shop & (rng.random(self.size) < 0.7), self.since),
            ("CM01", big & (rng.random(self.size) < 0.6), cash_day),
        ):
            opened(self.me[who], number[product], day[who], gone[who])
        local = np.flatnonzero(idle >= 10_000)
        category = np.where(
            rng.random(len(local)) < 0.7, CATEGORIES.index("time_deposit"), CATEGORIES.index("wealth_management")
        )
        opens = np.where(
            fresh[local],
            self.since[local] + rng.integers(2, 15, len(local)),
            np.maximum(self.since[local] + 1, self.window.start - rng.integers(1, 500, len(local))),
        )
        fen = (np.floor(idle[local] / 1000) * 100_000).astype(np.int64)
        self.cupboard.place(local, category, fen, opens, np.full(len(local), 0.85))

    def _partners(self) -> None:
        moves = self.s.transfers
        for order, mine, other, sign, kind in (
            (moves.by_payer, moves.payer, moves.payee, -1, "transfer_out"),
            (moves.by_payee, moves.payee, moves.payer, 1, "transfer_in"),
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
                "online" if sign < 0 else "clearing",
                other=other[rows],
                bank=0,
                memo=moves.memo[rows],
            )
            flow = self.going if sign < 0 else self.coming
            np.add.at(flow, (local, self.window.month_of(moves.day[rows])), moves.amount[rows] / 100)

    def _payroll(self) -> None:
        """One debit per payday: exactly what the employees among our customers receive, and one for the others."""
        wages, months = self.s.wages, self.window.months
        mine = np.flatnonzero((wages.employer >= self.firm[0]) & (wages.employer <= self.firm[-1]))
        local = wages.employer[mine] - self.firm[0]
        post, bank = self.ledger.post, self.rng.integers(1, len(BANKS), self.size)
        total = np.zeros((self.size, months), np.int64)
        np.add.at(total, local, wages.pay[mine])
        payday = self.window.monthly(np.arange(1, 32))[self.s.companies.payday[self.firm] - 1]
        at, month = np.nonzero(total)
        post(at, payday[at, month], 8 * 3600, -total[at, month], "transfer_out", "online", bank=0, memo=MEMO["salary"])
        elsewhere = (total[at, month] * self.rng.uniform(0.1, 0.5, self.size)[at]).astype(np.int64)
        post(
            at,
            payday[at, month],
            8 * 3600 + 60,
            -elsewhere,
            "transfer_out",
            "clearing",
            bank=bank[at],
            memo=MEMO["salary"],
        )
        np.add.at(self.going, (at, month), (total[at, month] + elsewhere) / 100)
        if not wages.bonus.shape[1]:
            return
        bonus = np.zeros((self.size, wages.bonus.shape[1]), np.int64)
        np.add.at(bonus, local, wages.bonus[mine])
        at, festival = np.nonzero(bonus)
        day = self.window.before_spring_festival()[festival]
        post(at, day, 8 * 3600 + 30, -bonus[at, festival], "transfer_out", "online", bank=0, memo=MEMO["bonus"])
        np.add.at(self.going, (at, self.window.month_of(day)), bonus[at, festival] / 100)

    def _taxes_and_fees(self) -> None:
        window = self.window
        tax = np.round(self.turnover * 0.035 / 12, -1)[:, None] * np.where(window.calendar_month % 3 == 0, 2.0, 0.5)
        days = window.monthly(15)
        at, month = self._alive(days)
        self.ledger.post(
            at,
            days[month],
            40_000,
            -fen_of(tax[at, month]),
            "bill_payment",
            "online",
            name=self.pool["public"][0] + 1,
            bank=0,
            memo=MEMO["tax"],
        )
        np.add.at(self.going, (at, month), tax[at, month])
        days = window.monthly(21)
        at, month = self._alive(days)
        self.ledger.post(at, days[month], 5_000, np.full(len(at), -5_000), "fee", "system", memo=MEMO["fee"])

    def _alive(self, days: Ints) -> tuple[Ints, Ints]:
        """Company and month of every day on which the company is a customer."""
        return np.nonzero(
            (days > self.since[:, None]) & (days < self.ends[:, None]) & (days <= self.window.end)[None, :]
        )

    def _loans(self) -> None:
        """Working capital for a year, interest by the month, the principal at the end; some borrow again."""
        rng, window, shelf = self.rng, self.window, self.s.shelf
        local = np.flatnonzero(rng.random(self.size) < 0.34)
        opens = window.start - 360 + (rng.random(len(local)) * 900).astype(np.int64)
        rate = float(shelf.rate[shelf.number["BL01"]])
        amount = np.clip(np.round(self.turnover[local] * rng.uniform(0.04, 0.15, len(local)), -4), 50_000, 30_000_000)
        while len(local):
            opens = np.where(opens > window.eve, window.working(opens), opens)
            closes = opens + 360
            fits = (
                (opens > self.since[local] + 30)
                & (closes < self.ends[local])
                & (opens < window.end)
                & (closes > window.eve)
            )
            self._lend(local[fits], amount[fits], opens[fits], closes[fits], rate)
            again = (closes < window.end) & (rng.random(len(local)) < 0.7)
            local, amount = local[again], np.round(amount[again] * rng.uniform(0.8, 1.4, int(again.sum())), -4)
            amount = np.maximum(amount, 50_000)
            opens = closes[again] + rng.integers(5, 60, len(local))

    def _lend(self, local: Ints, amount: Floats, opens: Ints, closes: Ints, rate: float) -> None:
        window, post = self.window, self.ledger.post
        fen = fen_of(amount)
        account = self.ledger.accounts.open(
            self.me[local],
            self.s.shelf.number["BL01"],
            opens,
            np.where(closes <= window.end, closes, NEVER),
            closes,
            rate,
            fen,
        )
        self.ledger.value(account, np.maximum(opens, window.eve), fen)
        new = opens > window.eve
        post(
            local[new],
            opens[new],
            36_000,
            fen[new],
            "loan_drawdown",
            "counter",
            other=self.me[local[new]],
            own=account[new],
            memo=MEMO["drawdown"],
        )
        days = window.monthly(21)
        at, month = np.nonzero((days > opens[:, None]) & (days <= np.minimum(closes, window.end)[:, None]))
        interest = np.round(fen[at] * rate / 1200).astype(np.int64)
        post(
            local[at],
            days[month],
            9_000,
            -interest,
            "loan_repayment",
            "system",
            other=self.me[local[at]],
            own=account[at],
            memo=MEMO["loan"],
        )
        done = closes <= window.end
        post(
            local[done],
            closes[done],
            30_000,
            -fen[done],
            "loan_repayment",
            "online",
            other=self.me[local[done]],
            own=account[done],
            memo=MEMO["loan"],
        )
        self.ledger.value(account[done], closes[done], 0)

    def _trade(self) -> None:
        """Receipts cover payroll, taxes and suppliers; most of the rest is spent on purchases."""
        rng, window, months = self.rng, self.window, self.window.months
        shape = (self.size, months)
        share = rng.uniform(0.35, 0.95, self.size)
        sales = (self.turnover * share / 12)[:, None] * rng.uniform(0.7, 1.35, shape)
        sales = np.maximum(sales, (self.going - self.coming) * 1.12 + 0.1 * sales)
        to_go = self.ends[:, None] - window.month_starts[None, :]
        sales *= np.where(to_go < 45, 0.3, np.where(to_go < 90, 0.6, 1.0))
        shop = np.isin(self.s.companies.industry[self.firm], _SHOPS)
        activity = self.s.settings.activity
        often = np.clip(3 + self.turnover / 900_000, 3, 24) * activity * rng.uniform(0.6, 1.4, self.size)
        spent = np.maximum((sales + self.coming - self.going) * rng.uniform(0.86, 0.99, shape), 0)
        for budget, kind, sign, memo, rate in (
            (sales, "transfer_in", 1, "receipt", often * np.where(shop, 1.6, 1.0)),
            (spent, "transfer_out", -1, "goods", often * 0.6),
        ):
            count = np.maximum(rng.poisson(rate[:, None], shape), 1)
            local, month = (np.repeat(x, count.ravel()) for x in np.indices(shape).reshape(2, -1))
            weight = np.exp(0.8 * rng.standard_normal(len(local)))
            slot = local * months + month
            yuan = weight / np.bincount(slot, weight, shape[0] * months)[slot] * budget.ravel()[slot]
            day = shopping_days(rng, window, month)
            day = np.where((kind == "transfer_out") | ~shop[local], window.working(day), day)
            fen = np.maximum(np.round(yuan, 0 if sign < 0 else 1), 1).astype(np.int64) * 100
            alive = (day > self.since[local]) & (day < self.ends[local])
            for channel, way in (
                ("clearing", alive & ~(shop[local] & (sign > 0))),
                ("system", alive & shop[local] & (sign > 0)),
            ):
                channel = "online" if sign < 0 else channel
                self.ledger.post(
                    local[way],
                    day[way],
                    seconds(rng, "clearing" if channel == "system" else channel, int(way.sum())),
                    sign * fen[way],
                    kind,
                    channel,
                    name=rng.integers(*self.pool["firm"], int(way.sum())),
                    bank=rng.integers(0, len(BANKS), int(way.sum())),
                    memo=MEMO[memo],
                )

    def _counter(self) -> None:
        """Takings brought to the counter in cash."""
        tickets = self.s.tickets
        rows = self.tickets[served(tickets)[self.tickets]]
        rows = rows[(tickets.service[rows] == CORPORATE) & (self.rng.random(len(rows)) < 0.6)]
        local = tickets.party[rows] - self.first
        when = (tickets.called[rows] + tickets.ended[rows]) // 2
        fen = fen_of(np.round(self.turnover[local] * self.rng.uniform(0.0005, 0.004, len(rows)), -2))
        self.ledger.post(
            local, tickets.day[rows], when, np.maximum(fen, 10_000), "cash_in", "counter", memo=MEMO["cash_in"]
        )
