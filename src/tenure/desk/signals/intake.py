"""Taking events and judging them, set by set, in the transaction of the caller.

Three things keep it right whatever comes at once. Rows go in with ``ON CONFLICT DO NOTHING`` under the request's own
mark, so what carries the mark afterwards is new and is judged by this request and no other. A customer's sliding
windows are judged by one request at a time (an advisory lock on PostgreSQL; SQLite has one writer anyway), after the
rows are in, so that two halves of a window that arrive at once are seen together by whoever comes second. And a signal
is unique by its cause. A process killed anywhere leaves nothing behind; the sender sends again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control.rows import Refusal
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer, Holding
from tenure.desk.parties.visibility import acting_for, standing_of
from tenure.desk.publication.current import pinned
from tenure.desk.signals import rules
from tenure.desk.signals.current_rules import InForce
from tenure.desk.signals.models import Event, Signal
from tenure.desk.signals.reading import Incoming
from tenure.desk.signals.rules import Facts, Fired, Seen

#: Marks our advisory locks among others', and into how many customers are divided for them.
_LOCKS, _BUCKETS = 7301, 256


@dataclass(frozen=True, slots=True)
class Known:
    """What judging needs of a customer."""

    party_id: str
    org_path: str
    lead: str
    tier: str


def customers_of(accounts: Iterable[str]) -> dict[str, str]:
    """Whose each account is: its owner, or where none is published whoever holds it; by account."""
    found: dict[str, tuple[bool, str]] = {}
    rows = Holding.rows().filter(account_id__in=set(accounts)).values_list("account_id", "role", "party_id")
    for account, role, party in rows.order_by("party_id"):
        if account not in found or (role == "owner" and not found[account][0]):
            found[account] = (role == "owner", party)
    stands = standing_of(party for _, party in found.values())  # an account of a merged entry is the customer's
    return {account: stands.get(party, party) for account, (_, party) in found.items()}


def known_customers(party_ids: Iterable[str]) -> dict[str, Known]:
    """What is published of these customers, by number; whoever stands in for a lead who is away counts as the lead."""
    rows = Customer.rows().filter(party_id__in=set(party_ids))
    values = list(rows.values_list("party_id", "org_path", "lead_staff_id", "tier"))
    acts = acting_for(lead for _party, _path, lead, _tier in values if lead)
    return {party: Known(party, path, acts.get(lead, lead or ""), tier or "") for party, path, lead, tier in values}


def store(
    events: Sequence[Incoming], owners: Mapping[str, str], sender: User | None, now: datetime
) -> tuple[UUID, list[Incoming], list[Refusal]]:
    """Store what is new of ``events`` (each id once): the request's mark, the new ones, and ids with other content."""
    mark = uuid4()
    rows = [
        Event(
            event_id=e.event_id,
            kind=e.kind,
            at=e.at,
            account_id=e.account_id,
            party_id=owners[e.account_id],
            amount=e.amount,
            currency=e.currency,
            same_name=e.same_name,
            category=e.category,
            received_at=now,
            sent_by=sender,
            delivery=mark,
        )
        for e in sorted(events, key=lambda e: e.event_id)  # everybody in one order: nobody waits in a circle
    ]
    Event.objects.bulk_create(rows, ignore_conflicts=True)
    ids = [e.event_id for e in events]
    fresh = set(Event.objects.filter(event_id__in=ids, delivery=mark).values_list("event_id", flat=True))
    new = [e for e in events if e.event_id in fresh]
    old = {e.event_id: e for e in events if e.event_id not in fresh}
    differing = []
    if old:
        for stored in Event.objects.filter(event_id__in=list(old)):
            sent = old[stored.event_id]
            if not same(stored, sent):
                differing.append(differs(sent))
    return mark, new, differing


def same(one: Any, other: Any) -> bool:
    """Whether two events of one id say the same."""
    told = ("kind", "at", "account_id", "amount", "currency", "same_name", "category")
    return all(getattr(one, name) == getattr(other, name) for name in told)


def differs(sent: Incoming) -> Refusal:
    """The refusal of an id that came before with other content."""
    return Refusal(sent.index, sent.event_id, "event_id", _("a new id: this one came before with other content"))


