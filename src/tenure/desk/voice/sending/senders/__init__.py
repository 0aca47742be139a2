"""What carries a message out of the bank, by the name it has in ``voice.toml``.

A sender returns when the message is taken over and raises one of three refusals otherwise, so that who calls knows
for certain what may be tried again and what may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tenure.desk.voice.sending.settings import Settings


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is handed over. ``id`` is the message's own, the same at every try."""

    id: str
    channel: str
    address: str
    language: str
    subject: str
    text: str


class NotNow(Exception):
    """It has surely not been taken over, and may be at another time."""


class Refused(Exception):
    """It has surely not been taken over and never will; ``bad_address``: because nobody is there."""

    def __init__(self, said: str, *, bad_address: bool = False) -> None:
        super().__init__(said)
        self.bad_address = bad_address


class Unsure(Exception):
    """It was handed over and no answer came: it may have been taken over. Not to be tried again by itself."""


class Sender(Protocol):
    """Carries one message."""

    def send(self, out: Outgoing) -> str:
        """Hand it over; the number it was given there, or nothing.

        Raises:
            NotNow
            Refused
            Unsure
        """


def sender_of(channel: str, settings: Settings) -> tuple[str, Sender]:
    """The sender of a channel and what it is called."""
    from tenure.desk.voice.sending.senders import http, local, smtp

    name = settings.senders[channel]
    match name:
        case "file":
            return name, local.ToFile()
        case "console":
            return name, local.ToConsole()
        case "smtp":
            return name, smtp.BySmtp(settings.smtp)
        case "webhook":
            return name, http.ByWebhook(settings.http[name])
        case _:
            return name, http.ByGateway(settings.http[name])
