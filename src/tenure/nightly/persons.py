"""What only the lake holds about a person: the second part of the copy they asked for (PIPL 45)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tenure.contracts import LAKE, Kind

if TYPE_CHECKING:
    from tenure.contracts import Table
    from tenure.lake import Engine, Lake

#: Columns that name somebody else, or staff: whose data they are may ask for them.
_OF_OTHERS = frozenset(
    {"other_id", "staff_id", "lead_staff_id", "seen_by", "employer_id", "counterparty_name", "counterparty_account"}
)


def rows_about(lake: Lake, engine: Engine, numbers: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Every row of the lake about the person of these ``numbers``, by table; tables without any are left out.

    Accounts they own or hold bring their balances and transactions. Columns about other people and staff are left out.
    """
    snapshot, mine = lake.head(), list(numbers)
    accounts: set[str] = set()
    found: dict[str, list[dict[str, Any]]] = {}
    for name in sorted(LAKE, key=lambda one: one not in ("account", "account_holder")):
        table = LAKE[name]
        column = "party_id" if "party_id" in table else "kept_id" if "kept_id" in table else "account_id"
        if column not in table or not snapshot.files_of(name):
            continue
        wanted = mine if column != "account_id" else sorted(accounts)
        if not wanted:
            continue
        frame = engine.table(lake, snapshot, name)
        given = [one for one in table.names if one not in _OF_OTHERS]
        rows = engine.arrow(frame.filter(frame[column].isin(wanted)).select(*given).order_by(*_order(table, given)))
        if name in ("account", "account_holder"):
            accounts |= set(rows.column("account_id").to_pylist())
        if rows.num_rows:
            found[name] = rows.to_pylist()
    return {name: found[name] for name in LAKE if name in found}


def _order(table: Table, given: Collection[str]) -> list[str]:
    return [one for one in table.key if one in given] or list(given)[:1]


def add_to_copies(lake: Lake, engine: Engine, now: datetime) -> int:
    """Write the lake's part of every copy that waits for it; how many. Killed anywhere it simply runs again."""
    from tenure.desk.requests.selectors import copies_that_lack_the_lake
    from tenure.desk.requests.services import add_the_lake

    waiting = copies_that_lack_the_lake(now)
    for request_id, numbers in waiting:
        add_the_lake(request_id, parts_of(rows_about(lake, engine, numbers)), now)
    return len(waiting)


def parts_of(found: dict[str, list[dict[str, Any]]]) -> list[Any]:
    """Rows of the lake as parts of a package, in the words of the data dictionary."""
    from tenure.contracts.codes import Name
    from tenure.desk.requests.copying import Part, plain

    parts = []
    for name, rows in found.items():
        table = LAKE[name]
        columns = [column for column in table if column.name in rows[0]]
        parts.append(
            Part(
                name,
                Name(table.zh, table.en),
                [(column.name, Name(column.zh, column.en)) for column in columns],
                [[plain(row[column.name]) for column in columns] for row in rows],
                frozenset(column.name for column in columns if column.kind is Kind.MONEY),
            )
        )
    return parts
