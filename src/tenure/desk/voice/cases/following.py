"""Open cases go where their customer goes; see ``parties.assigning.Follower``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from tenure.desk.org.models import User
from tenure.desk.parties.stand_ins import end_stand_in
from tenure.desk.voice.cases import rules
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.cases.opening import cause_of, note, step
from tenure.desk.voice.cases.owners import right_owner


class _Cases:
    """The open ones somebody owns; a clock does not stop for a hand-over. A closed case stays with who closed it."""

    def name(self) -> str:
        return _("Open cases")

    def count(self, numbers: Sequence[str], staff_id: str) -> int:
        return Case.objects.filter(party_id__in=numbers, owner=staff_id).exclude(state=rules.CLOSED).count()

    def move(self, numbers: Sequence[str], before: str, after: str, by: User, now: datetime) -> int:
        held = Case.objects.select_for_update().filter(party_id__in=numbers, owner=before).exclude(state=rules.CLOSED)
        moved = 0
        for case in held.order_by("pk") if before else ():
            goes_to = after
            if not after or after in (
                case.concerns,
                *case.barred,
            ):  # back to the pool, or to whom it is about: the head has it
                goes_to = right_owner("", case.org_path, [case.concerns, *case.barred, before])
            end_stand_in(cause_of(case), now)
            case.owner, case.version, case.changed_by, case.changed_at = goes_to, case.version + 1, by, now
            case.save(update_fields=["owner", "version", "changed_by", "changed_at"])
            step(case, "handed_over", by, now, detail=goes_to)
            note(by, "case.hand_over", case, now, owner=goes_to)
            moved += 1
        return moved


CASES = _Cases()
