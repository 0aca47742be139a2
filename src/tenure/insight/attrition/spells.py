"""Losses under way: how many open spells end in a loss, by what is being met and for how many months.

The model foretells spells that begin; a customer who is within one can't be foretold to begin it. Of spells that
reached the same month in the same way, and whose fate is known, a share ended in a loss: that share is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight.inputs import table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from numpy.typing import NDArray

#: Spells that the share of all gives a voice to beside the own ones: a handful of them is no share.
PRIOR = 10


@dataclass(frozen=True)
class Spells:
    """``shares`` by definition under way and months of the spell; of longer spells, that of the longest known; ``all``
    of what is not there."""

    shares: dict[tuple[str, int], float]
    all: float

    @classmethod
    def counted(cls, panel: ir.Table, known: int) -> ir.Table:
        """What :meth:`of` is made of: ``n`` spells of a panel by ``under_way`` and ``spell``, and how many ``ended`` in
        a loss; of those that began by month ``known``, the last of which fates are known."""
        t = panel.filter((panel.spell > 0) & (panel.month - panel.spell + 1 <= known))
        t = t.group_by("under_way", "spell").aggregate(n=t.count(), ended=t.lead.count())
        return t.order_by("under_way", "spell")

    @classmethod
    def of(cls, counted: Any) -> Spells:
        """From the rows of :meth:`counted`."""
        rows = table(counted, "spells").to_pylist()
        n, ended = sum(row["n"] for row in rows), sum(row["ended"] for row in rows)
        every = (ended + 0.5) / (n + 1)
        shares = {(row["under_way"], row["spell"]): (row["ended"] + PRIOR * every) / (row["n"] + PRIOR) for row in rows}
        return cls(shares, every)

    def ending_in_loss(self, rows: pa.Table) -> NDArray[np.float64]:
        """For each row of a panel the share of spells like its own that ended in a loss, ``(n,)``; 0 outside a spell,
        and where the panel tells of none."""
        if "spell" not in rows.column_names:
            return np.zeros(rows.num_rows)
        longest = {name: max(k for way, k in self.shares if way == name) for name, _ in self.shares}
        kinds: list[Any] = rows["under_way"].to_pylist()
        lengths: list[Any] = rows["spell"].to_pylist()
        return np.array(
            [
                self.shares.get((kind, min(months, longest.get(kind, 0))), self.all) if months else 0.0
                for kind, months in zip(kinds, lengths, strict=True)
            ],
            dtype=np.float64,
        )
