"""Laws of the landing, over deliveries nobody thought of: every row is accounted for, and only the bad are refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.deliveries import DAY, deliver, mapping, rows
from tenure.errors import InputError
from tenure.lake import Lake, land

NUMBERS = st.sampled_from(["1", "01", "001", "9" * 19, "客户", "", " 7 ", "x" * 41])
NAMES = st.one_of(st.just(""), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8))
BIRTHS = st.sampled_from(
    ["", "1980-02-29", "1981-02-29", "2024-02-29", "2024-03-01", "1799-12-31", "80-01-01", "1980/1/1"]
)
INCOMES = st.sampled_from(["", "0", "1.5", "1.50", "1.505", "-1", "1e3", "999999999999999.99", "9" * 16, " 12 "])
LINES = st.lists(st.tuples(NUMBERS, NAMES, BIRTHS, INCOMES), min_size=1, max_size=12)


def day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def amount(text: str) -> int | None:
    try:
        exact = Decimal(text) * 100 if "e" not in text else None
    except InvalidOperation:
        return None
    return int(exact) if exact is not None and exact == int(exact) and abs(exact) < 10**17 else None


def is_sound(number: str, name: str, born: str, income: str) -> bool:
    """The contract of a party, in words of Python."""
    return (
        0 < len(number.strip()) <= 40
        and (born == "" or ((d := day(born)) is not None and dt.date(1800, 1, 1) <= d <= DAY))
        and (income.strip() == "" or ((a := amount(income.strip())) is not None and a >= 0))
    )


@given(LINES)
@settings(max_examples=20, deadline=None)
def test_every_row_is_landed_or_in_quarantine_and_each_for_its_reason(lines: list[tuple[str, str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("CUST_NO", "NAME", "BORN", "INCOME"), *lines])
    expected: dict[str, tuple[str | None, dt.date | None, int | None]] = {}
    for number, name, born, income in lines:
        if is_sound(number, name, born, income) and number.strip() not in expected:
            expected[number.strip()] = (name.strip(" ") or None, day(born), amount(income.strip()))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        lake = Lake.create(folder / "lake")
        files = deliver(folder, out.getvalue(), "NO,CUST_NO,AT,AMOUNT\n")
        if all(not any(line) for line in lines):
            with pytest.raises(InputError, match="a header and no rows"):
                land(lake, mapping(folder, share=1), files)
            return
        receipt = land(lake, mapping(folder, share=1), files)
        held = {str(r["party_id"]): (r["name"], r["birth_date"], r["annual_income"]) for r in rows(lake, "party")}
        blank = sum(not any(line) for line in lines)
        assert held == expected
        assert receipt.rows["party"] == len(expected)
        assert receipt.rows["party"] + receipt.quarantined["party"] == len(lines) - blank
        assert receipt.rows["account"] == len({n for n in expected if len(n) < 40}), "an A before the number"
