"""An Excel file written row by row, in which no cell can become a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable

#: What spreadsheet programs take for the beginning of a formula or a command (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST = 32_767


def plain_text(value: str) -> str:
    """``value`` as text that stays text in a spreadsheet: a leading apostrophe disarms what would run."""
    value = _UNPRINTABLE.sub("", value)[: _LONGEST - 1]
    return f"'{value}" if value.startswith(_FORMULA) else value


def write_workbook(
    out: IO[bytes],
    title: str,
    watermark: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    most: int,
    choices: Mapping[int, Sequence[str]] | None = None,
) -> int:
    """Write one sheet: the watermark, the heads, then ``rows``; returns how many. Memory stays flat.

    ``choices`` are what the cells of a column (from 0) may hold; the spreadsheet offers them.

    Raises:
        Unacceptable: there are more than ``most`` rows; the file is then of no use.
    """
    from openpyxl import Workbook  # 30 MB of modules that only the worker needs
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook(write_only=True)
    sheet = book.create_sheet(plain_text(re.sub(r"[\[\]:*?/\\]", " ", title))[:31])
    sheet.freeze_panes = "A3"
    sheet.oddFooter.center.text = watermark[:200].replace("&", "&&")
    mark = WriteOnlyCell(sheet, plain_text(watermark))
    mark.font = Font(italic=True, color="808080")
    sheet.append([mark])
    named = [WriteOnlyCell(sheet, plain_text(head)) for head in heads]
    for cell in named:
        cell.font = Font(bold=True)
    sheet.append(named)
    written = 0
    for row in rows:
        written += 1
        if written > most:
            raise Unacceptable(
                _("More than %(most)s customers match; one file holds no more.") % {"most": f"{most:,}"},
                _("Narrow the filter, or export branch by branch."),
            )
        sheet.append([_cell(value) for value in row])
    for column, offered in (choices or {}).items():
        letter = get_column_letter(column + 1)
        rule = DataValidation(type="list", formula1=f'"{",".join(offered)}"', allow_blank=False)
        rule.add(f"{letter}3:{letter}{max(written, 1) + 2}")
        sheet.data_validations.append(rule)
    book.save(out)
    return written


def _cell(value: Any) -> Any:
    match value:
        case None | bool() | int() | float() | Decimal():
            return value
        case datetime():
            return value.replace(tzinfo=None)
        case date():
            return value
        case _:
            return plain_text(str(value))
