"""Every change of requests: receive, take over, put forward, correct, answer, hand the copy over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import audit
from tenure.desk.control.asked import day_of
from tenure.desk.control.changes.services import propose, reasoned
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.parties import entry
from tenure.desk.parties.consents import note_consent
from tenure.desk.parties.models import Customer
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import entries_of
from tenure.desk.publication.current import pin
from tenure.desk.requests import copying, rules
from tenure.desk.requests.models import Correction, PersonRequest, Suppressed
from tenure.desk.requests.selectors import requests_of
from tenure.desk.requests.settings import settings_of
from tenure.desk.voice import bank_calendar

State = PersonRequest.State
#: Kinds that a second person approves, by the kind of change they wait as.
FOUR_EYES = {"copy": "request.copy", "erase": "request.erase"}


def receive(user: User, party_id: str, told: Mapping[str, str], form_key: UUID, *, now: datetime) -> PersonRequest:
    """Note a request of a customer about their data; the clock runs from today. The same form again gives the same one.

    A wish to hear no personalised marketing counts at once (PIPL 24): it is noted as a refusal; only the answer waits.

    Args:
        told: kind, way, asked_by, representative, identity and words.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: there is no such customer among those they see.
        Unacceptable: the customer is a company; a code there is not, or a representative without a name.
        Conflict: a request of this kind is open already.
    """
    must(user)
    row = must_see(user, party_id)
    if row.kind != "person":  # PIPL protects people: a company's papers are given under its contracts
        raise Unacceptable(
            _("A request about personal data is a person's; this customer is a company."),
            _("Receive it at the customer who asks: whoever speaks for the company, about themselves."),
            field="party_id",
        )
    given = _checked(told)
    today = timezone.localdate(now)
    due = bank_calendar.in_use().working_day(today, settings_of(settings.HOME).working_days)
    try:
        with transaction.atomic():
            made = PersonRequest.objects.create(
                **given, form_key=form_key, party_id=row.party_id, org_path=row.org_path, received_by=user,
                received_at=now, due_on=due,
            )  # fmt: skip
            if made.kind == "stop":
                note_consent(user, row.party_id, "marketing", False, made.way, now=now)
                made.state = State.DONE
                made.save(update_fields=["state"])
            changes = {"customer": made.party_id, "kind": made.kind, "way": made.way, "identity": made.identity,
                       "asked_by": made.asked_by, "due_on": due}  # fmt: skip
            audit.record(user, "request.receive", now=now, kind="request", key=str(made.pk), changes=changes)
    except IntegrityError:
        known = PersonRequest.objects.filter(form_key=form_key, received_by=user, party_id=row.party_id).first()
        if known is not None:
            return known
        first = PersonRequest.objects.filter(party_id=row.party_id, kind=given["kind"]).exclude(state=State.ANSWERED)
        raise Conflict(
            _("A request of this kind, received by %(name)s, is open already.")
            % {"name": ", ".join(first.values_list("received_by__name", flat=True))},
            _("Answer that one."),
        ) from None
    return made


def _checked(told: Mapping[str, str]) -> dict[str, str]:
    given = {name: told.get(name, "") for name in ("kind", "way", "asked_by", "identity")}
    one_of(given["kind"], codes.REQUEST_KINDS, "kind")
    one_of(given["way"], codes.CONSENT_WAYS, "way")
    one_of(given["asked_by"], codes.REQUEST_ASKERS, "asked_by")
    one_of(given["identity"], codes.IDENTITY_CHECKS, "identity")
    given["words"] = at_most(told.get("words", ""), rules.WORDS)
    given["representative"] = at_most(told.get("representative", ""), 120, "representative")
    if (given["asked_by"] == "person") != (given["representative"] == ""):
        raise Unacceptable(_("Name who asks where it is not the person, and only then."), field="representative")
    return given


def take_over(user: User, number: UUID, version: int, *, now: datetime) -> PersonRequest:
    """Become a request's owner.

    Raises:
        NotAllowed: no post of theirs handles requests.
        NotFound: there is no such request among those they see.
        Conflict: it is answered, or somebody else changed it.
    """
    must(user, Permission.HANDLE_REQUESTS)
    with transaction.atomic():
        request = _locked(user, number)
        if request.owner_id == user.pk and request.state != State.ANSWERED:
            return request
        _as_it_was(request, version)
        before = request.owner.name if request.owner else ""
        request.owner = user
        _save(request)
        _note(user, "request.take_over", request, now, before=before)
    return request


def put_forward(user: User, number: UUID, reason: str, *, now: datetime) -> PersonRequest:
    """Put a copy or an erasure before a second person, who approves it under *Approvals*.

    Raises:
        NotAllowed, NotFound: see :func:`take_over`.
        Unacceptable: the request is of another kind, or there is no reason.
        Conflict: it waits, is being done or is answered.
    """
    must(user, Permission.HANDLE_REQUESTS)
    with transaction.atomic():
        request = _locked(user, number)
        if request.kind not in FOUR_EYES:
            raise Unacceptable(_("Only a copy or an erasure waits for approval."), field="kind")
        if request.state != State.OPEN:
            raise Conflict(_("This request is no longer open."), _("Look at what it says now."))
        must_see(user, request.party_id)
        request.state, request.owner = State.CHECKING, request.owner or user
        _save(request)
        propose(
            user, FOUR_EYES[request.kind], ("request", str(request.pk)), {"request": str(request.pk)}, reason,
            org_path=request.org_path, now=now,
        )  # fmt: skip
    return request


def ask_correction(
    user: User, number: UUID, column: str, should_be: str, evidence: str, *, now: datetime
) -> Correction:
    """Order a correction of the bank's file; it stands on the record until the file says it.

    Raises:
        NotAllowed, NotFound: see :func:`take_over`.
        Unacceptable: a column nobody corrects, a value it cannot have, no evidence.
        Conflict: the request is no open correction, or another value is asked for already.
    """
    must(user, Permission.HANDLE_REQUESTS)
    one_of(column, rules.CORRECTABLE, "column")
    should_be = _canonical(column, at_most(should_be, 255, "should_be"), timezone.localdate(now))
    evidence = reasoned(at_most(evidence, rules.EVIDENCE[1], "evidence"), "evidence")
    with transaction.atomic():
        request = _locked(user, number)
        if request.kind != "correct" or request.state == State.ANSWERED:
            raise Conflict(_("This is no open request for a correction."), _("Look at what it says now."))
        row = must_see(user, request.party_id)
        stood = _text(getattr(row, column))
        if column == "certificate_no":
            # The kind may be asked to change too: the number is of the one that will hold.
            asked = Correction.objects.filter(
                party_id=row.party_id, column="certificate_kind", state=Correction.State.ASKED
            )
            kind = asked.values_list("should_be", flat=True).first() or row.certificate_kind or ""
            entry.check_certificate(kind, should_be, field="should_be")
        if stood == should_be:
            raise Unacceptable(_("The bank's file says so already."), field="should_be")
        known = Correction.objects.filter(party_id=row.party_id, column=column, state=Correction.State.ASKED).first()
        if known is not None:
            if (known.should_be, known.request_id) == (should_be, request.pk):
                return known
            raise Conflict(
                _("%(name)s has asked for another value already.") % {"name": known.asked_by.name},
                _("Withdraw that one first."),
            )
        made = Correction.objects.create(
            request=request, party_id=row.party_id, column=column, stood=stood, should_be=should_be,
            evidence=evidence, asked_by=user, asked_at=now,
        )  # fmt: skip
        if request.state == State.OPEN:
            request.state, request.owner = State.DOING, request.owner or user
            _save(request)
        _note(user, "request.correct", request, now, column=column)
    return made


def _canonical(column: str, value: str, today: date) -> str:
    allowed = CUSTOMER[column].allowed
    if not value:
        raise Unacceptable(_("Say what it should be."), field="should_be")
    if allowed:
        one_of(value, allowed, "should_be")
    if column == "phone":
        entry.check_phone(value, "should_be")
    if column == "birth_date":
        born = day_of(value, "should_be")
        entry.check_birth_date(born, today, "should_be")
        return born.isoformat()
    return value


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def withdraw_correction(user: User, correction_id: UUID, *, now: datetime) -> None:
    """Take a correction back that was asked for by mistake.

    Raises:
        NotAllowed, NotFound: see :func:`take_over`.
        Conflict: it has ended already.
    """
    must(user, Permission.HANDLE_REQUESTS)
    with transaction.atomic():
        found = Correction.objects.select_for_update().filter(pk=correction_id, request__in=requests_of(user)).first()
        if found is None:
            raise NotFound(_("There is no such correction."))
        if found.state == Correction.State.WITHDRAWN:
            return
        if found.state == Correction.State.DONE:
            raise Conflict(_("The bank's file says it already."), _("Ask for another correction if it is wrong."))
        found.state, found.ended_at = Correction.State.WITHDRAWN, now
        found.save(update_fields=["state", "ended_at"])
        _note(user, "request.withdraw_correction", found.request, now, column=found.column)


def settle_corrections(now: datetime) -> int:
    """End every correction the bank's file now shows; called where a publication is swapped in. How many."""
    ended = 0
    waiting = Correction.objects.filter(state=Correction.State.ASKED).select_related("request")
    for one in waiting:
        numbers = entries_of(one.party_id)
        values = Customer.rows().filter(party_id__in=numbers).values_list(one.column, flat=True)
        if one.should_be not in {_text(value) for value in values}:
            continue
        with transaction.atomic():
            moved = Correction.objects.filter(pk=one.pk, state=Correction.State.ASKED).update(
                state=Correction.State.DONE, ended_at=now
            )
            if moved:
                ended += 1
                request = PersonRequest.objects.select_for_update().get(pk=one.request_id)
                rest = request.corrections.filter(state=Correction.State.ASKED).exists()
                if not rest and request.state == State.DOING:
                    request.state = State.DONE
                    _save(request)
                audit.record(
                    None, "request.corrected", now=now, kind="request", key=str(request.pk),
                    changes={"customer": one.party_id, "column": one.column}, actor_name="the night",
                )  # fmt: skip
    return ended


