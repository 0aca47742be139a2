"""The small lake with its first night done: worked out once a run, copied by every test that begins with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from once import shared
from tenure.lake import Lake, connect
from tenure.nightly.run import run

from .small_lake import BULK_UNTIL, create

Standing = Callable[[Path], Lake]


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """Puts the small lake at a path, as it stands after the night of ``BULK_UNTIL``."""

    def make(folder: Path) -> Path:
        lake = create(folder / "lake")
        with connect("duckdb", memory="1GB", threads=2) as engine:
            run(lake, BULK_UNTIL, engine=engine)
        return lake.path

    made = shared(tmp_path_factory, "small-lake", make)

    def copied(path: Path) -> Lake:
        shutil.copytree(made, path)
        return Lake.open(path)

    return copied
