"""Charts as data. The page draws them (static/kit/charts.js) and always carries the same figures as a table.

Every value travels with its text in the reader's language, so the browser formats nothing but axis ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tenure.desk.kit import formats

Kind = Literal["line", "area", "bars", "stacked", "lorenz"]
Measure = Literal["money", "count", "share", "points", "number"]


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one colour of bars. ``values`` are minor units for money, 0–1 for shares; ``None`` is a gap.

    A ``hidden`` one is drawn once the reader asks for it in the legend; the table always has it.
    """

    name: str
    values: Sequence[int | float | None]
    tone: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its table: ``categories`` along the axis, one value of each series at each."""

    id: str
    title: str
    kind: Kind
    categories: Sequence[str]
    series: Sequence[Series]
    measure: Measure
    currency: str = ""
    first_column: str = ""

    def drawn(self, language: str) -> dict[str, Any]:
        """What the browser needs to draw it."""
        scale, word = self._axis(language)
        return {
            "kind": self.kind,
            "categories": list(self.categories),
            "scale": scale,
            "word": word,
            "share": self.measure == "share",
            "series": [
                {
                    "name": one.name,
                    "tone": one.tone,
                    "hidden": one.hidden,
                    "values": list(one.values),
                    "texts": [self.written(value, language) for value in one.values],
                }
                for one in self.series
            ],
        }

    def table(self, language: str) -> list[tuple[str, list[str]]]:
        """One row per category: its name and the text of each series' value."""
        return [
            (category, [self.written(one.values[position], language) for one in self.series])
            for position, category in enumerate(self.categories)
        ]

    def written(self, value: int | float | None, language: str) -> str:
        """A value as text in the reader's language."""
        if value is None:
            return formats.NOTHING
        return formats.number(value, self.measure, self.currency, language)

    def _axis(self, language: str) -> tuple[float, str]:
        """What one step of the axis stands for, and its word: 万 once the largest value is above 10,000 yuan."""
        if self.measure != "money":
            return 1, ""
        minor = 10 ** formats.exponent(self.currency)
        top = (
            max((abs(v) for one in self.series if not one.hidden for v in one.values if v is not None), default=0)
            / minor
        )
        steps = ((1e8, "亿"), (1e4, "万")) if formats.is_chinese(language) else ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
        for size, word in steps:
            if top >= 2 * size:
                return minor * size, word
        return minor, ""
