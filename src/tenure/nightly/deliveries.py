"""The publication's ``batch`` and ``quarantine``: what was delivered last, and what was refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.lake import Lake, Snapshot

#: The newest deliveries the desk shows.
LAST = 30
#: Refused rows of each table and delivery.
ROWS = 200


@dataclass(frozen=True)
class Delivery:
    """One delivery, landed or refused whole; rows and rows in quarantine by table."""

    id: str
    state: str
    source: str
    business_date: str
    at: datetime
    corrects: str | None
    rows: Mapping[str, int]
    quarantined: Mapping[str, int]


def last(lake: Lake, snapshot: Snapshot) -> list[Delivery]:
    """The newest deliveries first: those the snapshot holds, and those refused whole, which it does not."""
    found = [
        Delivery(
            batch.id,
            "landed",
            batch.source,
            batch.business_date,
            datetime.fromisoformat(batch.landed_at),
            batch.corrects,
            batch.rows,
            batch.quarantined,
        )
        for batch in snapshot.batches
    ]
    held = {delivery.id for delivery in found}
    for path in (lake.path / "quarantine").glob("*/summary.json"):
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["status"] == "refused" and told["batch"] not in held:
            found.append(
                Delivery(
                    told["batch"],
                    "refused",
                    told["source"],
                    told["business_date"],
                    datetime.fromisoformat(told["at"]),
                    told["corrects"],
                    {name: table["rows"] for name, table in told["tables"].items()},
                    {name: table["quarantined"] for name, table in told["tables"].items()},
                )
            )
    return sorted(found, key=lambda delivery: (delivery.at, delivery.id), reverse=True)[:LAST]


def batches(deliveries: list[Delivery]) -> list[dict[str, Any]]:
    """Rows of ``batch``."""
    return [
        {
            "batch_id": delivery.id,
            "source": delivery.source,
            "business_date": delivery.business_date,
            "landed_at": delivery.at,
            "state": delivery.state,
            "table_name": table,
            "rows": rows,
            "quarantined": delivery.quarantined.get(table, 0),
            "corrects": delivery.corrects,
        }
        for delivery in deliveries
        for table, rows in delivery.rows.items()
    ]


def quarantine(lake: Lake, deliveries: list[Delivery]) -> list[dict[str, Any]]:
    """Rows of ``quarantine``: the first 200 of each table."""
    found: list[dict[str, Any]] = []
    for delivery in deliveries:
        for table, bad in delivery.quarantined.items():
            path = lake.path / "quarantine" / delivery.id / f"{table}.csv"
            if not bad or not path.exists():
                continue
            with path.open(encoding="utf-8-sig", newline="") as file:
                for position, line in enumerate(csv.DictReader(file), 1):
                    if position > ROWS:
                        break
                    found.append(
                        {
                            "batch_id": delivery.id,
                            "table_name": table,
                            "position": position,
                            "file": line["file"][:200],
                            "row": int(line["row"]),
                            "column": line["column"][:60],
                            "value": line["value"][:400],
                            "rule": line["rule"][:60],
                            "expected": f"{line['expected_zh']} / {line['expected_en']}"[:400],
                        }
                    )
    return found
