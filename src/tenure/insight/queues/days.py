"""What tickets say on average, and how sure that is: the day is what chance deals, not the ticket.

Whoever waits behind a long queue waits as long as the one before; a busy day is busy for all of its tickets, often at
every branch of a region. A day's tickets are therefore one cluster, and days are taken as independent: queues do not
last over night. Several branches together are clustered by the day alone, not by branch and day: that allows for busy
days they share, and what always differs between them, being there every day, is no chance and costs nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tenure.insight.intervals import LEVEL, Estimate, mean_by_cluster, share_by_cluster

if TYPE_CHECKING:
    from numpy.typing import NDArray


def share_by_day(chosen: NDArray[np.bool_], taken: NDArray[np.datetime64], level: float = LEVEL) -> Estimate:
    """Share of the tickets (n,) that are ``chosen``, days of ``taken`` being clusters; ``n``: tickets."""
    day = _days(taken)
    return share_by_cluster(np.bincount(day, weights=chosen), np.bincount(day), level)


def mean_by_day(wait: NDArray[np.float64], taken: NDArray[np.datetime64], level: float = LEVEL) -> Estimate:
    """Mean of times (n,) of at least 0, NaN left out, days of ``taken`` being clusters; ``n``: tickets that count."""
    told = ~np.isnan(wait)
    day = _days(taken[told])
    found = mean_by_cluster(np.bincount(day, weights=wait[told]), np.bincount(day), level)
    # no wait is below nothing
    return found if found.low is None else replace(found, low=max(0.0, found.low))


def _days(taken: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Which day each ticket is of, from 0."""
    days: NDArray[np.int64] = np.unique(taken.astype("datetime64[D]"), return_inverse=True)[1]
    return days
