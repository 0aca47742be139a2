"""The demo bank that the benches of planted truth share: built, landed and known as `tenure demo` and the night do."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tenure.cli.demo import build_and_land
from tenure.demo import DemoBank
from tenure.insight import thresholds
from tenure.lake import Lake, connect
from tenure.nightly import deliveries
from tenure.nightly.run import _newest_day, _Night
from tenure.nightly.topics import Known
from tenure.progress import QUIET

UNTIL = date(2026, 6, 30)
SMALL = DemoBank(customers=2_000, months=30, until=UNTIL, activity=0.3, last_days=1)
FULL = DemoBank(customers=20_000, months=36, until=UNTIL, last_days=1)


@dataclass(frozen=True)
class Home:
    """A demo bank's folder: ``lake`` and, beside the bank's files, the truth."""

    path: Path

    @property
    def lake(self) -> Path:
        """The lake."""
        return self.path / "lake"

    @property
    def months(self) -> int:
        """Months of its history."""
        manifest = json.loads((self.path / "demo" / "bank" / "manifest.json").read_text(encoding="utf-8"))
        return int(manifest["settings"]["months"])

    def truth(self, table: str) -> list[dict[str, Any]]:
        """The rows of what was planted."""
        return list(pq.read_table(self.path / "demo" / "bank" / "truth" / f"{table}.parquet").to_pylist())

    def parties(self) -> dict[str, dict[str, Any]]:
        """What was planted in each customer, by number."""
        return {row["party_id"]: row for row in self.truth("party")}


def ready(path: Path, settings: DemoBank) -> Home:
    """The bank of ``path``, built and landed where there is none yet."""
    home = Home(path)
    if not (path / "landed").exists() and not (path / "demo" / "finished").exists():
        build_and_land(settings, path / "demo" / "bank", home.lake, QUIET)
        (path / "landed").touch()
    return home


def asked(description: str | None) -> argparse.ArgumentParser:
    """The options that all benches on one demo bank have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--home", type=Path, help="a demo bank's home, such as var; built where it is empty, temporary where left out"
    )
    parser.add_argument("--full", action="store_true", help=f"{FULL.customers:,} customers × {FULL.months} months")
    return parser


@contextmanager
def bank(given: argparse.Namespace) -> Iterator[Home]:
    """The bank that was asked for; a temporary one goes when the measuring ends."""
    settings = FULL if given.full else SMALL
    if given.home is not None:
        yield ready(given.home, settings)
        return
    with tempfile.TemporaryDirectory(prefix="tenure-bench-") as folder:
        yield ready(Path(folder), settings)


def known(home: Home, *, customers: bool = True) -> Known:
    """What the night of the newest delivery knows, before any topic has looked; inside ``stages_kept``.

    Without ``customers`` the customer frame is left out (the parties stand in), which takes most of the time.
    """
    lake, engine = Lake.open(home.lake), connect("duckdb")
    snapshot = lake.head()
    day, held = _newest_day(lake, snapshot), thresholds.load(lake.currency, lake.path / "thresholds.toml")
    night = _Night(
        lake, engine, snapshot, deliveries.last(lake, snapshot), day, held, home.path / "none", "bench", False, QUIET
    )
    frames, past = night.frames, night.past
    with night.log.step("bench") as step:
        past.roll_ups(step)
        past.summaries(step)
        paths, _ = frames.tree()
        party = frames.keep("party", frames.party())
        accounts, _ = frames.accounts()
        one, inferred = frames.one_currency(accounts), past.payroll_inferred()
        closed = past.history(accounts, one_currency=one, inferred=inferred, step=step)
        if not customers:
            return Known(frames, closed, party, accounts, accounts, party, paths)
        standing = frames.standing(accounts, closed, one_currency=one)
        made = frames.figures(party, paths, accounts, standing, closed, one_currency=one, inferred=inferred)
        figures = frames.figures_of(past.cache.keep(frames.work, "customer", lambda: made))
    return Known(frames, closed, party, accounts, standing, figures, paths)
