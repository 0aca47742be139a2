"""The bank's files as text with row numbers: CSV in its encodings, Parquet, Excel. Streaming, in bounded memory.

Nothing is guessed from the look of a value here: an account number with leading zeros or 19 digits stays the
text it was. A row is numbered as a person sees it: the header is row 1.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from tenure.errors import InputError
from tenure.lake.delivered import Delivered, open_bytes
from tenure.lake.mapping import SourceFile
from tenure.lake.quarantine import FileFault
from tenure.progress import Task

#: Excel keeps 15 significant digits of a number; a longer one it has rounded.
_EXCEL_DIGITS = 10**15
#: A file with more unreadable rows than this isn't the file the mapping describes.
_TOO_MANY_FAULTS = 100_000


@dataclass
class Staged:
    """A file as text in Parquet: column ``_row`` and the bank's columns; and the rows that could not be read."""

    delivered: Delivered
    path: Path
    columns: tuple[str, ...]
    rows: int
    faults: list[FileFault] = field(default_factory=list)


def stage(delivered: Delivered, target: Path, task: Task) -> Staged:
    """Write a file's rows as text to ``target`` (Parquet), numbered; bad rows are set aside in ``faults``."""
    if delivered.spec.format == "parquet":
        return _stage_parquet(delivered, target, task)
    if delivered.spec.format == "excel":
        return _stage_excel(delivered, target, task)
    return _stage_csv(delivered, target, task)


# ── CSV ─────────────────────────────────────────────────────────────────────────────────────────


def _stage_csv(delivered: Delivered, target: Path, task: Task) -> Staged:
    spec, path = delivered.spec, delivered.path
    columns = _header(spec, path)
    staged = Staged(delivered, target, columns, 0)
    ragged: list[int] = []
    after_header = spec.skip_rows + 1

    def set_aside(row: pa.csv.InvalidRow) -> Literal["skip"]:
        number = row.number or 0  # counted from the file's first line, those skipped included
        ragged.append(number)
        shown = f"{row.actual_columns} values"
        staged.faults.append(FileFault(path.name, number, "", shown, "columns", row.text))
        if len(staged.faults) > _TOO_MANY_FAULTS:
            raise InputError(
                f"{path}: more than {_TOO_MANY_FAULTS:,} rows have not as many values as the header",
                f"Check delimiter and quote of this file ({spec.place}).",
            )
        return "skip"

    schema = _text_schema(columns)
    try:
        with open_bytes(path) as raw, pq.ParquetWriter(target, schema, compression="lz4") as out:
            reader = pa.csv.open_csv(
                raw,
                read_options=pa.csv.ReadOptions(
                    use_threads=False,  # only then are bad rows numbered
                    encoding=spec.encoding if spec.encoding != "utf-8" else "utf8",
                    skip_rows=spec.skip_rows,
                    block_size=8 << 20,
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=spec.delimiter,
                    quote_char=spec.quote or False,
                    double_quote=True,
                    newlines_in_values=bool(spec.quote),
                    ignore_empty_lines=False,  # they count as rows for whoever looks at the file
                    invalid_row_handler=set_aside,
                ),
                convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string())),
            )
            following = after_header + 1
            for batch in reader:
                numbers, following = _numbers(following, batch.num_rows, ragged)
                block = pa.RecordBatch.from_arrays([pa.array(numbers), *batch.columns], schema=schema)
                block = block.filter(_filled(batch))
                if block.num_rows:
                    out.write_batch(block)
                staged.rows += block.num_rows
                task.advance(block.num_rows)
    except pa.ArrowInvalid as wrong:
        raise _unreadable(delivered, str(wrong)) from None
    _refuse_cut_off(staged)
    _refuse_empty(staged)
    return staged


def _header(spec: SourceFile, path: Path) -> tuple[str, ...]:
    with open_bytes(path) as raw, io.TextIOWrapper(raw, encoding=spec.encoding, newline="") as text:
        for _ in range(spec.skip_rows):
            text.readline()
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if spec.quote else csv.QUOTE_NONE
        first = next(csv.reader(text, delimiter=spec.delimiter, quotechar=spec.quote or None, quoting=quoting), [])
    names = [n.removeprefix("\ufeff") for n in first]
    return _checked_header(spec, path, names)


