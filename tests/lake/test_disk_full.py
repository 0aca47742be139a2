"""A full disk: one clear error, the lake as it was, and the same command works once there is room."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.deliveries import DAY, deliver, fingerprint, land_small, mapping
from tenure.errors import Exit, SetupError
from tenure.lake import Lake, land

MANY = "CUST_NO,NAME,BORN,INCOME\n" + "".join(f"{i:019},客户{i * 7919},,{i}\n" for i in range(60_000))
NO_MOVEMENTS = "NO,CUST_NO,AT,AMOUNT\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    told = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(told, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("a small disk can't be made here: no mount")
    if mounted.returncode:
        pytest.skip(f"a small disk can't be made here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_leaves_the_lake_as_it_was(small_disk: Path, tmp_path: Path) -> None:
    lake = Lake.create(small_disk / "lake")
    land_small(lake, tmp_path)
    before = fingerprint(lake)
    with pytest.raises(SetupError, match="the disk is full") as wrong:
        land(lake, mapping(tmp_path), deliver(tmp_path, MANY, NO_MOVEMENTS), business_date=DAY)
    assert wrong.value.exit_code == Exit.ENVIRONMENT and "Free some room" in wrong.value.remedy
    assert fingerprint(lake) == before
    assert not list((lake.path / "staging").iterdir())
    subprocess.run(["mount", "-o", "remount,size=100m", str(small_disk)], check=True)
    assert land(lake, mapping(tmp_path), deliver(tmp_path, MANY, NO_MOVEMENTS)).rows["party"] == 60_000


LIMITED = """
import resource, sys
from pathlib import Path
from tenure.errors import SetupError
from tenure.lake import Lake, Mapping, land
lake, mapping = Lake.open(sys.argv[1]), Mapping.read(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    land(lake, mapping, Path(sys.argv[3]))
except SetupError as wrong:
    print(wrong.message)
    sys.exit(wrong.exit_code)
"""


def test_a_file_that_may_not_grow_is_the_same_trouble(lake: Lake, tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY and os.name == "posix"
    land_small(lake, tmp_path)
    before = fingerprint(lake)
    files = deliver(tmp_path, MANY, NO_MOVEMENTS)
    told = [sys.executable, "-c", LIMITED, str(lake.path), str(mapping(tmp_path).path), str(files)]
    done = subprocess.run(told, capture_output=True, text=True, check=False)
    assert done.returncode == Exit.ENVIRONMENT, done.stderr
    assert "the disk is full" in done.stdout
    assert fingerprint(lake) == before
    assert land(lake, mapping(tmp_path), files).status == "corrected"
