"""List pages: sorting and paging by position (keyset), and counts that stop at a thousand.

A page is found by the sort value and key of the row it follows, so that page 400 costs what page 1 costs
and rows that arrive meanwhile neither repeat nor hide others. Rows without a value come last whichever way
the list is sorted; they are a second stretch of the list, read by key alone, so that both databases can
walk an index for each stretch.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

#: Counting stops here: an exact count of a million rows costs more than the page.
COUNT_CAP = 1000

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: by ``column``, ties by ``key`` ascending, rows without a value last."""

    column: str
    descending: bool = False
    key: str = "party_id"


@dataclass(frozen=True, slots=True)
class Position:
    """The place of one row in a sorted list; ``back`` asks for the rows before it instead of after it."""

    value: Any
    key: str
    back: bool = False

    def encode(self) -> str:
        """As text for an address."""
        value = self.value.isoformat() if isinstance(self.value, dt.date) else self.value
        raw = json.dumps([value, self.key, int(self.back)], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Position | None:
        """What :meth:`encode` wrote; ``None`` for anything else, so that a cut-off address shows page one."""
        try:
            value, key, back = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, binascii.Error, TypeError):
            return None
        if not isinstance(key, str) or not isinstance(value, str | int | float | None):
            return None
        return cls(value, key, bool(back))


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list, and the positions of its neighbours (``None`` at either end)."""

    rows: list[Row]
    before: Position | None
    after: Position | None


def page_of(rows: QuerySet[Row], sort: Sort, position: Position | None, size: int) -> Page[Row]:
    """The ``size`` rows after (or before) ``position``; the first ones without a position.

    ``rows`` must be unsorted and its table must have an index on ``(sort.column, sort.key)``.
    """
    back = position is not None and position.back
    found = _after(rows, sort, position, size + 1, reverse=back)
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
        if not found:  # nothing lies before: show the beginning
            return page_of(rows, sort, None, size)
    has_before, has_after = (more, True) if back else (position is not None and bool(found), more)
    if not found:
        return Page([], None, None)
    return Page(
        found,
        _position(found[0], sort, back=True) if has_before else None,
        _position(found[-1], sort, back=False) if has_after else None,
    )


def neighbours(rows: QuerySet[Row], sort: Sort, row: Row) -> tuple[Row | None, Row | None]:
    """The rows just before and just after ``row`` in the sorted list."""
    here = _position(row, sort, back=False)
    before = _after(rows, sort, here, 1, reverse=True)
    after = _after(rows, sort, here, 1, reverse=False)
    return (before[0] if before else None, after[0] if after else None)


def capped_count(rows: QuerySet[Any]) -> int:
    """How many rows there are, counted no further than one above the cap."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def _position(row: Model, sort: Sort, *, back: bool) -> Position:
    return Position(getattr(row, sort.column), str(getattr(row, sort.key)), back)


def _after(rows: QuerySet[Row], sort: Sort, position: Position | None, size: int, *, reverse: bool) -> list[Row]:
    """Up to ``size`` rows beyond ``position``, walking the list forwards or in reverse."""
    valued, empty = rows.filter(**{f"{sort.column}__isnull": False}), rows.filter(**{f"{sort.column}__isnull": True})
    stretches = [(valued, True), (empty, False)]
    if reverse:
        stretches.reverse()
    at_empty = position is not None and position.value is None
    found: list[Row] = []
    for stretch, has_value in stretches:
        if position is not None and has_value == at_empty:
            if has_value != reverse:  # the stretch already passed
                continue
            stretch_rows = stretch
        elif position is not None:
            stretch_rows = stretch.filter(_beyond(sort, position, reverse=reverse))
        else:
            stretch_rows = stretch
        sign = "-" if reverse else ""
        order = [f"{sign}{sort.key}"]
        if has_value:
            order.insert(0, ("" if sort.descending == reverse else "-") + sort.column)
        found.extend(stretch_rows.order_by(*order)[: size - len(found)])
        if len(found) >= size:
            break
    return found


def _beyond(sort: Sort, position: Position, *, reverse: bool) -> Q:
    step = "lt" if reverse else "gt"
    past_key = Q(**{f"{sort.key}__{step}": position.key})
    if position.value is None:
        return past_key
    side = "lt" if sort.descending != reverse else "gt"
    # The first condition alone bounds the index; the second drops the rows that share the value.
    return Q(**{f"{sort.column}__{side}e": position.value}) & (
        Q(**{f"{sort.column}__{side}": position.value}) | past_key
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list may be narrowed to: a dataclass of fields whose defaults mean “all”; flags are ``1`` or empty."""

    def asked(self) -> dict[str, str]:
        """What differs from the whole list, as it stands in an address."""
        found: dict[str, str] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value != one.default:
                found[one.name] = "1" if value is True else str(value)
        return found

    def narrows(self) -> bool:
        """Whether any row is left out."""
        return bool(set(self.asked()) - {"sort"})
