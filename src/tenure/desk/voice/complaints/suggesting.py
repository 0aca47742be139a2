"""Which codes a complaint's words speak for, and which words those are. Pure; a person always decides.

Two witnesses are added: the words the table names for a code, and what earlier coded complaints taught: a naive Bayes
classifier over character pairs, with add-one smoothing (McCallum and Nigam, 1998, the multi-variate counts). Whatever
is suggested comes with the words that spoke for it, so that a handler sees why.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tenure.desk.kit.shares import wilson
from tenure.desk.voice.complaints.coding import Code
from tenure.desk.voice.complaints.rules import pairs, plain

#: How much a word of the table weighs, as a ratio of odds.
_WORD = math.log(6.0)
SHOWN = 3
#: In so many complaints of a code a pair must have stood to be shown as what spoke for it: one is a coincidence.
OFTEN = 2
#: A code less likely than this is not worth reading.
LIKELY = 0.1
#: A code needs so many coded complaints before they teach anything.
LEAST = 3
#: Newest coded complaints on which suggestions are tried, at most, and of all at most this part; fewer say nothing.
TRIED, PART, FEWEST = 120, 3, 30
#: A code suggested this often is judged by itself.
JUDGED = 10


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


@dataclass(frozen=True, slots=True)
class Record:
    """How often the first suggestion was the code that a person chose: of the newest complaints, taught by older ones.

    ``right`` of ``tried`` (those where nothing was suggested were not right); ``usual``: how many the commonest code of
    the older ones would have had right, always guessed. ``unfit``: codes that, where suggested, are right no more often
    than that: they are suggested no more. ``tells``: whether there are enough to say so.
    """

    tried: int = 0
    right: int = 0
    usual: int = 0
    unfit: frozenset[str] = frozenset()

    @property
    def tells(self) -> bool:
        """Whether enough were tried."""
        return self.tried >= FEWEST

    @property
    def share(self) -> tuple[float, float, float]:
        """The share that was right, and its interval (Wilson, 95 %)."""
        low, high = wilson(self.right, self.tried)
        return self.right / self.tried, low, high


def tried(coded: Sequence[tuple[str, str]], among: Mapping[str, Code]) -> Record:
    """How well older complaints foretell the codes of the newest: split in time, so that nothing judges itself.

    Args:
        coded: words and code, the newest first.
        among: the codes that may be suggested.
    """
    size = min(TRIED, len(coded) // PART)
    newest, older = coded[:size], coded[size:]
    if size < FEWEST:
        return Record(size)
    taught, counts = teach(older), Counter(code for _words, code in older)
    usual = min(counts, key=lambda code: (-counts[code], code))
    first = [next((one.code for one in suggest(words, among, taught)), None) for words, _code in newest]
    hits: Counter[str] = Counter(said for said, (_w, code) in zip(first, newest, strict=True) if said == code)
    by_usual = sum(code == usual for _words, code in newest)
    unfit = {
        code for code, times in Counter(filter(None, first)).items()
        if times >= JUDGED and hits[code] * size <= by_usual * times
    }  # fmt: skip
    return Record(size, sum(hits.values()), by_usual, frozenset(unfit))


def suggest(
    words: str, among: Mapping[str, Code], taught: Taught, unfit: frozenset[str] = frozenset()
) -> list[Suggestion]:
    """At most three codes of ``among`` that the words speak for, the likeliest first; none where nothing speaks, and
    none of ``unfit``."""
    said, text = pairs(plain(words)), plain(words)
    named = {code: [word for word in one.words if plain(word) in text] for code, one in among.items()}
    known = [code for code in among if taught.complaints.get(code, 0) >= LEAST]
    total = sum(taught.complaints.get(code, 0) for code in known)
    whole_of = {pair: sum(taught.pairs[code].get(pair, 0) for code in known) for pair in said}
    weight = {code: {pair: _odds(pair, code, taught, whole_of[pair], total) for pair in said} for code in known}
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
    for code in [one for one in order[:SHOWN] if one not in unfit]:
        often = {one: odds for one, odds in weight.get(code, {}).items() if taught.pairs[code].get(one, 0) >= OFTEN}
        because, share = _because(named[code], often, text), math.exp(score[code] - top) / whole
        if because and share >= LIKELY:
            found.append(Suggestion(code, share, because))
    return found


def _odds(pair: str, code: str, taught: Taught, in_all: int, total: int) -> float:
    """How much likelier the pair stands in a complaint of this code than in one of the others.

    ``in_all`` of ``total`` complaints of all known codes have it. What none of a code's complaints said never speaks
    for it: by the smoothing alone, words that nobody ever said would speak for the code with the fewest complaints.
    """
    mine, count = taught.pairs[code].get(pair, 0), taught.complaints[code]
    odds = math.log((mine + 1) / (count + 2) / ((in_all - mine + 1) / (total - count + 2))) if in_all else 0.0
    return odds if mine else min(0.0, odds)


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
