"""Every change to what is known of a customer: note a fact, replace it, retire it, take that back.

A fact is never overwritten. Replacing one writes a new fact and ends the old; whoever comes second is told who was
first (409), and nothing they typed is lost, for the page keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from tenure.desk.knowledge import rules
from tenure.desk.knowledge.models import Fact
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import sees
from tenure.desk.publication.current import pinned

State = Fact.State


def add_fact(
    user: User,
    party_id: str,
    code: str,
    words: str = "",
    *,
    source: str = "said",
    since: date | None = None,
    until: date | None = None,
    bank: str = "",
    product: str = "",
    amount: int | None = None,
    external_id: str | None = None,
    now: datetime,
) -> Fact:
    """Note something about a customer. Idempotent by ``external_id``: the same again gives the same fact.

    Args:
        code: one of ``codes.FACTS``; it says of which kind the fact is.
        words: what it is, at most 500 characters; for money at another bank they may be left out.
        source: one of ``codes.FACT_SOURCES``.
        until: when a changing fact is expected, or money elsewhere matures.
        bank, product, amount: of money at another bank alone; the amount in minor units of the bank's currency.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such customer among those they see.
        Unacceptable: an unknown code, a date that cannot be, words missing or too many.
        Conflict: the ``external_id`` is taken by other content.
    """
    must(user)
    party_id = must_see(user, party_id).party_id
    content = _checked(code, words, source, since, until, bank, product, amount, now) | {"party_id": party_id}
    check_external_id(external_id)
    if known := _noted_before(user, external_id, content):
        return known
    try:
        with transaction.atomic():
            fact = Fact.objects.create(**content, external_id=external_id, author=user, noted_at=now)
            _record(user, "fact.add", fact, now)
    except IntegrityError:  # the same message came twice at once, and the other was first
        known = _noted_before(user, external_id, content)
        if known is None:
            raise
        return known
    return fact


def replace_fact(
    user: User,
    fact_id: UUID,
    words: str = "",
    *,
    version: int,
    source: str = "said",
    since: date | None = None,
    until: date | None = None,
    bank: str = "",
    product: str = "",
    amount: int | None = None,
    external_id: str | None = None,
    now: datetime,
) -> Fact:
    """Put a newer fact in the place of one that stands; the code stays, the old one is kept as history.

    ``version`` is that of the fact as the person saw it.

    Raises:
        NotAllowed, NotFound, Unacceptable: see :func:`add_fact`.
        Conflict: the fact no longer stands as it was seen; says who was first.
    """
    must(user)
    seen = _fact(user, fact_id)
    content = _checked(seen.code, words, source, since, until, bank, product, amount, now)
    content |= {"party_id": seen.party_id, "version": seen.version + 1}
    check_external_id(external_id)
    if known := _noted_before(user, external_id, content):
        return known
    try:
        with transaction.atomic():
            old = _standing(fact_id, version)
            fact = Fact.objects.create(**content, external_id=external_id, author=user, noted_at=now)
            _end(old, State.REPLACED, user, now, superseded_by=fact)
            _record(user, "fact.replace", fact, now, replaced=str(old.pk))
    except (IntegrityError, Conflict):  # perhaps the same message came twice at once, and the other was first
        known = _noted_before(user, external_id, content)
        if known is None:
            raise
        return known
    return fact


def retire_fact(user: User, fact_id: UUID, *, version: int, now: datetime) -> Fact:
    """Say that a fact is true no more; it stays in the history.

    Raises:
        NotAllowed, NotFound.
        Conflict: the fact no longer stands as it was seen; says who was first.
    """
    must(user)
    _fact(user, fact_id)
    with transaction.atomic():
        locked = Fact.objects.select_for_update().get(pk=fact_id)
        if locked.state == State.RETIRED and locked.ended_by_id == user.pk:  # the same click twice
            return locked
        fact = _standing(fact_id, version)
        _end(fact, State.RETIRED, user, now)
        _record(user, "fact.retire", fact, now)
    return fact


def undo_fact(user: User, fact_id: UUID, *, now: datetime) -> Fact:
    """Take back, on the same day, what one did last to a fact: noting it, replacing another with it, retiring it.

    What stood before stands again.

    Raises:
        NotAllowed, NotFound.
        Conflict: somebody else did it, it was on another day, or there is nothing to take back.
    """
    must(user)
    _fact(user, fact_id)
    with transaction.atomic():
        fact = Fact.objects.select_for_update().get(pk=fact_id)
        retired = fact.state == State.RETIRED
        if not retired and fact.state != State.STANDING:
            raise Conflict(_("This fact was replaced or taken back already."), _("Look at it again."))
        actor, moment = (fact.ended_by, fact.ended_at) if retired else (fact.author, fact.noted_at)
        if actor is None or moment is None or actor.pk != user.pk:
            raise Conflict(_("%(name)s acted on this fact last.") % {"name": actor.name if actor else ""})
        if timezone.localdate(moment) != timezone.localdate(now):
            raise Conflict(_("An act is taken back on its own day."), _("Note what is true now."))
        if retired:
            _stand_again(fact, now)
        else:
            before = Fact.objects.select_for_update().filter(superseded_by=fact).first()
            _end(fact, State.UNDONE, user, now)
            if before is not None:
                _stand_again(before, now)
        _record(user, "fact.undo", fact, now, undone="retire" if retired else "add")
    return fact


def _fact(user: User, fact_id: UUID) -> Fact:
    fact = Fact.objects.filter(pk=fact_id).first()
    if fact is None or not sees(user, fact.party_id):
        raise NotFound(_("There is no such fact of a customer of yours."))
    return fact


def _standing(fact_id: UUID, version: int) -> Fact:
    """The fact, locked, if it stands as it was seen."""
    fact = Fact.objects.select_for_update().get(pk=fact_id)
    if fact.state != State.STANDING or fact.version != version:
        by = fact.ended_by or fact.author
        raise Conflict(
            _("%(name)s changed this fact first.") % {"name": by.name}, _("Look at what stands now, then say yours.")
        )
    return fact


def _end(fact: Fact, state: Fact.State, user: User, now: datetime, superseded_by: Fact | None = None) -> None:
    fact.state, fact.ended_at, fact.ended_by, fact.superseded_by = state, now, user, superseded_by
    fact.changed_at = now
    fact.save(update_fields=["state", "ended_at", "ended_by", "superseded_by", "changed_at"])


def _stand_again(fact: Fact, now: datetime) -> None:
    fact.state, fact.ended_at, fact.ended_by, fact.superseded_by = State.STANDING, None, None, None
    fact.changed_at = now
    fact.save(update_fields=["state", "ended_at", "ended_by", "superseded_by", "changed_at"])


def _record(user: User, act: str, fact: Fact, now: datetime, **more: str) -> None:
    """What was said stays with the fact; the trail says only of what it was."""
    changes = {"fact": str(fact.pk), "code": fact.code, "version": fact.version, **more}
    audit.record(user, act, now=now, kind="customer", key=fact.party_id, changes=changes)


def _noted_before(user: User, external_id: str | None, content: Mapping[str, Any]) -> Fact | None:
    if external_id is None:
        return None
    known = Fact.objects.filter(external_id=external_id).first()
    if known is None:
        return None
    differing = sorted(name for name in content if getattr(known, name) != content[name])
    if known.author_id != user.pk or differing:
        raise Conflict(
            _("The external id %(id)s belongs to another fact.") % {"id": external_id},
            _("Differing: %(fields)s. Send a new id for a new fact.") % {"fields": ", ".join(differing) or "author"},
        )
    return known


def _checked(
    code: str,
    words: str,
    source: str,
    since: date | None,
    until: date | None,
    bank: str,
    product: str,
    amount: int | None,
    now: datetime,
) -> dict[str, Any]:
    """The fact's own fields, each as it may be stored."""
    one_of(code, codes.FACTS, "code")
    one_of(source, codes.FACT_SOURCES, "source")
    words, bank = (text.replace("\x00", "").strip() for text in (words, bank))
    today, elsewhere = timezone.localdate(now), code == codes.OTHER_BANK
    if len(words) > rules.WORDS_LENGTH:
        raise Unacceptable(_("At most %(most)s characters are kept.") % {"most": rules.WORDS_LENGTH}, field="words")
    if not elsewhere and not words:
        raise Unacceptable(_("Say in a few words what it is."), field="words")
    if not elsewhere and (bank or product or amount is not None):
        raise Unacceptable(_("A bank, a product and an amount belong to money at another bank."), field="bank")
    if elsewhere:
        if not 0 < len(bank) <= 80:
            raise Unacceptable(_("Say which bank, in at most 80 characters."), field="bank")
        one_of(product, codes.PRODUCT_CATEGORIES, "product")
        if amount is not None and not 0 < amount < 10**15:
            raise Unacceptable(_("An amount heard is above zero."), field="amount")
    if since is not None and since > today:
        raise Unacceptable(_("It began in the past; what is still to come has an expected date."), field="since")
    if not rules.expected_well(code, until, today):
        raise Unacceptable(
            _("Say when it is expected: from today on, within thirty years."),
            _("A month's first day will do where only the month is known."),
            field="until",
        )
    if since is not None and until is not None and until < since:
        raise Unacceptable(_("It ends before it begins."), field="until")
    publication = pinned()
    return {
        "kind": rules.kind_of(code),
        "code": code,
        "words": words,
        "bank": bank,
        "product": product,
        "amount": amount,
        "currency": publication.currency if amount is not None and publication is not None else "",
        "since": since,
        "until": until,
        "source": source,
    }
