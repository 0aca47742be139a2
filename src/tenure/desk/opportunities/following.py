"""Open opportunities go where their customer goes; see ``parties.assigning.Follower``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.opportunities import rules
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User


class _Opportunities:
    """The open ones somebody owns. What was won or lost stays theirs; credit is shared by agreement."""

    def name(self) -> str:
        return _("Open opportunities")

    def count(self, numbers: Sequence[str], staff_id: str) -> int:
        return Opportunity.objects.filter(party_id__in=numbers, owner=staff_id, state=rules.OPEN).count()

    def move(self, numbers: Sequence[str], before: str, after: str, by: User, now: datetime) -> int:
        if not (before and after):  # an opportunity is never nobody's: services refuse before it comes to that
            return 0
        held = Opportunity.objects.select_for_update().filter(party_id__in=numbers, owner=before, state=rules.OPEN)
        moved = 0
        for one in held.order_by("pk"):
            one.owner, one.version = after, one.version + 1
            one.changed_by, one.changed_at = by, now
            one.save(update_fields=["owner", "version", "changed_by", "changed_at"])
            changes = {"customer": one.party_id, "owner": {"from": before, "to": after}}
            audit.record(by, "opportunity.edit", now=now, kind="opportunity", key=str(one.pk), changes=changes)
            moved += 1
        return moved


OPPORTUNITIES = _Opportunities()
