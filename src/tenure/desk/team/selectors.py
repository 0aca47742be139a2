"""Every read of teams: a customer's team, the pool, absences, hand-overs and whom they leave to tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import Mask, codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.control.masks import hide
from tenure.desk.org.models import Staff, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import below, posts_of, reach_of, staff_names
from tenure.desk.parties.models import Absence, Assignment, Customer, StandInPair
from tenure.desk.parties.selectors import customer, team_of
from tenure.desk.parties.visibility import acting_for, standing, visible_to
from tenure.desk.team import rules, settings
from tenure.desk.team.models import Handover, HandoverLine
from tenure.desk.team.people import colleagues_near, is_head, loads, who_may_take

#: Customers of the pool, absences, hand-overs, and people to tell shown in one list.
MOST = 200
_NAME = CUSTOMER["name"]


@dataclass(frozen=True, slots=True)
class Member:
    """One of those who look after a customer; ``acting`` is who stands in for them today, by number and name."""

    staff_id: str
    name: str
    role: str
    acting: str
    acting_name: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class Team:
    """Who looks after a customer, and what the reader may do about it."""

    customer: Any
    members: list[Member]
    lead: str
    may_change: bool
    may_hand_over: bool
    colleagues: list[Any]


def team(user: User, party_id: str) -> Team:
    """The customer's team as ``user`` sees it.

    Raises:
        NotFound: there is no such customer among those they see.
    """
    row = customer(user, party_id)
    found = team_of(user, row.party_id)
    acting = acting_for(cover.staff_id for cover, _staff in found)
    names = staff_names(acting.values()) if acting else {}
    reach = reach_of(user)
    own = bool(user.staff_id) and user.staff_id == row.lead_staff_id
    may = reach.may(Permission.HAND_OVER) and (own or is_head(user, row.org_path))
    members = []
    for cover, staff in found:
        stands = acting.get(cover.staff_id, "")
        name = staff.name if staff is not None else cover.staff_id
        ends = cover.role != "lead" and (may or cover.staff_id == user.staff_id)
        members.append(Member(cover.staff_id, name, cover.role, stands, names.get(stands, stands), ends))
    there = {member.staff_id for member in members}
    near = who_may_take(colleagues_near(user), row.org_path) if may else []
    near = [one for one in near if one.staff_id not in there]
    return Team(row, members, row.lead_staff_id or "", may, may, near)


def pool_of(user: User, *, taken_too: bool = False) -> QuerySet[Any]:
    """The customers whom nobody leads, at or below the branches where ``user`` hands work over.

    A relationship manager sees none of them as a customer: the list tells a number, a tier, a value and a masked
    name, and that is all there is until somebody takes one. ``taken_too``: also those whom somebody took out of it, so
    that whoever comes second is told who was first.
    """
    waits = Q(lead_staff_id=None)
    if taken_too:
        taken = Assignment.objects.filter(role="lead", ended_at=None, from_pool=True)
        waits |= Q(party_id__in=taken.values("party_id"))
    rows = Customer.rows().filter(waits, left_on=None)
    if not reach_of(user).may(Permission.HAND_OVER):
        return rows.none()
    rule = below(post.org_path for post in posts_of(user))
    return standing(rows.filter(rule))


@dataclass(frozen=True, slots=True)
class InPool:
    """A customer of the pool: ``name`` masked for those who do not see them, ``may_take`` by the bank's
    rules; ``takers``: to whom the reader may assign them."""

    party_id: str
    name: str
    tier: str
    org_path: str
    value: int
    sees: bool
    may_take: bool
    may_assign: bool
    takers: list[Any]


def pool(user: User, tier: str = "") -> list[InPool]:
    """The pool by value, the largest first, at most :data:`MOST`: of ``tier``, or what the reader may take."""
    rows, head_from = pool_of(user), settings.in_use().head_from
    if tier:
        rows = rows.filter(tier=tier)
    elif not reach_of(user).checks.get(Permission.CHECK_CUSTOMERS):
        rows = rows.exclude(tier__in=[one for one in codes.TIER_ORDER if rules.needs_head(one, head_from)])
    fields = ("party_id", "name", "tier", "org_path", "aum_month_average")
    found = list(rows.only(*fields).order_by("-aum_month_average", "party_id")[:MOST])
    numbers = [row.party_id for row in found]
    seen = set(visible_to(user).filter(party_id__in=numbers).values_list("party_id", flat=True))
    reach, set_ = reach_of(user), settings.in_use()
    room = bool(reach.staff_id) and loads([user.staff_id])[user.staff_id].room > 0
    near = colleagues_near(user)
    listed = []
    for row in found:
        name = masked(row.name, _NAME, reach) if row.party_id in seen else hidden(row.name)
        takes = room and not rules.needs_head(row.tier or "", set_.head_from)
        head = is_head(user, row.org_path)
        value = row.aum_month_average or 0
        sees = row.party_id in seen
        takers = who_may_take(near, row.org_path) if head else []
        listed.append(InPool(row.party_id, name or "", row.tier or "", row.org_path, value, sees, takes, head, takers))
    return listed


def hidden(name: str | None) -> str:
    """A customer's name for those who do not see the customer."""
    return hide(name or "", Mask.NAME) or ""


