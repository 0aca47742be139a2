"""Customer-months into the rows a discrete-time hazard learns from (Allison 1982; Tutz and Schmid 2016, ch. 3).

A landmark is a customer still here at the end of a month, with what was known then. The months that follow are the
leads 1, 2, …; each is a trial that ends in leaving or not, observed only while the customer is at risk. Leads are
grouped, the monthly hazard being constant within a group: m months survived in it are one row of weight m, a loss one
row of weight 1 – the same likelihood as month by month, on a fraction of the rows.

A row enters only at its landmark, never before: whoever left earlier is not there (left truncation), and whoever is
here today does not make the hazard of the first months look low (survivorship).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, plain, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

KEYS = ("party_id", "month", "lead", "seen")
#: What a panel may tell beside: no features.
BESIDE = ("spell", "under_way", "lost")
#: Last lead of each group; the last group runs to the horizon.
GROUP_ENDS = (1, 3, 6, 12, 24, 36)


@dataclass(frozen=True)
class Panel:
    """A checked panel: ``month`` of the landmark, ``lead`` of the loss (NaN: none seen), ``seen`` months after it."""

    table: pa.Table
    month: NDArray[np.int64]
    lead: Numbers
    seen: Numbers
    features: tuple[str, ...]

    @property
    def end(self) -> int:
        """The last month of which anybody's fate is known: after it there are landmarks to be scored only."""
        known = self.seen > 0
        return int((self.month + self.seen)[known if known.any() else slice(None)].max())

    def outcome(self, months: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whether each customer was lost within ``months``, and whether that is known."""
        lost = self.lead <= months
        return lost, lost | (self.seen >= months)


@dataclass(frozen=True)
class Periods:
    """Rows to learn from: ``row`` of the panel, lead ``group``, ``lost`` 0/1 and ``weight``; all ``(n,)``."""

    row: NDArray[np.int64]
    group: NDArray[np.int64]
    lost: NDArray[np.float64]
    weight: Numbers


def groups_of(horizon: int) -> tuple[int, ...]:
    """Last lead of each group for a horizon: 1, 2–3, 4–6, 7–12, …"""
    return (*(end for end in GROUP_ENDS if end < horizon), horizon)


def read_panel(panel: Any, features: tuple[str, ...] | None = None) -> Panel:
    """Check a panel: ``party_id``, ``month``, ``lead``, ``seen`` and features. With ``spell``, only who is at risk.

    Raises:
        TooLittleData: no rows.
        InputError: a column is missing, a lead below 1 or after what was seen, a customer twice at one landmark.
    """
    rows = at_risk(table(panel, "panel"))
    absent = [name for name in KEYS if name not in rows.column_names]
    if absent:
        raise InputError(f"the panel lacks {', '.join(absent)}", f"It needs {', '.join(KEYS)} and the features.")
    if not rows.num_rows:
        raise TooLittleData("the panel has no rows: there is no customer-month to learn from")
    month = column(rows["month"], "month", whole=True).astype(np.int64)
    seen = column(rows["seen"], "seen", minimum=0, whole=True)
    lead = column(rows["lead"], "lead", minimum=1, whole=True, missing=True)
    if (lead > seen).any():
        at = int(np.flatnonzero(lead > seen)[0])
        raise InputError(
            f"panel, row {at + 1}: lost {lead[at]:g} months after the landmark, but seen for {seen[at]:g}",
            "`seen` counts the months up to the end of the data, the month of the loss included.",
        )
    _refuse_repeated(rows, month)
    names = features or tuple(name for name in rows.column_names if name not in (*KEYS, *BESIDE))
    if not names:
        raise InputError("the panel has no feature columns")
    return Panel(rows, month, lead, seen, names)


def at_risk(rows: pa.Table) -> pa.Table:
    """Those in no open spell: all, where the panel has no ``spell``."""
    return rows.filter(pc.equal(rows["spell"], pa.scalar(0, pa.int64()))) if "spell" in rows.column_names else rows


def expand(panel: Panel, horizon: int, *, after: int | None = None, until: int | None = None) -> Periods:
    """Rows of the months ``after`` < calendar month ≤ ``until`` within the horizon, while at risk."""
    first = np.ones(len(panel.month)) if after is None else np.maximum(1, after - panel.month + 1)
    last = np.minimum(np.fmin(panel.lead, panel.seen), horizon)
    if until is not None:
        last = np.minimum(last, until - panel.month)
    start, row, group, lost, weight = 1, [], [], [], []
    for k, end in enumerate(groups_of(horizon)):
        from_, to = np.maximum(first, start), np.minimum(last, end)
        months = to - from_ + 1
        ends_here = (panel.lead >= from_) & (panel.lead <= to)
        stayed = np.flatnonzero((months - ends_here) > 0)
        left = np.flatnonzero((months > 0) & ends_here)
        row += [stayed, left]
        group.append(np.full(len(stayed) + len(left), k))
        lost += [np.zeros(len(stayed)), np.ones(len(left))]
        weight += [(months - ends_here)[stayed], np.ones(len(left))]
        start = end + 1
    return Periods(*(np.concatenate(each) for each in (row, group, lost, weight)))


def sampled(periods: Periods, most: int, seed: int) -> Periods:
    """All losses and a weighted sample of the rest when there are more than ``most`` rows.

    A kept row stands for 1 ÷ share rows, so the level of the hazard is kept (King and Zeng 2001, weighting).
    """
    if len(periods.row) <= most:
        return periods
    events, rest = np.flatnonzero(periods.lost == 1), np.flatnonzero(periods.lost == 0)
    wanted = max(most - len(events), most // 2)
    kept = np.sort(np.random.default_rng(seed).choice(rest, size=min(wanted, len(rest)), replace=False))
    weight = periods.weight.copy()
    weight[kept] *= len(rest) / len(kept)
    chosen = np.concatenate([kept, events])
    return Periods(periods.row[chosen], periods.group[chosen], periods.lost[chosen], weight[chosen])


def customers_of(rows: pa.Table) -> NDArray[np.int64]:
    """A whole number for each customer, ``(n,)``."""
    codes: Any = rows["party_id"].cast(pa.string()).dictionary_encode().unify_dictionaries()
    parts = [np.asarray(part.indices.to_numpy(), dtype=np.int64) for part in codes.chunks]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _refuse_repeated(rows: pa.Table, month: NDArray[np.int64]) -> None:
    if rows["party_id"].null_count:
        raise InputError("party_id has missing values", "Every customer-month belongs to a customer.")
    places = customers_of(rows)
    key = places * (int(month.max() - month.min()) + 1) + (month - month.min())
    order = np.argsort(key, kind="stable")
    twice = np.flatnonzero(np.diff(key[order]) == 0)
    if len(twice):
        at = int(order[twice[0] + 1])
        party = plain(rows["party_id"].slice(at, 1), "party_id")[0]
        raise InputError(f"panel, row {at + 1}: {party} is there twice in month {month[at]}", "One row a landmark.")
