"""What happens in the lobby: a ticket arrives and moves on, somebody is received, that is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import check_external_id, must, one_of
from tenure.desk.control.rules import in_clear
from tenure.desk.lobby import rules
from tenure.desk.lobby.models import Reception, Ticket
from tenure.desk.lobby.selectors import branch_paths, reception, ticket_at, waiting_count
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer as must_see

#: A ticket's message may be this late, after a night without a connection.
LATEST_TICKET = timedelta(days=2)
_STATE_OF = {"diverted": "served", "fetched": "served", "served": "served", "left": "left"}


def take_ticket(
    user: User,
    ticket_id: str,
    org_path: str,
    number: str,
    taken_at: datetime,
    service: str,
    *,
    party_id: str = "",
    phone_tail: str = "",
    state: str = "waiting",
    at: datetime | None = None,
    now: datetime,
) -> Ticket:
    """A queue ticket as the machine tells it; the same id again with a later state moves it on.

    ``at`` is when it came to that state; None where the machine tells at once. Idempotent by ``ticket_id``: the same
    again, or an earlier state that comes late, changes nothing.

    Raises:
        NotAllowed: no post of theirs receives customers.
        NotFound: the branch is not that of a post of theirs or below it.
        Unacceptable: an unknown code, a moment that cannot be, a phone tail that is none.
        Conflict: the id is taken by another ticket.
    """
    must(user)
    if not any(org_path.startswith(path) for path in branch_paths(user)):
        raise NotFound(_("There is no branch %(number)s within your reach.") % {"number": org_path[:80]})
    content = _checked(ticket_id, org_path, number, taken_at, service, party_id, phone_tail, state, now)
    if at is not None and (timezone.is_naive(at) or not taken_at <= at <= now + timedelta(minutes=5)):
        raise Unacceptable(
            _("This is after the ticket was taken, and not ahead."),
            _("Give the moment with its time zone."),
            field="at",
        )
    moment = at or now
    try:
        with transaction.atomic():
            known = Ticket.objects.select_for_update().filter(pk=ticket_id).first()
            if known is None:
                ticket = Ticket.objects.create(
                    ticket_id=ticket_id,
                    state=state,
                    arrived_at=now,
                    changed_at=now,
                    **content,
                    **_passed(state, moment),
                )
                _record_ticket(user, "ticket.take", ticket, now)
                return ticket
            return _moved(user, known, content, state, moment, now)
    except IntegrityError:  # the same message came twice at once, and the other was first
        with transaction.atomic():
            known = Ticket.objects.select_for_update().get(pk=ticket_id)
            return _moved(user, known, content, state, moment, now)


def _passed(state: str, moment: datetime) -> dict[str, datetime]:
    """What coming to ``state`` at ``moment`` says of a ticket's way: called, or over. Waiting says nothing."""
    if state == "called":
        return {"called_at": moment}
    return {"ended_at": moment} if state in ("served", "left") else {}


def _moved(user: User, known: Ticket, content: dict[str, Any], state: str, moment: datetime, now: datetime) -> Ticket:
    # Who took it may have been found out at the desk meanwhile; the machine's silence does not unsay it.
    differing = sorted(
        name
        for name, value in content.items()
        if getattr(known, name) != value and not (name in ("party_id", "phone_tail") and not value)
    )
    if differing:
        raise Conflict(
            _("The ticket id %(id)s belongs to another ticket.") % {"id": known.ticket_id},
            _("Differing: %(fields)s.") % {"fields": ", ".join(differing)},
        )
    if rules.moves_on(known.state, state):
        known.state, known.changed_at = state, now
        passed = _passed(state, moment)
        for name, value in passed.items():
            setattr(known, name, value)
        known.save(update_fields=["state", "changed_at", *passed])
        _record_ticket(user, "ticket.move", known, now)
    return known


def note_card(user: User, party_id: str, *, now: datetime) -> None:
    """One line for a card shown in the lobby: of whom, and whether the name was in the clear."""
    clear = in_clear(CUSTOMER["name"], reach_of(user))
    audit.record(
        user, "customer.card", now=now, kind="customer", key=party_id, changes={"clear": ["name"] if clear else []}
    )


def log_reception(
    user: User,
    party_id: str,
    outcome: str,
    *,
    ticket_id: str = "",
    advice: str = "",
    because: str = "",
    business: str = "",
    external_id: str | None = None,
    now: datetime,
) -> Reception:
    """Say what was done with somebody who came in; a ticket of theirs is settled with it.

    Idempotent by ``external_id``. ``advice`` and ``because`` are what the rule had said, as it was shown.

    Raises:
        NotAllowed: no post of theirs receives customers.
        NotFound: no such customer among those they see, or no such ticket at their branch.
        Unacceptable: an unknown code.
        Conflict: the ticket was received already, is another customer's, or the id has other content.
    """
    must(user)
    customer = must_see(user, party_id)
    party_id = customer.party_id
    one_of(outcome, codes.RECEPTIONS, "outcome")
    one_of(business or "other", codes.LOBBY_BUSINESS, "business")
    if advice not in ("", rules.SELF_SERVICE, rules.COUNTER) or bool(advice) != bool(because) or len(because) > 20:
        advice = because = ""
    check_external_id(external_id)
    seen = ticket_at(user, ticket_id) if ticket_id else None
    if known := _received_before(user, external_id, party_id, outcome):
        return known
    paths = branch_paths(user)
    try:
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update().get(pk=seen.pk) if seen is not None else None
            if ticket is not None:
                _settle(ticket, party_id, outcome, now)
            kept = Reception.objects.create(
                external_id=external_id,
                party_id=party_id,
                org_path=ticket.org_path if ticket is not None else (paths[0] if paths else "/"),
                ticket=ticket,
                outcome=outcome,
                advice=advice,
                because=because,
                business=business,
                tier=customer.tier or "",
                waiting=waiting_count(user, now, ticket),
                at=now,
                author=user,
            )
            audit.record(
                user,
                "reception.log",
                now=now,
                kind="customer",
                key=party_id,
                changes={"reception": str(kept.pk), "outcome": outcome, "advice": advice, "ticket": ticket_id},
            )
    except (IntegrityError, Conflict):  # perhaps the same tap came twice at once, and the other was first
        known = _received_before(user, external_id, party_id, outcome)
        if known is None:
            if seen is not None and Reception.objects.filter(ticket=seen, withdrawn_at=None).exists():
                raise _was_received(seen) from None
            raise
        return known
    return kept


