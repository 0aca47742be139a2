"""How likely a customer opens a kind of product within three months: logistic regression, split by time.

A likelihood is of use where it is right on average and where twice as likely is about twice as often: the judged months
are cut into fifths by what was stated, and what came is laid against it (Cox 1958: the slope of calibration).

Training ends ``AHEAD`` months before the first month of the judgement: a label looks that far ahead, so that nothing
that happened in the judged months has been learned from. The judged months' figures are stored with the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.stats import beta, norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, table
from tenure.insight.intervals import LEVEL, Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Months after the row's month within which the product is opened.
AHEAD = 3
#: Openings wanted for training and for the judgement; fewer say too little.
LEAST_TRAINED, LEAST_JUDGED = 50, 20
#: Slope by fifths that will do: the interval must reach into it. Below, differences are stated too large.
SLOPE = (0.67, 1.5)
FIFTHS = 5


class PropensityModel:
    """The likelihood of opening a product of ``category`` within three months.

    After :meth:`fit`: ``auc_`` (out of time), ``opened_`` (share of the judged rows that opened, with its
    Clopper–Pearson interval), ``stated_`` (mean likelihood the model had given them), ``fifths_`` (stated and opened
    share and rows of each fifth by what was stated, the least likely first) and ``slope_`` (of opened over stated
    across the fifths; without a value where nothing tells customers apart). ``calibrated_`` says whether the stated
    mean lies within the interval and the slope's interval reaches into :data:`SLOPE`, itself above 0; rows of one
    customer hang together, which the intervals leave out.
    """

    def __init__(self, category: str, features: Sequence[str]) -> None:
        if not features:
            raise InputError("no features", "Name at least one column of the panel.")
        label = f"opened_{category}"
        leaks = [name for name in features if name == "month" or name.startswith("opened_")]
        if leaks:
            raise InputError(f"{', '.join(leaks)} would tell the outcome", "Leave month and opened_… out of features.")
        self.category, self.features, self.label = category, tuple(features), label

    def fit(self, panel: Any, *, judged_months: int = 3) -> PropensityModel:
        """Learn from ``panel``: ``month`` (serial), the features (null allowed) and ``opened_<category>``.

        The label is 1 if a product was opened in the three months after ``month``, null where these are not over.

        Raises:
            TooLittleData: too few openings before or after the split, or no feature that varies.
            InputError: a column is missing or holds something else than numbers.
        """
        rows = table(panel, "panel")
        opened = column(self._of(rows, self.label), self.label, minimum=0, maximum=1, whole=True, missing=True)
        month = column(self._of(rows, "month"), "month", whole=True)
        known = ~np.isnan(opened)
        if not known.any():
            raise TooLittleData(f"{self.label}: no row's three months are over")
        first_judged = month[known].max() - judged_months + 1
        train, judge = known & (month <= first_judged - AHEAD), known & (month >= first_judged)
        for name, part, least in (("training", train, LEAST_TRAINED), ("judgement", judge, LEAST_JUDGED)):
            yes, no = int(opened[part].sum()), int((opened[part] == 0).sum())
            if min(yes, no) < least:
                raise TooLittleData(
                    f"{self.label}: {yes:,} opened and {no:,} did not in the months of {name}; it takes {least} of each"
                )
        plain = self._matrix(rows)
        seen = plain[train]
        known_cells = ~np.isnan(seen)
        count = np.maximum(known_cells.sum(axis=0), 1)
        self._mean = np.where(known_cells, seen, 0).sum(axis=0) / count
        apart = np.where(known_cells, seen - self._mean, 0)
        self._scale = np.sqrt((apart**2).sum(axis=0) / count)
        if not (self._scale > 0).any():
            raise TooLittleData(f"{self.label}: no feature varies")
        self._model = LogisticRegression(C=1.0, max_iter=500).fit(self._design(plain[train]), opened[train])
        chance = self._model.predict_proba(self._design(plain[judge]))[:, 1]
        hits, n = int(opened[judge].sum()), int(judge.sum())
        tail = (1 - LEVEL) / 2
        low, high = beta.ppf(tail, hits, n - hits + 1), beta.ppf(1 - tail, hits + 1, n - hits)
        self.auc_ = float(roc_auc_score(opened[judge], chance))
        self.opened_ = Estimate(hits / n, float(low), float(high), n)
        self.stated_ = float(chance.mean())
        self.fifths_, self.slope_ = _by_fifths(chance, opened[judge])
        self.calibrated_ = bool(low <= self.stated_ <= high) and _steep(self.slope_)
        return self

    def propensity(self, rows: Any) -> pa.Table:
        """``party_id``, ``category`` and ``propensity`` (0…1) for one row a customer with the features.

        Raises:
            InputError: not fitted, or a column is missing.
        """
        if not hasattr(self, "_model"):
            raise InputError("the model is not fitted", "Call fit first.")
        given = table(rows, "rows")
        names = self._of(given, "party_id")
        chance = self._model.predict_proba(self._design(self._matrix(given)))[:, 1] if len(names) else np.zeros(0)
        return pa.table(
            {"party_id": names, "category": pa.array([self.category] * len(names), pa.string()), "propensity": chance}
        )

    def contributions(self, rows: Any) -> NDArray[np.float64]:
        """What each feature adds to the log-odds of each row (rows, features), against the average customer.

        Raises:
            InputError: not fitted, or a column is missing.
        """
        if not hasattr(self, "_model"):
            raise InputError("the model is not fitted", "Call fit first.")
        parts = self._design(self._matrix(table(rows, "rows"))) * self._model.coef_[0]
        half = len(self.features)
        return np.asarray(parts[:, :half] + parts[:, half:])

    def _of(self, rows: pa.Table, name: str) -> pa.ChunkedArray[Any]:
        if name not in rows.column_names:
            raise InputError(f"the table has no column {name}")
        return rows[name]

    def _matrix(self, rows: pa.Table) -> NDArray[np.float64]:
        return np.column_stack([column(self._of(rows, name), name, missing=True) for name in self.features])

    def _design(self, plain: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standardised by training's mean and deviation; unknown is the mean, with a column that says so."""
        gone = np.isnan(plain)
        scale = np.where(self._scale > 0, self._scale, np.inf)
        return np.column_stack([np.where(gone, 0.0, (plain - self._mean) / scale), gone.astype(np.float64)])


def _by_fifths(
    chance: NDArray[np.float64], opened: NDArray[np.float64]
) -> tuple[list[tuple[float, float, int]], Estimate]:
    """Stated and opened share and rows by fifth of the stated chance, and the weighted slope of opened over stated."""
    parts = [part for part in np.array_split(np.argsort(chance, kind="stable"), FIFTHS) if len(part)]
    fifths = [(float(chance[part].mean()), float(opened[part].mean()), len(part)) for part in parts]
    stated, came, n = (np.array(each, dtype=np.float64) for each in zip(*fifths, strict=True))
    apart = stated - np.average(stated, weights=n)
    spread = float((n * apart**2).sum())
    if spread < 1e-12 * len(chance):
        return fifths, Estimate(None, None, None, len(chance))
    slope = float((n * apart * came).sum() / spread)
    error = float(np.sqrt((n * apart**2 * stated * (1 - stated)).sum()) / spread)
    far = float(norm.ppf((1 + LEVEL) / 2)) * error
    return fifths, Estimate(slope, slope - far, slope + far, len(chance))


def _steep(slope: Estimate) -> bool:
    if slope.value is None or slope.low is None or slope.high is None:
        return True  # everybody is stated the same: right on average is all it says
    return slope.value > 0 and slope.low <= SLOPE[1] and slope.high >= SLOPE[0]
