"""Every read of events: those of the reader's branches, and which of their customers are invited."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.contracts import PUBLISHED
from tenure.desk.care import rules
from tenure.desk.care.models import Event, Invitation
from tenure.desk.control.masking import masked
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import posts_of, reach_of
from tenure.desk.parties.filters import CustomerFilter
from tenure.desk.parties.selectors import customers
from tenure.desk.parties.visibility import numbers_of, sees, visible_to

_NAME = PUBLISHED["customer"]["name"]


@dataclass(frozen=True, slots=True)
class Guest:
    """An invited customer ``user`` may see, the name masked as it must be."""

    invitation: Invitation
    name: str
    tier: str
    next_states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventPage:
    """An event, the reader's guests, how many there are in all by state, and seats left."""

    event: Event
    guests: list[Guest]
    counts: dict[str, int]
    hidden: int
    seats_left: int
    may_manage: bool


def events_within(user: User) -> QuerySet[Event]:
    """Events of the branches of ``user``'s posts, of those below and of those above."""
    if not reach_of(user).may(Permission.MAKE_EVENTS):
        return Event.objects.none()
    rule = Q(pk__in=[])
    for post in posts_of(user):
        rule |= Q(org_path__startswith=post.org_path) | Q(org_path__in=paths_above(post.org_path))
    return Event.objects.filter(rule)


def paths_above(path: str) -> list[str]:
    """``path`` and every branch path above it: ``/HQ/B1/`` gives ``/``, ``/HQ/`` and itself."""
    parts = path.strip("/").split("/")
    return ["/", *("/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts)))]


def manages(user: User, event: Event) -> bool:
    """Whether ``user`` may change the event: its owner, or who may hand work over at its branch or above it."""
    reach = reach_of(user)
    above = any(event.org_path.startswith(path) for path in reach.paths)
    return event.owner_id == user.pk or (above and reach.may(Permission.HAND_OVER))


def events(user: User, today: date) -> tuple[list[Event], list[Event]]:
    """Events to come, the next first, and those of the last year, the last first; at most 100 of each."""
    rows = events_within(user).select_related("owner")
    coming = list(rows.filter(on__gte=today).order_by("on", "title")[:100])
    past = list(rows.filter(on__lt=today, on__gte=today - timedelta(days=366)).order_by("-on", "title")[:100])
    counted: dict[Any, Counter[str]] = {one.pk: Counter() for one in (*coming, *past)}
    for event_id, state in Invitation.objects.filter(event__in=list(counted)).values_list("event_id", "state"):
        counted[event_id][state] += 1
    for one in (*coming, *past):
        counts = counted[one.pk]
        one.invited, one.seated = sum(counts.values()), sum(counts[s] for s in rules.SEATED)  # type: ignore[attr-defined]
        one.attended = counts["attended"]  # type: ignore[attr-defined]
    return coming, past


def event(user: User, number: UUID) -> Event | None:
    """The event of that number, if it is of the reader's branches."""
    return events_within(user).select_related("owner").filter(pk=number).first()


def event_page(user: User, number: UUID, today: date) -> EventPage | None:
    """The event with the guests who are among ``user``'s customers."""
    found = event(user, number)
    if found is None:
        return None
    invitations = list(Invitation.objects.filter(event=found).select_related("changed_by").order_by("party_id"))
    ids = [one.party_id for one in invitations]
    people = {
        row.party_id: row
        for start in range(0, len(ids), 500)
        for row in visible_to(user).filter(party_id__in=ids[start : start + 500]).only("party_id", "name", "tier")
    }
    reach = reach_of(user)
    guests = [
        Guest(
            one,
            masked(people[one.party_id].name, _NAME, reach) or one.party_id,
            people[one.party_id].tier or "",
            tuple(s for s in Invitation.State.values if rules.may_become(one.state, s, found.on, today)),
        )
        for one in invitations
        if one.party_id in people
    ]
    counts = Counter(one.state for one in invitations)
    seats = found.capacity - sum(counts[state] for state in rules.SEATED)
    return EventPage(found, guests, dict(counts), len(invitations) - len(guests), seats, manages(user, found))


def invitations_of(user: User, party_id: str, limit: int = 5) -> list[Invitation]:
    """A customer's invitations, the last event first; none where ``user`` does not see the customer."""
    if not sees(user, party_id):
        return []
    rows = Invitation.objects.filter(party_id__in=numbers_of(user, party_id), event__cancelled_at=None).select_related(
        "event"
    )
    return list(rows.order_by("-event__on")[:limit])


def list_size(user: User, wanted: CustomerFilter) -> int:
    """How many customers a filtered list holds; stops at one more than may be invited at once."""
    return len(customers(user, wanted).order_by("party_id").values_list("party_id")[: rules.MOST_INVITED + 1])


def open_events(user: User, today: date) -> list[Event]:
    """Events one may still be invited to."""
    return list(events_within(user).filter(on__gte=today, cancelled_at=None).order_by("on", "title")[:50])
