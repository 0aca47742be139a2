"""How likely a customer opens a kind of product within three months: logistic regression, split by time.

Training ends ``AHEAD`` months before the first month of the judgement: a label looks that far ahead, so that nothing
that happened in the judged months has been learned from. The judged months' figures are stored with the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from scipy.stats import beta
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


class PropensityModel:
    """The likelihood of opening a product of ``category`` within three months.

    After :meth:`fit`: ``auc_`` (out of time), ``opened_`` (share of the judged rows that opened, with its
    Clopper–Pearson interval) and ``stated_`` (mean likelihood the model had given them). ``calibrated_`` says whether
    the stated mean lies within that interval; rows of one customer hang together, which the interval leaves out.
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
        self.calibrated_ = bool(low <= self.stated_ <= high)
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
