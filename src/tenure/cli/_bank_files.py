"""The bank's own files in TENURE_HOME, read whole before the desk opens: a slip is told to whoever starts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tenure.errors import TenureError


def readers(home: Path) -> dict[str, Callable[[], object]]:
    """Who reads each file; the desk's settings must be loaded."""
    from tenure.desk.care import settings as care
    from tenure.desk.control import masks
    from tenure.desk.knowledge import questionnaires
    from tenure.desk.lobby import limits as lobby
    from tenure.desk.network import settings as network
    from tenure.desk.opportunities.credit import terms
    from tenure.desk.requests import settings as requests
    from tenure.desk.team import settings as team
    from tenure.desk.voice import bank_calendar
    from tenure.desk.voice.cases import settings as cases
    from tenure.desk.voice.complaints import settings as complaints
    from tenure.desk.voice.leaving import settings as leaving
    from tenure.desk.voice.panels import settings as panels
    from tenure.desk.voice.sending import settings as sending
    from tenure.desk.voice.surveys import settings as surveys

    def voice() -> None:
        sending.settings_of(home)
        surveys.settings_of(home)

    return {
        "calendar.toml": partial(bank_calendar.calendar_of, home),
        "care.toml": partial(care.settings_of, home),
        "cases.toml": partial(cases.settings_of, home),
        "complaint_codes.toml": partial(complaints.versions_of, home),
        "complaints.toml": partial(complaints.limits_of, home),
        "credit.toml": partial(terms.terms_of, home),
        "lobby.toml": partial(lobby.limits_of, "CNY"),
        "leaving.toml": partial(leaving.settings_of, home),
        "masks.toml": partial(masks.patterns_of, home),
        "network.toml": network.limits,
        "panels.toml": partial(panels.settings_of, home),
        "requests.toml": partial(requests.settings_of, home),
        "risk.toml": questionnaires.current,
        "team.toml": partial(team.settings_of, home),
        "voice.toml": voice,
    }


def judged(home: Path) -> Iterator[tuple[str, TenureError | None]]:
    """Each file that is there, and what is wrong with it."""
    for name, read in readers(home).items():
        if (home / name).exists():
            try:
                read()
            except TenureError as wrong:
                yield name, wrong
            else:
                yield name, None


def refuse_what_cannot_be(home: Path) -> None:
    """Raise what is wrong with the first file that cannot be meant.

    Raises:
        SetupError: a table, key or value there is not; it says which and what may stand there.
    """
    for _, wrong in judged(home):
        if wrong is not None:
            raise wrong
