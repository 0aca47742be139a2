"""Every change to an opportunity: open it, move it, correct it, win it, lose it.

Each service checks the right (403), finds the opportunity among those of customers the person may see (404), locks
it, changes it and writes the audit line in one transaction. A change names the version it was made from: when
somebody else was first, it is refused with their name (409) and nothing of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, one_of
from tenure.desk.kit import formats, wording
from tenure.desk.opportunities import changing, rules
from tenure.desk.opportunities.credit import terms
from tenure.desk.opportunities.models import Opportunity, StageRecord, Step
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import desk_user_of, reach_of
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import number_of
from tenure.desk.publication.current import pinned
from tenure.desk.signals.services import lead_to
from tenure.desk.work.services import log_contact


@dataclass(frozen=True, slots=True)
class ContactMade:
    """The contact that brought an opportunity on, logged with the step: one of ``codes.INTERACTION_KINDS`` and
    one of ``codes.OUTCOMES``."""

    kind: str
    outcome: str


def open_opportunity(
    user: User,
    party_id: str,
    kind: str,
    title: str,
    amount: int,
    next_step: str,
    next_step_on: date,
    *,
    now: datetime,
    currency: str = "",
    stage: str = "",
    owner: str = "",
    expected_close_on: date | None = None,
    source: str = "own",
    source_key: str = "",
    external_id: str | None = None,
) -> Opportunity:
    """Open an opportunity with a customer; it is its maker's unless ``owner`` names a colleague who sees the customer.

    Idempotent by ``external_id``: the same content again gives the same opportunity, and nothing is written.

    Args:
        kind: one of ``codes.BUSINESS_KINDS``.
        amount: minor units of ``currency`` (the bank's where left out), of what ``codes.BUSINESS_AMOUNTS`` says.
        stage: one of the kind's; its first where left out.
        next_step, next_step_on: what is done next and when, between today and a year from now.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such customer among those they see.
        Unacceptable: an unknown code, a date that cannot be, no amount, no words, an owner who could not work on it.
        Conflict: the ``external_id`` is taken by other content; a signal is unclaimed or led elsewhere.
    """
    must(user)
    customer = must_see(user, party_id)
    today = timezone.localdate(now)
    one_of(kind, codes.BUSINESS_KINDS, "kind")
    stage = stage or rules.codes_of(kind)[0]
    one_of(stage, rules.codes_of(kind), "stage")
    one_of(source, codes.OPPORTUNITY_SOURCES, "source")
    publication = pinned()
    content = {
        "party_id": customer.party_id,
        "kind": kind,
        "title": _title(title),
        "amount": _amount(amount),
        "currency": _currency(currency or (publication.currency if publication is not None else "")),
        "owner": _owner(user, customer, owner),
        "source": source,
        "source_key": at_most(source_key, 120, "source_key"),
        "expected_close_on": _expected(expected_close_on, today),
        **changing.next_of(next_step, next_step_on, today),
    }
    check_external_id(external_id)
    known = _sent_before(user, external_id, content)
    if known is not None:
        return known
    signal_id = _signal_id(source_key) if source == "seen" else None
    try:
        with transaction.atomic():
            made = Opportunity.objects.create(
                **content,
                stage=stage,
                external_id=external_id,
                org_path=customer.org_path,
                stale_on=rules.stale_from(kind, stage, today, content["next_step_on"]),
                opened_by=user,
                opened_at=now,
                changed_by=user,
                changed_at=now,
            )
            changing.note_step(made, user, now, from_stage="")
            if signal_id is not None:
                lead_to(user, signal_id, customer.party_id, made.pk, now=now)
            _note(
                user, "opportunity.open", made, now, {"kind": kind, "stage": stage, "amount": amount, "source": source}
            )
    except IntegrityError:  # the same message came twice at once, and the other was first
        known = _sent_before(user, external_id, content)
        if known is None:
            raise
        return known
    return made


def _sent_before(user: User, external_id: str | None, content: dict[str, Any]) -> Opportunity | None:
    known = Opportunity.objects.filter(external_id=external_id).first() if external_id else None
    if known is None:
        return None
    # What has moved on since is no difference: of one that was changed only what stays as sent is compared.
    stays = ("party_id", "kind", "currency", "source", "source_key") if known.version > 1 else tuple(content)
    differing = rules.differing({n: getattr(known, n) for n in stays}, {n: content[n] for n in stays})
    if known.opened_by_id != user.pk or differing:
        raise Conflict(
            _("The external id %(id)s belongs to another opportunity.") % {"id": external_id},
            _("Differing: %(fields)s. Send a new id for a new one.") % {"fields": ", ".join(differing) or "author"},
        )
    return known


def move(
    user: User,
    opportunity_id: UUID,
    stage: str,
    *,
    version: int,
    now: datetime,
    words: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
    contact: ContactMade | None = None,
) -> Opportunity:
    """Bring an open opportunity to ``stage`` (forward, back, or the same with a new next step).

    Where no next step is given the one before stays, if its day has not passed. With ``contact`` the words are
    logged as a contact with the customer too.

    Raises:
        NotAllowed, NotFound: see :func:`open_opportunity`.
        Unacceptable: the kind has no such stage, or what is next is not said.
        Conflict: it is closed, or somebody changed it after ``version``.
    """
    with transaction.atomic():
        one = changing.locked(user, opportunity_id)
        one_of(stage, rules.codes_of(one.kind), "stage")
        quick = not (words or next_step or next_step_on or contact)
        if quick and one.version == version + 1 and one.changed_by_id == user.pk and one.stage == stage:
            return one  # the same click again
        _must_be(one, version)
        words, today, before = changing.words_of(words), timezone.localdate(now), one.stage
        if next_step_on is None and (one.next_step_on is None or one.next_step_on < today):
            raise Unacceptable(
                _("Its next step lies in the past."), _("Say what comes next, and when."), field="next_step_on"
            )
        planned = changing.next_of(next_step or one.next_step, next_step_on or one.next_step_on, today)
        one.stage, one.next_step, one.next_step_on = stage, planned["next_step"], planned["next_step_on"]
        one.stale_on = rules.stale_from(one.kind, stage, today, planned["next_step_on"])
        changing.save(one, user, now)
        logged = None
        if contact is not None:
            how = (contact.kind, contact.outcome, words, planned["next_step_on"])
            logged = log_contact(user, one.party_id, *how, now=now)
        changing.note_step(one, user, now, from_stage=before, words=words, contact_id=logged.pk if logged else None)
        changes = {"from": before, "to": stage, "next_step_on": one.next_step_on}
        _note(user, "opportunity.move", one, now, changes | ({"contact": str(logged.pk)} if logged else {}))
    return one


def edit(
    user: User,
    opportunity_id: UUID,
    *,
    version: int,
    now: datetime,
    title: str | None = None,
    amount: int | None = None,
    owner: str | None = None,
    expected_close_on: date | None = None,
) -> Opportunity:
    """Correct an open opportunity's title, amount, owner or expected day; what is left out stays.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`move`.
    """
    with transaction.atomic():
        one = changing.locked(user, opportunity_id)
        _must_be(one, version)
        today = timezone.localdate(now)
        told: dict[str, Any] = {}
        if title is not None:
            told["title"] = _title(title)
        if amount is not None:
            told["amount"] = _amount(amount)
        if owner is not None and owner != one.owner:
            told["owner"] = _owner(user, must_see(user, one.party_id), owner)
        if expected_close_on is not None and expected_close_on != one.expected_close_on:
            told["expected_close_on"] = _expected(expected_close_on, today)
        changes = {
            name: {"from": getattr(one, name), "to": value}
            for name, value in told.items()
            if getattr(one, name) != value
        }
        if not changes:
            return one
        for name in changes:
            setattr(one, name, told[name])
        one.stale_on = rules.stale_from(one.kind, one.stage, today, one.next_step_on)
        changing.save(one, user, now)
        if "title" in changes:  # free text stays out of the trail
            changes["title"] = {"changed": True}
        _note(user, "opportunity.edit", one, now, changes)
    return one


def win(
    user: User, opportunity_id: UUID, won_amount: int | None = None, *, version: int, now: datetime, words: str = ""
) -> Opportunity:
    """Close an opportunity as won with ``won_amount`` (its amount where left out); credit runs from today.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`move`.
    """
    with transaction.atomic():
        one = changing.locked(user, opportunity_id)
        if one.state == rules.WON and one.changed_by_id == user.pk and one.version == version + 1:
            return one
        _must_be(one, version)
        one.won_amount = _amount(one.amount if won_amount is None else won_amount)
        agreed = terms.in_use()
        one.credit_until, one.spread_ppm = agreed.ends(timezone.localdate(now)), agreed.spreads[one.kind]
        _close(one, user, now, rules.WON, changing.words_of(words))
        _note(user, "opportunity.win", one, now, {"amount": one.won_amount, "credit_until": one.credit_until})
    return one


def lose(user: User, opportunity_id: UUID, reason: str, *, version: int, now: datetime, words: str = "") -> Opportunity:
    """Close an opportunity as lost, for one of ``codes.LOST_REASONS``.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`move`.
    """
    with transaction.atomic():
        one = changing.locked(user, opportunity_id)
        one_of(reason, codes.LOST_REASONS, "reason")
        if one.state == rules.LOST and one.changed_by_id == user.pk and one.version == version + 1:
            return one
        _must_be(one, version)
        one.lost_reason = reason
        _close(one, user, now, rules.LOST, changing.words_of(words))
        _note(user, "opportunity.lose", one, now, {"reason": reason, "stage": one.stage})
    return one


def _close(one: Opportunity, user: User, now: datetime, state: str, words: str) -> None:
    today = timezone.localdate(now)
    one.state, one.closed_at, one.closed_on, one.stale_on = state, now, today, None
    changing.save(one, user, now)
    stood = set(Step.objects.filter(opportunity=one).values_list("to_stage", flat=True)) | {one.stage}
    changing.note_step(one, user, now, from_stage=one.stage, words=words, state=state)
    for stage in sorted(stood):  # in one order, so that two who close at once do not wait for each other in a circle
        record, _made = StageRecord.objects.get_or_create(kind=one.kind, stage=stage, month=today.replace(day=1))
        StageRecord.objects.filter(pk=record.pk).update(
            closed=F("closed") + 1, won=F("won") + (1 if state == rules.WON else 0)
        )


def _must_be(one: Opportunity, version: int) -> None:
    """Open, and as the person saw it; else who was first, and what stands there now."""
    by = {"name": one.changed_by.name, "at": formats.moment(timezone.localtime(one.changed_at), get_language() or "en")}
    if one.state != rules.OPEN:
        told = {
            rules.WON: _("%(name)s closed this as won at %(at)s."),
            rules.LOST: _("%(name)s closed this as lost at %(at)s."),
        }
        raise Conflict(told[one.state] % by, _("Open it again, or a new opportunity for new business."))
    if one.version != version:
        by["stage"] = wording.code_name(one.stage, "stage", get_language() or "en")
        raise Conflict(
            _("%(name)s changed this first, at %(at)s: it stands at “%(stage)s” now.") % by,
            _("What you entered is still here; send it again if it still holds."),
        )


def _note(user: User, act: str, one: Opportunity, now: datetime, changes: dict[str, Any]) -> None:
    told = {"customer": one.party_id, **changes}
    audit.record(user, act, now=now, kind="opportunity", key=str(one.pk), changes=told)


def _signal_id(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise Unacceptable(_("Say which signal it came of."), field="source_key") from None


def _owner(user: User, customer: Any, staff_id: str) -> str:
    """Whose the opportunity is: an employee who signs in here, deals with customers and sees this one."""
    staff_id = staff_id or user.staff_id
    owner = user if staff_id == user.staff_id else desk_user_of(staff_id)
    sees = owner is not None and number_of(owner, customer.party_id) is not None
    if not staff_id or owner is None or not sees or not reach_of(owner).may(Permission.LOG_CONTACT):
        raise Unacceptable(
            _("%(number)s does not work with this customer at the desk.") % {"number": staff_id or user.name},
            _("Choose a colleague who looks after the customer."),
            field="owner",
        )
    return staff_id


def _expected(on: date | None, today: date) -> date | None:
    if on is not None and not 0 <= (on - today).days <= 5 * 366:
        raise Unacceptable(
            _("The day it is expected to close lies between today and five years from now."), field="expected_close_on"
        )
    return on


def _amount(amount: int) -> int:
    if not 0 < amount < rules.MOST_AMOUNT:
        raise Unacceptable(_("Give an amount above nothing."), field="amount")
    return amount


def _currency(currency: str) -> str:
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise Unacceptable(_("A currency is three letters, like CNY."), field="currency")
    return currency


def _title(title: str) -> str:
    title = at_most(title, rules.TITLE_LENGTH, "title")
    if not title:
        raise Unacceptable(_("Say in a few words what it is about."), field="title")
    return title
