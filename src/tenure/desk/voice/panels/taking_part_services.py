"""What becomes of those invited: they answer, take part in sessions, say how it was, or withdraw. By staff.

The same through a customer's own link is ``link_services``. Whoever deals with the customer notes it, and whoever
brings the panel on; always a customer they see.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, one_of, unchanged
from tenure.desk.org.models import User
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels import settings as house
from tenure.desk.voice.panels.locking import (
    locked,
    locked_member,
    member_unchanged,
    note,
    note_member,
    save,
    save_member,
)
from tenure.desk.voice.panels.models import Attendance, Feedback, Member, Session
from tenure.desk.voice.panels.settling import checked_feedback, settle_answer, settle_feedback
from tenure.desk.voice.panels.telling import announce, ask_how_it_was, say_cancelled


def note_answer(user: User, member_id: UUID, answer: str, *, version: int, now: datetime) -> Member:
    """Note that somebody invited said yes or no, on the phone or at the counter.

    Args:
        answer: ``accepted`` or ``declined``.

    Raises:
        NotAllowed: they neither deal with customers nor bring this panel on.
        NotFound: nobody invited of that number among their customers.
        Unacceptable: no such answer.
        Conflict: the customer or somebody was first, or the panel is not open.
    """
    one_of(answer, (rules.ACCEPTED, rules.DECLINED), "answer")
    with transaction.atomic():
        panel, one = locked_member(user, member_id)
        if one.state == answer:
            return one
        member_unchanged(one, version)
        if one.state not in rules.MAY_ANSWER:
            raise Conflict(_("This invitation was answered already."), _("Look at what it says now."))
        settle_answer(panel, one, answer, user, now)
        note_member(user, "answer", one, now, by="staff")
    return one


def withdraw(user: User, member_id: UUID, *, version: int, now: datetime) -> Member:
    """Note that a participant does not want to take part any more. What they said stays, and they are told of it.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`note_answer`.
    """
    with transaction.atomic():
        _panel, one = locked_member(user, member_id)
        if one.state == rules.WITHDRAWN:
            return one
        member_unchanged(one, version)
        if one.state != rules.ACCEPTED:
            raise Conflict(_("They do not take part."), _("Look at what it says now."))
        one.state = rules.WITHDRAWN
        save_member(one, user, now)
        note_member(user, "withdraw", one, now)
    return one


def plan_session(
    user: User, panel_id: UUID, at: datetime, way: str, place: str, *, version: int, now: datetime
) -> Session:
    """Plan a session; whoever takes part is told by message. The same again is the one there is.

    Raises:
        NotAllowed, NotFound, Conflict: see ``services.edit``.
        Unacceptable: no place, no such way, a moment long past, or too many sessions.
    """
    one_of(way, codes.PANEL_SESSION_WAYS, "way")
    place = at_most(place, rules.PLACE, "place")
    if not place:
        raise Unacceptable(_("Say where, or how one joins."), field="place")
    with transaction.atomic():
        one = locked(user, panel_id, "session", None)
        same = one.sessions.filter(at=at, way=way, place=place, cancelled_at=None).first()
        if same is not None:
            return same
        unchanged(one, version)
        if one.drawn_at is None or at < one.drawn_at:
            raise Unacceptable(_("A session is after the draw."), field="at")
        if one.sessions.count() >= rules.MOST_SESSIONS:
            raise Unacceptable(_("At most %(most)s sessions.") % {"most": rules.MOST_SESSIONS}, field="at")
        made = Session.objects.create(panel=one, at=at, way=way, place=place, made_by=user, made_at=now)
        save(one, user, now)
        announce(one, made, now)
        note(user, "session", one, now, at=at.isoformat(), way=way)
    return made


def cancel_session(user: User, session_id: UUID, *, now: datetime) -> Session:
    """Cancel a session nobody took part in; whoever heard of it hears that too. Cancelled already, nothing happens.

    Raises:
        NotAllowed, NotFound: see ``services.edit``.
        Conflict: somebody took part, or the panel is not open.
    """
    with transaction.atomic():
        made = Session.objects.filter(pk=session_id).first()
        if made is None:
            raise NotFound(_("There is no such session."))
        one = locked(user, made.panel_id, "session", None)
        made = Session.objects.select_for_update().get(pk=session_id)
        if made.cancelled_at is not None:
            return made
        if made.attendances.filter(state=rules.ATTENDED).exists():
            raise Conflict(_("Somebody took part in it."), _("A session that took place is not cancelled."))
        made.cancelled_at = now
        made.save(update_fields=["cancelled_at"])
        save(one, user, now)
        say_cancelled(one, made, now)
        note(user, "cancel", one, now, session=str(made.pk))
    return made


def note_attendance(user: User, session_id: UUID, member_id: UUID, state: str, *, now: datetime) -> Attendance:
    """Note whether a participant took part in a session; whoever did is asked how it was. The same again: nothing.

    Raises:
        NotAllowed, NotFound: see :func:`note_answer`; also no such session of this panel.
        Unacceptable: no such state.
        Conflict: the session lies ahead or was cancelled, they do not take part, or they said how it was already.
    """
    one_of(state, codes.PANEL_ATTENDANCE, "state")
    with transaction.atomic():
        panel, member = locked_member(user, member_id)
        session = Session.objects.filter(pk=session_id, panel=panel).first()
        if session is None:
            raise NotFound(_("There is no such session."))
        if session.cancelled_at is not None or session.at > now:
            raise Conflict(_("This session has not taken place."))
        known = Attendance.objects.select_for_update().filter(session=session, member=member).first()
        if known is not None and known.state == state:
            return known
        if member.state != rules.ACCEPTED:
            raise Conflict(_("They do not take part."), _("Note first that they do."))
        if known is not None and Feedback.objects.filter(attendance=known).exists():
            raise Conflict(_("They said how it was, so they took part."))
        here = state == rules.ATTENDED
        made, _fresh = Attendance.objects.update_or_create(
            session=session,
            member=member,
            defaults={
                "state": state, "noted_by": user, "noted_at": now, "token_hash": None,
                "expires_at": now + timedelta(days=house.in_use().feedback_days) if here else None,
            },
        )  # fmt: skip
        member.changed_at = now  # the lake hears of it; what somebody typed about them still holds
        member.save(update_fields=["changed_at"])
        if here:
            ask_how_it_was(member, made, now)
        note_member(user, "attend", member, now, session=str(session.pk), attendance=state)
    return made


def note_feedback(
    user: User, session_id: UUID, member_id: UUID, rating: int, words: str = "", *, now: datetime
) -> Feedback:
    """Note what a participant said of a session, once; that they took part is noted with it. The same again is it.

    Raises:
        NotAllowed, NotFound: see :func:`note_attendance`.
        Unacceptable: a rating beside 1 to 5, or too many words.
        Conflict: they said something else of it already; see :func:`note_attendance`.
    """
    words = checked_feedback(rating, words)
    with transaction.atomic():
        attendance = note_attendance(user, session_id, member_id, rules.ATTENDED, now=now)
        _panel, member = locked_member(user, member_id)
        made = settle_feedback(attendance, member, rating, words, user, now)
        if made is None:
            known = Feedback.objects.get(attendance=attendance)
            if (known.rating, known.words) == (rating, words):
                return known
            raise Conflict(_("They said how it was already."), _("Look at what it says now."))
        note_member(user, "feedback", member, now, session=str(session_id), rating=rating, by="staff")
    return made
