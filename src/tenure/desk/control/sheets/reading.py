"""Reading a workbook that came back: every cell is looked at, every fault is named by row and column."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.sheets.kinds import EditColumn

#: A file that comes back is no larger than this, packed and unpacked.
MOST_BYTES, MOST_UNPACKED = 5_000_000, 60_000_000
#: Faults told of one file; beyond them the file is not what it should be.
MOST_FAULTS = 50
_NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be meant: its row in the file (from 1), its column's head, what it holds, what may."""

    row: int
    column: str
    value: str
    expected: str


@dataclass(slots=True)
class Returned:
    """What a file holds: codes by key and column, and what could not be read."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


Grid = list[tuple[Any, ...]]


def number_in(grid: Grid) -> UUID:
    """The number of the sheet a file was taken out as, which stands in its first cell.

    Raises:
        Unacceptable: it isn't there.
    """
    mark = next((str(cell) for cell in grid[0] if cell), "") if grid else ""
    number = _NUMBER.search(mark)
    if number is None:
        raise Unacceptable(
            _("This is not a workbook that was taken out here, or its first row was changed."),
            _("Take it out again and edit only the cells below the heads."),
            field="file",
        )
    return UUID(number.group())


def read(grid: Grid, columns: Sequence[EditColumn], keys: Mapping[str, Any], beside: int) -> Returned:
    """The edited cells of a workbook.

    Args:
        columns: those that may be edited, in their order; they follow the key and ``beside`` other columns.
        keys: the rows that were taken out; others are faults.

    Raises:
        Unacceptable: its heads are not those it was taken out with.
    """
    heads = [str(cell or "").strip() for cell in grid[1]] if len(grid) > 1 else []
    wanted, first = [column.head for column in columns], 1 + beside
    if heads[first : first + len(wanted)] != wanted:
        raise Unacceptable(
            _("The second row of this workbook was changed."),
            _("Its heads must be %(heads)s; edit only the cells below them.") % {"heads": ", ".join(wanted)},
            field="file",
        )
    found = Returned()
    for place, row in enumerate(grid[2:], 3):
        key = _text(row[0]) if row else ""
        if not key and not any(row):
            continue
        if key not in keys:
            _fault(found, place, heads[0], key, _("a row of this workbook"))
            continue
        if key in found.values:
            _fault(found, place, heads[0], key, _("each row once"))
            continue
        found.values[key] = {}
        for offset, column in enumerate(columns, first):
            said = _text(row[offset]) if offset < len(row) else ""
            code = column.code(said)
            if code is not None:
                found.values[key][column.name] = code
            else:
                _fault(found, place, column.head, said, column.told())
    return found


def _fault(found: Returned, row: int, column: str, value: str, expected: str) -> None:
    if len(found.faults) < MOST_FAULTS:
        found.faults.append(Fault(row, column, value[:60], expected))


def grid_of(file: IO[bytes]) -> Grid:
    """The cells of a workbook's first sheet.

    Raises:
        Unacceptable: no workbook, or too large, packed or unpacked.
    """
    from openpyxl import load_workbook

    held = file.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:
        raise Unacceptable(_("The file is larger than 5 MB."), _("Bring back the workbook as it was taken out."))
    try:
        with zipfile.ZipFile(BytesIO(held)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Unacceptable(_("The file unpacks to more than it can hold."), field="file")
        book = load_workbook(BytesIO(held), read_only=True, data_only=True)
        return list(book.worksheets[0].iter_rows(values_only=True, max_row=20_000, max_col=60))
    except Unacceptable:
        raise
    except Exception:  # whatever is wrong with a stranger's file, it is no workbook
        raise Unacceptable(
            _("This file is no Excel workbook."), _("Save it as .xlsx and bring it back."), field="file"
        ) from None


def _text(value: Any) -> str:
    """A cell as it was meant: Excel turns a number kept as text into a number when somebody edits it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip().removeprefix("'")
