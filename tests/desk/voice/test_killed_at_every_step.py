"""A submission whose server is killed at any step is there whole or not at all, and is taken when it is sent again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
#: Lines of the trail, answers, links used up, cases, their steps and clocks that a whole submission adds.
ADDS = {
    "identified": {"answers": 1, "trail": 1, "cases": 0, "steps": 0, "clocks": 0},
    "anonymous": {"answers": 1, "trail": 0, "cases": 0, "steps": 0, "clocks": 0},
    "partial": {"answers": 1, "trail": 0, "cases": 0, "steps": 0, "clocks": 0},
    "unhappy": {"answers": 1, "trail": 2, "cases": 1, "steps": 1, "clocks": 2},
}


def _deaths(home: Path, migrated_file: Path) -> dict[str, list[dict[str, Any]]]:
    """What was found after each death, by the kind of answer: first what was there before, last without a death."""
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


def test_a_submission_killed_at_any_step_is_whole_or_not_there_and_sent_again_counts_once(
    tmp_path: Path, migrated_file: Path
) -> None:
    deaths = _deaths(tmp_path, migrated_file)
    assert set(deaths) == set(ADDS)
    for kind, (nothing, *found) in deaths.items():
        *killed, through = found
        everything = through["left"]
        assert not through["killed"] and all(one["killed"] for one in killed), kind
        assert {name: everything[name] - nothing["left"][name] for name in ADDS[kind]} == ADDS[kind], kind
        kept = [one["left"] == everything for one in killed]
        for one, whole in zip(killed, kept, strict=True):
            assert whole or one["left"] == nothing["left"], f"{kind}: {one['at']}"
        at = [one["at"] for one in killed]
        assert at.count("before COMMIT") == 1, f"{kind}: one act is one transaction"
        assert kept == [place > at.index("before COMMIT") for place in range(len(at))], (
            f"{kind}: kept from the commit on"
        )
        assert any(one.startswith("after INSERT INTO") for one in at), f"{kind}: it was killed between its writes"
        thanked = {"status": 303 if kind == "partial" else 200, "chain": True, "killed": False}
        for one in found:
            assert one["again"] == thanked, f"{kind}: {one['at']}"
            assert one["then"] == everything, f"{kind}: {one['at']}"
