from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tenure.insight import Window, holdings, stages_kept, thresholds
from tenure.lake import Engine, connect
from tenure.nightly.caching import Cache
from tenure.nightly.outlook import Outlook, Shelf, score, train_if_due
from tenure.nightly.past import Past

from .small_lake import BULK_UNTIL, create

THRESHOLDS = thresholds.load("CNY")
FIRST, MONTHS = 24_300, 24


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with connect("duckdb", memory="1GB", threads=1) as it:
        yield it


def panel(last: int = FIRST + MONTHS, customers: int = 700, seed: int = 3) -> pa.Table:
    """Customers of whom those with little left go at ten times the rate of others, seen until ``last``."""
    rng = np.random.default_rng(seed)
    poor = rng.random(customers) < 0.2
    lost = FIRST + rng.geometric(np.where(poor, 0.10, 0.01))
    rows = []
    for n in range(customers):
        for month in range(FIRST, min(last, int(lost[n]) - 1) + 1):
            rows.append(
                {
                    "party_id": f"P{n}",
                    "month": month,
                    "aum_ratio_3m": 0.4 + rng.normal() / 20 if poor[n] else 1 + rng.normal() / 20,
                    "age": float(rng.integers(20, 80)),
                    "lead": int(lost[n]) - month if lost[n] <= last else None,
                    "seen": last - month,
                }
            )
    return pa.Table.from_pylist(rows)


def test_a_model_is_trained_once_a_month_and_everyone_at_risk_is_scored(tmp_path: Path) -> None:
    shelf, rows = Shelf(tmp_path), panel()
    first = train_if_due(shelf, rows, THRESHOLDS)
    assert (first.state, first.trained, first.because, first.won) == ("champion", True, "first", True)
    assert not train_if_due(shelf, rows, THRESHOLDS).trained
    card = json.loads((tmp_path / "card.json").read_text())
    assert card["last_month"] == FIRST + MONTHS and (tmp_path / "card.md").read_text().startswith("#")

    champion = shelf.champion()
    assert champion is not None
    scores = score(champion, rows).to_pylist()
    now = [row for row in rows.to_pylist() if row["month"] == FIRST + MONTHS]
    assert sorted(row["party_id"] for row in scores) == sorted(row["party_id"] for row in now)
    poor = {row["party_id"] for row in now if row["aum_ratio_3m"] < 0.7}
    mean = {True: [], False: []}  # type: dict[bool, list[float]]
    for row in scores:
        curve = json.loads(row["survival"])
        assert len(curve) == 12 and curve == sorted(curve, reverse=True)
        assert row["leaving_3m"] <= row["leaving_6m"] <= row["leaving_12m"]
        assert row["leaving_12m"] == pytest.approx(1 - curve[-1], abs=1e-4)
        mean[row["party_id"] in poor].append(row["leaving_12m"])
    assert np.mean(mean[True]) > 3 * np.mean(mean[False])
    causes = {row["cause"] for row in scores if row["party_id"] in poor}
    assert causes == {"better_rate_elsewhere"}
    assert {row["cause"] for row in scores if row["party_id"] not in poor} <= {"unknown", "better_rate_elsewhere"}

    closed = train_if_due(shelf, panel(FIRST + MONTHS + 1), THRESHOLDS)
    assert closed.trained and closed.because in ("month", "drift")


def test_a_night_killed_while_writing_leaves_the_old_champion(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    train_if_due(shelf, panel(customers=500), THRESHOLDS)
    before = (tmp_path / "champion.json").read_text()
    (tmp_path / "champion.json.tmp").write_text("half a mod")
    champion = shelf.champion()
    assert champion is not None and champion.save() == before


def test_a_night_of_the_past_does_not_ask_a_model_that_knows_later_months(tmp_path: Path) -> None:
    learnt = train_if_due(Shelf(tmp_path), panel(customers=500), THRESHOLDS).learnt_until
    assert learnt is not None
    assert Shelf(tmp_path).champion(learnt) is not None
    assert Shelf(tmp_path).champion(learnt - 1) is None


def test_a_champion_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "champion.json").write_text("{}")
    assert Shelf(tmp_path).champion() is None


def test_too_few_lost_is_told_and_trains_nothing(tmp_path: Path) -> None:
    strict = replace(THRESHOLDS, attrition=replace(THRESHOLDS.attrition, minimum_lost=10_000))
    found = train_if_due(Shelf(tmp_path), panel(customers=200), strict)
    assert found.state == "too_little_data" and not found.trained and "10000 are needed" in found.told
    assert Shelf(tmp_path).champion() is None
    empty = panel(customers=200).slice(0, 0)
    assert train_if_due(Shelf(tmp_path), empty, THRESHOLDS).state == "too_little_data"


def test_a_large_panel_is_learned_from_by_whole_customers_chosen_by_number(tmp_path: Path, engine: Engine) -> None:
    lake, rows, path = create(tmp_path / "lake"), panel(customers=60), tmp_path / "panel.parquet"
    pq.write_table(rows, path)
    with stages_kept():
        past = Past(Cache(lake, engine), lake.head(), Window(BULK_UNTIL), THRESHOLDS)
        tables = (engine.table(lake, lake.head(), name) for name in ("account", "product"))
        outlook = Outlook(past, holdings.accounts(*tables, THRESHOLDS, BULK_UNTIL))
        whole, part = outlook.sample(path, rows.num_rows), outlook.sample(path, rows.num_rows // 3)
    assert whole.sort_by([("party_id", "ascending"), ("month", "ascending")]).equals(whole)
    assert whole.num_rows == rows.num_rows
    everyone = sorted(set(rows["party_id"].to_pylist()))
    every = -(-rows.num_rows // (rows.num_rows // 3))
    assert sorted(set(part["party_id"].to_pylist())) == everyone[::every] and every in (3, 4)
    assert part.equals(whole.filter(pc.is_in(whole["party_id"], pc.unique(part["party_id"]))))


def test_half_a_year_of_history_gets_no_scores(tmp_path: Path, engine: Engine) -> None:
    lake = create(tmp_path / "lake")
    snapshot = lake.head()
    with stages_kept():
        past = Past(Cache(lake, engine), snapshot, Window(BULK_UNTIL), THRESHOLDS)
        tables = (engine.table(lake, snapshot, name) for name in ("account", "product"))
        record, scores, lost = Outlook(past, holdings.accounts(*tables, THRESHOLDS, BULK_UNTIL)).run()
    assert (record.state, scores, lost) == ("too_little_data", None, None)
