"""Every change to what a company is buying: open it, move it on, its people, its criteria; what was asked; trust.

Each service checks the right (403), finds the row among those of customers the person may see (404), locks it,
changes it and writes the audit line in one transaction. A change names the version it was made from: when somebody
else was first, it is refused with their name (409) and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, one_of, unchanged, who_changed
from tenure.desk.corporate import rules, sizing
from tenure.desk.corporate.models import (
    BuyingRole,
    Criterion,
    DemandNote,
    NegotiationSheet,
    Purchase,
    PurchaseStep,
    Sizing,
    TrustCheck,
)
from tenure.desk.corporate.standing import company, may_negotiate, must_negotiate, once
from tenure.desk.kit import wording
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.opportunities.services import open_opportunity
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
        "about": _words(about, 120, "about"),
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
        known = known or BuyingRole(purchase=one, role=role, party_id=number, name=name)
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
        words = _words(words, 120, "criteria")
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


def note_demand(
    user: User,
    party_id: str,
    demand: str,
    state: str,
    words: str = "",
    *,
    now: datetime,
    external_id: str | None = None,
) -> DemandNote:
    """Note what a company answered when it was asked about a demand, or what was heard. What was noted before stays.

    Raises:
        NotAllowed, NotFound, Conflict.
        Unacceptable: an unknown code, heard without saying what.
    """
    must(user)
    row = company(user, party_id)
    one_of(demand, codes.DEMANDS, "demand")
    one_of(state, codes.DEMAND_STATES, "state")
    words = at_most(words, 500)
    if state == "heard" and not words:
        raise Unacceptable(_("Say what was heard, and from whom."), field="words")
    check_external_id(external_id)
    content = {"party_id": row.party_id, "demand": demand, "state": state, "words": words}

    def make() -> DemandNote:
        made = DemandNote.objects.create(**content, external_id=external_id, by=user, at=now)
        changes = {"demand": demand, "state": state}
        audit.record(user, "demand.note", now=now, kind="customer", key=row.party_id, changes=changes)
        return made

    found: DemandNote = once(DemandNote, external_id, content, user, "by", make)
    return found


def judge_trust(
    user: User,
    party_id: str,
    answers: Mapping[str, int],
    words: str = "",
    *,
    now: datetime,
    external_id: str | None = None,
) -> TrustCheck:
    """Keep how somebody judges a company's trust in them: 1 to 10 for each of ``rules.TRUST_QUESTIONS``.

    Raises:
        NotAllowed, NotFound, Conflict.
        Unacceptable: a question without an answer, an answer outside 1 to 10.
    """
    must(user)
    row = company(user, party_id)
    asked = [question for questions in rules.TRUST_QUESTIONS.values() for question in questions]
    for question in asked:
        told = answers.get(question)
        if not isinstance(told, int) or isinstance(told, bool) or not 1 <= told <= 10:
            raise Unacceptable(_("Answer every question with 1 to 10."), field=question)
    given = {question: answers[question] for question in asked}
    words = at_most(words, 500)
    check_external_id(external_id)
    content = {"party_id": row.party_id, "answers": given, "words": words}

    def make() -> TrustCheck:
        parts = {part: rules.part_of_trust(given, part) for part in codes.TRUST_PARTS}
        made = TrustCheck.objects.create(**content, **parts, external_id=external_id, by=user, at=now)
        audit.record(user, "trust.judge", now=now, kind="customer", key=row.party_id, changes=parts)
        return made

    found: TrustCheck = once(TrustCheck, external_id, content, user, "by", make)
    return found


def write_sheet(
    user: User,
    purchase_id: UUID,
    aims: str,
    limits: str,
    trades: Sequence[tuple[str, str]],
    their_alternatives: str = "",
    our_alternatives: str = "",
    *,
    number: int,
    now: datetime,
) -> NegotiationSheet:
    """Write the next edition of a purchase's negotiation sheet; ``number`` is the edition it was written from, 0: none.

    Sent twice with the same content it is one edition.

    Raises:
        NotAllowed: not on the company's team, nor its branch's head.
        NotFound: no such purchase of a company they see.
        Unacceptable: no aims, no limits, half a trade-off.
        Conflict: the purchase is closed, or somebody wrote an edition first.
    """
    must_negotiate(user)
    content = {
        "aims": _words(aims, 2000, "aims"),
        "limits": _words(limits, 2000, "limits"),
        "trades": _trades(trades),
        "their_alternatives": at_most(their_alternatives, 2000, "their_alternatives"),
        "our_alternatives": at_most(our_alternatives, 2000, "our_alternatives"),
    }
    with transaction.atomic():
        one = Purchase.objects.select_for_update().filter(pk=purchase_id).first()
        if one is None or not may_negotiate(user, one.party_id):
            raise NotFound(_("There is no such purchase of a company you negotiate with."))
        last = NegotiationSheet.objects.filter(purchase=one).select_related("written_by").first()
        again = last is not None and last.number == number + 1 and last.written_by_id == user.pk
        if last is not None and again and all(getattr(last, name) == value for name, value in content.items()):
            return last
        if one.state != OPEN:
            raise Conflict(_("This purchase is closed."), _("Open a new one for new business."))
        if last is not None and last.number != number:
            raise Conflict(
                _("%(name)s wrote edition %(number)s first.") % {"name": last.written_by.name, "number": last.number},
                _("What you entered is still here; send it again if it still holds."),
            )
        made = NegotiationSheet.objects.create(
            purchase=one, number=(last.number if last else 0) + 1, **content, written_by=user, written_at=now
        )
        _note(user, "negotiation.write", one, now, {"edition": made.number})
    return made


def make_opportunity(
    user: User,
    party_id: str,
    kind: str,
    amount: int,
    next_step: str,
    next_step_on: date,
    *,
    now: datetime,
) -> Opportunity:
    """Open an opportunity with a whole company's people or payers, and keep the figures it was sized from with it.

    ``amount`` is what whoever opens it stands for, in minor units; what the data gave is kept beside it. One of a kind
    from one night's figures: pressed twice it is one.

    Args:
        kind: one of ``codes.BATCHES``.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: an unknown kind, no amount, no dated step, no night yet.
        Conflict: a colleague made one of these figures, or it was made with another amount or step.
    """
    must(user)
    row = company(user, party_id)
    one_of(kind, codes.BATCHES, "kind")
    night = sizing.as_of()
    if night is None:
        raise Unacceptable(_("There are no figures yet."), _("Wait for the first night."))
    figures, estimate = sizing.figures_of(user, row, kind)
    with transaction.atomic():
        made = open_opportunity(
            user,
            row.party_id,
            kind,
            _title(kind, row.name),
            amount,
            next_step,
            next_step_on,
            now=now,
            source="need",
            source_key=codes.BATCH_CATEGORIES[kind],
            external_id=f"batch-{kind}-{night:%Y%m%d}-{row.party_id}"[:60],
        )
        _kept, new = Sizing.objects.get_or_create(
            opportunity_id=made.pk,
            defaults={
                "party_id": row.party_id,
                "kind": kind,
                "as_of": night,
                "figures": figures,
                "amount": estimate.amount if estimate else None,
                "low": estimate.low if estimate else None,
                "high": estimate.high if estimate else None,
                "by": user,
                "at": now,
            },
        )
        if new:
            changes = {"kind": kind, "opportunity": str(made.pk), "amount": amount, "as_of": night, **figures}
            audit.record(user, "batch.size", now=now, kind="customer", key=row.party_id, changes=changes)
    return made


def _title(kind: str, company_name: str | None) -> str:
    """In the opener's language: a title is their words, which they may correct."""
    name = wording.code_name(kind, "batch", get_language() or "zh-hans")
    return f"{name} · {company_name or ''}"[:120].strip(" ·")


def note_sheet_opened(user: User, purchase_id: UUID, party_id: str, edition: int, *, now: datetime) -> None:
    """One line for opening a negotiation sheet: limits are what the other side must not know."""
    changes = {"customer": party_id, "edition": edition}
    audit.record(user, "negotiation.open", now=now, kind="purchase", key=str(purchase_id), changes=changes)


def _trades(trades: Sequence[tuple[str, str]]) -> list[list[str]]:
    told = []
    for give, ask in trades:
        give, ask = at_most(give, 200, "trades"), at_most(ask, 200, "trades")
        if bool(give) != bool(ask):
            raise Unacceptable(
                _("Nothing is given for nothing: say what is asked for each thing given."), field="trades"
            )
        if give:
            told.append([give, ask])
    if len(told) > rules.TRADES:
        raise Unacceptable(_("At most %(most)s trade-offs.") % {"most": rules.TRADES}, field="trades")
    return told


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
    audit.record(user, act, now=now, kind="purchase", key=str(one.pk), changes={"customer": one.party_id, **changes})


def _words(text: str, most: int, field: str) -> str:
    text = at_most(text, most, field)
    if not text:
        raise Unacceptable(_("Say in a few words what it is."), field=field)
    return text


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
