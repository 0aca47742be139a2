"""A queue played through customer by customer: the witness against which the formulas stand."""

from __future__ import annotations

import heapq

import numpy as np


def play(
    arrivals: np.ndarray, services: np.ndarray, patience: np.ndarray, servers: int
) -> tuple[np.ndarray, np.ndarray]:
    """First come, first served: the wait of each customer (until served or until leaving) and who left."""
    free = [0.0] * servers
    wait, left = np.empty(len(arrivals)), np.zeros(len(arrivals), dtype=bool)
    for i, (came, length, ready) in enumerate(zip(arrivals, services, patience, strict=True)):
        offered = max(0.0, free[0] - came)
        if offered > ready:
            wait[i], left[i] = ready, True
        else:
            wait[i] = offered
            heapq.heapreplace(free, came + offered + length)
    return wait, left
