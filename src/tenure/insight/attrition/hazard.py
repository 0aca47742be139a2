"""The bank's attrition model: a discrete-time hazard by gradient boosting over landmark customer-months (S19, S24).

For a customer with features x at the end of month t, the hazard of lead k is h(k | x) = P(lost in month t + k | still
here at t + k − 1), the survival S(k) = Π (1 − h(j)), the probability of leaving within k months 1 − S(k). The trees
give log-odds of h, corrected by a slope and an intercept (Platt 1999) learnt on later months than the trees were.

Time is split, never shuffled. With the data ending in month E, the out-of-time test is the newest landmark T whose
window is closed (T + window = E); a first model learns from months ≤ C, is calibrated on months C < m ≤ T, and is
judged on T's window. No label reaches beyond the landmark that follows it. The model that is then used is made by the
same procedure moved forward to E; its own figures will be known when its window has closed. Until another takes its
place its line is fitted again each month (``recalibrated``), because the level of leaving moves faster than its order.
"""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.special import expit

from tenure.errors import InputError
from tenure.insight.attrition.boosting import Settings, settings_from
from tenure.insight.attrition.drift import Drift, DriftReference
from tenure.insight.attrition.encoding import Encoding
from tenure.insight.attrition.evaluation import EDGE, calibration_tenths
from tenure.insight.attrition.fitted import CALIBRATION_MONTHS, Fitted, Procedure, exact
from tenure.insight.attrition.judging import figures as figures_of
from tenure.insight.attrition.judging import said_and_came, windows
from tenure.insight.attrition.model_card import markdown
from tenure.insight.attrition.periods import Panel, customers_of, groups_of, read_panel
from tenure.insight.inputs import TooLittleData, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FORMAT = 2
#: Customers scored at once: bounds the memory.
CHUNK = 50_000
#: The name that the stated probability of leaving within ``SCORED`` months has among what is watched for drift.
SCORE, SCORED = "score", 3
#: Trees of the hazard: fewer than for a small table, as each customer is scored often; and balanced, as the time that
#: exact contributions take grows with the square of the depth.
SETTINGS = Settings(
    rounds=100, learning_rate=0.08, leaves=16, depth=4, fewest_in_leaf=60, ridge=5.0, smoothing=10.0, models=1
)


