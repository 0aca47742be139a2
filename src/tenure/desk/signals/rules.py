"""When an event becomes a signal, whose it is, and who may act on it (S2). Pure decisions: no database here.

Amounts are minor units of the bank's reporting currency; an event in another currency has no amount here, so rules
that compare amounts leave it alone and the others see it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from tenure.contracts import codes
from tenure.contracts.signals import RULES

RULE_NAMES = tuple(rule.name for rule in RULES)
#: Kinds each rule of one event looks at; ``frequent`` looks at :data:`COUNTED` over a window instead.
KINDS: dict[str, frozenset[str]] = {
    "large_deposit": frozenset({"deposit", "transfer_in"}),
    "large_withdrawal": frozenset({"withdrawal", "transfer_out"}),
    "certificate_lost": frozenset({"certificate_lost"}),
    "maturity_near": frozenset({"maturity"}),
    "salary_stopped": frozenset({"salary_stopped"}),
    "same_name_outflow": frozenset({"transfer_out"}),
    "first_purchase": frozenset({"purchase"}),
}
COUNTED = frozenset({"deposit", "withdrawal", "transfer_in", "transfer_out"})
#: Rules that compare no amount fire at any, also of an event that has none.
ANY_AMOUNT = frozenset({"salary_stopped", "first_purchase"})
#: Kinds of events that say nothing without an amount: every rule about them compares it.
NEEDS_AMOUNT = COUNTED.union(*(kinds for name, kinds in KINDS.items() if name not in ANY_AMOUNT))
MOST_AMOUNT = 10**15
MOST_COUNT, MOST_HOURS, MOST_MINUTES = 1000, 168, 24 * 60
WORDS_LENGTH = 500
LIST_LENGTH = 100
#: A person with a signal of theirs is at the desk while a session begun by signing in may last.
AT_DESK = timedelta(hours=12)
#: Roles that take what is nobody's in particular (S2: the branch head or the lobby manager).
POOL = frozenset({"branch_head", "lobby_manager"})
NEW, CLAIMED, ESCALATED, CLOSED = "new", "claimed", "escalated", "closed"
OPEN = (NEW, CLAIMED, ESCALATED)
#: Roles whose customers stand before them; the others telephone, unless they say otherwise.
FACE_TO_FACE = frozenset({"lobby_manager", "teller"})
#: How a customer may have been spoken with about a signal, of ``codes.INTERACTION_KINDS``.
WAYS = ("call", "meeting", "visit", "message")
UNCLAIMED = (NEW, ESCALATED)
#: Outcomes that show a signal was worth raising, and those that say nothing about it.
USEFUL = frozenset({"contacted", "meeting_agreed", "sold"})
SILENT = frozenset({"unreachable"})
#: What an outcome is as a contact with the customer; the others were none.
CONTACTS = {"contacted": "done", "meeting_agreed": "follow_up", "sold": "done", "unreachable": "no_answer"}
#: The rule of the night's work list that is about the same thing as a rule of signals (S2), and its fact that says how
#: much, by which one of several entries is told. A large withdrawal or a first purchase has no entry of its own there.
SAME_WORK: dict[str, tuple[str, str]] = {
    "maturity_near": ("maturity", "maturing_amount"),
    "large_deposit": ("large_inflow", "inflow_amount"),
    "salary_stopped": ("payroll_stopped", "last_amount"),
    "same_name_outflow": ("same_name_outflow", ""),
}
SPOKEN_OF = frozenset(rule for rule, _fact in SAME_WORK.values())
#: Outcomes of an entry with which the customer was spoken with: a signal about the same thing has been acted on too.
REACHED = frozenset({"done", "interested", "follow_up", "declined"})
#: For so many days an entry says that a signal about the same thing was closed.
TOLD_FOR = 7


def usual_way(roles: Collection[str]) -> str:
    """How somebody of these roles mostly speaks with a customer about a signal."""
    return "meeting" if FACE_TO_FACE & set(roles) else "call"


@dataclass(frozen=True, slots=True)
class Setting:
    """One rule as configured: whether it is on and, by tier, from which amount."""

    on: bool
    amounts: Mapping[str, int] = field(default_factory=dict)

    def threshold(self, tier: str) -> int:
        """From which amount the rule fires for a customer of ``tier``; of an unknown one as of the lowest."""
        return self.amounts.get(tier, self.amounts.get(codes.TIER_ORDER[0], 0))


@dataclass(frozen=True, slots=True)
class Settings:
    """All rules as configured; ``count`` and ``hours`` are those of ``frequent``."""

    rules: Mapping[str, Setting]
    count: int
    hours: int
    escalate_minutes: int

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        rules = {name: {"on": one.on, "amounts": dict(one.amounts)} for name, one in self.rules.items()}
        return {
            "rules": rules,
            "count": self.count,
            "hours": self.hours,
            "escalate_minutes": self.escalate_minutes,
        }


class BadSetting(ValueError):
    """A configuration that cannot be: ``field`` names where, the text says what was expected."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(expected)
        self.field, self.expected = field, expected


