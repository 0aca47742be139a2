"""Writing an export: whose rows, as whom, into which file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control import audit, rules
from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.files import file_of, forget_expired
from tenure.desk.control.models import Change, Export
from tenure.desk.control.workbook import write_workbook
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.publication.current import pin
from tenure.errors import TenureError

#: What can be exported, and where its source is; a path and not an import, because control lies below these apps.
KINDS = {
    "customers": "tenure.desk.parties.exports.CUSTOMERS",
    "opportunities": "tenure.desk.opportunities.exports.OPPORTUNITIES",
    "credit": "tenure.desk.opportunities.exports.CREDIT",
    "complaints": "tenure.desk.voice.complaints.exports.RETURN",
    "handover": "tenure.desk.team.exports.HANDOVER",
}
#: What may be taken out by the right to that work too: a file of figures in which no customer stands.
ALSO = {"complaints": Permission.HANDLE_COMPLAINTS}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table ready to be written: a title, the head of each column, and rows masked as their reader may see them."""

    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]


class Source(Protocol):
    """Where rows of one kind of export come from."""

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        """``filters`` as they are kept and printed: what narrows nothing left out. Raises Unacceptable."""

    def told(self, filters: Mapping[str, str], language: str) -> str:
        """``filters`` in words: “Tier: Gold”; empty for all rows."""

    def count(self, user: User, filters: Mapping[str, Any], most: int) -> int:
        """How many rows ``user`` would get, counted no further than ``most``."""

    def sheet(self, user: User, filters: Mapping[str, Any], language: str) -> Sheet:
        """The rows ``user`` may see, as they may see them."""


def may_export(user: User, kind: str) -> bool:
    """Whether one of the posts of ``user`` lets them take out files of this kind."""
    reach = reach_of(user)
    return reach.may(Permission.EXPORT_CUSTOMERS) or (kind in ALSO and reach.may(ALSO[kind]))


def source_of(kind: str) -> Source:
    """The source of ``kind``.

    Raises:
        Unacceptable: nothing of that name can be exported.
    """
    if kind not in KINDS:
        raise Unacceptable(
            _("“%(kind)s” cannot be exported.") % {"kind": kind},
            _("Kinds are: %(kinds)s.") % {"kinds": ", ".join(KINDS)},
            field="kind",
        )
    source: Source = import_string(KINDS[kind])
    return source


class _Many:
    """A file of more rows than one person may take out alone; see ``changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Export of many customers")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        return _("%(rows)s rows") % {"rows": f"{change.content['rows']:,}"}, ""

    def lines(self, change: Change, reader: User) -> list[Line]:
        asked = Export.objects.get(pk=change.subject_id)
        narrowed = source_of(asked.kind).told(asked.filters, get_language() or "zh-hans")
        return [Line(_("Filter"), after=narrowed or _("all")), Line(_("Rows"), after=f"{change.content['rows']:,}")]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        asked = Export.objects.select_for_update().get(pk=change.subject_id)
        asked.state, asked.checked_by = Export.State.WAITING, checker
        asked.save(update_fields=["state", "checked_by"])
        enqueue(asked)
        return {}

    def refused(self, change: Change, now: datetime) -> None:
        Export.objects.filter(pk=change.subject_id, state=Export.State.UNCHECKED).update(
            state=Export.State.REFUSED, problem=change.words
        )


MANY = _Many()


def enqueue(export: Export) -> None:
    """Have the worker write a waiting export once the caller's transaction stands."""
    from tenure.desk.control.tasks import write_export

    write_export.enqueue(str(export.pk))


def write(export_id: str, now: datetime) -> None:
    """Write the file of a waiting export as its requester sees things at this moment; run by the worker.

    A right lost since the request counts: the export fails and says so. Run twice it writes once; one that failed
    may be run again.
    """
    forget_expired(now)
    export = (
        Export.objects.select_related("requested_by", "checked_by")
        .filter(pk=export_id, state__in=(Export.State.WAITING, Export.State.FAILED))
        .first()
    )
    if export is None:
        return
    user = export.requested_by
    try:
        if not (user.is_active and may_export(user, export.kind)):
            with translation.override(export.language):
                raise Unacceptable(_("The right to export was taken away meanwhile."))
        with pin(), translation.override(export.language):
            sheet = source_of(export.kind).sheet(user, export.filters, export.language)
            rows = _write_file(export, sheet, now)
    except TenureError as refused:
        export.state, export.problem = Export.State.FAILED, refused.message[:500]
    except Exception:  # a full disk, say: the requester must not wait for ever, and the worker's log has the rest
        with translation.override(export.language):
            export.state, export.problem = Export.State.FAILED, _("The file could not be written; ask for it again.")
        export.save()
        raise
    else:
        export.state, export.rows = Export.State.READY, rows
        export.ready_at, export.expires_at = now, now + timedelta(hours=rules.EXPORT_LASTS_HOURS)
    export.save()
    changes = {"state": export.state, "rows": export.rows, "problem": export.problem, "filter": export.filters}
    audit.record(user, "export.write", now=now, kind="export", key=str(export.pk), changes=changes)


def _write_file(export: Export, sheet: Sheet, now: datetime) -> int:
    path = file_of(export)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".writing")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        rows = write_workbook(
            out, sheet.title, _watermark(export, now), sheet.heads, sheet.rows, most=settings.EXPORT_ROWS
        )
    fresh.replace(path)
    return rows


def _watermark(export: Export, now: datetime) -> str:
    asked = source_of(export.kind).told(export.filters, export.language) or _("all")
    told = _("Confidential · exported by %(name)s (%(user)s) at %(at)s · filter: %(filter)s · reason: %(reason)s")
    if export.checked_by is not None:
        told += _(" · approved by %(checker)s") % {"checker": export.checked_by.name}
    return told % {
        "name": export.requested_by.name,
        "user": export.requested_by.username,
        "at": timezone.localtime(now).strftime("%Y-%m-%d %H:%M"),
        "filter": asked,
        "reason": export.reason,
    }
