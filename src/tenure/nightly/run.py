"""One night: from the lake's snapshot to a publication folder, in ordered, named steps.

Every step's result stands on disk before the next begins, under a name that says what it was made of. A night
that was killed and is started again finds what it had finished; a night that was finished already is finished at
once. The manifest is written last: a folder without one is no publication.
"""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from tenure.contracts import PUBLISHED, codes
from tenure.contracts.findings import TOPICS
from tenure.contracts.lake import DESK_SOURCES
from tenure.errors import LakeError
from tenure.insight import Thresholds, Window, thresholds
from tenure.insight.exact import stages_kept
from tenure.lake import durable, schema_of
from tenure.nightly import ahead, blind, deliveries, improvements, steps, theme_corrections, themes_told, worth
from tenure.nightly.caching import Cache, key, typed
from tenure.nightly.followed import at_landmark
from tenure.nightly.frames import Frames, require_customers
from tenure.nightly.outlook import Outlook
from tenure.nightly.past import Past
from tenure.nightly.published import link, publish_rows
from tenure.nightly.publishing import SETTLED, files_of
from tenure.nightly.steps import StepLog
from tenure.nightly.time_line import TimeLine
from tenure.nightly.topics import Known, findings, trap
from tenure.progress import QUIET, Progress

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.lake import Engine, Lake, Snapshot

#: Publications kept, the newest first; older ones are swept.
KEPT = 3
#: Nights whose steps the desk shows.
NIGHTS = 10


@dataclass(frozen=True)
class NightReport:
    """What a night did. ``folder`` holds the publication; ``notes`` is what a person should know about it."""

    run_id: str
    as_of: date
    folder: Path
    customers: int
    proposals: int
    seconds: float
    steps: tuple[steps.Step, ...]
    notes: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=dict)


def run(
    lake: Lake,
    as_of: date | None = None,
    *,
    engine: Engine,
    desk: Callable[[Path], object] | None = None,
    full: bool = False,
    progress: Progress = QUIET,
) -> NightReport:
    """Work out one night and write its publication.

    ``as_of`` defaults to the newest business date delivered; nothing dated later enters any figure. ``full`` makes
    every cached table anew; the publication is the same. ``desk`` is called with the publication's folder. Raises
    ``LakeError`` for an empty lake, ``InputError`` for thresholds, corrections or a branch tree that make no sense.
    """
    snapshot = lake.head()
    day = as_of or _newest_day(lake, snapshot)
    held = thresholds.load(lake.currency, lake.path / "thresholds.toml")
    delivered = deliveries.last(lake, snapshot)
    corrections = [repr(each) for each in theme_corrections.read(lake.path)]
    inputs = key(
        snapshot.number,
        [f.id for f in snapshot.files],
        day,
        held.as_dict(),
        [d.id for d in delivered],
        held.complaint_causes,
        corrections,
        worth.own_files(lake),
    )
    run_id = f"{day.isoformat()}-{snapshot.number}-{inputs[:8]}"
    folder = lake.derived("publication", run_id)
    if full:
        (folder / "manifest.json").unlink(missing_ok=True)
    if not (folder / "manifest.json").exists():
        with stages_kept(), _collecting_seldom():
            _Night(lake, engine, snapshot, delivered, day, held, folder, run_id, full, progress).work()
    report = _report(folder)
    if desk is not None:
        desk(folder)
    _sweep_publications(lake, folder)
    return report


def _newest_day(lake: Lake, snapshot: Snapshot) -> date:
    # What people logged at the desk today does not make today a business date: the bank's files do.
    delivered = [batch.business_date for batch in snapshot.batches if batch.source not in DESK_SOURCES]
    if not delivered:
        raise LakeError(f"{lake.path}: nothing has been delivered yet", "Run `tenure ingest` or `tenure demo` first.")
    return date.fromisoformat(max(delivered))


