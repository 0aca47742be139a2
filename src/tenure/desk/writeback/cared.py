"""What was done for customers: care, statements, events and who came."""

from __future__ import annotations

from django.db.models import Q

from tenure.desk.care.models import CareAct, Event, Invitation, Statement
from tenure.desk.writeback.table import NEW, NEW_AND_STANDS, Row, Table, branch_of, changed, local, number_of


def _act(act: CareAct) -> list[Row]:
    return [
        {
            "care_id": str(act.pk),
            "party_id": act.party_id,
            "at": local(act.at),
            "kind": act.kind,
            "due_on": act.due_on,
            "state": act.state,
            "reason": act.reason or None,
            "interaction_id": f"desk-{act.contact_id}" if act.contact_id is not None else None,
            "staff_id": number_of(act.by),
        }
    ]


def _given(act: CareAct) -> bool:
    """A care whose contact was withdrawn was not given."""
    return act.withdrawn_at is None and (act.contact is None or act.contact.withdrawn_at is None)


def _statement(one: Statement) -> list[Row]:
    return [
        {
            "statement_id": str(one.pk),
            "party_id": one.party_id,
            "issued_at": local(one.issued_at),
            "span": one.span,
            "first_on": one.first_on,
            "last_on": one.last_on,
            "language": one.language,
            "advice": one.advice,
            "staff_id": number_of(one.issued_by),
        }
    ]


def _event(event: Event) -> list[Row]:
    return [
        {
            "event_id": str(event.pk),
            "made_at": local(event.made_at),
            "title": event.title,
            "kind": event.kind,
            "on": event.on,
            "place": event.place,
            "capacity": event.capacity,
            "org_id": branch_of(event.org_path),
            "staff_id": number_of(event.owner),
            "cancelled_at": local(event.cancelled_at),
        }
    ]


def _guest(guest: Invitation) -> list[Row]:
    return [
        {
            "event_id": str(guest.event_id),
            "party_id": guest.party_id,
            "invited_at": local(guest.invited_at),
            "state": guest.state,
            "changed_at": local(guest.changed_at),
            "staff_id": number_of(guest.invited_by),
        }
    ]


TABLES = (
    Table(
        "care_act",
        CareAct,
        "at",
        (NEW_AND_STANDS & Q(contact__withdrawn_at=None)) | changed("withdrawn_at") | changed("contact__withdrawn_at"),
        _act,
        _given,
        with_=("by", "contact"),
    ),
    Table("statement", Statement, "issued_at", NEW, _statement, with_=("issued_by",)),
    Table("customer_event", Event, "made_at", NEW | changed("changed_at"), _event, with_=("owner",)),
    Table("invitation", Invitation, "invited_at", NEW | changed("changed_at"), _guest, with_=("invited_by",)),
)
