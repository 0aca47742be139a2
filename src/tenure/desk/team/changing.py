"""A hand-over of customers, as a change under four eyes; see ``control.changes.kinds.ChangeKind``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.publication.current import pinned
from tenure.desk.team.handing import enqueue
from tenure.desk.team.models import Handover
from tenure.desk.team.people import loads

State = Handover.State


class _HandOver:
    """Approved: a job moves customer by customer what was planned. Rejected or withdrawn: nothing moves."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Hand-over of customers")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        handover = Handover.objects.get(pk=change.content["handover"])
        people = loads([handover.from_staff, *handover.to_staff])
        moving = handover.lines.count()
        about = ngettext(
            "%(n)s customer of %(name)s to %(takers)s", "%(n)s customers of %(name)s to %(takers)s", moving
        ) % {
            "n": moving,
            "name": people[handover.from_staff].name,
            "takers": "、".join(people[one].name for one in handover.to_staff)
            if formats.is_chinese(get_language() or "")
            else ", ".join(people[one].name for one in handover.to_staff),
        }
        return about, reverse("team:handover", args=[handover.pk])

    def lines(self, change: Change, reader: User) -> list[Line]:
        handover = Handover.objects.get(pk=change.content["handover"])
        people, language = loads([handover.from_staff, *handover.to_staff]), get_language() or "en"
        publication = pinned()
        currency = publication.currency if publication is not None else ""
        by_taker: dict[str, list[int]] = {}
        for taker, value in handover.lines.filter(role="lead").values_list("to_staff", "value"):
            by_taker.setdefault(taker, []).append(value)
        leads = sum(len(values) for values in by_taker.values())
        leaver, waits = people[handover.from_staff], handover.state == State.WAITING
        found = [Line(leaver.name, str(leaver.customers), str(leaver.customers - leads) if waits else "")]
        for one in handover.to_staff:
            values, load = by_taker.get(one, []), people[one]
            after = f"{load.customers + len(values)} (+{len(values)}, {formats.money(sum(values), currency, language)})"
            found.append(Line(load.name, str(load.customers), after if waits else f"+{len(values)}"))
        supports = handover.lines.filter(role="support").count()
        if supports:
            found.append(Line(_("Supported customers"), "", str(supports)))
        found.append(
            Line(_("Serving gives credit to the new manager from"), "", formats.day(handover.credit_from, language))
        )
        return found

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        handover = Handover.objects.select_for_update().get(pk=change.content["handover"])
        if handover.state != State.WAITING:
            raise Conflict(_("This hand-over is decided."))
        handover.state, handover.approved_by, handover.changed_at = State.MOVING, checker, now
        handover.save(update_fields=["state", "approved_by", "changed_at"])
        enqueue(handover)
        return {}

    def refused(self, change: Change, now: datetime) -> None:
        Handover.objects.filter(pk=change.content["handover"]).update(state=State.REFUSED, changed_at=now)


HAND_OVER = _HandOver()
