"""A workbook's way: out, back, before a second person, into force cell by cell, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.changes.services import propose, reasoned
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.models import Change, Sheet
from tenure.desk.control.rules import ASKED_ONCE
from tenure.desk.control.sheets.kinds import MOST_ROWS, Editable, editable_of
from tenure.desk.control.sheets.reading import Fault, Returned, grid_of, number_in, read
from tenure.desk.control.sheets.selectors import LINES, lines_of
from tenure.desk.control.workbook import write_workbook
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import checked_at
from tenure.errors import TenureError

State = Sheet.State


def take_out(
    user: User, kind: str, filters: Mapping[str, Any], reason: str, *, now: datetime, language: str = ""
) -> Sheet:
    """Make a workbook of at most :data:`~kinds.MOST_ROWS` rows to be edited; :func:`file_of` gives it.

    The same words again within :data:`rules.ASKED_ONCE` give the workbook they gave: a double click takes out one.

    Raises:
        NotAllowed: no post of theirs edits this.
        Unacceptable: no such kind, no reason, nothing matches, or too much does.
    """
    editable = editable_of(kind)
    _may_edit(user, editable)
    wanted, language = editable.asked(filters), language or get_language() or "zh-hans"
    rows = list(editable.rows(user, wanted, MOST_ROWS + 1))
    if not rows:
        raise Unacceptable(_("Nothing matches."), _("Widen the filter."), field="filters")
    if len(rows) > MOST_ROWS:
        raise Unacceptable(
            _("More than %(most)s rows match; nobody can look through more at once.") % {"most": f"{MOST_ROWS:,}"},
            _("Narrow the filter."),
            field="filters",
        )
    values = {row.key: dict(row.values) for row in rows}
    asked = {"made_by": user, "kind": kind, "filters": wanted, "language": language, "reason": reasoned(reason)}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # one request of theirs after the other
        known = Sheet.objects.filter(state=State.OUT, made_at__gt=now - ASKED_ONCE, **asked).first()
        if known is not None and known.values == values:
            return known
        org_path = checked_at(user)
        sheet = Sheet.objects.create(
            org_path=org_path, made_at=now, changed_at=now, rows=len(rows), values=values, **asked
        )
        changes = {"kind": kind, "filter": wanted, "rows": len(rows)}
        audit.record(user, "sheet.take_out", now=now, kind="sheet", key=str(sheet.pk), changes=changes, reason=reason)
    return sheet


def file_of(user: User, sheet_id: UUID, out: IO[bytes], *, now: datetime) -> str:
    """Write the workbook of one's own sheet into ``out``; the name to save it under.

    Raises:
        NotFound: there is no such workbook of theirs.
        NotAllowed: the right was taken away meanwhile.
    """
    sheet = _own(user, sheet_id)
    editable = editable_of(sheet.kind)
    _may_edit(user, editable)
    with translation.override(sheet.language):
        columns, heads, title = editable.columns(sheet.language), editable.heads(), editable.name()
        taken = {row.key: row for row in editable.rows(user, sheet.filters, MOST_ROWS + 1) if row.key in sheet.values}
    rows = [
        [key, *row.beside, *(column.word(sheet.values[key][column.name]) for column in columns)]
        for key, row in taken.items()
    ]
    mark = _("Confidential · workbook %(number)s · taken out by %(name)s at %(at)s · reason: %(reason)s") % {
        "number": sheet.pk,
        "name": user.name,
        "at": timezone.localtime(sheet.made_at).strftime("%Y-%m-%d %H:%M"),
        "reason": sheet.reason,
    }
    choices = {len(heads) + n: list(column.choices.values()) for n, column in enumerate(columns) if column.choices}
    heads = [*heads, *(column.head for column in columns)]
    write_workbook(out, title, mark, heads, rows, most=MOST_ROWS, choices=choices)
    audit.record(user, "sheet.fetch", now=now, kind="sheet", key=str(sheet.pk), changes={"rows": len(rows)})
    return f"tenure-{sheet.kind}-{sheet.made_at:%Y%m%d-%H%M}.xlsx"


def results_of(user: User, sheet_id: UUID, out: IO[bytes], *, now: datetime) -> str:
    """Write what became of each cell of one's own sheet into ``out``, and which were left out when it came back; the
    name to save it under.

    Raises:
        NotFound: there is no such workbook of theirs, or nothing became of it yet.
    """
    sheet = _own(user, sheet_id)
    if not sheet.results:
        raise NotFound(_("Nothing has become of this workbook yet."))
    columns = {column.name: column for column in editable_of(sheet.kind).columns(get_language() or "zh-hans")}
    rows = [
        [key, columns[name].head, columns[name].word(before), columns[name].word(after), no or _("done")]
        for key, name, before, after, no in sheet.results
    ]
    if sheet.state != State.UNDONE:  # then each cell stands where it was before
        rows += [
            [
                key,
                columns[name].head,
                columns[name].word(before),
                columns[name].word(after),
                _("left out: changed at the desk meanwhile"),
            ]
            for key, name, before, after in sheet.left_out.get("moved", [])
        ]
        rows += [
            [
                _("row %(n)s") % {"n": one["row"]},
                one["column"],
                "",
                one["value"],
                _("left out: expected %(what)s") % {"what": one["expected"]},
            ]
            for one in sheet.left_out.get("faults", [])
        ]
    heads = [_("Row"), _("Column"), _("Before"), _("Afterwards"), _("Result")]
    mark = _("Confidential · results of workbook %(number)s · %(name)s") % {"number": sheet.pk, "name": user.name}
    write_workbook(out, _("Results"), mark, heads, rows, most=len(rows))
    audit.record(user, "sheet.fetch", now=now, kind="sheet", key=str(sheet.pk), changes={"rows": len(rows)})
    return f"tenure-{sheet.kind}-results-{sheet.changed_at:%Y%m%d-%H%M}.xlsx"


@dataclass(frozen=True, slots=True)
class Compared:
    """What came back: the cells that differ, those that somebody else changed meanwhile, and faults by cell."""

    sheet: Sheet
    moved: list[list[str]]
    faults: list[Fault]


def bring_back(user: User, file: IO[bytes], *, now: datetime) -> Compared:
    """Compare an edited workbook with what was taken out and with what stands now; nothing is changed yet.

    A faulty cell, and one whose value somebody changed at the desk meanwhile, are left out; the rest can go on.
    Bringing it back again replaces what came before.

    Raises:
        Unacceptable: no workbook of ours, or too large.
        NotFound: it is somebody else's.
        Conflict: what came back before is being checked or is in force.
    """
    sheet, returned = _returned(user, file)
    editable = editable_of(sheet.kind)
    _may_edit(user, editable)
    edits = [
        [key, column, sheet.values[key][column], value]
        for key, values in returned.values.items()
        for column, value in values.items()
        if value != sheet.values[key][column]
    ]
    now_stands = editable.current(user, {key for key, *_rest in edits})
    moved = [edit for edit in edits if now_stands.get(edit[0], {}).get(edit[1]) != edit[2]]
    with transaction.atomic():
        sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
        if sheet.state not in (State.OUT, State.BACK, State.REFUSED):
            raise Conflict(_("What came back before is being checked or is in force."), _("Take out a new workbook."))
        sheet.edits = [edit for edit in edits if edit not in moved]
        sheet.left_out = {"moved": moved, "faults": [asdict(one) for one in returned.faults]}
        sheet.state, sheet.changed_at = State.BACK, now
        sheet.save(update_fields=["edits", "left_out", "state", "changed_at"])
        changes = {"edits": len(sheet.edits), "moved": len(moved), "faults": len(returned.faults)}
        audit.record(user, "sheet.bring_back", now=now, kind="sheet", key=str(sheet.pk), changes=changes)
    return Compared(sheet, moved, returned.faults)


def send(user: User, sheet_id: UUID, *, now: datetime) -> Change:
    """Put the edits that came back before a second person.

    Raises:
        NotFound: there is no such workbook of theirs.
        Conflict: nothing has come back that differs, or it is under way already.
    """
    with transaction.atomic():
        sheet = _own(user, sheet_id, lock=True)
        if sheet.state != State.BACK or not sheet.edits:
            raise Conflict(_("Nothing has come back that differs."), _("Edit the workbook and bring it back."))
        sheet.state, sheet.changed_at = State.WAITING, now
        sheet.save(update_fields=["state", "changed_at"])
        subject = ("sheet", str(sheet.pk))
        return propose(user, "sheet.edits", subject, {}, sheet.reason, org_path=sheet.org_path, now=now)


def undo(user: User, sheet_id: UUID, *, now: datetime) -> Sheet:
    """Take back the edits in force, where nobody has changed the cell since; by a background job.

    Raises:
        NotFound: there is no such workbook of theirs.
        Conflict: nothing of it is in force.
    """
    with transaction.atomic():
        sheet = _own(user, sheet_id, lock=True)
        _may_edit(user, editable_of(sheet.kind))
        if sheet.state != State.APPLIED:
            raise Conflict(_("Nothing of this workbook is in force."))
        sheet.state, sheet.changed_at = State.UNDOING, now
        sheet.save(update_fields=["state", "changed_at"])
        _enqueue(sheet)
        audit.record(user, "sheet.undo", now=now, kind="sheet", key=str(sheet.pk), changes={"kind": sheet.kind})
    return sheet


def work(sheet_id: str, now: datetime) -> None:
    """Put an approved workbook's edits into force, or take them back; run by the worker. Run twice it does it once.

    Each cell is a change of its own, with the rights its maker has now; what hinders one is noted beside it.
    """
    sheet = Sheet.objects.select_related("made_by").filter(pk=sheet_id).first()
    if sheet is None or sheet.state not in (State.APPLYING, State.UNDOING):
        return
    editable, back = editable_of(sheet.kind), sheet.state == State.UNDOING
    done = [edit for edit in sheet.results if not edit[4]]
    edits = [[key, column, after, before] for key, column, before, after, _no in done] if back else sheet.edits
    stands = editable.current(sheet.made_by, {edit[0] for edit in edits})
    results = []
    for key, column, before, after in edits:
        standing = stands.get(key, {}).get(column)
        hindered = ""
        if standing == before:
            try:
                editable.apply(sheet.made_by, key, column, after, now)
            except TenureError as no:
                hindered = no.message
        elif standing != after:  # equal where a killed worker had come this far
            hindered = _("changed meanwhile") if standing is not None else _("no longer yours to see")
        results.append([key, column, before, after, hindered])
    with transaction.atomic():
        sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
        if sheet.state != (State.UNDOING if back else State.APPLYING):
            return
        sheet.state, sheet.results, sheet.changed_at = (State.UNDONE if back else State.APPLIED), results, now
        sheet.save(update_fields=["state", "results", "changed_at"])
        hindrances = sum(1 for one in results if one[4])
        changes = {"state": sheet.state, "cells": len(results) - hindrances, "hindered": hindrances}
        audit.record(sheet.made_by, "sheet.work", now=now, kind="sheet", key=str(sheet.pk), changes=changes)


class _Edits:
    """The edits of a workbook before a second person; see ``changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Edited workbook")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        sheet = Sheet.objects.get(pk=change.subject_id)
        cells = ngettext("%(n)s cell", "%(n)s cells", len(sheet.edits)) % {"n": len(sheet.edits)}
        rows = ngettext("%(n)s row", "%(n)s rows", _rows_of(sheet)) % {"n": _rows_of(sheet)}
        told = _("%(cells)s of %(rows)s") % {"cells": cells, "rows": rows}
        return f"{editable_of(sheet.kind).name()}: {told}", ""

    def lines(self, change: Change, reader: User) -> list[Line]:
        return lines_of(Sheet.objects.get(pk=change.subject_id))[:LINES]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        sheet = Sheet.objects.select_for_update().get(pk=change.subject_id)
        sheet.state, sheet.changed_at = State.APPLYING, now
        sheet.save(update_fields=["state", "changed_at"])
        _enqueue(sheet)
        return {}

    def refused(self, change: Change, now: datetime) -> None:
        Sheet.objects.filter(pk=change.subject_id).update(state=State.REFUSED, changed_at=now)


EDITS = _Edits()


def _rows_of(sheet: Sheet) -> int:
    return len({edit[0] for edit in sheet.edits})


def _returned(user: User, file: IO[bytes]) -> tuple[Sheet, Returned]:
    """The sheet a file belongs to, by the number in its first cell, and what the file holds."""
    grid = grid_of(file)
    sheet = _own(user, number_in(grid))
    editable = editable_of(sheet.kind)
    with translation.override(sheet.language):
        columns = editable.columns(sheet.language)
    return sheet, read(grid, columns, sheet.values, len(editable.heads()) - 1)


def _own(user: User, sheet_id: UUID, *, lock: bool = False) -> Sheet:
    rows = Sheet.objects.select_for_update() if lock else Sheet.objects
    sheet = rows.filter(pk=sheet_id, made_by=user).first()
    if sheet is None:
        raise NotFound(_("There is no such workbook of yours."))
    return sheet


def _may_edit(user: User, editable: Editable) -> None:
    must(user, editable.edits)


def _enqueue(sheet: Sheet) -> None:
    from tenure.desk.control.tasks import work_sheet

    work_sheet.enqueue(str(sheet.pk))