def raise_signals(
    new: Sequence[Incoming], owners: Mapping[str, str], known: Mapping[str, Known], force: InForce, now: datetime
) -> int:
    """Judge new, stored events and store the signals they raise; returns how many are new."""
    publication = pinned()
    currency = publication.currency if publication is not None else ""
    seen = [as_seen(e, owners[e.account_id], currency) for e in new]
    buyers = {e.party_id for e in seen if e.kind == "purchase"}
    held = held_by(buyers) if buyers else {}
    facts = {p: Facts(one.tier, held.get(p, frozenset())) for p, one in known.items()}
    fired: dict[str, tuple[Fired, str]] = {}
    for event in seen:
        for one in rules.judge(event, facts[event.party_id], force.settings):
            fired.setdefault(one.cause, (one, event.event_id))
    for one in _windows(seen, facts, force, currency):
        fired.setdefault(one.cause, (one, ""))
    return _store_signals(fired, known, force, now)


def as_seen(event: Any, party_id: str, currency: str) -> Seen:
    """``event``, sent or stored, as rules see it; ``currency`` is the bank's own."""
    amount = event.amount if event.currency == currency else None
    return Seen(event.event_id, event.kind, event.at, party_id, amount, event.same_name, event.category)


def held_by(parties: set[str]) -> dict[str, frozenset[str]]:
    """The product categories each of these customers holds, as published."""
    found: dict[str, set[str]] = {}
    for party, category in Holding.rows().filter(party_id__in=parties).values_list("party_id", "category"):
        found.setdefault(party, set()).add(category)
    return {party: frozenset(categories) for party, categories in found.items()}


def _windows(seen: Sequence[Seen], facts: Mapping[str, Facts], force: InForce, currency: str) -> list[Fired]:
    counted = [e for e in seen if e.kind in rules.COUNTED and e.amount is not None]
    if not counted or not force.settings.rules["frequent"].on:
        return []
    parties = sorted({e.party_id for e in counted})
    _one_at_a_time(parties)
    span = timedelta(hours=force.settings.hours)
    near = Event.objects.filter(
        party_id__in=parties,
        kind__in=rules.COUNTED,
        currency=currency,
        at__gt=min(e.at for e in counted) - span,
        at__lt=max(e.at for e in counted) + span,
    )
    lines: dict[str, list[Seen]] = {}
    for event_id, kind, at, party, amount in near.values_list("event_id", "kind", "at", "party_id", "amount"):
        lines.setdefault(party, []).append(Seen(event_id, kind, at, party, amount))
    fresh = frozenset(e.event_id for e in counted)
    zone = timezone.get_current_timezone()
    found: list[Fired] = []
    for party, line in lines.items():
        if len(line) >= force.settings.count:
            found += rules.judge_windows(line, fresh, facts[party], force.settings, zone)
    return found


def _one_at_a_time(parties: Sequence[str]) -> None:
    if connection.vendor != "postgresql":
        return
    buckets = sorted({zlib.crc32(party.encode()) % _BUCKETS for party in parties})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::int[]) AS bucket", [_LOCKS, buckets])


def at_desk(staff_ids: Iterable[str], now: datetime) -> frozenset[str]:
    """Which of these employees have signed in so recently that their session may still run."""
    wanted = {one for one in staff_ids if one}
    if not wanted:
        return frozenset()
    here = User.objects.filter(staff_id__in=wanted, is_active=True, last_login__gte=now - rules.AT_DESK)
    return frozenset(here.values_list("staff_id", flat=True))


def _store_signals(
    fired: Mapping[str, tuple[Fired, str]], known: Mapping[str, Known], force: InForce, now: datetime
) -> int:
    if not fired:
        return 0
    before = set(Signal.objects.filter(cause__in=list(fired)).values_list("cause", flat=True))
    here = at_desk((known[one.party_id].lead for one, _ in fired.values()), now)
    rows = [
        Signal(
            cause=cause,
            party_id=one.party_id,
            org_path=known[one.party_id].org_path,
            rule=one.rule,
            rule_version=force.version,
            event_id=event_id,
            facts=one.facts,
            at=now,
            goes_to=rules.goes_to(known[one.party_id].lead, here),
            escalates_at=now + timedelta(minutes=force.settings.escalate_minutes),
            changed_at=now,
        )
        for cause, (one, event_id) in sorted(fired.items())
        if cause not in before
    ]
    Signal.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
