"""What messages are for. An app above says what is in them; sending knows it by its path alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.module_loading import import_string

from tenure.desk.voice.sending.models import Message


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it is handed to a sender. It is kept nowhere: a link's secret stands in it."""

    subject: str
    text: str


class Purpose(Protocol):
    """What an app above provides for its messages."""

    #: The consent (``contracts.codes.CONSENTS``) without which the bank does not write; empty: none is needed.
    consent: str

    def name(self) -> str:
        """What it is called, in the reader's language."""

    def write(self, message: Message, now: datetime) -> Written | None:
        """The words, in ``message.language``, made afresh for every try; None: there is nothing left to say."""

    def came_of(self, message: Message, now: datetime) -> None:
        """Told in the same transaction when ``message.state`` becomes sent, failed, bounced or dropped."""


#: Every purpose, by where it is kept.
PURPOSES: dict[str, str] = {
    "survey": "tenure.desk.voice.answering.asking.SURVEY",
    "complaint": "tenure.desk.voice.complaints.letters.LETTER",
    "panel": "tenure.desk.voice.panels.letters.INVITE",
    "panel_session": "tenure.desk.voice.panels.letters.SESSION",
    "panel_feedback": "tenure.desk.voice.panels.letters.HOW_IT_WAS",
    "panel_outcomes": "tenure.desk.voice.panels.letters.OUTCOMES",
}


def purpose_of(name: str) -> Purpose:
    """The purpose called ``name``.

    Raises:
        LookupError: there is none.
    """
    if name not in PURPOSES:
        raise LookupError(f"nothing is sent for {name!r}")
    found: Purpose = import_string(PURPOSES[name])
    return found


def purpose_names() -> dict[str, str]:
    """What each purpose is called, in the reader's language."""
    return {name: purpose_of(name).name() for name in PURPOSES}
