"""A concession above a limit, as a change under four eyes; see ``control.changes.kinds.ChangeKind``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict, NotAllowed
from tenure.desk.control.models import Change
from tenure.desk.kit import formats, wording
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.voice.complaints import rules
from tenure.desk.voice.complaints.models import Concession
from tenure.desk.voice.complaints.reading import hindered


class _Concession:
    """Approved: it is given. Rejected or withdrawn: it is not, and stays on record."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Concession above a limit")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        one, language = Concession.objects.select_related("complaint").get(pk=change.subject_id), get_language() or "en"
        kind = wording.code_name(one.kind, "concession_kind", language)
        amount = formats.money(one.amount, one.currency, language)
        return f"{kind} · {amount}", reverse("voice_complaints:complaint", args=[one.complaint_id])

    def lines(self, change: Change, reader: User) -> list[Line]:
        one, language = Concession.objects.select_related("complaint").get(pk=change.subject_id), get_language() or "en"
        why = {
            "alone": _("more than one person may grant alone"),
            "complaint": _("more than a complaint may have"),
            "year": _("more than one customer has in a year"),
        }
        given = Concession.objects.filter(party_id=one.party_id, state=rules.GIVEN).order_by("-made_at")
        before = "; ".join(formats.money(other.amount, other.currency, language) for other in given[:3])
        return [
            Line(_("Complaint"), "", one.complaint.number),
            Line(_("Amount"), "", formats.money(one.amount, one.currency, language)),
            Line(_("Conceded to the customer before"), "", before),
            Line(_("Above the limit"), "", why.get(one.over, "")),
        ]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        one = _locked(change)
        if hindered(checker, one.complaint):
            raise NotAllowed(_("You have an interest in this complaint: somebody else handles it."))
        one.state, one.decided_at = rules.GIVEN, now
        one.save(update_fields=["state", "decided_at"])
        return {"amount": one.amount}

    def refused(self, change: Change, now: datetime) -> None:
        one = _locked(change)
        one.state, one.decided_at = rules.REFUSED, now
        one.save(update_fields=["state", "decided_at"])


def _locked(change: Change) -> Concession:
    rows = Concession.objects.select_for_update(of=("self",)).select_related("complaint")
    one = rows.get(pk=change.subject_id)
    if one.state != rules.WAITING:
        raise Conflict(_("This concession waits for nobody."))
    return one


CONCESSION = _Concession()
