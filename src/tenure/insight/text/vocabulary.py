"""The pieces a classifier knows, and texts as vectors over them: sublinear TF-IDF of length one.

Weight of a piece: (1 + ln tf) · (ln((1 + N) ÷ (1 + df)) + 1), then divided by the vector's length (Manning, Raghavan
and Schütze 2008, chapter 6, variant ltc with smoothed idf).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A piece seen in one text only can teach nothing about another, and would carry that customer's words into the model.
SEEN_IN = 2


class Vocabulary:
    """``terms`` and their ``idf``; grows by ``extend`` when a correction brings a word never seen."""

    def __init__(self, terms: Iterable[str], idf: NDArray[np.float64], texts: int) -> None:
        self.terms = list(terms)
        self.idf = idf
        self.texts = texts
        self._place = {term: place for place, term in enumerate(self.terms)}

    def __len__(self) -> int:
        return len(self.terms)

    @classmethod
    def of(cls, read: Sequence[Sequence[str]]) -> Vocabulary:
        """The vocabulary of texts read by ``pieces``, in a fixed order."""
        seen = Counter(chain.from_iterable(set(each) for each in read))
        terms = sorted(term for term, count in seen.items() if count >= SEEN_IN)
        counts = np.array([seen[term] for term in terms], dtype=np.float64)
        return cls(terms, np.log((1 + len(read)) / (1 + counts)) + 1, len(read))

    def extend(self, read: Sequence[str]) -> int:
        """Take in the pieces not yet known; how many there were."""
        new = [term for term in dict.fromkeys(read) if term not in self._place]
        self._place.update({term: len(self.terms) + place for place, term in enumerate(new)})
        self.terms += new
        # a new piece counts as one seen in one text
        self.idf = np.concatenate([self.idf, np.full(len(new), np.log((1 + self.texts) / 2) + 1)])
        return len(new)

    def vectors(self, read: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """Shape ``(len(read), len(self))``; a text with no known piece is a row of zeros."""
        starts, places, values = [0], [], []
        for each in read:
            counts = Counter(self._place[term] for term in each if term in self._place)
            known = np.fromiter(counts, dtype=np.int64, count=len(counts))
            weights = (1 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * self.idf[known]
            length = np.sqrt((weights**2).sum())
            places.append(known)
            values.append(weights / length if length else weights)
            starts.append(starts[-1] + len(known))
        data = np.concatenate(values) if values else np.zeros(0)
        columns = np.concatenate(places) if places else np.zeros(0, dtype=np.int64)
        made = sparse.csr_matrix((data, columns, starts), shape=(len(read), len(self)))
        made.sort_indices()
        return made
