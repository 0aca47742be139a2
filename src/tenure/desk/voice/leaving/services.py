"""Every change to an exit interview and to winning somebody back.

Each service checks the right (403), finds the row among those of customers the person may see (404), locks it, changes
it and writes the audit line in one transaction. A change names the version it was made from: when somebody else was
first, it is refused with their name (409).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of, unchanged, who_changed
from tenure.desk.org.models import User
from tenure.desk.parties.consents import note_consent
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import number_of
from tenure.desk.voice.leaving import rules
from tenure.desk.voice.leaving.models import Interview, WinBack
from tenure.desk.voice.leaving.opening import decide, note, who_asks
from tenure.desk.work.services import log_contact

#: How the customer said they want no more calls, by the way they were asked.
_WAYS = {"visit": "in_person", "meeting": "in_person", "message": "online", "email": "letter"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a lost customer told us; ``cause`` is the one they name, in the list the data use too."""

    cause: str
    words: str = ""
    to_bank: str = ""
    product: str = ""
    back_words: str = ""
    may_call: bool = False


def note_try(user: User, interview_id: UUID, kind: str, *, version: int, now: datetime) -> Interview:
    """Note a call that reached nobody; after three the customer is left in peace.

    Raises:
        NotAllowed: no post of theirs deals with customers, or the customer blames them.
        NotFound: no such interview among their customers'.
        Unacceptable: an unknown way of contact.
        Conflict: somebody was first, or it has ended.
    """
    with transaction.atomic():
        one = _interview(user, interview_id)
        if one.version == version + 1 and one.changed_by_id == user.pk and one.tries:
            return one  # the same click again
        _must_be_open(one, version)
        logged = log_contact(user, one.party_id, kind, "no_answer", now=now)
        one.tries += 1
        if one.tries >= rules.TRIES:
            _end(user, one, rules.NOT_REACHED, kind, now)
        _save(one, user, now)
        note(user, "exit.try", one, now, contact=str(logged.pk), decision=one.decision)
    return one


def write_down(user: User, interview_id: UUID, kind: str, told: Told, *, version: int, now: datetime) -> Interview:
    """Write down what the customer told us, and end the interview; who asks not to be called is left in peace.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`note_try`.
        Unacceptable: no cause, an unknown code, or too many words.
    """
    one_of(told.cause, codes.LEAVING_CAUSES, "cause")
    if told.product:
        one_of(told.product, codes.PRODUCT_CATEGORIES, "product")
    words, back = at_most(told.words, rules.WORDS), at_most(told.back_words, rules.WORDS, "back_words")
    to_bank = at_most(told.to_bank, rules.BANK, "to_bank")
    if not words:
        raise Unacceptable(_("Write down why, in the customer's words."), field="words")
    with transaction.atomic():
        one = _interview(user, interview_id)
        if _same_again(one, user, version, rules.TOLD):
            return one
        _must_be_open(one, version)
        logged = log_contact(user, one.party_id, kind, "done", now=now)
        one.cause, one.words, one.to_bank, one.product = told.cause, words, to_bank, told.product
        one.back_words, one.may_call = back, told.may_call
        _end(user, one, rules.TOLD, kind, now)
        _save(one, user, now)
        changes = {"contact": str(logged.pk), "cause": one.cause, "may_call": one.may_call, "decision": one.decision}
        note(user, "exit.told", one, now, **changes)
    return one


def note_refusal(user: User, interview_id: UUID, kind: str, *, version: int, now: datetime) -> Interview:
    """Note that the customer would not talk: they are asked no more, and nobody calls to win them back.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`note_try`.
    """
    with transaction.atomic():
        one = _interview(user, interview_id)
        if _same_again(one, user, version, rules.REFUSED):
            return one
        _must_be_open(one, version)
        logged = log_contact(user, one.party_id, kind, "declined", now=now)
        one.may_call = False
        _end(user, one, rules.REFUSED, kind, now)
        _save(one, user, now)
        note(user, "exit.refused", one, now, contact=str(logged.pk))
    return one


