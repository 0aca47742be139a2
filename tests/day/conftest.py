"""A very small demo bank, made once and landed in a lake of its own; tests copy the lake they change."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from desk.append_only import let_tests_empty_the_trail
from once import shared
from tenure.contracts import LAKE
from tenure.demo import Built, Delivery, DemoBank, build
from tenure.lake import Lake, connect, land_tables, schema_of
from tenure.nightly.run import run

if TYPE_CHECKING:
    from tenure.desk.org.models import User

let_tests_empty_the_trail()


@dataclass(frozen=True)
class SmallDemo:
    """The bank's deliveries, a lake in which all but the last two days have landed, and the night of that day."""

    built: Built
    lake_path: Path
    landed: list[Delivery]
    waiting: list[Delivery]
    published: Path

    def lake(self, folder: Path, *, after_its_night: bool = False) -> Lake:
        """A lake of one's own, as it stood before the last two days; with or without what its night worked out."""
        derived = () if after_its_night else ("derived",)
        shutil.copytree(self.lake_path, folder, ignore=shutil.ignore_patterns(*derived))
        return Lake.open(folder)


def deliver(lake: Lake, delivery: Delivery) -> None:
    """Land one of the bank's deliveries."""
    files = {table: delivery.folder(table) for table in delivery.tables}
    land_tables(lake, "core", delivery.business_date, files, full=delivery.full)


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> SmallDemo:
    def make(folder: Path) -> SmallDemo:
        built = build(DemoBank(customers=300, months=8, until=date(2026, 6, 30), seed=7, last_days=3), folder / "bank")
        lake = Lake.create(folder / "lake", bank="Small Demo Bank")
        for delivery in built.deliveries[:-2]:
            deliver(lake, delivery)
        with connect() as engine:
            published = run(lake, engine=engine).folder
        return SmallDemo(built, lake.path, built.deliveries[:-2], built.deliveries[-2:], published)

    return shared(tmp_path_factory, "small-demo", make)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake of one outlet, one relationship manager and two customers."""
    lake = Lake.create(tmp_path / "lake", bank="Bank")
    rows = {
        "organisation": [{"org_id": "HQ", "name": "总行", "kind": "head_office"}],
        "staff": [{"staff_id": "S1", "name": "王", "org_id": "HQ", "role": "relationship_manager"}],
        "party": [{"party_id": f"C{i}", "kind": "person", "org_id": "HQ"} for i in (1, 2)],
    }
    tables = {
        name: pa.Table.from_pylist(
            [{c.name: row.get(c.name) for c in LAKE[name]} for row in given], schema=schema_of(LAKE[name]).to_pyarrow()
        )
        for name, given in rows.items()
    }
    land_tables(lake, "core", date(2026, 6, 30), tables, full=["organisation", "staff", "party"])
    return lake


@pytest.fixture
def author() -> User:
    """Who acts at the desk: that lake's relationship manager."""
    from tenure.desk.org.models import User

    return User.objects.create_user("rm", None, name="王", staff_id="S1")