class _Night:
    """The steps of one night."""

    def __init__(
        self,
        lake: Lake,
        engine: Engine,
        snapshot: Snapshot,
        delivered: list[deliveries.Delivery],
        as_of: date,
        held: Thresholds,
        folder: Path,
        run_id: str,
        full: bool,
        progress: Progress,
    ) -> None:
        self.lake, self.engine, self.snapshot, self.delivered = lake, engine, snapshot, delivered
        self.folder, self.run_id, self.full = folder, run_id, full
        self.thresholds = held
        self.log = StepLog(progress)
        cache = Cache(lake, engine, full=full)
        self.past = Past(cache, snapshot, Window(as_of), held)
        self.frames = Frames(self.past, f"work-{run_id}")
        self.notes: list[str] = []
        self.quadrants: ir.Table | None = None

    def work(self) -> None:
        """Every step in order, the manifest last."""
        frames, past, log = self.frames, self.past, self.log
        with log.step("activity") as step:
            past.roll_ups(step)
            past.cubes()
        with log.step("balances") as step:
            past.summaries(step)
        with log.step("accounts"):
            paths, ancestors = frames.tree()
            party = frames.keep("party", frames.party())
            accounts, unknown = frames.accounts()
            one = frames.one_currency(accounts)
            if unknown:
                self._note(f"no rate for {', '.join(unknown)}: accounts in it are not summed; add it to [rates]")
        with log.step("history") as step:
            inferred = past.payroll_inferred()
            if inferred:
                step.say("no payroll kind in the data: payroll is inferred from recurring credits")
            closed = past.history(accounts, one_currency=one, inferred=inferred, step=step)
        with log.step("figures") as step:
            standing = frames.standing(accounts, closed, one_currency=one)
            made = frames.figures(party, paths, accounts, standing, closed, one_currency=one, inferred=inferred)
            step.wrote(self._publish("customer", made))
            require_customers(self._rows("customer"))
            figures = frames.figures_of(self.folder / "customer.parquet")
        with log.step("customers") as step:
            from tenure.insight import customers, holdings

            curves = past.settled(closed, "customer_curve", lambda: customers.curves(closed.by_party, past.window))
            self._link("customer_curve.parquet", curves)
            step.wrote(self._rows("customer_curve"))
            held = holdings.published(standing, frames.source("account_holder"), past.window.as_of)
            step.wrote(self._publish("holding", held.semi_join(party, "party_id")))
        with log.step("people and branches") as step:
            staff = frames.keep("staff", frames.staff(paths))
            step.wrote(self._publish("organisation", frames.organisation(paths)))
            step.wrote(self._publish("staff", staff))
            step.wrote(self._publish("product", frames.source("product")))
            step.wrote(self._publish("coverage", frames.coverage(party, staff)))
            step.wrote(self._publish("relation", frames.relation(party)))
        with log.step("duplicates") as step:
            self._link("duplicate.parquet", frames.duplicates(party))
            step.wrote(self._rows("duplicate"))
        with log.step("time line") as step:
            time_line = TimeLine(past, accounts, closed)
            self._link(f"timeline{SETTLED}", time_line.settled())
            notable = frames.keep("notable", time_line.lately(standing, past.thresholds.worklist.large_inflow.days))
            self._publish("timeline", time_line.of_now(notable, standing, figures))
            step.wrote(self._rows("timeline"))
        with log.step("outlook") as step, _one_thread_for_small_matrices():
            known = self._ahead(Known(frames, closed, party, accounts, standing, figures, paths), step)
        with log.step("work list") as step:
            trapped = self._trapped(known)
            step.wrote(self._publish("proposal", frames.proposals(figures, standing, notable, staff, trapped)))
        with log.step("insight", len(TOPICS)) as step, _one_thread_for_small_matrices():
            found: list[dict[str, Any]] = []
            for name in TOPICS:
                with step.part(name):
                    found += findings(known, name, step)
            step.wrote(self._publish_rows("finding", found))
        with log.step("causes") as step, _one_thread_for_small_matrices():
            for name, rows in themes_told.tables(known).items():
                step.wrote(self._publish_rows(name, rows))
            step.wrote(self._publish_rows("measured", improvements.measured(known)))
        with log.step("branch figures") as step:
            for name, table in frames.branches(figures, closed, ancestors).items():
                step.wrote(self._publish(name, table))
        with log.step("deliveries") as step:
            step.wrote(self._publish_rows("batch", deliveries.batches(self.delivered)))
            step.wrote(self._publish_rows("quarantine", deliveries.quarantine(self.lake, self.delivered)))
        with log.step("sweep") as step:
            swept = past.sweep() + time_line.sweep() + self.outlook.sweep()
            if swept:
                step.say(f"{swept} cached tables nobody needs any more")
        self._publish_steps()
        self._finish()
        past.cache.drop(frames.work)

    def _ahead(self, known: Known, step: steps.Step) -> Known:
        """Who will leave, what they are worth, what they need: published, and handed on to the topics."""
        self.outlook = Outlook(self.past, known.accounts)
        record, scores, lost = self.outlook.run()
        if record.told:
            step.say(record.told)
        leaving = None if scores is None else self.frames.small("scores", scores)
        known = replace(known, record=record, losses=self.outlook.losses(), blind=partial(blind.leaving, self.outlook))
        known = replace(known, followed=partial(at_landmark, self.outlook))
        valued, earns, basis = worth.of(known, self.outlook, scores)
        wanted, likely = worth.wanted(known, self.outlook, earns)
        known = replace(known, outlook=ahead.outlook(known.figures, leaving))
        self.quadrants = self._quadrants(known)
        step.wrote(self._publish("outlook", ahead.outlook(known.figures, leaving, valued, self.quadrants)))
        step.wrote(self._publish("need", wanted))
        self._publish_rows("lost", ahead.lost(lost, self.past.window.open_month - 1))
        read = {name: self.engine.read([self.folder / f"{name}.parquet"]) for name in ("outlook", "lost", "need")}
        return replace(known, likely=likely.models, basis=basis, **read)

    def _quadrants(self, known: Known) -> ir.Table | None:
        """Satisfaction and loyalty of who answered, where they can be told."""
        found = trap.quadrants_of(known)
        return self.frames.small("quadrants", found) if found.num_rows else None

    def _trapped(self, known: Known) -> ir.Table | None:
        """Who says satisfied and behaves as if leaving, for the work list; with the likeliest cause, if one is told."""
        if self.quadrants is None or known.outlook is None:
            return None
        t = self.quadrants.filter(self.quadrants.quadrant == "trapped")
        t = t.select("party_id", "satisfaction", "sign", trapped_answered_on=t.answered_on)
        return t.left_join(known.outlook.select("party_id", "cause"), "party_id").drop("party_id_right")

    def _publish(self, name: str, expr: ir.Table) -> int:
        """Write one table of the publication, sorted by its key, unless it is there already; its rows.

        Columns whose names begin with ``_`` go with it: the night's own, which the desk doesn't read.
        """
        path = self.folder / f"{name}.parquet"
        if self.full or not path.exists():
            table = PUBLISHED[name]
            beside = [name for name in expr.columns if name.startswith("_")]
            shaped = typed(expr.select(*table.names, *beside).cast(schema_of(table)))
            self.engine.write(shaped, path, sort=table.key)
        return self._rows(name)

    def _link(self, name: str, settled: Path) -> None:
        """Take a file that stays the same for many nights into the publication."""
        link(settled, self.folder / name)

    def _publish_rows(self, name: str, rows: Sequence[dict[str, Any]]) -> int:
        return publish_rows(self.folder, name, rows)

    def _publish_steps(self) -> None:
        """This night's steps, and those of the last nights."""
        log = self.lake.derived("night", "steps")
        own = self.log.rows(self.run_id)
        (log / f"{self.run_id}.json").write_text(steps.encode(own), encoding="utf-8")
        by_age = sorted(log.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in by_age[NIGHTS:]:
            old.unlink(missing_ok=True)
        rows = [row for path in by_age[:NIGHTS] for row in steps.decode(path.read_text(encoding="utf-8"))]
        self._publish_rows("night_step", rows)

    def _finish(self) -> None:
        manifest = {
            "run_id": self.run_id,
            "lake_id": self.lake.id,
            "bank": self.lake.bank,
            "currency": self.lake.currency,
            "as_of": self.past.window.as_of.isoformat(),
            "snapshot": self.snapshot.number,
            "tiers": dict(zip(codes.TIER_ORDER, self.thresholds.tiers.ladder, strict=True)),
            "rows": {name: self._rows(name) for name in PUBLISHED},
            "notes": self.notes,
            "steps": self.log.rows(self.run_id),
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1, default=str)
        durable.write_text(self.folder / "manifest.json", text)

    def _rows(self, name: str) -> int:
        return sum(pq.read_metadata(path).num_rows for path in files_of(self.folder, name))

    def _note(self, note: str) -> None:
        self.notes.append(note)


def _one_thread_for_small_matrices() -> AbstractContextManager[Any]:
    """Models multiply thousands of small matrices, where a second thread only waits: up to fifty times slower."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return limits


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Let the garbage collector look every 50,000 new objects, not every 700.

    An expression is a tree of thousands of small objects that live until it is compiled; looking through them again
    and again took a sixth of a small bank's night.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], 50_000), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _report(folder: Path) -> NightReport:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    rows = [{**row, "note": row["note"] or ""} for row in steps.decode(json.dumps(manifest["steps"]))]
    done = tuple(
        steps.Step(**{name: row[name] for name in ("step", "began_at", "seconds", "rows_read", "rows_written", "note")})
        for row in rows
    )
    return NightReport(
        run_id=manifest["run_id"],
        as_of=date.fromisoformat(manifest["as_of"]),
        folder=folder,
        customers=manifest["rows"]["customer"],
        proposals=manifest["rows"]["proposal"],
        seconds=round(sum(step.seconds for step in done), 3),
        steps=done,
        notes=tuple(manifest["notes"]),
        rows=manifest["rows"],
    )


def _sweep_publications(lake: Lake, newest: Path) -> None:
    """Keep the newest publications that are whole, and this one."""
    home = lake.derived("publication")
    runs = [path for path in home.iterdir() if path.is_dir() and path != newest]
    whole = [path for path in runs if (path / "manifest.json").exists()]
    whole.sort(key=lambda path: (path / "manifest.json").stat().st_mtime, reverse=True)
    for path in runs:
        if path not in whole[: KEPT - 1]:
            shutil.rmtree(path, ignore_errors=True)
            shutil.rmtree(lake.path / "derived" / "night" / f"work-{path.name}", ignore_errors=True)
