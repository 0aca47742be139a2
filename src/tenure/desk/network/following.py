"""Introductions go where the customer who introduces goes; see ``parties.assigning.Follower``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.network import rules
from tenure.desk.network.models import Introduction
from tenure.desk.org.models import User


class _Introductions:
    """Those under way, and those whose introducer is still owed thanks. What is over and thanked for stays theirs."""

    def name(self) -> str:
        return _("Introductions under way or to thank for")

    def count(self, numbers: Sequence[str], staff_id: str) -> int:
        return self._of(numbers, staff_id).count()

    def move(self, numbers: Sequence[str], before: str, after: str, by: User, now: datetime) -> int:
        moved = 0
        for one in self._of(numbers, before).select_for_update().order_by("pk"):
            one.owner, one.version = after, one.version + 1
            one.changed_by, one.changed_at = by, now
            one.save(update_fields=["owner", "version", "changed_by", "changed_at"])
            changes = {"introducer": one.introducer_id, "owner": {"from": before, "to": after}}
            audit.record(by, "introduction.hand_over", now=now, kind="introduction", key=str(one.pk), changes=changes)
            moved += 1
        return moved

    @staticmethod
    def _of(numbers: Sequence[str], staff_id: str) -> QuerySet[Introduction]:
        owed = Q(given_on__isnull=False, thanked_on=None)
        return Introduction.objects.filter(
            Q(state__in=rules.UNDER_WAY) | owed, introducer_id__in=numbers, owner=staff_id
        )


INTRODUCTIONS = _Introductions()
