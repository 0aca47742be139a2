"""Rules tried out on the events that are kept, before they go live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.org.models import User
from tenure.desk.publication.current import pinned
from tenure.desk.signals import rules
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.intake import as_seen, held_by, known_customers
from tenure.desk.signals.models import Event
from tenure.desk.signals.rules import Facts, Seen, Settings
from tenure.desk.signals.selectors import may_look_at_rules

MONTH = timedelta(days=30)
#: The newest events looked at; a request must end.
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Tried:
    """How often rules would have fired over ``events`` events since ``since``, by rule and tier."""

    events: int
    since: datetime
    by_rule: dict[str, dict[str, int]]

    @property
    def signals(self) -> int:
        """Signals in all."""
        return sum(sum(tiers.values()) for tiers in self.by_rule.values())

    def of_rule(self, rule: str) -> int:
        """Signals of one rule."""
        return sum(self.by_rule.get(rule, {}).values())

    def of_tier(self, tier: str) -> int:
        """Signals on customers of one tier."""
        return sum(tiers.get(tier, 0) for tiers in self.by_rule.values())

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a proposed change."""
        return {"events": self.events, "since": self.since.isoformat(), "by_rule": self.by_rule}


def tried_from(kept: dict[str, Any]) -> Tried:
    """What :meth:`Tried.as_json` gave."""
    return Tried(kept["events"], datetime.fromisoformat(kept["since"]), kept["by_rule"])


def tried_out(settings: Settings, now: datetime) -> Tried:
    """What ``settings`` would have done over the last 30 days, or the newest 100,000 events of them.

    Purchases are judged against what customers hold today less what they bought in that time: what they held at each
    moment is not kept at the desk.
    """
    publication = pinned()
    currency = publication.currency if publication is not None else ""
    kept = Event.objects.filter(at__gte=now - MONTH, at__lte=now).order_by("-at")[:MOST]
    told = ("event_id", "kind", "at", "party_id", "amount", "currency", "same_name", "category")
    rows = list(kept.only(*told))
    seen = [as_seen(row, row.party_id, currency) for row in rows]
    since = min((e.at for e in seen), default=now - MONTH)
    facts = _facts(seen)
    return Tried(len(seen), since, rules.try_out(seen, facts, settings, timezone.get_current_timezone()))


def settings_told(content: Mapping[str, Any]) -> rules.Settings:
    """``content`` as rules.

    Raises:
        Unacceptable: they cannot be so; names the field.
    """
    try:
        return rules.settings_from(content)
    except rules.BadSetting as wrong:
        raise Unacceptable(
            _("%(field)s cannot be so.") % {"field": wrong.field},
            _("Expected: %(expected)s.") % {"expected": wrong.expected},
            field=wrong.field,
        ) from None


def tried_beside(user: User, content: Mapping[str, Any], now: datetime) -> tuple[Tried, Tried]:
    """What the rules in force did, and what ``content`` would have done, over the last month; nothing changes.

    Raises:
        NotAllowed: none of their posts edits or checks rules.
        Unacceptable: rules that cannot be.
    """
    may_look_at_rules(user)
    wanted = settings_told(content)
    return tried_out(in_force().settings, now), tried_out(wanted, now)


def _facts(seen: list[Seen]) -> dict[str, Facts]:
    parties = sorted({e.party_id for e in seen})
    bought: dict[str, set[str]] = {}
    for e in seen:
        if e.kind == "purchase":
            bought.setdefault(e.party_id, set()).add(e.category)
    found: dict[str, Facts] = {}
    for some in _pieces(parties):
        held = held_by({p for p in some if p in bought})
        for party, known in known_customers(some).items():
            found[party] = Facts(known.tier, held.get(party, frozenset()) - bought.get(party, set()))
    return found


def _pieces(parties: list[str], size: int = 5000) -> Iterator[list[str]]:
    for begin in range(0, len(parties), size):
        yield parties[begin : begin + size]
