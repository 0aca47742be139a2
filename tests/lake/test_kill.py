"""Killed at any moment, the lake is as before or as after, and the next writer needs no repair."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tenure.lake import Lake, land_tables

#: Lands a delivery once for every call that changes the disk, in a process that dies at that call: no cleaning up,
#: no exit handlers. Then the same command once more, to its end. Processes are forked, to import only once.
VICTIM = """
import json, os, pathlib, shutil, sys
import datetime
from tenure.lake import Lake, land_tables, settling

before, files, work = map(pathlib.Path, sys.argv[1:])
calls = 0

def dying(real, deadly):
    def call(*given, **named):
        global calls
        calls += 1
        if calls == deadly:
            os.kill(os.getpid(), 9)
        return real(*given, **named)
    return call

def land_in(lake, deadly):
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    for module, name in ((os, "replace"), (os, "fsync"), (os, "mkdir"), (os, "unlink"), (settling, "_copy")):
        setattr(module, name, dying(getattr(module, name), deadly))
    tables = {file.stem: file for file in files.iterdir()}
    land_tables(Lake.open(lake), "core", datetime.date(2024, 2, 29), tables, full=["party"])
    (work / "calls").write_text(str(calls))
    os._exit(0)

shutil.copytree(before, work / "whole")
assert land_in(work / "whole", 0) == 0
steps = int((work / "calls").read_text())
ends = []
for step in range(1, steps + 1):
    killed, finished = work / f"killed-{step}", work / f"finished-{step}"
    shutil.copytree(before, killed)
    how = land_in(killed, step)
    shutil.copytree(killed, finished)
    ends.append((how, land_in(finished, 0)))
print(json.dumps(ends))
"""


def readable(place: Path) -> tuple[int, list[tuple[str, list[dict[str, object]]]]]:
    """Everything a reader of the lake's head can see, file by file."""
    head = Lake.open(place).head()
    held = sorted(((f.table, f.month, f.path) for f in head.files), key=lambda f: f[:2])
    return head.number, [(table, pq.read_table(place / path).to_pylist()) for table, _, path in held]


def parties(*names: str) -> pa.Table:
    people = [{"party_id": str(i), "name": n, "kind": "person", "org_id": "HO"} for i, n in enumerate(names)]
    return pa.Table.from_pylist(people)


def contacts(*numbers: str) -> pa.Table:
    """Contacts with customer 0, the first of them in the month before."""
    at = [dt.datetime(2024, 2 if i else 1, 28, 10) for i in range(len(numbers))]
    held = {"interaction_id": numbers, "party_id": ["0"] * len(at), "at": at, "kind": ["call"] * len(at)}
    return pa.table(held)


def test_killed_at_every_step_of_a_commit(lake: Lake, tmp_path: Path) -> None:
    organisation = pa.table({"org_id": ["HO"], "name": ["总行"], "kind": ["head_office"]})
    first = {"organisation": organisation, "party": parties("王芳", "李娜"), "interaction": contacts("1", "2")}
    land_tables(lake, "core", dt.date(2024, 2, 29), first, full=["party"])
    files, work = tmp_path / "files", tmp_path / "work"
    files.mkdir()
    work.mkdir()
    # a correction of it: its commit both adds and takes away
    pq.write_table(organisation, files / "organisation.parquet")
    pq.write_table(parties("王芳", "李娜", "张伟"), files / "party.parquet")
    pq.write_table(contacts("2", "3"), files / "interaction.parquet")
    told = [sys.executable, "-c", VICTIM, str(lake.path), str(files), str(work)]
    done = subprocess.run(told, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    ends = json.loads(done.stdout)
    before, after = readable(lake.path), readable(work / "whole")
    assert before != after and len(ends) >= 20

    seen = []
    for step, (killed, finished) in enumerate(ends, 1):
        assert killed == signal.SIGKILL and finished == 0
        found = readable(work / f"killed-{step}")
        assert found in (before, after), f"killed at step {step} of {len(ends)}: something in between"
        seen.append(found == after)

        place = work / f"finished-{step}"
        assert readable(place)[1] == after[1], f"after step {step} the same command did not finish the work"
        head = Lake.open(place).head()
        listed = {f.path for n in range(head.number + 1) for f in Lake.open(place).snapshot(n).files}
        there = {p.relative_to(place).as_posix() for p in (place / "data").rglob("*.parquet")}
        assert there == listed, f"orphans left by the kill at step {step}"
        assert not (place / "pending.json").exists() and not list(place.rglob("*.tmp"))
    assert seen == sorted(seen) and len(set(seen)) == 2, "the commit becomes true at one step and stays so"
    shutil.rmtree(work)
