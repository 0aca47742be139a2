"""Drawing by lot so that nobody chooses: under a key of the server's own, always the same and foreseen by nobody."""

from __future__ import annotations

import hmac
from hashlib import sha256

#: Lots are whole numbers from 0 to one less than this.
WHOLE = 1 << 64


def lot(key: bytes, what: str) -> int:
    """The lot of ``what``: the first 64 bits of its HMAC-SHA256 under ``key``, 0 to :data:`WHOLE` − 1."""
    return int.from_bytes(hmac.new(key, what.encode(), sha256).digest()[:8], "big")
