"""Every change to visits to companies: plan, change, call off, report; and to what was promised there.

A report logs its contact in the same transaction: a visit reported is in the time line, or neither is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, one_of, unchanged, who_changed
from tenure.desk.corporate import rules
from tenure.desk.corporate.models import Promise, Purchase, Visit
from tenure.desk.corporate.standing import company, once
from tenure.desk.org.models import User
from tenure.desk.org.selectors import employee
from tenure.desk.parties.visibility import number_of, numbers_of
from tenure.desk.work.services import log_contact


@dataclass(frozen=True, slots=True)
class Promised:
    """What one side (``us`` or ``them``) promised: who gave it, what, by when."""

    side: str
    words: str
    due_on: date
    who: str = ""


def plan_visit(
    user: User,
    party_id: str,
    aim: str,
    on: date,
    *,
    now: datetime,
    staff_ids: Sequence[str] = (),
    meets: str = "",
    questions: str = "",
    bring: str = "",
    purchase_id: UUID | None = None,
    external_id: str | None = None,
) -> Visit:
    """Plan a visit to a company: what it is to bring about, who goes, who is met, what is asked and brought.

    Args:
        on: from today to two years from now.
        staff_ids: employee numbers; oneself where left out.
        questions, bring: one a line.

    Raises:
        NotAllowed, NotFound, Conflict.
        Unacceptable: no aim, a day that cannot be, an employee or purchase there is not.
    """
    must(user)
    row = company(user, party_id)
    content = {
        "party_id": row.party_id,
        **_planned(user, row, aim, on, staff_ids, meets, questions, bring, purchase_id, timezone.localdate(now)),
    }
    check_external_id(external_id)

    def make() -> Visit:
        made = Visit.objects.create(
            **content, external_id=external_id, planned_by=user, planned_at=now, changed_by=user, changed_at=now
        )
        _note(user, "visit.plan", made, now, {"on": on, "staff": made.staff_ids})
        return made

    found: Visit = once(Visit, external_id, content, user, "planned_by", make)
    return found


def change_visit(
    user: User,
    visit_id: UUID,
    aim: str,
    on: date,
    *,
    version: int,
    now: datetime,
    staff_ids: Sequence[str] = (),
    meets: str = "",
    questions: str = "",
    bring: str = "",
    purchase_id: UUID | None = None,
) -> Visit:
    """Change a visit's plan, as :func:`plan_visit`.

    Raises:
        NotAllowed, NotFound, Unacceptable.
        Conflict: it was reported or called off, or somebody changed it first.
    """
    with transaction.atomic():
        visit = _locked(user, visit_id, version)
        row = company(user, visit.party_id)
        today = timezone.localdate(now)
        content = _planned(user, row, aim, on, staff_ids, meets, questions, bring, purchase_id, min(today, visit.on))
        for name, value in content.items():
            setattr(visit, name, value)
        _save(visit, user, now)
        _note(user, "visit.change", visit, now, {"on": on, "staff": visit.staff_ids})
    return visit


def cancel_visit(user: User, visit_id: UUID, *, version: int, now: datetime) -> Visit:
    """Call a planned visit off.

    Raises:
        NotAllowed, NotFound, Conflict.
    """
    with transaction.atomic():
        visit = _locked(user, visit_id, version)
        visit.state = "cancelled"
        _save(visit, user, now)
        _note(user, "visit.cancel", visit, now, {"on": visit.on})
    return visit


def report_visit(
    user: User,
    visit_id: UUID,
    learned: str,
    outcome: str,
    *,
    version: int,
    now: datetime,
    promises: Sequence[Promised] = (),
    next_step: str = "",
    next_step_on: date | None = None,
) -> Visit:
    """Report a visit: what was learned, what was promised, the next step. Logs the contact and closes the plan.

    Args:
        outcome: one of ``codes.OUTCOMES``.
        next_step_on: where there is a next step, its day.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: nothing learned, an unknown outcome, half a promise, a visit still to come or long past.
        Conflict: it was reported or called off, or somebody changed it first.
    """
    learned = at_most(learned, 2000, "learned")
    if not learned:
        raise Unacceptable(_("Say what was learned."), field="learned")
    one_of(outcome, codes.OUTCOMES, "outcome")
    next_step = at_most(next_step, 200, "next_step")
    if bool(next_step) != bool(next_step_on):
        raise Unacceptable(_("A next step has a day, and a day has a step."), field="next_step_on")
    today = timezone.localdate(now)
    given = _promises(promises, today)
    with transaction.atomic():
        visit = _locked(user, visit_id, version)
        if not today - rules.LATEST_REPORT < visit.on <= today:
            raise Unacceptable(
                _("A visit is reported from its day on, within a month."),
                _("Change the plan's day to when it took place."),
                field="on",
            )
        at = (
            now if visit.on == today else timezone.make_aware(datetime(visit.on.year, visit.on.month, visit.on.day, 12))
        )
        contact = log_contact(
            user, visit.party_id, "visit", outcome, learned, next_step_on, at=at, now=now, purpose=visit.aim
        )
        visit.state, visit.learned, visit.outcome, visit.contact_id = "reported", learned, outcome, contact.pk
        visit.next_step, visit.next_step_on = next_step, next_step_on
        _save(visit, user, now)
        for one in given:
            Promise.objects.create(
                visit=visit,
                party_id=visit.party_id,
                side=one.side,
                who=one.who,
                words=one.words,
                due_on=one.due_on,
                made_at=now,
            )
        _note(user, "visit.report", visit, now, {"contact": str(contact.pk), "promises": len(given)})
    return visit


def settle_promise(user: User, promise_id: UUID, state: str, *, now: datetime) -> Promise:
    """Say that a promise was kept, was not, or was called off by both. Said again the same way it changes nothing.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: no such end.
        Conflict: somebody settled it another way.
    """
    must(user)
    one_of(state, [code for code in codes.PROMISE_STATES if code != "open"], "state")
    with transaction.atomic():
        promise = Promise.objects.select_for_update().filter(pk=promise_id).first()
        if promise is None or number_of(user, promise.party_id) is None:
            raise NotFound(_("There is no such promise to a company of yours."))
        if promise.state == state:
            return promise
        if promise.state != "open" and promise.settled_by is not None:
            raise Conflict(_("%(name)s settled this promise already.") % {"name": promise.settled_by.name})
        promise.state, promise.settled_on, promise.settled_by = state, timezone.localdate(now), user
        promise.changed_at = now
        promise.save()
        audit.record(
            user,
            "promise.settle",
            now=now,
            kind="promise",
            key=str(promise.pk),
            changes={"customer": promise.party_id, "state": state, "due_on": promise.due_on},
        )
    return promise


def _planned(
    user: User,
    row: Any,
    aim: str,
    on: date,
    staff_ids: Sequence[str],
    meets: str,
    questions: str,
    bring: str,
    purchase_id: UUID | None,
    earliest: date,
) -> dict[str, Any]:
    aim = at_most(aim, 200, "aim")
    if not aim:
        raise Unacceptable(_("Say what the visit is to bring about."), field="aim")
    if not earliest <= on <= earliest + rules.FARTHEST:
        raise Unacceptable(_("A visit lies between today and two years from now."), field="on")
    going = list(dict.fromkeys(one.strip() for one in staff_ids if one.strip())) or [user.staff_id]
    if len(going) > rules.PEOPLE:
        raise Unacceptable(_("At most %(most)s people.") % {"most": rules.PEOPLE}, field="staff_ids")
    for staff_id in going:
        if not staff_id or employee(staff_id) is None:
            raise Unacceptable(
                _("There is no employee of number %(number)s.") % {"number": staff_id[:40] or "—"}, field="staff_ids"
            )
    if purchase_id is not None:
        known = Purchase.objects.filter(pk=purchase_id, party_id__in=numbers_of(user, row.party_id))
        if not known.exists():
            raise Unacceptable(_("The company is buying no such thing."), field="purchase_id")
    return {
        "aim": aim,
        "on": on,
        "staff_ids": going,
        "meets": at_most(meets, 500, "meets"),
        "questions": at_most(questions, 2000, "questions"),
        "bring": at_most(bring, 1000, "bring"),
        "purchase_id": purchase_id,
    }


def _promises(promises: Sequence[Promised], today: date) -> list[Promised]:
    if len(promises) > rules.PROMISES:
        raise Unacceptable(_("At most %(most)s promises.") % {"most": rules.PROMISES}, field="promises")
    given = []
    for one in promises:
        one_of(one.side, codes.PROMISE_SIDES, "side")
        words = at_most(one.words, 200, "promises")
        if not words:
            raise Unacceptable(_("Say what was promised."), field="promises")
        if not rules.day_fits(one.due_on, today):
            raise Unacceptable(_("A promise is due between today and two years from now."), field="promises")
        given.append(Promised(one.side, words, one.due_on, at_most(one.who, 80, "promises")))
    return given


def _locked(user: User, visit_id: UUID, version: int) -> Visit:
    must(user)
    visit = Visit.objects.select_for_update().filter(pk=visit_id).first()
    if visit is None or number_of(user, visit.party_id) is None:
        raise NotFound(_("There is no such visit to a company of yours."))
    by = who_changed(visit)
    if visit.state == "reported":
        raise Conflict(_("%(name)s reported this visit at %(at)s.") % by)
    if visit.state == "cancelled":
        raise Conflict(_("%(name)s called this visit off at %(at)s.") % by, _("Plan another."))
    unchanged(visit, version)
    return visit


def _save(visit: Visit, user: User, now: datetime) -> None:
    visit.version += 1
    visit.changed_by, visit.changed_at = user, now
    visit.save()


def _note(user: User, act: str, visit: Visit, now: datetime, changes: dict[str, Any]) -> None:
    audit.record(user, act, now=now, kind="visit", key=str(visit.pk), changes={"customer": visit.party_id, **changes})
