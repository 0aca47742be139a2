"""A copy and an erasure under four eyes: what the checker sees, and what the approval does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.parties.visibility import entries_of
from tenure.desk.requests import erasing
from tenure.desk.requests.models import PersonRequest
from tenure.desk.requests.selectors import erased_by, names_of

State = PersonRequest.State


class _Waiting:
    """What both have in common; see ``changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_CUSTOMERS

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        request = PersonRequest.objects.get(pk=change.subject_id)
        name = names_of(reader, [request.party_id]).get(request.party_id, "")
        return f"{name} {request.party_id}".strip(), reverse("requests:request", args=[request.pk])

    def refused(self, change: Change, now: datetime) -> None:
        for request in PersonRequest.objects.select_for_update().filter(pk=change.subject_id, state=State.CHECKING):
            request.state, request.version = State.OPEN, request.version + 1
            request.save()

    def _locked(self, change: Change) -> PersonRequest:
        request = PersonRequest.objects.select_for_update().get(pk=change.subject_id)
        if request.state != State.CHECKING:
            raise Conflict(_("This request was decided otherwise meanwhile."), _("Reject it."))
        return request


class _Copy(_Waiting):
    def name(self) -> str:
        return _("Copy of a person's data")

    def lines(self, change: Change, reader: User) -> list[Line]:
        return [Line(_("A package of everything held about the person"), after=_("to be handed over"))]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        request = self._locked(change)
        request.state, request.version = State.DOING, request.version + 1
        request.save()
        number = str(request.pk)

        def later() -> None:
            from tenure.desk.control.tasks import write_copy

            write_copy.enqueue(number)

        transaction.on_commit(later)
        return {}


class _Erase(_Waiting):
    def name(self) -> str:
        return _("Erasure of a person's data")

    def lines(self, change: Change, reader: User) -> list[Line]:
        request = PersonRequest.objects.get(pk=change.subject_id)
        chinese, language = formats.is_chinese(get_language() or ""), get_language() or "en"
        if change.state != Change.State.WAITING:
            return [Line(name.zh if chinese else name.en, "",
                         _("%(gone)s erased, %(stay)s kept") % {"gone": gone, "stay": stay})
                    for name, gone, stay, _until in erased_by(request)]  # fmt: skip
        found = []
        for line in erasing.plan(entries_of(request.party_id), timezone.localdate()):
            title, why = (line.name.zh, line.why.zh) if chinese else (line.name.en, line.why.en)
            if line.lasts:
                after = _("kept as long as the relationship lasts: %(why)s") % {"why": why}
            elif line.until is None:
                after = _("erased")
            else:
                until = formats.day(line.until, language)
                after = _("kept until %(until)s: %(why)s") % {"until": until, "why": why}
            rows = line.goes + line.stays
            found.append(
                Line(title, "" if line.lake else ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows}, after)
            )
        return found

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        request = self._locked(change)
        numbers = entries_of(request.party_id)
        request.erased = erasing.erase(numbers, timezone.localdate(now), sparing=request.pk)
        # Copies written before went with the rest: whoever reads of one hears that it is gone, not that it waits.
        copies = PersonRequest.objects.filter(kind="copy", party_id__in=numbers, expires_at__gt=now)
        copies.update(expires_at=now)
        request.state, request.version = State.DONE, request.version + 1
        request.words, request.representative = "", "—" if request.representative else ""
        request.save()
        changes = {"customer": request.party_id, "tables": len(request.erased),
                   "rows": sum(line[1] for line in request.erased)}  # fmt: skip
        audit.record(checker, "request.erase", now=now, kind="request", key=str(request.pk), changes=changes)
        return {"rows": changes["rows"]}


COPY, ERASE = _Copy(), _Erase()
