"""A column added to a contract is null where a delivery from before does not have it; nothing is landed anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from tenure.contracts import LAKE
from tenure.insight import needs
from tenure.lake import Lake, connect, land_tables, schema_of

SAYS = schema_of(LAKE["product"]).to_pyarrow()
BEFORE = pa.schema([field for field in SAYS if field.name != "sold_to"])


def _products(schema: pa.Schema, *rows: dict[str, str]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema)


def test_products_delivered_before_the_bank_said_for_whom_they_are_stay_readable(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake", bank="Bank")
    card = {"product_id": "CC", "name": "卡", "category": "credit_card"}
    fund = {"product_id": "FD", "name": "基金", "category": "fund"}
    land_tables(lake, "core", date(2026, 6, 1), {"product": _products(BEFORE, card, fund)})
    with connect() as engine:
        told = engine.arrow(engine.table(lake, lake.head(), "product")).to_pylist()
        assert {row["product_id"]: row["sold_to"] for row in told} == {"CC": None, "FD": None}
    newer = _products(SAYS, fund | {"sold_to": "company"})
    land_tables(lake, "core", date(2026, 6, 2), {"product": newer})
    with connect() as engine:
        told = engine.arrow(engine.table(lake, lake.head(), "product")).to_pylist()
    assert {row["product_id"]: row["sold_to"] for row in told} == {"CC": None, "FD": "company"}
    assert "wrong_kind" in needs.REASONS
