"""How long work tells what it is doing. Libraries report; the command line draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Task(Protocol):
    """One long step under way."""

    def advance(self, amount: float = 1) -> None:
        """Say that ``amount`` more of the total is done."""

    def total(self, amount: float) -> None:
        """Say how much there is to do, once it is known."""


class Progress(Protocol):
    """Where long work reports to."""

    def task(self, label: str, total: float | None = None) -> AbstractContextManager[Task]:
        """Begin a step named ``label``; ``total`` is ``None`` while unknown."""


class _Quiet:
    def advance(self, amount: float = 1) -> None:
        pass

    def total(self, amount: float) -> None:
        pass

    @contextmanager
    def task(self, label: str, total: float | None = None) -> Iterator[Task]:
        yield self


#: Reports nowhere: the default of every library function.
QUIET: Progress = _Quiet()
