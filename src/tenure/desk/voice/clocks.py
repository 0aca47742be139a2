"""How long something may take, and how long it has taken. Pure: no Django, no clock of its own.

Three clocks run over one and the same time:

- ``WALL``: every hour counts, nights and holidays too. The customer's patience knows no weekend (S22).
- ``WORKING``: only the bank's working hours count.
- ``DAYS``: whole calendar days in the bank's time zone, the day of receipt not counted, as the rules on complaints
  count them. It ticks at midnight: 15 days run out with the end of the 15th day after the receipt.

A pause takes out what the clock would have counted while it lasted. A pause that has not ended makes what lies beyond
it unknown: a deadline is None then. Moments are instants (aware); whatever the zone they are written in, only the
calendar's zone says which hour and which day it is. Daylight saving is exact: an instant is worked if the clock on the
branch's wall reads a working hour at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

#: From when to when, in minutes after midnight; 1,440 is the end of the day.
Hours = tuple[tuple[int, int], ...]
#: From when, and until when; None: it has not ended.
Pause = tuple[datetime, datetime | None]
#: Nobody waits longer: beyond it a calendar has no working hours at all.
LONGEST = timedelta(days=366 * 20)
_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_SECOND = timedelta(seconds=1)


class Kind(StrEnum):
    """What a clock counts."""

    WALL = "wall"
    WORKING = "working"
    DAYS = "days"


def _no_leave(day: date) -> bool:
    return False


@dataclass(frozen=True)
class Calendar:
    """When the bank works.

    Args:
        zone: the time zone of its branches.
        hours: working hours of each weekday, 0 Monday to 6 Sunday; a weekday that is missing is off.
        holidays: days off beyond those that ``leave`` says.
        worked: days that are worked although they would be off, with the hours of their weekday, or of the first
            weekday that has any.
        leave: whether a day is one of the law's days of leave.
    """

    zone: tzinfo
    hours: Mapping[int, Hours] = field(
        default_factory=lambda: dict.fromkeys(range(5), ((9 * 60, 12 * 60), (13 * 60, 17 * 60)))
    )
    holidays: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    leave: Callable[[date], bool] = _no_leave

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        if day in self.worked:
            return True
        return bool(self.hours.get(day.weekday())) and day not in self.holidays and not self.leave(day)

    def hours_of(self, day: date) -> Hours:
        """The working hours of ``day``; none on a day off."""
        if not self.works(day):
            return ()
        usual = self.hours.get(day.weekday())
        return usual or next((self.hours[n] for n in sorted(self.hours) if self.hours[n]), ())

    def working_day(self, day: date, after: int) -> date:
        """The ``after``-th working day after ``day``, which is not counted itself.

        Raises:
            ValueError: the calendar has not so many.
        """
        last = day + LONGEST
        while after > 0:
            day += _DAY
            if day > last:
                raise ValueError("the calendar has no working days")
            after -= self.works(day)
        return day

    def day_of(self, at: datetime) -> date:
        """The bank's day at an instant."""
        return at.astimezone(self.zone).date()

    def begin(self, day: date) -> datetime:
        """The first instant of ``day``; where the clock jumps over midnight, that of the jump."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def worked_times(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working time of ``day`` as instants, in order; what the wall's clock reads decides."""
        for first, last, offset in self._pieces(day):
            # On this piece of the day the clock runs as usual: its reading is the instant plus ``offset``.
            midnight = datetime.combine(day, time.min, UTC) - offset
            for begin, end in sorted(self.hours_of(day)):
                low = max(first, midnight + timedelta(minutes=begin))
                high = min(last, midnight + timedelta(minutes=end))
                if low < high:
                    yield low, high

    def _pieces(self, day: date) -> list[tuple[datetime, datetime, timedelta]]:
        """The day in pieces on which the zone's offset stays: one, or two where daylight saving begins or ends."""
        first, last = self.begin(day), self.begin(day + _DAY)
        if first >= last:  # a day the zone left out
            return []
        before, after = self._offset(first), self._offset(last - _SECOND)
        if before == after:
            return [(first, last, before)]
        low, high = 0, int((last - first) / _SECOND)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._offset(first + middle * _SECOND) == before else (low, middle)
        change = first + high * _SECOND
        return [(first, change, before), (change, last, after)]

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or _NOTHING


