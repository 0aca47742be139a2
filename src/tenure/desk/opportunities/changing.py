"""What every change of an opportunity does: lock it, store its next version, add a line to its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must
from tenure.desk.opportunities import rules
from tenure.desk.opportunities.models import Opportunity, Step
from tenure.desk.org.models import User
from tenure.desk.parties.visibility import number_of


def locked(user: User, opportunity_id: UUID) -> Opportunity:
    """The opportunity, locked, where ``user`` may work on it; part of a service's transaction."""
    must(user)
    one = Opportunity.objects.select_for_update().filter(pk=opportunity_id).first()
    if one is None or number_of(user, one.party_id) is None:
        raise NotFound(_("There is no such opportunity among your customers'."))
    return one


def save(one: Opportunity, user: User, now: datetime) -> None:
    """Store ``one`` as its next version, changed by ``user``."""
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def note_step(
    one: Opportunity,
    user: User,
    now: datetime,
    *,
    from_stage: str,
    words: str = "",
    state: str = rules.OPEN,
    contact_id: UUID | None = None,
) -> None:
    """Add a line to the history of ``one`` as it stands now."""
    Step.objects.create(
        opportunity=one,
        at=now,
        by=user,
        from_stage=from_stage,
        to_stage=one.stage,
        state=state,
        words=words,
        next_step=one.next_step if state == rules.OPEN else "",
        next_step_on=one.next_step_on if state == rules.OPEN else None,
        contact_id=contact_id,
    )


def next_of(step: str, on: date | None, today: date) -> dict[str, Any]:
    """The next step as it is stored; Unacceptable where it is not said or lies too far off."""
    step = at_most(step, rules.STEP_LENGTH, "next_step")
    if not step:
        raise Unacceptable(_("Say what the next step is."), field="next_step")
    if on is None:
        raise Unacceptable(_("Say on which day the next step is."), field="next_step_on")
    if not rules.step_fits(on, today):
        raise Unacceptable(
            _("A next step lies between today and %(days)s days from now.") % {"days": rules.LONGEST_STEP.days},
            field="next_step_on",
        )
    return {"next_step": step, "next_step_on": on}


def words_of(words: str) -> str:
    """Words of a step, trimmed; Unacceptable where there are too many."""
    return at_most(words, rules.WORDS_LENGTH, "words")
