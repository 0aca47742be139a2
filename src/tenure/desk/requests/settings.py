"""The bank's settings of requests: ``requests.toml`` in TENURE_HOME, every key with a default.

[clock]
working_days = 15              # to answer, after the day of receipt (PIPL: without delay; the usual promise is 15)
                               # which days are worked, calendar.toml says (voice.bank_calendar)

[copy]
days = 7                       # how long a copy can be fetched
notes = false                  # whether staff's own notes are in it

[retention.contacts]           # identification, transactions, complaints, contacts, statements, consents, requests,
years = 3                      # suitability, none
zh = "…"                       # the legal reason, in both languages
en = "…"
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tenure.desk.kit.bank_files import told_in
from tenure.desk.requests.rules import RETENTION, Retention, Settings
from tenure.errors import SetupError


@cache
def settings_of(home: Path) -> Settings:
    """The bank's settings: the defaults, changed by ``requests.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such key, or a value it cannot have.
    """
    path = Path(home) / "requests.toml"
    told = told_in(path)
    _only(path, "", told, ("clock", "copy", "retention"))
    clock, copy, kept = (told.get(name, {}) for name in ("clock", "copy", "retention"))
    if isinstance(clock, dict) and {"holidays", "worked"} & set(clock):
        raise SetupError(
            f"{path}: the bank has one calendar, and it is not here.",
            "Move holidays and worked to [days] in calendar.toml.",
        )
    _only(path, "clock", clock, ("working_days",))
    _only(path, "copy", copy, ("days", "notes"))
    _only(path, "retention", kept, tuple(RETENTION))
    usual = Settings()
    return Settings(
        working_days=_whole(path, "working_days", clock.get("working_days", usual.working_days), 1, 60),
        copy_days=_whole(path, "days", copy.get("days", usual.copy_days), 1, 90),
        give_notes=copy.get("notes", False) is True,
        retention={name: _rule(path, name, kept.get(name, {})) for name in RETENTION},
    )


def _only(path: Path, where: str, told: Any, known: tuple[str, ...]) -> None:
    strange = sorted(set(told) - set(known)) if isinstance(told, dict) else [str(told)]
    if strange:
        raise SetupError(f"{path}: [{where}] has no {strange[0]}.", f"It has: {', '.join(known)}.")


def _whole(path: Path, key: str, value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise SetupError(f"{path}: {key} = {value!r} cannot be.", f"Write a whole number from {low} to {high}.")
    return value


def _rule(path: Path, name: str, told: Any) -> Retention:
    _only(path, f"retention.{name}", told, ("years", "zh", "en"))
    usual = RETENTION[name]
    years = _whole(path, f"retention.{name}.years", told.get("years", usual.years), 0, 100)
    return replace(usual, years=years, zh=str(told.get("zh", usual.zh)), en=str(told.get("en", usual.en)))
