"""What is ahead with each customer, put together for the publication: leaving, value, needs, and why others left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from tenure.contracts.findings import LOST, OUTLOOK
from tenure.insight import months
from tenure.lake import schema_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Months of losses whose post-mortems are published.
LOST_MONTHS = 12


def outlook(customers: ir.Table, *parts: ir.Table | None) -> ir.Table:
    """The published ``outlook``: one row for each of ``customers`` that any of the parts says something about.

    Each part has ``party_id``, at most once, and columns of the contract of its own; what no part has is null.
    """
    told = [part for part in parts if part is not None]
    if not told:
        return customers.filter(ibis.literal(False)).select(
            **{name: ibis.null(kind) for name, kind in schema_of(OUTLOOK).items()}
        )
    keys = ibis.union(*(part.select("party_id") for part in told), distinct=True)
    t = customers.select("party_id").semi_join(keys, "party_id")
    for part in told:
        t = t.left_join(part, "party_id").drop("party_id_right")
    return t.select(
        **{
            name: t[name].cast(kind) if name in t.columns else ibis.null(kind)
            for name, kind in schema_of(OUTLOOK).items()
        }
    )


def lost(found: pa.Table | None, newest: int) -> list[dict[str, object]]:
    """The rows of the published ``lost``: post-mortems of the last twelve months, ``newest`` the last closed one."""
    if found is None:
        return []
    rows = [row for row in found.to_pylist() if row["month"] > newest - LOST_MONTHS]
    return [
        {**{name: row.get(name) for name in LOST.names}, "month": months.label(int(row["month"]))}
        for row in sorted(rows, key=lambda row: row["party_id"])
    ]