def settings_from(content: Mapping[str, Any]) -> Settings:
    """``content`` as stored or sent, checked whole.

    Raises:
        BadSetting: a rule is missing or unknown, or a number is out of its range.
    """
    rules = content.get("rules")
    if not isinstance(rules, Mapping) or set(rules) != set(RULE_NAMES):
        raise BadSetting("rules", ", ".join(RULE_NAMES))
    made = {name: _setting(name, rules[name]) for name in RULE_NAMES}
    return Settings(
        made,
        _whole(content.get("count"), "count", 2, MOST_COUNT),
        _whole(content.get("hours"), "hours", 1, MOST_HOURS),
        _whole(content.get("escalate_minutes"), "escalate_minutes", 1, MOST_MINUTES),
    )


def _setting(name: str, told: Any) -> Setting:
    if not isinstance(told, Mapping) or not isinstance(told.get("on"), bool):
        raise BadSetting(f"{name}.on", "true / false")
    amounts = told.get("amounts", {})
    if name in ANY_AMOUNT:
        return Setting(told["on"])
    if not isinstance(amounts, Mapping) or set(amounts) != set(codes.TIER_ORDER):
        raise BadSetting(f"{name}.amounts", ", ".join(codes.TIER_ORDER))
    checked = {tier: _whole(amounts[tier], f"{name}.{tier}", 1, MOST_AMOUNT) for tier in codes.TIER_ORDER}
    return Setting(told["on"], checked)


