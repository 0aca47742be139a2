"""Payments between two customers of the bank, drawn once so that both accounts show the same fen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.demo.chance import stream
from tenure.demo.clock import NEVER, Window, seconds
from tenure.demo.companies import Companies, Trade, deal
from tenure.demo.lives import Leaving
from tenure.demo.people import RETIRED, STUDENT, Ints, People
from tenure.demo.settings import DemoBank
from tenure.demo.wording import MEMO


@dataclass
class Transfers:
    """One entry per payment (fen) between parties, in no order; ``by_payer`` and ``by_payee`` sort them."""

    payer: Ints
    payee: Ints
    day: Ints
    second: Ints
    amount: Ints
    memo: Ints
    by_payer: Ints
    by_payee: Ints
    trade: Trade


def draw(settings: DemoBank, window: Window, people: People, companies: Companies, leaving: Leaving) -> Transfers:
    """Allowances for students, help for old parents, dividends to owners, bills of suppliers."""
    rng = stream(settings.seed, "transfers")
    n, months = len(people), window.months
    child = np.flatnonzero((people.father >= 0) & (people.occupation == STUDENT))
    grown = np.flatnonzero((people.mother >= 0) & (people.occupation != STUDENT))
    grown = grown[(people.occupation[people.mother[grown]] == RETIRED) & (rng.random(len(grown)) < 0.55)]
    firm = np.flatnonzero(companies.owner >= 0)
    families = (
        (people.father[child], child, rng.uniform(1200, 3000, len(child)), 1.0, MEMO["family"]),
        (grown, people.mother[grown], rng.uniform(300, 1800, len(grown)), 0.75, MEMO["family"]),
        (n + firm, companies.owner[firm], companies.turnover[firm] * 0.004, 0.3, MEMO["owner"]),
    )
    parts: list[tuple[Ints, ...]] = []
    for payer, payee, size, often, memo in families:
        edge, month = np.nonzero(rng.random((len(payer), months)) < often)
        amount = np.maximum(np.round(size[edge] * rng.uniform(0.8, 1.25, len(edge)), -2), 100) * 100
        habit = rng.integers(1, 28, len(payer))
        day = np.minimum(window.month_starts[month] + habit[edge], window.month_ends[month])
        parts.append((payer[edge], payee[edge], day, amount.astype(np.int64), np.full(len(edge), memo)))
    trade = deal(settings, window, companies)
    edge, month = np.nonzero(trade.amount)
    parts.append(
        (
            n + trade.buyer[edge],
            n + trade.supplier[edge],
            trade.day[edge, month],
            trade.amount[edge, month],
            np.full(len(edge), MEMO["goods"]),
        )
    )
    payer, payee, day, amount, memo_ = (np.concatenate([p[i] for p in parts]) for i in range(5))
    since = np.concatenate([people.since, companies.since])
    begins = np.maximum(since[payer], since[payee])
    active = leaving.active_until
    ends = np.minimum(active[payer], active[payee])
    fits = (day > begins) & (day < ends) & (day <= window.end) & (day < NEVER)
    payer, payee, day, amount, memo_ = (x[fits] for x in (payer, payee, day, amount, memo_))
    return Transfers(
        payer=payer,
        payee=payee,
        day=day,
        second=seconds(rng, "clearing", len(payer)),
        amount=amount,
        memo=memo_,
        by_payer=np.argsort(payer, kind="stable"),
        by_payee=np.argsort(payee, kind="stable"),
        trade=trade,
    )
