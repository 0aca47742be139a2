"""A figure and how sure it is: every estimate of the product is shown with its interval, or as "can't tell"."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import hypot, sqrt
from typing import TYPE_CHECKING, Any

from scipy.special import ndtri

from tenure.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The level of every interval unless somebody asks for another.
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with the interval that holds the truth in ``level`` of all samples.

    ``value``, ``low`` and ``high`` are None when there is too little to say; ``n`` is how many rows it rests on.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    level: float = LEVEL

    @property
    def can_tell(self) -> bool:
        """Whether there is a figure at all."""
        return self.value is not None

    def excludes(self, other: float = 0.0) -> bool:
        """Whether the interval leaves ``other`` out: the figure differs from it beyond chance."""
        return self.low is not None and self.high is not None and not self.low <= other <= self.high

    def as_dict(self) -> dict[str, Any]:
        """For JSON and for the publication."""
        return asdict(self)


def unknown(n: int, level: float = LEVEL) -> Estimate:
    """The estimate of nothing: too little to say."""
    return Estimate(None, None, None, n, level)


def critical(level: float) -> float:
    """The two-sided normal quantile of a confidence level.

    Raises:
        InputError: the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"level {level:g}; a share between 0 and 1 was expected, such as 0.95")
    return float(ndtri((1 + level) / 2))


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval (1927) for a share of ``n`` (which may be an effective number), right near 0 and 1 too.

    (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n).
    """
    z = critical(level)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # at 0 and n of n the bound is the share itself, but for a rounding error
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def share(count: int, of: int, level: float = LEVEL) -> Estimate:
    """``count`` of ``of`` with Wilson's interval; unknown of nothing.

    Raises:
        InputError: more than all, or fewer than none.
    """
    if not 0 <= count <= of:
        raise InputError(f"{count} cases of {of}; between none and all were expected")
    return Estimate(count / of, *wilson(count / of, of, level), of, level) if of else unknown(0, level)


def gap(here: Estimate, there: Estimate) -> Estimate:
    """Share here − share there, of independent groups (Newcombe 1998, method 10); unknown if one is."""
    if here.value is None or here.low is None or here.high is None:
        return unknown(0, here.level)
    if there.value is None or there.low is None or there.high is None:
        return unknown(0, here.level)
    less = hypot(here.value - here.low, there.high - there.value)
    more = hypot(here.high - here.value, there.value - there.low)
    value = here.value - there.value
    return Estimate(value, value - less, value + more, here.n + there.n, here.level)


def mean(values: NDArray[Any], level: float = LEVEL) -> Estimate:
    """The mean with Student's interval; unknown of fewer than two values."""
    from scipy.stats import t

    n = len(values)
    if n < 2:
        return unknown(n, level)
    half = float(t.ppf((1 + level) / 2, n - 1) * values.std(ddof=1) / sqrt(n))
    return Estimate(float(values.mean()), float(values.mean()) - half, float(values.mean()) + half, n, level)


def jointly(comparisons: int, level: float = LEVEL) -> float:
    """The level for each of several comparisons at which all hold together with ``level`` (Bonferroni)."""
    return 1 - (1 - level) / max(comparisons, 1)