def answer(
    user: User, number: UUID, outcome: str, words: str, language: str, version: int, *, now: datetime
) -> PersonRequest:
    """Answer a request: the letter can be printed from then on. What is only refused in part or whole says why.

    Raises:
        NotAllowed, NotFound: see :func:`take_over`.
        Unacceptable: no such outcome or language, no word why.
        Conflict: it waits for approval, it is answered, or somebody else changed it.
    """
    must(user, Permission.HANDLE_REQUESTS)
    one_of(outcome, codes.REQUEST_OUTCOMES, "outcome")
    one_of(language, dict(settings.LANGUAGES), "language")
    words = at_most(words, rules.ANSWER)
    if not words and (outcome != "granted"):
        raise Unacceptable(_("Say why: the person has a right to know."), field="words")
    with transaction.atomic():
        request = _locked(user, number)
        _as_it_was(request, version)
        if request.state == State.CHECKING:
            raise Conflict(_("This request waits for approval."), _("Answer it once that is decided."))
        if outcome == "granted" and request.kind in (*FOUR_EYES, "correct") and request.state != State.DONE:
            raise Conflict(_("What is asked for has not been done yet."), _("Do it first, or refuse it and say why."))
        if outcome == "granted" and request.kind == "copy" and request.lake_at is None:
            raise Conflict(
                _("The copy lacks the bank's records (transactions, balances)."),
                _("The next night adds them; answer it then."),
            )
        if outcome == "granted" and request.kind == "explain" and not words:
            raise Unacceptable(_("Write the explanation."), field="words")
        request.state, request.outcome, request.answer, request.language = State.ANSWERED, outcome, words, language
        request.answered_by, request.answered_at, request.owner = user, now, request.owner or user
        _save(request)
        _note(user, "request.answer", request, now, outcome=outcome)
    return request


