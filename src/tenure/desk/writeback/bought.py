"""Companies: their demands, what they are buying, who decides it and by what, negotiation sheets, visits, promises,
trust, business sized.

Names of people who are no customers stay at the desk.
"""

from __future__ import annotations

from tenure.contracts import codes
from tenure.desk.corporate.models import (
    BuyingRole,
    DemandNote,
    NegotiationSheet,
    Promise,
    Purchase,
    PurchaseStep,
    Sizing,
    TrustCheck,
    Visit,
)
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
            "decision": one.decision or None,
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
            "decision": step.decision or None,
            "decides_on": step.decides_on,
            "words": step.words or None,
            "staff_id": number_of(step.by),
        }
    ]


def _role(one: BuyingRole) -> list[Row]:
    return [
        {
            "role_id": str(one.pk),
            "purchase_id": str(one.purchase_id),
            "party_id": one.purchase.party_id,
            "since": local(one.since),
            "person_id": one.party_id or None,
            "post": one.post or None,
            "role": one.role,
            "attitude": one.attitude,
            "words": one.words or None,
            "ended_at": local(one.ended_at),
            "staff_id": number_of(one.changed_by),
        }
    ]


def _criteria(one: Purchase) -> list[Row]:
    return [
        {
            "purchase_id": str(one.pk),
            "party_id": one.party_id,
            "opened_at": local(one.opened_at),
            "place": place,
            "words": criterion.words,
            "weight": criterion.weight,
            "standing": criterion.standing,
        }
        for place, criterion in enumerate(one.criteria.all(), start=1)
    ]


def _sheet(one: NegotiationSheet) -> list[Row]:
    return [
        {
            "sheet_id": str(one.pk),
            "purchase_id": str(one.purchase_id),
            "party_id": one.purchase.party_id,
            "written_at": local(one.written_at),
            "edition": one.number,
            "aims": one.aims,
            "limits": one.limits,
            "their_alternatives": one.their_alternatives or None,
            "our_alternatives": one.our_alternatives or None,
            "staff_id": number_of(one.written_by),
        }
    ]


def _trades(one: NegotiationSheet) -> list[Row]:
    return [
        {
            "sheet_id": str(one.pk),
            "party_id": one.purchase.party_id,
            "written_at": local(one.written_at),
            "place": place,
            "give": give,
            "ask": ask,
        }
        for place, (give, ask) in enumerate(one.trades, start=1)
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


_WAITS = NEW | changed("changed_at")
TABLES = (
    Table("demand_note", DemandNote, "at", NEW, _demand, with_=("by",)),
    Table("purchase", Purchase, "opened_at", _WAITS, _purchase, with_=("opened_by",)),
    Table("purchase_step", PurchaseStep, "at", NEW, _step, with_=("by", "purchase")),
    Table("buying_role", BuyingRole, "since", _WAITS, _role, with_=("changed_by", "purchase")),
    # criteria change with their purchase alone: all of them are said anew
    Table("purchase_criterion", Purchase, "opened_at", _WAITS, _criteria, all_of=("criteria",)),
    Table("negotiation_sheet", NegotiationSheet, "written_at", NEW, _sheet, with_=("written_by", "purchase")),
    Table("negotiation_trade", NegotiationSheet, "written_at", NEW, _trades, with_=("purchase",)),
    Table("company_visit", Visit, "planned_at", _WAITS, _visit, with_=("planned_by",)),
    Table("visit_promise", Promise, "made_at", _WAITS, _promise),
    Table("trust_check", TrustCheck, "at", NEW, _trust, with_=("by",)),
    Table("batch_sizing", Sizing, "at", NEW, _sizing, with_=("by",)),
)
