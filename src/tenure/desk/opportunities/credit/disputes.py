"""A dispute about shares, as a change under four eyes; see ``control.changes.kinds.ChangeKind``."""

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
from tenure.desk.opportunities.credit import rules
from tenure.desk.opportunities.credit.parties import asked
from tenure.desk.opportunities.credit.services import keep, put_in_force
from tenure.desk.opportunities.models import Agreement, Opportunity
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import staff_names


class _Dispute:
    """Approved: the shares hold. Rejected: they do not, and those in force before stay."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Disputed shares of credit")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        made = Agreement.objects.select_related("opportunity").get(pk=change.subject_id)
        language, one = get_language() or "en", made.opportunity
        kind = wording.code_name(one.kind, "opportunity_kind", language)
        amount = formats.money(one.won_amount or one.amount, one.currency, language)
        return f"{kind} · {amount}", reverse("opportunities:agreement", args=[made.pk])

    def lines(self, change: Change, reader: User) -> list[Line]:
        made = Agreement.objects.get(pk=change.subject_id)
        before = Agreement.objects.filter(opportunity=made.opportunity_id, state=rules.IN_FORCE).first()
        shares = [*made.shares.all(), *(before.shares.all() if before is not None else ())]
        names, language = staff_names(share.staff_id for share in shares), get_language() or "en"

        def told(agreement: Agreement | None, part: str) -> str:
            found = agreement.shares.filter(part=part) if agreement is not None else ()
            return ", ".join(f"{names.get(share.staff_id, share.staff_id)} {share.percent}%" for share in found)

        return [
            Line(wording.code_name(p, "credit_part", language), told(before, p), told(made, p)) for p in rules.PARTS
        ]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        one, made = _locked(change, checker)
        put_in_force(made, one, now)
        return {"number": made.number}

    def refused(self, change: Change, now: datetime) -> None:
        taken_back = change.state == Change.State.WITHDRAWN
        _one, made = _locked(change, None if taken_back else change.checked_by)
        # A dispute taken back leaves the shares as they were before it: objected to, or waiting for answers.
        objected = made.answers.filter(agrees=False).exists()
        made.state = (rules.OBJECTED if objected else rules.PROPOSED) if taken_back else rules.REFUSED
        made.settled_at = None if taken_back else now
        keep(made, now, "state", "settled_at")


def _locked(change: Change, checker: User | None) -> tuple[Opportunity, Agreement]:
    made = Agreement.objects.get(pk=change.subject_id)
    one = Opportunity.objects.select_for_update().get(pk=made.opportunity_id)
    made = Agreement.objects.select_for_update().get(pk=change.subject_id)
    if made.state != rules.DISPUTED:
        raise Conflict(_("These shares are settled."))
    if checker is not None and checker.staff_id in asked(made):
        raise NotAllowed(_("Nobody decides about shares of their own."))
    return one, made


DISPUTE = _Dispute()
