"""Small deliveries to land: a bank of a few rows, and the mapping that reads it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tenure.lake import Lake, Mapping, Receipt, connect, land
from tenure.lake.snapshot import Snapshot

DAY = dt.date(2024, 2, 29)

MAPPING = """\
source = "core"
bank = "示例银行"
business_date = 2024-02-29
max_bad_share = {share}

[files.customer]
name = "{name}"
{options}

[files.movement]
name = "movement.csv"
may_be_empty = true

[[tables]]
table = "organisation"
mode = "full"
rows = [{{ org_id = "HO", name = "总行", kind = "head_office" }}]

[[tables]]
table = "product"
mode = "full"
rows = [{{ product_id = "demand", name = "活期", category = "demand_deposit" }}]

[[tables]]
table = "party"
mode = "{mode}"
from = "customer"
[tables.columns]
party_id = "CUST_NO"
kind = {{ value = "person" }}
name = "NAME"
birth_date = "BORN"
annual_income = "INCOME"
org_id = {{ value = "HO" }}

[[tables]]
table = "account"
mode = "{mode}"
from = "customer"
[tables.columns]
account_id = {{ from = "CUST_NO", transform = "prefix", with = "A" }}
party_id = "CUST_NO"
product_id = {{ value = "demand" }}
opened_on = {{ value = "2020-01-01" }}
currency = {{ value = "CNY" }}

[[tables]]
table = "transaction"
from = "movement"
[tables.columns]
transaction_id = "NO"
account_id = {{ from = "CUST_NO", transform = "prefix", with = "A" }}
booked_at = "AT"
amount = "AMOUNT"
channel = {{ value = "counter" }}
kind = {{ value = "other" }}
"""

CUSTOMERS = """\
CUST_NO,NAME,BORN,INCOME
0001234567890123456,王芳,1985-03-14,120000.50
0000000000000000042,"李, 娜",1990-12-01,98000
007,张伟,,
"""
MOVEMENTS = """\
NO,CUST_NO,AT,AMOUNT
1,007,2024-02-28 09:30:00,100.00
2,007,2024-02-29 10:00:00,-20.05
3,0000000000000000042,2024-02-29,7
"""


def mapping(
    folder: Path, *, name: str = "customer.csv", options: str = "", share: float = 0, mode: str = "delta"
) -> Mapping:
    """The mapping of the small bank, with what a test wants otherwise."""
    path = folder / "mapping.toml"
    path.write_text(MAPPING.format(name=name, options=options, share=share, mode=mode), "utf-8")
    return Mapping.read(path)


def deliver(folder: Path, customers: str | bytes = CUSTOMERS, movements: str = MOVEMENTS) -> Path:
    """The small bank's files in a folder of their own."""
    files = folder / "files"
    files.mkdir(exist_ok=True)
    content = customers.encode() if isinstance(customers, str) else customers
    (files / "customer.csv").write_bytes(content)
    (files / "movement.csv").write_text(movements, "utf-8")
    return files


def land_small(lake: Lake, folder: Path, *, day: dt.date = DAY, **delivery: str) -> Receipt:
    """Land the small bank."""
    return land(lake, mapping(folder), deliver(folder, **delivery), business_date=day)


def rows(lake: Lake, table: str, *, at: Snapshot | None = None) -> list[dict[str, object]]:
    """A table's rows, in the order of their first column."""
    with connect("duckdb", threads=1) as engine:
        held = engine.table(lake, at or lake.head(), table)
        return engine.arrow(held.order_by(held.columns[0])).to_pylist()


def fingerprint(lake: Lake) -> tuple[int, dict[str, list[dict[str, object]]]]:
    """Everything a reader can see."""
    return lake.head().number, {t: rows(lake, t) for t in ("party", "account", "transaction")}
