"""What a model may learn from: columns made from the outcome, names of rows, constants and later days are caught."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.errors import InputError
from tenure.insight.attrition.encoding import Encoding, texts_alike
from tenure.insight.inputs import TooLittleData
from tenure.insight.judgement import auc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: A single column that ranks the outcome better than this was made from it, or after it.
LEAK_AUC = 0.95
#: Distinct values ÷ rows from which a text or whole-number column names rows rather than says something of them.
NAMES_ROWS = 0.9
#: Distinct texts beyond which a column is more likely names than kinds.
MOST_TEXTS = 0.25


@dataclass(frozen=True)
class Chosen:
    """The rows to learn from: ``features`` of ``table``, the ``outcome``, ``groups`` (codes of the customer, None
    when each is there once), the column of ``order``, and why columns were ``dropped``."""

    table: pa.Table
    outcome: NDArray[np.bool_]
    features: list[str]
    groups: NDArray[np.int64] | None
    order: pa.ChunkedArray[Any] | None
    dropped: dict[str, str]
    warnings: tuple[str, ...]


def choose(
    whole: pa.Table,
    outcome: NDArray[np.bool_],
    *,
    target: str,
    id: Sequence[str],
    drop: Sequence[str],
    order: str | None,
    as_of: dt.date | str | None,
) -> Chosen:
    """Pick the features.

    Raises:
        InputError: a column foretells the outcome alone, or holds days after ``as_of``, or that is no day.
        TooLittleData: no feature is left.
    """
    whole = texts_alike(whole)
    dropped = {**dict.fromkeys(id, "id"), **dict.fromkeys(drop, "asked")}
    if order:
        dropped[order] = "order"
    warnings: list[str] = []
    kept = []
    for name in whole.column_names:
        if name == target or name in dropped:
            continue
        values = whole[name]
        # Arrow counts nothing in a column that holds nothing at all.
        distinct = 1 if pa.types.is_null(values.type) else int(pc.count_distinct(values, mode="all").as_py())
        if distinct <= 1:
            dropped[name] = "constant"
        elif _names_rows(values, distinct):
            dropped[name] = "names_rows"
            warnings.append(f"names_rows:{name}")
        else:
            kept.append(name)
    if not kept:
        raise TooLittleData("no column is left to learn from: all are constant, names of rows, or left out")
    if as_of is not None:
        _refuse_later(whole, kept, _day(as_of))
    _refuse_leaks(whole, kept, outcome)
    groups = _groups(whole[id[0]]) if id else None
    return Chosen(whole, outcome, kept, groups, whole[order] if order else None, dropped, tuple(warnings))


def single_column_auc(whole: pa.Table, name: str, outcome: NDArray[np.bool_]) -> float:
    """How well one column ranks the outcome by itself: 0.5 to 1, by value or, for texts, by the rate of each.

    The rate of a category leaves the row itself out: with a few rows each, it would otherwise foretell itself.
    """
    encoding = Encoding.of(whole, [name])
    score = encoding.matrix(whole.select([name]))[:, 0]
    missing = np.isnan(score)
    if encoding.kinds[name] == "category":
        codes = np.where(missing, -1, score).astype(np.int64) + 1
        rows, hits = np.bincount(codes), np.bincount(codes, weights=outcome)
        score = (hits[codes] - outcome + outcome.mean()) / rows[codes]
        return float(auc(outcome, score).value or 0.5)
    # Missing is a value of its own: a day of closing that only leavers have is the plainest leak of all.
    filled = np.where(missing, np.nanmin(score) - 1, score)
    above = float(auc(outcome, filled).value or 0.5)
    return max(above, 1 - above)


def _refuse_leaks(whole: pa.Table, names: Sequence[str], outcome: NDArray[np.bool_]) -> None:
    found = {name: single_column_auc(whole, name, outcome) for name in names}
    leaks = [name for name, value in found.items() if value > LEAK_AUC]
    if leaks:
        told = ", ".join(f"{name} (AUC {found[name]:.3f})" for name in leaks)
        raise InputError(
            f"{told} foretells the outcome alone: it was made from it, or after it",
            "Leave it out: " + " ".join(f"--drop {name}" for name in leaks),
        )


def _refuse_later(whole: pa.Table, names: Sequence[str], as_of: dt.date) -> None:
    for name in names:
        values = _days(whole[name])
        if values is None:
            continue
        latest = pc.max(values).as_py()
        latest = latest.date() if isinstance(latest, dt.datetime) else latest
        if latest is not None and latest > as_of:
            raise InputError(f"{name} holds {latest}, after {as_of}", "Features may only tell what was known by then.")


def _days(values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any] | None:
    """The column as days or instants, None if it holds something else. Days as texts (pandas reads a CSV's as such)
    are days too: written year first, they cannot be mistaken."""
    kind = values.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return values
    if not pa.types.is_string(kind):
        return None
    try:
        return values.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None


def _day(as_of: Any) -> dt.date:
    try:
        as_of = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError:
        as_of = None
    if isinstance(as_of, dt.datetime):
        return as_of.date()
    if not isinstance(as_of, dt.date):
        raise InputError("as_of is no day", "Give a date, or a text such as 2026-11-30.")
    return as_of


def _names_rows(values: pa.ChunkedArray[Any], distinct: int) -> bool:
    share = distinct / len(values)
    if pa.types.is_integer(values.type):
        return share > NAMES_ROWS and len(values) > 50
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return share > MOST_TEXTS and distinct > 50
    return False


def _groups(values: pa.ChunkedArray[Any]) -> NDArray[np.int64] | None:
    texts = [str(each) for each in values.to_pylist()]
    names = {name: k for k, name in enumerate(dict.fromkeys(texts))}
    return np.array([names[text] for text in texts], dtype=np.int64) if len(names) < len(texts) else None
