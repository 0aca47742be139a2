"""One's own workbooks."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import NotFound
from tenure.desk.control.models import Sheet
from tenure.desk.control.sheets.kinds import editable_of
from tenure.desk.org.models import User

#: Differences shown in one list; the result file has all.
LINES = 200


def sheets_of(user: User, limit: int = 50) -> list[Sheet]:
    """The person's own workbooks, the last first."""
    return list(Sheet.objects.filter(made_by=user).defer("values", "results")[:limit])


def sheet(user: User, sheet_id: UUID) -> Sheet:
    """One of the person's own workbooks.

    Raises:
        NotFound: it is not theirs, or is not at all.
    """
    found = Sheet.objects.filter(pk=sheet_id, made_by=user).first()
    if found is None:
        raise NotFound(_("There is no such workbook of yours."))
    return found


def lines_of(sheet: Sheet) -> list[Line]:
    """The edits of a workbook, worded for the reader."""
    columns = {column.name: column for column in editable_of(sheet.kind).columns(get_language() or "zh-hans")}
    return [
        Line(f"{key} · {columns[name].head}", columns[name].word(before), columns[name].word(after))
        for key, name, before, after in sheet.edits
    ]
