"""Opening a case: one for each occasion, with the right manager, its clocks running. Part of a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from tenure.desk.control import audit
from tenure.desk.org.models import User
from tenure.desk.org.selectors import desk_user_of, reach_of
from tenure.desk.parties.stand_ins import let_stand_in
from tenure.desk.parties.visibility import number_of
from tenure.desk.voice.cases import rules, timing
from tenure.desk.voice.cases.models import Case, CaseStep
from tenure.desk.voice.cases.owners import right_owner


def find_or_open(
    source: str, source_key: str, party_id: str, org_path: str, *, by: User | None, now: datetime,
    words: str = "", score: int | None = None, concerns: str = "", barred: Iterable[str] = (),
    first: Iterable[str] = (), began_at: datetime | None = None,
) -> Case:  # fmt: skip
    """The case of this occasion: the one there is, else a new one; two at once make one.

    ``barred`` may not handle it either; ``first`` are roles that handle it before anybody else; its clocks run since
    ``began_at`` where that lies before ``now``.
    """
    known = Case.objects.filter(source=source, source_key=source_key).first()
    if known is not None:
        return known
    passed_over = sorted({one for one in barred if one and one != concerns})
    try:
        with transaction.atomic():
            owner = right_owner(party_id, org_path, [concerns, *passed_over], first=first)
            case = Case.objects.create(
                source=source, source_key=source_key, party_id=party_id, org_path=org_path, words=words[: rules.WORDS],
                score=score, concerns=concerns, barred=passed_over, owner=owner,
                opened_by=by, opened_at=now, changed_by=by, changed_at=now,
            )  # fmt: skip
            timing.set_going(case, min(began_at or now, now))
            case.save(update_fields=["due_at"])
            let_owner_see(case, by, now)
            step(case, "opened", by, now, detail=source)
            note(by, "case.open", case, now, source=source, owner=case.owner, due_at=case.due_at)
    except IntegrityError:  # the same occasion came twice at once, and the other was first
        known = Case.objects.filter(source=source, source_key=source_key).first()
        if known is None:
            raise
        return known
    return case


def let_owner_see(case: Case, giver: User | None, now: datetime) -> None:
    """Let the owner see the customer for as long as the case is theirs, where they would not anyway."""
    owner = desk_user_of(case.owner)
    if owner is not None and number_of(owner, case.party_id) is None and reach_of(owner).staff_id:
        let_stand_in(case.party_id, case.owner, cause_of(case), giver or owner, now)


def save(case: Case, by: User, now: datetime) -> None:
    """Store the case as its next version, changed by ``by``."""
    case.version += 1
    case.changed_by, case.changed_at = by, now
    case.save()


def passed_over(case: Case) -> set[str]:
    """Those who may not handle it: whom it is about, whoever is barred besides, and who stood aside."""
    aside = case.steps.filter(kind="recused").values_list("by__staff_id", flat=True)
    return {one for one in (case.concerns, *case.barred, *aside) if one}


def cause_of(case: Case) -> str:
    """What a stand-in for the case is known by."""
    return f"case:{case.pk}"


def step(
    case: Case, kind: str, by: User | None, now: datetime, *, detail: str = "", words: str = "",
    contact_id: UUID | None = None,
) -> CaseStep:  # fmt: skip
    """Write down what happened to the case."""
    return CaseStep.objects.create(
        case=case, at=now, by=by, kind=kind, state=case.state, detail=detail, words=words, contact_id=contact_id
    )


def note(by: User | None, act: str, case: Case, now: datetime, **changes: Any) -> None:
    """The line of the trail: codes and numbers, never what anybody said."""
    told = {"customer": case.party_id, "state": case.state, **changes}
    audit.record(by, act, now=now, kind="case", key=str(case.pk), changes=told, actor_name="" if by else "the desk")