def pass_on(user: User, interview_id: UUID, *, version: int, now: datetime) -> Interview:
    """Pass an interview on to whoever is in charge of the branch: the customer blames the one whose it is.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`note_try`. Conflict also: it has been passed on before.
    """
    with transaction.atomic():
        one = _interview(user, interview_id)
        if one.version == version + 1 and one.changed_by_id == user.pk and one.concerns:
            return one
        _must_be_open(one, version)
        if one.concerns:
            raise Conflict(_("It was passed on already."))
        one.concerns, one.owner = one.owner, who_asks("", one.org_path, [one.owner])
        _save(one, user, now)
        note(user, "exit.pass_on", one, now, owner=one.owner, concerns=one.concerns)
    return one


def note_win_back(
    user: User, win_back_id: UUID, act: str, kind: str, words: str = "", *, version: int, now: datetime
) -> WinBack:
    """Note a call to win a customer back, and what came of it; logged as a contact.

    Args:
        act: one of ``rules.WIN_BACK_ACTS``; three times ``no_answer`` ends it.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such row among their customers'.
        Unacceptable: an unknown act or way of contact, too many words, or none where something was said.
        Conflict: held out for comparison, it has ended, or somebody was first.
    """
    must(user)
    one_of(act, rules.WIN_BACK_ACTS, "act")
    words = at_most(words, rules.WORDS)
    if act != "no_answer" and not words:
        raise Unacceptable(_("Say what was offered and what they answered."), field="words")
    with transaction.atomic():
        one = WinBack.objects.select_for_update().filter(pk=win_back_id).first()
        if one is None or number_of(user, one.party_id) is None:
            raise NotFound(_("There is no such win-back among your customers'."))
        if one.version == version + 1 and one.changed_by_id == user.pk and (act == "no_answer" or one.words == words):
            return one  # the same click again
        _may_be_called(one, version)
        outcome = {"no_answer": "no_answer", "declined": "declined"}.get(act, "done")
        logged = log_contact(user, one.party_id, kind, outcome, words, now=now)
        if act == "no_answer":
            one.tries += 1
        else:
            one.offered_at, one.words = one.offered_at or now, words
        ends = rules.NOT_REACHED if one.tries >= rules.TRIES and one.offered_at is None else ""
        one.result = act if act in codes.WIN_BACK_RESULTS else ends
        if one.result:
            one.state, one.ended_at = rules.DONE, now
        _save(one, user, now)
        note(user, "win_back.note", one, now, did=act, contact=str(logged.pk), result=one.result)
    return one


def _may_be_called(one: WinBack, version: int) -> None:
    if one.arm == rules.HELD_OUT:
        raise Conflict(
            _("This customer was drawn to be held out for comparison."),
            _("Do not call to win them back; serve them as ever when they come."),
        )
    if one.state == rules.DONE:
        raise Conflict(_("%(name)s ended this at %(at)s.") % who_changed(one))
    _unchanged(one, version)


def _interview(user: User, interview_id: UUID) -> Interview:
    must(user)
    one = Interview.objects.select_for_update().filter(pk=interview_id).first()
    if one is None or number_of(user, one.party_id) is None:
        raise NotFound(_("There is no such interview among your customers'."))
    if user.staff_id and user.staff_id == one.concerns:
        raise NotAllowed(_("The customer blames you: somebody else asks them."))
    return one


def _must_be_open(one: Interview, version: int) -> None:
    if one.state != rules.OPEN:
        raise Conflict(_("%(name)s ended this at %(at)s.") % who_changed(one))
    _unchanged(one, version)


def _unchanged(one: Interview | WinBack, version: int) -> None:
    if one.changed_by is not None:
        unchanged(one, version)
    elif one.version != version:
        raise Conflict(_("This was changed since you opened it."), _("Look at what it says now."))


def _same_again(one: Interview, user: User, version: int, result: str) -> bool:
    return one.result == result and one.version == version + 1 and one.changed_by_id == user.pk


def _end(user: User, one: Interview, result: str, kind: str, now: datetime) -> None:
    customer = must_see(user, one.party_id)
    if one.may_call is False:  # what they said here counts on every list at once
        note_consent(user, one.party_id, "marketing", False, _WAYS.get(kind, "phone"), now=now)
    one.state, one.result, one.ended_at = rules.DONE, result, now
    decide(one, customer, now)


def _save(one: Interview | WinBack, by: User, now: datetime) -> None:
    one.version += 1
    one.changed_by, one.changed_at = by, now
    one.save()