def _checked_header(spec: SourceFile, path: Path, names: list[str]) -> tuple[str, ...]:
    alike = [name.lower() for name in names]  # SQL tells no capitals apart
    for name in names:
        if alike.count(name.lower()) > 1:
            raise InputError(
                f"{path}, row {spec.skip_rows + 1}: the column {name!r} is there twice", "Give each its own name."
            )
    if not any(names):
        raise InputError(f"{path}, row {spec.skip_rows + 1}: no header", "The first row must name the columns.")
    return tuple(names)


def _numbers(following: int, count: int, ragged: list[int]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], int]:
    """Row numbers for the next ``count`` good rows, leaving out the bad ones between them."""
    skipped = np.asarray([n for n in ragged if n >= following], dtype=np.int64)
    numbers = np.arange(following, following + count + len(skipped), dtype=np.int64)
    numbers = numbers[~np.isin(numbers, skipped)][:count]
    return numbers, int(numbers[-1]) + 1 if count else following


def _text_schema(columns: tuple[str, ...]) -> pa.Schema:
    """A staged file's columns: the row's number, then the bank's columns as text."""
    fields: list[tuple[str, pa.DataType]] = [("_row", pa.int64()), *((c, pa.string()) for c in columns)]
    return pa.schema(fields)


def _filled(batch: pa.RecordBatch) -> pa.BooleanArray:
    """Which rows are not blank lines."""
    blank: pa.BooleanArray = pc.equal(batch.column(0), pa.scalar(""))
    for column in batch.columns[1:]:
        if not pc.any(blank).as_py():
            break
        blank = pc.and_(blank, pc.equal(column, pa.scalar("")))
    return pc.invert(blank)


def _unreadable(delivered: Delivered, told: str) -> InputError:
    if "straddling" in told or "out of sync" in told:
        return _open_quote(delivered)
    return InputError(f"{delivered.path}: not readable as CSV: {told}", "Check delimiter and quote in the mapping.")


def _open_quote(delivered: Delivered) -> InputError:
    return InputError(
        f"{delivered.path}: a quote is opened and never closed; what follows it cannot be told apart",
        f"Ask for the complete file to be sent again, or correct quote for this file ({delivered.spec.place}).",
    )


def _refuse_cut_off(staged: Staged) -> None:
    """A file that ends in the middle of a row, or inside a quote, is half a file."""
    delivered = staged.delivered
    newest, values = _last_row(staged)
    fault = max(staged.faults, key=lambda f: f.row, default=None)
    cut_off = fault is not None and fault.row > newest
    if fault is not None and cut_off and not delivered.ends_with_newline:
        raise InputError(
            f"{delivered.path}, row {fault.row}: the file ends in the middle of a row"
            f" ({fault.value}, {len(staged.columns)} expected: {fault.raw[:60]!r}); it is incomplete",
            "Ask for the complete file to be sent again.",
        )
    # an open quote swallows the rows behind it: into the last value of all, or into a row of too many values
    swallowed = [*values, *(f.raw for f in staged.faults)]
    if delivered.odd_quotes and any("\n" in value for value in swallowed):
        raise _open_quote(delivered)


def _last_row(staged: Staged) -> tuple[int, list[str]]:
    """The number and the values of the last row that could be read; 0 and none where none could."""
    with pq.ParquetFile(staged.path) as file:
        if not file.metadata.num_rows:
            return 0, []
        group = file.read_row_group(file.num_row_groups - 1)
    number, *values = group.slice(group.num_rows - 1).to_pylist()[0].values()
    return number, values


# ── Parquet ─────────────────────────────────────────────────────────────────────────────────────


