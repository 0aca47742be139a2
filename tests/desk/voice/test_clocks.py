"""Clocks against an oracle that looks at every minute, and the laws they keep."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.desk.voice.clocks import Calendar, Hours, Kind, Pause, deadline, elapsed

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: Where nothing is moved, where an hour is at 2 or 3 o'clock, at midnight itself (Havana, São Paulo until 2019), by
#: half an hour (Lord Howe), and a zone with odd minutes.
ZONES = [
    "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Havana", "America/Sao_Paulo",
    "Australia/Lord_Howe", "Asia/Kathmandu", "UTC",
]  # fmt: skip
#: Around changes of the clock in those zones, a new year and a leap day.
STARTS = [
    datetime(2018, 11, 3, 12), datetime(2018, 2, 17, 12), datetime(2024, 3, 9, 20), datetime(2024, 3, 30, 12),
    datetime(2024, 10, 5, 6), datetime(2024, 10, 26, 12), datetime(2024, 11, 2, 12), datetime(2024, 12, 30, 20),
    datetime(2024, 2, 27, 12), datetime(2026, 2, 13, 4),
]  # fmt: skip
DAYTIME: Hours = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
NIGHT: Hours = ((0, 6 * 60 + 30), (22 * 60, 24 * 60))

minutes = st.integers(0, 6 * 1440).map(lambda n: n * MINUTE)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    week = {day: draw(st.sampled_from([DAYTIME, NIGHT, ((0, 1440),), ((95, 200),)])) for day in range(5)}
    off = draw(st.frozensets(st.integers(-2, 9), max_size=4))
    on = draw(st.frozensets(st.integers(-2, 9), max_size=2))
    base = draw(st.sampled_from(STARTS)).date()
    return Calendar(zone, week, frozenset(base + n * DAY for n in off), frozenset(base + n * DAY for n in on))


@st.composite
def cases(draw: st.DrawFn) -> tuple[datetime, list[Pause], Calendar]:
    calendar = draw(calendars())
    started = draw(st.sampled_from(STARTS)).replace(tzinfo=UTC) + draw(st.integers(0, 1440)) * MINUTE
    begins = draw(st.lists(st.tuples(minutes, minutes), max_size=3))
    pauses: list[Pause] = [(started + begin - DAY, started + begin + length - DAY) for begin, length in begins]
    return started, pauses, calendar


def paused(at: datetime, pauses: list[Pause]) -> bool:
    return any(begin <= at and (end is None or at < end) for begin, end in pauses)


def oracle(kind: Kind, started: datetime, at: datetime, pauses: list[Pause], calendar: Calendar) -> timedelta:
    """What each minute says by itself."""
    count, now, first = 0, started, started.astimezone(calendar.zone).date()
    while now < at:
        local = now.astimezone(calendar.zone)
        if kind is Kind.DAYS:
            after = now + MINUTE
            ends_a_day = local.date() < after.astimezone(calendar.zone).date()
            count += ends_a_day and local.date() > first and not paused(after, pauses)
        elif not paused(now, pauses):
            reading = local.hour * 60 + local.minute
            in_hours = any(low <= reading < high for low, high in calendar.hours_of(local.date()))
            count += kind is Kind.WALL or in_hours
        now += MINUTE
    return count * (DAY if kind is Kind.DAYS else MINUTE)


@pytest.mark.parametrize("kind", Kind)
@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 5 * 1440))
def test_a_clock_counts_what_every_minute_says(
    kind: Kind, case: tuple[datetime, list[Pause], Calendar], after: int
) -> None:
    started, pauses, calendar = case
    at = started + after * MINUTE
    assert elapsed(kind, started, at, pauses, calendar) == oracle(kind, started, at, pauses, calendar)


def allowed(kind: Kind, n: int) -> timedelta:
    return n % 9 * DAY if kind is Kind.DAYS else n * MINUTE + timedelta(seconds=n % 60)


@pytest.mark.parametrize("kind", Kind)
@given(cases(), st.integers(0, 3000))
def test_at_the_deadline_the_allowance_has_just_run_out(
    kind: Kind, case: tuple[datetime, list[Pause], Calendar], n: int
) -> None:
    started, pauses, calendar = case
    allowance = allowed(kind, n)
    due = deadline(kind, started, allowance, pauses, calendar)
    assert due is not None
    assert elapsed(kind, started, due, pauses, calendar) == allowance
    if allowance:
        assert elapsed(kind, started, due - timedelta(microseconds=1), pauses, calendar) < allowance


@pytest.mark.parametrize("kind", Kind)
@given(cases(), st.integers(0, 3000), minutes, minutes)
def test_a_pause_delays_by_exactly_what_the_clock_would_have_counted_in_it(
    kind: Kind, case: tuple[datetime, list[Pause], Calendar], n: int, begin: timedelta, length: timedelta
) -> None:
    started, pauses, calendar = case
    allowance = allowed(kind, n)
    one: Pause = (started + begin, started + begin + length)
    held = elapsed(kind, started, one[1], pauses, calendar) - elapsed(kind, started, one[0], pauses, calendar)
    if kind is Kind.DAYS:  # a tick belongs to the pause it opens, not to the one it ends
        held = sum(
            (DAY for tick in _ticks(started, one[1] + DAY, pauses, calendar) if one[0] <= tick < one[1]), timedelta(0)
        )
    before = deadline(kind, started, allowance, pauses, calendar)
    after = deadline(kind, started, allowance, [*pauses, one], calendar)
    assert before is not None and after is not None and after >= before
    if not allowance:
        assert after == before == started  # what needs no time is due at once
    elif before > one[0] or (kind is Kind.DAYS and before >= one[0]):
        assert after == deadline(kind, started, allowance + held, pauses, calendar)
    if before <= one[0] and kind is not Kind.DAYS:
        assert after == before


def _ticks(started: datetime, until: datetime, pauses: list[Pause], calendar: Calendar) -> list[datetime]:
    n, found = 1, []
    while (tick := deadline(Kind.DAYS, started, n * DAY, pauses, calendar)) is not None and tick <= until:
        found.append(tick)
        n += 1
    return found


@pytest.mark.parametrize("kind", Kind)
@given(cases(), minutes, minutes)
def test_a_clock_never_runs_backwards_and_more_time_is_never_sooner(
    kind: Kind, case: tuple[datetime, list[Pause], Calendar], one: timedelta, other: timedelta
) -> None:
    started, pauses, calendar = case
    low, high = sorted((one, other))
    first = elapsed(kind, started, started + low, pauses, calendar)
    assert timedelta(0) <= first <= elapsed(kind, started, started + high, pauses, calendar)
    least, most = (span // DAY * DAY if kind is Kind.DAYS else span for span in (low, high))
    sooner = deadline(kind, started, least, pauses, calendar)
    later = deadline(kind, started, most, pauses, calendar)
    assert sooner is not None and later is not None and sooner <= later


@pytest.mark.parametrize("kind", Kind)
@given(cases(), minutes, st.integers(1, 3000))
def test_beyond_an_open_pause_nothing_is_known_and_before_it_everything(
    kind: Kind, case: tuple[datetime, list[Pause], Calendar], begin: timedelta, n: int
) -> None:
    started, pauses, calendar = case
    allowance = allowed(kind, n) or DAY
    still = deadline(kind, started, allowance, pauses, calendar)
    due = deadline(kind, started, allowance, [*pauses, (started + begin, None)], calendar)
    assert still is not None
    reached = still < started + begin if kind is Kind.DAYS else still <= started + begin
    assert due == (still if reached else None)
    frozen = elapsed(kind, started, started + begin + 3 * DAY, [*pauses, (started + begin, None)], calendar)
    assert frozen <= elapsed(kind, started, started + begin, pauses, calendar)


SHANGHAI = Calendar(ZoneInfo("Asia/Shanghai"))


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_a_customer_unhappy_on_friday_night_is_called_by_saturday_night() -> None:
    assert deadline(Kind.WALL, at("2026-11-27T21:00"), timedelta(hours=24), [], SHANGHAI) == at("2026-11-28T21:00")


def test_four_working_hours_from_friday_afternoon_end_on_monday_morning() -> None:
    due = deadline(Kind.WORKING, at("2026-11-27T15:00"), timedelta(hours=4), [], SHANGHAI)
    assert due == at("2026-11-30T11:00")


def test_a_weekend_worked_before_a_festival_counts_and_the_festival_does_not() -> None:
    calendar = Calendar(
        ZoneInfo("Asia/Shanghai"), holidays=frozenset({date(2026, 11, 30)}), worked=frozenset({date(2026, 11, 28)})
    )
    due = deadline(Kind.WORKING, at("2026-11-27T15:00"), timedelta(hours=10), [], calendar)
    assert due == at("2026-12-01T10:00")
    assert calendar.working_day(date(2026, 11, 27), 2) == date(2026, 12, 1)


def test_fifteen_days_end_with_the_fifteenth_day_after_the_receipt_at_whatever_hour_it_came() -> None:
    for hour in ("00:00", "12:00", "23:59"):
        due = deadline(Kind.DAYS, at(f"2026-11-01T{hour}"), 15 * DAY, [], SHANGHAI)
        assert due == at("2026-11-17T00:00")


def test_a_day_of_23_hours_has_an_hour_less_at_night_and_none_less_at_the_counter() -> None:
    berlin = Calendar(ZoneInfo("Europe/Berlin"), dict.fromkeys(range(7), DAYTIME))
    at_night = Calendar(ZoneInfo("Europe/Berlin"), dict.fromkeys(range(7), ((0, 360),)))
    begin, end = at("2024-03-31T00:00", "Europe/Berlin"), at("2024-04-01T00:00", "Europe/Berlin")
    assert elapsed(Kind.WORKING, begin, end, [], berlin) == timedelta(hours=7)
    assert elapsed(Kind.WORKING, begin, end, [], at_night) == timedelta(hours=5)
    assert elapsed(Kind.WALL, begin, end, [], berlin) == timedelta(hours=23)


def test_overlapping_pauses_are_counted_once() -> None:
    started = at("2026-11-23T09:00")
    pauses = [
        (started + timedelta(hours=1), started + timedelta(hours=3)),
        (started + timedelta(hours=2), started + timedelta(hours=4)),
    ]
    assert deadline(Kind.WALL, started, timedelta(hours=2), pauses, SHANGHAI) == started + timedelta(hours=5)


def test_a_bank_that_never_works_has_no_deadline_to_name() -> None:
    with pytest.raises(ValueError, match="no working hours"):
        deadline(Kind.WORKING, at("2026-11-23T09:00"), timedelta(hours=1), [], Calendar(ZoneInfo("UTC"), {}))
    with pytest.raises(ValueError, match="allows"):
        deadline(Kind.DAYS, at("2026-11-23T09:00"), timedelta(hours=1), [], SHANGHAI)
    with pytest.raises(ValueError, match="time zone"):
        deadline(Kind.WALL, datetime(2026, 1, 1), timedelta(hours=1), [], SHANGHAI)
