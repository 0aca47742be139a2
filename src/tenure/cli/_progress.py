"""Progress bars on a terminal; one line a step where there is none."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from tenure.progress import Task


class TerminalProgress:
    """Draws a bar per step; use as a context manager around the long work."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars: Bars | None = None

    def __enter__(self) -> TerminalProgress:
        if sys.stderr.isatty():
            self._bars = Bars(
                SpinnerColumn(finished_text="[green]✓"),
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self._console,
            )
            self._bars.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    @contextmanager
    def task(self, label: str, total: float | None = None) -> Iterator[Task]:
        """One step: a bar on a terminal, else a line when it ends."""
        began = time.monotonic()
        if self._bars is None:
            yield _Line()
            self._console.print(f"  ✓ {label}  {time.monotonic() - began:.1f} s", highlight=False)
            return
        bars, bar = self._bars, self._bars.add_task(label, total=total)
        yield _Bar(bars, bar)
        known = bars.tasks[bar].total
        bars.update(bar, total=known or 1, completed=known or 1)


class _Line:
    def advance(self, amount: float = 1) -> None:
        pass

    def total(self, amount: float) -> None:
        pass


class _Bar:
    def __init__(self, bars: Bars, bar: object) -> None:
        self._bars, self._bar = bars, bar

    def advance(self, amount: float = 1) -> None:
        self._bars.advance(self._bar, amount)  # type: ignore[arg-type]

    def total(self, amount: float) -> None:
        self._bars.update(self._bar, total=amount)  # type: ignore[arg-type]
