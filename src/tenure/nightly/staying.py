"""How long customers stay, where the model of leaving has no curve of theirs: plain rates by the bank's definitions.

Who is new, and everybody where there is no model, is given the rate at which customers were lost in the last year by
whichever of the bank's definitions holds. Who is counted as lost already, by a fall of assets or dormancy, and still
has an account is given the rate at which such customers went on to close, and never a lower one than the others'.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from tenure.insight import months, value
from tenure.nightly.training import HORIZON

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.nightly.outlook import Outlook
    from tenure.nightly.topics import Known

#: Months of losses that the plain rate is taken from.
_YEAR = 12


@dataclass(frozen=True)
class Rate:
    """A monthly rate: ``events`` in ``exposed`` customer-months. Half an event is added, so that a bank that has seen
    none is not told that nobody ever leaves (Jeffreys 1946)."""

    events: int
    exposed: int

    @property
    def monthly(self) -> float:
        """The chance within a month."""
        return (self.events + 0.5) / (self.exposed + 1) if self.exposed else 0.0

    @property
    def weight(self) -> float:
        """The number of events that an error of the rate rests on."""
        return self.events + 0.5 if self.exposed else 0.0


@dataclass(frozen=True)
class Staying:
    """``survival``: ``party_id``, ``s_1`` … of everyone still here. ``plain`` and ``gone``: the rates of who has no
    curve and of who is counted as lost already; ``definitions``: False where history is too short for the bank's
    definitions and only closed relationships count."""

    survival: ir.Table
    plain: Rate
    gone: Rate
    definitions: bool


def of(known: Known, outlook: Outlook, scores: pa.Table | None) -> Staying:
    """Everyone's survival; ``scores`` are those of :func:`tenure.nightly.outlook.score`, None where there is none."""
    losses = outlook.losses()
    plain = _lost_by_definition(known, outlook) or closing_rate(known)
    gone = Rate(0, 0) if losses is None else _closed_after_loss(known, losses, outlook.last)
    here = known.figures.filter(known.figures.left_on.isnull()).select("party_id")
    if losses is None:
        t = here.mutate(_gone=ibis.literal(False))
    else:
        lost = losses.filter(losses.lost.notnull()).select("party_id", _gone=ibis.literal(True))
        t = here.left_join(lost, "party_id").drop("party_id_right")
        t = t.mutate(_gone=t._gone.coalesce(False))
    curves = _curve(plain.monthly), _curve(max(plain.monthly, gone.monthly))
    told = {
        f"s_{k}": ibis.ifelse(t._gone, ibis.literal(lost_too), ibis.literal(stays))
        for k, (stays, lost_too) in enumerate(zip(*curves, strict=True), 1)
    }
    if scores is not None and scores.num_rows:
        held = np.array([json.loads(str(text)) for text in scores["survival"].to_pylist()], dtype=np.float64)
        of_model = {"party_id": scores["party_id"], **{f"_m_{k + 1}": held[:, k] for k in range(held.shape[1])}}
        t = t.left_join(known.frames.small("survival", pa.table(of_model)), "party_id").drop("party_id_right")
        told = {name: t[name.replace("s_", "_m_")].coalesce(rate) for name, rate in told.items()}
    return Staying(t.select("party_id", **told), plain, gone, losses is not None)


def error(staying: Staying, card: dict[str, Any] | None, assumed: float) -> value.Measured:
    """How far the level of leaving may be off: by the longest window the model was tested on out of time or, where
    there is none, by the number of losses that the plain rate rests on. ``card`` is the model's card, None: no model.
    """
    if card is None:
        return value.hazard_error(staying.plain.weight, assumed)
    window = card["figures"][-1]
    observed = window["positives"] / window["rows"]
    return value.hazard_error(window["positives"], assumed, observed, observed - window["in_the_large"])


def closing_rate(known: Known) -> Rate:
    """Relationships closed in the year before ``as_of``: what there is where history is too short for definitions."""
    f = known.figures
    counted = known.rows(f.aggregate(here=f.left_on.isnull().sum())).to_pylist()[0]
    gone_of_late = f.filter(f.left_on.notnull()).select("left_on")
    year_ago = months.months_before(known.as_of, _YEAR)
    lately = known.rows(gone_of_late.filter(gone_of_late.left_on > year_ago)).num_rows
    # Whoever left was here for half of the year, on average.
    return Rate(lately, _YEAR * (counted["here"] or 0) + _YEAR * lately // 2)


def _lost_by_definition(known: Known, outlook: Outlook) -> Rate | None:
    """Losses of the last year by any of the bank's definitions, of the customer-months at risk of them."""
    path = outlook.panel()
    if path is None:
        return None
    t = known.frames.past.cache.engine.read([path])
    t = t.filter((t.month >= outlook.last - _YEAR) & (t.month < outlook.last))
    found = known.rows(t.aggregate(exposed=t.count(), events=t.count(where=t.lead == 1))).to_pylist()[0]
    return Rate(int(found["events"]), int(found["exposed"])) if found["exposed"] else None


def _closed_after_loss(known: Known, losses: ir.Table, last: int) -> Rate:
    """Closings of customers who had been lost otherwise, of the customer-months since."""
    t = losses.filter(losses.lost.notnull() & (losses.definition != "closed"))
    until = ibis.least(t.lost_closed.coalesce(last), last)
    found = known.rows(
        t.aggregate(exposed=(until - t.lost).sum(), events=t.count(where=(t.lost_closed <= last).coalesce(False)))
    ).to_pylist()[0]
    return Rate(int(found["events"] or 0), int(found["exposed"] or 0))


def _curve(monthly: float) -> list[float]:
    return [(1 - monthly) ** k for k in range(1, HORIZON + 1)]
