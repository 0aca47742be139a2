"""What a reader sees of a page: its words without the markup, and what a catalogue would have said instead."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polib

import tenure.desk

CATALOGUE = Path(tenure.desk.__file__).parent / "locale/zh_Hans/LC_MESSAGES/django.po"
#: Words that are the same in both languages, or names of things.
SHARED = {"AUM", "CNY", "EN", "all"}
_READ_ALOUD = ("title", "placeholder", "aria-label", "data-label", "alt")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        self.found += [value for name, value in attributes if name in _READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(" ".join(data.split()))


def words_of(html: str) -> list[str]:
    """Every stretch of text of a page, and the attributes read aloud or shown on hover."""
    reader = _Words()
    reader.feed(html)
    return reader.found


@cache
def _other(language: str) -> tuple[frozenset[str], list[re.Pattern[str]]]:
    """Every message as the *other* language writes it: those without holes, and patterns of the others."""
    plain, holed = set(), []
    for entry in polib.pofile(str(CATALOGUE)):
        said = (entry.msgstr or entry.msgstr_plural.get(0, ""), entry.msgid)[language != "en"]
        literal = re.sub(r"%\(\w+\)s", "", said).strip()
        if said in SHARED or entry.msgid == (entry.msgstr or entry.msgstr_plural.get(0)) or len(literal) < 2:
            continue
        parts = [" ".join(re.escape(part.replace("%%", "%")).split()) for part in re.split(r"%\(\w+\)s", said)]
        if len(parts) == 1:
            plain.add(" ".join(said.replace("%%", "%").split()))
        else:
            holed.append(re.compile(".{1,60}?".join(parts)))
    return frozenset(plain), holed


@cache
def _is_other(word: str, language: str) -> bool:
    """Whether the catalogue knows ``word`` as the other language's; asked once of a word that stands on every page."""
    plain, holed = _other(language)
    return word in plain or any(pattern.fullmatch(word) for pattern in holed)


def left_over(html: str, language: str) -> list[str]:
    """Words of a page that stand in the other language than ``language``, as the catalogue knows them."""
    return sorted({word for word in words_of(html) if _is_other(word, language)})
