"""How the bank sends: ``voice.toml`` in TENURE_HOME, every key with a default.

[links]
address = "https://voice.bank.example"   # where customers reach the answer page; a domain of the bank's own

[sending]
sms = "file"               # which sender has each channel: file, console, smtp, webhook, sms, wechat
email = "smtp"
wechat = "file"
webhook = "file"
most_tries = 8             # tries until a message has failed
first_wait = 60            # seconds until the second try; doubles each time
longest_wait = 21600       # seconds at most between two tries
quiet_from = 21:00:00      # hours in which nothing is sent, in the bank's time zone
quiet_until = 08:00:00
quiet_channels = ["sms", "wechat"]

[smtp]                     # the password is in TENURE_SMTP_PASSWORD
host = "mail.bank.example"
port = 25
user = ""
from = "Voice of our customers <voice@bank.example>"
starttls = true

[webhook]                  # signed by TENURE_WEBHOOK_SECRET
url = "https://gateway.bank.example/messages"

[sms]                      # also [wechat]; the secret is in TENURE_SMS_SECRET, TENURE_WECHAT_SECRET
url = "https://sms.example/send"
body = { to = "{address}", text = "{text}", id = "{id}" }
headers = { Authorization = "Bearer {secret}" }
reference = "message_id"   # which field of the answer has its number
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenure.desk.kit.bank_files import Expected, tables_in, whole
from tenure.desk.voice.sending.rules import CHANNELS, Patience, Quiet
from tenure.errors import SetupError

FILE = "voice.toml"
SENDERS = ("file", "console", "smtp", "webhook", "sms", "wechat")
#: Which channels a sender can carry: mail goes by mail, and what knows no channel carries any.
CARRIES = {"smtp": ("email",), "sms": ("sms",), "wechat": ("wechat",)}
THIS_MACHINE = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Smtp:
    """The bank's mail server."""

    host: str = ""
    port: int = 25
    user: str = ""
    sender: str = ""
    starttls: bool = True
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Http:
    """A gateway reached over HTTP."""

    url: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """How this bank sends."""

    senders: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(CHANNELS, "file"))
    patience: Patience = field(default_factory=Patience)
    quiet: Quiet = field(default_factory=Quiet)
    links: str = ""
    smtp: Smtp = field(default_factory=Smtp)
    http: Mapping[str, Http] = field(default_factory=lambda: {name: Http() for name in ("webhook", "sms", "wechat")})

    @property
    def links_address(self) -> str:
        """Where links lead: the bank's own domain, or this machine until one is set."""
        return self.links or THIS_MACHINE


def sending() -> Settings:
    """This installation's settings."""
    from django.conf import settings

    return settings_of(Path(settings.HOME))


@cache
def settings_of(home: Path) -> Settings:
    """The defaults, changed by ``voice.toml`` in ``home`` where there is one; secrets come from the environment.

    Raises:
        SetupError: the file names no such key, a value that cannot be, or a sender that lacks what it needs.
    """
    path = home / FILE
    told = tables_in(path, TABLES, only=True)
    send, usual = told.get("sending", {}), Settings()
    senders = {channel: send.get(channel, "file") for channel in CHANNELS}
    made = Settings(
        senders,
        Patience(**{key: send[key] for key in ("most_tries", "first_wait", "longest_wait") if key in send}),
        Quiet(
            send.get("quiet_from", usual.quiet.begins),
            send.get("quiet_until", usual.quiet.ends),
            frozenset(send.get("quiet_channels", usual.quiet.channels)),
        ),
        told.get("links", {}).get("address", "").rstrip("/"),
        _smtp(told.get("smtp", {})),
        {name: _http(name, told.get(name, {})) for name in ("webhook", "sms", "wechat")},
    )
    _whole(path, made)
    return made


def _smtp(told: Mapping[str, Any]) -> Smtp:
    rest = {key: value for key, value in told.items() if key != "from"}
    return Smtp(**rest, sender=told.get("from", ""), password=os.environ.get("TENURE_SMTP_PASSWORD", ""))


def _http(name: str, told: Mapping[str, Any]) -> Http:
    return Http(**told, secret=os.environ.get(secret_variable(name), ""))


def secret_variable(sender: str) -> str:
    """The environment variable that holds the secret of a sender."""
    return f"TENURE_{sender.upper()}_SECRET"


def _whole(path: Path, made: Settings) -> None:
    """Refuse a sender that is named and lacks what it needs."""
    for channel, sender in made.senders.items():
        if channel not in CARRIES.get(sender, CHANNELS):
            raise SetupError(
                f"{path}: [sending] {channel} = {sender!r} cannot be.", f"“{sender}” carries no {channel}."
            )
        if sender == "smtp" and not (made.smtp.host and "@" in made.smtp.sender):
            raise SetupError(
                f"{path}: [sending] {channel} goes by smtp, and [smtp] has no host or no from.", "Add both."
            )
        if sender in made.http and not made.http[sender].url:
            raise SetupError(f"{path}: [sending] {channel} goes by {sender}, and [{sender}] has no url.", "Add it.")
        if sender in ("sms", "wechat") and not made.http[sender].body:
            raise SetupError(
                f"{path}: [{sender}] has no body.", 'Write what the gateway wants: body = { to = "{address}", … }.'
            )


def _address(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


_TEXT: Expected = (lambda value: isinstance(value, str), "text")
_URL: Expected = (_address, "an address: https://…")
_TIME: Expected = (lambda value: type(value) is time, "a time of day: 21:00:00")
_GATEWAY: dict[str, Expected] = {
    "url": _URL,
    "body": (lambda value: isinstance(value, dict), 'a table: { to = "{address}", text = "{text}" }'),
    "headers": (_texts, 'a table of texts: { Authorization = "Bearer {secret}" }'),
    "reference": _TEXT,
}
#: What ``voice.toml`` says of sending; other tables of the file belong to those who ask.
TABLES: dict[str, dict[str, Expected]] = {
    "links": {"address": _URL},
    "sending": {
        **{channel: (lambda value: value in SENDERS, f"one of {', '.join(SENDERS)}") for channel in CHANNELS},
        "most_tries": whole(1, 50),
        "first_wait": whole(1, 86_400),
        "longest_wait": whole(1, 604_800),
        "quiet_from": _TIME,
        "quiet_until": _TIME,
        "quiet_channels": (
            lambda value: isinstance(value, list) and all(one in CHANNELS for one in value),
            f"a list of {', '.join(CHANNELS)}",
        ),
    },
    "smtp": {
        "host": _TEXT,
        "port": whole(1, 65_535),
        "user": _TEXT,
        "from": _TEXT,
        "starttls": (lambda value: type(value) is bool, "true or false"),
    },
    "webhook": {"url": _URL},
    "sms": _GATEWAY,
    "wechat": _GATEWAY,
}
