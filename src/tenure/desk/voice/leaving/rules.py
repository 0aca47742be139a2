"""Whom an exit interview is about, who is worth winning back, and who is held out. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tenure.contracts import codes
from tenure.desk.voice.lots import WHOLE, lot

WORDS, BANK = 2000, 80
#: Whoever is not reached in so many tries is left in peace.
TRIES = 3
OPEN, DONE, HELD_OUT, TREATED = "open", "done", "held_out", "treated"
TOLD, REFUSED, NOT_REACHED = "told", "refused", "not_reached"
#: What may be noted of a call to win somebody back; the last two end it.
WIN_BACK_ACTS = ("no_answer", "talking", "promised", "declined")
#: Causes a bank can do something about. It cannot bring back a job or a family, nor what nobody knows.
REPAIRABLE = ("better_rate_elsewhere", "bad_service", "matured_not_contacted", "too_many_contacts", "fading")
#: Causes about which whoever looked after the customer should not be the one who asks.
NOT_BY_THE_LEAD = ("bad_service",)


@dataclass(frozen=True, slots=True)
class Settings:
    """The bank's settings, see ``settings.settings_of``; ``minimum`` in minor units of the reporting currency."""

    fresh_months: int = 2
    due_days: int = 7
    minimum: int = 5_000_000
    held_out_percent: int = 30
    repairable: tuple[str, ...] = REPAIRABLE
    plays: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def first_month(as_of: date, fresh_months: int) -> str:
    """The earliest month of loss that is still asked about: months later nobody remembers why.

    ``as_of`` is the night's day; the month that is open then counts as none.
    """
    serial = as_of.year * 12 + as_of.month - 1 - fresh_months
    return f"{serial // 12}-{serial % 12 + 1:02d}"


def cause_of(result: str, word: str, data: str) -> str:
    """The cause that is acted on: the customer's word where they told us, else what the data say."""
    return word if result == TOLD else data or "unknown"


def agrees(consent: bool | None, may_call: bool | None) -> bool:
    """Whether a customer may be called to win them back: a refusal anywhere bars it, and silence is no consent."""
    if consent is False or may_call is False:
        return False
    return consent is True or may_call is True


def worth_it(value: int, cause: str, may: bool, terms: Settings) -> str:
    """Why a lost customer is not to be won back, one of ``codes.WIN_BACK_DECISIONS``; empty where they are."""
    if not may:
        return "no_consent"
    if cause not in terms.repairable:
        return "not_repairable"
    return "too_small" if value < terms.minimum else ""


def arm_of(secret: str, party_id: str, month: str, held_out_percent: int) -> str:
    """In which arm a customer worth winning back falls: HMAC-SHA256 of the loss under the installation's secret.

    The same loss always comes out the same, whoever asks and however often, and nobody can tell beforehand.
    """
    drawn = lot(f"tenure.win_back:{secret}".encode(), f"{party_id}@{month}")
    return HELD_OUT if drawn * 100 < held_out_percent * WHOLE else TREATED


assert set(REPAIRABLE) <= set(codes.LEAVING_CAUSES)
