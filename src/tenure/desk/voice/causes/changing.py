"""An improvement under four eyes: what the checker sees, and what the approval does."""

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
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branch_names, staff_names
from tenure.desk.voice.causes import improving, reading, rules
from tenure.desk.voice.causes.models import Improvement, ImprovementStep


class _Start:
    """See ``changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_RULES

    def name(self) -> str:
        return _("Start of an improvement")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        one = Improvement.objects.get(pk=change.subject_id)
        address = reverse("voice_causes:improvement", args=[one.pk]) if reading.sees(reader, one) else ""
        return f"{one.title} {one.number}", address

    def lines(self, change: Change, reader: User) -> list[Line]:
        one = Improvement.objects.get(pk=change.subject_id)
        language = get_language() or "en"
        names = branch_names(one.branches.values_list("org_id", flat=True))
        arms = {
            arm: [names.get(b.org_id, b.org_id) for b in one.branches.all() if b.arm == arm]
            for arm in ("treated", "control")
        }
        lines = [
            Line(_("Kind"), after=code_name(one.kind, "improvement_kind", language)),
            Line(_("Aim"), after=one.aim),
            Line(_("Causes"), after=" · ".join(theme.label for theme in improving.themes_of(one))),
            Line(_("Owner"), after=staff_names({one.owner}).get(one.owner, one.owner)),
            Line(_("Taking part"), after=" · ".join(code_name(f, "function", language) for f in one.functions)),
            Line(_("Starts at"), after=" · ".join(arms["treated"]) or _("the whole bank")),
            Line(_("Compared with"), after=" · ".join(arms["control"]) or _("branches the night finds alike")),
            Line(_("Starts on"), after=formats.day(one.starts_on, language)),
        ]
        if one.cost is not None:
            lines.append(Line(_("Cost"), after=formats.money(one.cost, one.currency, language)))
        return [line for line in lines if line.after]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        one = Improvement.objects.select_for_update().get(pk=change.subject_id)
        if one.state != rules.PROPOSED or one.version != change.content["version"]:
            raise Conflict(_("It was changed after it was put up for approval."), _("Reject it; its maker asks again."))
        one.state, one.version = rules.APPROVED, one.version + 1
        one.changed_by, one.changed_at = checker, now
        one.save()
        ImprovementStep.objects.create(improvement=one, kind="approved", by=checker, at=now)
        audit.record(checker, "improvement.approve", now=now, kind="improvement", key=str(one.pk))
        return {"state": codes.IMPROVEMENT_STATES[rules.APPROVED].en}

    def refused(self, change: Change, now: datetime) -> None:
        one = Improvement.objects.filter(pk=change.subject_id).first()
        if one is not None:
            ImprovementStep.objects.create(
                improvement=one, kind="refused", by=change.checked_by, at=now, words=change.words
            )


START = _Start()
