"""Where a request came from: its address and its id, known to whatever runs inside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """``address`` is the client's network address, empty off the web; ``request_id`` joins log, answer and audit."""

    address: str
    request_id: str


_NOWHERE = Origin("", "")
_origin: ContextVar[Origin] = ContextVar("tenure_origin", default=_NOWHERE)


def origin() -> Origin:
    """Where the running request came from; empty outside one (command line, worker)."""
    return _origin.get()


@contextmanager
def coming_from(address: str, request_id: str = "") -> Iterator[Origin]:
    """Everything inside the block comes from ``address``; without an id it gets a fresh one."""
    here = Origin(address, request_id or uuid.uuid4().hex)
    token = _origin.set(here)
    try:
        yield here
    finally:
        _origin.reset(token)
