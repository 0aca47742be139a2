"""Which care is due: birthdays come once a year, maturities before they mature, nothing outside the days asked for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.desk.care.lunar import by_the_sun, holidays, moon_birthdays, moon_day, near_holiday
from tenure.desk.care.rules import (
    ENOUGH,
    Maturity,
    Person,
    Settings,
    Touch,
    about_product,
    balances,
    due,
    months_later,
    share_of,
    yearly,
)
from tenure.desk.care.settings import settings_of
from tenure.desk.kit.shares import wilson
from tenure.errors import SetupError

BANK = Settings()
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
BORN = st.dates(date(1930, 1, 1), date(2015, 12, 31))


def kinds(person: Person, first: date, last: date, today: date | None = None, bank: Settings = BANK) -> list[str]:
    return [one.kind for one in due(person, first, last, today or first, bank)]


@given(BORN, st.integers(2020, 2040))
def test_a_birthday_comes_once_a_year_by_the_sun(born: date, year: int) -> None:
    person = Person("C1", "person", "basic", born=born)
    days = due(person, date(year, 1, 1), date(year, 12, 31), date(year, 1, 1), BANK)
    by_sun = [one for one in days if one.kind == "birthday"]
    assert len(by_sun) == 1
    assert by_sun[0].years == year - born.year
    assert (by_sun[0].on.month, by_sun[0].on.day) == (born.month, born.day) or (born.month, born.day) == (2, 29)


@given(BORN, st.integers(2020, 2040))
def test_a_birthday_comes_once_between_two_spring_festivals_by_the_moon(born: date, year: int) -> None:
    first, last = by_the_sun(year, 1, 1), by_the_sun(year + 1, 1, 1) - timedelta(days=1)
    days = moon_birthdays(born, first, last)
    assert len(days) == 1
    month, day = moon_day(born)
    assert moon_day(days[0]) in {(month, day), (month, 29)}


def test_the_moon_is_right_where_the_almanac_can_be_read() -> None:
    assert by_the_sun(2026, 1, 1) == date(2026, 2, 17)  # Spring Festival 2026
    assert by_the_sun(2025, 8, 15) == date(2025, 10, 6)  # Mid-Autumn 2025, after the leap sixth month
    assert by_the_sun(2034, 1, 1) == date(2034, 2, 19)  # the year after the disputed leap month of 2033
    assert moon_day(date(1960, 6, 30)) == (6, 7)


def test_someone_born_in_a_leap_month_keeps_the_ordinary_one() -> None:
    born = date(2025, 7, 25)  # the first of the leap sixth month
    assert moon_day(born) == (6, 1)
    assert moon_birthdays(born, date(2026, 1, 1), date(2026, 12, 31)) == [by_the_sun(2026, 6, 1)]


def test_the_thirtieth_is_kept_on_the_twenty_ninth_of_a_short_month() -> None:
    assert by_the_sun(2026, 12, 30) == by_the_sun(2027, 1, 1) - timedelta(days=1)
    short = next(y for y in range(2024, 2040) if by_the_sun(y, 1, 30) == by_the_sun(y, 1, 29))
    assert by_the_sun(short, 1, 30) + timedelta(days=1) == by_the_sun(short, 2, 1)


def test_the_twenty_ninth_of_february_is_kept_on_the_twenty_eighth() -> None:
    assert yearly(date(1960, 2, 29), 2026) == date(2026, 2, 28)
    assert yearly(date(1960, 2, 29), 2028) == date(2028, 2, 29)
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)


@given(
    DAYS,
    st.integers(0, 61),
    DAYS,
    st.builds(
        Person,
        st.just("C1"),
        st.sampled_from(list(codes.PARTY_KINDS)),
        st.sampled_from(codes.TIER_ORDER),
        born=st.none() | BORN,
        since=st.none() | st.dates(date(2000, 1, 1), date(2039, 12, 31)),
        last_contact=st.none() | DAYS,
        risk_rated_on=st.none() | DAYS,
        invests=st.booleans(),
        maturities=st.lists(st.builds(Maturity, DAYS), max_size=3).map(tuple),
    ),
)
def test_each_due_care_falls_into_the_days_asked_for(first: date, length: int, today: date, person: Person) -> None:
    last = first + timedelta(days=length)
    found = due(person, first, last, today, BANK)
    assert all(first <= one.on <= last for one in found)
    assert all(one.on == one.due_on or (one.overdue and one.on == today) for one in found)
    assert len({(one.kind, one.due_on) for one in found}) == len(found)  # each is settled by itself
    # Nothing is lost at the seams: two halves say what the whole says.
    middle = first + timedelta(days=length // 2)
    halves = due(person, first, middle, today, BANK) + due(person, middle + timedelta(days=1), last, today, BANK)
    assert sorted(map(repr, halves)) == sorted(map(repr, found))


def test_a_rhythm_is_due_its_days_after_the_last_contact_and_waits_on_today_when_missed() -> None:
    person = Person("C1", "person", "private", last_contact=date(2026, 6, 1))
    ahead = due(person, date(2026, 7, 1), date(2026, 7, 31), date(2026, 6, 20), BANK)
    assert [(one.kind, one.on) for one in ahead] == [("rhythm", date(2026, 7, 1))]
    missed = due(person, date(2026, 7, 1), date(2026, 7, 31), date(2026, 7, 20), BANK)
    assert [(one.due_on, one.on, one.overdue) for one in missed] == [(date(2026, 7, 1), date(2026, 7, 20), True)]
    assert (
        kinds(Person("C1", "person", "basic", last_contact=date(2020, 1, 1)), date(2026, 7, 1), date(2026, 7, 31)) == []
    )


def test_what_matures_on_one_day_is_one_talk_a_week_before() -> None:
    one, two = Maturity(date(2026, 7, 20), "一年定期"), Maturity(date(2026, 7, 20), "理财")
    found = due(
        Person("C1", "person", "basic", maturities=(one, two)),
        date(2026, 7, 1),
        date(2026, 7, 31),
        date(2026, 7, 1),
        BANK,
    )
    assert [(d.on, d.about_on, len(d.maturities)) for d in found] == [(date(2026, 7, 13), date(2026, 7, 20), 2)]
    gone = Person("C1", "person", "basic", maturities=(one,))
    assert kinds(gone, date(2026, 7, 21), date(2026, 7, 31)) == []  # matured already


def test_a_company_has_a_founding_day_and_no_birthday_by_the_moon() -> None:
    company = Person("C1", "company", "basic", born=date(1970, 7, 9))
    assert set(kinds(company, date(2026, 1, 1), date(2026, 12, 31))) == {"founding"}


def test_only_those_who_invest_are_asked_to_the_test_of_suitability() -> None:
    rated = date(2025, 7, 1)
    saver = Person("C1", "person", "basic", risk_rated_on=rated)
    investor = Person("C1", "person", "basic", risk_rated_on=rated, invests=True)
    assert kinds(saver, date(2026, 7, 1), date(2026, 7, 31)) == []
    assert kinds(investor, date(2026, 7, 1), date(2026, 7, 31)) == ["suitability"]
    assert kinds(investor, date(2026, 6, 1), date(2026, 6, 30)) == []


def test_an_anniversary_is_a_round_one() -> None:
    person = Person("C1", "person", "basic", since=date(2016, 7, 4))
    assert kinds(person, date(2026, 7, 1), date(2026, 7, 31)) == ["anniversary"]
    assert kinds(person, date(2025, 7, 1), date(2025, 7, 31)) == []


def test_the_days_of_leave_of_2026_are_those_the_state_council_named() -> None:
    assert len(holidays(2026)) == 13  # thirteen days a year since 2025
    assert {date(2026, 2, 16), date(2026, 4, 5), date(2026, 6, 19), date(2026, 9, 25)} <= holidays(2026)
    assert near_holiday(date(2026, 9, 28)) and not near_holiday(date(2026, 8, 12))
    assert near_holiday(date(2025, 12, 30))  # of the year after


# -- settings ---------------------------------------------------------------------------------------------------------


def test_a_bank_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "care.toml").write_text("[rhythm]\ngold = 60\n[calendar]\nlunar = false\nanniversaries = [10]\n")
    told = settings_of(tmp_path)
    assert (told.rhythm["gold"], told.rhythm["private"]) == (60, 30)
    assert (told.lunar, told.anniversaries, told.maturity_notice) == (False, (10,), 7)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[rhythm]\nsilver = 3\n", "silver"),
        ("[rhythm]\ngold = -1\n", "gold"),
        ("[calendar]\nlunar = 1\n", "lunar"),
        ("[moon]\nx = 1\n", "moon"),
        ("not toml", "TOML"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(tmp_path: Path, text: str, names: str) -> None:
    (tmp_path / "care.toml").write_text(text)
    with pytest.raises(SetupError) as wrong:
        settings_of(tmp_path)
    assert names in wrong.value.message and wrong.value.remedy


# -- balances ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_within_its_interval(pair: tuple[int, int]) -> None:
    low, high = wilson(*pair)
    assert 0 <= low <= pair[0] / pair[1] <= high <= 1


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = wilson(10, 100)  # Newcombe 1998 and every table since
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)


def test_too_few_contacts_tell_nothing() -> None:
    assert share_of(10, ENOUGH - 1).value is None
    assert share_of(10, ENOUGH).value == 0.5


def test_the_four_balances_count_what_they_say() -> None:
    ordinary, feast = date(2026, 8, 12), date(2026, 10, 1)
    touches = [Touch(f"C{n}", "E1", ordinary if n < 15 else feast, 1 + n % 2, n < 10) for n in range(20)]
    touches += [Touch(f"C{n}", "E2", ordinary, 1, None) for n in range(5)]  # colleagues with five of them
    touches += [Touch("C99", "E2", ordinary, 3, True)]  # not a customer of E1's
    found = balances(touches, ["E1"], {ordinary: False, feast: True})
    assert (found.contacts, found.customers) == (20, 20)
    assert (found.ordinary.count, found.ordinary.of) == (15, 20)
    assert (found.product.count, found.product.of) == (10, 20)
    assert (found.team.count, found.team.of) == (5, 20)
    assert (found.whole.count, found.whole.of) == (10, 20)


def test_a_greeting_is_not_about_a_product() -> None:
    assert about_product("maturity:C1:2026", "", "done")
    assert about_product("", "care:maturity", "no_answer")
    assert about_product("", "", "interested")
    assert not about_product("", "care:birthday", "done")
    assert not about_product("birthday:C1:2026", "care:birthday", "done")
