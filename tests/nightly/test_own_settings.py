"""A bank's own settings of value and needs are part of what a night rests on."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tenure.errors import InputError
from tenure.lake import connect
from tenure.nightly import run as nightly
from tenure.nightly.run import run

from .conftest import Standing
from .small_lake import create


def test_a_changed_file_makes_the_night_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake, begun = create(tmp_path / "lake"), []

    class Begun(Exception):
        pass

    def work(night: nightly._Night) -> None:
        begun.append(night.run_id)
        raise Begun

    monkeypatch.setattr(nightly._Night, "work", work)
    with connect("duckdb") as engine:
        for change in (
            None,
            ("needs.toml", "top = 2"),
            ("value.toml", "tail_months = 9"),
            ("needs.toml", "top = 3"),
            None,
        ):
            if change:
                (lake.path / change[0]).write_text(change[1], encoding="utf-8")
            with pytest.raises(Begun):
                run(lake, engine=engine)
    assert len(set(begun)) == 4, "three changes are three other nights"
    assert begun[3] == begun[4], "and the same files the same one"


def test_needs_follow_the_banks_own_file_and_a_wrong_one_is_named(tmp_path: Path, standing: Standing) -> None:
    lake = standing(tmp_path / "lake")
    own = lake.path / "needs.toml"
    own.write_text("top = 1\n[level]\nidle = 1_000_000_000\n", encoding="utf-8")
    with connect("duckdb", memory="1GB") as engine:
        found = pq.read_table(run(lake, engine=engine).folder / "need.parquet").to_pylist()
        assert found and {row["place"] for row in found} == {1}
        assert "grow" not in {row["need"] for row in found}, "nobody is that rich"
        own.write_text("tops = 1", encoding="utf-8")
        with pytest.raises(InputError, match="tops"):
            run(lake, engine=engine)
