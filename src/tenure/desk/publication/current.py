"""Which publication a request reads: chosen once, kept to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.desk.publication.models import Publication

_pinned: ContextVar[Publication | None] = ContextVar("tenure_publication")


def pinned() -> Publication | None:
    """The publication this request is pinned to; outside a request, the current one."""
    try:
        return _pinned.get()
    except LookupError:
        from tenure.desk.publication.models import Publication

        return Publication.objects.current()


@contextmanager
def pin() -> Iterator[Publication | None]:
    """Read one publication until the block ends, whatever is published meanwhile."""
    from tenure.desk.publication.models import Publication

    token = _pinned.set(Publication.objects.current())
    try:
        yield _pinned.get()
    finally:
        _pinned.reset(token)
