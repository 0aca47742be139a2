"""Links by which customers answer: made of a random token, of which only the digest is kept."""

from __future__ import annotations

import secrets
from hashlib import sha256

from tenure.errors import Exit, TenureError

#: 192 bits, more than the 128 that keep a guess hopeless.
_BYTES = 24

EXPIRED, ANSWERED, CLOSED, TOO_MANY = "expired", "answered", "closed", "too_many"


class Gone(TenureError):
    """The link was good once; ``why`` is one of ``expired``, ``answered``, ``closed``, ``too_many`` (410, 429)."""

    exit_code = Exit.INPUT

    def __init__(self, why: str, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.why = why


def new_token() -> str:
    """A token nobody can guess, fit for an address."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def apart(token: str) -> str:
    """What is kept of a token beside an answer that must not be joined to its invitation: another digest.

    Without the token, which is never kept, neither of the two tells the other.
    """
    return sha256(b"answer:" + token.encode()).hexdigest()
