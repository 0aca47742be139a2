"""What one table of the lake that the desk writes is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

Row = dict[str, Any]
#: The lake has nothing of it yet.
NEW = Q(written_back_at__isnull=True)
#: The same of what can be taken back: what was taken back before the night came never was.
NEW_AND_STANDS = NEW & Q(withdrawn_at__isnull=True)


@dataclass(frozen=True)
class Table:
    """A table of the lake that the desk writes: from which rows, by which moment's day, and which of them wait.

    ``day_of`` is a moment that never changes. ``rows`` are what one of the model's rows is in the lake; ``stands``
    says of one that it was not taken back. ``with_`` are the related rows it tells of, read along.
    """

    name: str
    model: type[models.Model]
    day_of: str
    waiting: Q
    rows: Callable[[Any], list[Row]]
    stands: Callable[[Any], bool] = lambda one: True
    with_: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()


def changed(moment: str) -> Q:
    """Of those the lake has: which changed at ``moment``, after they were read for it."""
    return Q(**{f"{moment}__gt": F("written_back_at")})


def local(moment: datetime | None) -> datetime | None:
    """A moment as the lake keeps it: the bank's local time."""
    return timezone.localtime(moment).replace(tzinfo=None) if moment is not None else None


def number_of(person: Any) -> str | None:
    """The employee number of somebody who signs in; None where they have none."""
    return (person.staff_id or None) if person is not None else None


def branch_of(org_path: str) -> str | None:
    """The branch at the end of a path in the tree; None for the whole bank."""
    return org_path.strip("/").rsplit("/", 1)[-1] or None
