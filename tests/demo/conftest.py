"""One small bank for all tests of the demo, and its rows behind SQL."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tenure.contracts import LAKE, Load
from tenure.contracts.lake import DESK_TABLES
from tenure.demo import Built, DemoBank, build
from tenure.demo.society import Society, gather

OF_THE_BANK = {name: table for name, table in LAKE.items() if name not in DESK_TABLES}
SETTINGS = DemoBank(customers=1200, months=15, until=date(2026, 3, 24), seed=7, last_days=4)


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(SETTINGS, tmp_path_factory.mktemp("demo") / "bank")


@pytest.fixture(scope="session")
def society() -> Society:
    """The same population, before any money moves."""
    return gather(SETTINGS)


@pytest.fixture(scope="session")
def sql(bank: Built) -> duckdb.DuckDBPyConnection:
    """Every table by its name: events whole, states as last delivered; the truth as truth_NAME."""
    con = duckdb.connect()
    for name, table in OF_THE_BANK.items():
        deliveries = bank.deliveries if table.load is Load.EVENT else bank.deliveries[-1:]
        paths = [str(p) for d in deliveries for p in d.tables.get(name, [])]
        con.execute(f"create view {name} as select * from read_parquet({paths})")
    for path in bank.truth.glob("*.parquet"):
        con.execute(f"create view truth_{path.stem} as select * from read_parquet('{path}')")
    con.execute("""
        create view holding as select a.*, p.category, p.risk_level, p.launched_on, p.withdrawn_on
        from account a join product p using (product_id)""")
    return con
