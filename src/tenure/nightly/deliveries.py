"""The publication's ``batch`` and ``quarantine``: what was delivered last, and what was refused."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.lake import Lake, Snapshot

#: The newest deliveries the desk shows.
LAST = 30
#: Refused rows of each table and delivery.
ROWS = 200


def batches(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Rows of ``batch`` for the last deliveries, the newest first."""
    newest = sorted(snapshot.batches, key=lambda b: b.sequence, reverse=True)[:LAST]
    return [
        {
            "batch_id": batch.id,
            "source": batch.source,
            "business_date": batch.business_date,
            "landed_at": datetime.fromisoformat(batch.landed_at),
            "table_name": table,
            "rows": rows,
            "quarantined": batch.quarantined.get(table, 0),
            "corrects": batch.corrects,
        }
        for batch in newest
        for table, rows in batch.rows.items()
    ]


def quarantine(lake: Lake, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Rows of ``quarantine`` for the last deliveries: the first 200 of each table."""
    found: list[dict[str, Any]] = []
    for batch in sorted(snapshot.batches, key=lambda b: b.sequence, reverse=True)[:LAST]:
        for table, bad in batch.quarantined.items():
            path = lake.path / "quarantine" / batch.id / f"{table}.csv"
            if not bad or not path.exists():
                continue
            with path.open(encoding="utf-8-sig", newline="") as file:
                for position, line in enumerate(csv.DictReader(file), 1):
                    if position > ROWS:
                        break
                    found.append(
                        {
                            "batch_id": batch.id,
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
