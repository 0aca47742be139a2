"""Every read of the lobby: who waits at one's branch, who is meant by a few characters, what the card tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts.published import CUSTOMER
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.masking import masked
from tenure.desk.control.selectors import acted_since
from tenure.desk.findings import customer as findings
from tenure.desk.kit.listing import COUNT_CAP
from tenure.desk.lobby import rules
from tenure.desk.lobby.limits import limits_of
from tenure.desk.lobby.models import Reception, Ticket
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, outermost
from tenure.desk.org.selectors import below, desk_user_of, posts_of, reach_of
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.selectors import find, team_of
from tenure.desk.parties.visibility import customer_of, naming, numbers_of, sees, standing_of, visible_to
from tenure.desk.publication.current import pinned

WAITING = 60
FOUND = 8
#: Whoever did something at the desk within this time is at the desk.
AT_DESK = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket of today and whose it is, as the reader may see it; an empty name: unknown, or not theirs to see."""

    ticket: Ticket
    name: str
    tier: str
    opens: bool
    minutes: int
    #: The customer it stands for now; empty as the name.
    party_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to fetch, and whether they were busy at the desk lately."""

    staff_id: str
    name: str
    role: str
    at_desk: bool | None


@dataclass(frozen=True, slots=True)
class Card:
    """What the lobby needs to know of who stands there, and no more: a tier and no amounts."""

    customer: Any
    name: str
    valuable: bool
    offers: list[dict[str, Any]]
    fetch: list[Person]
    waiting: int
    ticket: Ticket | None
    received: list[Reception]


def may_receive(user: User) -> None:
    """Refuse whoever deals with no customer in person.

    Raises:
        NotAllowed: none of their posts gives the right.
    """
    if not reach_of(user).may(Permission.LOG_CONTACT):
        raise NotAllowed(_("The lobby is for those who receive customers."))


def branch_paths(user: User) -> tuple[str, ...]:
    """The branches of someone's posts, where they receive customers."""
    return outermost(post.org_path for post in posts_of(user))


