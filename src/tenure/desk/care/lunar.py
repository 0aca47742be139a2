"""The moon's calendar and China's public holidays. Pure: dates in, dates out; the tables are the library's.

Birthdays by the moon are kept by month and day. Someone born in a leap month (闰月) keeps it in the ordinary month of
that number, as people do, since that leap month may not come again for decades; someone born on the 30th keeps it on
the 29th in a year whose month has no 30th. Either way it comes once in every lunar year.

Holidays are the days of leave the law names (全国年节及纪念日放假办法, as in force from 2025), by rule, so that every
year has them and none waits for the State Council's yearly notice: working days that are moved for them do not count.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from lunar_python import Lunar, LunarYear, Solar

#: Years the library's tables are trusted for.
FIRST_YEAR, LAST_YEAR = 1900, 2099


@cache
def moon_day(born: date) -> tuple[int, int]:
    """Month (1–12; a leap month counts as the ordinary one) and day (1–30) of ``born`` by the moon."""
    day = Solar.fromYmd(born.year, born.month, born.day).getLunar()
    return abs(day.getMonth()), day.getDay()


@cache
def by_the_sun(lunar_year: int, month: int, day: int) -> date:
    """The day of ``lunar_year`` on which the moon's ``month`` and ``day`` fall; the 29th where there is no 30th."""
    last = LunarYear.fromYear(lunar_year).getMonth(month).getDayCount()
    found = Lunar.fromYmd(lunar_year, month, min(day, last)).getSolar()
    return date(found.getYear(), found.getMonth(), found.getDay())


def moon_birthdays(born: date, first: date, last: date) -> list[date]:
    """Birthdays by the moon from ``first`` to ``last``, both included, after the day of birth itself."""
    month, day = moon_day(born)
    years = range(max(first.year - 1, FIRST_YEAR), min(last.year, LAST_YEAR) + 1)
    return [found for year in years if first <= (found := by_the_sun(year, month, day)) <= last and found > born]


@cache
def holidays(year: int) -> frozenset[date]:
    """The days of leave of ``year``: New Year, Spring Festival with its eve, Qingming, May, Dragon Boat, Mid-Autumn,
    National Day."""
    spring = by_the_sun(year, 1, 1)
    term = Solar.fromYmd(year, 4, 1).getLunar().getJieQiTable()["清明"]
    return frozenset(
        {
            date(year, 1, 1),
            *(spring + timedelta(days=n) for n in range(-1, 3)),
            date(term.getYear(), term.getMonth(), term.getDay()),
            date(year, 5, 1),
            date(year, 5, 2),
            by_the_sun(year, 5, 5),
            by_the_sun(year, 8, 15),
            date(year, 10, 1),
            date(year, 10, 2),
            date(year, 10, 3),
        }
    )


def near_holiday(day: date, within: int = 3) -> bool:
    """Whether ``day`` lies within so many days of a day of leave, or is one."""
    around = (day + timedelta(days=n) for n in range(-within, within + 1))
    return any(one in holidays(one.year) for one in around)
