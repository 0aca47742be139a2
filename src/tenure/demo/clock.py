"""The bank's calendar: the months of the history, working days, Spring Festival, and when people shop.

Days are counted from 1970-01-01 as in NumPy's ``datetime64[D]``; ``NEVER`` is a day that does not come.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
NEVER = 1_000_000

#: New Year's Day of the lunar calendar (Hong Kong Observatory's conversion table).
SPRING_FESTIVALS = tuple(
    date.fromisoformat(d)
    for d in [
        "2008-02-07",
        "2009-01-26",
        "2010-02-14",
        "2011-02-03",
        "2012-01-23",
        "2013-02-10",
        "2014-01-31",
        "2015-02-19",
        "2016-02-08",
        "2017-01-28",
        "2018-02-16",
        "2019-02-05",
        "2020-01-25",
        "2021-02-12",
        "2022-02-01",
        "2023-01-22",
        "2024-02-10",
        "2025-01-29",
        "2026-02-17",
        "2027-02-06",
        "2028-01-26",
        "2029-02-13",
        "2030-02-03",
        "2031-01-23",
        "2032-02-11",
        "2033-01-31",
        "2034-02-19",
        "2035-02-08",
        "2036-01-28",
        "2037-02-15",
        "2038-02-04",
        "2039-01-24",
        "2040-02-12",
    ]
)
#: How much more or less is spent in each month of the year: school fees in August and September, 618, 双11.
SPENDING_SEASON = np.array([1.12, 1.10, 0.92, 0.94, 1.0, 1.08, 0.95, 1.08, 1.06, 0.98, 1.18, 1.0])


def ordinal(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def day_of(number: int) -> date:
    """The date of a day's number."""
    return date(1970, 1, 1) + timedelta(days=int(number))


class Window:
    """The days that the history covers: whole months up to and including the last day."""

    def __init__(self, until: date, months: int, last_days: int) -> None:
        first = np.datetime64(f"{until:%Y-%m}", "M") - np.timedelta64(months - 1, "M")
        self.months = months
        starts = (first + np.arange(months + 1)).astype("datetime64[D]").astype(np.int64)
        self.end = ordinal(until)
        self.start = int(starts[0])
        self.eve = self.start - 1
        self.month_starts: Days = starts[:-1]
        self.month_ends: Days = np.minimum(starts[1:] - 1, self.end)
        self.cut = self.end - last_days
        self.days = np.arange(self.start, self.end + 1)
        self.calendar_month = (first + np.arange(months)).astype("datetime64[M]").astype(np.int64) % 12
        self.year = (first + np.arange(months)).astype("datetime64[Y]").astype(np.int64) + 1970
        self.weekday = (self.days + 3) % 7
        self.holiday = self._holidays()
        self.workday = (self.weekday < 5) & ~self.holiday
        self.season = self._season()

    def _holidays(self) -> NDArray[np.bool_]:
        free = np.zeros(len(self.days), bool)
        for year in range(day_of(self.start).year, day_of(self.end).year + 1):
            spans = [(date(year, 1, 1), 1), (date(year, 5, 1), 5), (date(year, 10, 1), 7)]
            spans += [(d - timedelta(days=1), 8) for d in SPRING_FESTIVALS if d.year == year]
            for begin, length in spans:
                low = ordinal(begin) - self.start
                free[max(low, 0) : max(low + length, 0)] = True
        return free

    def _season(self) -> NDArray[np.float64]:
        season = SPENDING_SEASON[self.calendar_month].copy()
        for festival in SPRING_FESTIVALS:
            shopping = ordinal(festival) - 12
            if self.start <= shopping <= self.end:
                season[int(np.searchsorted(self.month_starts, shopping, side="right")) - 1] *= 1.25
        return season

    @property
    def years(self) -> float:
        """Length of the history in years."""
        return (self.end - self.start + 1) / 365.25

    def month_of(self, day: Days) -> Days:
        """The month's number from 0; days before the history give −1."""
        return np.searchsorted(self.month_starts, day, side="right") - 1

    def working(self, day: Days) -> Days:
        """The same day, or the nearest working day before it in its month (else after it)."""
        back = np.maximum.accumulate(np.where(self.workday, self.days, 0))
        back = np.where(back >= self.month_starts[self.month_of(self.days)], back, 0)
        ahead = np.minimum.accumulate(np.where(self.workday, self.days, NEVER)[::-1])[::-1]
        at = np.clip(day - self.start, 0, len(self.days) - 1)
        best = np.where(back[at] > 0, back[at], np.minimum(ahead[at], self.end))
        return np.where((day < self.start) | (day > self.end), day, best)

    def monthly(self, day_of_month: Days | int) -> Days:
        """That day of every month (months on the last axis), moved back to a working day."""
        wanted = self.month_starts + np.asarray(day_of_month)[..., None] - 1
        last = np.append(self.month_starts[1:], self.month_starts[-1] + 28) - 1
        return self.working(np.minimum(wanted, last))

    def before_spring_festival(self) -> Days:
        """Working days about a fortnight before each Spring Festival of the history, when bonuses are paid."""
        days = np.array([ordinal(d) - 13 for d in SPRING_FESTIVALS])
        return self.working(days[(days >= self.start) & (days <= self.end)])

    def quarter_days(self) -> Days:
        """The 21st of March, June, September, December: interest is paid."""
        ends = self.month_starts[np.isin(self.calendar_month, (2, 5, 8, 11))] + 20
        return ends[ends <= self.end]


# Hours at which things happen, as weights of the 24 hours.
_HOURS = {
    "counter": [0] * 9 + [10, 16, 14, 5, 6, 12, 11, 6] + [0] * 7,
    "machine": [0] * 7 + [2, 5, 8, 9, 8, 7, 6, 7, 8, 8, 9, 9, 6, 4, 2, 1, 0],
    "mobile": [1, 0, 0, 0, 0, 0, 1, 4, 6, 7, 7, 7, 8, 6, 5, 5, 5, 6, 7, 8, 9, 9, 7, 3],
    "online": [0] * 8 + [3, 9, 10, 8, 4, 5, 8, 9, 8, 6, 3, 3, 3, 3, 2, 1],
    "card": [0] * 7 + [3, 4, 4, 5, 8, 10, 6, 4, 4, 5, 7, 10, 11, 8, 5, 2, 1],
    "phone": [0] * 8 + [3, 9, 9, 8, 4, 5, 8, 8, 7, 4, 2, 2, 1, 1, 0, 0],
    "clearing": [0] * 8 + [4, 10, 11, 9, 5, 6, 10, 10, 8, 2, 0, 0, 0, 0, 0, 0],
    "system": [4, 9, 6, 3, 1] + [0] * 19,
}


def seconds(rng: np.random.Generator, channel: str, size: int) -> Days:
    """Seconds of the day at which something on ``channel`` happens."""
    edges = np.cumsum(_HOURS[channel])
    hour = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return (hour * 3600 + rng.integers(0, 3600, size)).astype(np.int64)


def shopping_days(rng: np.random.Generator, window: Window, month: Days) -> Days:
    """A day within each given month, more often at the weekend and after mid-month pay than else."""
    weight = np.where(window.weekday >= 5, 1.35, 1.0)
    edges = np.concatenate([[0.0], np.cumsum(weight)])
    low = edges[window.month_starts - window.start][month]
    high = edges[window.month_ends - window.start + 1][month]
    at = low + rng.random(len(month)) * (high - low)
    return window.start + np.clip(np.searchsorted(edges, at, side="right") - 1, 0, len(window.days) - 1)
