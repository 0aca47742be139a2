"""Codes of an authenticator app (TOTP, RFC 6238), recovery codes, and how their secret is kept. No database here."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac

from tenure.errors import SetupError

ISSUER = "Tenure"
#: Seconds a code is for; RFC 6238, 5.2 advises 30, and one step on either side for clocks that differ.
STEP = 30
WINDOW = 1
RECOVERY_CODES = 10
#: How long a secret that nobody confirmed stays offered.
OFFER_LASTS = timedelta(minutes=30)
_SALT = "tenure.desk.org.second_factor"
#: Without letters and digits that are taken for each other.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def fresh_secret() -> str:
    """A new secret of 160 bits (RFC 4226, R6), in the base-32 text that apps take."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step ``code`` is of, if it is right at ``now`` and later than ``last_step``; else None.

    Asking for a later step than the last one makes every code good for one time only (RFC 6238, 5.2).
    """
    code = "".join(code.split())
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    app, here, found = pyotp.TOTP(secret), int(now.timestamp()) // STEP, None
    for step in range(here - WINDOW, here + WINDOW + 1):
        if compare_digest(app.generate_otp(step), code) and step > last_step:
            found = step
    return found


def address_of(secret: str, username: str) -> str:
    """The ``otpauth://`` address an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def picture_of(secret: str, username: str) -> str:
    """The address as a QR picture: an SVG element in the page itself, so that no address bears the secret."""
    code = segno.make(address_of(secret, username), error="m")
    return str(code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))


def spelled(secret: str) -> str:
    """The secret in groups of four, for typing."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def fresh_recovery_codes() -> list[str]:
    """Ten codes of 59 bits each: ``k7mn-2xqr-9dfh``."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]


def digest_of(code: str, secret: str | None = None) -> str:
    """What is kept of a recovery code: keyed with the installation's secret, so that a stolen table tells nothing."""
    plain = "".join(letter for letter in code.casefold() if letter.isalnum())
    return salted_hmac(_SALT, plain, secret=secret, algorithm="sha256").hexdigest()


def digests_of(code: str) -> list[str]:
    """The digests ``code`` may be kept under: of the installation's secret and of those it had before."""
    return [digest_of(code, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def sealed(secret: str) -> str:
    """``secret`` encrypted for the database (AES-128-CBC with HMAC-SHA256, keyed from the installation's secret)."""
    return _cipher().encrypt(secret.encode("ascii")).decode("ascii")


def opened(kept: str) -> str:
    """The secret behind what the database keeps.

    Raises:
        SetupError: it was sealed with a secret this installation no longer knows.
    """
    try:
        return _cipher().decrypt(kept.encode("ascii")).decode("ascii")
    except InvalidToken:
        raise SetupError(
            "A second factor was sealed with another TENURE_SECRET.",
            "Put the old secret into SECRET_KEY_FALLBACKS, or `tenure user reset-second-factor NAME`.",
        ) from None


def _cipher() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    material = secret if isinstance(secret, bytes) else secret.encode()
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_SALT.encode()).derive(material)
    return Fernet(base64.urlsafe_b64encode(derived))
