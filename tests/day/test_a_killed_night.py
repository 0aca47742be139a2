"""A night killed at any moment leaves the desk with yesterday, and the next one comes out as if nothing had been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

from tenure.contracts import PUBLISHED
from tenure.lake import Lake, connect
from tenure.nightly.publishing import files_of
from tenure.nightly.run import run

from .conftest import SmallDemo

#: Seconds after its start at which a night is killed: while loading, early, midway, near its end.
MOMENTS = (1.5, 2.5, 3.5, 5.0)


def published(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Every published table but the one that tells how long the steps took."""
    return {n: pq.read_table(files_of(folder, n)).to_pylist() for n in PUBLISHED if n != "night_step"}


def test_a_night_killed_at_any_moment_can_simply_be_run_again(small_demo: SmallDemo, tmp_path: Path) -> None:
    expected = published(small_demo.published)
    lake = small_demo.lake(tmp_path / "killed")
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("TENURE_", "DJANGO_"))}
    for seconds in MOMENTS:
        night = subprocess.Popen(
            [sys.executable, "-m", "tenure", "nightly", "--lake", str(lake.path), "--no-publish"],
            env=surroundings | {"TENURE_HOME": str(tmp_path / "home")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(seconds)
        night.send_signal(signal.SIGKILL)
        night.wait()
        finished = [m.parent for m in (lake.path / "derived" / "publication").glob("*/manifest.json")]
        for folder in finished:  # a manifest is written last: what has one is whole
            assert published(folder) == expected
    with connect() as engine:
        assert published(run(Lake.open(lake.path), engine=engine).folder) == expected
