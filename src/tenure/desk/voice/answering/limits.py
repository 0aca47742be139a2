"""How often an address may guess at links before it waits. Kept in this process: a guess is hopeless anyhow (192 bits),
this keeps the noise down and never stands in an honest customer's way."""

from __future__ import annotations

import threading
import time

#: Wrong links from one network address within the window, after which every unknown link is told to wait.
MOST, WINDOW = 60, 600.0
_ADDRESSES = 10_000
_lock = threading.Lock()
_wrong: dict[str, tuple[float, int]] = {}


def must_wait(address: str, at: float | None = None) -> bool:
    """Whether ``address`` has guessed too often."""
    began, count = _wrong.get(address, (0.0, 0))
    return count >= MOST and (time.monotonic() if at is None else at) < began + WINDOW


def note_wrong(address: str, at: float | None = None) -> None:
    """Count a link there is not."""
    now = time.monotonic() if at is None else at
    with _lock:
        began, count = _wrong.get(address, (now, 0))
        if now >= began + WINDOW:
            began, count = now, 0
        if len(_wrong) >= _ADDRESSES and address not in _wrong:
            _wrong.clear()
        _wrong[address] = (began, count + 1)
