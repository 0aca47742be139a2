"""The bank's one calendar, and what its file may say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.desk.voice.bank_calendar import calendar_of, leave
from tenure.desk.voice.clocks import Calendar
from tenure.errors import SetupError

DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
ZONE = ZoneInfo("Asia/Shanghai")


def test_fifteen_working_days_are_three_weeks_where_nobody_is_off() -> None:
    assert Calendar(ZONE).working_day(date(2026, 6, 1), 15) == date(2026, 6, 22)


def test_leave_prolongs_the_time_and_a_worked_weekend_shortens_it() -> None:
    received = date(2026, 9, 25)  # the National Day's three days of leave, 1 and 2 October on weekdays
    plain = Calendar(ZONE).working_day(received, 15)
    assert Calendar(ZONE, leave=leave).working_day(received, 15) > plain
    assert Calendar(ZONE, worked=frozenset({date(2026, 9, 26)})).working_day(received, 15) < plain


@given(DAYS, st.integers(1, 60))
def test_an_answer_is_due_on_a_working_day_after_as_many_of_them(received: date, working_days: int) -> None:
    due = Calendar(ZONE, leave=leave).working_day(received, working_days)
    between = (received + timedelta(days=n + 1) for n in range((due - received).days))
    assert sum(day.weekday() < 5 and not leave(day) for day in between) == working_days
    assert due.weekday() < 5 and not leave(due)


def test_the_bank_says_when_it_works(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text(
        '[hours]\nsaturday = ["13:30-15:00", "09:00-12:00"]\nfriday = []\n[days]\nholidays = [2026-06-01]\n'
    )
    chosen = calendar_of(tmp_path)
    assert chosen.hours_of(date(2026, 6, 6)) == ((540, 720), (810, 900))
    assert not chosen.works(date(2026, 6, 5)) and not chosen.works(date(2026, 6, 1))
    assert chosen.hours_of(date(2026, 6, 2)) == ((540, 720), (780, 1020))
    assert not chosen.works(date(2026, 10, 1))


@pytest.mark.parametrize(
    "told",
    ['[hours]\nmonday = ["17:00-09:00"]', '[hours]\nmonday = ["09:00-12:00", "11:00-17:00"]', "[hours]\nmonday = 8",
     "[days]\nholidays = ['soon']", "[nights]\nmonday = []", '[hours]\nmonday = ["09:00-25:00"]'],
)  # fmt: skip
def test_hours_and_days_that_cannot_be_are_refused(tmp_path: Path, told: str) -> None:
    (tmp_path / "calendar.toml").write_text(told)
    with pytest.raises(SetupError):
        calendar_of(tmp_path)
