"""Which codes a complaint's words speak for, and which words those are. Pure; a person always decides.

Two witnesses are added: the words the table names for a code, and what earlier coded complaints taught: a naive Bayes
classifier over character pairs, with add-one smoothing (McCallum and Nigam, 1998, the multi-variate counts). Whatever
is suggested comes with the words that spoke for it, so that a handler sees why.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tenure.desk.voice.complaints.coding import Code
from tenure.desk.voice.complaints.rules import pairs, plain

#: How much a word of the table weighs, as a ratio of odds.
_WORD = math.log(6.0)
SHOWN = 3
#: A code needs so many coded complaints before they teach anything.
LEAST = 3


@dataclass(frozen=True, slots=True)
class Taught:
    """What coded complaints teach: for each code in how many of them each pair of characters stands."""

    complaints: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code, its share among all codes, and the words that spoke for it."""

    code: str
    share: float
    because: tuple[str, ...]


def teach(coded: Iterable[tuple[str, str]]) -> Taught:
    """Count what ``coded`` (words, code) teach; the same words under the same code count once."""
    complaints: Counter[str] = Counter()
    found: dict[str, Counter[str]] = {}
    for words, code in dict.fromkeys((plain(words), code) for words, code in coded):
        complaints[code] += 1
        found.setdefault(code, Counter()).update(pairs(words))
    return Taught(dict(complaints), {code: dict(one) for code, one in found.items()})


def suggest(words: str, among: Mapping[str, Code], taught: Taught) -> list[Suggestion]:
    """At most three codes of ``among`` that the words speak for, the likeliest first; none where nothing speaks."""
    said, text = pairs(plain(words)), plain(words)
    named = {code: [word for word in one.words if plain(word) in text] for code, one in among.items()}
    known = [code for code in among if taught.complaints.get(code, 0) >= LEAST]
    weight = {code: {pair: _odds(pair, code, known, taught) for pair in said} for code in known}
    total = sum(taught.complaints.get(code, 0) for code in known)
    score = {}
    for code in among:
        score[code] = _WORD * len(named[code])
        if code in weight:
            # the root: pairs of neighbouring characters are no independent witnesses
            score[code] += sum(weight[code].values()) / math.sqrt(max(1, len(said)))
            score[code] += 0.5 * math.log(taught.complaints[code] * len(known) / total)
    if not score or (not any(named.values()) and not known):
        return []
    top = max(score.values())
    whole = sum(math.exp(value - top) for value in score.values())
    order = sorted(among, key=lambda code: (-score[code], code))
    found = []
    for code in order[:SHOWN]:
        because = _because(named[code], weight.get(code, {}), text)
        if because:
            found.append(Suggestion(code, math.exp(score[code] - top) / whole, because))
    return found


def _odds(pair: str, code: str, known: list[str], taught: Taught) -> float:
    """How much likelier the pair stands in a complaint of this code than in one of the others."""
    here = (taught.pairs[code].get(pair, 0) + 1) / (taught.complaints[code] + 2)
    others = [one for one in known if one != code]
    count = sum(taught.complaints[one] for one in others)
    there = (sum(taught.pairs[one].get(pair, 0) for one in others) + 1) / (count + 2)
    return math.log(here / there)


def _because(named: list[str], weight: Mapping[str, float], text: str) -> tuple[str, ...]:
    """The table's words, then stretches of the text whose pairs spoke most; four at most."""
    strong = {pair for pair, value in weight.items() if value > math.log(2)}
    runs: list[tuple[float, str]] = []
    at = 0
    while at < len(text) - 1:
        end = at
        while end < len(text) - 1 and text[end : end + 2] in strong:
            end += 1
        if end > at:
            run = text[at : end + 1]
            runs.append((sum(weight[text[n : n + 2]] for n in range(at, end)), run[:12]))
        at = max(end, at + 1)
    taught = [run for _weight, run in sorted(runs, reverse=True)]
    found = [*named, *(run for run in taught if not any(run in word or word in run for word in named))]
    return tuple(dict.fromkeys(found))[:4]
