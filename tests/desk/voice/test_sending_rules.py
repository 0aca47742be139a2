"""Waiting, and the hours in which the bank keeps still."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.desk.voice.sending.rules import Patience, Quiet, allowed_from, discreet, wait_after

ZONES = st.sampled_from([ZoneInfo(z) for z in ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))


@given(MOMENTS, HOURS, HOURS, ZONES)
def test_nothing_is_sent_in_quiet_hours_and_nothing_waits_longer_than_they_last(
    at: datetime, begins: time, ends: time, zone: ZoneInfo
) -> None:
    quiet = Quiet(begins, ends, frozenset({"sms"}))
    moment = allowed_from(at, "sms", quiet, zone)
    assert at <= moment <= at + timedelta(hours=25)
    assert not quiet.covers(moment.astimezone(zone).time())
    assert allowed_from(moment, "sms", quiet, zone) == moment
    assert allowed_from(at, "email", quiet, zone) == at
    if not quiet.covers(at.astimezone(zone).time()):
        assert moment == at


def test_a_message_of_ten_at_night_goes_at_eight_in_the_morning() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    late = datetime(2026, 3, 31, 22, 10, tzinfo=zone)
    assert allowed_from(late, "sms", Quiet(), zone) == datetime(2026, 4, 1, 8, 0, tzinfo=zone)
    assert allowed_from(datetime(2026, 4, 1, 7, 59, tzinfo=zone), "sms", Quiet(), zone).hour == 0  # 08:00 there, in UTC


@given(st.integers(1, 60), st.integers(1, 50), st.integers(1, 3600), st.integers(1, 604_800))
def test_waits_grow_to_a_limit_and_end(tries: int, most: int, first: int, longest: int) -> None:
    patience = Patience(most, first, longest)
    wait, following = wait_after(tries, patience), wait_after(tries + 1, patience)
    assert (wait is None) == (tries >= most)
    if wait is not None:
        assert wait <= timedelta(seconds=longest)
        assert following is None or following >= wait


@pytest.mark.parametrize("said", ["550 <zhang@x.cn> unknown", "no such number 13812345678", "+86 138 1234 5678 off"])
def test_what_a_sender_says_is_kept_without_who_it_was_about(said: str) -> None:
    kept = discreet(said)
    assert "zhang" not in kept and "1234" not in kept and "…" in kept
