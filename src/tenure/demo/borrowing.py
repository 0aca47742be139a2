"""What people owe: the mortgage, loans for a car or a kitchen, the trader's loan, the credit card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tenure.demo import loans
from tenure.demo.clock import NEVER
from tenure.demo.people import FREELANCE, OWNER, TRADER, Ints
from tenure.demo.wording import MEMO

if TYPE_CHECKING:
    from tenure.demo.daily_life import PeopleBlock


def borrow(block: PeopleBlock) -> None:
    """Open the block's loans and cards; their instalments and bills count as money that goes."""
    _mortgages(block)
    _consumer_loans(block)
    _cards(block)


def _mortgages(block: PeopleBlock) -> None:
    mortgages, number = block.s.mortgages, block.s.shelf.number
    opened = mortgages.opened[block.first : block.last]
    local = np.flatnonzero((opened < NEVER) & (opened < block.ends - 30))
    fresh = local[opened[local] > block.window.eve]
    instalment = mortgages.instalment[block.first : block.last]
    paid = loans.repay(
        block.ledger,
        local,
        block.me[local],
        number["MG01"],
        loans.MORTGAGE_RATE,
        opened[local],
        mortgages.months[block.first : block.last][local],
        instalment[local],
        block.rng.integers(5, 26, len(local)),
        block.ends[local],
        "mortgage",
    )
    block.going[local] += paid / 100
    # The loan goes straight through the account to the seller.
    account = block.ledger.accounts.count - len(local) + np.searchsorted(local, fresh)
    principal = block.ledger.accounts.column("principal")[account]
    for kind, sign, at, name in (
        ("loan_drawdown", 1, 36_000, -1),
        ("transfer_out", -1, 36_600, block.pool["public"][0] + 3),
    ):
        block.ledger.post(
            fresh,
            opened[fresh],
            at,
            sign * principal,
            kind,
            "counter",
            name=name,
            bank=0,
            other=block.me[fresh] if sign > 0 else -1,
            own=account if sign > 0 else -1,
            memo=MEMO["drawdown" if sign > 0 else "house"],
        )


def _consumer_loans(block: PeopleBlock) -> None:
    rng, window, shelf = block.rng, block.window, block.s.shelf
    trader = np.isin(block.occupation, (TRADER, FREELANCE, OWNER))
    able = ~block.quiet & (block.income > 45_000) & (block.age > 22) & (block.age < 58)
    local = loans.chosen(rng, able, 0.11)
    months = np.array([12, 24, 36])[rng.integers(0, 3, len(local))]
    opened = window.start - 500 + (rng.random(len(local)) * (window.end - window.start + 500)).astype(np.int64)
    opened = np.where(opened > window.eve, window.working(opened), opened)
    fits = (opened > block.since[local] + 20) & (opened < block.ends[local] - 120)
    fits &= opened + months * 30.44 > window.start + 40
    local, months, opened = local[fits], months[fits], opened[fits]
    rating = np.full(len(local), 5)
    product = np.where(
        trader[local] & (rng.random(len(local)) < 0.6),
        shelf.number["BL02"],
        shelf.on_sale(rng, "consumer_loan", opened, rating),
    )
    amount = np.clip(np.round(block.income[local] * rng.uniform(0.15, 0.6, len(local)), -3), 5_000, 300_000)
    rate = shelf.rate[product]
    instalment = loans.instalment_for(amount, rate, months)
    paid = loans.repay(
        block.ledger,
        local,
        block.me[local],
        product,
        rate,
        opened,
        months,
        instalment,
        rng.integers(5, 26, len(local)),
        block.ends[local],
        "loan",
    )
    block.going[local] += paid / 100
    account = block.ledger.accounts.count - len(local) + np.arange(len(local))
    fresh = opened > window.eve
    who, day, account = local[fresh], opened[fresh], account[fresh]
    principal = block.ledger.accounts.column("principal")[account]
    block.ledger.post(
        who, day, 36_000, principal, "loan_drawdown", "mobile", own=account, other=block.me[who], memo=MEMO["drawdown"]
    )
    spent = (principal * rng.uniform(0.7, 1.0, len(who)) / 10_000).astype(np.int64) * 10_000
    block.ledger.post(
        who,
        day + rng.integers(0, 4, len(who)),
        50_000,
        -spent,
        "transfer_out",
        "mobile",
        name=rng.integers(*block.pool["person"], len(who)),
        bank=rng.integers(0, 12, len(who)),
        memo=MEMO["decoration"],
    )


def _cards(block: PeopleBlock) -> None:
    rng, window, number = block.rng, block.window, block.s.shelf.number
    able = ~block.quiet & (block.income > 36_000) & (block.age > 20) & (block.age < 66) & (block.digital > 0.25)
    local = loans.chosen(rng, able, 0.36)
    opened = np.maximum(block.since[local] + 15, window.start - 1500)
    later = rng.random(len(local)) < 0.3
    drawn: Ints = window.start + (rng.random(len(local)) * (window.end - window.start)).astype(np.int64)
    opened = np.where(later, np.maximum(drawn, opened), opened)
    fits = (opened < window.end) & (opened < block.ends[local] - 100)
    local, opened = local[fits], opened[fits]
    product = loans.product_mix(rng, block.income[local], number["CC01"], number["CC02"])
    block.cards, paid = loans.swipe(
        rng,
        block.ledger,
        local,
        block.me[local],
        product,
        opened,
        block.ends[local],
        block.income[local] / 12 * rng.uniform(0.08, 0.3, len(local)),
        block.s.settings.activity,
        block.pool,
    )
    block.going[local] += paid / 100
