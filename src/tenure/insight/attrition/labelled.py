"""Boosted trees on any table with a yes-or-no column: public churn data, a list from a branch, a campaign's answers.

Numbers, texts, codes, days and missing values are encoded by the model itself and the same way at scoring. Scores are
made into probabilities by a slope and an intercept (Platt 1999) learnt on rows that the trees had not seen. Figures are
out of fold, the calibration fitted inside each fold; with a column of time, earlier rows foretell later ones and that
is the figure to believe.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.special import expit
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from tenure.errors import InputError
from tenure.insight.attrition.boosting import Boosters, Settings, settings_from
from tenure.insight.attrition.drift import Drift, DriftReference
from tenure.insight.attrition.encoding import Encoding
from tenure.insight.attrition.evaluation import EDGE, Evaluation, evaluate, platt
from tenure.insight.attrition.guards import Chosen, choose
from tenure.insight.attrition.model_card import markdown
from tenure.insight.inputs import TooLittleData, column, flags, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

FORMAT = 1
#: Rows with, and without, the outcome below which no model is made.
FEWEST_EVENTS = 30
#: Share of the rows, the newest, that a time-ordered evaluation foretells.
LATER_SHARE = 0.3
#: Rows above which one booster is enough: averaging several steadies what few rows leave to chance.
MOST_AVERAGED = 100_000
#: Inner folds that give the calibration its unseen scores.
INNER_FOLDS = 3


@dataclass(frozen=True)
class Judged:
    """``out_of_fold`` figures (None for a panel with a time column, which may only be split in time), ``in_time`` (None
    without such a column) and ``headline``, the one to believe: in time where there is one."""

    out_of_fold: Evaluation | None
    in_time: Evaluation | None
    dropped: dict[str, str]
    warnings: tuple[str, ...]

    @property
    def headline(self) -> Evaluation:
        """The honest figure."""
        found = self.in_time or self.out_of_fold
        assert found is not None
        return found


class LabelledModel:
    """Probability of a yes-or-no outcome on any table.

    Args:
        target: name of the column to foretell.
        positive: the value that means yes (compared as text); None for a column of 0 and 1.
        id: columns that name the row or the customer, never learnt from; repeated values make the table a panel.
        drop: columns to leave out.
        order: a column of time (days or numbers): evaluation learns from earlier rows and foretells later ones.
        settings: of the trees; the same defaults for every table.
    """

    def __init__(
        self,
        target: str,
        *,
        positive: Any = None,
        id: Sequence[str] = (),
        drop: Sequence[str] = (),
        order: str | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.target, self.positive, self.order = target, positive, order
        self.id, self.drop = tuple(id), tuple(drop)
        self.settings = settings or Settings()
        self._encoding: Encoding | None = None
        self._boosters = Boosters(())
        self._line = (1.0, 0.0)
        self._reference: DriftReference | None = None
        self._facts: dict[str, Any] = {}

    def evaluate(self, rows: Any, *, folds: int = 5, seed: int = 42, as_of: Any = None) -> Judged:
        """Figures on rows the model had not seen. ``as_of``: the day the features were known at; later days in a
        column of days are refused.

        Raises:
            TooLittleData: fewer than thirty rows with, or without, the outcome.
            InputError: a column foretells the outcome alone (it was made from it), or days after ``as_of``.
        """
        if not 2 <= folds <= 50:
            raise InputError(f"folds {folds}; 2 to 50 were expected")
        chosen = self._choose(rows, as_of)
        panel = chosen.groups is not None
        in_time = None if self.order is None else self._in_time(chosen)
        out_of_fold = None
        if self.order is None or not panel:
            out_of_fold = self._out_of_fold(chosen, folds, seed, panel)
        return Judged(out_of_fold, in_time, chosen.dropped, chosen.warnings)

    def fit(self, rows: Any, *, judged: Judged | None = None, as_of: Any = None) -> LabelledModel:
        """Learn from all rows; ``judged`` (from ``evaluate``) goes into the card.

        Raises:
            TooLittleData, InputError: as ``evaluate``.
        """
        chosen = self._choose(rows, as_of)
        self._encoding, self._boosters, self._line = self._trained(chosen, np.arange(len(chosen.outcome)))
        self._reference = DriftReference.of(self._encoding.matrix(chosen.table), self._encoding.names)
        figures = []
        if judged is not None:
            for how, each in (("ordered in time", judged.in_time), ("out of fold", judged.out_of_fold)):
                if each is not None:
                    figures.append({"how": how, **each.as_dict()})
        self._facts = {
            "target": self.target,
            "rows": len(chosen.outcome),
            "positives": int(chosen.outcome.sum()),
            "dropped": chosen.dropped,
            "warnings": list(chosen.warnings),
            "figures": figures,
        }
        return self

    def predict_proba(self, rows: Any) -> Numbers:
        """Probability of the outcome, shape ``(n,)``."""
        return self._probability(self._boosters, self._line, self._matrix(rows))

    def contributions(self, rows: Any) -> tuple[Numbers, Numbers]:
        """Exact contributions in log-odds, ``(n, features)``, and the base, ``(n,)``: they sum to the log-odds of
        ``predict_proba``. A category is one feature however many values it has."""
        found = self._line[0] * self._boosters.contributions(self._matrix(rows), self.settings.threads)
        return found[:, :-1], found[:, -1] + self._line[1]

    def reasons(self, rows: Any, top: int = 5) -> pa.Table:
        """The ``top`` largest contributions a row, either sign: ``row``, ``rank``, ``feature``, ``contribution``."""
        parts, _ = self.contributions(rows)
        top = min(top, parts.shape[1])
        order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :top]
        row = np.repeat(np.arange(len(parts)), top)
        return pa.table(
            {
                "row": pa.array(row),
                "rank": pa.array(np.tile(np.arange(1, top + 1), len(parts))),
                "feature": pa.array([self.features[k] for k in order.ravel()], pa.string()),
                "contribution": pa.array(parts[row, order.ravel()]),
            }
        )

    def drift(self, rows: Any) -> list[Drift]:
        """How far each feature has moved since training, largest first."""
        matrix = self._matrix(rows)
        assert self._reference is not None
        return self._reference.compare(matrix, self.features)

    @property
    def features(self) -> list[str]:
        """The columns the model uses."""
        if self._encoding is None:
            raise InputError("the model has not been fitted", "Call fit(table) first.")
        return self._encoding.names

    def card(self) -> dict[str, Any]:
        """The model card."""
        limits = ["associations_not_causes", "risk_is_not_persuadability", "level_moves_with_the_world"]
        return {
            "kind": "labelled table",
            **self._facts,
            "features": self.features,
            "settings": self.settings.as_dict(),
            "calibration": {"slope": self._line[0], "intercept": self._line[1]},
            "limits": limits if self.order else [*limits, "one_table_no_time"],
        }

    def card_markdown(self) -> str:
        """The card as Markdown."""
        return markdown(self.card())

    def save(self) -> str:
        """The model as JSON text."""
        names = self.features
        assert self._encoding is not None and self._reference is not None and names
        stored = {
            "kind": "labelled table",
            "format": FORMAT,
            "target": self.target,
            "positive": None if self.positive is None else str(self.positive),
            "id": self.id,
            "drop": self.drop,
            "order": self.order,
            "settings": asdict(self.settings),
            "encoding": self._encoding.as_dict(),
            "drift": self._reference.as_dict(),
            "line": self._line,
            "facts": self._facts,
            "trees": self._boosters.texts(),
        }
        return json.dumps(stored, ensure_ascii=False)

    @classmethod
    def load(cls, saved: str) -> LabelledModel:
        """The reverse of ``save``.

        Raises:
            InputError: the text is no saved model of this kind and format.
        """
        try:
            stored: Mapping[str, Any] = json.loads(saved)
            if (stored["kind"], stored["format"]) != ("labelled table", FORMAT):
                raise InputError(f"a saved model of a labelled table, format {FORMAT}, was expected", "Fit it again.")
            model = cls(
                stored["target"],
                positive=stored["positive"],
                id=stored["id"],
                drop=stored["drop"],
                order=stored["order"],
                settings=settings_from(stored["settings"]),
            )
            model._encoding = Encoding.from_dict(stored["encoding"])
            model._reference = DriftReference.from_dict(stored["drift"])
            model._line, model._facts = tuple(stored["line"]), stored["facts"]
            model._boosters = Boosters.from_texts(stored["trees"])
        except (ValueError, KeyError, TypeError) as wrong:
            raise InputError(f"this is no saved model: {wrong!r}", "Fit and save it again.") from None
        return model

    def _choose(self, rows: Any, as_of: Any) -> Chosen:
        whole = table(rows)
        if self.target not in whole.column_names:
            raise InputError(f"the table has no column {self.target}", f"It has {', '.join(whole.column_names)}.")
        absent = [
            name for name in (*self.id, *self.drop, *filter(None, [self.order])) if name not in whole.column_names
        ]
        if absent:
            raise InputError(f"the table has no column {', '.join(absent)}", f"It has {', '.join(whole.column_names)}.")
        outcome = flags(whole[self.target], self.target, positive=self.positive)
        yes = int(outcome.sum())
        if min(yes, len(outcome) - yes) < FEWEST_EVENTS:
            raise TooLittleData(
                f"{yes:,} of {len(outcome):,} rows have the outcome",
                f"At least {FEWEST_EVENTS} with it and {FEWEST_EVENTS} without are needed; check --positive.",
            )
        return choose(whole, outcome, target=self.target, id=self.id, drop=self.drop, order=self.order, as_of=as_of)

    def _out_of_fold(self, chosen: Chosen, folds: int, seed: int, panel: bool) -> Evaluation:
        if min(chosen.outcome.sum(), (~chosen.outcome).sum()) < folds:
            raise TooLittleData(f"fewer rows with the outcome than the {folds} folds")
        stated = np.empty(len(chosen.outcome))
        for learn, judge in _folds(chosen, folds, seed, panel):
            encoding, boosters, line = self._trained(chosen, learn)
            stated[judge] = self._probability(boosters, line, encoding.matrix(chosen.table.take(judge)))
        return evaluate(chosen.outcome, stated)

    def _in_time(self, chosen: Chosen) -> Evaluation:
        when = _moments(chosen.order)
        line_at = np.sort(when)[int(len(when) * (1 - LATER_SHARE))]
        learn, judge = np.flatnonzero(when < line_at), np.flatnonzero(when >= line_at)
        if min(len(learn), len(judge)) == 0 or min(chosen.outcome[learn].sum(), chosen.outcome[judge].sum()) < 10:
            raise TooLittleData(f"{self.order} leaves too few rows with the outcome before or after {line_at:g}")
        encoding, boosters, line = self._trained(chosen, learn)
        stated = self._probability(boosters, line, encoding.matrix(chosen.table.take(judge)))
        return evaluate(chosen.outcome[judge], stated)

    def _trained(self, chosen: Chosen, learn: NDArray[np.int64]) -> tuple[Encoding, Boosters, tuple[float, float]]:
        """Encoding, trees and calibration from the rows ``learn`` alone: nothing of the others enters."""
        part = chosen.table.take(learn)
        encoding = Encoding.of(part, chosen.features)
        matrix, outcome = encoding.matrix(part), chosen.outcome[learn].astype(np.float64)

        def boosted(at: NDArray[np.int64], settings: Settings) -> Boosters:
            return Boosters.fit(matrix[at], outcome[at], None, encoding.names, encoding.categorical, settings)

        scores = np.empty(len(learn))
        groups = None if chosen.groups is None else chosen.groups[learn]
        inner = Chosen(part, outcome > 0, chosen.features, groups, None, {}, ())
        fewer = replace(self.settings, models=1)
        full = self.settings if len(learn) <= MOST_AVERAGED else fewer
        for some, rest in _folds(inner, INNER_FOLDS, self.settings.seed, groups is not None):
            scores[rest] = boosted(some, fewer).scores(matrix[rest], self.settings.threads)
        line = platt(scores, outcome, np.ones(len(outcome)))
        return encoding, boosted(np.arange(len(learn)), full), line

    def _probability(self, boosters: Boosters, line: tuple[float, float], matrix: Numbers) -> Numbers:
        scores = boosters.scores(matrix, self.settings.threads)
        return np.asarray(np.clip(expit(line[0] * scores + line[1]), EDGE, 1 - EDGE))

    def _matrix(self, rows: Any) -> Numbers:
        if self._encoding is None:
            raise InputError("the model has not been fitted", "Call fit(table) first.")
        return self._encoding.matrix(table(rows))


def _folds(chosen: Chosen, folds: int, seed: int, panel: bool) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Stratified; in a panel all rows of a customer are in one fold."""
    nothing = np.zeros(len(chosen.outcome))
    if panel:
        grouped = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        return list(grouped.split(nothing, chosen.outcome, chosen.groups))
    return list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(nothing, chosen.outcome))


def _moments(values: pa.ChunkedArray[Any] | None) -> Numbers:
    assert values is not None
    encoding = Encoding.of(pa.table({"order": values}), ["order"])
    if encoding.kinds["order"] == "category":
        raise InputError("the column of time holds texts", "Give it as days (2026-11-25) or as numbers.")
    when = encoding.matrix(pa.table({"order": values}))[:, 0]
    return column(when, "order")