def fetch_copy(user: User, number: UUID, *, now: datetime) -> bytes:
    """The package, to hand over; every time is on the trail.

    Raises:
        NotAllowed, NotFound: see :func:`take_over`.
        Conflict: it is not there yet, or not any more.
    """
    must(user, Permission.HANDLE_REQUESTS)
    with transaction.atomic():
        request = _locked(user, number)
        if request.ready_at is None:
            raise Conflict(_("There is no copy yet."), _("It is written once a second person has approved it."))
        if request.expires_at is not None and request.expires_at <= now:
            copying.forget(request.pk)
            raise Conflict(
                _("The copy was deleted after its time."), _("Receive the request anew if it is wanted still.")
            )
        try:
            content = copying.packed(request)
        except FileNotFoundError:
            raise Conflict(_("The copy was deleted."), _("Receive the request anew.")) from None
        _note(user, "request.fetch", request, now, bytes=len(content))
    return content


def build_copy(request_id: str, now: datetime) -> None:
    """Write the desk's part of an approved copy; run by the worker. Run twice it writes the same again."""
    request = PersonRequest.objects.filter(pk=request_id, kind="copy", state=State.DOING).first()
    if request is None:
        return
    chosen = settings_of(settings.HOME)
    with pin():
        parts = copying.parts_of(entries_of(request.party_id), notes=chosen.give_notes)
    copying.write_part(copying.folder_of(request.pk), copying.DESK, request.party_id, parts, now)
    with transaction.atomic():
        request = PersonRequest.objects.select_for_update().get(pk=request.pk)
        if request.state == State.DOING:
            request.ready_at, request.expires_at = now, now + timedelta(days=chosen.copy_days)
            request.state = State.DONE
            _save(request)
            rows = sum(len(part.rows) for part in parts)
            _note(request.owner, "request.write_copy", request, now, tables=len(parts), rows=rows)


