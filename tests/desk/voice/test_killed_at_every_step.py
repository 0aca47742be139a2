"""A submission whose server is killed at any step is there whole or not at all, and is taken when it is sent again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve()
#: Lines of the trail, answers, links used up, cases, their steps and clocks that a whole submission adds.
ADDS = {
    "identified": {"answers": 1, "trail": 1, "cases": 0, "steps": 0, "clocks": 0},
    "anonymous": {"answers": 1, "trail": 0, "cases": 0, "steps": 0, "clocks": 0},
    "partial": {"answers": 1, "trail": 0, "cases": 0, "steps": 0, "clocks": 0},
    "unhappy": {"answers": 1, "trail": 2, "cases": 1, "steps": 1, "clocks": 2},
}


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> dict[str, list[dict[str, Any]]]:
    home = tmp_path_factory.mktemp("dying")
    shutil.copyfile(migrated_file, home / "desk.sqlite3")
    environment = dict(os.environ)
    for name in ("TENURE_DATABASE", "COV_CORE_SOURCE"):
        environment.pop(name, None)
    environment |= {"TENURE_HOME": str(home), "TENURE_PLAIN_STATIC": "1"}
    told = subprocess.run(
        [sys.executable, str(HERE.with_name("dying.py")), str(HERE.parents[2])],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found: dict[str, list[dict[str, Any]]] = json.loads(told.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("kind", ADDS)
def test_a_submission_killed_at_any_step_is_whole_or_not_there(
    deaths: dict[str, list[dict[str, Any]]], kind: str
) -> None:
    nothing, *found = deaths[kind]
    *killed, through = found
    everything = through["left"]
    assert not through["killed"] and all(one["killed"] for one in killed)
    added = {name: everything[name] - nothing["left"][name] for name in ADDS[kind]}
    assert added == ADDS[kind]
    kept = [one["left"] == everything for one in killed]
    for one, whole in zip(killed, kept, strict=True):
        assert whole or one["left"] == nothing["left"], one["at"]
    at = [one["at"] for one in killed]
    assert kept == [place > at.index("before COMMIT") for place in range(len(at))], "kept from the commit on"
    assert at.count("before COMMIT") == 1, "one act is one transaction"
    assert any(one.startswith("after INSERT INTO") for one in at), "it was killed between its writes"


@pytest.mark.parametrize("kind", ADDS)
def test_whoever_sends_again_after_a_kill_is_thanked_and_counts_once(
    deaths: dict[str, list[dict[str, Any]]], kind: str
) -> None:
    _nothing, *found = deaths[kind]
    everything = found[-1]["left"]
    for one in found:
        assert one["again"] == {"status": 303 if kind == "partial" else 200, "chain": True, "killed": False}, one["at"]
        assert one["then"] == everything, one["at"]
