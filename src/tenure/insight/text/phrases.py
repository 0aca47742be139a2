"""Key phrases without a dictionary: strings that hold together inside and stand free outside.

Chinese: a string of 2–4 characters is a phrase if, wherever it is cut, its parts come together far more often than
chance would have it (pointwise mutual information; Church and Hanks 1990, eq. 1, the weakest cut counts) and what
stands before and after it varies (entropy of the neighbours; Jin and Tanaka-Ishii 2006, section 2). English: words,
and pairs of words by the same mutual information. What carries no subject (stop words) is left out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tenure.insight.text.reading import is_han, runs
from tenure.insight.text.stopwords import CHINESE, CHINESE_EDGES, ENGLISH

#: A phrase's parts come together at least 2^3.5 = 11 times as often as chance would have it …
COHESION = 3.5
#: … and its neighbours are at least as various as 2^2.5 ≈ 6 equally likely ones.
FREEDOM = 2.5
LONGEST = 4
#: Seen in fewer texts than this, neither figure means anything.
SEEN_IN = 5
EDGE = "\n"


@dataclass(frozen=True)
class Phrase:
    """``count`` is how often it stands; ``cohesion`` and ``freedom`` in bits (see the module)."""

    text: str
    count: int
    cohesion: float
    freedom: float


def key_phrases(texts: Iterable[str], seen_in: int = SEEN_IN) -> list[Phrase]:
    """The phrases of ``texts`` that stand at least ``seen_in`` times, most frequent first."""
    read = [runs(text) for text in texts]
    chinese = [run for each in read for run in each if is_han(run)]
    english = [[run for run in each if run[0].isascii() and run[0].isalpha()] for each in read]
    found = _chinese(chinese, seen_in) + _english(english, seen_in)
    return sorted(found, key=lambda phrase: (-phrase.count, phrase.text))


def _chinese(read: Sequence[str], seen_in: int) -> list[Phrase]:
    counts = Counter(run[i : i + n] for run in read for n in range(1, LONGEST + 1) for i in range(len(run) - n + 1))
    characters = sum(map(len, read))
    common = {
        each
        for each, count in counts.items()
        if count >= seen_in and len(each) > 1 and each[0] not in CHINESE_EDGES and each[-1] not in CHINESE_EDGES
    }
    before: dict[str, Counter[str]] = {each: Counter() for each in common}
    after: dict[str, Counter[str]] = {each: Counter() for each in common}
    for run in read:
        framed = EDGE + run + EDGE
        for n in range(2, LONGEST + 1):
            for i in range(1, len(run) - n + 2):
                each = framed[i : i + n]
                if each in common:
                    before[each][framed[i - 1]] += 1
                    after[each][framed[i + n]] += 1
    found = []
    for each in sorted(common):
        cohesion = min(
            math.log2(counts[each] * characters / (counts[each[:cut]] * counts[each[cut:]]))
            for cut in range(1, len(each))
        )
        freedom = min(_variety(before[each]), _variety(after[each]))
        if cohesion >= COHESION and freedom >= FREEDOM and each not in CHINESE:
            found.append(Phrase(each, counts[each], cohesion, freedom))
    return found


def _english(read: Sequence[Sequence[str]], seen_in: int) -> list[Phrase]:
    words = Counter(word for each in read for word in each)
    pairs = Counter(pair for each in read for pair in pairwise(each))
    total = sum(words.values())
    found = [
        Phrase(word, count, 0.0, 0.0)
        for word, count in words.items()
        if count >= seen_in and len(word) > 2 and word not in ENGLISH and set(word) != {"x"}
    ]
    for (one, two), count in pairs.items():
        cohesion = math.log2(count * total / (words[one] * words[two]))
        masked = {"x"} in (set(one), set(two))
        if count >= seen_in and cohesion >= COHESION and one not in ENGLISH and two not in ENGLISH and not masked:
            found.append(Phrase(f"{one} {two}", count, cohesion, 0.0))
    return found


def _variety(neighbours: Counter[str]) -> float:
    """Entropy in bits. Edges of a run are each a neighbour of its own: a clause may end in any way."""
    total = sum(neighbours.values())
    shares = [count / total for neighbour, count in neighbours.items() if neighbour != EDGE]
    edges = neighbours[EDGE]
    return -sum(share * math.log2(share) for share in shares) + (edges / total) * math.log2(total)


class Spotter:
    """Finds the known phrases in a text: the longest at each place, and no part of it again (手机银行, not 手机)."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = list(phrases)
        self.place = {phrase: place for place, phrase in enumerate(self.phrases)}
        self._longest = max((len(phrase) for phrase in self.phrases), default=0)

    def spot(self, text: str) -> list[int]:
        """Places in ``phrases``, in the order of the text."""
        found: list[int] = []
        words: list[str] = []
        for run in [*runs(text), EDGE]:
            if is_han(run):
                found += self._in_run(run)
            if run[0].isascii() and run[0].isalpha():
                words.append(run)
            else:
                found += self._in_words(words)
                words = []
        return found

    def _in_run(self, run: str) -> list[int]:
        found, start = [], 0
        while start < len(run):
            for width in range(min(self._longest, len(run) - start), 1, -1):
                place = self.place.get(run[start : start + width])
                if place is not None:
                    found.append(place)
                    start += width
                    break
            else:
                start += 1
        return found

    def _in_words(self, words: Sequence[str]) -> list[int]:
        found, start = [], 0
        while start < len(words):
            pair = self.place.get(" ".join(words[start : start + 2]))
            if pair is not None and start + 1 < len(words):
                found.append(pair)
                start += 2
                continue
            word = self.place.get(words[start])
            if word is not None:
                found.append(word)
            start += 1
        return found
