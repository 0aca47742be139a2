"""What people's work at the desk changed, measured between two nights.

That work comes back into the lake day by day, and the night measures it there. A desk that was filled with a year at
once (the demonstration's) has four hundred such days: they would take longer than all nights before. Here its rows are
read beside the lake as they stand, and only what tells of them alone is worked out, by what the night works it out
with: improvements and innovations, panels, winning back, answers after a repair. All else stays as the night said it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from tenure.contracts import LAKE
from tenure.contracts.findings import Section, encoded
from tenure.errors import LakeError
from tenure.insight import Window, thresholds
from tenure.lake import durable, schema_of
from tenure.nightly import improvements
from tenure.nightly.caching import Cache, write_rows
from tenure.nightly.frames import Frames
from tenure.nightly.outlook import Outlook
from tenure.nightly.past import Past
from tenure.nightly.published import link, publish_rows
from tenure.nightly.steps import StepLog
from tenure.nightly.topics import Known, asked_again, panels, repaired, said, winning_back
from tenure.progress import QUIET, Progress

if TYPE_CHECKING:
    from tenure.lake import Engine, Lake

#: How the run's number of such a publication ends.
AGAIN = "-again"
_MANIFEST = "manifest.json"


def _repairs(known: Known) -> Iterator[tuple[str, Section]]:
    yield known.bank, said("asked_again", lambda: asked_again.section(known))
    yield known.bank, said("repaired", lambda: repaired.section(known))


#: Of which topics sections are worked out anew, and by what.
_SECTIONS: Mapping[str, Callable[[Known], Iterator[tuple[str, Section]]]] = {
    "attrition": winning_back.sections, "effects": panels.sections, "opinion": _repairs,
}  # fmt: skip


def measure(
    lake: Lake, waiting: Mapping[str, Sequence[Mapping[str, Any]]], *, engine: Engine, progress: Progress = QUIET
) -> Path:
    """The newest publication with the desk's work measured in it: a new folder beside it, to be published.

    ``waiting``: what stands at the desk and is not in the lake, by table of the lake.

    Raises:
        LakeError: no night has finished yet.
    """
    last = _newest(lake)
    manifest = json.loads((last / _MANIFEST).read_text(encoding="utf-8"))
    run_id = manifest["run_id"].removesuffix(AGAIN) + AGAIN
    cache = Cache(lake, engine)
    folder, work = lake.derived("publication", run_id), f"work-{run_id}"
    (folder / _MANIFEST).unlink(missing_ok=True)
    held = thresholds.load(lake.currency, lake.path / "thresholds.toml")
    past = Past(cache, lake.head(), Window(date.fromisoformat(manifest["as_of"])), held)
    with StepLog(progress).step("measure again"):
        known = _known(past, Frames(_beside(past, waiting, work), work), last)
        made = {
            "measured": improvements.measured(known),
            "finding": _findings(pq.read_table(last / "finding.parquet").to_pylist(), known),
        }
    for file in last.glob("*.parquet"):
        if file.stem not in made and last != folder:
            link(file, folder / file.name)
    rows = {name: publish_rows(folder, name, found) for name, found in made.items()}
    told = manifest | {"run_id": run_id, "rows": manifest["rows"] | rows}
    durable.write_text(folder / _MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))
    cache.drop(work)
    return folder


def _newest(lake: Lake) -> Path:
    whole = list(lake.derived("publication").glob(f"*/{_MANIFEST}"))
    if not whole:
        raise LakeError(f"{lake.path}: no night has finished yet", "Run `tenure nightly` first.")
    return max(whole, key=lambda path: path.stat().st_mtime).parent


def _beside(past: Past, waiting: Mapping[str, Sequence[Mapping[str, Any]]], work: str) -> Past:
    files = {}
    for name, rows in waiting.items():
        if rows:
            files[name] = past.cache.path(work, f"waiting-{name}")
            files[name].parent.mkdir(parents=True, exist_ok=True)
            write_rows(pa.Table.from_pylist(list(rows), schema=schema_of(LAKE[name]).to_pyarrow()), files[name])
    return Past(past.cache, past.snapshot, past.window, past.thresholds, files)


def _known(past: Past, frames: Frames, last: Path) -> Known:
    """What the measures look at: the last night's frames, with what it keeps of the closed months and of who left."""
    paths, _ = frames.tree()
    accounts, _ = frames.accounts()
    one = frames.one_currency(accounts)
    with StepLog(QUIET).step("history") as step:
        closed = past.history(accounts, one_currency=one, inferred=past.payroll_inferred(), step=step)
    return Known(
        frames,
        closed,
        frames.keep("party", frames.party()),
        accounts,
        frames.standing(accounts, closed, one_currency=one),
        frames.figures_of(last / "customer.parquet"),
        paths,
        losses=Outlook(past, accounts).losses(),
    )


def _findings(before: list[dict[str, Any]], known: Known) -> list[dict[str, Any]]:
    """The night's findings, with the sections that tell of the desk's work in the place of those of the same name."""
    rows = {(row["topic"], row["place"]): row for row in before}
    for topic, sections in _SECTIONS.items():
        places = {
            (row["org_id"], json.loads(row["body"])["code"]): row["place"] for row in before if row["topic"] == topic
        }
        free = max(places.values(), default=-1) + 1
        for org_id, section in sections(known):
            if (place := places.get((org_id, section.code))) is None:
                place, free = free, free + 1
            body = json.dumps(encoded(section), ensure_ascii=False, allow_nan=False)
            told = {"topic": topic, "org_id": org_id, "org_path": known.branches[org_id], "place": place, "body": body}
            rows[topic, place] = told
    return list(rows.values())
