"""A table of covariates as a matrix that a logistic model can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tenure.insight.inputs import TooLittleData, column

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Kinds of a text covariate that get a column; rarer ones are "none of these".
_MOST_KINDS = 20


def design_of(frame: pa.Table) -> tuple[list[str], NDArray[np.float64]]:
    """Names and an (n, p) matrix of columns with mean 0 and deviation 1; constant ones are left out.

    Numbers enter with their square and, where some are missing, a flag; texts as kinds.

    Raises:
        TooLittleData: no column varies.
    """
    found: dict[str, NDArray[np.float64]] = {}
    for name in frame.column_names:
        kind = frame.schema.field(name).type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            numbers = column(frame[name], name, missing=True)
            gone = np.isnan(numbers)
            if gone.all():
                continue
            centred = _standardised(np.where(gone, np.mean(numbers[~gone]), numbers))
            found[name] = centred
            if len(np.unique(centred)) > 2:
                found[f"{name}²"] = np.minimum(centred**2, 9.0)  # one millionaire shall not decide the curve
            if gone.any():
                found[f"{name} missing"] = gone.astype(np.float64)
        else:
            texts = np.array([str(value) for value in frame[name].to_pylist()])
            kinds, counts = np.unique(texts, return_counts=True)
            for kept in kinds[np.argsort(-counts)][:_MOST_KINDS]:
                found[f"{name} = {kept}"] = (texts == kept).astype(np.float64)
    names = [name for name, values in found.items() if np.ptp(values) > 0]
    if not names:
        raise TooLittleData("no covariate varies", "Pass columns that differ between customers, such as tier and age.")
    return names, np.column_stack([_standardised(found[name]) for name in names])


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = values.std()
    centred: NDArray[np.float64] = (values - values.mean()) / deviation if deviation > 0 else values - values.mean()
    return centred