def withdraw_reception(user: User, reception_id: UUID, *, now: datetime) -> Reception:
    """Take back, on the same day, what one logged; its ticket waits again. Once is enough.

    Raises:
        NotAllowed, NotFound.
        Conflict: somebody else's, or of another day.
    """
    must(user)
    seen = reception(user, reception_id)
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update().get(pk=seen.ticket_id) if seen.ticket_id else None
        kept = Reception.objects.select_for_update().get(pk=seen.pk)
        if kept.author_id != user.pk:
            raise Conflict(_("%(name)s logged this.") % {"name": seen.author.name})
        if kept.withdrawn_at is not None:
            return kept
        if timezone.localdate(kept.at) != timezone.localdate(now):
            raise Conflict(_("An act is taken back on its own day."), _("Log what is true now."))
        kept.withdrawn_at = now
        kept.save(update_fields=["withdrawn_at"])
        if ticket is not None and ticket.state == _STATE_OF[kept.outcome]:
            ticket.state, ticket.changed_at, ticket.called_at, ticket.ended_at = "waiting", now, None, None
            ticket.save(update_fields=["state", "changed_at", "called_at", "ended_at"])
        audit.record(
            user,
            "reception.withdraw",
            now=now,
            kind="customer",
            key=kept.party_id,
            changes={"reception": str(kept.pk), "outcome": kept.outcome},
        )
    return kept


def _settle(ticket: Ticket, party_id: str, outcome: str, now: datetime) -> None:
    """Settle a locked ticket with who took it; refuses one that was received, or is another's."""
    if Reception.objects.filter(ticket=ticket, withdrawn_at=None).exists():
        raise _was_received(ticket)
    if ticket.party_id and ticket.party_id != party_id:
        raise Conflict(_("This ticket is another customer's."), _("Open the card from the ticket again."))
    ticket.party_id, ticket.state, ticket.changed_at = party_id, _STATE_OF[outcome], now
    if ticket.state == "left":
        ticket.ended_at = now
    elif ticket.called_at is None:  # whoever received them ended the wait; how long they stayed the desk does not see
        ticket.called_at = now
    ticket.save(update_fields=["party_id", "state", "changed_at", "called_at", "ended_at"])


def _was_received(ticket: Ticket) -> Conflict:
    first = Reception.objects.select_related("author").filter(ticket=ticket, withdrawn_at=None).first()
    name = first.author.name if first is not None else ""
    return Conflict(_("%(name)s has received this ticket already.") % {"name": name}, _("Look at the queue again."))


def _received_before(user: User, external_id: str | None, party_id: str, outcome: str) -> Reception | None:
    if external_id is None:
        return None
    known = Reception.objects.filter(external_id=external_id).first()
    if known is None:
        return None
    if (known.author_id, known.party_id, known.outcome) != (user.pk, party_id, outcome):
        raise Conflict(_("The external id %(id)s belongs to another reception.") % {"id": external_id})
    return known


def _record_ticket(user: User, act: str, ticket: Ticket, now: datetime) -> None:
    changes = {"number": ticket.number, "service": ticket.service, "state": ticket.state, "branch": ticket.org_path}
    audit.record(user, act, now=now, kind="ticket", key=ticket.ticket_id, changes=changes)


def _checked(
    ticket_id: str,
    org_path: str,
    number: str,
    taken_at: datetime,
    service: str,
    party_id: str,
    phone_tail: str,
    state: str,
    now: datetime,
) -> dict[str, Any]:
    """A ticket's own fields, each as it may be stored."""
    for field, value, most in (("ticket_id", ticket_id, 60), ("number", number, 20), ("org_path", org_path, 200)):
        if not 0 < len(value) <= most or "\x00" in value:
            raise Unacceptable(
                _("%(field)s has 1 to %(most)s characters.") % {"field": field, "most": most}, field=field
            )
    if not org_path.endswith("/"):
        raise Unacceptable(_("A branch's path ends with a slash."), field="org_path")
    one_of(service, codes.TICKET_SERVICES, "service")
    one_of(state, codes.TICKET_STATES, "state")
    if len(party_id) > 40:
        raise Unacceptable(_("A customer number has at most 40 characters."), field="party_id")
    if phone_tail and not (len(phone_tail) == 4 and phone_tail.isascii() and phone_tail.isdigit()):
        raise Unacceptable(_("A phone's tail is its last four digits."), field="phone_tail")
    if timezone.is_naive(taken_at) or not now - LATEST_TICKET <= taken_at <= now + timedelta(minutes=5):
        raise Unacceptable(
            _("A ticket was taken within the last two days."),
            _("Give the moment with its time zone."),
            field="taken_at",
        )
    return {
        "org_path": org_path,
        "number": number,
        "taken_at": taken_at,
        "service": service,
        "party_id": party_id,
        "phone_tail": phone_tail,
    }
