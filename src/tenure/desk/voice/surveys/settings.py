"""The bank's settings of surveys in ``voice.toml`` of TENURE_HOME, every key with a default. Pure but for the file.

[surveys]
wait_days = 90            # a customer is asked at most once in so many days, by any survey
counter_per_hour = 60     # a counter's code is opened at most so often within an hour

[surveys_wait_kind]       # days between two surveys of a kind, where that is longer
nps = 0

[surveys_wait_channel]    # days between two surveys by a channel, where that is longer
sms = 0
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tenure.desk.kit.bank_files import tables_in, whole
from tenure.desk.voice.sending.settings import TABLES as OF_SENDING
from tenure.desk.voice.surveys.drawing import Waits
from tenure.desk.voice.surveys.rules import CHANNELS, KINDS

_TABLES = {
    **OF_SENDING,  # one file serves both: a table that neither knows is told here
    "surveys": {"wait_days": whole(0, 1000), "counter_per_hour": whole(1, 100_000)},
    "surveys_wait_kind": dict.fromkeys(KINDS, whole(0, 1000)),
    "surveys_wait_channel": dict.fromkeys(CHANNELS, whole(0, 1000)),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How often customers are asked, and how often a counter's code may be opened."""

    waits: Waits = field(default_factory=Waits)
    counter_per_hour: int = 60


@cache
def settings_of(home: Path) -> Settings:
    """The bank's settings: the defaults, changed by ``voice.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such table or key, or a value it cannot have.
    """
    told = tables_in(home / "voice.toml", _TABLES)
    usual, surveys = Settings(), told.get("surveys", {})
    waits = Waits(
        surveys.get("wait_days", usual.waits.after_any),
        {**usual.waits.after_kind, **told.get("surveys_wait_kind", {})},
        {**usual.waits.after_channel, **told.get("surveys_wait_channel", {})},
    )
    return Settings(waits, surveys.get("counter_per_hour", usual.counter_per_hour))