def _whole(value: Any, field: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadSetting(field, f"{least}–{most}")
    return value


def _tiers(*wan: int) -> dict[str, int]:
    """Amounts of ten thousand yuan by tier, as fen."""
    return {tier: amount * 1_000_000 for tier, amount in zip(codes.TIER_ORDER, wan, strict=True)}


#: A start for retail banking in China; a bank edits it on the rules' page. Amounts in fen.
DEFAULTS = Settings(
    {
        "large_deposit": Setting(True, _tiers(20, 30, 50, 100, 200)),
        "large_withdrawal": Setting(True, _tiers(20, 30, 50, 100, 200)),
        "certificate_lost": Setting(True, _tiers(20, 20, 20, 20, 20)),
        "frequent": Setting(True, _tiers(30, 50, 80, 150, 300)),
        "maturity_near": Setting(True, _tiers(5, 5, 5, 5, 5)),
        "salary_stopped": Setting(True),
        "same_name_outflow": Setting(True, _tiers(5, 10, 20, 50, 100)),
        "first_purchase": Setting(True),
    },
    count=5,
    hours=24,
    escalate_minutes=30,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as rules see it; ``amount`` is None where it has none in the reporting currency."""

    event_id: str
    kind: str
    at: datetime
    party_id: str
    amount: int | None
    same_name: bool = False
    category: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the bank knows of the customer when an event comes."""

    tier: str
    held: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired: ``cause`` is one for one occasion, however often it is judged."""

    rule: str
    cause: str
    party_id: str
    facts: dict[str, Any]


def judge(event: Seen, known: Facts, settings: Settings) -> list[Fired]:
    """The rules of one event that ``event`` meets."""
    found = []
    for name, kinds in KINDS.items():
        rule = settings.rules[name]
        if event.kind not in kinds or not rule.on or not _meets(name, event, known, rule):
            continue
        facts: dict[str, Any] = {"event_amount": event.amount, "kind": event.kind}
        if name not in ANY_AMOUNT:
            facts["threshold_amount"] = rule.threshold(known.tier)
        if name == "first_purchase":
            facts["category"] = event.category
        cause = f"{name}:{event.event_id}"
        if name == "first_purchase":  # two of a kind on one day are one first
            cause = f"{name}:{event.party_id}:{event.category}"
        found.append(Fired(name, cause, event.party_id, facts))
    return found


def _meets(name: str, event: Seen, known: Facts, rule: Setting) -> bool:
    if name == "first_purchase":
        return bool(event.category) and event.category not in known.held
    if name == "same_name_outflow" and not event.same_name:
        return False
    if name == "large_withdrawal" and event.same_name:  # that has a rule of its own
        return False
    return name in ANY_AMOUNT or (event.amount is not None and event.amount >= rule.threshold(known.tier))


def judge_windows(
    events: Iterable[Seen], fresh: frozenset[str], known: Facts, settings: Settings, zone: tzinfo
) -> list[Fired]:
    """Whether ``frequent`` fires for one customer: at least ``count`` events within ``hours`` whose sum is large.

    ``events`` are the customer's, of any order, ``fresh`` the ids of those not judged before. Every window with a
    fresh event is looked at, also one that an event come late completes, so that what fires in the end does not
    depend on the order in which events came or were put into batches. One signal a customer and local day.
    """
    rule = settings.rules["frequent"]
    if not rule.on:
        return []
    line = sorted((e for e in events if e.kind in COUNTED and e.amount is not None), key=lambda e: (e.at, e.event_id))
    span, least = timedelta(hours=settings.hours), rule.threshold(known.tier)
    found: dict[str, Fired] = {}
    begin = total = news = 0
    for end, event in enumerate(line):
        total += event.amount or 0
        news += event.event_id in fresh
        while line[begin].at <= event.at - span:
            total -= line[begin].amount or 0
            news -= line[begin].event_id in fresh
            begin += 1
        if news and total >= least and end - begin + 1 >= settings.count:
            cause = f"frequent:{event.party_id}:{event.at.astimezone(zone).date()}"
            facts = {"events": end - begin + 1, "sum_amount": total, "window_hours": settings.hours}
            found.setdefault(cause, Fired("frequent", cause, event.party_id, facts))
    return list(found.values())


def spoken_of(rule: str, amount: int | None, entries: Iterable[tuple[str, str, Mapping[str, Any]]]) -> str:
    """Which entry of a customer's work list a signal speaks of; empty: none, or it cannot be told.

    ``entries`` are keys, rules and facts. The only one about the same thing is meant; of several the only one of the
    same ``amount`` (minor units), or none: a wrong guess would settle what nobody has worked on.
    """
    wanted, fact = SAME_WORK.get(rule, ("", ""))
    same = [(key, facts) for key, name, facts in entries if name == wanted]
    if len(same) > 1:
        same = [(key, facts) for key, facts in same if amount is not None and facts.get(fact) == amount]
    return same[0][0] if len(same) == 1 else ""


def goes_to(lead: str, at_desk: frozenset[str]) -> str:
    """Whose a new signal is: the customer's lead where they are at the desk, else (empty) the branch's pool."""
    return lead if lead in at_desk else ""


def may_claim(state: str, signal_goes_to: str, staff_id: str, roles: frozenset[str]) -> bool:
    """Whether someone who sees the customer and deals with customers may take the signal on."""
    if state not in UNCLAIMED:
        return False
    return state == ESCALATED or signal_goes_to in ("", staff_id) or bool(roles & POOL)


def try_out(
    events: Iterable[Seen], known: Mapping[str, Facts], settings: Settings, zone: tzinfo
) -> dict[str, dict[str, int]]:
    """How often each rule would have fired over ``events``, by tier: ``{rule: {tier: signals}}``."""
    nothing = Facts("")
    causes: dict[str, tuple[str, str]] = {}
    lines: dict[str, list[Seen]] = {}
    for event in events:
        facts = known.get(event.party_id, nothing)
        for fired in judge(event, facts, settings):
            causes[fired.cause] = (fired.rule, facts.tier)
        if event.kind in COUNTED:
            lines.setdefault(event.party_id, []).append(event)
    for party_id, line in lines.items():
        if len(line) >= settings.count:
            facts = known.get(party_id, nothing)
            for fired in judge_windows(line, frozenset(e.event_id for e in line), facts, settings, zone):
                causes[fired.cause] = (fired.rule, facts.tier)
    found: dict[str, dict[str, int]] = {}
    for rule, tier in causes.values():
        by_tier = found.setdefault(rule, {})
        by_tier[tier] = by_tier.get(tier, 0) + 1
    return found
