"""A step of parts says how far it is while it runs, and afterwards which part took longest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tenure.nightly import steps


class Bar:
    """A progress that counts how far its only task came."""

    def __init__(self) -> None:
        self.wanted: float | None = None
        self.done = 0.0

    def advance(self, amount: float = 1) -> None:
        self.done += amount

    def total(self, amount: float) -> None:
        self.wanted = amount

    @contextmanager
    def task(self, label: str, total: float | None = None) -> Iterator[Bar]:
        self.wanted = total
        yield self


@pytest.mark.parametrize(("seconds", "note"), [(41.0, "longest: trap, 41 s"), (3.0, None)])
def test_a_step_of_parts_moves_its_bar_and_names_a_part_that_took_long(
    monkeypatch: pytest.MonkeyPatch, seconds: float, note: str | None
) -> None:
    bar, clock = Bar(), [0.0]
    monkeypatch.setattr(steps.time, "monotonic", lambda: clock[0])
    log = steps.StepLog(bar)
    with log.step("insight", 2) as step:
        for name, took in (("value", 1.0), ("trap", seconds)):
            with step.part(name):
                clock[0] += took
            assert bar.wanted == 2
        assert bar.done == 2
    (row,) = log.rows("run")
    assert (row["seconds"], row["note"]) == (seconds + 1, note)
    assert steps.decode(steps.encode([row]))[0]["began_at"] == row["began_at"]


def test_a_step_that_fails_is_not_in_the_log() -> None:
    log = steps.StepLog()
    with pytest.raises(ValueError, match="broken"), log.step("insight", 1) as step, step.part("value"):
        raise ValueError("broken")
    assert not log.steps