@dataclass(frozen=True, slots=True)
class Away:
    """An absence as it is listed: who, who stands in, and whether the reader may shorten it."""

    absence: Absence
    name: str
    stand_in_name: str
    is_now: bool
    may_end: bool


def absences(user: User, today: date) -> list[Away]:
    """Absences now and to come of the reader, of those they stand in for, and of their branches' managers."""
    near = {one.staff_id for one in colleagues_near(user)} if reach_of(user).may(Permission.HAND_OVER) else set()
    rows = Absence.objects.filter(ended_at=None, last_on__gte=today).filter(
        Q(staff_id__in=near | {user.staff_id} - {""}) | (Q(stand_in=user.staff_id) if user.staff_id else Q(pk__in=[]))
    )
    return _away(user, rows.order_by("first_on", "staff_id")[:MOST], today)


def absence(user: User, absence_id: UUID) -> Absence | None:
    """One absence that ``user`` may look at."""
    today = timezone.localdate()
    return next((one.absence for one in absences(user, today) if one.absence.pk == absence_id), None)


def _away(user: User, rows: Iterable[Absence], today: date) -> list[Away]:
    listed = list(rows)
    people = {
        s.staff_id: s for s in Staff.rows().filter(staff_id__in={x for a in listed for x in (a.staff_id, a.stand_in)})
    }

    def name(staff_id: str) -> str:
        return people[staff_id].name if staff_id in people else staff_id

    def may(one: Absence) -> bool:
        person = people.get(one.staff_id)
        return one.staff_id == user.staff_id or (person is not None and is_head(user, person.org_path))

    return [Away(a, name(a.staff_id), name(a.stand_in), a.first_on <= today <= a.last_on, may(a)) for a in listed]


@dataclass(frozen=True, slots=True)
class Pair:
    """A manager, who stands in for them, and the colleagues who could."""

    staff_id: str
    name: str
    stand_in: str
    stand_in_name: str
    may_set: bool
    offered: list[Any]


def pairs(user: User) -> list[Pair]:
    """The managers of the reader's branches with their stand-ins."""
    if not reach_of(user).may(Permission.HAND_OVER):
        return []
    near = colleagues_near(user)
    kept = dict(StandInPair.objects.filter(staff_id__in=[s.staff_id for s in near]).values_list("staff_id", "stand_in"))
    names = {one.staff_id: one.name for one in near}
    found = []
    for one in near:
        stands = kept.get(one.staff_id, "")
        may = one.staff_id == user.staff_id or is_head(user, one.org_path)
        offered = who_may_take(near, one.org_path, without=one.staff_id)
        found.append(Pair(one.staff_id, one.name, stands, names.get(stands, stands), may, offered))
    return found


def handovers(user: User) -> list[Handover]:
    """Hand-overs the reader made, is named in, or whose branch they head, the last first."""
    rows = Handover.objects.filter(_of(user)).select_related("made_by", "approved_by")
    counted = rows.annotate(
        customers=Count("lines"),
        done=Count("lines", filter=Q(lines__state="done")),
        left_to_tell=Count("lines", filter=Q(lines__to_tell=True)),
        value=Sum("lines__value"),
    )
    listed = list(counted.order_by("-made_at")[:50])
    names = staff_names({x for one in listed for x in (one.from_staff, *one.to_staff)})
    for one in listed:
        one.from_name = names.get(one.from_staff, one.from_staff)
        one.to_names = [names.get(x, x) for x in one.to_staff]
    return listed


