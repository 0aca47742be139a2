"""What winning lost customers back changed (S24, S34): those drawn to be called against those drawn to be left alone.

Back is who, in the third (sixth) full month after the draw, holds on average at least half of what they held in the
year before they left. Everybody drawn counts in the arm they were drawn into, whether they were reached or not: what is
told is the effect of setting out to win somebody back. Whoever was drawn too lately for a month is in none of its
figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import ibis
import numpy as np
from scipy.stats import norm

from tenure.contracts.findings import Cell, Grid, Section, Unit, Verdict
from tenure.insight import effects
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, cell, times

if TYPE_CHECKING:
    import pyarrow as pa

#: Full months after the draw's at which one looks: about 90 and 180 days.
HORIZONS = (3, 6)
#: Of the assets held in the year before the loss: from here on somebody is back.
PART = 0.5
#: Customers an arm needs before a mean of assets, which a few large ones carry, is told.
_LEAST_ASSETS = 50
#: A difference worth finding; what is taken to come back by itself while fewer than so many held out tell.
_WORTH, _ASSUMED, _HANDFUL = 0.15, 0.2, 20
_TONES = {"helped": "good", "hurt": "bad", "too_little_data": "warn"}


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The effect after about 90 and 180 days; nothing where nobody was drawn yet."""
    rows = drawn(known)
    if rows.num_rows:
        yield known.bank, _effect(rows)


def drawn(known: Known) -> pa.Table:
    """A row a draw: ``treated``, ``chance`` of it, ``value`` before, months ``back``, assets ``after_3``, ``after_6``.

    An average of a month that is not closed yet is null; who holds nothing that month has nothing, which is 0.
    """
    t = known.source("win_back")
    t = t.filter(t.drawn_at.date() <= known.as_of)
    month = t.drawn_at.year().cast("int64") * 12 + t.drawn_at.month().cast("int64") - 1
    t = t.select(
        "win_back_id",
        "party_id",
        "value",
        treated=t.arm == "treated",
        chance=1 - t.held_out_percent.cast("float64") / 100,
        back=known.frames.past.window.open_month - month,
    )
    t = t.left_join(known.closed.by_party, "party_id").drop("party_id_right")
    after = {
        f"after_{horizon}": ibis.cases(
            *((t.back == k, t[f"aum_{k - horizon}"].coalesce(0)) for k in range(horizon + 1, CURVE)),
            else_=ibis.null("int64"),
        )
        for horizon in HORIZONS
    }
    return known.rows(t.select("win_back_id", "treated", "chance", "value", "back", **after).order_by("win_back_id"))


def needed(held_out: float, base: float) -> int:
    """How many must be drawn for a difference of 15 points to be found four times of five (at 95 %).

    ``held_out``: the share held out; ``base``: the share that comes back. (z₀.₉₇₅ + z₀.₈)² · p(1 − p) · (1 ÷ h + 1 ÷
    (1 − h)) ÷ d², the usual size of a comparison of two shares.
    """
    p = min(max(base, 0.05), 0.5)
    reach = float(norm.ppf(0.975) + norm.ppf(0.8))
    return int(np.ceil(reach**2 * p * (1 - p) * (1 / held_out + 1 / (1 - held_out)) / _WORTH**2))


def _base(told: list[list[Cell]]) -> float:
    """The share of those left alone that came back; a fifth is assumed where that cannot be known."""
    for _at, _called, held_out, _treated, back, *_rest in told:
        if isinstance(held_out, int) and held_out >= _HANDFUL and isinstance(back, float):
            return back
    return _ASSUMED


def _effect(rows: pa.Table) -> Grid:
    told: list[list[Cell]] = []
    verdicts: list[str] = []
    for horizon in HORIZONS:
        after = rows.column(f"after_{horizon}")
        known_after = np.asarray(after.is_valid())
        mine = rows.filter(known_after)
        held = after.drop_null().to_numpy().astype(np.float64)
        value = mine.column("value").to_numpy().astype(np.float64)
        treated = mine.column("treated").to_numpy(zero_copy_only=False).astype(bool)
        chance = mine.column("chance").to_numpy().astype(np.float64)
        row: list[Cell] = [f"after_{horizon}", int(treated.sum()), int((~treated).sum())]
        if not len(held):
            told.append([*row, None, None, None, None, None, "too_little_data"])
            verdicts.append("too_little_data")
            continue
        back = ((held >= PART * value) & (held > 0)).astype(np.float64)
        found = effects.effect(back, treated, propensity=chance)
        assets = effects.effect(held, treated, propensity=chance)
        enough = min(int(treated.sum()), int((~treated).sum())) >= _LEAST_ASSETS
        told.append(
            [
                *row,
                found.treated_mean,
                found.control_mean,
                cell(found.estimate, 100),
                times(found.minimum_detectable, 100),
                cell(assets.estimate) if enough else None,
                found.verdict,
            ]
        )
        verdicts.append(found.verdict)
    columns = [
        ("looked_at", Unit.CODE),
        ("drawn_to_call", Unit.COUNT),
        ("drawn_held_out", Unit.COUNT),
        ("back_treated", Unit.SHARE),
        ("back_held_out", Unit.SHARE),
        ("back_effect", Unit.POINTS),
        ("back_detectable", Unit.SPREAD),
        ("back_assets", Unit.MONEY),
        ("back_verdict", Unit.CODE),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "n": (Unit.COUNT, rows.num_rows),
        "worth": (Unit.SPREAD, 100 * _WORTH),
        "needed": (Unit.COUNT, needed(1 - rows.column("chance").to_numpy().mean(), _base(told))),
    }
    return Grid("win_back", columns, told, Verdict(f"win_back_{verdicts[0]}", numbers, _TONES.get(verdicts[0], "")))
