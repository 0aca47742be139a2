"""Companies: their demands, what they are buying, visits with what was promised, trust, business sized."""

from __future__ import annotations

from tenure.contracts import codes
from tenure.desk.corporate.models import DemandNote, Promise, Purchase, PurchaseStep, Sizing, TrustCheck, Visit
from tenure.desk.writeback.table import NEW, Row, Table, changed, local, number_of


def _demand(one: DemandNote) -> list[Row]:
    return [
        {
            "note_id": str(one.pk),
            "party_id": one.party_id,
            "at": local(one.at),
            "demand": one.demand,
            "state": one.state,
            "words": one.words or None,
            "staff_id": number_of(one.by),
        }
    ]


def _purchase(one: Purchase) -> list[Row]:
    return [
        {
            "purchase_id": str(one.pk),
            "party_id": one.party_id,
            "opened_at": local(one.opened_at),
            "about": one.about,
            "demand": one.demand,
            "stage": one.stage,
            "state": one.state,
            "decides_on": one.decides_on,
            "closed_at": local(one.closed_at),
            "staff_id": number_of(one.opened_by),
        }
    ]


def _step(step: PurchaseStep) -> list[Row]:
    return [
        {
            "step_id": str(step.pk),
            "purchase_id": str(step.purchase_id),
            "party_id": step.purchase.party_id,
            "at": local(step.at),
            "stage": step.stage,
            "state": step.state,
            "decides_on": step.decides_on,
            "words": step.words or None,
            "staff_id": number_of(step.by),
        }
    ]


def _visit(one: Visit) -> list[Row]:
    return [
        {
            "visit_id": str(one.pk),
            "party_id": one.party_id,
            "planned_at": local(one.planned_at),
            "on": one.on,
            "purchase_id": str(one.purchase_id) if one.purchase_id is not None else None,
            "aim": one.aim,
            "people": len(one.staff_ids),
            "state": one.state,
            "outcome": one.outcome or None,
            "next_step_on": one.next_step_on,
            "interaction_id": f"desk-{one.contact_id}" if one.contact_id is not None else None,
            "staff_id": number_of(one.planned_by),
        }
    ]


def _promise(one: Promise) -> list[Row]:
    return [
        {
            "promise_id": str(one.pk),
            "visit_id": str(one.visit_id),
            "party_id": one.party_id,
            "made_at": local(one.made_at),
            "side": one.side,
            "words": one.words,
            "due_on": one.due_on,
            "state": one.state,
            "settled_on": one.settled_on,
        }
    ]


def _trust(one: TrustCheck) -> list[Row]:
    parts = {part: getattr(one, part) for part in codes.TRUST_PARTS}
    return [
        {
            "check_id": str(one.pk),
            "party_id": one.party_id,
            "at": local(one.at),
            **parts,
            "staff_id": number_of(one.by),
        }
    ]


def _sizing(one: Sizing) -> list[Row]:
    return [
        {
            "sizing_id": str(one.pk),
            "party_id": one.party_id,
            "at": local(one.at),
            "kind": one.kind,
            "as_of": one.as_of,
            "opportunity_id": str(one.opportunity_id),
            "amount": one.amount,
            "low": one.low,
            "high": one.high,
            "staff_id": number_of(one.by),
        }
    ]


TABLES = (
    Table("demand_note", DemandNote, "at", NEW, _demand, with_=("by",)),
    Table("purchase", Purchase, "opened_at", NEW | changed("changed_at"), _purchase, with_=("opened_by",)),
    Table("purchase_step", PurchaseStep, "at", NEW, _step, with_=("by", "purchase")),
    Table("company_visit", Visit, "planned_at", NEW | changed("changed_at"), _visit, with_=("planned_by",)),
    Table("visit_promise", Promise, "made_at", NEW | changed("changed_at"), _promise),
    Table("trust_check", TrustCheck, "at", NEW, _trust, with_=("by",)),
    Table("batch_sizing", Sizing, "at", NEW, _sizing, with_=("by",)),
)
