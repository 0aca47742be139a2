"""What stood behind an answer: the wait before it, a complaint, the channel.

An answer at the counter belongs to the ticket of the same customer at the same branch that was finished last before
the question was put.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Grid, Unit, Verdict
from tenure.insight import opinion
from tenure.insight.inputs import TooLittleData
from tenure.nightly.topics import cell, heard

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.nightly.topics import Known

#: Answers that drivers are learned from: the newest so many.
_MOST = 5_000
_DRAWS = 200
#: A complaint so many days before an answer is part of the experience.
_COMPLAINT_DAYS = 90
#: Minutes waited, as bands with their upper ends.
_BANDS = ((5, "wait_5"), (10, "wait_10"), (20, "wait_20"), (30, "wait_30"), (math.inf, "wait_more"))


def answers(known: Known) -> pa.Table:
    """The answers of the months the night sees, oldest first, with what stood behind them.

    Columns: ``party_id``, ``org_id`` (the home branch where the answer names none), ``month`` (serial), ``moment``,
    ``channel``, ``recommend``, ``satisfaction``, ``effort``, ``tier``, ``team`` (the lead manager's number),
    ``tenure_months``, ``digital``, ``wait`` (minutes, null where no ticket belongs to it), ``complaint`` (0 or 1),
    ``answered_at``, ``seconds`` (from question to answer, null where it is not known when it was asked). An answer to
    any of the three questions is one. Read once a night.
    """
    found: pa.Table = known.once("answers", lambda: _answers(known))
    return found


def _answers(known: Known) -> pa.Table:
    t = heard.answers(known)
    t = t.filter(t.recommend.notnull() | t.satisfaction.notnull() | t.effort.notnull()).select(
        "response_id", "party_id", "org_id", "moment", "channel", "recommend", "satisfaction", "effort", "answered_at",
        asked_at=t.asked_at.coalesce(t.answered_at),
        seconds=_seconds(t.answered_at) - _seconds(t.asked_at),
        month=(t.answered_at.year().cast("int64") * 12 + t.answered_at.month().cast("int64") - 1),
    )  # fmt: skip
    f = known.figures
    digital = f.digital_share_12m
    own = f.select("party_id", "tier", "tenure_months", home=f.org_id, digital=digital, team=f.lead_staff_id)
    t = t.left_join(own, "party_id").drop("party_id_right")
    t = t.mutate(org_id=t.org_id.coalesce(t.home)).filter(ibis._.org_id.notnull())
    for part in (_waited(t, known), _complained(t, known)):
        t = t.left_join(part, "response_id").drop("response_id_right")
    t = t.mutate(complaint=t.complaint.coalesce(0), tier=t.tier.coalesce(codes.TIER_ORDER[0]))
    t = t.order_by("answered_at", "response_id")
    return known.rows(t.drop("asked_at", "home", "response_id"))


def _seconds(at: ir.TimestampValue) -> ir.IntegerValue:
    """Whole seconds: of a moment that knows parts of one an engine may give these as well, whatever Ibis believes."""
    return at.epoch_seconds().cast("float64").floor()


def _waited(t: ir.Table, known: Known) -> ir.Table:
    ticket = known.source("queue_ticket")
    ticket = ticket.filter(ticket.party_id.notnull() & ticket.called_at.notnull() & ticket.ended_at.notnull())
    ticket = ticket.select(
        "party_id", "org_id", "ended_at", day=ticket.taken_at.date(),
        wait=_seconds(ticket.called_at) - _seconds(ticket.taken_at),
    )  # fmt: skip
    asked = t.filter(t.moment == "counter_service").select(
        "response_id", "party_id", "org_id", "asked_at", day=ibis._.asked_at.date()
    )
    both = asked.inner_join(ticket, ["party_id", "org_id", "day"])
    both = both.filter((both.ended_at <= both.asked_at) & (both.wait >= 0))
    found = both.group_by("response_id").aggregate(wait=both.wait.argmax(both.ended_at))
    return found.mutate(wait=found.wait.cast("float64") / 60)


def _complained(t: ir.Table, known: Known) -> ir.Table:
    complaint = known.source("complaint")
    complaint = complaint.filter(complaint.party_id.notnull()).select("party_id", "received_at")
    both = t.select("response_id", "party_id", "asked_at").inner_join(complaint, "party_id")
    both = both.filter(
        (both.received_at <= both.asked_at)
        & (both.received_at.date() >= both.asked_at.date() - ibis.interval(days=_COMPLAINT_DAYS))
    )
    return both.select("response_id", complaint=ibis.literal(1, "int64")).distinct()


def drivers(rows: pa.Table, rated: Sequence[str] = ()) -> Grid:
    """What goes with the recommendation: what they rated as well (``rated``), or what they lived through alone.

    Ratings are on the scale 1–5, and only they have a kind, a penalty and a reward: two minutes are no low rating.

    Raises:
        TooLittleData: too few complete answers.
    """
    rows = rows.slice(max(0, rows.num_rows - _MOST))
    found = {name: values for name, values in _lived(rows).items() if not rated or name != "wait"}
    if rated:
        found["satisfaction"] = floats(rows, "satisfaction")
        found["ease"] = 1 + (7 - floats(rows, "effort")) * 2 / 3  # 7 … 1 turned round, on the scale of satisfaction
    scores = floats(rows, "recommend")
    if not rated and (~np.isnan(found["wait"])).sum() < 10 * len(found):
        del found["wait"]
    whole = ~np.isnan(np.column_stack([scores, *found.values()])).any(axis=1)
    used = {name: values[whole] for name, values in found.items() if np.ptp(values[whole]) > 0} if whole.any() else {}
    if not used:
        raise TooLittleData("nothing known of the answers differs")
    banded = [name for name in rated if name in used]
    result = opinion.drivers(scores[whole], used, draws=_DRAWS, banded=banded)
    grid: list[list[Cell]] = []
    for one in result.drivers:
        slope = float(np.corrcoef(used[one.name], scores[whole])[0, 1])
        direction = ("with_higher" if slope > 0 else "with_lower") if one.beyond_noise else "may_be_chance"
        told: list[Cell] = [one.kind, cell(one.penalty), cell(one.reward)] if one.penalty or one.reward else [None] * 3
        grid.append([one.name, cell(one.share), direction, *(told if rated else ())])
    numbers: dict[str, tuple[Unit, Cell]] = {
        "explained": (Unit.SHARE, result.r_squared.value),
        "n": (Unit.COUNT, result.n),
    }
    columns = [("driver", Unit.CODE), ("share_of_explained", Unit.SHARE), ("direction", Unit.CODE)]
    if rated:
        columns += [("kind", Unit.CODE), ("penalty", Unit.NUMBER), ("reward", Unit.NUMBER)]
    return Grid("drivers_rated" if rated else "drivers_lived", columns, grid, Verdict("drivers_explain", numbers))


def _lived(rows: pa.Table) -> dict[str, NDArray[np.float64]]:
    return {
        "wait": floats(rows, "wait"),
        "complaint": floats(rows, "complaint"),
        "counter": np.array([moment == "counter_service" for moment in rows.column("moment").to_pylist()], float),
        "digital": np.nan_to_num(floats(rows, "digital")),
        "tenure": np.nan_to_num(floats(rows, "tenure_months")),
    }


def waits(rows: pa.Table) -> Grid:
    """NPS after a counter visit by how long the customer had waited.

    Raises:
        TooLittleData: no answer belongs to a ticket.
    """
    wait = floats(rows, "wait")
    band = np.searchsorted([upper for upper, _ in _BANDS], wait)
    grid: list[list[Cell]] = []
    for k, (_, code) in enumerate(_BANDS):
        part = rows.filter(pa.array((band == k) & ~np.isnan(wait)))
        if part.num_rows:
            score = opinion.nps(part.column("recommend"))
            stated = part.column("satisfaction").drop_null()
            told = opinion.csat(stated) if len(stated) else None
            satisfied = (told.value, told.low, told.high) if told else None
            grid.append([code, part.num_rows, cell(score), satisfied])
    if not grid:
        raise TooLittleData("no answer belongs to a ticket")
    columns = [("waited", Unit.CODE), ("answers", Unit.COUNT), ("nps", Unit.POINTS), ("csat", Unit.SHARE)]
    return Grid("waits", columns, grid)


def floats(rows: pa.Table, name: str) -> NDArray[Any]:
    return np.array(rows.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