class AttritionModel:
    """Who leaves in which of the next ``horizon`` months.

    Args:
        horizon: months ahead.
        reason_codes: feature → code of the reason it stands for; a feature without one is its own code.
        settings: of the trees.
        most_rows: rows to learn from at most; all losses and a weighted sample of the rest are kept.
    """

    def __init__(
        self,
        horizon: int = 12,
        *,
        reason_codes: Mapping[str, str] | None = None,
        settings: Settings = SETTINGS,
        most_rows: int = 1_500_000,
    ) -> None:
        if not 1 <= horizon <= 60:
            raise InputError(f"horizon {horizon}; 1 to 60 months were expected")
        self.horizon, self.settings, self.most_rows = horizon, settings, most_rows
        self.reason_codes = dict(reason_codes or {})
        self._encoding: Encoding | None = None
        self._used: Fitted | None = None
        self._reference: DriftReference | None = None
        self._facts: dict[str, Any] = {}

    def fit(self, panel: Any) -> AttritionModel:
        """Learn from a panel: ``party_id``, ``month`` (year · 12 + month − 1), features known at that month's end,
        ``lead`` (months until the loss, null when not seen) and ``seen`` (months observed after the landmark).

        Raises:
            TooLittleData: too few months or losses for a model, its calibration and its test.
            InputError: the panel is not as described.
        """
        rows = read_panel(panel)
        first, end = int(rows.month.min()), rows.end
        window = min(self.horizon, (end - first) // 3)
        calibration = _calibration(first, end)
        if window < 1 or calibration < 1:
            raise TooLittleData(
                f"the panel spans {end - first} months; at least 4 are needed to learn, calibrate, test"
            )
        learnable = rows.table.select(list(rows.features))
        encoding = Encoding.of(learnable.filter(pa.array(rows.month <= end - window)), rows.features)
        constant = _constant(exact(encoding.matrix(learnable)), encoding.names)
        features = tuple(name for name in rows.features if name not in constant)
        if not features:
            raise TooLittleData("every feature is constant: nothing tells one customer from another")
        rows = replace(rows, features=features)
        self._encoding = Encoding(
            {name: kind for name, kind in encoding.kinds.items() if name in features},
            {name: each for name, each in encoding.categories.items() if name in features},
        )
        matrix = exact(self._encoding.matrix(rows.table))
        landmark, made = end - window, self._procedure
        tested = made.fitted(rows, matrix, self._encoding, landmark, calibration)
        figures = self._judged(rows, matrix, tested, landmark, window)
        self._used = made.fitted(rows, matrix, self._encoding, end, calibration)
        newest = rows.month == rows.month.max()
        self._reference = DriftReference.of(self._with_score(matrix[newest]), [*self._encoding.names, SCORE])
        self._facts = {
            "rows": rows.table.num_rows,
            "losses": int(np.unique(customers_of(rows.table)[~np.isnan(rows.lead)]).size),
            "customers": int(np.unique(customers_of(rows.table)).size),
            "first_month": first,
            "last_month": end,
            "newest_landmark": int(rows.month.max()),
            "test_landmark": landmark,
            "test_window": window,
            "calibration_months": calibration,
            "dropped_constant": constant,
            "figures": figures,
        }
        return self

    def recalibrated(self, panel: Any, until: int | None = None) -> AttritionModel:
        """The same trees with a new line, fitted on the newest months of ``panel`` up to ``until`` (to its end by
        default) that the trees have not learnt from: the level of today, or what the model was at that landmark.

        Raises:
            TooLittleData: the trees have seen the months up to ``until``, or too few were lost since.
            InputError: the panel lacks columns of the model, or they changed their kind.
        """
        used = self._ready()
        rows = read_panel(panel, self.features)
        assert self._encoding is not None
        until = rows.end if until is None else until
        new = copy(self)
        matrix = exact(self._encoding.matrix(rows.table))
        new._used = self._procedure.corrected(used.boosters, rows, matrix, used.learnt_until, until)
        new._facts = {**self._facts, "newest_landmark": max(self._facts["newest_landmark"], int(rows.month.max()))}
        return new

    def stand_in(self, panel: Any, until: int) -> AttritionModel:
        """A model made by this one's procedure, of its columns, from the months of ``panel`` up to ``until`` only.

        Raises:
            TooLittleData: too few months or losses up to there.
        """
        self._ready()
        rows = read_panel(panel, self.features)
        first = int(rows.month.min())
        if _calibration(first, until) < 1:
            raise TooLittleData(f"{until - first} months before landmark {until}; at least 4 are needed")
        assert self._encoding is not None
        new = copy(self)
        matrix = exact(self._encoding.matrix(rows.table))
        new._used = self._procedure.fitted(rows, matrix, self._encoding, until, _calibration(first, until))
        return new

    def watched(self, panel: Any) -> AttritionModel:
        """This model, its card telling what it said at the newest closed windows and what came (``said_and_came``)."""
        new = copy(self)
        new._facts = {**self._facts, "since": said_and_came(self, panel)}
        return new

    def hazard(self, rows: Any) -> Numbers:
        """Probability of leaving in each month ahead, given still here: shape ``(n, horizon)``."""
        return self._hazards(self._matrix(rows), self._ready())

    def survival(self, rows: Any) -> Numbers:
        """Probability of still being here after 1 … ``horizon`` months: shape ``(n, horizon)``."""
        return np.asarray(np.cumprod(1.0 - self.hazard(rows), axis=1))

    def probability(self, rows: Any, months: int | None = None) -> Numbers:
        """Probability of leaving within ``months`` (the horizon by default): shape ``(n,)``."""
        months = self.horizon if months is None else months
        if not 1 <= months <= self.horizon:
            raise InputError(f"months {months}; 1 to {self.horizon} were expected")
        return np.asarray(1.0 - self.survival(rows)[:, months - 1])

    def contributions(self, rows: Any) -> tuple[Numbers, Numbers]:
        """Exact contributions of the features to the log-odds of next month's hazard, ``(n, features)``, and the rest
        (base and lead), ``(n,)``: each row of both sums to ``logit(hazard[:, 0])``. Features as in ``features``."""
        return self._explained(self._matrix(rows), self._ready())

    def reasons(self, rows: Any, top: int = 5) -> pa.Table:
        """The ``top`` largest contributions of each customer, either sign: ``row``, ``rank``, ``feature``, ``code``,
        ``contribution`` (log-odds of next month's hazard, above 0 towards leaving) and ``value`` (as encoded; null
        missing)."""
        self._ready()
        assert self._encoding is not None
        matrix = self._encoding.matrix(table(rows, "rows"))  # values are told as they came
        parts, _ = self._explained(exact(matrix.copy()), self._ready())
        top = min(top, parts.shape[1])
        order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :top]
        picked = order.ravel()
        codes = [self.reason_codes.get(name, name) for name in self.features]
        row = np.repeat(np.arange(len(parts)), top)
        value = matrix[row, picked]
        names = pa.DictionaryArray.from_arrays(picked.astype(np.int32), pa.array(list(self.features)))
        return pa.table(
            {
                "row": pa.array(row),
                "rank": pa.array(np.tile(np.arange(1, top + 1), len(parts))),
                "feature": names,
                "code": pa.array(codes, pa.string()).take(picked).dictionary_encode(),
                "contribution": pa.array(parts[row, picked]),
                "value": pa.array(value, mask=np.isnan(value)),
            }
        )

    def evaluate(self, panel: Any) -> list[dict[str, Any]]:
        """Figures for each landmark and window (3, 6, 12 … months) that is closed: a row each, with ``landmark``,
        ``months``, ``out_of_time`` (False: the model had seen some of these losses) and the figures of
        ``Evaluation.as_dict``. Landmarks with too few losses are left out."""
        fitted = self._ready()
        rows = read_panel(panel, self.features)
        matrix = self._matrix(rows.table)
        found = []
        for landmark in np.unique(rows.month):
            at = np.flatnonzero(rows.month == landmark)
            survival = np.cumprod(1 - self._hazards(matrix[at], fitted), axis=1)
            for months in windows(self.horizon):
                result = figures_of(rows, at, survival, months)
                if result is not None:
                    known = {"landmark": int(landmark), "months": months, "out_of_time": int(landmark) >= fitted.until}
                    found.append({**known, **result.as_dict()})
        return found

    def drift(self, rows: Any) -> list[Drift]:
        """How far each feature, and the stated probability of leaving within three months (``score``), have moved
        since the newest landmark of training, largest first."""
        self._ready()
        assert self._reference is not None and self._encoding is not None
        return self._reference.compare(self._with_score(self._matrix(rows)), [*self._encoding.names, SCORE])

    @property
    def features(self) -> tuple[str, ...]:
        """The columns the model uses, in order."""
        self._ready()
        assert self._encoding is not None
        return tuple(self._encoding.names)

    def card(self) -> dict[str, Any]:
        """The model card: what it learnt from, how, and what it reached out of time."""
        used = self._ready()
        return {
            "kind": "attrition hazard",
            "horizon": self.horizon,
            **self._facts,
            "features": list(self.features),
            "settings": self.settings.as_dict(),
            "calibration": {
                "slope": used.slope,
                "intercept": used.intercept,
                "since": used.since,
                "until": used.until,
            },
            "learnt_until": used.learnt_until,
            "limits": ["associations_not_causes", "risk_is_not_persuadability", "level_moves_with_the_world"],
        }

    def card_markdown(self) -> str:
        """The card as Markdown."""
        return markdown(self.card())

    def save(self) -> str:
        """The model as JSON text (trees in LightGBM's own text; no pickle, so loading runs no code)."""
        used = self._ready()
        assert self._encoding is not None and self._reference is not None
        stored = {
            "kind": "attrition hazard",
            "format": FORMAT,
            "horizon": self.horizon,
            "most_rows": self.most_rows,
            "settings": self.settings.as_dict(),
            "reason_codes": self.reason_codes,
            "encoding": self._encoding.as_dict(),
            "drift": self._reference.as_dict(),
            "facts": self._facts,
            "used": used.as_dict(),
        }
        return json.dumps(stored, ensure_ascii=False)

    @classmethod
    def load(cls, saved: str) -> AttritionModel:
        """The reverse of ``save``.

        Raises:
            InputError: the text is no saved model of this kind and format.
        """
        try:
            stored = json.loads(saved)
            if (stored["kind"], stored["format"]) != ("attrition hazard", FORMAT):
                raise InputError(f"a saved attrition model, format {FORMAT}, was expected", "Fit and save it again.")
            model = cls(
                stored["horizon"],
                reason_codes=stored["reason_codes"],
                settings=settings_from(stored["settings"]),
                most_rows=stored["most_rows"],
            )
            model._encoding = Encoding.from_dict(stored["encoding"])
            model._reference = DriftReference.from_dict(stored["drift"])
            model._facts = stored["facts"]
            model._used = Fitted.from_dict(stored["used"])
        except (ValueError, KeyError, TypeError) as wrong:
            raise InputError(f"this is no saved attrition model: {wrong!r}", "Fit and save it again.") from None
        return model

    @property
    def _procedure(self) -> Procedure:
        return Procedure(self.horizon, self.settings, self.most_rows)

    def _judged(self, rows: Panel, matrix: Numbers, tested: Fitted, landmark: int, window: int) -> list[dict[str, Any]]:
        """The out-of-time figures: one landmark, so that every customer counts once."""
        at = np.flatnonzero(rows.month == landmark)
        survival = np.cumprod(1 - self._hazards(matrix[at], tested), axis=1)
        found = []
        for months in windows(window):
            result = figures_of(rows, at, survival, months)
            if result is not None:
                left = rows.outcome(months)[0][at]
                tenths = calibration_tenths(left, np.asarray(1 - survival[:, months - 1], dtype=np.float64))
                found.append({"landmark": landmark, "months": months, **result.as_dict(), "tenths": tenths})
        if not found:
            raise TooLittleData(f"too few losses within {window} months of landmark {landmark} to test the model on")
        return found

    def _hazards(self, matrix: Numbers, fitted: Fitted) -> Numbers:
        ends = groups_of(self.horizon)
        lengths = np.diff((0, *ends))
        out = np.empty((len(matrix), self.horizon))
        for start in range(0, len(matrix), CHUNK):
            part = matrix[start : start + CHUNK]
            wide = np.column_stack([part, np.zeros(len(part))])
            columns = []
            for k in range(len(ends)):
                wide[:, -1] = k
                columns.append(fitted.boosters.scores(wide, self.settings.threads))
            log_odds = fitted.slope * np.column_stack(columns) + fitted.intercept
            out[start : start + CHUNK] = np.repeat(np.clip(expit(log_odds), EDGE, 1 - EDGE), lengths, axis=1)
        return out

    def _explained(self, matrix: Numbers, fitted: Fitted) -> tuple[Numbers, Numbers]:
        parts, rest = np.empty(matrix.shape), np.empty(len(matrix))
        for start in range(0, len(matrix), CHUNK):
            part = matrix[start : start + CHUNK]
            found = fitted.slope * fitted.boosters.contributions(
                np.column_stack([part, np.zeros(len(part))]), self.settings.threads
            )
            parts[start : start + CHUNK] = found[:, :-2]
            rest[start : start + CHUNK] = found[:, -2:].sum(axis=1) + fitted.intercept
        return parts, rest

    def _matrix(self, rows: Any) -> Numbers:
        self._ready()
        assert self._encoding is not None
        return exact(self._encoding.matrix(table(rows, "rows")))

    def _with_score(self, matrix: Numbers) -> Numbers:
        """``matrix`` and beside it the stated probability of leaving within three months."""
        hazards = self._hazards(matrix, self._ready())
        return np.column_stack([matrix, 1 - np.prod(1 - hazards[:, :SCORED], axis=1)])

    def _ready(self) -> Fitted:
        if self._used is None:
            raise InputError("the attrition model has not been fitted", "Call fit(panel) first.")
        return self._used


def _calibration(first: int, end: int) -> int:
    """Months that the trees leave to the line."""
    return min(CALIBRATION_MONTHS, (end - first) // 4)


def _constant(matrix: Numbers, names: list[str]) -> list[str]:
    found = []
    for k, name in enumerate(names):
        known = matrix[~np.isnan(matrix[:, k]), k]
        varies = len(known) and known.min() < known.max()
        if not varies and not 0 < len(known) < len(matrix):
            found.append(name)
    return found
