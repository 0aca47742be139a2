"""Reading a verbatim: one normal form, and the pieces of it that models count.

Chinese is read without a dictionary, as overlapping characters; on labelled reviews that beats word segmentation
(docs/statistics/text.md). English is read the same way and by its words. Both rest on one normal form (Unicode NFKC:
full-width letters and digits become plain ones; lower case; white space as one blank).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import Any

from tenure.errors import InputError
from tenure.insight.inputs import plain

#: What is read of one text: a verbatim is shorter, and one pasted file must not outweigh a thousand voices.
LONGEST = 20_000
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_BLANKS = re.compile(r"\s+")
_RUNS = re.compile(f"[{HAN}]+|[a-z]+(?:'[a-z]+)*|[0-9]+")
_CLAUSES = re.compile(r"[^\w\s'%]+")
_REPEATED = re.compile(r"(.{1,8}?)\1+")
_NOT_WORDS = re.compile(r"[\W_]+")


def verbatims(values: Any, name: str = "texts") -> list[str]:
    """A column of texts; a missing one (null, NaN) is an empty text, as most people leave the box empty.

    Raises:
        InputError: a single string, or a value that is no text; its row is named.
    """
    found = plain(values, name)
    read = []
    for row, value in enumerate(found, start=1):
        if value is None or value != value:
            read.append("")
        elif isinstance(value, str):
            read.append(value)
        else:
            raise InputError(f"{name}, row {row}: {value!r} is a {type(value).__name__}; a text was expected")
    return read


def normal(text: str) -> str:
    """The normal form: NFKC, lower case, single blanks, at most ``LONGEST`` characters."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST]).lower()).strip()


def runs(text: str) -> list[str]:
    """Unbroken runs of Chinese characters, English words and numbers, in their order."""
    return _RUNS.findall(normal(text))


def clauses(text: str) -> list[str]:
    """The text between its punctuation marks: as far as a negation reaches."""
    return [part.strip() for part in _CLAUSES.split(normal(text)) if part.strip()]


def is_han(run: str) -> bool:
    """Whether a run of ``runs`` is Chinese."""
    return run[0] >= "\u3400"


def pieces(text: str) -> list[str]:
    """What a classifier counts: characters in ones to fours, and English words in ones and twos (marked by ``_``).

    Punctuation and emoji are characters like others. Of a text that is mostly English only the words are kept: letters
    in fours say nothing that its words don't, and take ten times the room.
    """
    text = normal(text)
    if not text:
        return []
    words = [run for run in _RUNS.findall(text) if run[0] < "\u3400"]
    read = [f"_{word}" for word in words]
    read += [f"_{one} {two}" for one, two in pairwise(words)]
    if 2 * sum(map(len, words)) < len(text.replace(" ", "")):
        for width in range(1, 5):
            read += [text[start : start + width] for start in range(len(text) - width + 1)]
    return read


def gist(text: str) -> str:
    """What two near-duplicates share: no punctuation, no emoji, nothing said twice in a row (很好很好！ → 很好)."""
    return _REPEATED.sub(r"\1", _NOT_WORDS.sub("", normal(text)))
