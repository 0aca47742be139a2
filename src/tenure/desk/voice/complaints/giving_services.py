"""What is given to a customer who complained, and what is written to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of
from tenure.desk.kit.formats import exponent
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Customer
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import entries_of
from tenure.desk.publication.current import pinned
from tenure.desk.voice.cases import opening
from tenure.desk.voice.complaints import letters, rules
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.models import Complaint, Concession, Letter
from tenure.desk.voice.complaints.reading import hindered, sees
from tenure.desk.voice.sending import rules as outbox
from tenure.desk.voice.sending import services as sending

KIND = "complaint.concession"
YEAR = timedelta(days=365)


def grant(
    user: User, complaint_id: UUID, kind: str, amount: int, reason: str, once: str, *, now: datetime
) -> Concession:
    """Concede something to a customer who complained; above a limit it waits for a second person. Kept for fairness
    whatever becomes of it (S16).

    Args:
        kind: one of ``codes.CONCESSION_KINDS``.
        amount: minor units of the bank's currency; of points their worth.
        once: a mark of the form or the caller: the same again is the same concession.

    Raises:
        NotAllowed: no post of theirs handles complaints, or they have an interest in this one.
        NotFound: no such complaint among those they see.
        Unacceptable: an unknown kind, no amount, no reason.
        Conflict: nobody knows yet who complains, or the mark belongs to something else.
    """
    one_of(kind, codes.CONCESSION_KINDS, "kind")
    reason = at_most(reason, 500, "reason")
    if len(reason) < 2:
        raise Unacceptable(_("Say why: every concession is looked at for fairness."), field="reason")
    if not 0 < amount < rules.MOST_AMOUNT:
        raise Unacceptable(_("Give an amount above nothing."), field="amount")
    with transaction.atomic():
        complaint = _locked(user, complaint_id)
        once = _mark(once, complaint)
        known = Concession.objects.filter(once=once).first()
        if known is not None:
            if (known.kind, known.amount) != (kind, amount):
                raise Conflict(_("This was sent before with other content."), _("Load the page again."))
            return known
        if complaint.case is None:
            raise Conflict(_("Nobody knows yet who complains."), _("Find the customer first."))
        row = must_see(user, complaint.party_id)
        Customer.rows().select_for_update().get(party_id=row.party_id)  # two who grant at once are counted in turn
        publication = pinned()
        currency = publication.currency if publication is not None else row.currency
        over = _over(user, complaint, row.party_id, amount, currency, now)
        made = Concession.objects.create(
            complaint=complaint, once=once, party_id=row.party_id, kind=kind, amount=amount, currency=currency,
            reason=reason, over=over, state=rules.WAITING if over else rules.GIVEN, made_by=user, made_at=now,
            decided_at=None if over else now,
        )  # fmt: skip
        if over:
            subject = ("concession", str(made.pk))
            propose(user, KIND, subject, {"over": over}, reason, org_path=complaint.org_path, now=now)
        opening.step(complaint.case, "conceded", user, now, detail=kind)
        told = {"customer": row.party_id, "kind": kind, "amount": amount, "over": over, "concession": str(made.pk)}
        audit.record(user, "complaint.concede", now=now, kind="complaint", key=str(complaint.pk), changes=told)
    return made


def write_letter(
    user: User, complaint_id: UUID, kind: str, language: str, words: str, channel: str, once: str, *, now: datetime
) -> Letter:
    """Write a letter, kept as it is written; to be printed, or sent by the outbox.

    Args:
        kind: one of ``codes.LETTER_KINDS``; a decision, a request for papers or more time say something in ``words``.
        channel: empty to print it; else a channel of the outbox.

    Raises:
        NotAllowed, NotFound: see :func:`grant`.
        Unacceptable: an unknown kind, language or channel, or nothing is said.
        Conflict: nobody can be written to yet, or the mark belongs to something else.
    """
    one_of(kind, codes.LETTER_KINDS, "kind")
    one_of(language, letters.LANGUAGES, "language")
    if channel:
        one_of(channel, outbox.CHANNELS, "channel")
    words = at_most(words, letters.WORDS)
    if kind != "received" and not words:
        raise Unacceptable(
            _("Say what the letter tells: the decision and why, the papers, or the reason."), field="words"
        )
    with transaction.atomic():
        complaint = _locked(user, complaint_id)
        once = _mark(once, complaint)
        known = Letter.objects.filter(once=once).first()
        if known is not None:
            if (known.kind, known.language, known.channel) != (kind, language, channel):
                raise Conflict(_("This was sent before with other content."), _("Load the page again."))
            return known
        if channel and not complaint.party_id:
            raise Conflict(_("Nobody knows yet who complains."), _("Find the customer first, or print the letter."))
        subject, text = letters.written(user, complaint, kind, language, words, now)
        made = Letter(
            complaint=complaint, once=once, party_id=complaint.party_id, kind=kind, language=language, subject=subject,
            text=text, channel=channel, made_by=user, made_at=now,
        )  # fmt: skip
        if channel:
            message = sending.queue(
                letters.PURPOSE, f"{letters.PURPOSE}:{made.pk}", complaint.party_id, channel, about=str(made.pk),
                language=language, now=now,
            )  # fmt: skip
            made.message_id = message.pk
        made.save(force_insert=True)
        if complaint.case is not None:
            opening.step(complaint.case, "letter", user, now, detail=kind)
        told = {"customer": complaint.party_id, "kind": kind, "channel": channel or "print", "letter": str(made.pk)}
        audit.record(user, "complaint.letter", now=now, kind="complaint", key=str(complaint.pk), changes=told)
    return made


def _over(user: User, complaint: Complaint, party_id: str, amount: int, currency: str, now: datetime) -> str:
    counted: Any = Concession.objects.filter(state__in=rules.COUNTS)
    of_complaint = counted.filter(complaint=complaint).aggregate(sum=Sum("amount"))["sum"] or 0
    year = counted.filter(party_id__in=entries_of(party_id), made_at__gt=now - YEAR)
    in_year = year.aggregate(sum=Sum("amount"))["sum"] or 0
    return rules.over_limit(
        amount, of_complaint, in_year, reach_of(user).roles, house.limits(), 10 ** exponent(currency)
    )


def _mark(once: str, complaint: Complaint) -> str:
    once = at_most(once, 40, "once")
    if not once:
        raise Unacceptable(_("Send a mark that makes it one: an id of your own."), field="once")
    return f"{complaint.pk.hex}:{once}"


def _locked(user: User, complaint_id: UUID) -> Complaint:
    must(user, Permission.HANDLE_COMPLAINTS)
    complaint = Complaint.objects.select_for_update().filter(pk=complaint_id).first()
    if complaint is None or not sees(user, complaint):
        raise NotFound(_("There is no such complaint among those you see."))
    if hindered(user, complaint):
        raise NotAllowed(
            _("You have an interest in this complaint: somebody else handles it."), _("Hand it over to a colleague.")
        )
    return complaint
