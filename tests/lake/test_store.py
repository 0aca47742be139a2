"""The lake on disk: what may be opened, who may write, how snapshots are kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.deliveries import land_small, rows
from tenure.contracts import LAKE_TABLES
from tenure.errors import Exit, LakeError
from tenure.lake import Batch, DataFile, Lake, Snapshot
from tenure.lake.snapshot import decode, encode


def test_a_new_lake_is_empty_and_says_whose_it_is(tmp_path: Path) -> None:
    made = Lake.create(tmp_path / "new" / "lake", bank="示例银行", currency="CZK")
    held = Lake.open(tmp_path / "new" / "lake")
    assert held == made and (held.bank, held.currency) == ("示例银行", "CZK")
    assert held.head() == Snapshot(0, None, held.head().committed_at)


def test_a_lake_is_never_made_over_another_or_among_other_files(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="already there"):
        Lake.create(lake.path)
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(LakeError, match="not empty and is not a lake"):
        Lake.create(tmp_path)


def test_making_a_lake_that_was_interrupted_can_be_repeated(lake: Lake) -> None:
    (lake.path / "lake.json").unlink()
    again = Lake.create(lake.path)
    assert again.head().number == 0 and again.id != lake.id


def test_no_lake_a_newer_lake_and_a_damaged_one_each_say_what_to_do(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="there is no lake") as wrong:
        Lake.open(tmp_path / "nowhere")
    assert "tenure ingest" in wrong.value.remedy and wrong.value.exit_code == Exit.LAKE
    about = json.loads((lake.path / "lake.json").read_text())
    (lake.path / "lake.json").write_text(json.dumps({**about, "format": 99}))
    with pytest.raises(LakeError, match=r"format 99, this program reads up to format 1") as wrong:
        Lake.open(lake.path)
    assert "Update tenure" in wrong.value.remedy
    (lake.path / "lake.json").write_text("{")
    with pytest.raises(LakeError, match="not readable"):
        Lake.open(lake.path)


def test_a_damaged_head_or_manifest_is_named(lake: Lake, tmp_path: Path) -> None:
    land_small(lake, tmp_path)
    (lake.path / "HEAD").write_text("?")
    with pytest.raises(LakeError, match=r"HEAD: damaged") as wrong:
        lake.head()
    assert "newest snapshot's number (1)" in wrong.value.remedy
    (lake.path / "HEAD").write_text("1\n")
    (lake.path / "snapshots" / "00000001.json").write_text('{"number": 1')
    with pytest.raises(LakeError, match="manifest of snapshot 1 is damaged"):
        lake.head()


WRITER = """
import sys, time
from tenure.lake import Lake
with Lake.open(sys.argv[1]).writing():
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_who_the_first_is(lake: Lake, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(lake.path)], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None and first.stdout.readline() == "writing\n"
        with pytest.raises(LakeError, match=f"another process is writing \\(process {first.pid}, since ") as wrong:
            land_small(lake, tmp_path)
        assert "Wait until it has finished" in wrong.value.remedy
        assert rows(lake, "party") == [], "reading needs no lock"
        first.kill()
    assert land_small(lake, tmp_path).status == "landed", "the lock goes with the process that held it"


def test_a_writer_may_write_within_its_own_writing_but_another_thread_may_not(lake: Lake) -> None:
    refused: list[LakeError] = []

    def elsewhere() -> None:
        try:
            with lake.writing():
                pass
        except LakeError as wrong:
            refused.append(wrong)

    with lake.writing(), lake.writing():
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
    assert len(refused) == 1 and str(os.getpid()) in refused[0].message
    with lake.writing():
        pass


def test_vacuum_forgets_old_snapshots_and_only_their_files(lake: Lake, tmp_path: Path) -> None:
    land_small(lake, tmp_path)
    land_small(lake, tmp_path, movements="NO,CUST_NO,AT,AMOUNT\n1,007,2024-02-28,5\n")
    before = rows(lake, "transaction")
    replaced = {f.path for f in lake.snapshot(1).files}
    assert lake.vacuum(keep=1) == len(replaced) == 5
    assert rows(lake, "transaction") == before
    with pytest.raises(LakeError, match="snapshot 1 is not there"):
        lake.snapshot(1)
    held = {p.relative_to(lake.path).as_posix() for p in (lake.path / "data").rglob("*.parquet")}
    assert held == {f.path for f in lake.head().files}


def test_derived_is_a_place_for_caches_that_no_commit_touches(lake: Lake, tmp_path: Path) -> None:
    cache = lake.derived("rollup", "2024-02.parquet")
    cache.write_text("cache")
    land_small(lake, tmp_path)
    lake.vacuum(keep=1)
    assert cache.read_text() == "cache"


words = st.text(max_size=12)
days = st.dates().map(str)
batches = st.builds(
    Batch,
    id=words,
    source=words,
    business_date=days,
    content_hash=words,
    landed_at=words,
    rows=st.dictionaries(st.sampled_from(LAKE_TABLES), st.integers(0)),
    quarantined=st.dictionaries(st.sampled_from(LAKE_TABLES), st.integers(0)),
    sequence=st.integers(0),
    corrects=st.none() | words,
)
files = st.builds(
    DataFile,
    id=words,
    table=st.sampled_from(LAKE_TABLES),
    path=words,
    batch=words,
    business_date=days,
    month=words,
    rows=st.integers(0),
    full=st.booleans(),
    days=st.lists(days).map(tuple),
)


@given(
    st.builds(
        Snapshot,
        number=st.integers(0),
        parent=st.none() | st.integers(0),
        committed_at=words,
        batches=st.lists(batches, max_size=4).map(tuple),
        files=st.lists(files, max_size=4).map(tuple),
    )
)
def test_a_manifest_says_exactly_what_the_snapshot_was(snapshot: Snapshot) -> None:
    assert decode(encode(snapshot)) == snapshot
