"""How long customers outside the model stay: by the bank's own definitions, and the lost never longer than the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import pyarrow as pa
import pytest

from nightly.topics.known import known
from tenure.nightly import staying, worth

AS_OF = date(2026, 6, 20)
LAST = 2026 * 12 + 4
WHO = [f"P{n:02}" for n in range(40)]


def outlook(*, fall: bool = True) -> Any:
    """A panel of a year in which 6 of 240 customer-months ended in a loss; P00 fell two months ago, P01 closed."""
    rows = [{"party_id": w, "month": LAST - 1 - k, "lead": 1 if k == 0 and n < 6 else None}
            for k in range(6) for n, w in enumerate(WHO)]  # fmt: skip
    panel = pa.Table.from_pylist(
        rows, pa.schema([("party_id", pa.string()), ("month", pa.int64()), ("lead", pa.int64())])
    )
    lost = [("P01", LAST - 5, "closed", LAST - 5)] + ([("P00", LAST - 2, "fall", None)] if fall else [])
    names = ("party_id", "lost", "definition", "lost_closed")
    kinds = pa.schema(zip(names, (pa.string(), pa.int64(), pa.string(), pa.int64()), strict=True))
    losses = ibis.memtable(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in lost], kinds))
    return SimpleNamespace(panel=lambda: panel, losses=lambda: losses, last=LAST)


def bank() -> Any:
    figures = pa.table({"party_id": WHO, "left_on": pa.array([None] * 40, pa.date32())})
    found = known({"organisation": [{"org_id": "HQ"}]}, AS_OF, figures=figures)
    found.frames.past.cache.engine.read = lambda paths: ibis.memtable(paths[0])
    return found


def curves(stays: staying.Staying, at: Any) -> dict[str, float]:
    return {row["party_id"]: row["s_12"] for row in at.rows(stays.survival).to_pylist()}


def test_who_has_no_curve_leaves_at_the_rate_of_all_definitions() -> None:
    at = bank()
    found = staying.of(at, outlook(), None)
    assert (found.plain.events, found.plain.exposed, found.definitions) == (6, 240, True)
    assert curves(found, at)["P30"] == pytest.approx((1 - 6.5 / 241) ** 12)


def test_who_is_lost_already_never_outlives_who_is_at_risk() -> None:
    at = bank()
    scores = pa.table({"party_id": ["P30"], "survival": [str([0.9] * 12)]})
    found = curves(staying.of(at, outlook(), scores), at)
    assert found["P30"] == 0.9
    # half a closing in two months after a fall: a higher rate than the bank's
    assert found["P00"] == pytest.approx((1 - 0.5 / 3) ** 12) and found["P00"] < found["P02"]


def test_a_history_too_short_for_definitions_says_so() -> None:
    short = SimpleNamespace(panel=lambda: None, losses=lambda: None, last=LAST)
    at = bank()
    found = staying.of(at, short, None)
    assert not found.definitions and found.plain.events == 0
    assert 0.9 < curves(found, at)["P00"] < 1  # a bank that has seen nobody leave is not told that nobody ever will


def test_the_error_of_the_level_comes_from_the_window_the_model_was_tested_on() -> None:
    found = staying.of(bank(), outlook(), None)
    card = {"figures": [{"positives": 100, "rows": 1_000, "in_the_large": -0.1}]}
    assert staying.error(found, card, 0.2).used == pytest.approx((1 / 100 + 0.5**2) ** 0.5)
    assert staying.error(found, None, 0.2).used == pytest.approx((1 / 6.5) ** 0.5)


def test_a_value_rests_on_daily_averages_and_says_what_it_assumes() -> None:
    """P00 is paid 9,000.00 on the day of the night, and held 300.00 before; P01's loan has no price."""
    day = date(2026, 1, 1)
    tables = {
        "organisation": [{"org_id": "HQ"}],
        "party": [{"party_id": w, "kind": "person", "org_id": "HQ", "since": day} for w in WHO],
        "product": [{"product_id": c, "name": c, "category": c} for c in ("demand_deposit", "mortgage")],
        "account": [
            {"account_id": f"A{w}", "party_id": w, "product_id": "demand_deposit", "currency": "CNY", "opened_on": day}
            for w in WHO
        ]
        + [{"account_id": "L", "party_id": "P01", "product_id": "mortgage", "currency": "CNY", "opened_on": day}],
        "balance": [
            {"account_id": "AP00", "day": day, "balance": 300_00},
            {"account_id": "AP00", "day": AS_OF, "balance": 9_000_00},
            {"account_id": "L", "day": day, "balance": -1_000_00},
        ],
    }
    at = known(tables, AS_OF)
    at.frames.past.cache.engine.read = lambda paths: ibis.memtable(paths[0])
    at.frames.past.cache.lake = SimpleNamespace(path=Path("/nowhere"))
    found, _, basis = worth.of(at, outlook(fall=False), None)
    values = {row["party_id"]: row["value"] for row in at.rows(found).to_pylist()}
    average = (300_00 * 50 + 9_000_00) / 51  # May and twenty days of June
    assert 0 < values["P00"] < average * 0.016 * 3 < 9_000_00 * 0.016
    assert basis.unpriced == 1 and basis.margin.basis == "assumed"
    assert basis.hazard.used == pytest.approx((1 / 6.5) ** 0.5) == basis.assumptions.hazard_error
