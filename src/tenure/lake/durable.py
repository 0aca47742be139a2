"""Writing so that a power cut or a kill leaves the old or the new, never a piece of either."""

from __future__ import annotations

import os
from pathlib import Path

#: Ends the name of every file that is not finished yet.
UNFINISHED = ".tmp"


def write_text(path: Path, content: str) -> None:
    """Replace ``path`` by ``content`` in one step, on the disk when this returns."""
    unfinished = path.with_name(path.name + UNFINISHED)
    with unfinished.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)  # noqa: PTH105 - one name for the system call that everything rests on
    sync_folder(path.parent)


def sync(path: Path) -> None:
    """Wait until a file's content is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    sync(path)


def make_folder(path: Path) -> None:
    """Create a folder and those above it, and their names on the disk."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)
