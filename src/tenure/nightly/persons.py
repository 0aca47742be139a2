"""The lake's part of what people ask about their data: its half of a copy, and erasure where retention is over."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.contracts import LAKE, Kind, Mask
from tenure.contracts.codes import Name
from tenure.lake import schema_of
from tenure.lake.removing import forget_the_past, remove

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.desk.requests.copying import Part
    from tenure.lake import Engine, Lake

#: Columns by which a table's rows are a person's.
_OF_PARTY = ("party_id", "kept_id", "merged_id", "other_id", "target_id", "given_id", "converted_id", "person_id")


def _naming(table: str) -> tuple[str, ...]:
    return tuple(column for column in _OF_PARTY if column in LAKE[table])


def accounts_of(lake: Lake, engine: Engine, numbers: Iterable[str]) -> list[str]:
    """The accounts a person owns or holds with others."""
    wanted, snapshot = list(numbers), lake.head()
    found: set[str] = set()
    for name in ("account", "account_holder"):
        t = engine.table(lake, snapshot, name)
        found |= _column(engine, t.filter(t.party_id.isin(wanted)), "account_id")
    return sorted(found)


def parts_of(lake: Lake, engine: Engine, numbers: Iterable[str]) -> list[Part]:
    """Everything the lake holds about a person, a table a part; only their rows are read.

    Numbers and names of staff and of other customers are left out, account numbers of others are masked.
    """
    from tenure.desk.control.masks import hide
    from tenure.desk.requests.copying import Part, plain
    from tenure.desk.requests.rules import LAKE_TABLES, OF_OTHERS

    wanted, snapshot = list(numbers), lake.head()
    accounts, parts = accounts_of(lake, engine, wanted), []
    for name in LAKE_TABLES:
        t, contract = engine.table(lake, snapshot, name), LAKE[name]
        own = [column for column in _naming(name) if column not in OF_OTHERS]
        if own:
            mine = t[own[0]].isin(wanted)
            for column in own[1:]:
                mine = mine | t[column].isin(wanted)
        elif accounts:
            mine = t.account_id.isin(accounts)
        else:
            continue
        columns = [column for column in contract if column.name not in OF_OTHERS]
        rows = engine.arrow(t.filter(mine).order_by(list(contract.key))).to_pylist()

        def shown(row: dict[str, Any], column: str) -> Any:
            value = plain(row[column])
            return hide(str(value), Mask.ACCOUNT) if column == "counterparty_account" and value else value

        parts.append(
            Part(
                name,
                Name(contract.zh, contract.en),
                [(column.name, Name(column.zh, column.en)) for column in columns],
                [[shown(row, column.name) for column in columns] for row in rows],
                frozenset(column.name for column in columns if column.kind is Kind.MONEY),
                {column.name: frozenset(column.allowed) for column in columns if column.allowed},
            )
        )
    return [part for part in parts if part.rows]


def write_copy(lake: Lake, engine: Engine, number: str, numbers: Iterable[str], folder: Path, now: datetime) -> int:
    """Write the lake's part of a person's copy into ``folder``; how many rows it has."""
    from tenure.desk.requests.copying import LAKE as PART
    from tenure.desk.requests.copying import write_part

    parts = parts_of(lake, engine, numbers)
    write_part(folder, PART, number, parts, now)
    return sum(len(part.rows) for part in parts)


def write_waiting_copies(lake: Lake, engine: Engine, now: datetime) -> int:
    """Add the lake's part to every copy that lacks it; how many. Killed anywhere it can simply run again."""
    from tenure.desk.parties.visibility import entries_of
    from tenure.desk.requests.copying import folder_of
    from tenure.desk.requests.models import PersonRequest

    waiting = PersonRequest.objects.filter(kind="copy", ready_at__isnull=False, lake_at=None, expires_at__gt=now)
    done = 0
    for request in waiting:
        write_copy(lake, engine, request.party_id, entries_of(request.party_id), folder_of(request.pk), now)
        done += PersonRequest.objects.filter(pk=request.pk, lake_at=None).update(lake_at=now)
    return done


@dataclass(frozen=True)
class Removed:
    """What an erasure took out of the lake: people it found there, rows by table."""

    people: int
    rows: dict[str, int]


