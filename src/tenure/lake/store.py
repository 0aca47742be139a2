"""The lake on disk: who may write, how a commit becomes true in one step, how it is undone and tidied.

Layout::

    lake.json                     format, id, bank, currency; written once
    HEAD                          the number of the current snapshot; replaced by rename
    snapshots/00000042.json       immutable manifests
    data/<table>/month=YYYY-MM/<file>.parquet            event tables
    data/<table>/business_date=YYYY-MM-DD/<file>.parquet state tables
    quarantine/<batch>/           rows that were refused, and why
    derived/                      caches others keep beside the lake
    staging/, pending.json, lock  of the writer at work

A commit moves finished files into ``data/``, writes a manifest that lists them, and moves ``HEAD``. What
it is about to add stands in ``pending.json`` first, so the next writer can take away what a killed one left.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tenure.errors import LakeError
from tenure.lake import durable
from tenure.lake.snapshot import Batch, DataFile, Snapshot, decode, encode

#: The layout this version of the program reads and writes.
FORMAT = 1

_writers: dict[Path, tuple[int, int]] = {}  # lake → (thread, depth): the lock is re-entrant within a thread
_writers_guard = threading.Lock()


@dataclass(frozen=True)
class Lake:
    """A bank's tables on disk, behind atomic snapshots. Use :meth:`create` or :meth:`open`."""

    path: Path
    id: str
    bank: str
    currency: str

    @classmethod
    def create(cls, path: str | os.PathLike[str], *, bank: str = "", currency: str = "CNY") -> Lake:
        """Make an empty lake at ``path``; ``LakeError`` if one is there, or other files are."""
        root = Path(path).resolve()
        if (root / "lake.json").exists():
            raise LakeError(f"{root}: a lake is already there", "Open it, or choose another folder.")
        if root.exists() and any(entry.name not in _OWN_NAMES for entry in root.iterdir()):
            raise LakeError(f"{root}: the folder is not empty and is not a lake", "Choose an empty or a new folder.")
        for folder in (root, root / "snapshots", root / "data", root / "quarantine", root / "derived"):
            durable.make_folder(folder)
        empty = Snapshot(0, None, _now())
        durable.write_text(_manifest(root, 0), encode(empty))
        durable.write_text(root / "HEAD", "0\n")
        about = {"format": FORMAT, "id": str(uuid.uuid4()), "bank": bank, "currency": currency}
        durable.write_text(root / "lake.json", json.dumps(about, ensure_ascii=False, indent=2) + "\n")
        return cls.open(root)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Lake:
        """The lake at ``path``; ``LakeError`` with a remedy if it is absent, newer than this program or damaged."""
        root = Path(path).resolve()
        about_file = root / "lake.json"
        try:
            about: dict[str, Any] = json.loads(about_file.read_text("utf-8"))
            written_as = int(about["format"])
        except (FileNotFoundError, NotADirectoryError):
            raise LakeError(
                f"{root}: there is no lake",
                "Check the path; `tenure ingest` creates a lake with its first delivery, `tenure demo` a made-up one.",
            ) from None
        except (ValueError, KeyError, TypeError) as wrong:
            raise LakeError(
                f"{about_file}: not readable as the description of a lake ({wrong})",
                "Restore this small file from your backup; the data beside it is untouched.",
            ) from None
        if written_as > FORMAT:
            raise LakeError(
                f"{root}: the lake has format {written_as}, this program reads up to format {FORMAT}",
                "Update tenure on this machine to the version that wrote the lake.",
            )
        return cls(root, str(about["id"]), str(about.get("bank", "")), str(about.get("currency", "CNY")))

    def head(self) -> Snapshot:
        """What is true now."""
        return self.snapshot(self._head_number())

    def snapshot(self, number: int) -> Snapshot:
        """The lake as it stood after commit ``number``; ``LakeError`` if that has been tidied away or is damaged."""
        manifest = _manifest(self.path, number)
        try:
            return decode(manifest.read_text("utf-8"))
        except FileNotFoundError:
            raise LakeError(
                f"{manifest}: snapshot {number} is not there",
                "It may have been vacuumed away; otherwise restore the file from your backup.",
            ) from None
        except (ValueError, KeyError, TypeError) as wrong:
            raise LakeError(
                f"{manifest}: the manifest of snapshot {number} is damaged ({wrong})",
                "Restore this file from your backup; the data it lists is untouched.",
            ) from None

    def derived(self, *parts: str) -> Path:
        """A place under ``derived/`` for caches that can be computed again.

        Its folder exists on return: the place itself, or the one it is in if its name has a suffix (a file).
        """
        place = self.path.joinpath("derived", *parts)
        (place.parent if place.suffix else place).mkdir(parents=True, exist_ok=True)
        return place

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer; what a killed writer left is swept first. ``LakeError`` if someone else writes."""
        here = threading.get_ident()
        with _writers_guard:
            thread, depth = _writers.get(self.path, (here, 0))
            nested = depth > 0 and thread == here
            if nested:
                _writers[self.path] = (here, depth + 1)
        if nested:
            try:
                yield
            finally:
                with _writers_guard:
                    _writers[self.path] = (here, _writers[self.path][1] - 1)
            return
        with (self.path / "lock").open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LakeError(
                    f"{self.path}: another process is writing ({_holder(lock.name)})",
                    "Wait until it has finished, or stop it, and run the same command again.",
                ) from None
            lock.truncate(0)
            lock.write(json.dumps({"pid": os.getpid(), "since": _now()}))
            lock.flush()
            with _writers_guard:
                _writers[self.path] = (here, 1)
            try:
                self._sweep()
                yield
            finally:
                with _writers_guard:
                    del _writers[self.path]
                lock.truncate(0)
                fcntl.flock(lock, fcntl.LOCK_UN)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder for files not yet in the lake, on the same disk; it is gone afterwards."""
        place = self.path / "staging" / uuid.uuid4().hex
        place.mkdir(parents=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def commit(
        self,
        parent: Snapshot,
        batches: Sequence[Batch],
        files: Sequence[DataFile],
        staged: Mapping[str, Path],
    ) -> Snapshot:
        """Make ``batches`` and ``files`` what is true, in one step.

        ``staged`` maps paths relative to the lake to the finished files or folders that shall stand there.
        The caller holds :meth:`writing` and read ``parent`` under it.
        """
        if self._head_number() != parent.number:
            raise LakeError(
                f"{self.path}: the lake moved on while a commit was prepared", "Run the same command again."
            )
        after = Snapshot(parent.number + 1, parent.number, _now(), tuple(batches), tuple(files))
        for source in staged.values():
            for file in (source, *source.iterdir()) if source.is_dir() else (source,):
                durable.sync(file)
        pending = {"number": after.number, "paths": sorted(staged)}
        try:
            durable.write_text(self.path / "pending.json", json.dumps(pending))
            for relative, source in staged.items():
                target = self.path / relative
                durable.make_folder(target.parent)
                os.replace(source, target)  # noqa: PTH105
                durable.sync_folder(target.parent)
            durable.write_text(_manifest(self.path, after.number), encode(after))
            durable.write_text(self.path / "HEAD", f"{after.number}\n")  # from here on it is true
        finally:
            self._settle_pending()
        return after

    def vacuum(self, keep: int = 30) -> int:
        """Forget all but the newest ``keep`` snapshots and delete the data files only they used.

        Returns the number of data files deleted. Readers of a snapshot that is forgotten lose it.
        """
        if keep < 1:
            raise ValueError("keep at least the current snapshot")
        with self.writing():
            numbers = sorted(int(m.stem) for m in (self.path / "snapshots").glob("*.json"))
            used = {f.path for n in numbers[-keep:] for f in self.snapshot(n).files}
            for number in numbers[:-keep]:
                _manifest(self.path, number).unlink()
            durable.sync_folder(self.path / "snapshots")
            unused = [
                f for f in (self.path / "data").rglob("*.parquet") if f.relative_to(self.path).as_posix() not in used
            ]
            for file in unused:
                file.unlink()
            return len(unused)

    def _head_number(self) -> int:
        head = self.path / "HEAD"
        try:
            return int(head.read_text("utf-8"))
        except FileNotFoundError:
            raise LakeError(f"{head}: missing", _restore_head(self.path)) from None
        except ValueError:
            raise LakeError(f"{head}: damaged, it holds no number", _restore_head(self.path)) from None

    def _sweep(self) -> None:
        """Take away what a writer that was killed left behind."""
        self._settle_pending()
        if (self.path / "staging").exists():
            shutil.rmtree(self.path / "staging")
        for unfinished in (*self.path.glob(f"*{durable.UNFINISHED}"), *self.path.glob(f"*/*{durable.UNFINISHED}")):
            unfinished.unlink(missing_ok=True)

    def _settle_pending(self) -> None:
        """End a commit: if it became true nothing is to do, else what it had moved in is taken out again."""
        pending = self.path / "pending.json"
        if not pending.exists():
            return
        left = json.loads(pending.read_text("utf-8"))
        if left["number"] > self._head_number():
            for relative in left["paths"]:
                orphan = self.path / relative
                shutil.rmtree(orphan) if orphan.is_dir() else orphan.unlink(missing_ok=True)
            _manifest(self.path, left["number"]).unlink(missing_ok=True)
        pending.unlink()


def undo(lake: Lake, batch_id: str) -> Snapshot:
    """Take a batch out of the lake again, as a new snapshot.

    If it had corrected an earlier batch, that one is true again, unless it has been vacuumed away.
    ``LakeError`` if the lake has no such batch. Later batches that refer to its rows stay as they are.
    """
    with lake.writing():
        head = lake.head()
        try:
            batch = head.batch(batch_id)
        except KeyError:
            known = ", ".join(b.id for b in head.batches[-5:]) or "none"
            raise LakeError(
                f"{lake.path}: no batch {batch_id}", f"List them with `tenure ingest --list`; the last ones: {known}."
            ) from None
        batches, files = head.without(batch_id)
        if batch.corrects is not None:
            earlier = _find(lake, head, batch.corrects)
            if earlier is not None:
                batches = (*batches, earlier.batch(batch.corrects))
                files = (*files, *(f for f in earlier.files if f.batch == batch.corrects))
        return lake.commit(head, sorted(batches, key=lambda b: b.sequence), files, {})


def _find(lake: Lake, head: Snapshot, batch_id: str) -> Snapshot | None:
    """The newest snapshot still there that lists ``batch_id``."""
    snapshot = head
    while snapshot.parent is not None and _manifest(lake.path, snapshot.parent).exists():
        snapshot = lake.snapshot(snapshot.parent)
        if any(b.id == batch_id for b in snapshot.batches):
            return snapshot
    return None


_OWN_NAMES = {"snapshots", "data", "quarantine", "derived", "HEAD", "HEAD.tmp", "lake.json.tmp", "lock", "staging"}


def _manifest(root: Path, number: int) -> Path:
    return root / "snapshots" / f"{number:08d}.json"


def _restore_head(root: Path) -> str:
    numbers = sorted(int(m.stem) for m in (root / "snapshots").glob("*.json"))
    newest = numbers[-1] if numbers else 0
    return f"Restore it from your backup, or write the newest snapshot's number ({newest}) into it."


def _holder(lock: str) -> str:
    try:
        held = json.loads(Path(lock).read_text("utf-8"))
        return f"process {held['pid']}, since {held['since']}"
    except (ValueError, KeyError, OSError):
        return "process unknown"


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")
