"""Entries of the work list go where their customer goes; see ``parties.assigning.Follower``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from tenure.desk.org.models import User
from tenure.desk.org.selectors import desk_user_of
from tenure.desk.work.models import Progress, Proposal
from tenure.desk.work.standing import let_see


class _Entries:
    """Those the night proposed for somebody, and those handed to them; done ones are history."""

    def name(self) -> str:
        return _("Entries of the work list")

    def count(self, numbers: Sequence[str], staff_id: str) -> int:
        finished = Progress.objects.filter(party_id__in=numbers, state=Progress.State.DONE).values("proposal_key")
        proposed = Proposal.rows().filter(party_id__in=numbers, staff_id=staff_id).exclude(proposal_key__in=finished)
        return proposed.count() + self._handed(numbers, staff_id).count()

    def move(self, numbers: Sequence[str], before: str, after: str, by: User, now: datetime) -> int:
        own = Proposal.rows().filter(party_id__in=numbers)
        own = own.filter(staff_id=before) if before else own.filter(staff_id=None)
        moved = own.update(staff_id=after or None)
        if not before:
            return int(moved)
        holder = desk_user_of(after)
        for progress in self._handed(numbers, before).select_for_update():
            progress.handed_to = after
            # What stood before was with somebody who sees the customer no more: it cannot come back to them.
            progress.before, progress.changed_at = None, now
            if not after and progress.state == Progress.State.HANDED_OVER:
                progress.delete()
            else:
                progress.save()
            if holder is not None:
                let_see(holder, progress.party_id, progress.proposal_key, by, now)
            moved += 1
        return int(moved)

    @staticmethod
    def _handed(numbers: Sequence[str], staff_id: str):  # type: ignore[no-untyped-def]
        return Progress.objects.filter(party_id__in=numbers, handed_to=staff_id).exclude(state=Progress.State.DONE)


ENTRIES = _Entries()