def _stage_parquet(delivered: Delivered, target: Path, task: Task) -> Staged:
    path = delivered.path
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as wrong:
        raise InputError(
            f"{path}: not a complete Parquet file ({str(wrong).splitlines()[0]})", "Ask for it to be sent again."
        ) from None
    columns = tuple(file.schema_arrow.names)
    for name, kind in zip(columns, file.schema_arrow.types, strict=True):
        if pa.types.is_nested(kind):
            raise InputError(f"{path}: the column {name!r} is nested ({kind})", "Deliver flat columns.")
    staged = Staged(delivered, target, columns, 0)
    schema = _text_schema(columns)
    with file, pq.ParquetWriter(target, schema, compression="lz4") as out:
        for batch in file.iter_batches(batch_size=100_000):
            numbers = np.arange(staged.rows + 2, staged.rows + 2 + batch.num_rows, dtype=np.int64)
            texts = [c.cast(pa.string()) for c in batch.columns]
            out.write_batch(pa.RecordBatch.from_arrays([pa.array(numbers), *texts], schema=schema))
            staged.rows += batch.num_rows
            task.advance(batch.num_rows)
    _refuse_empty(staged)
    return staged


# ── Excel ───────────────────────────────────────────────────────────────────────────────────────


def _stage_excel(delivered: Delivered, target: Path, task: Task) -> Staged:
    spec, path = delivered.spec, delivered.path
    lines = _excel_rows(delivered)
    header = next(lines, None)
    if header is None:
        raise InputError(f"{path}: the sheet is empty", "Ask for it to be sent again.")
    columns = _checked_header(spec, path, [_cell(v) or "" for v in header])
    staged = Staged(delivered, target, columns, 0)
    schema = _text_schema(columns)
    held: list[list[object]] = []
    with pq.ParquetWriter(target, schema, compression="lz4") as out:
        for number, line in enumerate(lines, spec.skip_rows + 2):
            texts = [_cell(v) for v in line]
            rounded = next((i for i, v in enumerate(line) if _is_rounded(v)), None)
            if rounded is not None:
                shown = ";".join(t or "" for t in texts)
                staged.faults.append(
                    FileFault(path.name, number, columns[rounded], texts[rounded] or "", "long_number", shown)
                )
            elif any(texts):
                held.append([number, *texts])
            if len(held) == 50_000:
                _write_lines(out, schema, held, staged, task)
        _write_lines(out, schema, held, staged, task)
    _refuse_empty(staged)
    return staged


def _excel_rows(delivered: Delivered) -> Iterator[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    spec, path = delivered.spec, delivered.path
    try:
        book = CalamineWorkbook.from_path(str(path))
    except CalamineError as wrong:
        raise InputError(f"{path}: not a complete Excel workbook ({wrong})", "Ask for it to be sent again.") from None
    if spec.sheet and spec.sheet not in book.sheet_names:
        raise InputError(
            f"{path}: no sheet {spec.sheet!r} ({spec.place})", f"Its sheets are {', '.join(book.sheet_names)}."
        )
    sheet = book.get_sheet_by_name(spec.sheet) if spec.sheet else book.get_sheet_by_index(0)
    width = 0
    for position, line in enumerate(sheet.to_python(skip_empty_area=False)):
        if position < spec.skip_rows:
            continue
        width = width or max((i + 1 for i, v in enumerate(line) if v != ""), default=0)
        yield line[:width]


def _write_lines(
    out: pq.ParquetWriter, schema: pa.Schema, held: list[list[object]], staged: Staged, task: Task
) -> None:
    if held:
        arrays = [pa.array(v, kind) for v, kind in zip(zip(*held, strict=True), schema.types, strict=True)]
        out.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
        staged.rows += len(held)
        task.advance(len(held))
        held.clear()


def _is_rounded(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _EXCEL_DIGITS


def _cell(value: object) -> str | None:
    """An Excel cell as text: whole numbers without a point, dates as ISO, empty as nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        shown = format(value, ".15g")  # the digits Excel itself keeps: 0.1 + 0.2 is 0.3 there
        return str(int(value)) if value.is_integer() else repr(value) if "e" in shown else shown
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


# ── what all share ──────────────────────────────────────────────────────────────────────────────


def _refuse_empty(staged: Staged) -> None:
    if not staged.rows and not staged.faults and not staged.delivered.spec.may_be_empty:
        raise InputError(
            f"{staged.delivered.path}: a header and no rows",
            "Ask for it to be sent again; if it may be empty, set may_be_empty = true for this file.",
        )
