"""A text classifier for a bank's own codes, Chinese and English, taught by examples and by corrections (S22, S23).

Two linear models on the same vectors are averaged: L2 logistic regression, one label against the rest, and the same
on vectors scaled by the naive Bayes log-count ratio |r| (Wang and Manning 2012, eq. 3–5, "NBSVM"; with a logistic
loss). Their errors differ enough that the average beats both. As both are linear, so is the average: what each piece
of a text spoke for can be read off exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, plain, same_length
from tenure.insight.intervals import Estimate, share
from tenure.insight.judgement import calibration_error
from tenure.insight.text.calibration import Scaling, fit_scaling
from tenure.insight.text.reading import normal, pieces, verbatims
from tenure.insight.text.spans import Spoke, stretches
from tenure.insight.text.storage import packed, unpacked
from tenure.insight.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Numbers = NDArray[np.float64]

#: Fewer examples of a label than this teach nothing that can be checked: one in each inner fold and two to learn from.
EXAMPLES = 5
FOLDS = 3
#: Inverse penalty of the two members. Accuracy is flat around them (docs/statistics/text.md), so they are not searched.
LOGISTIC_C, RATIO_C = 5.0, 2.0
#: How far one correction moves the text it was made on, in log-odds for each label, when the model was surely wrong.
STEP = 1.0
KIND = "text classifier"


@dataclass(frozen=True)
class Suggestion:
    """A label with its probability, the next ones in order, and the pieces that spoke for it.

    ``label`` is None where the model knows no piece of the text, or nothing is sure enough; the figures still stand.
    """

    label: Any
    confidence: float
    alternatives: tuple[tuple[Any, float], ...]
    spoke: tuple[Spoke, ...] = ()


class TextClassifier:
    """Texts to labels with calibrated probabilities. Two labels or many; labels are strings, whole numbers or booleans.

    After ``fit``: ``labels_`` (the columns of ``predict_proba``), ``set_aside_`` (labels with fewer than 5 examples,
    and how many: they were not learnt), ``empty_`` (texts with nothing in them, left out), ``accuracy_`` and ``ece_``
    (out of fold: each text judged, and its probability calibrated, by models that never saw it), ``confusion_`` (the
    same judgements counted, shape ``(labels_, labels_)``: rows as labelled, columns as judged), ``corrections_``.

    Example:
        >>> texts = ["转账失败，钱没退"] * 20 + ["柜员态度很差"] * 20
        >>> model = TextClassifier().fit(texts, ["system"] * 20 + ["service"] * 20)
        >>> model.suggest("转账又失败了").label
        'system'
    """

    labels_: list[Any]
    set_aside_: dict[Any, int]
    empty_: int
    accuracy_: Estimate
    ece_: float
    confusion_: NDArray[np.int64]
    corrections_: int
    _vocabulary: Vocabulary
    _weights: Numbers
    _intercepts: Numbers
    _scaling: Scaling

    def fit(self, texts: Any, labels: Any) -> TextClassifier:
        """Learn from ``texts`` and their ``labels`` (columns of the same length); the same rows give the same model.

        Raises:
            InputError: lengths differ, a label is missing, or there is one label only.
            TooLittleData: fewer than two labels have 5 examples with something in them.
        """
        written, coded = verbatims(texts), _labels(labels)
        same_length(texts=written, labels=coded)
        if len(set(coded)) == 1:
            raise InputError(f"every text is labelled {coded[0]!r}", "A classifier needs examples of two labels.")
        read = [pieces(text) for text in written]
        counts: dict[Any, int] = {}
        for parts, label in zip(read, coded, strict=True):
            counts[label] = counts.get(label, 0) + bool(parts)
        self.labels_ = sorted((label for label, n in counts.items() if n >= EXAMPLES), key=lambda each: str(each))
        self.set_aside_ = {label: n for label, n in counts.items() if n < EXAMPLES}
        self.empty_ = sum(not parts for parts in read)
        if len(self.labels_) < 2:
            raise TooLittleData(
                f"{len(self.labels_)} of {len(counts)} labels have {EXAMPLES} texts with something in them",
                f"Code at least {EXAMPLES} texts of each of two labels.",
            )
        place = {label: i for i, label in enumerate(self.labels_)}
        taught = [(parts, place[label]) for parts, label in zip(read, coded, strict=True) if parts and label in place]
        kept, y = [parts for parts, _ in taught], np.array([label for _, label in taught])

        scores, fold = _out_of_fold(kept, y, len(self.labels_))
        spread = scores.std(axis=(1, 2)) + 1e-9
        combined = np.tensordot(1 / spread, scores, axes=1)
        self._scaling = fit_scaling(combined, y)
        self._check(combined, y, fold)
        self._vocabulary = Vocabulary.of(kept)
        weights, intercepts = _members(self._vocabulary.vectors(kept), y, len(self.labels_))
        self._weights = np.tensordot(1 / spread, weights, axes=1)
        self._intercepts = np.tensordot(1 / spread, intercepts, axes=1)
        self.corrections_ = 0
        return self

    def predict_proba(self, texts: Any) -> Numbers:
        """Probabilities of shape ``(texts, labels_)``; rows sum to 1. A text with no known piece gets the base rate."""
        return self._probabilities(self._vectors([pieces(text) for text in verbatims(texts)]))

    def predict(self, texts: Any) -> list[Any]:
        """The likeliest label of each text."""
        return [self.labels_[best] for best in self.predict_proba(texts).argmax(axis=1)]

    def evidence(self, texts: Any) -> Numbers:
        """What the words of each text say for each label, ``(texts, labels_)``: log-odds over the mean of all labels,
        the base rate aside; 0 where no piece is known."""
        vectors = self._vectors([pieces(text) for text in verbatims(texts)])
        return np.asarray(vectors @ (self._scaling.slope * (self._weights - self._weights.mean(axis=0))).T)

    def suggest(self, text: str, alternatives: int = 2) -> Suggestion:
        """The likeliest label of one text with its confidence, the next ``alternatives``, and why."""
        [read] = [pieces(each) for each in verbatims([text])]
        vector = self._vectors([read])
        chances = self._probabilities(vector)[0]
        order = np.argsort(-chances, kind="stable")
        others = tuple((self.labels_[i], float(chances[i])) for i in order[1 : 1 + alternatives])
        best = self.labels_[order[0]] if vector.nnz else None
        return Suggestion(best, float(chances[order[0]]), others, tuple(self.explain(text)))

    def explain(self, text: str, label: Any = None, shown: int = 5) -> list[Spoke]:
        """The words that spoke for ``label`` (the likeliest, unless named), strongest first.

        Exact: the weights of all characters, shown or not, add up to the label's log-odds over the mean of all labels,
        its base rate aside.
        """
        [written] = verbatims([text])
        vector = self._vectors([pieces(written)])
        at = int(self._probabilities(vector)[0].argmax()) if label is None else self._place(label)
        ahead = self._scaling.slope * (self._weights[at] - self._weights.mean(axis=0))
        told = vector.multiply(ahead).tocoo()
        weights = {self._vocabulary.terms[i]: float(value) for i, value in zip(told.col, told.data, strict=True)}
        return stretches(normal(written), weights)[:shown]

    def learn(self, texts: Any, labels: Any) -> TextClassifier:
        """A handler's corrections: one step of likelihood ascent for each, in their order.

        Each raises the probability of the label given on that text, and on others as far as they share its pieces
        (cosine); what the model already knew hardly moves it, and the same correction repeated outweighs anything
        learnt before. Words never seen are taken in. Milliseconds a correction.

        Raises:
            InputError: a label the model was not fitted with, or lengths that differ.
        """
        written, coded = verbatims(texts), _labels(labels)
        same_length(texts=written, labels=coded)
        places = [self._place(label) for label in coded]
        for text, place in zip(written, places, strict=True):
            read = pieces(text)
            if not read:
                continue
            grown = self._vocabulary.extend(read)
            if grown:
                self._weights = np.pad(self._weights, ((0, 0), (0, grown)))
            vector = self._vectors([read])
            missed = -self._probabilities(vector)[0]
            missed[place] += 1
            step = STEP / self._scaling.slope * missed
            self._weights[:, vector.indices] += np.outer(step, vector.data)
            self.corrections_ += 1
        return self

    def save(self) -> bytes:
        """The model as bytes. They hold pieces of up to four characters or two words, each from two texts or more
        (or from a correction), and no whole text."""
        state = {
            "labels": self.labels_,
            "set_aside": list(self.set_aside_.items()),
            "empty": self.empty_,
            "ece": self.ece_,
            "accuracy": self.accuracy_.as_dict(),
            "corrections": self.corrections_,
            "slope": self._scaling.slope,
            "texts": self._vocabulary.texts,
            "terms": self._vocabulary.terms,
        }
        arrays = {"weights": self._weights, "intercepts": self._intercepts, "bias": self._scaling.bias}
        return packed(KIND, state, {**arrays, "idf": self._vocabulary.idf, "confusion": self.confusion_})

    @classmethod
    def load(cls, saved: bytes) -> TextClassifier:
        """The model that ``save`` wrote: the same probabilities to the last bit.

        Raises:
            InputError: the bytes are something else.
        """
        state, arrays = unpacked(KIND, saved)
        model = cls()
        model.labels_, model.empty_, model.ece_ = state["labels"], state["empty"], state["ece"]
        model.set_aside_ = dict(state["set_aside"])
        model.accuracy_, model.corrections_ = Estimate(**state["accuracy"]), state["corrections"]
        model._vocabulary = Vocabulary(state["terms"], arrays["idf"], state["texts"])
        model._weights, model._intercepts = arrays["weights"], arrays["intercepts"]
        model.confusion_ = arrays["confusion"]
        model._scaling = Scaling(state["slope"], arrays["bias"])
        return model

    def _vectors(self, read: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        if not hasattr(self, "_vocabulary"):
            raise InputError("this classifier has learnt nothing yet", "Call fit(texts, labels) first.")
        return self._vocabulary.vectors(read)

    def _probabilities(self, vectors: sparse.csr_matrix) -> Numbers:
        return self._scaling.probabilities(np.asarray(vectors @ self._weights.T) + self._intercepts)

    def _place(self, label: Any) -> int:
        if label not in getattr(self, "labels_", ()):
            raise InputError(
                f"{label!r} is no label of this classifier",
                f"It knows {', '.join(map(str, getattr(self, 'labels_', ())))}; fit it again to add one.",
            )
        return self.labels_.index(label)

    def _check(self, scores: Numbers, y: NDArray[np.int64], fold: NDArray[np.int64]) -> None:
        """Accuracy and calibration error, the probabilities of each fold scaled by what the other folds show."""
        chances = np.empty_like(scores)
        for each in range(FOLDS):
            chances[fold == each] = fit_scaling(scores[fold != each], y[fold != each]).probabilities(
                scores[fold == each]
            )
        judged = chances.argmax(axis=1)
        right = judged == y
        self.confusion_ = np.zeros((len(self.labels_), len(self.labels_)), dtype=np.int64)
        np.add.at(self.confusion_, (y, judged), 1)
        self.ece_ = calibration_error(right, chances.max(axis=1))
        self.accuracy_ = share(int(right.sum()), len(right))


def _labels(values: Any) -> list[Any]:
    found = plain(values, "labels")
    for row, label in enumerate(found, start=1):
        if not isinstance(label, (str, int)):
            raise InputError(f"labels, row {row}: {label!r}; a text, a whole number or a boolean was expected")
    return found


def _members(
    vectors: sparse.csr_matrix, y: NDArray[np.int64], labels: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights ``(2, labels, pieces)`` and intercepts ``(2, labels)`` of the two members, label against the rest."""
    weights = np.zeros((2, labels, vectors.shape[1]))
    intercepts = np.zeros((2, labels))
    present = vectors.sign()
    for label in range(labels if labels > 2 else 1):
        yes = y == label
        inside, outside = (np.asarray(present[rows].sum(axis=0)).ravel() + 1 for rows in (yes, ~yes))
        ratio = np.abs(np.log(inside / inside.sum()) - np.log(outside / outside.sum()))
        for member, (scale, c) in enumerate(((np.ones_like(ratio), LOGISTIC_C), (ratio, RATIO_C))):
            model = LogisticRegression(C=c, solver="liblinear", dual=True, tol=1e-3, max_iter=300, random_state=0)
            model.fit(vectors.multiply(scale).tocsr(), yes)
            weights[member, label] = model.coef_[0] * scale
            intercepts[member, label] = model.intercept_[0]
    if labels == 2:
        weights[:, 1], intercepts[:, 1] = -weights[:, 0], -intercepts[:, 0]
    return weights, intercepts


def _out_of_fold(
    read: Sequence[Sequence[str]], y: NDArray[np.int64], labels: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Scores ``(2, texts, labels)`` by models that had not seen the text, and each text's fold."""
    scores = np.zeros((2, len(read), labels))
    fold = np.zeros(len(read), dtype=np.int64)
    for each, (taught, held) in enumerate(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(y, y)):
        vocabulary = Vocabulary.of([read[row] for row in taught])
        weights, intercepts = _members(vocabulary.vectors([read[row] for row in taught]), y[taught], labels)
        vectors = vocabulary.vectors([read[row] for row in held])
        scores[:, held] = np.stack([vectors @ weights[m].T + intercepts[m] for m in (0, 1)])
        fold[held] = each
    return scores, fold
