"""A figure and how sure it is: every estimate of the product is shown with its interval, or as "can't tell"."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

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
