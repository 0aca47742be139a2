"""Between two nights the desk's work is measured as the next night will: the same figures, nothing else otherwise."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.contracts import LAKE, PUBLISHED
from tenure.contracts.lake import DESK_SOURCE
from tenure.errors import LakeError
from tenure.lake import Lake, connect, land_tables, schema_of
from tenure.nightly import between
from tenure.nightly.publishing import files_of
from tenure.nightly.run import run

from .conftest import SmallDemo


def _work(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    """A panel drawn in February, and an improvement that began in two branches then."""
    with connect() as engine:
        party = engine.arrow(engine.table(lake, lake.head(), "party").select("party_id").order_by("party_id"))
        orgs = engine.arrow(engine.table(lake, lake.head(), "organisation").order_by("org_id")).to_pylist()
    at = datetime(2026, 2, 2, 9)
    outlets = [row["org_id"] for row in orgs if row["kind"] == "outlet"]
    members = [
        {
            "member_id": f"m{n}", "panel_id": "p1", "party_id": who, "listed_at": at, "org_id": outlets[0],
            "place": n + 1, "arm": "treated" if n % 4 == 0 else "held_out", "sessions": 0,
            "state": "sent" if n % 4 == 0 else "held_out",
        }
        for n, who in enumerate(party["party_id"].to_pylist()[:200])
    ]  # fmt: skip
    improvement = {
        "improvement_id": "i1", "made_at": at, "kind": "improvement", "state": "running", "starts_on": at.date(),
        "themes": "waiting", "currency": "CNY",
    }  # fmt: skip
    arms = [{"improvement_id": "i1", "org_id": org, "made_at": at, "arm": "treated"} for org in outlets[:2]]
    panel = {
        "panel_id": "p1", "drawn_at": at, "title": "试用", "state": "closed", "wanted": 20, "eligible": 200,
        "held_out_percent": 75, "starts_on": at.date(), "ends_on": at.date(),
    }  # fmt: skip
    return {"panel_member": members, "improvement": [improvement], "improvement_branch": arms, "panel": [panel]}


def _whole(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [{c.name: row.get(c.name) for c in LAKE[name]} for row in told] for name, told in rows.items()}


def _published(folder: Path, name: str) -> list[dict[str, Any]]:
    return [row for path in files_of(folder, name) for row in pq.read_table(path).to_pylist()]


def _found(folder: Path, code: str) -> Any:
    return next(b for b in (json.loads(r["body"]) for r in _published(folder, "finding")) if b["code"] == code)


def test_it_says_what_the_next_night_says_and_leaves_all_else_as_it_was(small_demo: SmallDemo, tmp_path: Path) -> None:
    lake = small_demo.lake(tmp_path / "lake", after_its_night=True)
    work = _whole(_work(lake))
    with connect() as engine:
        folder = between.measure(lake, work, engine=engine)
    before = next(path for path in folder.parent.iterdir() if path != folder)
    assert _published(before, "measured") == [] and "panels" not in str(_published(before, "finding"))
    measured = _published(folder, "measured")
    assert {row["measure"] for row in measured} == {"recommend", "satisfaction", "leaving"}
    assert _found(folder, "panels")["rows"][0][2:4] == [50, 150]
    for name in set(PUBLISHED) - {"measured", "finding"}:
        assert files_of(folder, name)[0].read_bytes() == files_of(before, name)[0].read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["rows"]["measured"] == len(measured) and manifest["run_id"] == folder.name

    tables = {name: pa.Table.from_pylist(rows, schema_of(LAKE[name]).to_pyarrow()) for name, rows in work.items()}
    land_tables(lake, DESK_SOURCE, date(2026, 2, 2), tables)
    with connect() as engine:
        night = run(lake, engine=engine).folder
    assert _published(night, "measured") == measured
    for code in ("panels", "repaired", "asked_again"):
        assert _found(night, code) == _found(folder, code)


def test_measured_again_it_stands_in_the_same_place(small_demo: SmallDemo, tmp_path: Path) -> None:
    lake = small_demo.lake(tmp_path / "lake", after_its_night=True)
    work = _whole(_work(lake))
    with connect() as engine:
        first = between.measure(lake, work, engine=engine)
        rows = _published(first, "finding")
        again = between.measure(lake, work, engine=engine)
    assert again == first and _published(again, "finding") == rows
    assert {path.name for path in first.parent.iterdir()} == {first.name, first.name.removesuffix(between.AGAIN)}


def test_without_a_night_there_is_nothing_to_measure_in(small_demo: SmallDemo, tmp_path: Path) -> None:
    lake = small_demo.lake(tmp_path / "lake")
    with connect() as engine, pytest.raises(LakeError, match="no night"):
        between.measure(lake, {}, engine=engine)
