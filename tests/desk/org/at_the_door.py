"""What the tests of the door share: a bank's ``door.toml``, an authenticator app, and somebody who has enrolled."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings as the_settings
from django.test import Client

from tenure.desk.org.door import second_factor
from tenure.desk.org.models import SecondFactor, User


def write_door(settings: Any, folder: Path, text: str) -> None:
    """The bank decides: ``text`` is its ``door.toml``."""
    (folder / "door.toml").write_text(text, encoding="utf-8")
    settings.HOME = folder


def code_at(secret: str, now: datetime, steps: int = 0) -> str:
    """What the app shows at ``now``, or so many steps later: RFC 4226, 5.3, written out beside the library's."""
    step = int(now.timestamp()) // 30 + steps
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def enrolled(user: User, now: datetime) -> str:
    """Give ``user`` a second factor, confirmed an hour before ``now``; the secret."""
    secret = second_factor.fresh_secret()
    SecondFactor.objects.create(
        user=user,
        secret=second_factor.sealed(secret),
        begun_at=now,
        confirmed_at=now,
        last_step=int(now.timestamp()) // second_factor.STEP - 120,
    )
    return secret


def english() -> Client:
    """A browser that reads English."""
    client = Client()
    client.cookies[the_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def secret_on(page: str) -> str:
    """The secret as the page spells it for typing."""
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    """The recovery codes on the page."""
    return re.findall(r"<li><code>([a-z0-9-]{14})</code>", page)
