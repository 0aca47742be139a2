"""Why a customer complains: a suggestion for the handler, with its confidence and alternatives (S23).

Cold start: each cause is described by a dozen sentences of our own, and the classifier is taught by them. The bank's
past coded complaints take their place code by code; a handler's correction teaches at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tenure.errors import InputError
from tenure.insight.inputs import plain, same_length
from tenure.insight.text.classifier import EXAMPLES, Suggestion, TextClassifier
from tenure.insight.text.examples import COMMON_CAUSES, SIX_CAUSES
from tenure.insight.text.reading import verbatims

#: Less sure than this, no cause is suggested; the alternatives still stand.
SURE = 0.4


class ComplaintCause:
    """Suggests the cause of a complaint.

    Parameters:
        described: causes and a few sentences for each. ``SIX_CAUSES`` (S23) or ``COMMON_CAUSES`` (service, process,
            selling, fees, system, disclosure, privacy: the kinds of reason of JR/T 0169), or the bank's own.
        codes: the bank's code for a described cause (``{"fees": "0403"}``); suggestions then bear the code.
        sure: below this confidence the label is None.

    ``cold_`` is True until ``fit``: no confidence rests on complaints of this bank yet, and it is capped by nothing
    but how clearly a text resembles the descriptions.
    """

    cold_: bool

    def __init__(
        self,
        described: Mapping[str, tuple[str, ...]] = COMMON_CAUSES,
        codes: Mapping[str, str] | None = None,
        sure: float = SURE,
    ) -> None:
        unknown = set(codes or ()) - set(described)
        if unknown:
            raise InputError(f"codes are given for {sorted(unknown)}", f"The causes are {', '.join(described)}.")
        self.sure = sure
        self._described = {(codes or {}).get(cause, cause): sentences for cause, sentences in described.items()}
        self.cold_ = True
        self._model = TextClassifier().fit(*_listed(self._described))

    @property
    def model(self) -> TextClassifier:
        """The classifier behind the suggestions, with its accuracy and calibration once fitted."""
        return self._model

    def fit(self, texts: Any, codes: Any) -> ComplaintCause:
        """Learn from complaints with the cause a handler gave. Causes with fewer than 5 keep their description.

        Raises:
            InputError: lengths differ.
            TooLittleData: fewer than two causes have either 5 complaints or a description.
        """
        written, coded = verbatims(texts), plain(codes, "codes")
        same_length(texts=written, codes=coded)
        enough = {code for code, n in Counter(coded).items() if n >= EXAMPLES}
        more, labels = _listed({code: each for code, each in self._described.items() if code not in enough})
        self._model = TextClassifier().fit([*written, *more], [*coded, *labels])
        self.cold_ = not enough
        return self

    def suggest(self, text: str, alternatives: int = 2) -> Suggestion:
        """The likeliest cause; None where it is less sure than ``sure`` or no word is known. Alternatives in order."""
        found = self._model.suggest(text, alternatives + 1)
        if found.label is not None and found.confidence >= self.sure:
            return Suggestion(found.label, found.confidence, found.alternatives[:alternatives], found.spoke)
        first = () if found.label is None else ((found.label, found.confidence),)
        return Suggestion(None, found.confidence, (*first, *found.alternatives)[:alternatives], found.spoke)

    def learn(self, texts: Any, codes: Any) -> ComplaintCause:
        """A handler's corrections; from the first day on."""
        self._model.learn(texts, codes)
        return self

    def save(self) -> bytes:
        """What was learnt, as ``TextClassifier.save``; descriptions and settings are the caller's."""
        return self._model.save()

    def restore(self, saved: bytes) -> ComplaintCause:
        """Take up what ``save`` wrote."""
        self._model = TextClassifier.load(saved)
        self.cold_ = False
        return self


def _listed(described: Mapping[str, tuple[str, ...]]) -> tuple[list[str], list[str]]:
    return (
        [sentence for sentences in described.values() for sentence in sentences],
        [cause for cause, sentences in described.items() for _ in sentences],
    )


__all__ = ["COMMON_CAUSES", "SIX_CAUSES", "ComplaintCause"]
