"""Noting what a customer agrees to or refuses, and reading it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit, consents
from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.models import Consent
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.parties.selectors import customer
from tenure.desk.parties.visibility import numbers_of

#: Words shown of a customer's history of consents.
HISTORY = 20


def note_consent(user: User, party_id: str, purpose: str, given: bool, way: str, *, now: datetime) -> Consent:
    """Note that a customer agrees to ``purpose``, or refuses; it counts at once on every list.

    The same word again changes nothing.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: there is no such customer among those they see.
        Unacceptable: an unknown purpose or way.
        Conflict: somebody noted it in the same moment.
    """
    must(user)
    row = customer(user, party_id)
    party_id = row.party_id
    if purpose not in codes.CONSENTS:
        raise Unacceptable(_("There is no consent to “%(purpose)s”.") % {"purpose": purpose[:40]}, field="purpose")
    if way not in codes.CONSENT_WAYS:
        raise Unacceptable(_("Say how the customer said so."), field="way")
    with transaction.atomic():
        bank_says = getattr(row, f"consent_{purpose}")
        standing = Consent.objects.select_for_update().filter(party_id=party_id, purpose=purpose, superseded_at=None)
        before = standing.first()
        if before is not None and (before.given, before.bank_said) == (given, bank_says):
            return before
        standing.update(superseded_at=now)
        word = Consent(
            party_id=party_id,
            purpose=purpose,
            given=given,
            bank_said=bank_says,
            way=way,
            noted_by=user,
            noted_at=now,
        )
        try:
            with transaction.atomic():
                word.save(force_insert=True)
        except IntegrityError:  # nobody had noted a word when we looked; somebody has now
            raise Conflict(_("Somebody has just noted this."), _("Look at what they noted.")) from None
        changes = {"purpose": purpose, "given": given, "before": consents.stands(before, bank_says), "way": way}
        audit.record(user, "consent.note", now=now, kind="customer", key=party_id, changes=changes)
    return word


def withdraw_word(user: User, party_id: str, purpose: str, *, now: datetime) -> None:
    """End a word that was noted by mistake: what the bank's file says stands again.

    Raises:
        NotAllowed, NotFound: see :func:`note_consent`.
    """
    must(user)
    customer(user, party_id)
    with transaction.atomic():
        standing = Consent.objects.filter(party_id=party_id, purpose=purpose, superseded_at=None)
        if standing.update(superseded_at=now):
            changes = {"purpose": purpose}
            audit.record(user, "consent.withdraw", now=now, kind="customer", key=party_id, changes=changes)


def let_the_file_speak(now: datetime) -> int:
    """End every word after which the bank's file has said something else; called where a publication is swapped in.

    From then on the file counts, even where it returns to what it said before. How many words ended.
    """
    ended = 0
    for purpose in codes.CONSENTS:
        standing = Consent.objects.filter(purpose=purpose, superseded_at=None)
        for says in (True, False, None):
            same = {f"consent_{purpose}": says} if says is not None else {f"consent_{purpose}__isnull": True}
            then = standing.filter(bank_said=says) if says is not None else standing.filter(bank_said__isnull=True)
            known = then.filter(party_id__in=Customer.rows().values("party_id"))
            ended += known.exclude(party_id__in=Customer.rows().filter(**same).values("party_id")).update(
                superseded_at=now
            )
    return ended


def consents_of(user: User, party_id: str) -> list[dict[str, Any]]:
    """For each purpose whether the customer agrees, by whom and when it was noted, and where it comes from.

    Raises:
        NotFound: there is no such customer among those ``user`` sees.
    """
    found = consents.of_customer(customer(user, party_id), numbers_of(user, party_id))
    return [
        {
            "purpose": purpose,
            "agrees": agrees,
            "noted_at": word.noted_at if word else None,
            "noted_by": word.noted_by.name if word else "",
            "way": word.way if word else "",
        }
        for purpose, (agrees, word) in found.items()
    ]


def history_of(user: User, party_id: str) -> list[Consent]:
    """What the customer has said at the desk, the last first."""
    customer(user, party_id)
    return list(
        Consent.objects.filter(party_id__in=numbers_of(user, party_id))
        .select_related("noted_by")
        .order_by("-noted_at")[:HISTORY]
    )
