"""Who is away and who stands in: the pair kept ahead (A/B), absences noted, shortened, called off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import must, one_of
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import employee
from tenure.desk.parties.models import Absence, StandInPair
from tenure.desk.team import rules
from tenure.desk.team.people import colleague, is_head


def set_pair(user: User, staff_id: str, stand_in: str, *, now: datetime) -> StandInPair | None:
    """Keep who stands in for ``staff_id`` when they are away; empty: nobody any more. The same again changes nothing.

    Raises:
        NotAllowed: it is neither their own nor of a branch they head.
        Unacceptable: no colleague who could.
    """
    person = _own_or_headed(user, staff_id)
    with transaction.atomic():
        before = StandInPair.objects.select_for_update().filter(staff_id=staff_id).first()
        if (before.stand_in if before is not None else "") == stand_in:
            return before
        if not stand_in:
            StandInPair.objects.filter(staff_id=staff_id).delete()
            kept = None
        else:
            _another(staff_id, stand_in, person)
            content = {"stand_in": stand_in, "set_by": user, "set_at": now}
            kept, _made = StandInPair.objects.update_or_create(staff_id=staff_id, defaults=content)
        changes = {"from": before.stand_in if before is not None else "", "to": stand_in}
        audit.record(user, "absence.pair", now=now, kind="staff", key=staff_id, changes=changes)
    return kept


def note_absence(
    user: User, staff_id: str, first_on: date, last_on: date, kind: str, stand_in: str = "", *, now: datetime
) -> Absence:
    """Note that somebody is away from ``first_on`` to ``last_on``, both counted; ``stand_in`` is their pair's where
    left out. From the first day to the last the stand-in sees and works the customers of who is away. The same again
    changes nothing.

    Raises:
        NotAllowed: it is neither their own absence nor of a branch they head.
        Unacceptable: days that cannot be, no such kind, nobody who stands in, or one who is away too.
        Conflict: they are away on some of these days already.
    """
    person = _own_or_headed(user, staff_id)
    one_of(kind, codes.ABSENCES, "kind")
    _days(first_on, last_on, timezone.localdate(now))
    pair = StandInPair.objects.filter(staff_id=staff_id).first()
    stand_in = stand_in or (pair.stand_in if pair is not None else "")
    _another(staff_id, stand_in, person)
    with transaction.atomic():
        # Everybody who notes an absence of either waits here for the other: no two of them may overlap.
        list(User.objects.select_for_update().filter(staff_id__in=[staff_id, stand_in]).order_by("pk"))
        meanwhile = Absence.objects.filter(ended_at=None, first_on__lte=last_on, last_on__gte=first_on)
        for other in meanwhile.filter(staff_id=staff_id):
            if (other.first_on, other.last_on, other.stand_in, other.kind) == (first_on, last_on, stand_in, kind):
                return other
            raise Conflict(
                _("They are away from %(first)s to %(last)s already.")
                % {"first": other.first_on.isoformat(), "last": other.last_on.isoformat()},
                _("Shorten or call off that absence first."),
            )
        if meanwhile.filter(staff_id=stand_in).exists():
            raise Unacceptable(
                _("Who stands in is away on some of these days."), _("Choose another colleague."), field="stand_in"
            )
        if meanwhile.filter(stand_in=staff_id).exists():
            raise Unacceptable(
                _("They stand in for a colleague on some of these days."),
                _("Find that colleague another stand-in first."),
                field="first_on",
            )
        try:
            with transaction.atomic():
                made = Absence.objects.create(
                    staff_id=staff_id, stand_in=stand_in, kind=kind, first_on=first_on, last_on=last_on,
                    noted_by=user, noted_at=now,
                )  # fmt: skip
        except IntegrityError:
            raise Conflict(_("Somebody has just noted this."), _("Look at the list again.")) from None
        _note(user, "absence.note", made, now)
    return made


def end_absence(user: User, absence_id: UUID, last_on: date, *, now: datetime) -> Absence:
    """Let an absence end with ``last_on``; a day before it begins calls it off. What has passed stays.

    Raises:
        NotFound: there is no such absence of their own or of a branch they head.
        Unacceptable: a day that has passed, or later than it ends anyway.
        Conflict: it is over or called off.
    """
    must(user, Permission.HAND_OVER)
    today = timezone.localdate(now)
    with transaction.atomic():
        one = Absence.objects.select_for_update().filter(pk=absence_id).first()
        if one is None or not may_change(user, one.staff_id):
            raise NotFound(_("There is no such absence."))
        if one.last_on == last_on or (one.ended_at is not None and last_on < one.first_on):
            return one
        if one.ended_at is not None or one.last_on < today:
            raise Conflict(_("This absence is over."))
        if not today - timedelta(days=1) <= last_on < one.last_on:
            raise Unacceptable(
                _("The last day lies between yesterday and %(last)s.") % {"last": one.last_on.isoformat()},
                field="last_on",
            )
        if last_on < one.first_on:
            one.ended_at = now
        else:
            one.last_on = last_on
        one.changed_by, one.changed_at = user, now
        one.save(update_fields=["ended_at", "last_on", "changed_by", "changed_at"])
        _note(user, "absence.end", one, now)
    return one


def may_change(user: User, staff_id: str) -> bool:
    """Whether ``user`` may say who is away and who stands in: for themselves, and for those of branches they head."""
    if user.staff_id and user.staff_id == staff_id:
        return True
    person = employee(staff_id)
    return person is not None and is_head(user, person.org_path)


def _own_or_headed(user: User, staff_id: str) -> Any:
    must(user, Permission.HAND_OVER)
    if not may_change(user, staff_id):
        raise NotAllowed(_("Absences are noted by whoever is away, or by their branch head."))
    person = employee(staff_id)
    if person is None:
        raise Unacceptable(_("There is no such employee."), field="staff_id")
    return person


def _another(staff_id: str, stand_in: str, person: Any) -> None:
    if not stand_in:
        raise Unacceptable(
            _("Nobody stands in."), _("Choose a colleague, or keep a stand-in for good."), field="stand_in"
        )
    if stand_in == staff_id:
        raise Unacceptable(_("Nobody stands in for themselves."), field="stand_in")
    colleague(stand_in, person.org_path, "stand_in")


def _days(first_on: date, last_on: date, today: date) -> None:
    if last_on < first_on or last_on < today or last_on - first_on > rules.LONGEST_ABSENCE:
        raise Unacceptable(
            _("An absence ends today or later, and lasts at most %(days)s days.")
            % {"days": rules.LONGEST_ABSENCE.days},
            _("For longer, hand the customers over."),
            field="last_on",
        )


def _note(user: User, act: str, one: Absence, now: datetime) -> None:
    changes = {
        "absence": str(one.pk),
        "kind": one.kind,
        "from": one.first_on,
        "to": one.last_on,
        "stand_in": one.stand_in,
        "called_off": one.ended_at is not None,
    }
    audit.record(user, act, now=now, kind="staff", key=one.staff_id, changes=changes)
