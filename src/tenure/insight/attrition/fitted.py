"""Trees of the hazard and the line that corrects them: how both are learnt from a panel, and how they are kept.

The trees learn from months up to a cut, the line from months after it. The trees age slowly, the level fast: the line
is therefore fitted again each month, on the newest months, without touching the trees.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight.attrition.boosting import Boosters, Settings
from tenure.insight.attrition.evaluation import platt
from tenure.insight.attrition.periods import Panel, Periods, customers_of, expand, sampled
from tenure.insight.inputs import TooLittleData

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tenure.insight.attrition.encoding import Encoding

    Numbers = NDArray[np.float64]

#: Losses needed to learn from, and to calibrate or judge by.
FEWEST_TO_LEARN, FEWEST_TO_JUDGE = 50, 10
#: Losses a leaf is to expect at least.
LOSSES_IN_LEAF = 10
#: Months kept for calibration at most and, of these, at least: as few of the newest as hold ``ENOUGH`` customers lost,
#: whose number then tells the level to a tenth. More months would say more surely what no longer holds.
CALIBRATION_MONTHS, NEWEST_MONTHS, ENOUGH = 6, 3, 100
#: The name of the lead's own column.
LEAD = "lead group"


@dataclass(frozen=True)
class Fitted:
    """Trees that learnt from months up to ``learnt_until``, and a line that was fitted on later ones up to ``until``
    (from ``since`` on)."""

    boosters: Boosters
    slope: float
    intercept: float
    learnt_until: int
    until: int
    since: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        kept = asdict(replace(self, boosters=Boosters(())))
        return {**{name: value for name, value in kept.items() if name != "boosters"}, "trees": self.boosters.texts()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Fitted:
        """The reverse of ``as_dict``."""
        rest = {name: value for name, value in stored.items() if name != "trees"}
        return cls(Boosters.from_texts(stored["trees"]), **rest)


@dataclass(frozen=True)
class Procedure:
    """How a model is made from a panel: the same for the one in use, for the test, and for a contest."""

    horizon: int
    settings: Settings
    most_rows: int

    def fitted(self, rows: Panel, matrix: Numbers, encoding: Encoding, until: int, calibration: int) -> Fitted:
        """Trees from months ≤ until − calibration, corrected on those up to ``until``.

        Raises:
            TooLittleData: too few losses to learn from or to calibrate on.
        """
        cut = until - calibration
        learn = expand(rows, self.horizon, until=cut)
        _enough(learn, FEWEST_TO_LEARN, "learn from")
        learn = sampled(learn, self.most_rows, self.settings.seed)
        boosters = Boosters.fit(
            _with_lead(matrix, learn),
            learn.lost,
            learn.weight,
            [*encoding.names, LEAD],
            encoding.categorical,
            replace(self.settings, fewest_in_leaf=_fewest_in_leaf(learn, self.settings)),
        )
        return self.corrected(boosters, rows, matrix, cut, until)

    def corrected(self, boosters: Boosters, rows: Panel, matrix: Numbers, cut: int, until: int) -> Fitted:
        """These trees, which learnt until ``cut``, with a line (Platt 1999) for the newest months up to ``until``.

        Raises:
            TooLittleData: the trees have seen the months up to ``until``, or too few were lost in those they have not.
        """
        if until <= cut:
            raise TooLittleData(f"the model has seen months after {until}: it can't be judged or corrected there")
        since = _newest(rows, max(cut, until - CALIBRATION_MONTHS), until)
        correct = expand(rows, self.horizon, after=since - 1, until=until)
        _enough(correct, FEWEST_TO_JUDGE, "calibrate on")
        correct = sampled(correct, self.most_rows, self.settings.seed)
        scores = boosters.scores(_with_lead(matrix, correct), self.settings.threads)
        slope, intercept = platt(scores, correct.lost, correct.weight)
        return Fitted(boosters, slope, intercept, cut, until, since)


def _newest(rows: Panel, after: int, until: int) -> int:
    """The first of as few newest months in (after, until] as hold ``ENOUGH`` customers lost, or of all of them."""
    when = rows.month + np.where(rows.lead <= rows.seen, rows.lead, np.inf)
    at = np.flatnonzero((when > after) & (when <= until))
    _, one = np.unique(customers_of(rows.table.select(["party_id"]).take(at)), return_index=True)
    months = when[at][one]
    for since in range(until - NEWEST_MONTHS + 1, after + 1, -1):
        if (months >= since).sum() >= ENOUGH:
            return since
    return after + 1


def _enough(part: Periods, need: int, name: str) -> None:
    losses = int(part.lost.sum())
    if losses < need or losses == len(part.lost):
        raise TooLittleData(
            f"{losses} losses among {len(part.lost):,} customer periods to {name}; at least {need} and some "
            "customers who stayed are needed"
        )


def _fewest_in_leaf(learn: Periods, settings: Settings) -> int:
    """Rows that let a leaf expect ten losses: with one loss in a hundred rows, 60 rows would learn chance by heart."""
    n, losses = len(learn.row), learn.lost.sum()
    return max(settings.fewest_in_leaf, int(min(LOSSES_IN_LEAF * n / losses, n / 50)))


def _with_lead(matrix: Numbers, periods: Periods) -> NDArray[np.float32]:
    """Half the memory of ``matrix``, and no number changed: :func:`exact` has made each one of this precision."""
    wide = np.empty((len(periods.row), matrix.shape[1] + 1), dtype=np.float32)
    wide[:, :-1] = matrix[periods.row]
    wide[:, -1] = periods.group
    return wide


def exact(matrix: Numbers) -> Numbers:
    """``matrix``, each number rounded in place to what single precision holds: a row then falls on the same side of a
    split at training, where LightGBM is given single precision, and at scoring."""
    for column in matrix.T:
        column[:] = column.astype(np.float32)
    return matrix