def erase_due(lake: Lake, engine: Engine, now: datetime) -> Removed:
    """Take out of the lake what may go of people who were erased at the desk, also what a delivery has brought back.

    Their numbers are found by hash; nothing is read where nobody was erased. One commit; then older snapshots and
    publications, which still had the rows, are deleted. Killed between the two, the next night deletes them.
    """
    from django.utils import timezone

    from tenure.desk.requests.erasing import suppressed_among
    from tenure.desk.requests.models import PersonRequest, Suppressed

    known = {one.digest: one for one in Suppressed.objects.all()}
    if not known:
        return Removed(0, {})
    today = timezone.localdate(now)
    t = _ever(lake, engine, "party")
    found = suppressed_among(_column(engine, t, "party_id"))
    left = _left_on(engine, t, found)
    held = {file.table for file in lake.head().files}
    days = {number: _days(number, left.get(number), known, held) for number in found}
    gone = remove(lake, _due(lake, engine, days, today))
    late = any(one.lake_next is not None and one.lake_next <= today for one in known.values())
    if gone or late:
        shutil.rmtree(lake.derived("publication"), ignore_errors=True)
        forget_the_past(lake)
    for digest, one in known.items():
        own = [
            day for number, by_table in days.items() if _digest(number, known) == digest for day in by_table.values()
        ]
        one.lake_next = min((day for day in own if day > today), default=None)
        one.save(update_fields=["lake_next"])
    erased = PersonRequest.objects.filter(kind="erase", lake_at=None).exclude(erased=[])
    mine = suppressed_among(erased.values_list("party_id", flat=True))
    erased.filter(party_id__in=mine).update(lake_at=now)
    return Removed(len(found), gone)


def _column(engine: Engine, t: ir.Table, column: str) -> set[str]:
    """The values of one column."""
    return {str(value) for value in engine.arrow(t.select(column).distinct())[column].to_pylist()}


def _ever(lake: Lake, engine: Engine, table: str) -> ir.Table:
    """Every row of a table that any delivery held, those since replaced or retired included."""
    files = [lake.path / file.path for file in lake.head().files_of(table)]
    return engine.read(files, schema_of(LAKE[table]))


def _left_on(engine: Engine, t: ir.Table, numbers: set[str]) -> dict[str, date | None]:
    if not numbers:
        return {}
    last = t.filter(t.party_id.isin(sorted(numbers))).group_by("party_id").agg(left_on=t.left_on.max())
    return {row["party_id"]: row["left_on"] for row in engine.arrow(last).to_pylist()}


def _digest(number: str, known: dict[str, Any]) -> str:
    from django.conf import settings

    from tenure.desk.requests.rules import digest_of

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return next((one for one in (digest_of(number, key) for key in keys) if one in known), "")


def _days(number: str, left_on: date | None, known: dict[str, Any], held: set[str]) -> dict[str, date]:
    """By table ``held``, the first day on which the person's rows may go; rows with days count from the erasure."""
    from django.conf import settings

    from tenure.desk.requests.rules import LAKE_TABLES, kept_until
    from tenure.desk.requests.settings import settings_of

    since = known[_digest(number, known)].since
    kept = settings_of(settings.HOME).retention
    ended = left_on or since
    found = {name: kept_until(kept[of], since, ended) or since for name, of in LAKE_TABLES.items() if name in held}
    # Who somebody is, and which accounts are theirs, must outlast what is found by it.
    by_account = [found[name] for name in ("account", "transaction", "balance", "standing_order") if name in found]
    if "account" in found:
        found["account"] = max(by_account)
    found["party"] = max(found.values())
    return found


def _due(lake: Lake, engine: Engine, days: dict[str, dict[str, date]], today: date) -> dict[str, dict[str, set[str]]]:
    due: dict[str, dict[str, set[str]]] = {}
    for number, by_table in days.items():
        accounts: set[str] | None = None
        for name, day in by_table.items():
            if day > today:
                continue
            columns = _naming(name)
            if columns:
                for column in columns:
                    due.setdefault(name, {}).setdefault(column, set()).add(number)
                continue
            if accounts is None:
                t = _ever(lake, engine, "account")
                accounts = _column(engine, t.filter(t.party_id == number), "account_id")
            due.setdefault(name, {}).setdefault("account_id", set()).update(accounts)
    return due
