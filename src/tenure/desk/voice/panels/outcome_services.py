"""What comes of what participants said: decided by the owner, and told back to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, one_of, unchanged
from tenure.desk.org.models import User
from tenure.desk.voice.panels.locking import (
    locked,
    locked_member,
    member_unchanged,
    note,
    note_member,
    save,
    save_member,
)
from tenure.desk.voice.panels.models import Feedback, Member, Outcome, Panel
from tenure.desk.voice.panels.standing import may_be_told, untold
from tenure.desk.voice.panels.telling import tell_of_outcomes


def decide(
    user: User, panel_id: UUID, feedback_ids: Sequence[UUID], kind: str, words: str, *, version: int, now: datetime
) -> Outcome:
    """Decide on one or several things participants said: taken up or not, and why, as they will read it.

    What was decided before may be decided otherwise until whoever said it was told. The same again is the one there is.

    Raises:
        NotAllowed, NotFound, Conflict: see ``services.edit``. Conflict also: somebody was told already.
        Unacceptable: nothing chosen, no word why, or no such kind.
    """
    one_of(kind, codes.PANEL_OUTCOMES, "kind")
    words = at_most(words, 1000)
    if not words:
        raise Unacceptable(_("Say what is done, or why not."), field="words")
    chosen = set(feedback_ids)
    if not chosen:
        raise Unacceptable(_("Choose what it is about."), field="feedback")
    with transaction.atomic():
        one = locked(user, panel_id, "decide", None)
        rows = list(
            Feedback.objects.select_for_update(of=("self",))
            .select_related("outcome", "member")
            .filter(pk__in=chosen, member__panel=one)
        )
        if len(rows) != len(chosen):
            raise NotFound(_("There is no such feedback in this panel."))
        outcomes = {row.outcome for row in rows}
        if len(outcomes) == 1 and (same := outcomes.pop()) is not None and (same.kind, same.words) == (kind, words):
            return same
        unchanged(one, version)
        if any(row.outcome_id and (row.member.told_at or row.member.telling_at) for row in rows):
            raise Conflict(_("Some who said this were told already what came of it."), _("Choose the others."))
        made = Outcome.objects.create(panel=one, kind=kind, words=words, decided_by=user, decided_at=now)
        Feedback.objects.filter(pk__in=chosen).update(outcome=made, changed_at=now)
        Outcome.objects.filter(panel=one, feedbacks=None).exclude(pk=made.pk).delete()
        save(one, user, now)
        note(user, "decide", one, now, kind=kind, feedback=len(rows))
    return made


def tell(user: User, panel_id: UUID, *, version: int, now: datetime) -> int:
    """Write to everybody on all of whose words was decided what came of it. Told is who the message left for.

    Whom a message goes to already is not written to again.

    Returns:
        To how many.

    Raises:
        NotAllowed, NotFound, Conflict: see ``services.edit``. Conflict also: nobody is to be told.
    """
    with transaction.atomic():
        one = locked(user, panel_id, "tell", None)
        if one.version == version + 1 and one.changed_by_id == user.pk and not _to_write(one).exists():
            return 0  # the same click again
        unchanged(one, version)
        members = list(_to_write(one).select_for_update(of=("self",)).order_by("pk"))
        if not members:
            raise Conflict(
                _("Nobody is to be written to."),
                _("Decide first on all that somebody said; whom no message reaches, tell by phone or in person."),
            )
        for member in members:
            member.telling_at, member.told_problem = now, ""
            member.save(update_fields=["telling_at", "told_problem"])
            tell_of_outcomes(member, now)
        save(one, user, now)
        note(user, "tell", one, now, participants=len(members))
    return len(members)


def note_told(user: User, member_id: UUID, how: str, *, version: int, now: datetime) -> Member:
    """Note that a participant was told on the phone or in person what came of what they said.

    Raises:
        NotAllowed, NotFound, Conflict: see ``taking_part_services.note_answer``. Conflict also: they said nothing, or
            not all of it is decided.
        Unacceptable: no such way.
    """
    one_of(how, [way for way in codes.PANEL_TOLD if way != "message"], "how")
    with transaction.atomic():
        panel, one = locked_member(user, member_id)
        if one.told_at is not None:
            return one
        member_unchanged(one, version)
        if not untold(panel).filter(pk=one.pk).exists():
            raise Conflict(_("They said nothing there is an answer to."))
        if not may_be_told(panel).filter(pk=one.pk).exists():
            raise Conflict(_("Not all they said is decided on yet."), _("Decide first, then tell them."))
        one.told_at, one.told_how, one.told_problem = now, how, ""
        save_member(one, user, now)
        note_member(user, "told", one, now, how=how)
    return one


def _to_write(one: Panel) -> Any:
    """Who is to be told and has no message on its way, nor one that did not reach them."""
    return may_be_told(one).filter(telling_at=None, told_problem="")