def let_back(number: str, *, now: datetime) -> bool:
    """Take a number off the list of the erased: the person is a customer again. Whether it was on it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    with transaction.atomic():
        gone, _each = Suppressed.objects.filter(digest__in=[rules.digest_of(number, key) for key in keys]).delete()
        if gone:
            audit.record(None, "request.lift", now=now, kind="customer", key=number, actor_name="the command line")
    return bool(gone)


def forget_old_copies(now: datetime) -> int:
    """Delete packages past their time. How many."""
    old = PersonRequest.objects.filter(kind="copy", expires_at__lte=now, ready_at__isnull=False)
    gone = 0
    for number in old.values_list("pk", flat=True):
        if copying.folder_of(number).exists():
            copying.forget(number)
            gone += 1
    if gone:
        audit.record(None, "request.forget_copies", now=now, kind="request", changes={"copies": gone},
                     actor_name="the night")  # fmt: skip
    return gone


def _locked(user: User, number: UUID) -> PersonRequest:
    found = PersonRequest.objects.select_for_update().filter(pk__in=requests_of(user).values("pk"), pk=number).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def _as_it_was(request: PersonRequest, version: int) -> None:
    if request.state == State.ANSWERED:
        by = request.answered_by.name if request.answered_by else ""
        raise Conflict(_("%(name)s has answered this request already.") % {"name": by})
    if request.version != version:
        raise Conflict(_("Somebody has changed this request since you opened it."), _("Look at what it says now."))


def _save(request: PersonRequest) -> None:
    request.version += 1
    request.save()


def _note(user: User | None, act: str, request: PersonRequest, now: datetime, **changes: Any) -> None:
    told = {"customer": request.party_id, "kind": request.kind, "state": request.state, **changes}
    audit.record(user, act, now=now, kind="request", key=str(request.pk), changes=told)
