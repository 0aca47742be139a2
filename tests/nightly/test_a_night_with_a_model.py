"""One night of a demo bank with three years of history: long enough for the model of leaving and what rests on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.demo import DemoBank, build
from tenure.insight import Window, holdings, stages_kept, thresholds
from tenure.insight.attrition import panel
from tenure.lake import Engine, Lake, connect, land_tables
from tenure.nightly.caching import Cache
from tenure.nightly.followed import at_landmark
from tenure.nightly.outlook import FOLDER, PARTS, Outlook
from tenure.nightly.past import Past
from tenure.nightly.publishing import files_of
from tenure.nightly.run import run
from tenure.nightly.topics import goes_with

UNTIL = date(2026, 6, 30)
THRESHOLDS = thresholds.load("CNY")


@dataclass(frozen=True)
class Night:
    """The lake, what the night published, and the engine it ran on."""

    lake: Lake
    folder: Path
    engine: Engine

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A published table."""
        return pq.read_table(files_of(self.folder, name)).to_pylist()

    def section(self, code: str) -> dict[str, Any]:
        """A section of the bank's page on attrition."""
        bodies = [json.loads(row["body"]) for row in self.rows("finding") if row["topic"] == "attrition"]
        return next(body for body in bodies if body["code"] == code)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    built = build(DemoBank(customers=1000, months=36, until=UNTIL, seed=7, last_days=1), folder / "bank")
    lake = Lake.create(folder / "lake", bank="Demo Bank")
    for delivery in built.deliveries:
        files = {table: delivery.folder(table) for table in delivery.tables}
        land_tables(lake, "core", delivery.business_date, files, full=delivery.full)
    with connect("duckdb", memory="1GB", threads=1) as engine:
        yield Night(lake, run(lake, engine=engine).folder, engine)


def test_everyone_here_is_scored_and_likelihoods_grow_with_the_months(night: Night) -> None:
    scored = [row for row in night.rows("outlook") if row["leaving_12m"] is not None]
    assert len(scored) > 600
    for row in scored:
        assert 0 < row["leaving_3m"] <= row["leaving_6m"] <= row["leaving_12m"] < 1
        curve = json.loads(row["survival"])
        assert len(curve) == 12 and curve[-1] == pytest.approx(1 - row["leaving_12m"], abs=1e-4)
        assert row["cause"] and json.loads(row["reasons"])
    lost = {row["party_id"] for row in night.rows("lost") if row["definition"] == "closed"}
    assert not lost & {row["party_id"] for row in scored}
    expected = sum(row["leaving_12m"] for row in scored)
    assert 0.3 * len(night.rows("lost")) < expected < 3 * len(night.rows("lost")), "of the order of the year before"


def test_a_value_is_the_sum_of_its_parts_within_its_interval(night: Night) -> None:
    valued = [row for row in night.rows("outlook") if row["value"] is not None]
    assert len(valued) > 600
    for row in valued:
        parts = json.loads(row["value_parts"])
        amounts = parts.values() if isinstance(parts, dict) else [part["value"] for part in parts]
        assert sum(amounts) == row["value"]
        assert row["value_low"] <= row["value"] <= row["value_high"]


def test_what_may_not_be_offered_says_why_and_stands_behind_what_may(night: Night) -> None:
    needs = night.rows("need")
    consent = {row["party_id"]: row["consent_marketing"] for row in night.rows("customer")}
    open_ = {row["party_id"] for row in needs if row["gate"] == "ok"}
    assert open_ and all(consent[party] for party in open_), "silence is no consent"
    by_party: dict[str, list[dict[str, Any]]] = {}
    for row in needs:
        by_party.setdefault(row["party_id"], []).append(row)
    for rows in by_party.values():
        ordered = [row["gate"] == "ok" for row in sorted(rows, key=lambda row: row["place"])]
        assert ordered == sorted(ordered, reverse=True)
    assert len({row["gate"] for row in needs}) > 2


def test_the_lost_of_the_last_year_have_their_post_mortems(night: Night) -> None:
    lost = night.rows("lost")
    assert len(lost) > 30 and {row["definition"] for row in lost} == {"closed", "dormant", "fall"}
    assert all("2025-06" <= row["month"] <= "2026-05" and 0 < row["confidence"] <= 1 for row in lost)
    assert sum(bool(json.loads(row["changes"])) for row in lost) > len(lost) / 2


