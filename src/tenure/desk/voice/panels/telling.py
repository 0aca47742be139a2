"""Putting messages to participants into the outbox, in the transaction of what they tell of. Parts of services.

What makes a message one is its key: asked for twice it goes once.
"""

from __future__ import annotations

from datetime import datetime

from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels.models import Attendance, Feedback, Member, Panel, Session
from tenure.desk.voice.sending import rules as outbox
from tenure.desk.voice.sending.services import queue

INVITATION, SESSION, HOW_IT_WAS, OUTCOMES = "panel", "panel_session", "panel_feedback", "panel_outcomes"


def invite(member: Member, now: datetime) -> None:
    """Write to somebody who was drawn."""
    queue(INVITATION, f"panel:{member.pk}", member.party_id, member.channel, about=str(member.pk), now=now)


def announce(panel: Panel, session: Session, now: datetime) -> None:
    """Tell everybody who takes part of a session."""
    for member in panel.members.filter(state=rules.ACCEPTED):
        _of_session(session, member, now)


def announce_to(panel: Panel, member: Member, now: datetime) -> None:
    """Tell somebody who said yes of the sessions that lie ahead."""
    for session in panel.sessions.filter(cancelled_at=None, at__gt=now):
        _of_session(session, member, now)


def say_cancelled(panel: Panel, session: Session, now: datetime) -> None:
    """Tell whoever takes part that a session that lay ahead is cancelled."""
    if session.at > now:
        for member in panel.members.filter(state=rules.ACCEPTED):
            _of_session(session, member, now, cancelled=True)


def ask_how_it_was(member: Member, attendance: Attendance, now: datetime) -> None:
    """Ask somebody who took part how it was."""
    if member.channel in outbox.CHANNELS:
        queue(
            HOW_IT_WAS, f"panel-how:{attendance.pk}", member.party_id, member.channel, about=str(attendance.pk), now=now
        )


def tell_of_outcomes(member: Member, now: datetime) -> None:
    """Tell somebody what came of what they said; once more where they said more since."""
    said = Feedback.objects.filter(member=member).count()
    queue(
        OUTCOMES, f"panel-outcomes:{member.pk}:{said}", member.party_id, member.channel, about=str(member.pk), now=now
    )


def _of_session(session: Session, member: Member, now: datetime, *, cancelled: bool = False) -> None:
    queue(
        SESSION, f"panel-session:{session.pk}:{member.pk}{':cancelled' if cancelled else ''}", member.party_id,
        member.channel, about=str(session.pk), facts={"cancelled": cancelled}, now=now,
    )  # fmt: skip
