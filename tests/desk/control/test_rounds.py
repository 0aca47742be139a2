"""What wakes up by itself is done round after round, and one part that fails hinders no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.module_loading import import_string

from desk.small_bank import SmallBank
from tenure.desk.control.jobs import rounds

DONE: list[str] = []


def fails(now: Any) -> None:
    raise RuntimeError("the database is away")


def works(now: Any) -> None:
    DONE.append("done")


def test_one_that_fails_hinders_no_other(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "ROUNDS", ((f"{__name__}.fails", f"{__name__}.works"),))
    monkeypatch.setattr(rounds.connection, "close", lambda: None)
    rounds.keep_up(once=True)
    assert DONE == ["done"]


def test_everything_named_is_there() -> None:
    assert all(callable(import_string(path)) for paths in rounds.ROUNDS for path in paths)
