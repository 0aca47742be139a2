"""Figures are written as people say them, rounded half up, and never as two neighbours at once."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.desk.kit import formats

WORDS = {"亿": Decimal(10**8), "万": Decimal(10**4), "bn": Decimal(10**9), "m": Decimal(10**6), "k": Decimal(10**3)}
AMOUNTS = st.integers(-(10**16), 10**16)
CURRENCIES = st.sampled_from(["CNY", "CZK", "JPY", "KWD"])
LANGUAGES = st.sampled_from(["zh-hans", "en"])


def read_back(text: str) -> tuple[Decimal, Decimal]:
    """The figure a reader takes from ``text``, and the value of one step of its last digit."""
    text = text.replace(",", "").replace("−", "-").replace(" ", "")
    for word, size in WORDS.items():
        if text.endswith(word):
            return Decimal(text[: -len(word)]) * size, size / 100
    value = Decimal(text)
    return value, Decimal(1).scaleb(value.as_tuple().exponent)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minor", "chinese", "english"),
    [
        (0, "0.00", "0.00"),
        (99, "0.99", "0.99"),
        (999_999, "9,999.99", "10.00k"),
        (1_000_000, "1.00 万", "10.00k"),
        (123_450_000, "123.45 万", "1.23m"),
        (9_950_000_000, "9,950.00 万", "99.50m"),
        (9_999_999_999, "1.00 亿", "100.00m"),
        (12_345_678_900, "1.23 亿", "123.46m"),
        (-123_450_000, "−123.45 万", "−1.23m"),
        (100_000_000_000_000, "10,000.00 亿", "1,000.00bn"),
    ],
)
def test_money_is_said_in_wan_and_yi_or_in_k_m_and_bn(minor: int, chinese: str, english: str) -> None:
    assert formats.money(minor, "CNY", "zh-hans") == chinese
    assert formats.money(minor, "CNY", "en") == english


def test_a_currency_without_minor_units_has_no_decimals_in_full() -> None:
    assert formats.money(9_999, "JPY", "zh-hans") == "9,999"
    assert formats.money(12_345, "JPY", "zh-hans") == "1.23 万"
    assert formats.exact(1_234_567, "KWD") == "1,234.567 KWD"
    assert formats.money(None, "CNY", "en") == "—"


@given(AMOUNTS, CURRENCIES, LANGUAGES)
def test_what_is_read_is_the_amount_to_half_a_step_of_its_last_digit(minor: int, currency: str, language: str) -> None:
    amount = Decimal(minor).scaleb(-formats.exponent(currency))
    read, step = read_back(formats.money(minor, currency, language))
    assert abs(read - amount) <= step / 2
    rounded = (abs(amount) / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    assert abs(read) == rounded


@given(AMOUNTS, CURRENCIES, LANGUAGES)
def test_no_amount_is_written_in_a_unit_it_has_outgrown(minor: int, currency: str, language: str) -> None:
    text = formats.money(minor, currency, language)
    read, _step = read_back(text)
    if "亿" not in text and "bn" not in text:
        limit = 10_000 if language == "zh-hans" else 1_000
        for word, size in WORDS.items():
            if text.endswith(word):
                assert abs(read) / size < limit


@given(AMOUNTS, AMOUNTS, LANGUAGES)
def test_more_money_never_reads_as_less(one: int, other: int, language: str) -> None:
    low, high = sorted((one, other))
    assert read_back(formats.money(low, "CNY", language))[0] <= read_back(formats.money(high, "CNY", language))[0]


@given(AMOUNTS)
def test_the_exact_figure_loses_nothing(minor: int) -> None:
    text = formats.exact(minor, "CNY")
    assert text.endswith(" CNY")
    assert Decimal(text[:-4].replace(",", "").replace("−", "-")) * 100 == minor


@given(st.dates())
def test_dates_of_a_column_are_of_one_width(day: dt.date) -> None:
    if day.year >= 1000:
        assert len(formats.day_short(day, "zh-hans")) == 10
    assert len(formats.day_short(day, "en")) == 9


def test_days_are_written_in_the_readers_language() -> None:
    day = dt.date(2026, 11, 2)
    assert formats.day(day, "zh-hans") == "2026年11月2日"
    assert formats.day(day, "en") == "2 Nov 2026"
    assert formats.month("2026-11", "zh-hans") == "2026年11月"
    assert formats.month("2026-01", "en") == "Jan 2026"
    assert formats.moment(dt.datetime(2026, 11, 2, 9, 5), "zh-hans") == "2026-11-02 09:05"


def test_counts_stop_at_a_thousand() -> None:
    assert [formats.count(n) for n in (0, 999, 1000, 1001)] == ["0", "999", "1,000", "1,000+"]


def test_time_together_is_told_in_years_and_months() -> None:
    assert [formats.months(n, "zh-hans") for n in (0, 7, 12, 38)] == ["0 个月", "7 个月", "1 年", "3 年 2 个月"]
    assert formats.months(38, "en") == "3 y 2 m"


def test_durations_and_shares() -> None:
    assert formats.duration(125.2, "en") == "2 min 05 s"
    assert formats.duration(0.44, "zh-hans") == "0.4 秒"
    assert formats.share(-0.031) == "−3.1%"
    assert formats.share(0.576, 0) == "58%"


def test_figures_are_read_today_while_fresh_and_on_the_morning_after_once_old() -> None:
    as_of = dt.date(2026, 11, 20)
    assert formats.working_day(as_of, dt.date(2026, 11, 23)) == dt.date(2026, 11, 23)
    assert formats.working_day(as_of, dt.date(2026, 12, 24)) == dt.date(2026, 11, 21)
    assert formats.working_day(dt.date(1994, 3, 31), dt.date(2026, 11, 23)) == dt.date(1994, 4, 1)
