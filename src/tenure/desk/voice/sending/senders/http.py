"""Gateways over HTTP: the bank's own, signed, and any other by a template of what it wants."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tenure.desk.voice.sending.senders import NotNow, Outgoing, Refused, Unsure
from tenure.desk.voice.sending.settings import Http

#: Seconds to connect, and to wait for the answer.
TIMEOUT = (5, 20)
#: Statuses that say that nobody is at the address.
NOBODY = (410, 422)
#: Statuses that say that nothing was taken over and that it may be later.
LATER = (401, 403, 408, 429, 503)


class ByWebhook:
    """The whole message as JSON, with ``X-Tenure-Signature: t=SECONDS,v1=HEX``: HMAC-SHA256 over ``SECONDS.BODY``."""

    def __init__(self, settings: Http) -> None:
        self._settings = settings

    def send(self, out: Outgoing) -> str:
        """Post it; the answer's ``id``, if it has one."""
        body = json.dumps(asdict(out), ensure_ascii=False, separators=(",", ":")).encode()
        stamp = str(int(time.time()))
        headers = {"X-Tenure-Signature": f"t={stamp},v1={signature(self._settings.secret, stamp, body)}"}
        return _posted(self._settings.url, body, headers, out, "id")


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What the receiver works out again to know that the message is ours and new."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class ByGateway:
    """A text-message or WeChat gateway: the JSON that ``body`` describes, its places filled in."""

    def __init__(self, settings: Http) -> None:
        self._settings = settings

    def send(self, out: Outgoing) -> str:
        """Post it; the answer's field that ``reference`` names."""
        values = {**asdict(out), "secret": self._settings.secret}
        body = json.dumps(_filled(self._settings.body, values), ensure_ascii=False).encode()
        headers = {name: _filled(value, values) for name, value in self._settings.headers.items()}
        return _posted(self._settings.url, body, headers, out, self._settings.reference)


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """``template`` with its places filled, leaf by leaf: what is filled in cannot change the form of the rest."""
    if isinstance(template, str):
        pieces = template.split("{")
        made = pieces[0]
        for piece in pieces[1:]:
            name, brace, rest = piece.partition("}")
            made += values[name] + rest if brace and name in values else "{" + piece
        return made
    if isinstance(template, Mapping):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(one, values) for one in template]
    return template


def _posted(url: str, body: bytes, headers: Mapping[str, str], out: Outgoing, reference: str) -> str:
    import requests  # heavy, and of no use where nothing is sent

    sent = {"Content-Type": "application/json", "Idempotency-Key": out.id, **headers}
    try:
        answer = requests.post(url, data=body, headers=sent, timeout=TIMEOUT, allow_redirects=False)
    except (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError) as wrong:
        raise NotNow(type(wrong).__name__) from None
    except requests.ConnectionError as wrong:
        # Whether anything was sent says only the cause: no connection at all, or one that broke.
        if "NewConnectionError" in repr(wrong):
            raise NotNow("no connection") from None
        raise Unsure("the connection ended before the gateway answered") from None
    except requests.RequestException as wrong:
        raise Unsure(type(wrong).__name__) from None
    said = f"{answer.status_code} {answer.reason}"
    if answer.ok and not 300 <= answer.status_code < 400:
        return _number(answer, reference)
    if answer.status_code in LATER:
        raise NotNow(said)
    if answer.status_code >= 500:
        raise Unsure(said)
    raise Refused(said, bad_address=answer.status_code in NOBODY)


def _number(answer: Any, field: str) -> str:
    if not field:
        return ""
    try:
        told = answer.json()
    except ValueError:
        return ""
    found = told.get(field, "") if isinstance(told, dict) else ""
    return str(found)[:80] if isinstance(found, str | int) else ""
