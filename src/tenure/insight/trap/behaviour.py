"""What customers do: four signals of leaving, each with the number and the threshold it crossed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, table

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Rules:
    """Thresholds a bank may set.

    ``probability_ratio``: a leaving probability of so many times the bank's mean is a signal, and enough by itself.
    ``outflow_share`` at or above, ``depth_trend`` at or below, ``renewal_share`` at or below are signals, of which
    ``signals_needed`` must come together: one alone is an ordinary month. ``satisfied_from``: answers 1–5 from here
    on are satisfied.
    """

    probability_ratio: float = 2.0
    outflow_share: float = 0.3
    depth_trend: float = -1.0
    renewal_share: float = 0.5
    signals_needed: int = 2
    satisfied_from: int = 4


@dataclass(frozen=True)
class Reason:
    """A signal that fired: ``code`` (``leaving_probability_high``, ``outflow_high``, ``products_given_up`` or
    ``deposits_not_renewed``), the customer's ``value`` and the ``threshold`` crossed. Words are the page's."""

    code: str
    value: float
    threshold: float


@dataclass(frozen=True)
class Behaviour:
    """``leaving`` (n,): behaves as leaving; ``known`` (n,): at least one signal could be read; ``signals`` (n, 4)."""

    leaving: NDArray[np.bool_]
    known: NDArray[np.bool_]
    signals: NDArray[np.bool_]
    values: NDArray[np.float64]
    thresholds: tuple[float, float, float, float]

    def reasons(self, row: int) -> list[Reason]:
        """Why a customer (0-based row) counts as leaving, in the order of the signals."""
        return [
            Reason(code, float(self.values[row, k]), self.thresholds[k])
            for k, (_, code) in enumerate(_SIGNALS)
            if self.signals[row, k]
        ]


_SIGNALS = (
    ("leaving_probability", "leaving_probability_high"),
    ("outflow_share", "outflow_high"),
    ("depth_trend", "products_given_up"),
    ("renewal_share", "deposits_not_renewed"),
)


def behaviour(customers: Any, rules: Rules | None = None) -> Behaviour:
    """Signals of leaving from any of four columns of ``customers`` (null: unknown, never a signal).

    ``leaving_probability`` 0…1 of one horizon for all (the hazard model's); ``outflow_share`` 0…1 of the assets that
    went to other banks in the period; ``depth_trend`` change of the number of products in a year; ``renewal_share``
    0…1 of matured deposits that stayed. All measured up to ``as_of`` and nothing after it.

    Raises:
        InputError: none of the columns, a value out of range, thresholds that make no sense.
        TooLittleData: every probability is 0, so that none stands out.
    """
    rules = rules or Rules()
    if not 1 <= rules.signals_needed <= 3:
        raise InputError(f"signals_needed {rules.signals_needed}; expected 1 to 3")
    if rules.probability_ratio <= 0:
        raise InputError(f"probability_ratio {rules.probability_ratio:g}; above 0 was expected")
    frame = table(customers, "customers")
    present = [name for name, _ in _SIGNALS if name in frame.column_names]
    if not present:
        raise InputError(f"customers has none of {', '.join(name for name, _ in _SIGNALS)}", "Pass at least one.")
    values = np.full((frame.num_rows, 4), np.nan)
    for k, (name, _) in enumerate(_SIGNALS):
        if name in present:
            low, high = (None, None) if name == "depth_trend" else (0.0, 1.0)
            values[:, k] = column(frame[name], name, minimum=low, maximum=high, missing=True)
    threshold = np.inf
    probabilities = values[~np.isnan(values[:, 0]), 0]
    if len(probabilities):
        threshold = rules.probability_ratio * float(probabilities.mean())
        if threshold == 0:
            raise TooLittleData("every leaving_probability is 0; none stands out")
    with np.errstate(invalid="ignore"):
        signals = np.column_stack(
            [
                values[:, 0] >= threshold,
                values[:, 1] >= rules.outflow_share,
                values[:, 2] <= rules.depth_trend,
                values[:, 3] <= rules.renewal_share,
            ]
        )
    return Behaviour(
        signals[:, 0] | (signals[:, 1:].sum(axis=1) >= rules.signals_needed),
        ~np.isnan(values).all(axis=1),
        signals,
        values,
        (float(threshold), rules.outflow_share, rules.depth_trend, rules.renewal_share),
    )
