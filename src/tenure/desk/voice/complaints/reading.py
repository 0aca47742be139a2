"""What services and selectors both ask of complaints: who sees one, who has an interest in it, which are alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach, prefix_range
from tenure.desk.org.selectors import employee, reach_of
from tenure.desk.parties.visibility import entries_of, naming, number_of, visible_to
from tenure.desk.voice.cases.opening import passed_over
from tenure.desk.voice.complaints import rules
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.models import Arrival, Complaint


def may_see_unknown(reach: Reach) -> bool:
    """Whether somebody's posts show complaints of people the bank does not know."""
    wanted = (Permission.HANDLE_COMPLAINTS, Permission.VIEW_BRANCH, Permission.VIEW_AUDIT)
    return reach.may(Permission.VIEW_CUSTOMERS) and any(reach.may(one) for one in wanted)


def complaints_of(user: User) -> QuerySet[Complaint]:
    """Complaints ``user`` may see: of customers they see, and of unknown people about branches they answer for."""
    reach = reach_of(user)
    rule = ~Q(party_id="") if "/" in reach.paths else ~Q(party_id="") & naming(visible_to(user))
    if not reach.may(Permission.VIEW_CUSTOMERS):
        return Complaint.objects.none()
    if may_see_unknown(reach):
        for path in reach.paths:
            low, high = prefix_range(path)
            rule |= Q(party_id="", org_path__gte=low, org_path__lt=high)
    return Complaint.objects.filter(rule)


def sees(user: User, complaint: Complaint) -> bool:
    """Whether ``user`` may see this one."""
    if complaint.party_id:
        return number_of(user, complaint.party_id) is not None
    reach = reach_of(user)
    return may_see_unknown(reach) and any(complaint.org_path.startswith(path) for path in reach.paths)


def working_at(staff_id: str) -> set[str]:
    """Everybody who works at the branch of an employee and signs in here, themselves among them."""
    row = employee(staff_id) if staff_id else None
    if row is None:
        return set()
    here = User.objects.filter(posts__org_path=row.org_path, is_active=True).exclude(staff_id="")
    return {staff_id, *here.values_list("staff_id", flat=True)}


def hindered(user: User, complaint: Complaint) -> bool:
    """Whether ``user`` has an interest in it: its subject, who did the transaction, a subject's only colleague, or
    somebody who stood aside."""
    if not user.staff_id:
        return False
    if user.staff_id in {complaint.concerns, complaint.served_by}:
        return True
    if complaint.case is not None:
        return user.staff_id in passed_over(complaint.case)
    return user.staff_id in rules.barred(complaint.concerns, complaint.served_by, working_at(complaint.concerns))


def likely(party_id: str, reach: str, words: str, at: datetime) -> list[tuple[UUID, int]]:
    """Complaints of the same person near in time and alike in words, the likeliest first, with their likeness.

    Of somebody unknown those who gave the same way to reach them. Decides for whoever may not see them either: the
    same matter is one however many people take it in.
    """
    limits, found = house.limits(), []
    if party_id:
        mine = Complaint.objects.filter(party_id__in=entries_of(party_id))
    elif reach:
        mine = Complaint.objects.filter(party_id="", reach=reach)
    else:
        return []
    near = timedelta(days=limits.same_days)
    arrived: Any = Arrival.objects.filter(
        complaint__in=mine, received_at__gte=at - near, received_at__lte=at + near
    ).exclude(standing=rules.WAITING)
    for one in arrived.order_by("-received_at")[:200]:
        found.append((str(one.complaint_id), one.received_at, one.words))
    return [(UUID(key), alike) for key, alike in rules.same_matter(words, at, found, limits)]
