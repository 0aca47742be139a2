"""Loans: mortgages, consumer and business loans, credit cards; what is owed falls by what is repaid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.demo.chance import pick, stream
from tenure.demo.clock import NEVER, Window, seconds, shopping_days
from tenure.demo.ledger import Ledger, fen_of
from tenure.demo.lives import Lives
from tenure.demo.people import Flags, Floats, Ints, People
from tenure.demo.settings import DemoBank
from tenure.demo.wording import MEMO, shops


@dataclass
class Mortgages:
    """Per person: opening day (NEVER: none), months to run, and the monthly instalment in fen."""

    opened: Ints
    months: Ints
    instalment: Ints


MORTGAGE_RATE = 3.60


def draw_mortgages(settings: DemoBank, window: Window, people: People, lives: Lives) -> Mortgages:
    """One person in seven of working age owes on a home; who buys one in the history may begin then."""
    rng = stream(settings.seed, "mortgages")
    n = len(people)
    age = people.age(window.start)
    able = (age > 26) & (age < 52) & (people.income > 50_000) & ~people.quiet & (people.copy_of < 0)
    old = able & (rng.random(n) < 0.17) & (people.since < window.start - 200)
    begun = np.maximum(people.since + 30, window.start - rng.integers(60, 3600, n))
    bought = lives.of("house_bought")
    new = able & ~old & (bought < NEVER) & (rng.random(n) < 0.8)
    opened = np.where(old, begun, np.where(new, bought, NEVER))
    share = rng.uniform(0.20, 0.36, n)
    return Mortgages(
        opened=opened,
        months=12 * rng.integers(15, 31, n),
        instalment=fen_of(np.round(people.income / 12 * share)),
    )


def owed(principal: Floats, instalment: Floats, monthly: Floats | float, paid: Ints) -> NDArray[np.int64]:
    """What is left of an annuity after ``paid`` instalments (never below 0), in the unit of the principal."""
    growth = (1 + monthly) ** paid
    return np.maximum(np.round(principal * growth - instalment * (growth - 1) / monthly), 0).astype(np.int64)


def repay(
    ledger: Ledger,
    local: Ints,
    party: Ints,
    product: Ints | int,
    rate: Floats | float,
    opened: Ints,
    months: Ints,
    instalment: Ints,
    day_of_month: Ints,
    ends: Ints,
    memo: str,
) -> NDArray[np.int64]:
    """Open annuity loans and post their instalments; returns fen repaid per loan and month of the history.

    A loan whose customer leaves is repaid whole a few days before. A loan ends with its last instalment.
    """
    window = ledger.window
    monthly = np.broadcast_to(np.asarray(rate, float) / 1200, len(local))
    principal = np.floor(instalment * (1 - (1 + monthly) ** -months) / monthly / 100_000) * 100_000
    days = window.monthly(np.arange(1, 29))[day_of_month - 1]
    before = np.maximum((window.start - opened) // 30.44, 0).astype(np.int64)
    counted = days > opened[:, None] + 15
    paid = np.cumsum(counted, axis=1) + before[:, None]
    running = counted & (paid <= months[:, None])
    leaves = np.where(ends < NEVER, ends - 5, NEVER)
    running &= (days < leaves[:, None]) & (days <= window.end)
    left = owed(principal[:, None], instalment[:, None].astype(float), monthly[:, None], paid)
    left = np.where(paid >= months[:, None], 0, left)
    over = np.where(running & (left == 0), days, NEVER).min(axis=1)
    running &= days <= over[:, None]
    closed = np.minimum(over, leaves)
    closed = np.where(closed <= window.end, closed, NEVER)
    account = ledger.accounts.open(
        party, product, opened, closed, opened + (months * 30.44).astype(np.int64), rate, principal
    )
    eve = owed(principal, instalment.astype(float), monthly, before)
    ledger.value(account, np.maximum(opened, window.eve), np.where(opened > window.eve, principal, eve))
    at, month = np.nonzero(running)
    ledger.value(account[at], days[at, month], left[at, month])
    ledger.post(
        local[at],
        days[at, month],
        9_000,
        -instalment[at],
        "loan_repayment",
        "system",
        own=account[at],
        other=party[at],
        memo=MEMO[memo],
    )
    whole = np.flatnonzero((leaves <= window.end) & (leaves < over))
    rest = np.where(running[whole], left[whole], 1 << 60).min(axis=1)
    rest = np.where(running[whole].any(axis=1), rest, np.where(opened > window.eve, principal, eve)[whole])
    ledger.post(
        local[whole],
        leaves[whole],
        34_000,
        -rest.astype(np.int64),
        "loan_repayment",
        "counter",
        own=account[whole],
        other=party[whole],
        memo=MEMO[memo],
    )
    ledger.value(account[whole], leaves[whole], 0)
    return np.where(running, instalment[:, None], 0)


def swipe(
    rng: np.random.Generator,
    ledger: Ledger,
    local: Ints,
    party: Ints,
    product: Ints,
    opened: Ints,
    ends: Ints,
    monthly_spend: Floats,
    activity: float,
    pool: dict[str, tuple[int, int]],
) -> tuple[Ints, NDArray[np.int64]]:
    """Credit cards: spending through the month, the whole bill paid on the 20th of the next.

    ``monthly_spend`` is in yuan. Returns the card accounts and fen repaid per card and month.
    """
    window = ledger.window
    limit = np.maximum(np.round(monthly_spend * 4, -3), 5_000)
    account = ledger.accounts.open(
        party, product, opened, np.where(ends <= window.end, ends, NEVER), NEVER, 18.25, fen_of(limit)
    )
    months = window.months
    usual = np.clip(monthly_spend / 420, 0.8, 7) * 0.75 * activity
    count = rng.poisson(usual[:, None] * window.season[None, :])
    card, month = (
        np.repeat(np.nonzero(np.ones_like(count))[0], count.ravel()),
        np.repeat(np.tile(np.arange(months), len(local)), count.ravel()),
    )
    day = shopping_days(rng, window, month)
    size = np.exp(0.9 * rng.standard_normal(len(card)) - 0.4) * monthly_spend[card] / np.maximum(usual[card], 0.5)
    amount = np.maximum(fen_of(np.minimum(size, limit[card] * 0.2)), 100)
    stops = np.where(ends < NEVER, ends - 66, NEVER)
    used = (day > np.maximum(opened, window.eve)[card]) & (day < stops[card]) & (day <= window.end)
    card, month, day, amount = card[used], month[used], day[used], amount[used]
    scanned = rng.random(len(card)) < 0.6
    for channel, way in (("mobile", scanned), ("card", ~scanned)):
        size_ = int(way.sum())
        ledger.post(
            account[card[way]],
            day[way],
            seconds(rng, channel, size_),
            -amount[way],
            "card_payment",
            channel,
            name=shops(rng, pool, amount[way]),
            memo=MEMO["shopping"],
        )
    spent = np.zeros((len(local), months), np.int64)
    np.add.at(spent, (card, month), amount)
    bill = np.zeros_like(spent)
    bill[:, 1:] = spent[:, :-1]
    due = np.broadcast_to(window.monthly(20), bill.shape)
    bill = np.where(due <= window.end, bill, 0)
    at, month = np.nonzero(bill)
    day, amount = due[at, month], bill[at, month]
    ledger.post(
        local[at], day, 9_100, -amount, "loan_repayment", "system", own=account[at], other=party[at], memo=MEMO["card"]
    )
    ledger.post(
        account[at], day, 9_100, amount, "loan_repayment", "system", own=local[at], other=party[at], memo=MEMO["card"]
    )
    ledger.value(account, np.maximum(opened, window.eve), 0)
    return account, bill


def chosen(rng: np.random.Generator, able: Flags, share: float) -> Ints:
    """Positions of a random share of those who are able."""
    return np.flatnonzero(able & (rng.random(len(able)) < share))


def instalment_for(principal: Floats, rate: Floats, months: Ints) -> Ints:
    """The monthly instalment (fen) of annuities of ``principal`` yuan at yearly percentages ``rate``."""
    monthly = rate / 1200
    return fen_of(np.round(principal * monthly / (1 - (1 + monthly) ** -months)))


def product_mix(rng: np.random.Generator, income: Floats, classic: int, platinum: int) -> Ints:
    """Card product by income."""
    fine = (income > 150_000) & (pick(rng, [1, 1], len(income)) == 1)
    return np.where(fine, platinum, classic)
