"""Every change to what a company is buying: open it, move it on, close it, its people, its criteria.

Each service checks the right (403), finds the row among those of customers the person may see (404), locks it,
changes it and writes the audit line in one transaction. A change names the version it was made from: when somebody
else was first, it is refused with their name (409) and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, one_of, unchanged, who_changed
from tenure.desk.corporate import rules
from tenure.desk.corporate.models import (
    BuyingRole,
    Criterion,
    Purchase,
    PurchaseStep,
)
from tenure.desk.corporate.standing import company, once, said
from tenure.desk.org.models import User
from tenure.desk.parties.visibility import number_of

OPEN = "open"


def open_purchase(
    user: User,
    party_id: str,
    about: str,
    demand: str,
    decision: str,
    decides_on: date,
    *,
    now: datetime,
    stage: str = "need_seen",
    external_id: str | None = None,
) -> Purchase:
    """Note that a company is buying something: what about, and what it decides next and when.

    Idempotent by ``external_id``: the same content again gives the same purchase, and nothing is written.

    Args:
        demand: one of ``codes.DEMANDS``.
        decides_on: from today to two years from now.
        stage: one of ``codes.BUYING_STAGES``.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: an unknown code, no words, a date that cannot be.
        Conflict: the ``external_id`` is taken by other content.
    """
    must(user)
    row = company(user, party_id)
    one_of(demand, codes.DEMANDS, "demand")
    one_of(stage, codes.BUYING_STAGES, "stage")
    content = {
        "party_id": row.party_id,
        "about": said(about, 120, "about"),
        "demand": demand,
        **_decision(decision, decides_on, timezone.localdate(now)),
    }
    check_external_id(external_id)
    return once(
        Purchase, external_id, content, user, "opened_by", lambda: _open(user, content, stage, external_id, now)
    )


def _open(user: User, content: dict[str, Any], stage: str, external_id: str | None, now: datetime) -> Purchase:
    made = Purchase.objects.create(
        **content,
        stage=stage,
        external_id=external_id,
        stale_on=rules.stale_from(timezone.localdate(now), content["decides_on"]),
        opened_by=user,
        opened_at=now,
        changed_by=user,
        changed_at=now,
    )
    _step(made, user, now)
    _note(user, "purchase.open", made, now, {"demand": made.demand, "stage": stage})
    return made


def move_on(
    user: User,
    purchase_id: UUID,
    *,
    version: int,
    now: datetime,
    stage: str = "",
    words: str = "",
    decision: str = "",
    decides_on: date | None = None,
) -> Purchase:
    """Say where the company's decision stands now, and what it decides next; what is left out stays as it was.

    Raises:
        NotAllowed, NotFound, Unacceptable.
        Conflict: it is closed, or somebody changed it first.
    """
    with transaction.atomic():
        one = _locked(user, purchase_id, version)
        stage = stage or one.stage
        one_of(stage, codes.BUYING_STAGES, "stage")
        words = at_most(words, 2000)
        today = timezone.localdate(now)
        told = _decision(decision or one.decision, decides_on or one.decides_on, today)
        before, one.stage = one.stage, stage
        one.decision, one.decides_on = told["decision"], told["decides_on"]
        _save(one, user, now)
        _step(one, user, now, words)
        _note(user, "purchase.move", one, now, {"from": before, "to": stage, "decides_on": one.decides_on})
    return one


def close_purchase(
    user: User, purchase_id: UUID, state: str, *, version: int, now: datetime, words: str = ""
) -> Purchase:
    """Say how the company decided: ``ours``, ``others`` or ``dropped``.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict.
    """
    one_of(state, [code for code in codes.PURCHASE_STATES if code != OPEN], "state")
    with transaction.atomic():
        one = _locked(user, purchase_id, version)
        words = at_most(words, 2000)
        one.state, one.closed_at = state, now
        _save(one, user, now)
        _step(one, user, now, words)
        _note(user, "purchase.close", one, now, {"state": state})
    return one


def put_role(
    user: User,
    purchase_id: UUID,
    role: str,
    *,
    version: int,
    now: datetime,
    party_id: str = "",
    name: str = "",
    post: str = "",
    attitude: str = "unknown",
    words: str = "",
) -> BuyingRole:
    """Say what a person does in a purchase: a customer of the bank, or one only known by name. Said again of the same
    person and role, it is corrected.

    Args:
        role: one of ``codes.BUYING_ROLES``. Who has two has two rows.
        attitude: one of ``codes.ATTITUDES``.

    Raises:
        NotAllowed, NotFound, Conflict.
        Unacceptable: neither a customer nor a name, or both; a customer they do not see; an unknown code; too many.
    """
    must(user)
    one_of(role, codes.BUYING_ROLES, "role")
    one_of(attitude, codes.ATTITUDES, "attitude")
    name, post, words = at_most(name, 80, "name"), at_most(post, 80, "post"), at_most(words, 500)
    number = number_of(user, party_id) if party_id else ""
    if party_id and number is None:
        raise Unacceptable(_("There is no customer %(number)s among yours.") % {"number": party_id}, field="party_id")
    if bool(number) == bool(name):
        raise Unacceptable(_("Choose a customer, or give a name: one of the two."), field="name")
    with transaction.atomic():
        one = _locked(user, purchase_id, version)
        standing = BuyingRole.objects.filter(purchase=one, ended_at=None)
        known = standing.filter(role=role, party_id=number, name=name).first()
        if known is None and standing.count() >= rules.PEOPLE:
            raise Unacceptable(_("At most %(most)s people.") % {"most": rules.PEOPLE}, field="role")
        known = known or BuyingRole(purchase=one, role=role, party_id=number, name=name, since=now)
        known.post, known.attitude, known.words = post, attitude, words
        known.changed_by, known.changed_at = user, now
        known.save()
        _save(one, user, now)
        _note(user, "purchase.role", one, now, {"role": role, "attitude": attitude, "person": number})
    return known


def end_role(user: User, purchase_id: UUID, role_id: UUID, *, version: int, now: datetime) -> None:
    """Take a person off a purchase.

    Raises:
        NotAllowed, NotFound, Conflict.
    """
    with transaction.atomic():
        one = _locked(user, purchase_id, version)
        ended = BuyingRole.objects.filter(purchase=one, pk=role_id, ended_at=None).update(
            ended_at=now, changed_by=user, changed_at=now
        )
        if not ended:
            raise NotFound(_("There is no such person on this purchase."))
        _save(one, user, now)
        _note(user, "purchase.role", one, now, {"ended": str(role_id)})


def put_criteria(
    user: User, purchase_id: UUID, criteria: Sequence[tuple[str, int, str]], *, version: int, now: datetime
) -> Purchase:
    """Say what the company judges offers by, in place of what was said before: words, weight 1–5, how we stand.

    Raises:
        NotAllowed, NotFound, Conflict.
        Unacceptable: the same words twice, a weight or standing there is not, more than twelve.
    """
    must(user)
    told = []
    for words, weight, standing in criteria:
        words = said(words, 120, "criteria")
        if not 1 <= weight <= 5:
            raise Unacceptable(_("A criterion weighs 1 to 5."), field="criteria")
        one_of(standing, codes.STANDINGS, "standing")
        told.append((words, weight, standing))
    if len({words for words, _weight, _standing in told}) < len(told):
        raise Unacceptable(_("Each criterion once."), field="criteria")
    if len(told) > rules.CRITERIA:
        raise Unacceptable(_("At most %(most)s criteria.") % {"most": rules.CRITERIA}, field="criteria")
    with transaction.atomic():
        one = _locked(user, purchase_id, version)
        Criterion.objects.filter(purchase=one).delete()
        Criterion.objects.bulk_create(
            Criterion(purchase=one, words=words, weight=weight, standing=standing) for words, weight, standing in told
        )
        _save(one, user, now)
        _note(user, "purchase.criteria", one, now, {"criteria": [list(each[1:]) for each in told]})
    return one


def _locked(user: User, purchase_id: UUID, version: int) -> Purchase:
    """The purchase, open and as the person saw it; else who was first."""
    must(user)
    one = Purchase.objects.select_for_update().filter(pk=purchase_id).first()
    if one is None or number_of(user, one.party_id) is None:
        raise NotFound(_("There is no such purchase of a company of yours."))
    if one.state != OPEN:
        raise Conflict(_("%(name)s closed this at %(at)s.") % who_changed(one), _("Open a new one for new business."))
    unchanged(one, version)
    return one


def _save(one: Purchase, user: User, now: datetime) -> None:
    today = timezone.localdate(now)
    one.stale_on = rules.stale_from(today, one.decides_on) if one.state == OPEN and one.decides_on else None
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def _step(one: Purchase, user: User, now: datetime, words: str = "") -> None:
    is_open = one.state == OPEN
    PurchaseStep.objects.create(
        purchase=one,
        at=now,
        by=user,
        stage=one.stage,
        state=one.state,
        words=words,
        decision=one.decision if is_open else "",
        decides_on=one.decides_on if is_open else None,
    )


def _note(user: User, act: str, one: Purchase, now: datetime, changes: dict[str, Any]) -> None:
    """The line in the trail of a purchase: codes and days, never names or words."""
    audit.record(user, act, now=now, kind="purchase", key=str(one.pk), changes={"customer": one.party_id, **changes})


def _decision(decision: str, on: date | None, today: date) -> dict[str, Any]:
    decision = at_most(decision, 200, "decision")
    if not decision:
        raise Unacceptable(_("Say what the company decides next."), field="decision")
    if on is None or not rules.day_fits(on, today):
        raise Unacceptable(
            _("Say when it decides: from today to two years from now."),
            _("Where no day is known, take the day by which you will have asked."),
            field="decides_on",
        )
    return {"decision": decision, "decides_on": on}
