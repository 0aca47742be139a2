"""The bank's calendar: months as plain serial numbers, and the windows of a night.

A month's serial is ``12 × year + month − 1``, so windows are subtraction. The *open month* is the month of
``as_of``; *k months back* counts from it, so 0 is the open month and 1 the last closed one.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

#: Months a customer's curves show, the open one included.
CURVE = 24
#: Months of averages kept, so that the oldest month end of the curve still sees its protected period.
HISTORY = 36


def serial(day: date) -> int:
    """The month of a day."""
    return day.year * 12 + day.month - 1


def parse(label: str) -> int:
    """The month written ``YYYY-MM``."""
    year, month = label.split("-")
    return int(year) * 12 + int(month) - 1


def label(month: int) -> str:
    """``YYYY-MM``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def first_day(month: int) -> date:
    """The month's first day."""
    return date(month // 12, month % 12 + 1, 1)


def length(month: int) -> int:
    """Days in the month."""
    return calendar.monthrange(month // 12, month % 12 + 1)[1]


def last_day(month: int) -> date:
    """The month's last day."""
    return date(month // 12, month % 12 + 1, length(month))


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or that month's last day where it is shorter."""
    month = serial(day) - months
    return date(month // 12, month % 12 + 1, min(day.day, length(month)))


@dataclass(frozen=True)
class Window:
    """The windows of one ``as_of``."""

    as_of: date

    @property
    def open_month(self) -> int:
        """The serial of the month of ``as_of``."""
        return serial(self.as_of)

    @property
    def days_open(self) -> int:
        """Days of the open month up to ``as_of``, both ends counted."""
        return self.as_of.day

    @property
    def at_month_end(self) -> bool:
        """Whether ``as_of`` closes its month: its average is then a month-end average."""
        return self.as_of == last_day(self.open_month)

    @property
    def newest_end(self) -> int:
        """How many months back the newest month end on or before ``as_of`` lies: 0 or 1."""
        return 0 if self.at_month_end else 1

    def month(self, back: int) -> int:
        """The serial of the month ``back`` months before the open one."""
        return self.open_month - back

    @property
    def quarter(self) -> tuple[int, ...]:
        """Closed months of the quarter to date, as months back."""
        return tuple(range(1, self.open_month % 3 + 1))

    @property
    def year(self) -> tuple[int, ...]:
        """Closed months of the year to date, as months back."""
        return tuple(range(1, self.open_month % 12 + 1))

    def days_of(self, backs: tuple[int, ...]) -> int:
        """Days in some closed months."""
        return sum(length(self.month(k)) for k in backs)

    def ago(self, days: int) -> date:
        """``as_of`` less some days."""
        return self.as_of - timedelta(days=days)

    def ahead(self, days: int) -> date:
        """``as_of`` plus some days."""
        return self.as_of + timedelta(days=days)
