"""Opening again what was closed: a loss that comes back, a win that fell through.

What was lost may be opened again by whoever may work on it. What was won gives credit, so only who may end that credit
opens it again: a branch head above it who has no share in it. Its credit goes with it, the days already counted too,
because a statement is worked out from what stands as won; agreed shares stay, and give credit from the day it is won
again. The probabilities of stages forget the close, so that one opportunity never counts twice.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, Unacceptable
from tenure.desk.kit import formats
from tenure.desk.opportunities import changing, rules
from tenure.desk.opportunities.credit import selectors as credit
from tenure.desk.opportunities.models import Opportunity, StageRecord, Step
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of


def may_reopen(user: User, one: Any, today: date) -> bool:
    """Whether ``user`` may open ``one``, which they see, again today."""
    if one.state == rules.OPEN or today > rules.reopens_until(one.state, one.closed_on):
        return False
    return reach_of(user).may(Permission.LOG_CONTACT) and (one.state == rules.LOST or credit.may_end(user, one))


def reopen(
    user: User,
    opportunity_id: UUID,
    reason: str,
    next_step: str,
    next_step_on: date,
    *,
    version: int,
    now: datetime,
) -> Opportunity:
    """Open a closed opportunity again, at the stage it closed at, with a reason and what comes next.

    Args:
        reason: two characters at least; kept in its history, not in the trail.
        version: of the closed opportunity, as the person saw it.

    Raises:
        NotAllowed: no post of theirs deals with customers; it was won, and ending its credit is not theirs.
        NotFound: no such opportunity among those of customers they see.
        Unacceptable: no reason, or a next step that cannot be.
        Conflict: it is open, somebody changed it after ``version``, or it closed too long ago.
    """
    with transaction.atomic():
        one = changing.locked(user, opportunity_id)
        if one.state == rules.OPEN and one.changed_by_id == user.pk and one.version == version + 1:
            return one  # the same click again
        _must_be_closed(one, version)
        if one.state == rules.WON and not credit.may_end(user, one):
            raise NotAllowed(
                _("What was won is opened again by a branch head who has no share in it: its credit is taken back.")
            )
        today, was = timezone.localdate(now), one.state
        last = rules.reopens_until(was, one.closed_on)
        if today > last:
            day = formats.day(last, get_language() or "en")
            raise Conflict(
                _("This could be opened again until %(day)s.") % {"day": day},
                _("Open a new opportunity for new business."),
            )
        words = changing.words_of(reason)
        if len(words) < 2:
            raise Unacceptable(_("Say why it is opened again."), field="reason")
        planned = changing.next_of(next_step, next_step_on, today)
        before = {"was": was, "closed_on": one.closed_on, "amount": one.won_amount, "credit_until": one.credit_until}
        _forget_the_close(one)
        one.state, one.closed_at, one.closed_on, one.lost_reason = rules.OPEN, None, None, ""
        one.won_amount = one.credit_until = one.spread_ppm = None
        one.next_step, one.next_step_on = planned["next_step"], planned["next_step_on"]
        one.stale_on = rules.stale_from(one.kind, one.stage, today, planned["next_step_on"])
        changing.save(one, user, now)
        changing.note_step(one, user, now, from_stage=one.stage, words=words)
        told = {"customer": one.party_id, "next_step_on": one.next_step_on, **before}
        audit.record(user, "opportunity.reopen", now=now, kind="opportunity", key=str(one.pk), changes=told)
    return one


def _must_be_closed(one: Opportunity, version: int) -> None:
    by = {"name": one.changed_by.name, "at": formats.moment(timezone.localtime(one.changed_at), get_language() or "en")}
    if one.state == rules.OPEN:
        raise Conflict(_("This opportunity is open; %(name)s changed it last, at %(at)s.") % by)
    if one.version != version:
        raise Conflict(
            _("%(name)s changed this first, at %(at)s.") % by,
            _("What you entered is still here; send it again if it still holds."),
        )


def _forget_the_close(one: Opportunity) -> None:
    """Take back what its close taught about the stages it had stood at, in the order in which closing adds."""
    stood = set(Step.objects.filter(opportunity=one).values_list("to_stage", flat=True)) | {one.stage}
    won = 1 if one.state == rules.WON else 0
    for stage in sorted(stood):
        StageRecord.objects.filter(
            kind=one.kind, stage=stage, month=one.closed_on.replace(day=1), closed__gte=1, won__gte=won
        ).update(closed=F("closed") - 1, won=F("won") - won)