def test_the_page_says_how_far_to_trust_the_model_and_whom_to_contact(night: Night) -> None:
    windows = night.section("windows")
    assert windows["rows"] and windows["verdict"]["code"] == "beyond_tested"
    assert night.section("since")["verdict"]["code"] in ("level_holds", "level_off", "slope_off", "since_too_early")
    figures = {one["code"]: one["value"] for one in night.section("retention")["figures"]}
    assert figures["retention_profit"] >= 0 and 0 <= figures["contact_share"] <= 1
    (card,) = [path for path in night.lake.derived(FOLDER, "cards").iterdir() if path.suffix == ".json"]
    assert card.name == "2026-05-won.json"


def test_customers_are_followed_from_a_year_before_the_newest_known_month_with_the_features_of_then(
    night: Night,
) -> None:
    """The table says so, or that too few left; what stood in those months does not change with what came later."""
    section = night.section("goes_with")
    with stages_kept():
        past = Past(Cache(night.lake, night.engine), night.lake.head(), Window(UNTIL), THRESHOLDS)
        tables = (night.engine.table(night.lake, night.lake.head(), name) for name in ("account", "product"))
        outlook = Outlook(past, holdings.accounts(*tables, THRESHOLDS, UNTIL))
        rows, path = at_landmark(outlook, goes_with.FEATURES), outlook.panel()
        assert rows is not None and path is not None
        (month,) = set(rows["month"].to_pylist())
        first = min(pq.read_table(path, columns=["month"])["month"].to_pylist())
        then = panel.of(outlook._sources().until(month), first, month, THRESHOLDS)
        known = night.engine.arrow(then.filter((then.month == month) & (then.spell == 0)).order_by("party_id"))
    assert month == outlook.last - 5 - 12 and set(rows["seen"].to_pylist()) == {12}
    assert rows["party_id"].to_pylist() == known["party_id"].to_pylist()
    for name in goes_with.FEATURES:
        np.testing.assert_allclose(rows[name].to_numpy(), known[name].to_numpy(), rtol=1e-9)
    left = sum(lead is not None and lead <= 12 for lead in rows["lead"].to_pylist())
    assert left > 30
    enough = left >= 10 * len(goes_with.ASKED)
    assert section["verdict"]["code"] == ("goes_with_is" if enough else "too_little_data")
    if enough:
        assert section["verdict"]["numbers"]["lost"] == ["count", left]


def test_months_made_of_some_customers_at_a_time_are_those_made_of_all_at_once(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = [("party_id", "ascending"), ("month", "ascending")]
    found = []
    with stages_kept():
        for few in (10**9, 170):
            monkeypatch.setattr("tenure.nightly.outlook.SLICE", few)
            cache = Cache(night.lake, night.engine, full=True)
            past = Past(cache, night.lake.head(), Window(UNTIL), THRESHOLDS)
            tables = (night.engine.table(night.lake, night.lake.head(), name) for name in ("account", "product"))
            outlook = Outlook(past, holdings.accounts(*tables, THRESHOLDS, UNTIL))
            path, losses = outlook.panel(), outlook.losses()
            assert path is not None and losses is not None
            found.append((pq.read_table(path).sort_by(by), night.engine.arrow(losses.order_by("party_id"))))
            parts = [each for each in cache.made if each.parent.name == PARTS]
            assert len(parts) == (0 if few == 10**9 else 3 * len(outlook._slices())) and len(outlook._slices()) != 2
            assert not any(each.exists() for each in parts)
    (whole, lost), (sliced, lost_too) = found
    assert whole.num_rows > 1000 and lost.num_rows > 100 and lost == lost_too
    for name in whole.column_names:
        if pa.types.is_floating(whole[name].type):  # not a number is not equal to itself
            np.testing.assert_array_equal(whole[name].to_numpy(), sliced[name].to_numpy(), name)
        else:
            assert whole[name] == sliced[name], name


def test_the_panel_of_a_whole_bank_knows_nothing_that_came_later(night: Night) -> None:
    """Every feature, and who is at risk, at two landmarks: once from all there is, once from the bank as it stood."""
    with stages_kept():
        past = Past(Cache(night.lake, night.engine), night.lake.head(), Window(UNTIL), THRESHOLDS)
        tables = (night.engine.table(night.lake, night.lake.head(), name) for name in ("account", "product"))
        outlook = Outlook(past, holdings.accounts(*tables, THRESHOLDS, UNTIL))
        path = outlook.panel()
        assert path is not None
        rows = pq.read_table(path)
        spell = rows["spell"].to_numpy()
        lead = rows["lead"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        assert 0 < (spell > 0).mean() < 0.1 and np.nanmin(lead[spell == 0]) == 1
        last, sources = outlook.last, outlook._sources()
        first = last - 9
        compared = panel.assert_no_leak(
            lambda s, until: panel.of(s, first, until, THRESHOLDS), sources, [last - 8, last - 2], night.engine.arrow
        )
    assert compared > 50_000
