"""`make bench` runs every bench one after the other: none may ask for something that it was not given."""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tenure.contracts import PUBLISHED

BENCH = Path(__file__).resolve().parents[2] / "bench"
SCRIPTS = sorted(BENCH.glob("[a-z]*.py"))


class Parsed(Exception):
    """The arguments were read; the measuring does not begin."""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_bench_begins_without_being_told_anything(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = argparse.ArgumentParser.parse_args

    def parse(self: argparse.ArgumentParser, *given: object, **named: object) -> argparse.Namespace:
        assert self.format_help()
        assert read(self, ["--full"]).full
        raise Parsed(read(self, []))

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse)
    monkeypatch.setattr(sys, "argv", [str(script)])
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])
    before = set(sys.modules)
    try:
        with pytest.raises(Parsed):
            runpy.run_path(str(script), run_name="__main__")
    finally:
        for name in set(sys.modules) - before:
            if str(BENCH) in str(getattr(sys.modules[name], "__file__", None)):
                del sys.modules[name]  # `network` and the like are names of the benches' folder only
    assert not capsys.readouterr().err


def test_every_bench_is_among_those_that_make_runs() -> None:
    rule = (BENCH.parent / "Makefile").read_text(encoding="utf-8").split("\nbench:")[1]
    assert "bench/[a-z]*.py" in rule.split("\n\n")[0]
    assert {path.stem for path in SCRIPTS} >= {"planted", "night", "outlook", "trap", "network", "trials"}


def test_the_bank_that_benches_are_given_has_every_table_that_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from _published import write

    write(tmp_path, 2_000, outlets=30)
    empty = {name for name in PUBLISHED if not pq.ParquetFile(tmp_path / f"{name}.parquet").metadata.num_rows}
    assert empty == {"lost", "quarantine", "measured"}
