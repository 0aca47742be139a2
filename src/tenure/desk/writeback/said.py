"""What was said and seen: contacts, signals, consents, receptions in the lobby."""

from __future__ import annotations

from tenure.contracts.signals import HAND
from tenure.desk.control.models import Consent
from tenure.desk.lobby.models import Reception, Ticket
from tenure.desk.parties.models import Assignment, Customer
from tenure.desk.signals.models import Signal
from tenure.desk.work.models import Contact
from tenure.desk.writeback.table import NEW, NEW_AND_STANDS, Row, Table, branch_of, changed, local, number_of


def _contact(contact: Contact) -> list[Row]:
    return [
        {
            "interaction_id": f"desk-{contact.pk}",
            "party_id": contact.party_id,
            "at": local(contact.at),
            "kind": contact.kind,
            "staff_id": contact.staff_id or None,
            "purpose": contact.purpose or None,
            "outcome": contact.outcome,
            "words": contact.words or None,
            "next_step_on": contact.next_step_on,
            "proposal_key": contact.proposal_key or None,
        }
    ]


def _signal(signal: Signal) -> list[Row]:
    return [
        {
            "signal_id": str(signal.pk),
            "party_id": signal.party_id,
            "at": local(signal.at),
            "rule": signal.rule,
            "rule_version": signal.rule_version,
            "seen_by": number_of(signal.seen_by),
            "traits": " ".join(signal.facts.get("traits", [])) or None if signal.rule == HAND else None,
            "words": signal.words or None,
            "amount": signal.facts.get("event_amount", signal.facts.get("sum_amount")),
            "state": signal.state,
            "staff_id": number_of(signal.claimed_by),
            "claimed_at": local(signal.claimed_at),
            "outcome": signal.outcome or None,
            "closed_at": local(signal.closed_at),
            "proposal_key": signal.settled_with or None,
            "opportunity_id": str(signal.led_to) if signal.led_to else None,
        }
    ]


def _consent(word: Consent) -> list[Row]:
    return [
        {
            "consent_id": str(word.pk),
            "party_id": word.party_id,
            "said_at": local(word.noted_at),
            "purpose": word.purpose,
            "given": word.given,
            "bank_said": word.bank_said,
            "way": word.way,
            "ended_at": local(word.superseded_at),
        }
    ]


def _assignment(one: Assignment) -> list[Row]:
    return [
        {
            "assignment_id": str(one.pk),
            "party_id": one.party_id,
            "role": one.role,
            "staff_id": one.staff_id or None,
            "holds": one.holds,
            "bank_said": " ".join(said or "-" for said in one.bank_said) or None,
            "since": local(one.since),
            "ended_at": local(one.ended_at),
        }
    ]


def _reception(one: Reception) -> list[Row]:
    return [
        {
            "reception_id": str(one.pk),
            "party_id": one.party_id,
            "at": local(one.at),
            "org_id": branch_of(one.org_path),
            "ticket_id": one.ticket_id,
            "outcome": one.outcome,
            "advice": one.advice or None,
            "because": one.because or None,
            "business": one.business or None,
            "waiting": one.waiting,
            "staff_id": number_of(one.author),
        }
    ]


def _ticket(one: Ticket) -> list[Row]:
    # Whoever stands at the machine may give any number; of one the bank does not know the lake keeps the ticket alone.
    known = bool(one.party_id) and Customer.rows().filter(party_id=one.party_id).exists()
    return [
        {
            "ticket_id": f"desk-{one.ticket_id}",
            "org_id": branch_of(one.org_path),
            "party_id": one.party_id if known else None,
            "taken_at": local(one.taken_at),
            "called_at": local(one.called_at),
            "ended_at": local(one.ended_at),
            "abandoned": one.state == "left" if one.state != "waiting" else None,
            "service": one.service,
        }
    ]


TABLES = (
    Table(
        "interaction",
        Contact,
        "logged_at",
        NEW_AND_STANDS | changed("withdrawn_at"),
        _contact,
        lambda contact: contact.withdrawn_at is None,
    ),
    Table("signal", Signal, "at", NEW | changed("changed_at"), _signal, with_=("seen_by", "claimed_by")),
    Table("consent", Consent, "noted_at", NEW | changed("superseded_at"), _consent),
    Table("assignment", Assignment, "since", NEW | changed("ended_at"), _assignment),
    Table(
        "reception",
        Reception,
        "at",
        NEW_AND_STANDS | changed("withdrawn_at"),
        _reception,
        lambda one: one.withdrawn_at is None,
        with_=("author",),
    ),
    Table("queue_ticket", Ticket, "taken_at", NEW | changed("changed_at"), _ticket),
)
