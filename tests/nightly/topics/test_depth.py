"""Depth and retention of a hand-made bank: who counts, who stayed, what is said and to whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.findings import Figures, Section
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, depth

from .known import known, words_missing

AS_OF = date(2026, 11, 22)
CATEGORIES = ("demand_deposit", "time_deposit", "fund", "mortgage", "credit_card", "insurance")
ORGS = [
    {"org_id": "HQ", "name": "H", "kind": "head_office"},
    {"org_id": "A", "name": "A", "kind": "outlet", "parent_id": "HQ"},
    {"org_id": "B", "name": "B", "kind": "outlet", "parent_id": "HQ"},
]
N = 1_200


def bank(*, closes_early: bool = False, quiet: str = "") -> Known:
    """1,200 customers; those who hold more are older and richer, and the young poor ones leave: depth itself does
    nothing. With ``closes_early`` the leavers close all but one account a month before the year begins.
    """
    lots = np.random.default_rng(3)
    wealth = lots.standard_normal(N)
    held = np.clip(np.round(3 + 0.7 * wealth + lots.standard_normal(N)), 1, 6).astype(int)
    leaves = lots.random(N) < 0.25 / (1 + np.exp(1.2 * wealth))
    party, account, months = [], [], []
    for n in range(N):
        name = f"P{n:04d}"
        gone = date(2026, 5, 3) if leaves[n] else None
        party.append(
            {"party_id": name, "kind": "person", "org_id": "AB"[n % 2], "since": date(2015, 1, 1 + n % 28),
             "birth_date": date(1960 + n % 40, 3, 1), "left_on": gone}
        )  # fmt: skip
        for k in range(held[n]):
            early = date(2025, 10, 5) if closes_early and leaves[n] and k else None
            account.append(
                {"account_id": f"{name}{k}", "party_id": name, "product_id": CATEGORIES[k], "currency": "CNY",
                 "opened_on": date(2018, 1, 1), "closed_on": early or gone}
            )  # fmt: skip
        months.append(_months(name, float(np.exp(11 + wealth[n])) * 100, quiet == name))
    # opened after depth was counted, and after the night: neither may count
    account.append({"account_id": "late", "party_id": "P0000", "product_id": "fund", "opened_on": date(2027, 1, 1)})
    tables = {
        "organisation": ORGS,
        "party": party,
        "product": [{"product_id": code, "name": code, "category": code} for code in CATEGORIES],
        "account": [{"currency": "CNY", **each} for each in account],
    }
    return known(tables, AS_OF, by_party=pa.Table.from_pylist(months))


def _months(name: str, aum: float, quiet: bool) -> dict[str, Any]:
    made = ["4"] * (CURVE - 1)
    averages = dict.fromkeys((f"aum_{k}" for k in range(1, CURVE)), int(aum))
    if quiet:
        made[-3:] = ["0"] * 3
        averages |= {f"aum_{k}": int(aum * 0.1) for k in range(1, 4)}
    return {"party_id": name, "curve_transactions": ",".join(made), **averages}


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Section]]:
    return list(depth.sections(bank()))


def figures(section: Section) -> dict[str, Any]:
    assert isinstance(section, Figures)
    return {one.code: one for one in section.figures}


def test_the_headline_says_who_stayed_and_what_the_adjustment_leaves(told: list[tuple[str, Section]]) -> None:
    org, first = told[0]
    found = figures(first)
    assert (org, first.code) == ("HQ", "now")
    assert found["retention"].n == N == found["retention_few"].n + found["retention_many"].n
    assert found["retention_many"].value > found["retention_few"].value
    raw, adjusted = found["raw_difference"], found["adjusted_difference"]
    assert raw.low > 0, "holding more and staying go together"
    assert adjusted.value < 0.6 * raw.value, "most of it is wealth, which is adjusted for"
    assert first.verdict is not None and first.verdict.code in ("depth_disappears", "depth_cannot_tell")


def test_depth_is_counted_before_a_leaver_gives_products_up(told: list[tuple[str, Section]]) -> None:
    early = figures(next(iter(depth.sections(bank(closes_early=True))))[1])
    late = figures(told[0][1])
    assert early["retention_few"].value == late["retention_few"].value
    assert early["raw_difference"].value == late["raw_difference"].value


def test_who_falls_silent_with_the_money_gone_has_left(told: list[tuple[str, Section]]) -> None:
    before = figures(told[0][1])["retention"].value
    stays = next(f"P{n:04d}" for n in range(N) if figures_of_one(n))
    after = figures(next(iter(depth.sections(bank(quiet=stays))))[1])["retention"].value
    assert round((before - after) * N) == 1


def figures_of_one(n: int) -> bool:
    """Whether customer ``n`` of the bank stays."""
    lots = np.random.default_rng(3)
    wealth = lots.standard_normal(N)
    lots.standard_normal(N)
    return bool((lots.random(N) >= 0.25 / (1 + np.exp(1.2 * wealth)))[n])


def test_a_branch_is_told_of_its_own_customers_only(told: list[tuple[str, Section]]) -> None:
    own = {org: figures(section) for org, section in told if section.code == "branch_now"}
    assert set(own) == {"A", "B"}
    assert own["A"]["retention"].n == own["B"]["retention"].n == N // 2


def test_every_code_has_words(told: list[tuple[str, Section]]) -> None:
    assert words_missing("depth", told) == []


def test_too_little_history_is_refused(told: list[tuple[str, Section]]) -> None:
    empty = known({"organisation": ORGS}, AS_OF, by_party=pa.Table.from_pylist([_months("x", 1.0, False)]))
    with pytest.raises(TooLittleData):
        list(depth.sections(empty))
