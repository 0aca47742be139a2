"""More time for a complaint under four eyes: what the checker sees, and what the approval does.

The rule on complaints: a simple one is decided within 15 days, a complex one within 30, and 30 more with approval.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED
from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict, NotAllowed
from tenure.desk.control.masking import masked
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import visible_to
from tenure.desk.voice.cases import rules, timing
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.cases.opening import note, passed_over, save, step


def refuse_the_concerned(case: Case, checker: User) -> None:
    """Nobody decides about a complaint they are the subject of, or stood aside from.

    Raises:
        NotAllowed
    """
    if checker.staff_id and checker.staff_id in passed_over(case):
        raise NotAllowed(_("You have an interest in this case, or stood aside from it: somebody else handles it."))


class _Extension:
    """See ``changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("More time for a complaint")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        case = Case.objects.get(pk=change.subject_id)
        names = visible_to(reader).filter(party_id=case.party_id).values_list("name", flat=True)
        name = masked(names[0], PUBLISHED["customer"]["name"], reach_of(reader)) if names else ""
        return f"{name or case.party_id} {case.number}", reverse("voice_cases:case", args=[case.pk])

    def lines(self, change: Change, reader: User) -> list[Line]:
        days = {name: _("%(n)s days") % {"n": change.content[name]} for name in ("from", "to")}
        return [Line(_("Decided within"), days["from"], days["to"])]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        case = Case.objects.select_for_update().get(pk=change.subject_id)
        refuse_the_concerned(case, checker)
        clock = case.clocks.filter(clock="regulator", round=case.round, stopped_at=None).first()
        if clock is None or clock.allowance != int(change.content["from"]) * rules.DAY:
            raise Conflict(_("The complaint was closed or given more time meanwhile."), _("Reject it."))
        clock.allowance, clock.levels, clock.level = rules.extended(
            int(change.content["to"]) * rules.DAY, clock.levels, clock.level
        )
        clock.save(update_fields=["allowance", "levels", "level"])
        timing.set_anew(case)
        save(case, checker, now)
        step(case, "extended", checker, now, detail=f"{change.content['to']}")
        note(checker, "case.extend", case, now, days=change.content["to"])
        return {"days": change.content["to"]}

    def refused(self, change: Change, now: datetime) -> None:
        """Nothing was changed meanwhile."""


EXTENSION = _Extension()
