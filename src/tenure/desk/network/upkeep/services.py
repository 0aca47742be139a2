"""Every change to upkeep: note an expense, take it back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, one_of, sent_before
from tenure.desk.corporate.selectors import roles_in
from tenure.desk.kit.formats import exponent
from tenure.desk.network.models import Upkeep
from tenure.desk.network.rules import ABOUT_LENGTH, NAME_LENGTH
from tenure.desk.network.settings import limits
from tenure.desk.network.upkeep import rules
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import entries_of, number_of
from tenure.desk.publication.current import pinned

KIND = "network.upkeep"
YEAR = timedelta(days=365)


def note_upkeep(
    user: User,
    party_id: str,
    part: str,
    kind: str,
    amount: int,
    spent_on: date,
    purpose: str,
    person: str = "",
    *,
    official: bool,
    now: datetime,
    external_id: str | None = None,
) -> Upkeep:
    """Note what was, or is to be, spent on one person of a customer's. Above a limit it waits for a second person.

    Idempotent by ``external_id``.

    Args:
        part: what they do in the customer's decisions, one of ``codes.BUYING_ROLES``; where left out, what a
            purchase of the company says ``person`` does in it, deciding first.
        amount: minor units of the bank's currency.
        person: on whom, where it is not the customer themselves.
        official: a public official, on whom the bank's limit (nothing unless it says otherwise) is never passed.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such customer among those they see.
        Unacceptable: an unknown code, a day that cannot be, no amount or purpose, or too much for a public official.
        Conflict: the ``external_id`` is taken by other content.
    """
    must(user)
    customer = must_see(user, party_id)
    part = part or _part_in_purchases(user, customer, person)
    if not part:
        raise Unacceptable(_("Say which part they play: no purchase of the company names them."), field="part")
    one_of(part, codes.BUYING_ROLES, "part")
    one_of(kind, codes.UPKEEP_KINDS, "kind")
    if not 0 < amount < rules.MOST_AMOUNT:
        raise Unacceptable(_("Give an amount above nothing."), field="amount")
    today = timezone.localdate(now)
    if not -31 <= (spent_on - today).days <= 90 and not today - YEAR <= spent_on <= today:
        raise Unacceptable(_("The day lies within the last year or the next 90 days."), field="spent_on")
    content: dict[str, Any] = {
        "party_id": customer.party_id,
        "person": at_most(person, NAME_LENGTH, "person"),
        "part": part,
        "kind": kind,
        "amount": amount,
        "spent_on": spent_on,
        "purpose": at_most(purpose, ABOUT_LENGTH, "purpose"),
        "official": official,
    }
    if len(content["purpose"]) < 2:
        raise Unacceptable(_("Say what it is for."), field="purpose")
    if customer.kind == "company" and not content["person"]:
        raise Unacceptable(_("Say on whom of the company it is spent."), field="person")
    check_external_id(external_id)
    known = sent_before(Upkeep, external_id, content, user, "made_by")
    if known is not None:
        return known
    try:
        with transaction.atomic():
            # Two who note at once are counted one after the other.
            Customer.rows().select_for_update().get(party_id=customer.party_id)
            over = _over(customer.party_id, content)
            if over == "official":
                raise Unacceptable(
                    _("Nothing of this amount is given to a public official."),
                    _("Decline it, or ask compliance."),
                    field="official",
                )
            publication = pinned()
            made = Upkeep.objects.create(
                **content,
                external_id=external_id,
                org_path=customer.org_path,
                currency=publication.currency if publication is not None else customer.currency,
                state=rules.WAITING if over else rules.NOTED,
                staff_id=user.staff_id,
                made_by=user,
                made_at=now,
            )
            if over:
                told = {"over": over}
                subject = ("upkeep", str(made.pk))
                propose(user, KIND, subject, told, made.purpose, org_path=customer.org_path, now=now)
            _note(user, "upkeep.note", made, now, {"over": over})
    except IntegrityError:
        known = sent_before(Upkeep, external_id, content, user, "made_by")
        if known is None:
            raise
        return known
    return made


def _part_in_purchases(user: User, customer: Any, person: str) -> str:
    """What the company's purchases say ``person`` does in them; empty where they do not name them."""
    if customer.kind != "company" or not person.strip():
        return ""
    wanted = rules.same_person(person)
    named = {seen.role for _row, seen in roles_in(user, customer.party_id) if rules.same_person(seen.label) == wanted}
    return next((part for part in rules.PARTS if part in named), "")


def withdraw_upkeep(user: User, upkeep_id: UUID, *, now: datetime) -> Upkeep:
    """Take back what one noted oneself on the same day, within limits; what waits is withdrawn with its approval.

    Raises:
        NotAllowed, NotFound: see :func:`note_upkeep`.
        Conflict: it is somebody else's, of another day, or not merely noted.
    """
    must(user)
    with transaction.atomic():
        one = Upkeep.objects.select_for_update(of=("self",)).select_related("made_by").filter(pk=upkeep_id).first()
        if one is None or number_of(user, one.party_id) is None:
            raise NotFound(_("There is no such expense for one of your customers."))
        if one.made_by_id != user.pk:
            raise Conflict(_("%(name)s noted this.") % {"name": one.made_by.name})
        if one.state == rules.WITHDRAWN:  # the same click again
            return one
        if one.state != rules.NOTED:
            raise Conflict(_("This is decided under Approvals."), _("Withdraw it there while it waits."))
        if timezone.localdate(one.made_at) != timezone.localdate(now):
            raise Conflict(_("An act is taken back on its own day."), _("Note what is true now."))
        one.state, one.changed_at = rules.WITHDRAWN, now
        one.save(update_fields=["state", "changed_at"])
        _note(user, "upkeep.withdraw", one, now, {})
    return one


def _over(party_id: str, content: dict[str, Any]) -> str:
    publication = pinned()
    unit = 10 ** exponent(publication.currency if publication is not None else "CNY")
    day = content["spent_on"]
    rows = Upkeep.objects.filter(
        party_id__in=entries_of(party_id), spent_on__gt=day - YEAR, spent_on__lt=day + YEAR, state__in=rules.COUNTS
    )
    who = rules.same_person(content["person"])
    spent = sum(row.amount for row in rows.only("person", "amount") if rules.same_person(row.person) == who)
    return rules.verdict(content["kind"], content["amount"], spent, content["official"], limits(), unit)


def _note(user: User, act: str, one: Upkeep, now: datetime, changes: dict[str, Any]) -> None:
    """The line in the trail: amount and codes, never the person's name."""
    told = {"customer": one.party_id, "part": one.part, "kind": one.kind, "amount": one.amount, **changes}
    audit.record(user, act, now=now, kind="upkeep", key=str(one.pk), changes=told)
