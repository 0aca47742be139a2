"""Making, approving, rejecting and withdrawing changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.changes.kinds import kind_of
from tenure.desk.control.changes.selectors import may_check, sees
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most
from tenure.desk.control.models import Change
from tenure.desk.control.rules import REASON_LENGTH
from tenure.desk.org.models import User

State = Change.State


def reasoned(reason: str, field: str = "reason") -> str:
    """``reason`` without blanks around it.

    Raises:
        Unacceptable: it is shorter or longer than a reason may be.
    """
    reason = reason.strip()
    if not REASON_LENGTH[0] <= len(reason) <= REASON_LENGTH[1]:
        raise Unacceptable(
            _("Give a reason of %(least)s to %(most)s characters.")
            % {"least": REASON_LENGTH[0], "most": REASON_LENGTH[1]},
            field=field,
        )
    return reason


def propose(
    maker: User,
    kind: str,
    subject: tuple[str, str],
    content: dict[str, Any],
    reason: str,
    *,
    org_path: str,
    now: datetime,
) -> Change:
    """Put a change before a second person; part of the calling service, which has checked that ``maker`` may ask.

    Args:
        kind: one of ``kinds.KINDS``.
        subject: kind and id of what it is about; of one kind a subject has one waiting change.
        content: what it would do, as JSON.
        org_path: the branch whose posts, or those above it, check it; ``/`` is the whole bank.

    Raises:
        Unacceptable: no reason.
        Conflict: a change of this kind waits for this subject already.
    """
    change = Change(
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        org_path=org_path,
        content=content,
        reason=reasoned(reason),
        made_by=maker,
        made_at=now,
    )
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError:
        first = Change.objects.select_related("made_by").get(
            kind=kind, subject_kind=subject[0], subject_id=subject[1], state=State.WAITING
        )
        raise Conflict(
            _("A change of this kind by %(name)s waits here already.") % {"name": first.made_by.name},
            _("It is decided first, or its maker withdraws it."),
        ) from None
    _note(maker, "change.make", change, now)
    return change


def approve(checker: User, change_id: UUID, words: str = "", *, now: datetime) -> Change:
    """Approve a waiting change: it takes effect in the same transaction, or not at all.

    Raises:
        NotFound: there is no such change among those they see.
        NotAllowed: it is their own, or no post of theirs checks such changes there.
        Conflict: it is decided already, or what it is about has changed meanwhile (from its kind).
    """
    with transaction.atomic():
        change = _locked(checker, change_id)
        change.state, change.words = State.APPROVED, at_most(words, REASON_LENGTH[1])
        change.checked_by, change.checked_at = checker, now
        change.result = kind_of(change).apply(change, checker, now)
        change.save()
        _note(checker, "change.approve", change, now)
    return change


def reject(checker: User, change_id: UUID, words: str, *, now: datetime) -> Change:
    """Reject a waiting change, saying why; the rejection stays recorded.

    Raises:
        NotFound, NotAllowed, Conflict: see :func:`approve`.
        Unacceptable: no word why.
    """
    with transaction.atomic():
        change = _locked(checker, change_id)
        change.state, change.words = State.REJECTED, reasoned(words, "words")
        change.checked_by, change.checked_at = checker, now
        kind_of(change).refused(change, now)
        change.save()
        _note(checker, "change.reject", change, now)
    return change


def withdraw(maker: User, change_id: UUID, *, now: datetime) -> Change:
    """Take back a change one made, while it waits.

    Raises:
        NotFound: there is no such change of theirs.
        Conflict: it is decided already.
    """
    with transaction.atomic():
        change = Change.objects.select_for_update().filter(pk=change_id, made_by=maker).first()
        if change is None:
            raise NotFound(_("There is no such change of yours."))
        _must_wait(change)
        change.state, change.checked_at = State.WITHDRAWN, now
        kind_of(change).refused(change, now)
        change.save()
        _note(maker, "change.withdraw", change, now)
    return change


def _locked(checker: User, change_id: UUID) -> Change:
    change = Change.objects.select_for_update().filter(pk=change_id).first()
    if change is None or not sees(checker, change):
        raise NotFound(_("There is no such change."))
    if change.made_by_id == checker.pk:
        raise NotAllowed(_("Nobody checks what they made; somebody else does."))
    if not may_check(checker, change):
        raise NotAllowed(_("None of your posts checks such changes."))
    _must_wait(change)
    return change


def _must_wait(change: Change) -> None:
    if change.state == State.WAITING:
        return
    if change.checked_by is None:
        raise Conflict(_("This change was withdrawn by its maker."))
    told = {
        State.APPROVED: _("%(name)s has approved this change already."),
        State.REJECTED: _("%(name)s has rejected this change already."),
    }
    raise Conflict(told[State(change.state)] % {"name": change.checked_by.name})


def _note(actor: User, act: str, change: Change, now: datetime) -> None:
    changes = {"kind": change.kind, "about": f"{change.subject_kind} {change.subject_id}", "state": change.state}
    reason = change.words if act in ("change.approve", "change.reject") else change.reason
    audit.record(actor, act, now=now, kind="change", key=str(change.pk), changes=changes, reason=reason)
