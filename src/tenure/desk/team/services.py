"""Who looks after one customer: support put on and taken off, and the pool of those whom nobody leads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.changes.services import reasoned
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.opportunities.following import OPPORTUNITIES
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import staff_names
from tenure.desk.parties.assigning import assign_lead, assign_support
from tenure.desk.parties.models import Coverage, Customer
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import entries_of
from tenure.desk.team import rules, settings
from tenure.desk.team.people import colleague, is_head, loads
from tenure.desk.team.selectors import pool_of


def add_support(user: User, party_id: str, staff_id: str, *, now: datetime) -> None:
    """Put a colleague on a customer's team; they see and work the customer at once. Again it changes nothing.

    Raises:
        NotAllowed: they neither lead the customer nor head the branch.
        NotFound: there is no such customer among those they see.
        Unacceptable: the colleague does not look after customers here, or works at another branch.
    """
    row = _led_or_headed(user, party_id)
    colleague(staff_id, row.org_path)
    with transaction.atomic():
        if assign_support(row.party_id, staff_id, True, user, "", now) is not None:
            _note(user, "customer.support", row, now, {"staff": staff_id, "on": True})


def end_support(user: User, party_id: str, staff_id: str, *, now: datetime) -> None:
    """Take somebody off a customer's team; what they hold about the customer goes to the lead.

    Raises:
        NotAllowed, NotFound: see :func:`add_support`; anybody may take themselves off.
        Conflict: they lead the customer, or own open opportunities and nobody leads to take them.
    """
    row = _led_or_headed(user, party_id, self_too=staff_id)
    numbers = entries_of(row.party_id)
    with transaction.atomic():
        roles = set(Coverage.rows().filter(party_id__in=numbers, staff_id=staff_id).values_list("role", flat=True))
        if "lead" in roles:
            raise Conflict(_("They lead this customer."), _("Hand the customer over instead."))
        if not row.lead_staff_id:
            _nothing_open(numbers, staff_id)
        if assign_support(row.party_id, staff_id, False, user, "", now) is not None:
            _note(user, "customer.support", row, now, {"staff": staff_id, "on": False})


def take(user: User, party_id: str, *, now: datetime) -> None:
    """Take a customer whom nobody leads out of the pool; of several who try at once exactly one does.

    Raises:
        NotAllowed: no post of theirs hands work over; or a customer of this tier is for the branch head to assign.
        NotFound: there is no such customer in the pool of their branches, and never was one of theirs.
        Unacceptable: they lead as many as they may.
        Conflict: somebody was first.
    """
    must(user, Permission.HAND_OVER)
    if not user.staff_id:
        raise NotAllowed(_("Only an employee who looks after customers takes one."))
    _assign_from_pool(user, party_id, user.staff_id, "", now)


def assign(user: User, party_id: str, staff_id: str, *, now: datetime) -> None:
    """Give a customer of the pool to a colleague, as their branch head.

    Raises:
        NotAllowed: they do not head the customer's branch.
        NotFound, Unacceptable, Conflict: see :func:`take`.
    """
    must(user, Permission.HAND_OVER)
    _assign_from_pool(user, party_id, staff_id, "", now, as_head=True)


def give_back(user: User, party_id: str, reason: str, *, now: datetime) -> None:
    """Give a customer one leads, or a head's branch has, back to the pool, saying why.

    Raises:
        NotAllowed, NotFound: see :func:`add_support`.
        Unacceptable: no reason.
        Conflict: open opportunities have an owner who would see the customer no more.
    """
    row = _led_or_headed(user, party_id)
    reason = reasoned(reason)
    lead = row.lead_staff_id or ""
    if not lead:
        return
    with transaction.atomic():
        _nothing_open(entries_of(row.party_id), lead)
        assign_lead(row.party_id, "", user, reason, now)
        _note(user, "customer.to_pool", row, now, {"from": lead}, reason)


def _assign_from_pool(
    user: User, party_id: str, staff_id: str, reason: str, now: datetime, *, as_head: bool = False
) -> None:
    with transaction.atomic():
        row = Customer.rows().filter(party_id=party_id).first()
        lead = (row.lead_staff_id or "") if row is not None else ""
        if row is not None and lead == staff_id == user.staff_id:
            return  # the same click again
        if row is None or not pool_of(user, taken_too=True).filter(party_id=party_id).exists():
            raise NotFound(_("There is no such customer in your branch's pool."))
        if lead == staff_id:
            return
        if lead:
            _somebody_was_first(lead)
        head = is_head(user, row.org_path)
        if as_head and not head:
            raise NotAllowed(_("The branch head says who takes a customer from the pool."))
        set_ = settings.in_use()
        if not head and rules.needs_head(row.tier or "", set_.head_from):
            raise NotAllowed(_("Customers of this tier are assigned by the branch head."))
        colleague(staff_id, row.org_path)
        if loads([staff_id])[staff_id].room < 1:
            raise Unacceptable(
                _("%(most)s customers is as many as one manager leads.") % {"most": set_.customers},
                _("Choose a colleague with room."),
                field="staff_id",
            )
        if assign_lead(party_id, staff_id, user, reason, now, only_from="") is None:
            _somebody_was_first(Customer.rows().get(party_id=party_id).lead_staff_id or "")
        _note(user, "customer.from_pool", row, now, {"to": staff_id})


def _somebody_was_first(lead: str) -> None:
    name = staff_names([lead]).get(lead, lead)
    raise Conflict(_("%(name)s was first and leads this customer now.") % {"name": name}, _("Look at the pool again."))


def _led_or_headed(user: User, party_id: str, self_too: str = "") -> Any:
    """The customer, whom ``user`` leads or whose branch they head."""
    must(user, Permission.HAND_OVER)
    row = must_see(user, party_id)
    own = bool(user.staff_id) and user.staff_id in (row.lead_staff_id, self_too)
    if not own and not is_head(user, row.org_path):
        raise NotAllowed(_("The customer's lead or their branch head says who is on the team."))
    return row


def _nothing_open(numbers: list[str], staff_id: str) -> None:
    if OPPORTUNITIES.count(numbers, staff_id):
        raise Conflict(
            _("Open opportunities with this customer have an owner."),
            _("Close them, or hand the customer over instead: an opportunity is never nobody's."),
        )


def _note(user: User, act: str, row: Any, now: datetime, changes: dict[str, Any], reason: str = "") -> None:
    audit.record(user, act, now=now, kind="customer", key=row.party_id, changes=changes, reason=reason)
