"""How a customer feels, from the words alone: a lexicon to start with, the bank's own survey answers as soon as it can.

No corpus of a bank's verbatims with labels is public, and no model is shipped with anybody's words in it. So the cold
start is a lexicon (``lexicon``) with negation, intensity and contrast; then verbatims that stand beside a 0–10 score
teach a classifier, which replaces the lexicon only if it judges those same verbatims better (S19, S22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, same_length
from tenure.insight.intervals import Estimate, share, unknown
from tenure.insight.judgement import calibration_error
from tenure.insight.text.calibration import Scaling, fit_scaling
from tenure.insight.text.classifier import TextClassifier
from tenure.insight.text.lexicon import CONTRASTING, INTENSITY, NEGATING, POLARITY
from tenure.insight.text.reading import clauses, is_han, runs, verbatims
from tenure.insight.text.spans import Spoke
from tenure.insight.text.storage import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

POSITIVE, NEGATIVE = "positive", "negative"
#: Less sure than this, the answer is "can't tell".
SURE = 0.65
#: Log-odds a point of the lexicon's score, before the bank's own answers are known: a round figure between what
#: hotel (1.0) and take-away (1.6) reviews would ask for. ``fit`` replaces it.
SLOPE = 1.2
#: What is left of a word turned around: 不满意 is no praise, but 不错 is less than 好.
TURNED = -0.8
AFTER_CONTRAST = 1.5
#: Recommend scores: detractors, and promoters (Reichheld 2003); 7 and 8 lean neither way and teach nothing.
DETRACTS, PROMOTES = 6, 9
ENOUGH = 50
KIND = "sentiment"
_MARKS = {**POLARITY, **dict.fromkeys((*NEGATING, *INTENSITY, *CONTRASTING), 0.0)}
_LONGEST = max(map(len, _MARKS))


@dataclass(frozen=True)
class Feeling:
    """``label``: ``positive``, ``negative`` or None (can't tell); ``confidence``: the probability of the likelier."""

    label: str | None
    confidence: float
    positive: float
    spoke: tuple[Spoke, ...]


class Sentiment:
    """Feelings of verbatims with calibrated confidence. Unfitted it judges by its lexicon; ``fit`` makes it the bank's.

    Parameters:
        sure: below this confidence the label is None. The confidence of the unfitted lexicon is a first guess.

    After ``fit``: ``source_`` (``lexicon`` or ``classifier``), ``accuracy_``, ``ece_`` (both on verbatims unseen).
    """

    def __init__(self, sure: float = SURE) -> None:
        if not 0.5 <= sure < 1:
            raise InputError(f"sure is {sure}", "Give a probability from 0.5 to below 1.")
        self.sure = sure
        self.source_ = "lexicon"
        self.accuracy_: Estimate = unknown(0)
        self.ece_: float | None = None
        self._classifier: TextClassifier | None = None
        self._scaling = Scaling(SLOPE / 2, np.zeros(2))

    def fit(self, texts: Any, scores: Any) -> Sentiment:
        """Learn from ``texts`` and the recommend ``scores`` (0–10, NaN where not given) of the same answers.

        Raises:
            InputError: lengths differ, or a score out of 0–10.
            TooLittleData: fewer than 50 verbatims of detractors, or of promoters.
        """
        written = verbatims(texts)
        given = column(scores, "scores", minimum=0, maximum=10, missing=True)
        same_length(texts=written, scores=given)
        useful = np.array([bool(text.strip()) for text in written], dtype=bool) & ~np.isnan(given)
        useful &= (given <= DETRACTS) | (given >= PROMOTES)
        rows = np.flatnonzero(useful)
        happy = given[rows] >= PROMOTES
        if min(happy.sum(), (~happy).sum()) < ENOUGH:
            raise TooLittleData(
                f"{int(happy.sum())} verbatims of promoters and {int((~happy).sum())} of detractors",
                f"It takes {ENOUGH} of each; until then the lexicon judges.",
            )
        kept = [written[row] for row in rows]
        points = _pairs(np.array([lexicon_score(text)[0] for text in kept]))
        truth = happy.astype(np.int64)
        half = np.arange(len(rows)) % 2
        chances = np.empty_like(points)
        for part in (0, 1):
            chances[half == part] = fit_scaling(points[half != part], truth[half != part]).probabilities(
                points[half == part]
            )
        right = (chances[:, 1] > 0.5) == happy
        self._classifier = TextClassifier().fit(kept, [POSITIVE if each else NEGATIVE for each in happy])
        self.source_, self.accuracy_, self.ece_ = "classifier", self._classifier.accuracy_, self._classifier.ece_
        if right.mean() >= (self.accuracy_.value or 0.0):
            self._classifier, self.source_ = None, "lexicon"
            self.accuracy_ = share(int(right.sum()), len(right))
            self.ece_ = calibration_error(right, chances.max(axis=1))
        self._scaling = fit_scaling(points, truth)
        return self

    def predict_proba(self, texts: Any) -> Numbers:
        """The probability that each text is a happy customer's, shape ``(n,)``."""
        written = verbatims(texts)
        if self._classifier is not None:
            return self._classifier.predict_proba(written)[:, self._classifier.labels_.index(POSITIVE)]
        points = np.array([lexicon_score(text)[0] for text in written])
        return self._scaling.probabilities(_pairs(points))[:, 1]

    def judge(self, texts: Any) -> list[Feeling]:
        """The feeling of each text and the words that spoke for it; None where they say too little either way."""
        written = verbatims(texts)
        found = []
        for text, positive in zip(written, self.predict_proba(written).tolist(), strict=True):
            label, confidence = (POSITIVE, positive) if positive >= 0.5 else (NEGATIVE, 1 - positive)
            if self._classifier is not None:
                spoke = tuple(self._classifier.explain(text, label))
            else:
                sign = 1 if label == POSITIVE else -1
                spoke = tuple(
                    Spoke(each.piece, sign * each.weight) for each in lexicon_score(text)[1] if sign * each.weight > 0
                )
            found.append(Feeling(label if confidence >= self.sure and spoke else None, confidence, positive, spoke))
        return found

    def labels(self, texts: Any) -> list[str | None]:
        """The labels alone, many texts at once: as ``judge``, without working out which words spoke for them.

        A label is given only where the words together speak for it: a base rate is nobody's feeling.
        """
        written = verbatims(texts)
        if self._classifier is None:
            return [each.label for each in self.judge(written)]
        positive = self.predict_proba(written)
        said = self._classifier.evidence(written)[:, self._classifier.labels_.index(POSITIVE)]
        sure = (np.maximum(positive, 1 - positive) >= self.sure) & (np.where(positive >= 0.5, said, -said) > 0)
        return [
            (POSITIVE if chance >= 0.5 else NEGATIVE) if told else None
            for chance, told in zip(positive, sure, strict=True)
        ]

    def learn(self, texts: Any, labels: Any) -> Sentiment:
        """A handler's corrections (``positive`` or ``negative``), as ``TextClassifier.learn``.

        Raises:
            InputError: the lexicon still judges; it has nothing that a correction could teach.
        """
        if self._classifier is None:
            raise InputError("the lexicon judges and cannot be corrected", "Fit it on scored verbatims first.")
        self._classifier.learn(texts, labels)
        return self

    def save(self) -> bytes:
        """As ``TextClassifier.save``."""
        inner = self._classifier.save() if self._classifier else b""
        state: dict[str, Any] = {
            "sure": self.sure,
            "source": self.source_,
            "accuracy": self.accuracy_.as_dict(),
            "ece": self.ece_,
        }
        arrays: dict[str, NDArray[Any]] = {
            "classifier": np.frombuffer(inner, dtype=np.uint8),
            "bias": self._scaling.bias,
        }
        return packed(KIND, state | {"slope": self._scaling.slope}, arrays)

    @classmethod
    def load(cls, saved: bytes) -> Sentiment:
        """What ``save`` wrote."""
        state, arrays = unpacked(KIND, saved)
        made = cls(state["sure"])
        made.source_, made.ece_, made.accuracy_ = state["source"], state["ece"], Estimate(**state["accuracy"])
        made._scaling = Scaling(state["slope"], arrays["bias"])
        inner = arrays["classifier"].tobytes()
        made._classifier = TextClassifier.load(inner) if inner else None
        return made


def lexicon_score(text: str) -> tuple[float, list[Spoke]]:
    """Points for (above 0) and against, and the words they come from, by weight.

    In each clause a word counts its polarity × the intensity before it, turned around by an odd number of negations;
    after a contrast (但, but) by half as much again. The sum is divided by √words, so that length alone is no feeling.
    """
    total, spoke, contrast = 0.0, [], 1.0
    for clause in clauses(text):
        turned, stronger, before = 1.0, 1.0, ""
        for mark in _marks(clause):
            if mark in POLARITY:
                points = POLARITY[mark] * turned * stronger * contrast
                spoke.append(Spoke(before + mark, points))
                total += points
                turned, stronger, before = 1.0, 1.0, ""
            elif mark in NEGATING:
                turned, before = (TURNED if turned > 0 else 1.0), before + mark
            elif mark in CONTRASTING:
                contrast, turned, stronger, before = AFTER_CONTRAST, 1.0, 1.0, ""
            else:
                stronger *= INTENSITY[mark]
    spoke.sort(key=lambda each: (-abs(each.weight), each.piece))
    return (total / np.sqrt(len(spoke)) if spoke else 0.0), spoke


def _marks(clause: str) -> list[str]:
    """The words of the lexicon in a clause, the longest at each place."""
    found = []
    for run in runs(clause):
        if not is_han(run):
            found += [run] if run in _MARKS else (["n't"] if run.endswith("n't") else [])
            continue
        start = 0
        while start < len(run):
            for width in range(min(_LONGEST, len(run) - start), 0, -1):
                if run[start : start + width] in _MARKS:
                    found.append(run[start : start + width])
                    start += width
                    break
            else:
                start += 1
    return found


def _pairs(points: Numbers) -> Numbers:
    return np.column_stack([-points, points])