def _of(user: User) -> Q:
    rule = Q(made_by=user)
    if user.staff_id:
        rule |= Q(from_staff=user.staff_id) | Q(lines__to_staff=user.staff_id)
    rule |= below(reach_of(user).checks.get(Permission.CHECK_CUSTOMERS, ()))
    return Q(pk__in=Handover.objects.filter(rule).values("pk"))


def handover(user: User, handover_id: UUID) -> Handover:
    """One hand-over.

    Raises:
        NotFound: it is none that ``user`` may look at.
    """
    found = Handover.objects.filter(_of(user), pk=handover_id).select_related("made_by", "approved_by").first()
    if found is None:
        raise NotFound(_("There is no such hand-over."))
    return found


@dataclass(frozen=True, slots=True)
class LineSeen:
    """A customer of a hand-over as its reader sees it; ``name`` is masked where they do not see the customer."""

    line: HandoverLine
    name: str
    to_name: str
    sees: bool


def lines_of(user: User, one: Handover, most: int = MOST) -> list[LineSeen]:
    """The customers of a hand-over, the largest first."""
    return _lines(user, one.lines.select_related("told_by").order_by("-value", "party_id")[:most])


def every_line_of(user: User, one: Handover) -> Iterator[LineSeen]:
    """All customers of a hand-over, the largest first, some hundred read at a time."""
    rows, begin = one.lines.select_related("told_by").order_by("-value", "party_id"), 0
    while piece := _lines(user, rows[begin : begin + 500]):
        yield from piece
        begin += len(piece)


def to_tell(user: User) -> list[LineSeen]:
    """Customers of the reader who are to be told who looks after them now, the largest first."""
    if not reach_of(user).may(Permission.LOG_CONTACT):
        return []
    numbers = visible_to(user).values("party_id")
    rows = HandoverLine.objects.filter(to_tell=True, party_id__in=numbers)
    return _lines(user, rows.select_related("handover", "told_by").order_by("-value", "party_id")[:MOST])


def line(user: User, line_id: int) -> HandoverLine:
    """One customer who was handed over and whom ``user`` sees.

    Raises:
        NotFound: there is none.
    """
    found = HandoverLine.objects.select_related("handover").filter(pk=line_id, state__in=("done", "undone")).first()
    if found is None or not visible_to(user).filter(party_id=found.party_id).exists():
        raise NotFound(_("There is no such customer to tell."))
    return found


def _lines(user: User, rows: Iterable[HandoverLine]) -> list[LineSeen]:
    listed, reach = list(rows), reach_of(user)
    numbers = {one.party_id for one in listed}
    names = dict(Customer.rows().filter(party_id__in=numbers).values_list("party_id", "name"))
    seen = set(visible_to(user).filter(party_id__in=numbers).values_list("party_id", flat=True))
    staff = staff_names({one.to_staff for one in listed})
    return [
        LineSeen(
            one,
            (masked(names.get(one.party_id), _NAME, reach) if one.party_id in seen else hidden(names.get(one.party_id)))
            or one.party_id,
            staff.get(one.to_staff, one.to_staff),
            one.party_id in seen,
        )
        for one in listed
    ]


def first_of_next_month(today: date) -> date:
    """The first of next month: where credit usually changes hands."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True, slots=True)
class PlannedSeen:
    """A customer of a plan as its reader sees it."""

    party_id: str
    name: str
    tier: str
    value: int
    role: str
    to_name: str


def planned(user: User, made: Any, most: int = MOST) -> list[PlannedSeen]:
    """The customers of a plan, the largest first."""
    reach = reach_of(user)
    return [
        PlannedSeen(
            one.row.party_id,
            masked(one.row.name, _NAME, reach) or one.row.party_id,
            one.row.tier or "",
            one.row.aum_month_average or 0,
            one.role,
            made.before[one.to_staff].name,
        )
        for one in made.lines[:most]
    ]


def counts_of(one: Handover) -> dict[str, int]:
    """How many customers of a hand-over stand at which state."""
    return dict(one.lines.order_by().values_list("state").annotate(Count("pk")))


def may_undo(user: User, one: Handover) -> bool:
    """Whether ``user`` may take it back."""
    return is_head(user, one.org_path)


def still_sees(user: User, party_id: str) -> bool:
    """Whether ``user`` sees the customer after what was just changed."""
    return visible_to(user).filter(party_id=party_id).exists()
