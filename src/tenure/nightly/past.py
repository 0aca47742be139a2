"""The past, kept so that a night need not read it again: roll-ups per delivery, cubes and summaries per month,
and from these one row a customer for all closed months.

A transaction file is read once in its life. A month's cube is read again only when the month's set of files
changes, the history only when a month closes, a cube or summary changes, or an account's owner or kind does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from tenure.contracts import LAKE, PUBLISHED
from tenure.contracts.lake import PARTY_MERGE
from tenure.insight import activity, balances, history, months
from tenure.insight.months import CURVE, Window
from tenure.lake import schema_of
from tenure.nightly.caching import Cache, key
from tenure.nightly.merges import Merged, standing
from tenure.nightly.steps import Step

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from tenure.insight import Thresholds
    from tenure.lake import DataFile, Snapshot

_DAILY = "activity_days"
_MONTHLY = "activity_months"
_CUBES = "activity_cubes"
_SUMMARIES = "balance_months"
_HISTORY = "history"
_PARTIES = "parties"

#: Accounts whose closed months are joined at once: eight million took 4.6 GB so (``docs/benchmarks.md``).
SLICE = 1_000_000

#: Complaints taken in at the desk, on their way back.
_DESK_COMPLAINT = "desk_complaint"


def with_the_desks(complaint: ir.Table, desks: ir.Table) -> ir.Table:
    """Complaints of the bank's file and those taken in at the desk, each once.

    One that the bank's own system passed to the desk bears its number there, and the bank's file tells of it.
    """
    desks = desks.anti_join(complaint.select(bank_number="complaint_id"), "bank_number")
    desks = desks.mutate(complaint_id=ibis.literal("desk-") + desks.complaint_id)
    return complaint.union(desks.select(*complaint.columns))


@dataclass(frozen=True)
class ClosedMonths:
    """What the closed months say: ``by_party`` of :func:`history.of_parties`, ``by_account`` of
    :func:`balances.closed_months`.

    ``name`` begins the names of all cached tables that rest on the same files and the same owners of accounts.
    """

    name: str
    by_party: ir.Table
    by_account: ir.Table


@dataclass(frozen=True)
class Past:
    """The lake's past as of one night, and where its condensed forms are kept."""

    cache: Cache
    snapshot: Snapshot
    window: Window
    thresholds: Thresholds
    #: Files of rows of the desk's that are not in the lake yet, by table: read beside it (:mod:`between`).
    waiting: Mapping[str, Path] = field(default_factory=dict)

    @cached_property
    def merged(self) -> Merged:
        """Which entries people at the desk made one."""

        def told(name: str) -> ir.Table:
            return self.cache.engine.table(self.cache.lake, self.snapshot, name)

        delivered = bool(self.snapshot.files_of(PARTY_MERGE.name))
        rows = self.cache.engine.arrow(told(PARTY_MERGE.name)).to_pylist() if delivered else []
        return Merged(self.cache.engine, standing(rows), told)

    def table(self, name: str, of_months: Sequence[str] | None = None) -> ir.Table:
        """A table of the lake, of an event table the months given (all where none are): every read of customers.

        Whoever was merged at the desk stands there under the number that was kept. Files of transactions and balances
        name accounts only and are read as they are (:meth:`rows`).
        """
        found = self._delivered(name, of_months)
        if name == "complaint" and (self.snapshot.files_of(_DESK_COMPLAINT) or _DESK_COMPLAINT in self.waiting):
            return with_the_desks(found, self._delivered(_DESK_COMPLAINT))
        return found

    def _delivered(self, name: str, of_months: Sequence[str] | None = None) -> ir.Table:
        found = self.cache.engine.table(self.cache.lake, self.snapshot, name, of_months)
        if name in self.waiting:
            found = found.union(self.cache.engine.read([self.waiting[name]], schema_of(LAKE[name])))
        return self.merged.through(name, found)

    def rows(self, file: DataFile) -> ir.Table:
        """The rows of one data file."""
        return self.cache.engine.read([self.cache.lake.path / file.path], schema_of(LAKE[file.table]))

    def files(self, table: str) -> dict[int, list[DataFile]]:
        """The live files of an event table by month, the open month last, in a fixed order."""
        found: dict[int, list[DataFile]] = defaultdict(list)
        for file in sorted(self.snapshot.files_of(table), key=lambda f: f.id):
            month = months.parse(file.month)
            if month <= self.window.open_month:
                found[month].append(file)
        return dict(sorted(found.items()))

    def roll_ups(self, step: Step) -> None:
        """Roll up every transaction file of the curve's months that has none yet."""
        for month, files in self.files("transaction").items():
            if month > self.window.month(CURVE):
                for file in files:
                    self._roll_up(file, step)

    def _roll_up(self, file: DataFile, step: Step | None = None) -> Path:
        """By day while the file's month is open, by month once it is closed; a roll-up by day serves for both."""
        daily = self.cache.path(_DAILY, file.id)
        is_open = months.parse(file.month) == self.window.open_month
        if is_open or self.cache.has(daily):
            folder, by_day = _DAILY, True
        else:
            folder, by_day = _MONTHLY, False
        before = len(self.cache.made)
        path = self.cache.keep(folder, file.id, lambda: activity.roll_up(self.rows(file), by_day=by_day))
        if step and len(self.cache.made) > before:
            step.read(file.rows)
            step.wrote(self.cache.made[path])
        return path

    def cubes(self) -> dict[int, ir.Table]:
        """Month roll-ups of the curve's closed months, one row per account, by month."""
        found: dict[int, ir.Table] = {}
        for month, files in self.files("transaction").items():
            if self.window.month(CURVE) < month < self.window.open_month:
                parts = [self._roll_up(file) for file in files]
                if len(parts) > 1 or parts[0].parent.name != _MONTHLY:
                    name = f"{months.label(month)}-{key(_ids(files))}"
                    parts = [self.cache.keep(_CUBES, name, partial(self._add, parts))]
                found[month] = self.cache.engine.read(parts, ibis.schema(activity.SCHEMA))
        return found

    def _add(self, parts: Sequence[Path]) -> ir.Table:
        return activity.add(self.cache.engine.read(parts, ibis.schema(activity.SCHEMA)))

    def open_activity(self) -> ir.Table:
        """Roll-ups of the open month's days up to ``as_of``."""
        files = self.files("transaction").get(self.window.open_month, [])
        by_day = ibis.schema({**activity.SCHEMA, "day": "date"})
        rows = self.cache.engine.read([self._roll_up(file) for file in files], by_day)
        return rows.filter(rows.day <= self.window.as_of)

    def summaries(self, step: Step | None = None) -> dict[int, ir.Table]:
        """Balance summaries of every closed month, by month."""
        found: dict[int, ir.Table] = {}
        for month, files in self.files("balance").items():
            if month < self.window.open_month:
                made = len(self.cache.made)
                name = f"{months.label(month)}-{key(_ids(files))}"
                path = self.cache.keep(_SUMMARIES, name, partial(self._summary, files, month))
                found[month] = self.cache.engine.read([path], ibis.schema(balances.SCHEMA))
                if step and len(self.cache.made) > made:
                    step.read(sum(file.rows for file in files))
                    step.wrote(self.cache.made[path])
        return found

    def open_balances(self) -> ir.Table:
        """The balance summary of the open month up to ``as_of``."""
        rows = self._balances(self.files("balance").get(self.window.open_month, []))
        return balances.summary(
            rows.filter(rows.day <= self.window.as_of), self.window.open_month, self.window.days_open
        )

    def _summary(self, files: Sequence[DataFile], month: int) -> ir.Table:
        return balances.summary(self._balances(files), month)

    def _balances(self, files: Sequence[DataFile]) -> ir.Table:
        paths = [self.cache.lake.path / file.path for file in files]
        return self.cache.engine.read(paths, schema_of(LAKE["balance"]))

    def payroll_inferred(self) -> bool:
        """Whether payroll must be inferred: no credit of that kind in the curve's months up to ``as_of``."""
        newest_first = [self.open_activity(), *(cube for _, cube in sorted(self.cubes().items(), reverse=True))]
        paid = (rows.filter(rows.payroll > 0).select("account_id").limit(1) for rows in newest_first)
        return not any(self.cache.engine.arrow(each).num_rows for each in paid)

    def history(self, accounts: ir.Table, *, one_currency: bool, inferred: bool, step: Step) -> ClosedMonths:
        """The closed months by party and by account, made once a month or when they are corrected."""
        engine, cache = self.cache.engine, self.cache
        transactions, held = self.files("transaction"), self.files("balance")
        closed = [m for m in transactions if self.window.month(CURVE) < m < self.window.open_month]
        name = key(
            self.window.open_month,
            [_ids(transactions[m]) for m in closed],
            [_ids(files) for m, files in held.items() if m < self.window.open_month],
            {part: self.thresholds.as_dict()[part] for part in ("currency", "factors", "tiers", "protection")},
            one_currency,
            inferred,
            *self.merged.depends(),
        )
        owners_path = cache.path(_HISTORY, f"{name}-owners")
        owners = _owners(accounts, self.window)
        if owners_path.exists() and not cache.full and not self._same(engine.read([owners_path]), owners):
            owners_path.unlink()
            step.say("an account changed its owner, kind or currency: history made again")
        if not cache.has(owners_path):
            for made in cache.path(_HISTORY, name).parent.glob(f"{name}-*"):  # a killed night's: of other owners?
                made.unlink(missing_ok=True)
        by_account = engine.read(self._by_account(name, accounts, one_currency=one_currency))
        parties_path = cache.keep(
            _HISTORY,
            f"{name}-parties",
            lambda: history.of_parties(
                self.cubes(),
                by_account,
                accounts,
                self.window,
                self.thresholds,
                one_currency=one_currency,
                inferred=inferred,
            ),
        )
        cache.keep(_HISTORY, f"{name}-owners", lambda: owners)
        step.wrote(cache.rows_made([parties_path]))
        return ClosedMonths(name, engine.read([parties_path]), by_account)

    def _by_account(self, name: str, accounts: ir.Table, *, one_currency: bool) -> list[Path]:
        """The closed months by account, a slice of the accounts at a time where there are many.

        Their months stand side by side; for all accounts of a large bank at once an engine would write that wide table
        to disk anew with nearly every month it joins: eight million had filled 60 GB.
        """
        known = accounts.filter(accounts.opened_on < months.first_day(self.window.open_month))
        slices = int(self.cache.engine.arrow(known.aggregate(count=known.count()))["count"][0].as_py()) // SLICE + 1

        def made(number: int) -> ir.Table:
            def own(rows: ir.Table) -> ir.Table:
                return rows if slices == 1 else rows.filter((rows.account_id.hash() % slices).abs() == number)

            summaries = {month: own(rows) for month, rows in self.summaries().items()}
            return balances.closed_months(summaries, own(accounts), self.window, one_currency=one_currency)

        names = [f"{name}-accounts" if slices == 1 else f"{name}-accounts-{n}-of-{slices}" for n in range(slices)]
        return [self.cache.keep(_HISTORY, each, partial(made, n)) for n, each in enumerate(names)]

    def settled(self, closed: ClosedMonths, name: str, make: Callable[[], ir.Table], *depends: Any) -> Path:
        """The part of a published table that closed months settle, kept while they and what it ``depends`` on stay."""
        table = PUBLISHED[name]
        path = f"{closed.name}-{name}-{key(*depends)}"
        return self.cache.keep(_HISTORY, path, lambda: make().cast(schema_of(table)), sort=table.key)

    def of_parties(self, name: str, make: Callable[[], ir.Table], *, sort: Sequence[str]) -> Path:
        """A table that rests on the parties known at ``as_of`` and their facts alone: remade when these change."""
        party = self.table("party")
        later = party.filter(party.since > self.window.as_of).limit(1).select("party_id")
        # Whoever comes later makes the day count; where nobody does, every later day knows the same parties.
        day = self.window.as_of if self.cache.engine.arrow(later).num_rows else None
        depends = key(sorted(_ids(self.snapshot.files_of("party"))), day, *self.merged.depends())
        return self.cache.keep(_PARTIES, f"{name}-{depends}", make, sort=sort)

    def of_closed(self, closed: ClosedMonths, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        """A frame that rests on the closed months and the owners of accounts alone: made once a month."""
        return self.cache.engine.read([self.cache.keep(_HISTORY, f"{closed.name}-{name}", make)])

    def rows_of_closed(self, closed: ClosedMonths, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        """As :meth:`of_closed`, of a small table made in memory: what was learned from the closed months."""
        return self.cache.keep_rows(_HISTORY, f"{closed.name}-{name}", make)

    def _same(self, before: ir.Table, now: ir.Table) -> bool:
        """Whether the accounts that history is made of belong as they did: exactly, not by a fingerprint."""
        names = before.columns
        changed = before.anti_join(now, _alike(before, now, names)).select("account_id")
        added = now.anti_join(before, _alike(now, before, names)).select("account_id")
        return bool(self.cache.engine.arrow(changed.union(added).limit(1)).num_rows == 0)

    def live(self) -> set[str]:
        """The data files that a cached table may still be needed for."""
        return {file.id for file in (*self.snapshot.files, *self.cache.lake.head().files)}

    def sweep(self) -> int:
        """Delete what no live data file and not this night needs; how many files."""
        live = self.live()
        gone = sum(self.cache.sweep(folder, lambda path: path.stem in live) for folder in (_DAILY, _MONTHLY))
        return gone + sum(self.cache.sweep(folder) for folder in (_CUBES, _SUMMARIES, _HISTORY, _PARTIES))


def _ids(files: Sequence[DataFile]) -> list[str]:
    return [file.id for file in files]


def _owners(accounts: ir.Table, window: Window) -> ir.Table:
    """What the history of closed months takes from the accounts: owner, side, rate, and the day of closing."""
    began = months.first_day(window.open_month)
    t = accounts.filter(accounts.opened_on < began)
    return t.select(
        "account_id",
        "party_id",
        "side",
        factor=t.factor.coalesce(0),
        closed_on=ibis.ifelse(t.closed_on < began, t.closed_on, ibis.null("date")).coalesce(ibis.literal(began)),
    )


def _alike(one: ir.Table, other: ir.Table, names: Sequence[str]) -> list[ir.BooleanValue]:
    return [one[name] == other[name] for name in names]
