"""Who is asked: the draw, the waits between two surveys, the quota. Pure: no database, no clock of its own.

Nobody of staff chooses. A draw is an HMAC of the event under the survey's own key, compared with the share: the same
event always comes out the same, and knowing who served whom tells nothing about it. Whether somebody *could* be asked
is decided first, so that those not drawn are a random part of all who could have been; answers are weighed by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from tenure.desk.voice.lots import WHOLE, lot
from tenure.desk.voice.surveys.rules import CHANNELS, DRAWN, FATIGUE, KINDS, NO_CHANNEL, NO_CONSENT, NOT_DRAWN, QUOTA


@dataclass(frozen=True, slots=True)
class Waits:
    """Days a customer is left in peace: after any survey, after one of a kind, after one by a channel."""

    after_any: int = 90
    after_kind: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    after_channel: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(CHANNELS, 0))


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey a customer was asked: when, of which kind, by which channel, and which survey it was."""

    at: datetime
    kind: str
    channel: str
    survey: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an occasion, one of ``rules.OUTCOMES``; ``channel`` where the customer is asked."""

    outcome: str
    channel: str = ""


def drawn(key: bytes, event_id: str, share: Decimal) -> bool:
    """Whether the event falls within ``share`` (0–1) of all events, by HMAC-SHA256 under the survey's key."""
    return lot(key, event_id) < share * WHOLE


def in_peace(history: Iterable[Asked], days: int, now: datetime) -> bool:
    """Whether none of ``history`` lies within ``days`` before ``now``; 0 days: always."""
    return not any(now - one.at < timedelta(days=days) for one in history)


def decide(
    *,
    kind: str,
    survey: str,
    channels: Sequence[str],
    wait_days: int | None,
    waits: Waits,
    consents: bool,
    reached_by: Iterable[str],
    history: Sequence[Asked],
    is_drawn: bool,
    left: int | None,
    now: datetime,
) -> Decision:
    """Decide an occasion.

    Args:
        kind, survey: of the survey, and its id.
        channels: in the order in which the survey tries them.
        wait_days: how long this survey waits before it asks the same customer again; None: no longer than others.
        consents: the customer agrees to be asked.
        reached_by: channels by which the bank can reach them.
        history: what they were asked before.
        is_drawn: what the draw says.
        left: how many may still be asked at the branch this month; None: no end.
    """
    if not consents:
        return Decision(NO_CONSENT)
    same_kind = [one for one in history if one.kind == kind]
    same = [one for one in history if one.survey == survey]
    rested = (
        in_peace(history, waits.after_any, now)
        and in_peace(same_kind, waits.after_kind.get(kind, 0), now)
        and in_peace(same, wait_days or 0, now)
    )
    if not rested:
        return Decision(FATIGUE)
    ways = [one for one in channels if one in set(reached_by)]
    if not ways:
        return Decision(NO_CHANNEL)
    free = [
        way
        for way in ways
        if in_peace([one for one in history if one.channel == way], waits.after_channel.get(way, 0), now)
    ]
    if not free:
        return Decision(FATIGUE)
    if not is_drawn:
        return Decision(NOT_DRAWN)
    if left is not None and left <= 0:
        return Decision(QUOTA)
    return Decision(DRAWN, free[0])
