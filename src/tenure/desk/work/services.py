"""Every change to the day's work: log a contact; complete, snooze, hand over an entry; take it back.

Each service checks the right (403), finds the row among those the person may see (404), locks it, changes it and
writes the audit line, all in one transaction. Two people at the same entry: one wins, the other is told who did.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import check_external_id, must, one_of
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import desk_user_of, employee, reach_of
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import number_of
from tenure.desk.work import rules
from tenure.desk.work.beside import signals
from tenure.desk.work.models import Contact, Progress
from tenure.desk.work.standing import entry_of, let_see, locked_entry, move, stand_again

State = Progress.State


def log_contact(
    user: User,
    party_id: str,
    kind: str,
    outcome: str,
    words: str = "",
    next_step_on: date | None = None,
    proposal_key: str = "",
    external_id: str | None = None,
    at: datetime | None = None,
    *,
    now: datetime,
    purpose: str = "",
) -> Contact:
    """Log a contact with a customer; with ``proposal_key`` it completes that entry too.

    Idempotent by ``external_id``: the same content again gives the same contact, and nothing is written.

    Args:
        kind: one of ``codes.INTERACTION_KINDS``.
        outcome: one of ``codes.OUTCOMES``.
        words: what was said, at most 2,000 characters.
        at: when it took place; now where not said, at most 31 days ago.

    Raises:
        NotAllowed: no post of theirs logs contacts.
        NotFound: no such customer among those they see, or no such entry.
        Unacceptable: an unknown code, a date that cannot be, too many words.
        Conflict: the ``external_id`` is taken by other content, or the entry is done already.
    """
    must(user)
    customer = must_see(user, party_id)
    content = _checked(kind, outcome, words, next_step_on, at, now, purpose)
    check_external_id(external_id)
    content |= {"party_id": customer.party_id, "proposal_key": proposal_key}
    if external_id is None:
        content["at"] = at or now
        return _write_contact(user, content, None, now)
    if at is not None:
        content["at"] = at
    try:
        known = _sent_before(user, external_id, content)
        return known or _write_contact(user, {"at": now, **content}, external_id, now)
    except (IntegrityError, Conflict):  # perhaps the same message came twice at once, and the other was first
        known = _sent_before(user, external_id, content)
        if known is None:
            raise
        return known


def _sent_before(user: User, external_id: str, content: dict[str, Any]) -> Contact | None:
    known = Contact.objects.filter(external_id=external_id).first()
    if known is None:
        return None
    differing = rules.same_contact({name: getattr(known, name) for name in content}, content)
    if known.author_id != user.pk or differing:
        raise Conflict(
            _("The external id %(id)s belongs to another contact.") % {"id": external_id},
            _("Differing: %(fields)s. Send a new id for a new contact.") % {"fields": ", ".join(differing) or "author"},
        )
    return known


def _write_contact(user: User, content: dict[str, Any], external_id: str | None, now: datetime) -> Contact:
    with transaction.atomic():
        if content["proposal_key"]:
            entry, progress = locked_entry(user, content["proposal_key"])
            if entry.party_id != content["party_id"]:
                raise Unacceptable(_("The entry is about another customer."), field="proposal_key")
            move(entry, progress, user, now, State.DONE, outcome=content["outcome"])
        contact = Contact.objects.create(
            **content, external_id=external_id, staff_id=user.staff_id, author=user, logged_at=now
        )
        if content["proposal_key"]:
            signals().settle(user, entry, content["outcome"], now)
        audit.record(
            user,
            "contact.log",
            now=now,
            kind="customer",
            key=contact.party_id,
            changes={
                "contact": str(contact.pk),
                "kind": contact.kind,
                "outcome": contact.outcome,
                "entry": contact.proposal_key,
            },
        )
    return contact


def complete(
    user: User, proposal_key: str, outcome: str, words: str = "", *, now: datetime, kind: str = "call"
) -> Contact:
    """Finish an entry with its outcome: logs the contact and takes the entry off every list.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`log_contact`.
    """
    must(user)
    entry = entry_of(user, proposal_key)
    return log_contact(user, entry.party_id, kind, outcome, words, proposal_key=proposal_key, now=now)


def snooze(user: User, proposal_key: str, until: date, *, now: datetime) -> Progress:
    """Put an entry off: it returns on ``until``, tomorrow at the earliest and in 90 days at the latest.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict.
    """
    must(user)
    entry_of(user, proposal_key)
    if not rules.snooze_ends_well(until, timezone.localdate(now)):
        raise Unacceptable(
            _("An entry is put off to a day between tomorrow and %(days)s days from now.")
            % {"days": rules.LONGEST_SNOOZE.days},
            field="until",
        )
    with transaction.atomic():
        entry, before = locked_entry(user, proposal_key)
        handed_to = before.handed_to if before is not None else ""
        progress = move(entry, before, user, now, State.SNOOZED, snoozed_until=until, handed_to=handed_to)
        audit.record(
            user, "entry.snooze", now=now, kind="entry", key=proposal_key, changes={"until": until, **_about(entry)}
        )
    return progress


def hand_over(user: User, proposal_key: str, to_staff_id: str, reason: str, *, now: datetime) -> Progress:
    """Give an entry to a colleague of the customer's branch, who sees the customer until the entry is done.

    Raises:
        NotAllowed, NotFound, Conflict.
        Unacceptable: no reason, no such colleague, one without the desk or the right to log, or of another branch.
    """
    must(user, Permission.HAND_OVER)
    entry = entry_of(user, proposal_key)
    reason = reason.strip()
    if not 0 < len(reason) <= 500:
        raise Unacceptable(_("Say why, in at most 500 characters."), field="reason")
    target = employee(to_staff_id)
    colleague = desk_user_of(to_staff_id)
    if target is None or colleague is None or not reach_of(colleague).may(Permission.LOG_CONTACT):
        raise Unacceptable(
            _("%(number)s is nobody who works lists at the desk.") % {"number": to_staff_id},
            _("Choose a colleague who signs in here and looks after customers."),
            field="to_staff_id",
        )
    customer = must_see(user, entry.party_id)
    if not rules.may_be_handed_to(target.org_path, customer.org_path):
        raise Unacceptable(
            _("%(name)s works at another branch than the customer's.") % {"name": target.name},
            _("Choose a colleague of the customer's branch."),
            field="to_staff_id",
        )
    with transaction.atomic():
        entry, before = locked_entry(user, proposal_key)
        holder = before.handed_to if before is not None and before.handed_to else (entry.staff_id or "")
        if holder == to_staff_id:
            raise Conflict(_("The entry is already with %(name)s.") % {"name": target.name})
        progress = move(entry, before, user, now, State.HANDED_OVER, handed_to=to_staff_id)
        let_see(colleague, entry.party_id, proposal_key, user, now)
        if number_of(colleague, entry.party_id) is None:
            raise Unacceptable(
                _("%(name)s's post does not let them see this customer.") % {"name": target.name},
                _("Choose a relationship manager of the customer's branch."),
                field="to_staff_id",
            )
        audit.record(
            user,
            "entry.hand_over",
            now=now,
            kind="entry",
            key=proposal_key,
            changes={"from": holder, "to": to_staff_id, **_about(entry)},
            reason=reason,
        )
    return progress


def undo(user: User, proposal_key: str, *, now: datetime) -> None:
    """Take back one's own last act on an entry, on the same day: what stood before stands again.

    The contact a completion logged is withdrawn with it.

    Raises:
        NotFound: there is nothing to take back on that entry, or it is not theirs to see.
        Conflict: someone else acted last, or it was on another day.
    """
    must(user)
    with transaction.atomic():
        progress = Progress.objects.select_for_update().filter(proposal_key=proposal_key).first()
        # One who handed the entry away may see the customer no more, and may still take that back.
        mine = progress is not None and progress.changed_by_id == user.pk
        if progress is None or not (mine or number_of(user, progress.party_id)):
            raise NotFound(_("There is nothing to take back here."))
        if not mine:
            raise Conflict(_("%(name)s acted on this entry last.") % {"name": progress.changed_by.name})
        if timezone.localdate(progress.changed_at) != timezone.localdate(now):
            raise Conflict(_("An act is taken back on its own day."), _("Log what is true now."))
        undone = progress.state
        if undone == State.DONE:
            contact = _contact_of(user, proposal_key)
            if contact is not None:
                _withdraw(contact, now)
        stand_again(progress, now)
        if undone == State.DONE:
            signals().take_back(user, proposal_key, now)
        audit.record(
            user,
            "entry.undo",
            now=now,
            kind="entry",
            key=proposal_key,
            changes={"undone": undone, "customer": progress.party_id},
        )


def withdraw_contact(user: User, contact_id: UUID, *, now: datetime) -> Contact:
    """Take back a contact one logged today; the entry it completed is open again.

    Raises:
        NotAllowed: no post of theirs logs contacts.
        NotFound: there is no such contact of a customer they see.
        Conflict: somebody else's, of another day, or withdrawn already.
    """
    must(user)
    with transaction.atomic():
        contact = Contact.objects.select_for_update().filter(pk=contact_id).first()
        if contact is None or number_of(user, contact.party_id) is None:
            raise NotFound(_("There is no such contact."))
        if contact.author_id != user.pk:
            raise Conflict(_("%(name)s logged this contact.") % {"name": contact.author.name})
        if contact.withdrawn_at is not None:
            raise Conflict(_("This contact was withdrawn already."))
        if timezone.localdate(contact.logged_at) != timezone.localdate(now):
            raise Conflict(_("A contact is withdrawn on the day it was logged."), _("Log what is true now."))
        progress = Progress.objects.select_for_update().filter(proposal_key=contact.proposal_key).first()
        finished = progress is not None and progress.state == State.DONE and progress.changed_by_id == user.pk
        if progress is not None and finished:
            stand_again(progress, now)
        _withdraw(contact, now)
        if finished:
            signals().take_back(user, contact.proposal_key, now)
        audit.record(
            user,
            "contact.withdraw",
            now=now,
            kind="customer",
            key=contact.party_id,
            changes={"contact": str(contact.pk), "entry": contact.proposal_key},
        )
    return contact


def take_contact_along(user: User, contact_id: UUID, *, now: datetime) -> None:
    """Withdraw a contact that another act had logged with it, now that the act is taken back.

    Who may take the act back decided its own service, whoever logged it and when; part of its transaction. A contact
    withdrawn already stays so.
    """
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    if contact.withdrawn_at is not None:
        return
    _withdraw(contact, now)
    changes = {"contact": str(contact.pk), "entry": contact.proposal_key}
    audit.record(user, "contact.withdraw", now=now, kind="customer", key=contact.party_id, changes=changes)


def _contact_of(user: User, proposal_key: str) -> Contact | None:
    mine = Contact.objects.select_for_update().filter(proposal_key=proposal_key, author=user, withdrawn_at=None)
    return mine.order_by("-logged_at").first()


def _withdraw(contact: Contact, now: datetime) -> None:
    contact.withdrawn_at = now  # the next night takes it from the lake again if it is there already
    contact.save(update_fields=["withdrawn_at"])


def _about(entry: Any) -> dict[str, str]:
    return {"customer": entry.party_id, "rule": entry.rule}


def _checked(
    kind: str,
    outcome: str,
    words: str,
    next_step_on: date | None,
    at: datetime | None,
    now: datetime,
    purpose: str,
) -> dict[str, Any]:
    """The contact's own fields, each as it may be stored."""
    one_of(kind, codes.INTERACTION_KINDS, "kind")
    one_of(outcome, codes.OUTCOMES, "outcome")
    words, purpose = (text.replace("\x00", "").strip() for text in (words, purpose))
    if len(words) > rules.WORDS_LENGTH:
        raise Unacceptable(
            _("The words are %(length)s characters long; at most %(most)s are kept.")
            % {"length": len(words), "most": rules.WORDS_LENGTH},
            field="words",
        )
    if len(purpose) > 200:
        raise Unacceptable(_("The purpose is at most 200 characters long."), field="purpose")
    if at is not None and (timezone.is_naive(at) or not now - rules.LATEST_LOG <= at <= now):
        raise Unacceptable(
            _("A contact took place between %(days)s days ago and now.") % {"days": rules.LATEST_LOG.days},
            _("Give the moment with its time zone."),
            field="at",
        )
    if next_step_on is not None and next_step_on < timezone.localdate(now):
        raise Unacceptable(_("The next step lies in the past."), field="next_step_on")
    return {"kind": kind, "outcome": outcome, "words": words, "next_step_on": next_step_on, "purpose": purpose}
