"""Every change of care: give a due care by a contact, leave it out, take that back; issue a statement."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.care import rules, selectors
from tenure.desk.care.models import CareAct, Statement
from tenure.desk.care.statements import content_of
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import customer
from tenure.desk.work.services import log_contact, withdraw_contact

#: Care is settled at most so many days before its day or after it, and while it is overdue.
LATE = timedelta(days=31)
REASON_LENGTH = 300


def give_care(
    user: User,
    party_id: str,
    kind: str,
    due_on: date,
    outcome: str,
    words: str = "",
    how: str = "call",
    next_step_on: date | None = None,
    *,
    now: datetime,
) -> CareAct:
    """Give a due care: logs the contact and settles the care, both or neither.

    An open work-list entry of theirs that asks for the same contact is finished with it.

    Args:
        kind: one of ``rules.KINDS``; ``due_on`` says which.
        how: the contact's kind, one of ``codes.INTERACTION_KINDS``; ``outcome`` one of ``codes.OUTCOMES``.

    Raises:
        NotAllowed: no post of theirs logs contacts.
        NotFound: no such customer among theirs, or no such care is due to them.
        Unacceptable: see :func:`tenure.desk.work.services.log_contact`.
        Conflict: somebody has settled it.
    """
    must(user)
    found = _due(user, party_id, kind, due_on, now)
    try:
        with transaction.atomic():
            _free(found, now)
            contact = log_contact(
                user,
                party_id,
                how,
                outcome,
                words,
                next_step_on,
                selectors.entry_beside(user, found, timezone.localdate(now)),
                now=now,
                purpose=f"care:{found.kind}",
            )
            act = CareAct.objects.create(**_key(found), state="done", contact=contact, by=user, at=now)
            _note(user, "care.give", act, now, contact=str(contact.pk))
    except IntegrityError:
        raise _settled(found) from None
    return act


def skip_care(user: User, party_id: str, kind: str, due_on: date, reason: str, *, now: datetime) -> CareAct:
    """Leave a due care out, saying why; nobody is contacted.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`give_care`.
        Unacceptable: no reason, or one too long.
    """
    must(user)
    reason = reason.replace("\x00", "").strip()
    found = _due(user, party_id, kind, due_on, now)
    if not 2 <= len(reason) <= REASON_LENGTH:
        raise Unacceptable(
            _("Say why it is left out, in 2 to %(most)s characters.") % {"most": REASON_LENGTH}, field="reason"
        )
    try:
        with transaction.atomic():
            _free(found, now)
            act = CareAct.objects.create(**_key(found), state="skipped", reason=reason, by=user, at=now)
            _note(user, "care.skip", act, now, reason=reason)
    except IntegrityError:
        raise _settled(found) from None
    return act


def undo_care(user: User, party_id: str, kind: str, due_on: date, *, now: datetime) -> None:
    """Take back one's own act of today; the contact it logged is withdrawn, the care is due again.

    Raises:
        NotAllowed, NotFound.
        Conflict: somebody else's act, or one of another day.
    """
    must(user)
    customer(user, party_id)
    with transaction.atomic():
        act = (
            CareAct.objects.select_for_update(of=("self",))
            .select_related("by", "contact")
            .filter(party_id=party_id, kind=kind, due_on=due_on, withdrawn_at=None)
            .first()
        )
        if act is None:
            raise NotFound(_("There is nothing to take back here."))
        if act.by_id != user.pk:
            raise Conflict(_("%(name)s settled this.") % {"name": act.by.name})
        if timezone.localdate(act.at) != timezone.localdate(now):
            raise Conflict(_("An act is taken back on its own day."), _("Log what is true now."))
        contact, was = act.contact, act.state
        _take_back(act, now)
        if contact is not None and contact.withdrawn_at is None:
            withdraw_contact(user, contact.pk, now=now)
        audit.record(
            user,
            "care.undo",
            now=now,
            kind="customer",
            key=party_id,
            changes={"care": kind, "due_on": due_on, "undone": was},
        )


def _due(user: User, party_id: str, kind: str, due_on: date, now: datetime) -> rules.Due:
    """The care of that key; NotFound where the customer is due no such thing, Conflict where it was settled."""
    customer(user, party_id)
    today = timezone.localdate(now)
    found = selectors.care_line(user, party_id, kind, due_on, today)
    if found is not None and (found.due.overdue or abs(today - due_on) <= LATE):
        return found.due
    settled = rules.Due(kind, party_id, due_on, due_on)
    if selectors.is_settled(user, party_id, kind, due_on):  # the contact that settled it moved the rhythm on
        raise _settled(settled)
    raise NotFound(
        _("This customer is due no such care."), _("Load the calendar again; somebody may have been in touch.")
    )


def _key(found: rules.Due) -> dict[str, Any]:
    return {"party_id": found.party_id, "kind": found.kind, "due_on": found.due_on}


def _free(found: rules.Due, now: datetime) -> None:
    """Make room for an act where the contact of the one before was withdrawn; refuse where one stands."""
    kept = CareAct.objects.select_for_update(of=("self",)).select_related("contact")
    standing = kept.filter(**_key(found), withdrawn_at=None).first()
    if standing is None:
        return
    if standing.contact is not None and standing.contact.withdrawn_at is not None:
        _take_back(standing, now)
        return
    raise _settled(found)


def _take_back(act: CareAct, now: datetime) -> None:
    act.withdrawn_at = now
    act.save(update_fields=["withdrawn_at"])


def _settled(found: rules.Due) -> Conflict:
    act = CareAct.objects.select_related("by").filter(**_key(found), withdrawn_at=None).first()
    name = act.by.name if act is not None else _("Somebody")
    return Conflict(_("%(name)s has settled this care.") % {"name": name}, _("Look at the calendar again."))


def _note(user: User, act_name: str, act: CareAct, now: datetime, reason: str = "", **more: str) -> None:
    audit.record(
        user,
        act_name,
        now=now,
        kind="customer",
        key=act.party_id,
        changes={"care": act.kind, "due_on": act.due_on, **more},
        reason=reason,
    )


def issue_statement(
    user: User, party_id: str, span: str, language: str, advice: str, form_key: UUID, *, now: datetime
) -> Statement:
    """Issue a statement to a customer with a word of advice, and keep it as it was told.

    Idempotent by ``form_key``: the same form sent again gives the statement it gave.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: an unknown span or language, or advice too short or too long.
        Conflict: the form's key was used by somebody else or for another statement, or nothing is published yet.
    """
    must(user)
    customer(user, party_id)
    advice = advice.replace("\x00", "").strip()
    if span not in rules.SPANS:
        raise Unacceptable(_("A statement covers a month, a quarter or a year."), field="span")
    if language not in dict(settings.LANGUAGES):
        raise Unacceptable(_("Choose the customer's language."), field="language")
    least, most = rules.ADVICE_LENGTH
    if not least <= len(advice) <= most:
        raise Unacceptable(
            _("Give a word of advice of %(least)s to %(most)s characters.") % {"least": least, "most": most},
            _("Say what the figures mean for this customer and what you suggest."),
            field="advice",
        )
    content = content_of(user, party_id, span)
    if content is None:
        raise Conflict(_("Nothing has been published yet."))
    try:
        with transaction.atomic():
            issued = Statement.objects.create(
                form_key=form_key,
                party_id=party_id,
                span=span,
                first_on=date.fromisoformat(content["first"]),
                last_on=date.fromisoformat(content["last"]),
                language=language,
                advice=advice,
                content=content,
                issued_by=user,
                issued_at=now,
            )
            audit.record(
                user,
                "statement.issue",
                now=now,
                kind="customer",
                key=party_id,
                changes={"statement": str(issued.pk), "span": span, "until": content["last"], "language": language},
            )
    except IntegrityError:
        known = Statement.objects.filter(form_key=form_key).first()
        same = known is not None and (known.issued_by_id, known.party_id, known.span, known.language, known.advice) == (
            user.pk,
            party_id,
            span,
            language,
            advice,
        )
        if known is None or not same:
            raise Conflict(
                _("This form has issued a statement already."), _("Open the form again for a further one.")
            ) from None
        return known
    return issued
