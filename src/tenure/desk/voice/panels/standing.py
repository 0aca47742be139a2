"""Where a panel stands with what was said in it: undecided, untold. Queries that services and pages share."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels.models import Feedback, Member, Panel


def feedback_of(one: Panel) -> QuerySet[Feedback]:
    """Everything said in a panel."""
    return Feedback.objects.filter(member__panel=one)


def undecided(one: Panel) -> QuerySet[Feedback]:
    """What was said and nobody has decided on yet."""
    return feedback_of(one).filter(outcome=None)


def untold(one: Panel) -> QuerySet[Member]:
    """Participants who said something and do not know yet what came of all of it."""
    said = Feedback.objects.filter(member=OuterRef("pk"))
    return Member.objects.filter(Exists(said), panel=one, told_at=None)


def may_be_told(one: Panel) -> QuerySet[Member]:
    """Those of them on all of whose words was decided."""
    open_ = Feedback.objects.filter(member=OuterRef("pk"), outcome=None)
    return untold(one).exclude(Exists(open_))


def waiting_for_answers(one: Panel) -> QuerySet[Member]:
    """Those invited whose answer may still come."""
    return one.members.filter(state__in=(rules.WAITING, rules.SENT, rules.OPENED))
