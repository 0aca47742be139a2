"""Post-mortem of a lost customer: what changed, the likeliest cause, who was in contact (S24).

A change is told against the customer's own past (seven to eighteen months before the loss) and against peers: what
the same feature did, over the same months, for customers who were not lost. The cause is the one that the changes speak
for most; its confidence is its share among all that spoke, with ``unknown`` always given a voice. It orders the
interviews, it does not replace them: an association in time is no proof of why.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.insight.attrition.causes import OF_REASON
from tenure.insight.attrition.features import BY_NAME, NAMES
from tenure.insight.attrition.told import told
from tenure.insight.inputs import TooLittleData, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: The months before the loss that are looked at, and those of the own past that they are held against.
BEFORE = 6
PAST = 12
#: Changes told of each customer.
MOST = 6
#: A change counts from here, in robust standard deviations of the peers' changes …
NOTABLE = 2.0
#: … up to here: one wild figure does not outshout all others.
CAP = 6.0
#: The voice of what no table knows.
UNKNOWN = 2.0
#: Money going is what all leavers share, whatever the reason: it speaks at half voice, and for want of a better one.
SYMPTOMS = ("aum_down", "outflow_up", "same_name_outflow", "products_closed", "inflow_down", "activity_down")
#: Peers that a change can be held against.
FEWEST_PEERS = 30
#: Which way a feature speaks for its cause: -1 where less of it does.
_DOWN = frozenset(
    {name for name, feature in BY_NAME.items() if feature.reason in ("aum_down", "inflow_down", "payroll", "unhappy")}
    | {"made_ratio", "active_months_12m", "payroll_ratio", "net_flow_3m"}
)


@dataclass(frozen=True)
class Change:
    """One feature: its ``value`` in the month before the loss, its ``past`` mean, and ``z``, how unusual the move is
    among peers (robust standard deviations)."""

    feature: str
    code: str
    value: float
    past: float
    z: float


def of(panel: Any, interactions: Any) -> pa.Table:
    """Post-mortems of all who were lost within the panel.

    ``panel`` has ``party_id``, ``month``, the features, ``lead`` and ``seen``; ``interactions`` has ``party_id``,
    ``staff_id`` and ``at`` (moments), of any customers. Result by ``party_id``: ``month`` (serial of the loss),
    ``cause``, ``confidence`` (0–1), ``changes`` (JSON list: code of the sentence,
    value, unit, code of the reason, feature, past, z) and ``contacts``
    (JSON list by staff: staff_id, contacts, last_on) of the six months before the month of the loss.

    Raises:
        TooLittleData: too few peers to say what is unusual.
    """
    rows = table(panel, "panel")
    names = [name for name in NAMES if name in rows.column_names]
    party = np.array(rows["party_id"].to_pylist(), dtype=object)
    month = rows["month"].to_numpy().astype(np.int64)
    lead = rows["lead"].cast(pa.float64()).to_numpy()
    matrix = np.column_stack([rows[name].cast(pa.float64()).to_numpy() for name in names])
    order = np.lexsort((month, party.astype(str)))
    party, month, lead, matrix = party[order], month[order], lead[order], matrix[order]
    at = np.flatnonzero(lead == 1)
    if not len(at):
        return _table([])
    peers = np.flatnonzero(np.isnan(lead))
    moves, _ = _moves(party, month, matrix, peers)
    if len(np.unique(party[peers[~np.isnan(moves).all(axis=1)]].astype(str))) < FEWEST_PEERS:
        raise TooLittleData(f"fewer than {FEWEST_PEERS} customers with a past who were not lost")
    middle, spread = _middle_and_spread(moves)
    mine, past = _moves(party, month, matrix, at)
    z = np.clip((mine - middle) / spread, -CAP, CAP)
    heard = _contacts(interactions, {str(party[k]): int(month[k]) + 1 for k in at})
    found = []
    for n, k in enumerate(at):
        changes = _changes(names, matrix[k], past[n], z[n])
        cause, confidence = _cause(changes)
        who = str(party[k])
        found.append(
            {
                "party_id": who,
                "month": int(month[k]) + 1,
                "cause": cause,
                "confidence": confidence,
                "changes": json.dumps([_told(change) for change in changes[:MOST]]),
                "contacts": json.dumps(heard.get(who, [])),
            }
        )
    return _table(found)


def _told(change: Change) -> dict[str, Any]:
    """A change as the desk puts it into words."""
    said = told(change.feature, change.value)
    # Sums of long stretches differ in their last digits with who else is looked into.
    past = None if np.isnan(change.past) else float(f"{change.past:.6g}")
    return {**said, "reason": change.code, "feature": change.feature, "past": past, "z": change.z}


def _table(found: list[dict[str, Any]]) -> pa.Table:
    text = ("party_id", "cause", "changes", "contacts")
    schema = pa.schema(
        [
            (name, pa.string() if name in text else pa.int64() if name == "month" else pa.float64())
            for name in ("party_id", "month", "cause", "confidence", "changes", "contacts")
        ]
    )
    return pa.Table.from_pylist(found, schema)


def _moves(
    party: NDArray[Any], month: NDArray[np.int64], matrix: Numbers, at: NDArray[np.int64]
) -> tuple[Numbers, Numbers]:
    """How far each row of ``at`` lies from the mean of its own past, and that mean; NaN where there is no past.

    Rows are sorted by customer and month, so the past is a stretch of rows: sums of stretches, by cumulated sums.
    """
    filled = np.vstack([np.zeros(matrix.shape[1]), np.cumsum(np.nan_to_num(matrix), axis=0)])
    there = np.vstack([np.zeros(matrix.shape[1]), np.cumsum(~np.isnan(matrix), axis=0)])
    begins = np.concatenate([[True], party[1:] != party[:-1]])
    start = np.flatnonzero(begins)[np.cumsum(begins) - 1]
    high = np.maximum(at - BEFORE + 1, start[at])
    low = np.maximum(at - BEFORE - PAST + 1, start[at])
    count = there[high] - there[low]
    with np.errstate(invalid="ignore", divide="ignore"):
        past = np.where(count > 0, (filled[high] - filled[low]) / count, np.nan)
    return matrix[at] - past, past


def _middle_and_spread(moves: Numbers) -> tuple[Numbers, Numbers]:
    """Median and robust standard deviation (1.4826 × MAD; where most never move, the plain one) by feature."""
    known = [column[~np.isnan(column)] for column in moves.T]
    middle = np.array([np.median(each) if len(each) else 0.0 for each in known])
    mad = np.array([np.median(np.abs(each - m)) if len(each) else 0.0 for each, m in zip(known, middle, strict=True)])
    plain = np.array([each.std() if len(each) else 0.0 for each in known])
    spread = np.where(mad > 0, 1.4826 * mad, plain)
    return middle, np.where(spread > 0, spread, np.inf)


def _changes(names: list[str], now: Numbers, past: Numbers, z: Numbers) -> list[Change]:
    notable = [k for k in np.argsort(-np.abs(np.nan_to_num(z)), kind="stable") if abs(z[k]) >= NOTABLE]
    return [
        Change(names[k], BY_NAME[names[k]].reason, float(now[k]), float(past[k]), round(float(z[k]), 2))
        for k in notable
    ]


def _cause(changes: list[Change]) -> tuple[str, float]:
    """The cause that the changes speak for most; of features with one reason only the loudest is heard."""
    loudest: dict[str, float] = {}
    for change in changes:
        towards = -change.z if change.feature in _DOWN else change.z
        if towards > 0:
            voice = towards / 2 if change.code in SYMPTOMS else towards
            loudest[change.code] = max(loudest.get(change.code, 0.0), voice)
    voices: dict[str, float] = defaultdict(float)
    voices["unknown"] = UNKNOWN
    for code, voice in loudest.items():
        if code in OF_REASON:
            voices[OF_REASON[code]] = max(voices[OF_REASON[code]], voice)
    cause = max(sorted(voices), key=lambda name: voices[name])
    return cause, round(voices[cause] / sum(voices.values()), 3)


def _contacts(interactions: Any, lost: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Contacts in the six months before the month of the loss, by customer and member of staff."""
    t = table(interactions, "interactions")
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for who, staff, moment in zip(*(t[name].to_pylist() for name in ("party_id", "staff_id", "at")), strict=True):
        if who in lost and staff is not None:
            month = moment.year * 12 + moment.month - 1
            if lost[who] - BEFORE <= month < lost[who]:
                found[who][staff].append(moment.date())
    return {
        who: [
            {"staff_id": staff, "contacts": len(days), "last_on": max(days).isoformat()}
            for staff, days in sorted(by_staff.items(), key=lambda each: (-len(each[1]), each[0]))
        ]
        for who, by_staff in found.items()
    }
