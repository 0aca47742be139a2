"""How far a share counted at the desk can be trusted. Pure: no scientific library, which the desk must not load."""

from __future__ import annotations

import math


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval for ``count`` of ``of`` (E. B. Wilson 1927), which is right near 0 and 1 too.

    Raises:
        ValueError: nothing was counted, or more than there was.
    """
    if not 0 <= count <= of or of == 0:
        raise ValueError(f"{count} of {of} is no share")
    z = 1.959964
    spread = math.sqrt(count / of * (1 - count / of) / of + z * z / (4 * of * of))
    middle, wide = count / of + z * z / (2 * of), z * spread
    whole = 1 + z * z / of
    # Rounding must not leave the point outside its interval at 0 and at 1.
    return min(max(0.0, (middle - wide) / whole), count / of), max(min(1.0, (middle + wide) / whole), count / of)


def beta_quantile(share: float, a: float, b: float) -> float:
    """The value below which ``share`` of the Beta(a, b) distribution lies, to about 1e-9; by bisection."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_share(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz; DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1 - beta_share(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    value = d
    for m in range(1, 300):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + step * d) or tiny)
            c = (1 + step / c) or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-12:
            break
    return front * value / a
