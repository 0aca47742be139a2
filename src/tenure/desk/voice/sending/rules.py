"""When a message goes, when it is tried again, when the bank keeps still. Pure decisions: no database here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo

CHANNELS = ("sms", "email", "wechat", "webhook")
WAITING, IN_HAND, SENT, FAILED, BOUNCED, DROPPED = "waiting", "in_hand", "sent", "failed", "bounced", "dropped"
STATES = (WAITING, IN_HAND, SENT, FAILED, BOUNCED, DROPPED)
#: Why a message came to nothing, or is tried again.
NO_ANSWER = "no_answer"  # the sender was not reached, or said: not now
REFUSED = "refused"  # the sender will never take it
UNSURE = "unsure"  # handed over, and nobody knows whether it arrived
BAD_ADDRESS = "bad_address"  # the address does not exist
NO_ADDRESS = "no_address"  # the bank knows none
MOOT = "moot"  # there was nothing left to say
NO_CONSENT = "no_consent"  # the customer refuses
BROKEN = "broken"  # making its words failed
PROBLEMS = (NO_ANSWER, REFUSED, UNSURE, BAD_ADDRESS, NO_ADDRESS, MOOT, NO_CONSENT, BROKEN)
#: A message in hand for longer has lost its process: no sender takes as long.
LONGEST_IN_HAND = timedelta(minutes=10)
TOLD_LENGTH = 90
#: What may stand for a person in a sender's own words: an e-mail address, or a run of digits as long as a phone's.
_TELLING = re.compile(r"<?[\w.+%-]+@[\w-]+\.[\w.-]+>?|\+?\d[\d -]{6,}\d")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which the bank keeps still, by the clock on the wall; ``begins`` equal to ``ends`` is never."""

    begins: time = time(21, 0)
    ends: time = time(8, 0)
    channels: frozenset[str] = field(default_factory=lambda: frozenset({"sms", "wechat"}))

    def covers(self, at: time) -> bool:
        """Whether ``at`` is within; the hours may run past midnight."""
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a message is tried, and how long is waited in between (seconds)."""

    most_tries: int = 8
    first_wait: int = 60
    longest_wait: int = 6 * 3600


def wait_after(tries: int, patience: Patience) -> timedelta | None:
    """How long to wait after the ``tries``-th try that failed; None: no further one.

    Doubles each time from ``first_wait`` up to ``longest_wait``.
    """
    if tries >= patience.most_tries:
        return None
    doublings = min(max(tries, 1) - 1, 30)
    return timedelta(seconds=min(patience.first_wait * 2**doublings, patience.longest_wait))


def allowed_from(at: datetime, channel: str, quiet: Quiet, zone: tzinfo) -> datetime:
    """The first moment from ``at`` on at which ``channel`` may be used: ``at`` itself, or the end of the quiet hours.

    The end is by the clock on the wall: where summer time begins or ends within the quiet hours, they are as much
    shorter or longer.
    """
    local = at.astimezone(zone)
    if channel not in quiet.channels or not quiet.covers(local.time()):
        return at
    for days in (0, 1):
        for fold in (0, 1):
            end = datetime.combine(local.date() + timedelta(days), quiet.ends, zone).replace(fold=fold)
            moment = end.astimezone(UTC)
            if moment >= at and not quiet.covers(moment.astimezone(zone).time()):
                return moment
    return at + timedelta(days=1)  # pragma: no cover (every zone has that hour within two days)


def discreet(said: str) -> str:
    """What a sender said, in one line, without addresses and numbers."""
    return " ".join(_TELLING.sub("…", said).split())[:TOLD_LENGTH]
