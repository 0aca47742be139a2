"""Serving passes on with the customer: who serves has the share from a day on, whoever found and won keeps theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from tenure.desk.control import audit
from tenure.desk.opportunities.credit import rules
from tenure.desk.opportunities.credit.services import keep
from tenure.desk.opportunities.models import Agreement, Opportunity, Share
from tenure.desk.opportunities.rules import WON
from tenure.desk.org.models import User

SERVES = "serves"


def pass_on_service(numbers: Sequence[str], before: str, after: str, on: date, by: User, now: datetime) -> list[str]:
    """Let ``after`` have from ``on`` what ``before`` has of serving what was won with these customers.

    Part of a hand-over's transaction, which two people stand for: nobody named is asked again. The agreement in force
    ends with the day before ``on`` and one with the same other shares begins. Ids of those that begin.
    """
    theirs = Share.objects.filter(part=SERVES, staff_id=before, agreement__state=rules.IN_FORCE)
    won = Opportunity.objects.select_for_update().filter(
        party_id__in=numbers, state=WON, credit_until__gt=on, pk__in=theirs.values("agreement__opportunity_id")
    )
    made = []
    for one in won.order_by("pk"):
        held = one.agreements.select_for_update().get(state=rules.IN_FORCE)
        shares: dict[tuple[str, str], int] = {}
        for share in held.shares.all():
            person = after if (share.part, share.staff_id) == (SERVES, before) else share.staff_id
            shares[share.part, person] = shares.get((share.part, person), 0) + share.percent
        made.append(_follow(held, shares, on, by, now))
    return made


def pass_back(agreement_ids: Sequence[str], by: User, now: datetime) -> int:
    """Let the shares that stood before these agreements stand again, from today or from when they would begin.

    One that was replaced since is left alone. How many were passed back.
    """
    today, back = timezone.localdate(now), 0
    for agreement_id in agreement_ids:
        found = Agreement.objects.filter(pk=agreement_id).values_list("opportunity_id", flat=True).first()
        Opportunity.objects.select_for_update().filter(pk=found).first()
        held = Agreement.objects.select_for_update().filter(pk=agreement_id, state=rules.IN_FORCE).first()
        before = None
        if held is not None:
            before = held.opportunity.agreements.filter(state=rules.REPLACED, number__lt=held.number).last()
        if held is None or before is None:
            continue
        shares = {(share.part, share.staff_id): share.percent for share in before.shares.all()}
        _follow(held, shares, today, by, now)
        back += 1
    return back


def _follow(held: Agreement, shares: dict[tuple[str, str], int], on: date, by: User, now: datetime) -> str:
    """End the locked agreement in force with the day before ``on`` and begin one with ``shares``."""
    begins = max(on, held.in_force_from or on)
    held.state, held.in_force_until = rules.REPLACED, begins
    keep(held, now, "state", "in_force_until")
    made = Agreement.objects.create(
        opportunity=held.opportunity,
        number=held.opportunity.agreements.count() + 1,
        state=rules.IN_FORCE,
        weights=held.weights,
        proposed_by=by,
        proposed_at=now,
        in_force_from=begins,
        settled_at=now,
    )
    Share.objects.bulk_create(
        Share(agreement=made, part=part, staff_id=person, percent=percent) for (part, person), percent in shares.items()
    )
    told = {"opportunity": str(held.opportunity_id), "number": made.number, "on": begins}
    serves = {person: percent for (part, person), percent in shares.items() if part == SERVES}
    audit.record(by, "credit.pass_on", now=now, kind="agreement", key=str(made.pk), changes=told | {SERVES: serves})
    return str(made.pk)
