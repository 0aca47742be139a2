"""Keeping an answer and a feedback, the same whether staff note it or the customer gives it. Parts of services."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import at_most
from tenure.desk.org.models import User
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels.locking import save_member
from tenure.desk.voice.panels.models import Attendance, Feedback, Member, Panel
from tenure.desk.voice.panels.telling import announce_to


def settle_answer(panel: Panel, one: Member, answer: str, user: User | None, now: datetime) -> None:
    """Keep an answer; whoever takes part hears of the sessions that are planned."""
    one.state, one.answered_at = answer, now
    save_member(one, user, now)
    if answer == rules.ACCEPTED:
        announce_to(panel, one, now)


def checked_feedback(rating: int, words: str) -> str:
    """The words of a feedback as they are kept.

    Raises:
        Unacceptable: a rating beside 1 to 5, or too many words.
    """
    if not 1 <= rating <= 5:
        raise Unacceptable(_("A rating is 1 to 5."), field="rating")
    return at_most(words, rules.WORDS)


def settle_feedback(
    attendance: Attendance, member: Member, rating: int, words: str, user: User | None, now: datetime
) -> Feedback | None:
    """Keep what was said; whoever said it is owed an answer again. None where they said something of this session
    before."""
    if Feedback.objects.filter(attendance=attendance).exists():
        return None
    try:
        with transaction.atomic():
            made = Feedback.objects.create(
                attendance=attendance, member=member, rating=rating, words=words, given_by=user, given_at=now,
                changed_at=now, source="staff" if user is not None else "customer",
            )  # fmt: skip
    except IntegrityError:
        return None
    member.telling_at, member.told_at, member.told_how, member.told_problem = None, None, "", ""
    save_member(member, user, now)
    return made