def elapsed(kind: Kind, started: datetime, at: datetime, pauses: Iterable[Pause], calendar: Calendar) -> timedelta:
    """What the clock has counted from ``started`` to ``at``; whole days for ``DAYS``; never below nothing."""
    total = _NOTHING
    for low, high in _counted(kind, _utc(started), _joined(pauses), calendar, until=_utc(at)):
        total += _DAY if kind is Kind.DAYS else high - low
    return total


def deadline(
    kind: Kind, started: datetime, allowance: timedelta, pauses: Iterable[Pause], calendar: Calendar
) -> datetime | None:
    """The first instant at which the clock has counted ``allowance``; None while an open pause lies before it.

    Raises:
        ValueError: a negative allowance, no whole days for ``DAYS``, or a calendar without working hours.
    """
    if allowance < _NOTHING or (kind is Kind.DAYS and allowance % _DAY):
        raise ValueError(f"no {kind} clock allows {allowance}")
    if allowance == _NOTHING:
        return _utc(started)
    left, begun = allowance, _utc(started)
    stopped = _joined(pauses)
    is_open = bool(stopped) and stopped[-1][1] is None
    for low, high in _counted(kind, begun, stopped, calendar, until=None):
        step = _DAY if kind is Kind.DAYS else high - low
        if step >= left:
            return low if kind is Kind.DAYS else low + left
        left -= step
    if is_open:
        return None
    raise ValueError("the calendar has no working hours")


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone is no instant")
    return at.astimezone(UTC)


def _joined(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order, those that overlap or touch as one; at most the last one is open."""
    joined: list[Pause] = []
    spans = [(_utc(begin), None if end is None else _utc(end)) for begin, end in pauses]
    for begin, end in sorted(spans, key=lambda one: one[0]):
        if end is not None and end <= begin:
            continue
        if joined and (joined[-1][1] is None or begin <= joined[-1][1]):
            before = joined[-1][1]
            joined[-1] = (joined[-1][0], None if before is None or end is None else max(before, end))
        else:
            joined.append((begin, end))
    return joined


def _counted(
    kind: Kind, started: datetime, pauses: Sequence[Pause], calendar: Calendar, until: datetime | None
) -> Iterator[tuple[datetime, datetime]]:
    """What the clock counts after ``started``, in order: spans of time, or for ``DAYS`` the midnights it ticks at."""
    last = pauses[-1][0] if pauses and pauses[-1][1] is None else None
    end = min((one for one in (until, last) if one is not None), default=None)
    if kind is Kind.DAYS:
        for tick in _midnights(started, calendar, started + LONGEST if until is None else until):
            if not any(begin <= tick and (stop is None or tick < stop) for begin, stop in pauses):
                yield tick, tick
            elif last is not None and tick >= last:
                return
        return
    far = started + LONGEST if end is None else end
    spans = [(started, far)] if kind is Kind.WALL else _worked(started, far, calendar)
    for low, high in spans:
        yield from _without(max(low, started), min(high, far), pauses)


def _midnights(started: datetime, calendar: Calendar, until: datetime) -> Iterator[datetime]:
    """The ends of the days after the day of ``started``, up to ``until``."""
    day = calendar.day_of(started) + 2 * _DAY
    while (tick := calendar.begin(day)) <= until:
        if tick > calendar.begin(day - _DAY):
            yield tick
        day += _DAY


def _worked(started: datetime, until: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    day, last = calendar.day_of(started), calendar.day_of(until)
    while day <= last:
        yield from calendar.worked_times(day)
        day += _DAY


def _without(low: datetime, high: datetime, pauses: Sequence[Pause]) -> Iterator[tuple[datetime, datetime]]:
    """The span without the pauses in it."""
    for begin, stop in pauses:
        if low >= high:
            return
        if stop is not None and stop <= low:
            continue
        if begin >= high:
            break
        if low < begin:
            yield low, begin
        if stop is None:
            return
        low = max(low, stop)
    if low < high:
        yield low, high
