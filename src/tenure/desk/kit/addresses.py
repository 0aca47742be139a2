"""Addresses of pages, made quickly: a page names up to five hundred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.safestring import SafeString

#: What stands as it is in an address (RFC 3986), as Django has it.
_SAFE = "!$&'()*+,;=/~:@"
_MOST = 5_000
#: Addresses with holes by what leads there and the kinds of what is filled in; None: Django makes each anew.
_shapes: dict[tuple[Any, ...], tuple[str, ...] | None] = {}


def address(name: str, args: Sequence[Any] = (), named: Mapping[str, Any] | None = None) -> str:
    """What ``reverse(name, args, kwargs)`` gives, and its refusals.

    Which address a name leads to never changes while a process runs, so it is made once, with holes; what fits no hole
    for certain (an empty word, one with a slash, a kind of value the pattern checks) is left to Django.
    """
    values = [*args, *named.values()] if named else args
    # What a template says itself ('log', 'undo': safe strings) is part of the address and leaves no hole.
    kinds = (one if type(one) is SafeString else type(one) for one in values)
    key = (get_script_prefix(), name, tuple(named) if named else len(args), *kinds)
    if key not in _shapes:
        if len(_shapes) >= _MOST:
            _shapes.clear()
        _shapes[key] = _shape(name, args, named or {})
    shape = _shapes[key]
    if shape is None:
        return reverse(name, args=args, kwargs=named)
    told = shape[0]
    holes = [one for one in values if type(one) is not SafeString]
    for value, rest in zip(holes, shape[1:], strict=True):
        text = str(value)
        if not text or "/" in text or (type(value) is int and value < 0):
            return reverse(name, args=args, kwargs=named)
        told += quote(text, safe=_SAFE) + rest
    return told


def _shape(name: str, args: Sequence[Any], named: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The address in pieces, between which the values go."""
    if args and named:
        return None
    marks = [_mark(value, place) for place, value in enumerate([*args, *named.values()])]
    if None in marks:
        return None
    try:
        rest = reverse(name, kwargs=dict(zip(named, marks, strict=True))) if named else reverse(name, args=marks)
    except NoReverseMatch:
        return None
    pieces = []
    for mark in marks:
        if type(mark) is SafeString:
            continue
        piece, found, rest = rest.partition(quote(str(mark), safe=_SAFE))
        if not found:  # not in this order
            return None
        pieces.append(piece)
    return (*pieces, rest)


def _mark(value: Any, place: int) -> Any:
    """A value of the same kind that stands nowhere else; None of kinds that are not known."""
    if type(value) is SafeString:
        return value
    if isinstance(value, UUID):
        return UUID(int=(0xFEED << 112) + place)
    if type(value) is int:
        return 987_654_321_000 + place
    return f"\ue000{place}\ue001" if isinstance(value, str) else None
