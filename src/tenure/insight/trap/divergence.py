"""A segment over time: satisfaction rises and loyalty does not (S20)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate


@dataclass(frozen=True)
class Divergence:
    """Changes between two periods with intervals. ``verdict``:

    ``trap`` satisfaction rose and loyalty rose by less than the margin at most; ``both_rise``; ``not_rising``
    satisfaction fell or stood still beyond doubt; ``cannot_tell``.
    """

    satisfaction: Estimate
    loyalty: Estimate
    verdict: str


def divergence(
    satisfaction_before: Estimate,
    satisfaction_after: Estimate,
    loyalty_before: Estimate,
    loyalty_after: Estimate,
    margin: float,
) -> Divergence:
    """Compare a satisfaction figure (CSAT, NPS) and a loyalty figure (retention, share of wallet; high is loyal).

    ``margin`` in the unit of the loyalty figure: a rise below it counts as flat. "Not significantly risen" alone is
    never taken for flat: with few customers nothing is significant. Independent samples are assumed.

    Raises:
        InputError: a margin below 0.
        TooLittleData: one of the figures is unknown.
    """
    if not margin >= 0:
        raise InputError(f"margin {margin:g}; at least 0 was expected")
    said = _change(satisfaction_before, satisfaction_after)
    done = _change(loyalty_before, loyalty_after)
    assert said.low is not None and said.high is not None and done.low is not None and done.high is not None
    verdict = "cannot_tell"
    if said.high <= 0:
        verdict = "not_rising"
    elif said.low > 0 and done.low > 0 and done.high >= margin:
        verdict = "both_rise"
    elif said.low > 0 and done.high < margin:
        verdict = "trap"
    return Divergence(said, done, verdict)


def _change(before: Estimate, after: Estimate) -> Estimate:
    if None in (before.value, before.low, before.high, after.value, after.low, after.high):
        raise TooLittleData("one of the figures is unknown; a change needs both")
    assert before.value is not None and before.low is not None and before.high is not None
    assert after.value is not None and after.low is not None and after.high is not None
    gain = after.value - before.value
    # bounds join by squares, each side by its own arm (Zou & Donner 2008)
    return Estimate(
        gain,
        gain - math.hypot(after.value - after.low, before.high - before.value),
        gain + math.hypot(after.high - after.value, before.value - before.low),
        min(before.n, after.n),
        after.level,
    )
