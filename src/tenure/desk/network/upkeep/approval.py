"""Upkeep above a limit, as a change under four eyes; see ``control.changes.kinds.ChangeKind``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.kit import formats, wording
from tenure.desk.network.models import Upkeep
from tenure.desk.network.upkeep import rules
from tenure.desk.network.upkeep.selectors import seen
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission


class _Upkeep:
    """Approved: it counts as noted. Rejected: it was not to be spent."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Upkeep above the limit")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        one, language = Upkeep.objects.get(pk=change.subject_id), get_language() or "en"
        kind = wording.code_name(one.kind, "upkeep_kind", language)
        amount = formats.money(one.amount, one.currency, language)
        return f"{kind} · {amount}", reverse("network:upkeep-of", args=[one.party_id])

    def lines(self, change: Change, reader: User) -> list[Line]:
        language = get_language() or "en"
        one = seen(reader, [Upkeep.objects.select_related("made_by").get(pk=change.subject_id)])[0]
        why = {"once": _("more than one may spend at one time"), "year": _("more than one person has in a year")}
        return [
            Line(_("On whom"), "", one.person or one.name),
            Line(_("Part they play"), "", wording.code_name(one.part, "buying_role", language)),
            Line(_("Day"), "", formats.day(one.spent_on, language)),
            Line(_("Above the limit"), "", why.get(change.content.get("over", ""), "")),
        ]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        one = _locked(change)
        one.state, one.changed_at = rules.NOTED, now
        one.save(update_fields=["state", "changed_at"])
        return {"amount": one.amount}

    def refused(self, change: Change, now: datetime) -> None:
        one = _locked(change)
        one.state = rules.WITHDRAWN if change.state == Change.State.WITHDRAWN else rules.REFUSED
        one.changed_at = now
        one.save(update_fields=["state", "changed_at"])


def _locked(change: Change) -> Upkeep:
    one = Upkeep.objects.select_for_update().get(pk=change.subject_id)
    if one.state != rules.WAITING:
        raise Conflict(_("This expense waits for nobody."))
    return one


UPKEEP = _Upkeep()
