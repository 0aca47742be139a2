"""Bad input: one clear message naming file, row, column, value and remedy; and the lake as it was."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.deliveries import CUSTOMERS, MOVEMENTS, deliver, mapping
from tenure.errors import Exit, InputError
from tenure.lake import Lake, land


@pytest.fixture(autouse=True)
def _the_lake_is_as_it_was(lake: Lake) -> Iterator[None]:
    yield
    assert lake.head().number == 0 and list((lake.path / "data").iterdir()) == []
    assert not (lake.path / "staging").exists() or list((lake.path / "staging").iterdir()) == []


def refused(lake: Lake, folder: Path, **delivery: str | bytes) -> InputError:
    with pytest.raises(InputError) as wrong:
        land(lake, mapping(folder), deliver(folder, **delivery))  # type: ignore[arg-type]
    assert wrong.value.remedy and wrong.value.exit_code == Exit.INPUT
    return wrong.value


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1985-03-14", "1985-02-31", "customer.csv, row 2, column BORN: '1985-02-31' (value)"),
        ("1985-03-14", "2031-01-01", "customer.csv, row 2, column BORN: '2031-01-01' (future)"),
        ("1985-03-14", "0085-03-14", "customer.csv, row 2, column BORN: '0085-03-14' (range)"),
        ("120000.50", "120000.505", "customer.csv, row 2, column INCOME: '120000.505' (value)"),
        ("120000.50", "1.2e5", "customer.csv, row 2, column INCOME: '1.2e5' (value)"),
        ("120000.50", "-1", "customer.csv, row 2, column INCOME: '-1' (minimum)"),
        ("007,", ",", "customer.csv, row 4, column CUST_NO: empty (required)"),
        ("007,", "0000000000000000042,", "customer.csv, row 4, column CUST_NO: '0000000000000000042' (duplicate)"),
        ("007,", "7" * 41 + ",", f"customer.csv, row 4, column CUST_NO: '{'7' * 41}' (length)"),
        ("007,张伟,,", "007,张伟,", "customer.csv, row 4: '3 values' (columns)"),
        ("007,张伟,,", "007,张,伟,,", "customer.csv, row 4: '5 values' (columns)"),
    ],
)
def test_a_bad_row_is_named_with_column_value_and_rule(
    lake: Lake, tmp_path: Path, old: str, new: str, told: str
) -> None:
    wrong = refused(lake, tmp_path, customers=CUSTOMERS.replace(old, new))
    assert told in wrong.message
    assert "quarantine" in wrong.remedy


def test_a_transaction_on_an_unknown_account(lake: Lake, tmp_path: Path) -> None:
    wrong = refused(lake, tmp_path, movements=MOVEMENTS.replace("1,007", "1,008"))
    assert "movement.csv, row 2, column CUST_NO: 'A008' (reference)" in wrong.message
    assert "account.account_id" in wrong.message


def test_the_quarantine_of_a_refused_delivery_is_kept_in_both_languages(lake: Lake, tmp_path: Path) -> None:
    refused(lake, tmp_path, customers=CUSTOMERS.replace("1985-03-14", "1985-02-31"))
    [folder] = (lake.path / "quarantine").iterdir()
    [line] = list(csv.DictReader((folder / "party.csv").read_text("utf-8-sig").splitlines()))
    assert line == {
        "file": "customer.csv",
        "row": "2",
        "column": "BORN",
        "field": "birth_date",
        "value": "1985-02-31",
        "rule": "value",
        "expected_zh": "真实存在的日期 YYYY-MM-DD",
        "expected_en": "a date that exists, YYYY-MM-DD",
        "raw": "0001234567890123456,王芳,1985-02-31,120000.50",
    }
    assert json.loads((folder / "summary.json").read_text("utf-8"))["status"] == "refused"


def test_an_unknown_column_is_told_with_the_nearest_right_one(lake: Lake, tmp_path: Path) -> None:
    wrong = refused(lake, tmp_path, customers=CUSTOMERS.replace("INCOME", "INCOMES", 1))
    assert "no column 'INCOME'" in wrong.message and "mapping.toml, line" in wrong.message
    assert wrong.remedy == "Did you mean 'INCOMES'?"


def test_a_wrong_encoding_is_told_with_row_and_byte_and_what_it_looks_like(lake: Lake, tmp_path: Path) -> None:
    content = CUSTOMERS.encode("gb18030")
    wrong = refused(lake, tmp_path, customers=content)
    at = content.index("王".encode("gb18030")) + 1
    assert f"row 2, byte {at}" in wrong.message and "looks like GB18030" in wrong.message
    assert 'encoding = "gb18030"' in wrong.remedy


def test_utf8_read_as_gb18030_would_be_gibberish_and_is_refused(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="UTF-8") as wrong:
        land(lake, mapping(tmp_path, options='encoding = "gb18030"'), deliver(tmp_path))
    assert 'encoding = "utf-8"' in wrong.value.remedy


def test_utf16_is_named(lake: Lake, tmp_path: Path) -> None:
    assert "UTF-16" in refused(lake, tmp_path, customers=CUSTOMERS.encode("utf-16")).message


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (CUSTOMERS[: CUSTOMERS.index("张伟") + 2], "row 4: the file ends in the middle of a row"),
        (CUSTOMERS[: CUSTOMERS.index("娜")], "row 3: the file ends in the middle of a row"),
        (CUSTOMERS.replace('娜"', "娜"), "a quote is opened and never closed"),
        (CUSTOMERS.replace("120000.50", '"120000.50'), "a quote is opened and never closed"),
        (CUSTOMERS + '9,"王芳,,\n' + "8,张伟,,\n" * 900_000, "a quote is opened and never closed"),
        ("", "the file is empty"),
        ("CUST_NO,NAME,BORN,INCOME\n", "a header and no rows"),
        ("CUST_NO,NAME,NAME,INCOME\n1,a,b,2\n", "the column 'NAME' is there twice"),
        ("\n1,a,b,2\n", "no header"),
        ("CUST_NO,NAME,name,INCOME\n1,a,b,2\n", "is there twice"),
    ],
    ids=[
        "cut-off",
        "cut-off-in-quote",
        "open-quote",
        "open-quote-last-column",
        "open-quote-long",
        "empty",
        "header-only",
        "column-twice",
        "no-header",
        "column-twice-but-for-capitals",
    ],
)
def test_half_a_file_or_none(lake: Lake, tmp_path: Path, content: str, told: str) -> None:
    assert told in refused(lake, tmp_path, customers=content).message


def test_half_a_compressed_file(lake: Lake, tmp_path: Path) -> None:
    files = deliver(tmp_path)
    packed = gzip.compress((CUSTOMERS * 100).encode())
    (files / "customer.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match="incomplete or damaged"):
        land(lake, mapping(tmp_path, name="customer.csv.gz"), files)


@pytest.mark.parametrize("name", ["customer.parquet", "customer.xlsx"])
def test_half_a_parquet_or_excel_file(lake: Lake, tmp_path: Path, name: str) -> None:
    files = deliver(tmp_path)
    (files / name).write_bytes(b"PK\x03\x04 half a file")
    with pytest.raises(InputError, match="not a complete"):
        land(lake, mapping(tmp_path, name=name), files)


def test_a_missing_file_names_what_is_there(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"kunde\*\.csv: no such file") as wrong:
        land(lake, mapping(tmp_path, name="kunde*.csv"), deliver(tmp_path))
    assert "customer.csv" in wrong.value.remedy


def test_one_file_under_two_names(lake: Lake, tmp_path: Path) -> None:
    files = deliver(tmp_path)
    (files / "customer-copy.csv").write_text(CUSTOMERS, "utf-8")
    with pytest.raises(InputError, match="the same content as customer-copy"):
        land(lake, mapping(tmp_path, name="customer*.csv"), files)


def test_no_business_date(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    chosen = mapping(tmp_path)
    path.write_text(path.read_text("utf-8").replace("business_date", "# business_date"), "utf-8")
    with pytest.raises(InputError, match="no business date"):
        land(lake, type(chosen).read(path), deliver(tmp_path))


@pytest.mark.parametrize(
    ("control", "told"),
    [
        ("control = { rows = 4 }", "control total of rows is 4, the file comes to 3 (difference -1)"),
        ('control = { sums = { INCOME = "218000.51" } }', "INCOME is 218,000.51, the file comes to 218,000.5"),
        ('control = { sums = { INCOM = "1" } }', "control total for 'INCOM', which customer.csv does not have"),
        ('control = { file = "totals.csv" }', "control total of INCOME is 1, the file comes to 218,000.5"),
        ('control = { file = "nothing.csv" }', "no such control file"),
    ],
)
def test_a_control_total_that_is_not_met(lake: Lake, tmp_path: Path, control: str, told: str) -> None:
    files = deliver(tmp_path)
    (files / "totals.csv").write_text("file,rows,INCOME\ncustomer.csv,3,1\n", "utf-8")
    with pytest.raises(InputError) as wrong:
        land(lake, mapping(tmp_path, options=control), files)
    assert told in wrong.value.message


def test_money_as_a_float_is_refused_by_the_typed_landing(lake: Lake) -> None:
    import datetime as dt

    import pyarrow as pa

    from tenure.lake import land_tables

    orders = pa.table({"order_id": ["1"], "account_id": ["a"], "amount": [1.5], "kind": ["other"]})
    with pytest.raises(InputError, match=r"standing_order\.amount is money, the file has it as DOUBLE"):
        land_tables(lake, "demo", dt.date(2024, 1, 1), {"standing_order": orders})
    with pytest.raises(InputError, match="has no column 'ordre_id'") as wrong:
        land_tables(
            lake,
            "demo",
            dt.date(2024, 1, 1),
            {"standing_order": orders.rename_columns(["ordre_id", "account_id", "amount", "kind"])},
        )
    assert "order_id" in wrong.value.remedy
