"""The steps of a night: their names, how long each took, what it read and wrote."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenure.progress import QUIET, Progress, Task

#: A note longer than this is cut; the contract's column holds no more.
_NOTE = 500
#: A part that took so many seconds is named in the step's note, if none took longer.
_LONG = 10.0


@dataclass
class Step:
    """One step under way or done; the work fills in rows and note."""

    step: str
    began_at: datetime
    seconds: float = 0.0
    rows_read: int | None = None
    rows_written: int | None = None
    note: str = ""
    task: Task | None = field(default=None, repr=False)
    parts: dict[str, float] = field(default_factory=dict, repr=False)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time one of the parts that the step was begun with; the bar moves on."""
        clock = time.monotonic()
        yield
        self.parts[name] = time.monotonic() - clock
        if self.task is not None:
            self.task.advance()

    def read(self, rows: int) -> None:
        """Count rows read."""
        self.rows_read = (self.rows_read or 0) + rows

    def wrote(self, rows: int) -> None:
        """Count rows written."""
        self.rows_written = (self.rows_written or 0) + rows

    def say(self, note: str) -> None:
        """Add to the note."""
        self.note = f"{self.note}; {note}"[:_NOTE] if self.note else note[:_NOTE]


@dataclass
class StepLog:
    """The steps of one night, in order."""

    progress: Progress = QUIET
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, parts: int | None = None) -> Iterator[Step]:
        """Time one step of so many ``parts``; it stands in the log only when it has ended well."""
        began, clock = datetime.now().replace(microsecond=0), time.monotonic()
        with self.progress.task(name, parts) as task:
            under_way = Step(name, began, task=task)
            yield under_way
        under_way.seconds = round(time.monotonic() - clock, 3)
        if under_way.parts:
            longest, seconds = max(under_way.parts.items(), key=lambda part: part[1])
            if seconds >= _LONG:
                under_way.say(f"longest: {longest}, {seconds:.0f} s")
        self.steps.append(under_way)

    @property
    def seconds(self) -> float:
        """Seconds of all steps together."""
        return round(sum(step.seconds for step in self.steps), 3)

    def rows(self, run_id: str) -> list[dict[str, Any]]:
        """The steps as rows of the publication's ``night_step``."""
        return [
            {
                "run_id": run_id,
                "position": position,
                **{name: getattr(step, name) for name in ("step", "began_at", "seconds", "rows_read", "rows_written")},
                "note": step.note or None,
            }
            for position, step in enumerate(self.steps, 1)
        ]


def encode(rows: list[dict[str, Any]]) -> str:
    """Rows of ``night_step`` as JSON."""
    return json.dumps(rows, default=str, ensure_ascii=False)


def decode(text: str) -> list[dict[str, Any]]:
    """The inverse of :func:`encode`."""
    return [{**row, "began_at": datetime.fromisoformat(row["began_at"])} for row in json.loads(text)]
