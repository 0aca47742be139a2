"""A mapping's text: typed access to its entries, and where in the file a wrong one stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from tenure.errors import InputError

#: A section of the file: names, and the index in a list of tables.
Place = tuple[str | int, ...]


class MappingText:
    """The text of a mapping. Whatever is read from it is checked, and refused with its line and a remedy."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self._lines = text.splitlines()

    def only(self, held: object, allowed: Collection[str], where: Place, inside: str = "") -> None:
        if not isinstance(held, dict):
            self.wrong(where, inside, f"{held!r} should be a table of names and values", "See docs/ingest.md.")
        for key in held:
            if key not in allowed:
                self.unknown(where, key, f"entry in {inside}" if inside else "entry", key, allowed)

    def unknown(self, where: Place, key: str, what: str, given: object, known: Collection[str]) -> NoReturn:
        near = get_close_matches(str(given), known, 1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
        self.wrong(where, key, f"unknown {what} {given!r}", remedy)

    def wrong(self, where: Place, key: str, what: str, remedy: str) -> NoReturn:
        raise InputError(f"{self.place_of(where, key)}: {what}", remedy)

    def place_of(self, where: Place, key: str) -> str:
        section = ".".join(str(w + 1) if isinstance(w, int) else w for w in where)
        shown = ".".join(s for s in (section, key) if s)
        return f"{self.path.name}, line {self._line(where, key)}" + (f", {shown}" if shown else "")

    def _line(self, where: Place, key: str) -> int:
        """The line a key of a section stands on; the section's own line where the key isn't found."""
        section: Place = ()
        counts: dict[str, int] = {}
        begins = 1
        named = re.compile(rf"(^|[\s{{,\"']){re.escape(key)}[\"']?\s*=")
        for number, line in enumerate(self._lines, 1):
            header = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line)
            if header:
                names = [n.strip().strip("\"'") for n in header[2].split(".")]
                if header[1] == "[[":
                    counts[names[0]] = counts.get(names[0], -1) + 1
                section = tuple(names[:1] + ([counts[names[0]]] if names[0] in counts else []) + names[1:])
                if section == where:
                    begins = number
            elif key and section[: len(where)] == where and named.search(line):
                return number
        return begins

    def table(self, held: dict[str, Any], key: str, where: Place) -> dict[str, Any]:
        value = held.get(key, {})
        if not isinstance(value, dict):
            self.wrong(where, key, f"{value!r} should be a table of names and values", f"Write {key} = {{ … }}.")
        return value

    def tables(self, held: dict[str, Any], key: str, where: Place) -> list[dict[str, Any]]:
        value = held.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(where, key, f"{value!r} should be a list of tables", f"Write {key} = [{{ … }}].")
        return value

    def names(self, value: object, where: Place, key: str) -> list[str]:
        """One name or a list of names."""
        listed: list[Any] = list(value) if isinstance(value, list) else [value]
        if not all(isinstance(each, str) for each in listed):
            self.wrong(where, key, f"{value!r} should be a name or a list of names", 'Write "…" or ["…", "…"].')
        return listed

    def count(self, held: dict[str, Any], key: str, where: Place, default: int | None) -> int | None:
        value = held.get(key, default)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            self.wrong(where, key, f"{value!r} is no count", "Write a whole number.")
        return value

    def text_of(self, held: dict[str, Any], key: str, where: Place, default: str) -> str:
        value = held.get(key, default)
        if not isinstance(value, str):
            self.wrong(where, key, f"{value!r} should be text", "Put it in quotes.")
        return value

    def share(self, held: dict[str, Any], key: str, default: float) -> float:
        value = held.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            self.wrong((), key, f"{value!r} is no share", "Write a number from 0 to 1, such as 0.01.")
        return float(value)

    def one_of(
        self,
        held: dict[str, Any],
        key: str,
        where: Place,
        allowed: Collection[str],
        default: str,
    ) -> Any:
        value = held.get(key, default)
        if not isinstance(value, str) or value not in allowed:
            if not value:
                self.wrong(where, key, f"{key} is missing", f"Use one of {', '.join(allowed)}.")
            self.unknown(where, key, key, value, allowed)
        return value

    def constant(self, value: object) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)
