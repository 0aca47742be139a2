"""How much the themes owe to the sample at hand: found again on part of the texts, do they part all of them alike?"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score

from tenure.errors import InputError
from tenure.insight.text.reading import verbatims
from tenure.insight.text.themes import Themes

ROUNDS = 5
PART = 0.8


def stability(texts: Any, themes: Themes, rounds: int = ROUNDS, part: float = PART, seed: int = 0) -> list[float]:
    """Adjusted Rand index (Hubert and Arabie 1985, eq. 5) for each of ``rounds`` samples of ``part`` of the texts.

    Each time themes with the settings of ``themes`` are found on a sample drawn without replacement, all texts are
    assigned by both, and the two partitions are compared; texts of no theme count as one group. 1 is the same
    partition, 0 what chance brings. Costs one fit a round.

    Raises:
        InputError: ``part`` is no share, or ``rounds`` is less than 1.
    """
    if not 0 < part < 1 or rounds < 1:
        raise InputError(f"part {part}, rounds {rounds}", "Give a share between 0 and 1, and at least one round.")
    written = verbatims(texts)
    partition = [str(each) for each in themes.assign(written)]
    drawn = np.random.default_rng(seed)
    found = []
    for _ in range(rounds):
        rows = drawn.permutation(len(written))[: round(part * len(written))]
        again = Themes(themes.count, themes.smallest, themes.subjects, themes.names.split("\n")).fit(
            [written[row] for row in rows]
        )
        found.append(float(adjusted_rand_score(partition, [str(each) for each in again.assign(written)])))
    return found
