"""The same customers arrive the same, whatever the file they came in."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake.deliveries import CUSTOMERS, deliver, land_small, mapping, rows
from tenure.errors import InputError
from tenure.lake import Lake, land

TABLE = list(csv.reader(CUSTOMERS.splitlines()))


def written(delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, ending: str = "\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=ending).writerows(TABLE)  # type: ignore[arg-type]
    return out.getvalue()


def customers(lake: Lake) -> list[tuple[object, ...]]:
    return [(r["party_id"], r["name"], str(r["birth_date"]), r["annual_income"]) for r in rows(lake, "party")]


EXPECTED = [
    ("0000000000000000042", "李, 娜", "1990-12-01", 9800000),
    ("0001234567890123456", "王芳", "1985-03-14", 12000050),
    ("007", "张伟", "None", None),
]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (written().encode(), ""),
        (written().encode("utf-8-sig"), ""),
        (written().encode("gb18030"), 'encoding = "GB18030"'),
        (written().encode("gbk"), 'encoding = "gbk"'),
        (written(";").encode(), 'delimiter = ";"'),
        (written("|").encode(), 'delimiter = "|"'),
        (written("\t").encode(), 'delimiter = "tab"'),
        (written(quoting=csv.QUOTE_ALL).encode(), ""),
        (written(ending="\r\n").encode(), ""),
        (written().rstrip("\n").encode(), ""),
        (b"a title above the header\n" + written().encode(), "skip_rows = 1"),
        (
            written("|").replace('"', "").replace("李, 娜", "李, 娜").encode("gb18030"),
            'delimiter = "|"\nencoding = "gb2312"\nquote = ""',
        ),
    ],
    ids=[
        "utf8",
        "bom",
        "gb18030",
        "gbk",
        "semicolon",
        "pipe",
        "tab",
        "quoted",
        "crlf",
        "no-last-newline",
        "title",
        "unquoted",
    ],
)
def test_every_kind_of_csv_gives_the_same_customers(lake: Lake, tmp_path: Path, content: bytes, options: str) -> None:
    files = deliver(tmp_path, content)
    land(lake, mapping(tmp_path, options=options), files)
    assert customers(lake) == EXPECTED


def test_compressed_csv(lake: Lake, tmp_path: Path) -> None:
    files = deliver(tmp_path)
    (files / "customer.csv.gz").write_bytes(gzip.compress(written().encode("gb18030")))
    land(lake, mapping(tmp_path, name="customer.csv.gz", options='encoding = "gb18030"'), files)
    assert customers(lake) == EXPECTED


def test_parquet_with_the_banks_own_types(lake: Lake, tmp_path: Path) -> None:
    import datetime as dt
    from decimal import Decimal

    files = deliver(tmp_path)
    table = pa.table(
        {
            "CUST_NO": [r[0] for r in TABLE[1:]],
            "NAME": pa.array([r[1] for r in TABLE[1:]]).dictionary_encode(),
            "BORN": pa.array([dt.date(1985, 3, 14), dt.date(1990, 12, 1), None]),
            "INCOME": pa.array([Decimal("120000.50"), Decimal("98000.00"), None], pa.decimal128(18, 2)),
        }
    )
    pq.write_table(table, files / "customer.parquet")
    land(lake, mapping(tmp_path, name="customer.parquet"), files)
    assert customers(lake) == EXPECTED


def workbook(path: Path, lines: list[list[object]], title: str = "客户") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for line in lines:
        sheet.append(line)
    book.create_sheet("别的")
    book.save(path)


def test_excel_with_numbers_and_dates(lake: Lake, tmp_path: Path) -> None:
    import datetime as dt

    files = deliver(tmp_path)
    workbook(
        files / "customer.xlsx",
        [
            [*TABLE[0]],
            ["0001234567890123456", "王芳", dt.date(1985, 3, 14), 120000.5],
            ["0000000000000000042", "李, 娜", "1990-12-01", 98000],
            ["007", "张伟", None, None],
        ],
    )
    land(lake, mapping(tmp_path, name="customer.xlsx", options='sheet = "客户"'), files)
    assert customers(lake) == EXPECTED


def test_a_long_number_that_excel_has_rounded_is_refused(lake: Lake, tmp_path: Path) -> None:
    files = deliver(tmp_path)
    workbook(
        files / "customer.xlsx", [[*TABLE[0]], [6222021234567890123, "王芳", None, None], ["8", "张伟", None, None]]
    )
    with pytest.raises(InputError, match=r"customer\.xlsx, row 2, column CUST_NO: .*\(long_number\)") as wrong:
        land(lake, mapping(tmp_path, name="customer.xlsx"), files)
    assert "kept as text" in wrong.value.message


def test_a_missing_sheet_names_those_there_are(lake: Lake, tmp_path: Path) -> None:
    files = deliver(tmp_path)
    workbook(files / "customer.xlsx", [[*TABLE[0]]])
    with pytest.raises(InputError, match="no sheet '客護'") as wrong:
        land(lake, mapping(tmp_path, name="customer.xlsx", options='sheet = "客護"'), files)
    assert "客户" in wrong.value.remedy


def test_a_value_may_hold_a_line_break(lake: Lake, tmp_path: Path) -> None:
    land_small(lake, tmp_path, customers=CUSTOMERS.replace("李, 娜", "李\n娜"))
    assert customers(lake)[0][1] == "李\n娜"


def test_blank_lines_are_no_rows_but_count_in_the_numbering(lake: Lake, tmp_path: Path) -> None:
    lines = CUSTOMERS.replace("007,张伟,,", "\n\n007,张伟,1999-02-30,")
    with pytest.raises(InputError, match=r"row 6, column BORN: '1999-02-30'"):
        land_small(lake, tmp_path, customers=lines)


def test_several_files_of_one_kind_are_one_table(lake: Lake, tmp_path: Path) -> None:
    files = deliver(tmp_path)
    (files / "customer.csv").unlink()
    lines = CUSTOMERS.splitlines(keepends=True)
    (files / "customer-1.csv").write_text("".join(lines[:2]), "utf-8")
    (files / "customer-2.csv").write_text("".join([lines[0], *lines[2:]]), "utf-8")
    land(lake, mapping(tmp_path, name="customer-*.csv"), files)
    assert customers(lake) == EXPECTED


def test_rows_are_numbered_as_they_stand_in_the_file_also_far_down_and_below_a_title(
    lake: Lake, tmp_path: Path
) -> None:
    lines = ["a title", "CUST_NO,NAME,BORN,INCOME"] + [f"{i},客户{i},,{i}" for i in range(3, 400_003)]
    for at, bad in ((5, "5,ragged"), (250_000, "x,y,z,1,2"), (399_999, "399999,客户,2024-13-01,1")):
        lines[at - 1] = bad
    files = deliver(tmp_path, "\n".join(lines) + "\n", "NO,CUST_NO,AT,AMOUNT\n")
    receipt = land(lake, mapping(tmp_path, options="skip_rows = 1", share=0.01), files)
    [quarantine] = [path for path in receipt.quarantine if path.name == "party.csv"]
    held = list(csv.DictReader(quarantine.read_text("utf-8-sig").splitlines()))
    assert [(line["row"], line["rule"]) for line in held] == [
        ("5", "columns"),
        ("250000", "columns"),
        ("399999", "value"),
    ]
    assert receipt.rows["party"] == 400_000 - 3
