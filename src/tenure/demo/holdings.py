"""Term deposits, wealth products, funds and the rest: bought, renewed or not, valued monthly, redeemed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenure.contracts import codes
from tenure.demo.chance import pick_rows, stream
from tenure.demo.clock import NEVER, Window
from tenure.demo.ledger import Ledger
from tenure.demo.people import Floats, Ints
from tenure.demo.products import Shelf
from tenure.demo.wording import MEMO

CATEGORIES = (
    "time_deposit",
    "certificate_of_deposit",
    "wealth_management",
    "fund",
    "bond",
    "insurance",
    "precious_metal",
)
#: Smallest contract of each category in yuan.
SMALLEST = np.array([1_000, 200_000, 1_000, 1_000, 1_000, 5_000, 1_000])


def market(seed: int, window: Window) -> NDArray[np.float64]:
    """Index levels of funds and gold by month (2 × months + 1), the same for the whole bank."""
    rng = stream(seed, "market")
    steps = np.stack([rng.normal(0.004, 0.034, window.months), rng.normal(0.008, 0.028, window.months)])
    return np.concatenate([np.ones((2, 1)), np.exp(np.cumsum(steps, axis=1))], axis=1)


def prefer(rng: np.random.Generator, age: Floats, rating: Ints, amount: Floats) -> Ints:
    """A category per contract: the old like deposits and bonds, the young funds; large CDs need 200,000 yuan."""
    old = np.clip((age - 30) / 40, 0, 1)
    weights = np.stack(
        [
            3 + 5 * old,
            np.where(amount >= 200_000, 4 + 2 * old, 0),
            5 - 2 * old,
            np.where(rating >= 2, 2.4 - 1.8 * old, 0),
            0.3 + 1.2 * old,
            np.where((rating >= 2) & (amount >= 5_000), 0.9, 0),
            np.where(rating >= 4, 0.7, 0),
        ],
        axis=1,
    )
    return pick_rows(rng, np.maximum(weights, 0))


class Cupboard:
    """Opens contracts for a block of customers and writes both sides of every move of money."""

    def __init__(
        self,
        rng: np.random.Generator,
        ledger: Ledger,
        shelf: Shelf,
        market_levels: NDArray[np.float64],
        first_party: int,
        rating: Ints,
        ends: Ints,
    ) -> None:
        self.rng, self.ledger, self.shelf, self.market = rng, ledger, shelf, market_levels
        self.first_party, self.rating, self.ends = first_party, rating, ends
        self.window: Window = ledger.window

    def place(self, local: Ints, category: Ints, amount: Ints, opens: Ints, renews: Floats) -> None:
        """Place ``amount`` (fen) of each customer (by place in the block) from ``opens`` on.

        Contracts that opened before the history carry their principal into it; those within are paid from the current
        account. What matures is renewed with chance ``renews``; all ends a little before the customer leaves.
        """
        good = (amount >= SMALLEST[category] * 100) & (opens < np.minimum(self.ends[local] - 50, self.window.end + 1))
        local, category, amount, opens, renews = (x[good] for x in (local, category, amount, opens, renews))
        for number, name in enumerate(CATEGORIES):
            of = category == number
            if not of.any():
                continue
            if name in ("fund", "insurance", "precious_metal"):
                self._hold(name, local[of], amount[of], opens[of])
            else:
                self._roll(name, local[of], amount[of], opens[of], renews[of])

    def _roll(self, name: str, local: Ints, amount: Ints, opens: Ints, renews: Floats) -> None:
        while len(local):
            product = self.shelf.on_sale(self.rng, name, opens, self.rating[local])
            term, rate = self.shelf.term[product], self.shelf.rate[product]
            matures = opens + term
            leaves = self.ends[local] - self.rng.integers(3, 46, len(local))
            early = matures > leaves
            closes = np.minimum(matures, leaves)
            paid = np.where(early, 0.15, rate)
            interest = np.floor(amount * paid / 100 * (closes - opens) / 365).astype(np.int64)
            seen = closes > self.window.eve
            self._book(name, *(x[seen] for x in (local, product, amount, opens, closes, matures, rate, interest)))
            past = closes <= self.window.eve
            again = ~early & (closes < self.window.end) & (past | (self.rng.random(len(local)) < renews))
            gap = np.where(past, 0, self.rng.integers(0, 9, len(local)))
            opens_next = closes + gap
            again &= (opens_next < self.ends[local] - 50) & (opens_next <= self.window.end)
            amount = np.where(opens_next > self.window.eve, (amount + interest) // 100_000 * 100_000, amount)
            again &= amount >= SMALLEST[CATEGORIES.index(name)] * 100
            local, amount, opens, renews = local[again], amount[again], opens_next[again], renews[again]

    def _book(
        self,
        name: str,
        local: Ints,
        product: Ints,
        amount: Ints,
        opens: Ints,
        closes: Ints,
        matures: Ints,
        rate: Floats,
        interest: Ints,
    ) -> None:
        account = self.ledger.accounts.open(
            self.first_party + local,
            product,
            opens,
            np.where(closes <= self.window.end, closes, NEVER),
            matures,
            rate,
            amount,
        )
        if name in codes.DEPOSIT_CATEGORIES:
            self._deposit(local, account, amount, opens, closes, interest)
            return
        self._buy_and_sell(local, account, amount, amount + interest, opens, closes)
        days = np.maximum(closes - opens, 1)
        for end in self.window.month_ends.tolist():
            live = (opens < end) & (closes > end)
            value = amount + interest * (end - opens) // days
            self.ledger.value(account[live], end, value[live])

    def _deposit(self, local: Ints, account: Ints, amount: Ints, opens: Ints, closes: Ints, interest: Ints) -> None:
        """Both sides of a deposit: the current account pays in and gets back, the deposit account shows it."""
        post, window = self.ledger.post, self.window
        fresh = opens > window.eve
        old = ~fresh
        me = self.first_party + local
        post(account[old], window.eve, 0, amount[old], "other", "system", role=2)
        at = self._hours(local)
        mobile = self.rng.random(len(local)) < 0.6
        for channel, way in (("mobile", fresh & mobile), ("counter", fresh & ~mobile)):
            own = (account[way], local[way])
            post(
                local[way],
                opens[way],
                at[way],
                -amount[way],
                "other",
                channel,
                other=me[way],
                own=own[0],
                memo=MEMO["to_term"],
            )
            post(
                account[way],
                opens[way],
                at[way],
                amount[way],
                "other",
                channel,
                other=me[way],
                own=own[1],
                memo=MEMO["to_term"],
            )
        done = closes <= window.end
        account, local, me, closes = account[done], local[done], me[done], closes[done]
        amount, interest = amount[done], interest[done]
        post(account, closes, 10_000, interest, "interest", "system", memo=MEMO["interest"])
        post(
            account, closes, 10_001, -(amount + interest), "other", "system", other=me, own=local, memo=MEMO["matured"]
        )
        post(local, closes, 10_001, amount + interest, "other", "system", other=me, own=account, memo=MEMO["matured"])

    def _hours(self, local: Ints) -> Ints:
        return self.rng.integers(9 * 3600 + 1200, 16 * 3600, len(local))

    def _buy_and_sell(
        self, local: Ints, account: Ints, amount: Ints, proceeds: Ints, opens: Ints, closes: Ints
    ) -> None:
        window = self.window
        fresh, done = opens > window.eve, closes <= window.end
        self.ledger.value(account, np.maximum(opens, window.eve), amount)
        self.ledger.post(
            local[fresh],
            opens[fresh],
            self._hours(local[fresh]),
            -amount[fresh],
            "investment_buy",
            "mobile",
            own=account[fresh],
            other=self.first_party + local[fresh],
            memo=MEMO["buy"],
        )
        self.ledger.post(
            local[done],
            closes[done],
            10_100,
            proceeds[done],
            "investment_sell",
            "system",
            own=account[done],
            other=self.first_party + local[done],
            memo=MEMO["sell"],
        )
        self.ledger.value(account[done], closes[done], 0)

    def _hold(self, name: str, local: Ints, amount: Ints, opens: Ints) -> None:
        """Funds, gold, insurance: no maturity; sold when the customer leaves or, now and then, on their own will."""
        rng, window = self.rng, self.window
        product = self.shelf.on_sale(rng, name, opens, self.rating[local])
        will = window.start + (rng.exponential(1500 if name != "insurance" else 9000, len(local))).astype(np.int64)
        closes = np.minimum(np.maximum(will, opens + 40), self.ends[local] - rng.integers(3, 46, len(local)))
        # who leaves in the first weeks sells in them: what was sold before the history begins is no holding in it
        closes = np.maximum(closes, window.eve + 1)
        closes = np.where(closes <= window.end, closes, NEVER)
        account = self.ledger.accounts.open(self.first_party + local, product, opens, closes, NEVER, np.nan, amount)
        index = {"fund": self.market[0], "precious_metal": self.market[1]}.get(name)
        base = np.clip(window.month_of(np.minimum(opens, window.end)) + 1, 0, window.months)
        wobble = rng.normal(0, 0.012, (len(local), window.months + 1)).cumsum(axis=1)
        level = np.ones_like(wobble) if index is None else index[None, :] * np.exp(wobble)
        first = level[np.arange(len(local)), base]
        at_close = np.clip(window.month_of(np.minimum(closes, window.end)), 0, window.months)
        rows = np.arange(len(local))
        proceeds = np.floor(amount * (level[rows, at_close] / first)).astype(np.int64)
        self._buy_and_sell(local, account, amount, proceeds, opens, closes)
        if index is None:
            return
        for month, end in enumerate(window.month_ends.tolist()):
            live = (opens < end) & (closes > end)
            value = np.floor(amount * level[:, month + 1] / first).astype(np.int64)
            self.ledger.value(account[live], end, value[live])
