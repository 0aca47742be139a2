"""Bad rows that are few enough are set aside, and what is sound is accepted."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from lake.deliveries import CUSTOMERS, MOVEMENTS, deliver, land_small, mapping, rows
from tenure.errors import InputError
from tenure.lake import Lake, land, land_tables


def test_few_enough_bad_rows_are_set_aside_and_the_rest_accepted(lake: Lake, tmp_path: Path) -> None:
    files = deliver(tmp_path, CUSTOMERS.replace("1985-03-14", "1985-02-31"))
    receipt = land(lake, mapping(tmp_path, share=0.4), files)
    assert receipt.rows["party"] == 2 and receipt.quarantined["party"] == 1
    assert receipt.rows["account"] == 2, "the account of a customer in quarantine has no owner"
    assert receipt.rows["transaction"] == 3
    assert {r["party_id"] for r in rows(lake, "party")} == {"0000000000000000042", "007"}
    summary = json.loads((receipt.quarantine[0].parent / "summary.json").read_text("utf-8"))
    assert summary["status"] == "landed"
    assert summary["tables"]["party"]["rules"] == {"value": 1}
    assert summary["tables"]["account"]["rules"] == {"reference": 1}


def test_a_parent_in_quarantine_takes_its_children_along(lake: Lake) -> None:
    kinds = ["head_office", "nonsense", "outlet", "outlet"]
    tree = pa.table(
        {
            "org_id": ["HO", "B", "B1", "B11"],
            "parent_id": [None, "HO", "B", "B1"],
            "name": ["总行", "分行", "网点", "网点"],
            "kind": kinds,
        }
    )
    receipt = land_tables(lake, "demo", dt.date(2024, 1, 1), {"organisation": tree}, max_bad_share=1)
    assert receipt.quarantined["organisation"] == 3
    assert [r["org_id"] for r in rows(lake, "organisation")] == ["HO"]


@pytest.mark.parametrize("share", [0.33, 0.34])
def test_the_share_of_bad_rows_is_a_limit(lake: Lake, tmp_path: Path, share: float) -> None:
    files = deliver(tmp_path, CUSTOMERS.replace("1985-03-14", "x"))
    if share < 1 / 3:
        with pytest.raises(InputError, match="1 of 3 rows of party are bad"):
            land(lake, mapping(tmp_path, share=share), files)
    else:
        assert land(lake, mapping(tmp_path, share=share), files).status == "landed"


def test_control_totals_met_are_on_the_receipt(lake: Lake, tmp_path: Path) -> None:
    options = 'control = { rows = 3, sums = { INCOME = "218000.50" } }'
    receipt = land(lake, mapping(tmp_path, options=options), deliver(tmp_path))
    assert [(c.what, str(c.value)) for c in receipt.controls] == [("rows", "3"), ("INCOME", "218000.5")]


def test_odd_but_possible_rows_are_accepted_with_a_warning(lake: Lake, tmp_path: Path) -> None:
    receipt = land_small(lake, tmp_path, movements=MOVEMENTS.replace("2024-02-29 10:00:00", "2024-03-02 10:00:00"))
    assert receipt.warnings == ("transaction: 1 rows are dated after the business date 2024-02-29",)


def test_a_bad_row_of_a_full_delivery_stays_as_it_was_and_keeps_its_accounts(lake: Lake, tmp_path: Path) -> None:
    full = mapping(tmp_path, mode="full", share=0.4)
    land(lake, full, deliver(tmp_path), business_date=dt.date(2024, 2, 28))
    second = CUSTOMERS.replace("1985-03-14", "1985-02-31").replace("98000", "99000").replace("007,张伟", "008,赵敏")
    later = "NO,CUST_NO,AT,AMOUNT\n9,0001234567890123456,2024-03-01,1\n"
    receipt = land(lake, replace(full, max_retired_share=0.5), deliver(tmp_path, second, later))
    assert receipt.warnings[0] == "party: 1 rows in quarantine stay as they were delivered before"
    assert receipt.rows["party"] == 2 and receipt.quarantined == {**dict.fromkeys(receipt.rows, 0), "party": 1}
    held = {r["party_id"]: (str(r["birth_date"]), r["annual_income"]) for r in rows(lake, "party")}
    assert held == {
        "0001234567890123456": ("1985-03-14", 12000050),
        "0000000000000000042": ("1990-12-01", 9900000),
        "008": ("None", None),
    }, "the bad row as before, the good ones as delivered, 007 retired"
    assert len(rows(lake, "account")) == 3 and len(rows(lake, "transaction")) == 4
