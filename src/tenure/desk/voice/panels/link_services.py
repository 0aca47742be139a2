"""What a customer does by their own links: look at an invitation, answer it, say how a session was. No user is known.

A token is for one thing and is used up by it; only its digest is kept. The panel's row is locked before the
participant's, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.guards import one_of
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels.locking import note_member
from tenure.desk.voice.panels.models import Attendance, Feedback, Member, Panel, Session
from tenure.desk.voice.panels.settling import checked_feedback, settle_answer, settle_feedback
from tenure.desk.voice.surveys.links import ANSWERED, CLOSED, EXPIRED, Gone, digest, new_token

INVITATION, HOW_IT_WAS = "invitation", "how_it_was"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link shows: an invitation to answer, or a session to say how it was. ``done``: what was answered."""

    what: str
    panel: Panel
    session: Session | None = None
    done: str = ""


def open_link(token: str, *, now: datetime) -> Opened:
    """Open a link. The first time is noted on an invitation; looking answers nothing.

    Raises:
        NotFound: there is no such link.
        Gone: it ended, was used, or the panel closed; in words, in the active language.
    """
    member, attendance = _found(token)
    if attendance is not None:
        _must_be_open(attendance.member.panel, attendance.expires_at, now)
        if Feedback.objects.filter(attendance=attendance).exists():
            raise Gone(ANSWERED, _("You told us already. Thank you."))
        return Opened(HOW_IT_WAS, attendance.member.panel, attendance.session)
    assert member is not None
    _must_be_answerable(member, now)
    waiting = Member.objects.filter(pk=member.pk, state__in=(rules.WAITING, rules.SENT, rules.BOUNCED))
    waiting.update(state=rules.OPENED, changed_at=now)
    return Opened(INVITATION, member.panel)


def answer_invitation(token: str, answer: str, *, now: datetime) -> Opened:
    """Say yes or no to an invitation, once. The same again says thank you again; it changes nothing.

    Args:
        answer: ``accepted`` or ``declined``.

    Raises:
        NotFound, Gone: see :func:`open_link`.
        Unacceptable: no such answer.
    """
    one_of(answer, (rules.ACCEPTED, rules.DECLINED), "answer")
    member, attendance = _found(token)
    if member is None or attendance is not None:
        raise NotFound(_("There is no such link. Check that the address is whole."))
    with transaction.atomic():
        panel = Panel.objects.select_for_update().get(pk=member.panel_id)
        one = Member.objects.select_for_update().select_related("panel").get(pk=member.pk)
        if one.state == answer:
            return Opened(INVITATION, panel, done=answer)
        _must_be_answerable(one, now)
        settle_answer(panel, one, answer, None, now)
        note_member(None, "answer", one, now, by="customer")
    return Opened(INVITATION, panel, done=answer)


def give_feedback(token: str, rating: int | None, words: str, *, now: datetime) -> Opened:
    """Say how a session was, once. The same again says thank you again.

    Raises:
        NotFound, Gone: see :func:`open_link`; also where they told us otherwise before.
        Unacceptable: no rating, or too many words.
    """
    if rating is None:
        raise Unacceptable(_("Choose one of the five."), field="rating")
    words = checked_feedback(rating, words)
    _member, attendance = _found(token)
    if attendance is None:
        raise NotFound(_("There is no such link. Check that the address is whole."))
    with transaction.atomic():
        panel = Panel.objects.select_for_update().get(pk=attendance.member.panel_id)
        member = Member.objects.select_for_update().get(pk=attendance.member_id)
        done = Opened(HOW_IT_WAS, panel, attendance.session, "told")
        known = Feedback.objects.filter(attendance=attendance).first()
        if known is not None:
            if (known.rating, known.words) == (rating, words):
                return done
            raise Gone(ANSWERED, _("You told us already. Thank you."))
        _must_be_open(panel, attendance.expires_at, now)
        settle_feedback(attendance, member, rating, words, None, now)
        note_member(None, "feedback", member, now, session=str(attendance.session_id), rating=rating, by="customer")
    return done


def give_invitation_link(member_id: UUID, *, now: datetime) -> str | None:
    """A fresh token for somebody invited, made at the moment of sending; None: not to be asked any more.

    Only its digest is kept, so a second call makes another link and ends the first. Called by whoever sends.
    """
    with transaction.atomic():
        one = Member.objects.select_for_update(of=("self",)).select_related("panel").filter(pk=member_id).first()
        if one is None or one.state not in rules.ASKED or one.panel.state != rules.OPEN:
            return None
        if one.expires_at is None or one.expires_at <= now:
            return None
        token = new_token()
        one.token_hash = digest(token)
        one.save(update_fields=["token_hash"])
    return token


def give_feedback_link(attendance_id: UUID, *, now: datetime) -> str | None:
    """The same for somebody who took part in a session and has not said how it was."""
    with transaction.atomic():
        one = Attendance.objects.select_for_update(of=("self",)).select_related("member__panel").filter(
            pk=attendance_id, state=rules.ATTENDED
        ).first()  # fmt: skip
        if one is None or one.member.panel.state != rules.OPEN or one.expires_at is None or one.expires_at <= now:
            return None
        if Feedback.objects.filter(attendance=one).exists():
            return None
        token = new_token()
        one.token_hash = digest(token)
        one.save(update_fields=["token_hash"])
    return token


def end_links(*, now: datetime) -> int:
    """Note which invitations ran out; how many."""
    ended = Member.objects.filter(state__in=(rules.WAITING, rules.SENT, rules.OPENED), expires_at__lte=now)
    return ended.update(state=rules.EXPIRED, changed_at=now)


def _found(token: str) -> tuple[Member | None, Attendance | None]:
    kept = digest(token)
    member = Member.objects.select_related("panel").filter(token_hash=kept).first()
    if member is not None:
        return member, None
    attendance = Attendance.objects.select_related("member__panel", "session").filter(token_hash=kept).first()
    if attendance is None:
        raise NotFound(_("There is no such link. Check that the address is whole."))
    return None, attendance


def _must_be_open(panel: Panel, expires_at: datetime | None, now: datetime) -> None:
    if panel.state != rules.OPEN:
        raise Gone(CLOSED, _("This test has ended."), _("Thank you for wanting to take part."))
    if expires_at is None or expires_at <= now:
        raise Gone(EXPIRED, _("This link has run out."), _("Thank you for wanting to tell us."))


def _must_be_answerable(one: Member, now: datetime) -> None:
    if one.state in (rules.ACCEPTED, rules.DECLINED, rules.WITHDRAWN):
        raise Gone(ANSWERED, _("This was answered already. Thank you."))
    _must_be_open(one.panel, one.expires_at, now)
    if one.state not in rules.ASKED:
        raise Gone(EXPIRED, _("This link has run out."), _("Thank you for wanting to tell us."))
