"""Business on its way to being won: opportunities, their steps, and who shares the credit."""

from __future__ import annotations

from tenure.desk.opportunities.models import Agreement, Opportunity, Step
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, changed, local, number_of


def _opportunity(one: Opportunity) -> list[Row]:
    return [
        {
            "opportunity_id": str(one.pk),
            "party_id": one.party_id,
            "opened_at": local(one.opened_at),
            "org_id": branch_of(one.org_path),
            "kind": one.kind,
            "title": one.title,
            "amount": one.amount,
            "currency": one.currency,
            "stage": one.stage,
            "state": one.state,
            "staff_id": one.owner or None,
            "source": one.source,
            "expected_close_on": one.expected_close_on,
            "closed_at": local(one.closed_at),
            "lost_reason": one.lost_reason or None,
            "won_amount": one.won_amount,
            "credit_until": one.credit_until,
        }
    ]


def _step(step: Step) -> list[Row]:
    return [
        {
            "step_id": str(step.pk),
            "opportunity_id": str(step.opportunity_id),
            "party_id": step.opportunity.party_id,
            "at": local(step.at),
            "from_stage": step.from_stage or None,
            "to_stage": step.to_stage,
            "state": step.state,
            "words": step.words or None,
            "next_step_on": step.next_step_on,
            "interaction_id": f"desk-{step.contact_id}" if step.contact_id is not None else None,
            "staff_id": number_of(step.by),
        }
    ]


def _shares(made: Agreement) -> list[Row]:
    agrees = {one.staff_id: one.agrees for one in made.answers.all()}
    return [
        {
            "agreement_id": str(made.pk),
            "opportunity_id": str(made.opportunity_id),
            "party_id": made.opportunity.party_id,
            "proposed_at": local(made.proposed_at),
            "number": made.number,
            "part": share.part,
            "staff_id": share.staff_id,
            "percent": share.percent,
            "agrees": agrees.get(share.staff_id),
            "state": made.state,
            "in_force_from": made.in_force_from,
            "in_force_until": made.in_force_until,
        }
        for share in made.shares.all()
    ]


TABLES = (
    Table("opportunity", Opportunity, "opened_at", NEW | changed("changed_at"), _opportunity),
    Table("opportunity_step", Step, "at", NEW, _step, with_=("by", "opportunity")),
    Table(
        "credit_share",
        Agreement,
        "proposed_at",
        NEW | changed("changed_at"),
        _shares,
        with_=("opportunity",),
        all_of=("shares", "answers"),
    ),
)
