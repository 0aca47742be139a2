"""How strong something unmeasured would have to be to explain a difference away."""

from __future__ import annotations

import math

from tenure.insight.intervals import Estimate


def e_value(risk_ratio: Estimate) -> float | None:
    """The E-value of the interval's end nearer to 1 (VanderWeele and Ding 2017, equation 1).

    Something unmeasured would need risk ratios of at least this, both with holding more and with leaving, beyond all
    that was adjusted for, to make the difference one that chance explains. 1: nothing is needed. None: the ratio is
    unknown.
    """
    if risk_ratio.low is None or risk_ratio.high is None or risk_ratio.low <= 0:
        return None
    if not risk_ratio.excludes(1.0):
        return 1.0
    nearer = risk_ratio.low if risk_ratio.low > 1 else 1 / risk_ratio.high
    return nearer + math.sqrt(nearer * (nearer - 1))
