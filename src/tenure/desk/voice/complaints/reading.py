"""What services and selectors both ask of complaints: who sees one, who has an interest in it, which are alike.

Whoever a complaint is about sees nothing of it, whatever their posts; see ``cases.reading``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach, prefix_range
from tenure.desk.org.selectors import employee, reach_of
from tenure.desk.parties.visibility import entries_of, naming, number_of, visible_to
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.cases.opening import passed_over
from tenure.desk.voice.cases.reading import about
from tenure.desk.voice.complaints import rules
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.models import Arrival, Complaint, Concession


def may_see_unknown(reach: Reach) -> bool:
    """Whether somebody's posts show complaints of people the bank does not know."""
    wanted = (Permission.HANDLE_COMPLAINTS, Permission.VIEW_BRANCH, Permission.VIEW_AUDIT)
    return reach.may(Permission.VIEW_CUSTOMERS) and any(reach.may(one) for one in wanted)


def _about(user: User) -> Q:
    """Complaints about ``user``, or with a case about them: one opened as a case first may name them there alone."""
    return about(user) | about(user, "case__concerns")


def complaints_of(user: User) -> QuerySet[Complaint]:
    """Complaints ``user`` may see: of customers they see, and of unknown people about branches they answer for; none
    about themselves."""
    reach = reach_of(user)
    rule = ~Q(party_id="") if "/" in reach.paths else ~Q(party_id="") & naming(visible_to(user))
    if not reach.may(Permission.VIEW_CUSTOMERS):
        return Complaint.objects.none()
    if may_see_unknown(reach):
        for path in reach.paths:
            low, high = prefix_range(path)
            rule |= Q(party_id="", org_path__gte=low, org_path__lt=high)
    return Complaint.objects.filter(rule).exclude(_about(user))


def sees(user: User, complaint: Complaint) -> bool:
    """Whether ``user`` may see this one."""
    concerned = {complaint.concerns, complaint.case.concerns if complaint.case is not None else ""}
    if user.staff_id and user.staff_id in concerned:
        return False
    if complaint.party_id:
        return number_of(user, complaint.party_id) is not None
    reach = reach_of(user)
    return may_see_unknown(reach) and any(complaint.org_path.startswith(path) for path in reach.paths)


def kept_events(user: User, numbers: Iterable[str]) -> set[str]:
    """Complaints about ``user`` by customers of these numbers, as the night names them in the time line."""
    return {f"complaint:{one}" for one in _numbers(Complaint.objects.filter(_about(user), party_id__in=list(numbers)))}


def kept_voices(user: User) -> dict[str, set[str]]:
    """Numbers of complaints and cases about ``user``, by the source of their words in the night's themes; asked once
    per request and kept on the user."""
    if "_kept_voices" not in user.__dict__:
        user.__dict__["_kept_voices"] = {
            "complaint": _numbers(Complaint.objects.filter(_about(user))),
            "case": {str(one) for one in Case.objects.filter(about(user)).values_list("pk", flat=True)},
        }
    return user.__dict__["_kept_voices"]  # type: ignore[no-any-return]


def _numbers(rows: QuerySet[Complaint]) -> set[str]:
    """What the lake calls complaints: by the desk's number, or by that under which the bank's own system sent one."""
    told = rows.values_list("pk", "arrivals__external_id")
    return {f"desk-{pk}" for pk, _sent in told} | {sent for _pk, sent in told if sent}


def kept_changes(user: User, subject_ids: Iterable[str]) -> set[str]:
    """Which of these concessions, of changes that wait or were decided, are on complaints about ``user``."""
    theirs = Complaint.objects.filter(_about(user))
    rows = Concession.objects.filter(complaint__in=theirs, pk__in=[UUID(one) for one in subject_ids])
    return {str(one) for one in rows.values_list("pk", flat=True)}


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
