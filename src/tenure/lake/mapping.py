"""The mapping file: which of the bank's files feed which tables, and how each column is read.

A TOML file, described for its writers in docs/ingest.md. Whatever is misspelt is refused with its place in the
file and the nearest right name; nothing is guessed. These are the parsed pieces; :mod:`tenure.lake.mapping_file`
reads them from TOML.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from tenure.contracts import Table

#: What a source may be called.
SOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")

Mode = Literal["full", "delta", "event"]
Test = Literal["is", "is_not", "in", "not_in", "filled", "on_or_before", "after"]


@dataclass(frozen=True)
class Control:
    """Control totals of a file: a row count, sums of columns, or the name of a file that holds them."""

    rows: int | None = None
    sums: dict[str, Decimal] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class SourceFile:
    """How one of the bank's files is found and read. ``pattern`` may hold ``*``; ``key`` is its name in the mapping."""

    key: str
    pattern: str
    place: str
    format: Literal["csv", "parquet", "excel"] = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    decimal: str = "."
    sheet: str = ""
    skip_rows: int = 0
    may_be_empty: bool = False
    control: Control = field(default_factory=Control)


@dataclass(frozen=True)
class Step:
    """One transform with its arguments."""

    transform: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """Where a value comes from: columns of the files, or a constant; and the transforms it goes through.

    Several columns are joined by ``joined_by`` first, empty ones included, so that a lookup can match them.
    """

    place: str
    columns: tuple[str, ...] = ()
    joined_by: str = "|"
    constant: str | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Condition:
    """A row is taken only if this holds; with ``why`` those left out are counted in the receipt."""

    reading: Reading
    test: Test
    value: Any
    why: str


@dataclass(frozen=True)
class Join:
    """Columns of another file beside each row, under ``name.column``: all matches, or none and the columns empty.

    ``on`` maps the other file's columns to columns already there; ``where`` fixes columns of the other file.
    ``matched`` leaves out rows without a match.
    """

    file: str
    name: str
    on: dict[str, str]
    where: dict[str, str]
    matched: bool
    place: str


@dataclass(frozen=True)
class Pick:
    """One row for each value of ``per``: the first or the last ``by`` some order.

    With ``running`` (balance, signed amount) the last is found from running balances instead: the row whose
    balance no other row of the group starts from. It needs no order within the day.
    """

    last: bool
    per: tuple[Reading, ...]
    by: tuple[Reading, ...] = ()
    running: tuple[Reading, Reading] | None = None


@dataclass(frozen=True)
class Part:
    """One source of rows for one table: a file with joins and filters, or rows written in the mapping itself."""

    table: Table
    mode: Mode
    place: str
    source: str = ""
    rows: tuple[dict[str, str], ...] = ()
    joins: tuple[Join, ...] = ()
    where: tuple[Condition, ...] = ()
    pick: Pick | None = None
    columns: dict[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file. ``digest`` is the hash of its text: a changed mapping makes a changed delivery."""

    path: Path
    source: str
    bank: str
    currency: str
    business_date: dt.date | None
    max_bad_share: float
    max_retired_share: float
    files: dict[str, SourceFile]
    parts: tuple[Part, ...]
    digest: str

    @staticmethod
    def read(path: str | Path) -> Mapping:
        """Parse a mapping file; ``InputError`` with file, line, section and the nearest right name if it is wrong."""
        from tenure.lake.mapping_file import parse

        return parse(Path(path))