def waiting(user: User, now: datetime) -> list[Waiting]:
    """Who waits or was called today at the branches of one's posts, the longest first, sixty at most."""
    may_receive(user)
    tickets = list(_todays(user, now).filter(state__in=("waiting", "called"))[:WAITING])
    named = {t.party_id for t in tickets} - {""}
    stands = standing_of(named)
    rows = {row.party_id: row for row in visible_to(user).filter(party_id__in={stands.get(p, p) for p in named})}
    reach = reach_of(user)
    found = []
    for ticket in tickets:
        row = rows.get(stands.get(ticket.party_id, ticket.party_id))
        name = masked(row.name, CUSTOMER["name"], reach) or row.party_id if row is not None else ""
        party_id = row.party_id if row is not None else ""
        minutes = max(0, int((now - ticket.taken_at).total_seconds() // 60))
        found.append(
            Waiting(ticket, name, (row.tier or "") if row is not None else "", row is not None, minutes, party_id)
        )
    return found


def waiting_count(user: User, now: datetime, besides: Ticket | None = None) -> int:
    """How many wait at the branches of one's posts today, besides the owner of a ticket."""
    rows = _todays(user, now).filter(state="waiting")
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    return rows[: COUNT_CAP + 1].count()


def ticket_at(user: User, ticket_id: str) -> Ticket:
    """A ticket taken at a branch of one's posts.

    Raises:
        NotFound: there is none.
    """
    found = Ticket.objects.filter(pk=ticket_id).first()
    if found is None or not any(found.org_path.startswith(path) for path in branch_paths(user)):
        raise NotFound(_("There is no such ticket at your branch."))
    return found


def _todays(user: User, now: datetime) -> Any:
    rule = below(branch_paths(user))
    begin = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    return Ticket.objects.filter(rule, taken_at__gte=begin, taken_at__lt=begin + timedelta(days=1))


def who(user: User, text: str, now: datetime) -> tuple[list[Any], Ticket | None]:
    """Whom a name, number, phone tail or ticket of today may mean, and the ticket if it was one.

    A ticket that names nobody gives those whose phone ends like the one typed at the machine.
    """
    may_receive(user)
    text = text.strip()[:60]
    ticket = _todays(user, now).filter(number__iexact=text).order_by("-taken_at").first() if text else None
    if ticket is None:
        found = find(user, text, FOUND)
    elif ticket.party_id:
        found = [row for row in [customer_of(user, ticket.party_id)] if row is not None]
    else:
        found = find(user, ticket.phone_tail, FOUND) if ticket.phone_tail else []
    reach = reach_of(user)
    for row in found:
        row.label = masked(row.name, CUSTOMER["name"], reach) or row.party_id
        row.phone_label = masked(row.phone, CUSTOMER["phone"], reach)
    return found, ticket


def card(user: User, party_id: str, ticket_id: str, language: str, now: datetime) -> Card:
    """The card of a customer who came in.

    Raises:
        NotAllowed: none of their posts receives customers.
        NotFound: there is no such customer among theirs, or no such ticket at their branch.
    """
    may_receive(user)
    row = must_see(user, party_id)
    ticket = ticket_at(user, ticket_id) if ticket_id else None
    ahead = findings.context(user, party_id, language)
    return Card(
        customer=row,
        name=masked(row.name, CUSTOMER["name"], reach_of(user)) or row.party_id,
        valuable=rules.valuable(row.tier, limits()),
        offers=[need for need in ahead["needs"] if need["open"]][:3],
        fetch=_to_fetch(user, row, now),
        waiting=waiting_count(user, now, ticket),
        ticket=ticket,
        received=_received_today(numbers_of(user, party_id), timezone.localdate(now)),
    )


def limits() -> rules.Limits:
    """The limits in the bank's currency."""
    publication = pinned()
    return limits_of(publication.currency if publication is not None else "")


def advice(asked: Card, business: str, amount: int | None, coins: bool, wish: str) -> rules.Advice:
    """Where to lead the customer of the card ``asked`` for, by what they came to do."""
    return rules.advise(
        business=business,
        amount=amount,
        coins=coins,
        waiting=asked.waiting,
        tier=asked.customer.tier,
        wish=wish,
        limits=limits(),
    )


def _to_fetch(user: User, row: Any, now: datetime) -> list[Person]:
    """The lead manager first, then whoever stands in or helps."""
    found = []
    for cover, staff in team_of(user, row.party_id)[:4]:
        found.append(
            Person(
                cover.staff_id,
                staff.name if staff is not None else cover.staff_id,
                cover.role,
                _at_desk(cover.staff_id, now),
            )
        )
    return found


def _at_desk(staff_id: str, now: datetime) -> bool | None:
    """Whether somebody did something at the desk within half an hour; None: they do not sign in here."""
    person = desk_user_of(staff_id)
    return None if person is None else acted_since(person, now - AT_DESK)


def _received_today(numbers: list[str], today: date) -> list[Reception]:
    begin = timezone.make_aware(datetime.combine(today, time.min))
    found = Reception.objects.filter(party_id__in=numbers, at__gte=begin, withdrawn_at=None).select_related("author")
    return list(found[:5])


def reception(user: User, reception_id: Any) -> Reception:
    """One reception of a customer ``user`` may see.

    Raises:
        NotFound: there is none.
    """
    found = Reception.objects.select_related("author", "ticket").filter(pk=reception_id).first()
    if found is None or not sees(user, found.party_id):
        raise NotFound(_("There is no such reception of a customer of yours."))
    return found


def receptions(user: User, day: date) -> list[Reception]:
    """What was done on ``day`` at the branches of one's posts with customers one sees, the latest first."""
    may_receive(user)
    rule = below(branch_paths(user))
    begin = timezone.make_aware(datetime.combine(day, time.min))
    rows = Reception.objects.filter(rule, at__gte=begin, at__lt=begin + timedelta(days=1), withdrawn_at=None)
    rows = rows.filter(naming(visible_to(user)))
    return list(rows.select_related("author")[:200])
