"""What is known of customers who may be asked, whatever asks them: consent, ways to reach them, what came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from tenure.desk.control import consents
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import entries_of_each, standing_of
from tenure.desk.voice.surveys import listeners, rules
from tenure.desk.voice.surveys.drawing import Asked
from tenure.desk.voice.surveys.models import Invitation
from tenure.desk.voice.surveys.settings import settings_of


@dataclass(slots=True)
class Person:
    """What a decision needs of a customer: whether they agree, how they are reached, when they were asked before."""

    consents: bool
    reached_by: frozenset[str]
    history: list[Asked]


def people_asked(numbers: set[str], now: datetime) -> Mapping[str, Person]:
    """The customers of occasions, by the number each occasion has; who is gone since agrees to nothing."""
    stands = standing_of(numbers)
    current = {number: stands.get(number, number) for number in numbers}
    rows = Customer.rows().filter(party_id__in=set(current.values()))
    contact = {row[0]: row[1:] for row in rows.values_list("party_id", "phone", "email")}
    agreeing = set(rows.filter(consents.agrees("experience")).values_list("party_id", flat=True))
    entries = entries_of_each(contact)
    agreeing -= {entries[one] for one in consents.refused_since("experience", entries)}  # a merged entry's word too
    history: dict[str, list[Asked]] = {one: [] for one in contact}
    waits = settings_of(Path(settings.HOME)).waits
    longest = max(1000, waits.after_any)
    before = Invitation.objects.filter(
        party_id__in=list(entries), outcome=rules.DRAWN, drawn_at__gt=now - timedelta(days=longest)
    )
    for party, at, kind, channel, survey in before.values_list(
        "party_id", "drawn_at", "survey__kind", "channel", "survey_id"
    ):
        history[entries[party]].append(Asked(at, kind, channel, str(survey)))
    for party, asked in listeners.asked_elsewhere(entries, now - timedelta(days=longest)):
        history[entries[party]].append(asked)
    people = {
        one: Person(one in agreeing, reached_by(phone, email), history[one]) for one, (phone, email) in contact.items()
    }
    nobody = Person(False, frozenset(), [])
    return {number: people.get(now_is, nobody) for number, now_is in current.items()}


def reached_by(phone: str | None, email: str | None) -> frozenset[str]:
    """Channels by which the bank can reach a customer: WeChat and its own find them by their number."""
    ways = {"wechat", "webhook"}
    ways |= {"sms"} if phone else set()
    return frozenset(ways | ({"email"} if email else set()))
