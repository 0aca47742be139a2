"""A panel under four eyes: what the checker sees, and what the approval does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import staff_names
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels.models import Panel
from tenure.desk.voice.panels.reading import sees
from tenure.desk.voice.panels.wording import eligibility


class _Open:
    """See ``changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_RULES

    def name(self) -> str:
        return _("Panel of customers")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        one = Panel.objects.get(pk=change.subject_id)
        address = reverse("voice_panels:panel", args=[one.pk]) if sees(reader, one) else ""
        return f"{one.title} {one.number}", address

    def lines(self, change: Change, reader: User) -> list[Line]:
        one = Panel.objects.get(pk=change.subject_id)
        language = get_language() or "en"
        days = f"{formats.day(one.starts_on, language)} – {formats.day(one.ends_on, language)}"
        lines = [
            Line(_("What is tested"), after=one.title),
            Line(_("What for"), after=one.purpose),
            Line(_("In English"), after=" · ".join(part for part in (one.title_en, one.purpose_en) if part)),
            Line(_("Owner"), after=staff_names({one.owner}).get(one.owner, one.owner)),
            Line(_("Participants wanted"), after=str(one.wanted)),
            Line(_("Never invited, for comparison"), after=f"{one.held_out_percent} %"),
            Line(_("Period"), after=days),
            *(Line(label, after=text) for label, text in eligibility(one, language)),
        ]
        return [line for line in lines if line.after]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        one = Panel.objects.select_for_update().get(pk=change.subject_id)
        if one.state != rules.PLANNED or one.version != change.content["version"]:
            raise Conflict(_("It was changed after it was put up for approval."), _("Reject it; its maker asks again."))
        one.state, one.version = rules.APPROVED, one.version + 1
        one.changed_by, one.changed_at = checker, now
        one.save()
        audit.record(checker, "panel.approve", now=now, kind="panel", key=str(one.pk))
        return {"state": codes.PANEL_STATES[rules.APPROVED].en}

    def refused(self, change: Change, now: datetime) -> None:
        """Nothing was reserved."""


OPEN = _Open()
