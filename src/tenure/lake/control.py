"""Control totals: figures the bank gives with a file, so that a missing piece shows even where every row is sound."""

from __future__ import annotations

import csv
from collections.abc import Mapping as Items
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.errors import InputError
from tenure.lake import mapped
from tenure.lake.mapping import Control, Mapping, SourceFile
from tenure.lake.reading import Staged

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class ControlTotal:
    """A figure the bank gave with a file, and that the file's rows came to: ``rows`` or a column's sum."""

    file: str
    what: str
    value: Decimal


def controls_of(
    con: duckdb.DuckDBPyConnection, mapping: Mapping, staged: Items[str, Sequence[Staged]], folder: Path
) -> tuple[ControlTotal, ...]:
    """Verify every control total; ``InputError`` at the first that isn't met.

    Rows are counted as delivered, unreadable ones included; sums are exact decimals over the column as it stands.
    """
    met: list[ControlTotal] = []
    for key, spec in mapping.files.items():
        files = staged[key]
        wanted = _with_control_file(spec, folder, files) if spec.control.file else spec.control
        if wanted.rows is not None:
            rows = sum(f.rows + len(f.faults) for f in files)
            met.append(_compare(spec, "rows", Decimal(wanted.rows), Decimal(rows)))
        for column, total in wanted.sums.items():
            if column not in files[0].columns:
                raise InputError(
                    f"{spec.place}: control total for {column!r}, which {spec.pattern} does not have",
                    f"It has {', '.join(files[0].columns)}.",
                )
            met.append(_compare(spec, column, total, mapped.control_sum(con, files, column, spec.decimal)))
    return tuple(met)


def _compare(spec: SourceFile, what: str, wanted: Decimal, found: Decimal) -> ControlTotal:
    if wanted != found:
        raise InputError(
            f"{spec.pattern}: control total of {what} is {wanted:,f}, the file comes to {found:,f}"
            f" (difference {found - wanted:+,f})",
            "Rows are missing, doubled or changed: ask for the complete file to be sent again.",
        )
    return ControlTotal(spec.pattern, what, found)


def _with_control_file(spec: SourceFile, folder: Path, files: Sequence[Staged]) -> Control:
    """Totals from a small CSV: ``file,rows,COLUMN…``, one line a file; a data column's name heads its sum."""
    path = folder / spec.control.file
    try:
        lines = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    except FileNotFoundError:
        raise InputError(f"{path}: no such control file ({spec.place})", "Deliver it with the data.") from None
    rows = 0
    sums: dict[str, Decimal] = {}
    for file in files:
        line = next((each for each in lines if each.get("file") == file.delivered.path.name), None)
        if line is None:
            raise InputError(f"{path}: no line for {file.delivered.path.name}", "Every file needs its totals.")
        for name, value in line.items():
            if name == "file" or not value:
                continue
            try:
                figure = Decimal(value)
            except ArithmeticError:
                raise InputError(f"{path}, column {name}: {value!r} is no figure", "Write it as 1234.50.") from None
            if name == "rows":
                rows += int(figure)
            else:
                sums[name] = sums.get(name, Decimal(0)) + figure
    return Control(rows or None, {**spec.control.sums, **sums})
