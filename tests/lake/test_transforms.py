"""What the named transforms make of a bank's text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tenure.lake import Mapping
from tenure.lake.transforms import DEFAULTS, TRANSFORMS

CON = duckdb.connect()


def value(text: str | None, *names: str, **arguments: Any) -> object:
    """What a chain of transforms makes of a text; column arguments are given as ``column_NAME="text"``."""
    x = "$1::VARCHAR"
    bound: list[object] = [text]
    for name in names:
        transform = TRANSFORMS[name]
        given_: dict[str, Any] = {}
        for key, argument in transform.arguments.items():
            chosen = arguments.get(key, argument.default)
            if argument.kind.startswith("column") and isinstance(chosen, str):
                bound.append(chosen)
                chosen = f"${len(bound)}::VARCHAR"
            given_["with_" if key == "with" else key] = chosen
        x = transform.build(x, **given_)
    [(found,)] = CON.execute(f"SELECT {x}", bound).fetchall()
    return found


@given(st.integers(-(10**16), 10**16), st.sampled_from([".", ","]), st.sampled_from(["", " ", "'"]))
@example(-5, ".", "")
def test_money_is_read_to_the_minor_unit_however_it_is_written(minor: int, mark: str, group: str) -> None:
    whole, rest = divmod(abs(minor), 100)
    shown = f"{whole:,}".replace(",", group) if group else str(whole)
    sign = "-" if minor < 0 else ""
    for text in {f"{sign}{shown}{mark}{rest:02}", f"{shown}{mark}{rest:02}{sign}"}:
        if whole < 10**15:
            assert value(text, "money", decimal=mark, thousands=group) == minor
        else:
            assert value(text, "money", decimal=mark, thousands=group) is None


@given(st.decimals(-(10**9), 10**9, places=5))
def test_money_with_more_than_two_decimals_is_never_rounded(amount: Decimal) -> None:
    assert value(f"{amount:f}", "money") is None


@pytest.mark.parametrize("text", ["", "1,5", "1.", ".5", "1e5", "12 34", "--1", "-1-", "１２", "NaN", "1.2.3", "1\n"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    assert value(text, "money") is None


@pytest.mark.parametrize("text", ["1.234", "12.34.567", "1234.567", ".123"])
def test_thousands_must_stand_between_groups_of_three(text: str) -> None:
    assert value(text, "money", decimal=",", thousands=".") == (123400 if text == "1.234" else None)


@given(st.dates(dt.date(1950, 1, 1), dt.date(2049, 12, 31)))
def test_a_date_is_read_in_every_form_it_is_written_in(day: dt.date) -> None:
    assert value(day.isoformat(), "date iso") == day
    assert value(day.strftime("%Y/%m/%d"), "date iso") == day
    assert value(day.strftime("%Y%m%d"), "date yyyymmdd") == day
    assert value(day.strftime("%y%m%d"), "date yymmdd") == day
    assert value(day.strftime("%y%m%d 00:00:00"), "date yymmdd") == day
    assert value(str((day - dt.date(1899, 12, 30)).days), "date excel") == day
    assert value(day.strftime("%d.%m.%Y"), "date format", format="%d.%m.%Y") == day
    assert value(day.isoformat(), "time iso") == dt.datetime.combine(day, dt.time())


@pytest.mark.parametrize(
    ("text", "transform"),
    [
        ("2023-02-31", "date iso"),
        ("2023-02-29", "date iso"),
        ("2023-13-01", "date iso"),
        ("2023-2-1", "date iso"),
        ("20230231", "date yyyymmdd"),
        ("2023021", "date yyyymmdd"),
        ("930231", "date yymmdd"),
        ("93023", "date yymmdd"),
        ("931107 12:00:00", "date yymmdd"),
        ("2023-02-28 25:00:00", "time iso"),
        ("2023-02-28 12:60", "time iso"),
        ("709913", "birth number"),
        ("700231", "birth number"),
        ("7062131", "birth number"),
        ("1.5", "integer"),
        ("99999999999999999999", "integer"),
        ("abc", "rate"),
        ("perhaps", "boolean"),
        ("1.5", "money minor"),
    ],
)
def test_what_does_not_exist_is_refused(text: str, transform: str) -> None:
    assert value(text, transform) is None


@given(st.dates(dt.date(1910, 1, 1), dt.date(1999, 12, 31)), st.booleans())
def test_a_birth_number_says_when_and_what_sex(born: dt.date, woman: bool) -> None:
    number = f"{born.year % 100:02}{born.month + 50 * woman:02}{born.day:02}"
    assert value(number, "birth number") == born
    assert value(number, "sex from birth number") == ("female" if woman else "male")


def test_an_identity_card_says_when_and_what_sex() -> None:
    assert value("11010519491231002X", "birth from identity card") == dt.date(1949, 12, 31)
    assert value("11010519491231002X", "sex from identity card") == "female"
    assert value("11010519491231001X", "sex from identity card") == "male"
    assert value("110105491231002", "birth from identity card") is None


@given(st.dates(dt.date(1950, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 400))
def test_months_added_end_no_later_than_the_month_does(day: dt.date, months: int) -> None:
    found = value(day.isoformat(), "date iso", "add months", months=str(months))
    assert isinstance(found, dt.date)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + dt.timedelta(1)).day == 1)


def test_the_sign_comes_from_another_column_and_an_unknown_mark_is_refused() -> None:
    marks = {"positive": ["C"], "negative": ["D", "R"]}
    assert value("1.50", "money", "sign by", by="C", **marks) == 150
    assert value("1.50", "money", "sign by", by="R", **marks) == -150
    assert value("1.50", "money", "sign by", by="?", **marks) is None
    assert value("1.50", "money", "negate") == -150


def test_a_lookup_refuses_what_it_lacks_unless_it_has_a_default() -> None:
    table = {"01": "person", "02": "company"}
    assert value("01", "lookup", map=table) == "person"
    assert value("03", "lookup", map=table) is None
    assert value("03", "lookup", map=table, default="person") == "person"
    assert value(None, "lookup", map={**table, "": "nothing"}) == "nothing"


def test_numbers_keep_and_regain_their_zeros() -> None:
    assert value("0012", "trim") == "0012"
    assert value("12", "pad", width=6) == "000012"
    assert value("1234567", "pad", width=6) == "1234567", "never cut"
    assert value("17", "prefix", **{"with": "C"}) == "C17"


def test_a_date_and_a_time_of_day_become_one() -> None:
    for clock in ("093005", "93005", "09:30:05"):
        assert value("20240229", "date yyyymmdd", "with time", time=clock) == dt.datetime(2024, 2, 29, 9, 30, 5)
    assert value("20240229", "date yyyymmdd", "with time", time="250000") is None


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_nothing_stays_nothing(name: str) -> None:
    """No transform makes a value up; ``lookup`` only where its table names the empty text."""
    given_ = {"by": "C", "positive": ["C"], "negative": ["D"], "map": {"a": "b"}, "months": 1, "time": "0900"}
    chain = [DEFAULTS_BEFORE[name], name] if name in DEFAULTS_BEFORE else [name]
    assert value(None, *chain, **given_, **{"with": "x"}, width=3, format="%Y") is None
    assert TRANSFORMS[name].meaning, "every transform says what it does"


DEFAULTS_BEFORE = {"add months": "date iso", "with time": "date iso", "sign by": "money", "negate": "money"}


def test_every_kind_of_column_has_a_transform() -> None:
    assert set(DEFAULTS.values()) <= set(TRANSFORMS)


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_the_guide_lists_every_transform_as_it_is(name: str) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "ingest.md").read_text("utf-8")
    [line] = [each for each in guide.splitlines() if each.startswith(f"| `{name}` |")]
    assert TRANSFORMS[name].meaning in line
    assert all(f"`{argument}`" in line for argument in TRANSFORMS[name].arguments)


def test_the_guides_mapping_is_a_good_one(tmp_path: Path) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "ingest.md").read_text("utf-8")
    (tmp_path / "core.toml").write_text(guide.split("```toml\n")[1].split("```")[0], "utf-8")
    assert [p.table.name for p in Mapping.read(tmp_path / "core.toml").parts] == ["party", "transaction"]
