"""Interviews and win-backs go where their customer goes; see ``parties.assigning.Follower``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenure.desk.org.models import User
from tenure.desk.voice.leaving import rules
from tenure.desk.voice.leaving.models import Interview, WinBack
from tenure.desk.voice.leaving.opening import note, who_asks


class _Held:
    """The open ones somebody owns; an ended one stays with who ended it."""

    def __init__(self, model: type[Interview] | type[WinBack], act: str, title: Any) -> None:
        self.model, self.act, self.title = model, act, title

    def name(self) -> str:
        return str(self.title)

    def count(self, numbers: Sequence[str], staff_id: str) -> int:
        return self.model._default_manager.filter(party_id__in=numbers, owner=staff_id, state=rules.OPEN).count()

    def move(self, numbers: Sequence[str], before: str, after: str, by: User, now: datetime) -> int:
        if not before:
            return 0
        rows = self.model._default_manager.select_for_update()
        moved = 0
        for one in rows.filter(party_id__in=numbers, owner=before, state=rules.OPEN).order_by("pk"):
            blamed = getattr(one, "concerns", "")
            # Back to the pool, or to whom the customer blames: whoever is in charge has it.
            one.owner = after if after and after != blamed else who_asks("", one.org_path, [blamed, before])
            one.version, one.changed_by, one.changed_at = one.version + 1, by, now
            one.save(update_fields=["owner", "version", "changed_by", "changed_at"])
            note(by, self.act, one, now, owner=one.owner)
            moved += 1
        return moved


INTERVIEWS = _Held(Interview, "exit.hand_over", _("Exit interviews"))
WIN_BACKS = _Held(WinBack, "win_back.hand_over", _("Customers to win back"))
