"""A code's name."""

from __future__ import annotations

from typing import NamedTuple


class Name(NamedTuple):
    """A code's name as people write it."""

    zh: str
    en: str
