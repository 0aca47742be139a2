"""What takes long and is the same for many tests is made once a run, whichever worker needs it first."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


@contextmanager
def made_once(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder of this run that all its workers share, and nobody else while this one looks what is in it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"shared-{name}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits; a worker that dies lets go of it
        yield folder


def shared(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What ``make`` gave in the folder it was given, to the first worker that asked; the folder is there for all."""
    with made_once(tmp_path_factory, name) as folder:
        told = folder / "told"
        if not told.exists():
            told.write_bytes(pickle.dumps(make(folder)))
        found: Made = pickle.loads(told.read_bytes())
        return found
