"""What a survey is made of: its kinds, its states and which follows which. Pure: no database, no clock of its own."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from tenure.contracts import codes

KINDS = codes.SURVEY_KINDS
#: What a survey of a kind must measure.
MEASURED = {"nps": "recommend", "csat": "satisfaction", "effort": "effort"}

DRAFT, LIVE, PAUSED, CLOSED = "draft", "live", "paused", "closed"
STATES = codes.SURVEY_STATES
CHANNELS = codes.SURVEY_CHANNELS
#: Asked at the counter by a code to scan; no invitation is sent.
COUNTER = "counter"

#: What became of an occasion: asked, or why not.
DRAWN, NOT_DRAWN, FATIGUE, NO_CONSENT, QUOTA, NO_CHANNEL = (
    "drawn", "not_drawn", "fatigue", "no_consent", "quota", "no_channel",
)  # fmt: skip
OUTCOMES = codes.SURVEY_OUTCOMES
#: Outcomes of those who could have been asked: the frame against which answers are weighed.
COULD_BE_ASKED = (DRAWN, NOT_DRAWN, QUOTA)

WAITING, SENT, OPENED, ANSWERED, EXPIRED, BOUNCED = "waiting", "sent", "opened", "answered", "expired", "bounced"
INVITATION_STATES = codes.INVITATION_STATES
#: In these states a link may still be opened. ``OPENED`` is whoever kept a part of an answer.
OPEN_STATES = (WAITING, SENT, OPENED)
#: In these no part of an answer is kept yet.
NOT_BEGUN = (WAITING, SENT, BOUNCED)

#: The moment of surveys that ask by the calendar, and the months from wave to wave that may be set.
PERIODIC = "periodic"
WAVE_MONTHS = (1, 3, 6, 12)

PARTIAL, COMPLETE = "partial", "complete"

REASON_LENGTH, WORDS_LENGTH = 500, 2000
#: The longest words the lake takes of one answer: several questions in words are kept together.
ALL_WORDS_LENGTH = 4000
MOST_VALID_DAYS, MOST_WAIT_DAYS, MOST_QUOTA = 60, 1000, 1_000_000

#: By hand: what one does to a survey, from where to where. Going live the first time takes a second person.
ACTS: dict[str, tuple[tuple[str, ...], str]] = {
    "pause": ((LIVE,), PAUSED),
    "resume": ((PAUSED,), LIVE),
    "close": ((DRAFT, LIVE, PAUSED), CLOSED),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """How a version asks: the share drawn of those who could be asked, at most how many per branch and month, how long
    a link holds, how long this survey waits before it asks the same customer again, and by which channels in order."""

    share: Decimal = Decimal("0.3")
    quota: int | None = 100
    valid_days: int = 14
    wait_days: int | None = None
    channels: tuple[str, ...] = ("sms", "wechat")

    def as_json(self) -> dict[str, Any]:
        """As kept in a draft."""
        return {
            "share": str(self.share),
            "quota": self.quota,
            "valid_days": self.valid_days,
            "wait_days": self.wait_days,
            "channels": list(self.channels),
        }


class BadAsking(ValueError):
    """A value with which nobody can be asked; ``field`` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def asking_from(told: Mapping[str, Any]) -> Asking:
    """How a version asks, out of a draft or what somebody sends.

    Raises:
        BadAsking: a field there is not, or a value that cannot be.
    """
    usual = Asking().as_json()
    strange = sorted(told.keys() - usual.keys())
    if strange:
        raise BadAsking(str(strange[0])[:30])
    told = {**usual, **told}
    try:
        share = Decimal(str(told["share"])).quantize(Decimal("0.0001"))
    except InvalidOperation:
        raise BadAsking("share") from None
    if not 0 < share <= 1:
        raise BadAsking("share")
    channels = told["channels"]
    if not isinstance(channels, Sequence) or isinstance(channels, str) or not channels:
        raise BadAsking("channels")
    if any(one not in CHANNELS for one in channels) or len(set(channels)) < len(channels):
        raise BadAsking("channels")
    return Asking(
        share.normalize(),
        _whole(told["quota"], "quota", 1, MOST_QUOTA, empty=True),
        _whole(told["valid_days"], "valid_days", 1, MOST_VALID_DAYS, empty=False) or 1,
        _whole(told["wait_days"], "wait_days", 1, MOST_WAIT_DAYS, empty=True),
        tuple(channels),
    )


def _whole(value: Any, field: str, low: int, high: int, *, empty: bool) -> int | None:
    if value is None and empty:
        return None
    if type(value) is not int or not low <= value <= high:
        raise BadAsking(field)
    return value


def next_wave(on: date, months: int, today: date) -> date:
    """The first day after ``today`` that lies a whole number of waves after ``on``; the same day of the month, or its
    last. A bank that was down for several waves draws one and goes on from there."""
    step = 0
    while True:
        step += months
        year, month = divmod(on.year * 12 + on.month - 1 + step, 12)
        last = monthrange(year, month + 1)[1]
        found = date(year, month + 1, min(on.day, last))
        if found > today:
            return found
