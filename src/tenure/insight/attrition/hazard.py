"""The bank's attrition model: a discrete-time hazard by gradient boosting over landmark customer-months (S19, S24).

For a customer with features x at the end of month t, the hazard of lead k is h(k | x) = P(lost in month t + k | still
here at t + k − 1), the survival S(k) = Π (1 − h(j)), the probability of leaving within k months 1 − S(k). The trees
give log-odds of h, corrected by a slope and an intercept (Platt 1999) learnt on later months than the trees were.

Time is split, never shuffled. With the data ending in month E, the out-of-time test is the newest landmark T whose
window is closed (T + window = E); a first model learns from months ≤ C, is calibrated on months C < m ≤ T, and is
judged on T's window. No label reaches beyond the landmark that follows it. The model that is then used is made by the
same procedure moved forward to E; its own figures will be known when its window has closed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.special import expit

from tenure.errors import InputError
from tenure.insight.attrition.boosting import Boosters, Settings, settings_from
from tenure.insight.attrition.drift import Drift, DriftReference
from tenure.insight.attrition.encoding import Encoding
from tenure.insight.attrition.evaluation import EDGE, Evaluation, calibration_tenths, evaluate, platt
from tenure.insight.attrition.model_card import markdown
from tenure.insight.attrition.periods import Panel, Periods, customers_of, expand, groups_of, read_panel, sampled
from tenure.insight.inputs import TooLittleData, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FORMAT = 1
#: Losses needed to learn from, and to calibrate or judge by.
FEWEST_TO_LEARN, FEWEST_TO_JUDGE = 50, 10
#: Losses a leaf is to expect at least.
LOSSES_IN_LEAF = 10
#: Months kept for calibration.
CALIBRATION_MONTHS = 6
#: Customers scored at once: bounds the memory.
CHUNK = 50_000
#: The name of the lead's own column.
LEAD = "lead group"
#: Trees of the hazard: fewer than for a small table, as each customer is scored often; and balanced, as the time that
#: exact contributions take grows with the square of the depth.
SETTINGS = Settings(
    rounds=100, learning_rate=0.08, leaves=16, depth=4, fewest_in_leaf=60, ridge=5.0, smoothing=10.0, models=1
)


@dataclass(frozen=True)
class Fitted:
    """Trees that learnt from months up to ``learnt_until``, corrected on months up to ``until``."""

    boosters: Boosters
    slope: float
    intercept: float
    learnt_until: int
    until: int


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
        self._tested: Fitted | None = None
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
        calibration = min(CALIBRATION_MONTHS, (end - first) // 4)
        if window < 1 or calibration < 1:
            raise TooLittleData(
                f"the panel spans {end - first} months; at least 4 are needed to learn, calibrate, test"
            )
        learnable = rows.table.select(list(rows.features))
        encoding = Encoding.of(learnable.filter(pa.array(rows.month <= end - window)), rows.features)
        constant = _constant(encoding.matrix(learnable), encoding.names)
        features = tuple(name for name in rows.features if name not in constant)
        if not features:
            raise TooLittleData("every feature is constant: nothing tells one customer from another")
        rows = replace(rows, features=features)
        self._encoding = Encoding(
            {name: kind for name, kind in encoding.kinds.items() if name in features},
            {name: each for name, each in encoding.categories.items() if name in features},
        )
        matrix = self._encoding.matrix(rows.table)
        landmark = end - window
        self._tested = self._fitted(rows, matrix, landmark, calibration)
        figures = self._judged(rows, matrix, landmark, window)
        self._used = self._fitted(rows, matrix, end, calibration)
        newest = rows.month == rows.month.max()
        self._reference = DriftReference.of(matrix[newest], self._encoding.names)
        self._facts = {
            "rows": rows.table.num_rows,
            "losses": int(np.unique(customers_of(rows.table)[~np.isnan(rows.lead)]).size),
            "customers": int(np.unique(customers_of(rows.table)).size),
            "first_month": first,
            "last_month": end,
            "test_landmark": landmark,
            "test_window": window,
            "calibration_months": calibration,
            "dropped_constant": constant,
            "figures": figures,
        }
        return self

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
        matrix = self._matrix(rows)
        parts, _ = self._explained(matrix, self._ready())
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
            for months in _windows(self.horizon):
                result = _figures(rows, at, survival, months)
                if result is not None:
                    known = {"landmark": int(landmark), "months": months, "out_of_time": int(landmark) >= fitted.until}
                    found.append({**known, **result.as_dict()})
        return found

    def drift(self, rows: Any) -> list[Drift]:
        """How far each feature has moved since the newest landmark of training, largest first."""
        self._ready()
        assert self._reference is not None and self._encoding is not None
        return self._reference.compare(self._matrix(rows), self._encoding.names)

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
            "calibration": {"slope": used.slope, "intercept": used.intercept, "until": used.until},
            "learnt_until": used.learnt_until,
            "limits": ["associations_not_causes", "risk_is_not_persuadability", "level_moves_with_the_world"],
        }

    def card_markdown(self) -> str:
        """The card as Markdown."""
        return markdown(self.card())

    def save(self) -> str:
        """The model as JSON text (trees in LightGBM's own text; no pickle, so loading runs no code)."""
        used, tested = self._ready(), self._tested
        assert tested is not None and self._encoding is not None and self._reference is not None
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
            "used": _stored(used),
            "tested": _stored(tested),
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
            model._used, model._tested = _restored(stored["used"]), _restored(stored["tested"])
        except (ValueError, KeyError, TypeError) as wrong:
            raise InputError(f"this is no saved attrition model: {wrong!r}", "Fit and save it again.") from None
        return model

    def blind_to(self, landmark: int) -> Fitted:
        """The trees that saw nothing after ``landmark``: those in use, or those of the out-of-time test.

        Raises:
            InputError: both had seen later months.
        """
        for fitted in (self._ready(), self._tested):
            if fitted is not None and fitted.until <= landmark:
                return fitted
        raise InputError(f"the model has seen months after {landmark}: it can't be judged there", "Use a later month.")

    def foretold(self, rows: Any, landmark: int, months: int) -> Numbers:
        """Probability of leaving within ``months``, ``(n,)``, by the trees that saw nothing after ``landmark``."""
        hazards = self._hazards(self._matrix(rows), self.blind_to(landmark))
        return np.asarray(1 - np.prod(1 - hazards[:, :months], axis=1))

    def _fitted(self, rows: Panel, matrix: Numbers, until: int, calibration: int) -> Fitted:
        """Trees from months ≤ until − calibration, corrected on those up to ``until``."""
        assert self._encoding is not None
        cut = until - calibration
        learn = expand(rows, self.horizon, until=cut)
        correct = expand(rows, self.horizon, after=cut, until=until)
        for part, need, name in ((learn, FEWEST_TO_LEARN, "learn from"), (correct, FEWEST_TO_JUDGE, "calibrate on")):
            losses = int(part.lost.sum())
            if losses < need or losses == len(part.lost):
                raise TooLittleData(
                    f"{losses} losses among {len(part.lost):,} customer periods to {name}; at least {need} and some "
                    "customers who stayed are needed"
                )
        learn = sampled(learn, self.most_rows, self.settings.seed)
        boosters = Boosters.fit(
            _with_lead(matrix, learn),
            learn.lost,
            learn.weight,
            [*self._encoding.names, LEAD],
            self._encoding.categorical,
            replace(self.settings, fewest_in_leaf=_fewest_in_leaf(learn, self.settings)),
        )
        correct = sampled(correct, self.most_rows, self.settings.seed)
        scores = boosters.scores(_with_lead(matrix, correct), self.settings.threads)
        slope, intercept = platt(scores, correct.lost, correct.weight)
        return Fitted(boosters, slope, intercept, cut, until)

    def _judged(self, rows: Panel, matrix: Numbers, landmark: int, window: int) -> list[dict[str, Any]]:
        """The out-of-time figures: one landmark, so that every customer counts once."""
        assert self._tested is not None
        at = np.flatnonzero(rows.month == landmark)
        survival = np.cumprod(1 - self._hazards(matrix[at], self._tested), axis=1)
        found = []
        for months in _windows(window):
            result = _figures(rows, at, survival, months)
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
        return self._encoding.matrix(table(rows, "rows"))

    def _ready(self) -> Fitted:
        if self._used is None:
            raise InputError("the attrition model has not been fitted", "Call fit(panel) first.")
        return self._used


def _fewest_in_leaf(learn: Periods, settings: Settings) -> int:
    """Rows that let a leaf expect ten losses: with one loss in a hundred rows, 60 rows would learn chance by heart."""
    n, losses = len(learn.row), learn.lost.sum()
    return max(settings.fewest_in_leaf, int(min(LOSSES_IN_LEAF * n / losses, n / 50)))


def _with_lead(matrix: Numbers, periods: Periods) -> NDArray[np.float32]:
    wide = np.empty((len(periods.row), matrix.shape[1] + 1), dtype=np.float32)
    wide[:, :-1] = matrix[periods.row]
    wide[:, -1] = periods.group
    return wide


def _windows(horizon: int) -> list[int]:
    return sorted({*(m for m in (3, 6, 12, 24) if m < horizon), horizon})


def _figures(rows: Panel, at: NDArray[np.int64], survival: NDArray[Any], months: int) -> Evaluation | None:
    left, known = (each[at] for each in rows.outcome(months))
    # Were only some of the window's customers known, those would be the ones who left: a rate from nowhere.
    if not known.all() or min(left.sum(), (~left).sum()) < FEWEST_TO_JUDGE:
        return None
    return evaluate(left, 1 - survival[:, months - 1])


def _constant(matrix: Numbers, names: list[str]) -> list[str]:
    found = []
    for k, name in enumerate(names):
        known = matrix[~np.isnan(matrix[:, k]), k]
        varies = len(known) and known.min() < known.max()
        if not varies and not 0 < len(known) < len(matrix):
            found.append(name)
    return found


def _stored(fitted: Fitted) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(replace(fitted, boosters=Boosters(()))).items() if name != "boosters"}
    return {**kept, "trees": fitted.boosters.texts()}


def _restored(stored: Mapping[str, Any]) -> Fitted:
    rest = {name: value for name, value in stored.items() if name != "trees"}
    return Fitted(Boosters.from_texts(stored["trees"]), **rest)
