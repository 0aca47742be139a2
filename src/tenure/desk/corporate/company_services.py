"""What was asked or heard of a company's demands, how its trust is judged, business with all its people at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, one_of
from tenure.desk.corporate import rules, sizing
from tenure.desk.corporate.models import (
    DemandNote,
    Sizing,
    TrustCheck,
)
from tenure.desk.corporate.standing import company, once
from tenure.desk.kit import wording
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.opportunities.services import open_opportunity
from tenure.desk.org.models import User


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
