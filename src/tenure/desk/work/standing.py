"""Where an entry of the work list stands, and how it moves: the locked half of ``services``.

Whatever happens to an entry happens to its one ``Progress`` row, locked by :func:`locked_entry` and changed by
:func:`move` or :func:`stand_again`, in the transaction of the service that asks and writes the audit line.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Conflict, NotFound
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.selectors import desk_user_of, reach_of, staff_names
from tenure.desk.parties.stand_ins import end_stand_in, let_stand_in
from tenure.desk.parties.visibility import acts_for, number_of
from tenure.desk.work import rules
from tenure.desk.work.models import Progress, Proposal

State = Progress.State


def entry_of(user: User, proposal_key: str) -> Any:
    """The published entry of that key about a customer ``user`` may see; NotFound where there is none.

    Its ``party_id`` is the customer's number now, where the night's was merged away since.
    """
    entry = Proposal.rows().filter(proposal_key=proposal_key).first()
    number = None if entry is None else number_of(user, entry.party_id)
    if number is None:
        raise NotFound(_("There is no such entry on your list."))
    entry.party_id = number
    return entry


def locked_entry(user: User, proposal_key: str) -> tuple[Any, Progress | None]:
    """The entry and, locked, where it stands; refuses one that is done or with somebody else."""
    entry = entry_of(user, proposal_key)
    progress = Progress.objects.select_for_update().filter(proposal_key=proposal_key).first()
    if progress is None:
        return entry, None
    if progress.state == State.DONE:
        raise Conflict(
            _("%(name)s has done this already: %(outcome)s.")
            % {
                "name": progress.changed_by.name,
                "outcome": code_name(progress.outcome, "outcome", get_language() or ""),
            },
            _("Look at the customer's time line; log a further contact there if there was one."),
        )
    theirs = progress.handed_to and progress.handed_to not in acts_for(user)
    if theirs and not reach_of(user).roles & rules.WORKS_POOL:
        name = staff_names([progress.handed_to]).get(progress.handed_to, progress.handed_to)
        raise Conflict(_("This entry is now with %(name)s.") % {"name": name})
    return entry, progress


def move(
    entry: Any, before: Progress | None, user: User, now: datetime, state: Progress.State, **fields: Any
) -> Progress:
    """Bring the locked entry into ``state``, keeping what stood before so that it can be taken back."""
    moved = Progress(
        proposal_key=entry.proposal_key,
        party_id=entry.party_id,
        state=state,
        changed_by=user,
        changed_at=now,
        before=_standing(before),
        **fields,
    )
    if before is None:
        try:
            with transaction.atomic():
                moved.save(force_insert=True)
        except IntegrityError:  # nobody had touched it when we looked; somebody has now
            first = Progress.objects.select_related("changed_by").get(proposal_key=entry.proposal_key)
            raise Conflict(
                _("%(name)s was first at this entry.") % {"name": first.changed_by.name}, _("Look at the list again.")
            ) from None
    else:
        moved.save(force_update=True)
    if state == State.DONE:
        end_stand_in(entry.proposal_key, now)
    return moved


_KEPT = ("state", "outcome", "snoozed_until", "handed_to", "changed_by_id", "changed_at")


def _standing(progress: Progress | None) -> dict[str, Any] | None:
    """What stands, as JSON, without what stood before that: one act is taken back, not two."""
    if progress is None:
        return None
    kept = {name: getattr(progress, name) for name in _KEPT}
    return {name: v.isoformat() if isinstance(v, date) else v for name, v in kept.items()}


def stand_again(progress: Progress, now: datetime) -> None:
    """Bring the locked entry back to what stood before its last change, the sight of the customer included."""
    before = progress.before
    end_stand_in(progress.proposal_key, now)
    if before is None:
        progress.delete()
        return
    until = before["snoozed_until"]
    for name in _KEPT:
        setattr(progress, name, before[name])
    progress.snoozed_until = date.fromisoformat(until) if until else None
    progress.changed_at = datetime.fromisoformat(before["changed_at"])
    progress.before = None
    progress.save()
    holder = desk_user_of(progress.handed_to)
    if holder is not None:
        let_see(holder, progress.party_id, progress.proposal_key, progress.changed_by, now)


def let_see(colleague: User, party_id: str, proposal_key: str, giver: User, now: datetime) -> None:
    """Let the holder of an entry see its customer while they hold it; whoever held it before sees them no more.

    Given even to one who sees the customer anyway: what lets them today may end before this work does.
    """
    end_stand_in(proposal_key, now)
    if reach_of(colleague).staff_id:
        let_stand_in(party_id, colleague.staff_id, proposal_key, giver, now)
