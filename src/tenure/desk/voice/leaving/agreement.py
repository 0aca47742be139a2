"""How far the cause by data and the customer's word agree: a table, Cohen's kappa, and which to trust. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tenure.desk.kit.shares import wilson

#: Interviews below which nothing is said of agreement, and of a single cause.
ENOUGH, ENOUGH_OF_ONE = 20, 10
#: Kappa from which two tellings agree well (Landis and Koch 1977 call 0.61 and above substantial).
GOOD = 0.61


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance with its 95 % interval; None where it cannot be told. ``n``: pairs it rests on."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A cause by data: how often it was named and the customer asked, how often they said the same, and who to trust.

    ``trust``: ``data`` (customers mostly say the same, so it may stand where nobody was asked), ``word`` (they mostly
    say something else: ask before you act) or ``cannot_tell``. ``instead``: what they say most where they differ.
    """

    cause: str
    n: int
    same: int
    share: float | None
    low: float | None
    high: float | None
    instead: str
    trust: str


def table_of(pairs: Iterable[tuple[str, str, int]], causes: Sequence[str]) -> list[list[int]]:
    """Counts by cause by data (rows) and by word (columns), both in the order of ``causes``."""
    place = {cause: n for n, cause in enumerate(causes)}
    found = [[0] * len(causes) for _cause in causes]
    for data, word, count in pairs:
        found[place[data]][place[word]] += count
    return found


def kappa(table: Sequence[Sequence[int]]) -> Kappa:
    """Cohen's kappa (1960) with the large-sample error of Fleiss, Cohen and Everitt (1969) by the delta method.

    Unknown below :data:`ENOUGH` pairs and where chance alone agrees wholly (everybody names one cause).
    """
    n = sum(map(sum, table))
    if n < ENOUGH:
        return Kappa(None, None, None, n)
    size = range(len(table))
    p = [[count / n for count in row] for row in table]
    row, column = [sum(p[i]) for i in size], [sum(p[i][j] for i in size) for j in size]
    seen, chance = sum(p[i][i] for i in size), sum(row[i] * column[i] for i in size)
    if 1 - chance < 1e-12:
        return Kappa(None, None, None, n)
    value = (seen - chance) / (1 - chance)
    diagonal = sum(p[i][i] * (1 - (row[i] + column[i]) * (1 - value)) ** 2 for i in size)
    beside = (1 - value) ** 2 * sum(p[i][j] * (column[i] + row[j]) ** 2 for i in size for j in size if i != j)
    variance = (diagonal + beside - (value - chance * (1 - value)) ** 2) / ((1 - chance) ** 2 * n)
    half = 1.959964 * math.sqrt(max(variance, 0.0))
    return Kappa(value, max(-1.0, value - half), min(1.0, value + half), n)


def judged(table: Sequence[Sequence[int]], causes: Sequence[str]) -> list[Judged]:
    """For each cause by data that was put to a customer: whether they say the same."""
    found = []
    for i, cause in enumerate(causes):
        n, same = sum(table[i]), table[i][i]
        if not n:
            continue
        low, high = wilson(same, n)
        others = {causes[j]: count for j, count in enumerate(table[i]) if j != i and count}
        instead = max(others, key=lambda one: others[one]) if others else ""
        trust = "cannot_tell"
        if n >= ENOUGH_OF_ONE:
            trust = "data" if low > 0.5 else "word" if high < 0.5 else trust
        # That the data know no reason is never confirmed by asking: whatever the customer names is worth more.
        if cause == "unknown" and n > same:
            trust = "word"
        found.append(Judged(cause, n, same, same / n, low, high, instead, trust))
    return sorted(found, key=lambda one: (-one.n, one.cause))


def verdict(found: Kappa) -> str:
    """What the agreement comes to: ``agree``, ``partly``, ``apart`` or ``cannot_tell``."""
    if found.value is None or found.low is None or found.high is None:
        return "cannot_tell"
    if found.low >= GOOD:
        return "agree"
    return "apart" if found.low <= 0 else "partly"


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """Each count as a share of all; empty of nothing."""
    n = sum(counts.values())
    return {cause: count / n for cause, count in counts.items()} if n else {}
