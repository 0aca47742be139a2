"""The whole night with all of insight on demo banks of growing size: seconds and memory, by step and by customer.

    python bench/night.py                     1,000 and 4,000 customers × 24 months
    python bench/night.py --full              10,000, 100,000 and 1,000,000 customers × 36 months
    python bench/night.py --customers 50000   these sizes; may be given more than once
    python bench/night.py --home HOME         the demo bank of HOME (`tenure demo`)

A bank is built and its first delivery, the history, landed; the night is run in full, the models trained; then its
last day is delivered and the night after it run. Each night runs in a process of its own, so that its peak memory is
its own; a step's is what was held at most until its end.
``--home`` runs the full night only: nothing is delivered into a bank that is in use.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _bank import UNTIL

from tenure.progress import QUIET, Task

SMALL, FULL = (1_000, 4_000), (10_000, 100_000, 1_000_000)
MONTHS_SMALL, MONTHS_FULL = 24, 36


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a demo bank's home, such as var")
    parser.add_argument("--customers", type=int, action="append", help="a bank of so many customers")
    parser.add_argument("--months", type=int, help="months of history")
    parser.add_argument("--activity", type=float, help="how often people pay; 1.0 is usual")
    parser.add_argument("--full", action="store_true", help=", ".join(f"{size:,}" for size in FULL))
    parser.add_argument("--part", choices=("history", "full night", "last day", "night"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where banks are kept; a temporary folder when left out")
    given = parser.parse_args()
    months = given.months or (MONTHS_FULL if given.full else MONTHS_SMALL)
    if given.part:
        size = given.customers[0] if given.customers else 0
        print(json.dumps(part(given.part, given.folder, size, months, given.activity or 1.0)))
        return
    if given.home:
        show("full", in_own_process("full night", given.home, []))
        return
    fixed = ["--months", str(months), "--activity", str(given.activity or 1.0)]
    with tempfile.TemporaryDirectory(prefix="tenure-bench-") as scratch:
        for size in given.customers or (FULL if given.full else SMALL):
            folder = (given.folder or Path(scratch)) / str(size)
            asked = ["--customers", str(size), *fixed]
            built = in_own_process("history", folder, asked)
            print(f"{size:,} customers × {months} months, {built['transactions']:,} transactions: ", end="")
            print(f"built and landed in {built['seconds']:.0f} s, {built['peak_gb']:.2f} GB", flush=True)
            show("full", in_own_process("full night", folder, asked))
            landed = in_own_process("last day", folder, asked)
            print(f"  one more day landed in {landed['seconds']:.1f} s")
            show("after one more day", in_own_process("night", folder, asked))


def show(name: str, night: dict[str, Any]) -> None:
    """A night by step."""
    customers = max(night["customers"], 1)
    print(f"  night, {name}: {night['seconds']:.1f} s ({night['processor']:.1f} s of processor time), ", end="")
    print(f"{night['peak_gb']:.2f} GB; {night['seconds'] / customers * 1e3:.2f} ms and ", end="")
    print(f"{night['peak_gb'] * 1e6 / customers:.0f} KB a customer of {customers:,}")
    for step, (seconds, peak) in night["steps"].items():
        print(f"    {step:20} {seconds:8.2f} s  {peak:6.2f} GB  {seconds / customers * 1e3:8.3f} ms a customer")


def in_own_process(name: str, folder: Path, asked: list[str]) -> dict[str, Any]:
    """Run one part in its own process."""
    command = [sys.executable, __file__, "--part", name, "--folder", str(folder), *asked]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # what it says meanwhile is seen
    if ran.returncode:
        sys.exit(ran.returncode)
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def part(name: str, folder: Path, customers: int, months: int, activity: float) -> dict[str, Any]:
    """What was measured of one part."""
    began, processor = time.perf_counter(), time.process_time()
    if name.endswith("night"):
        found = night(folder, full=name == "full night")
    else:
        found = deliver(folder, customers, months, activity, last=name == "last day")
    return {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - processor,
        "peak_gb": peak_gb(),
        **found,
    }


def peak_gb() -> float:
    """The most memory that this process has held until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def deliver(folder: Path, customers: int, months: int, activity: float, *, last: bool) -> dict[str, Any]:
    """Land the bank's history, or its last day; the bank is built where it does not stand yet."""
    from tenure.demo import DemoBank, build
    from tenure.lake import Lake, land_tables

    settings = DemoBank(customers=customers, months=months, until=UNTIL, activity=activity, last_days=1)
    folder.mkdir(parents=True, exist_ok=True)
    built = build(settings, folder / "bank")
    held = folder / "lake"
    lake = Lake.open(held) if (held / "lake.json").exists() else Lake.create(held, bank="bench")
    delivery = built.deliveries[-1 if last else 0]
    files = {table: delivery.folder(table) for table in delivery.tables}
    land_tables(lake, "core", delivery.business_date, files, full=delivery.full)
    return {"transactions": built.rows["transaction"]}


class Peaks:
    """A progress that notes the most memory held by the end of each step, and says on standard error when it ended."""

    def __init__(self) -> None:
        self.at_the_end_of: dict[str, float] = {}

    @contextmanager
    def task(self, label: str, total: float | None = None) -> Iterator[Task]:
        """One step."""
        began = time.perf_counter()
        with QUIET.task(label, total) as under_way:
            yield under_way
        self.at_the_end_of[label] = peak_gb()
        print(f"    … {label}, {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)


def night(folder: Path, *, full: bool) -> dict[str, Any]:
    """The night of the newest delivery."""
    from tenure.lake import Lake, connect
    from tenure.nightly.run import run

    peaks = Peaks()
    with connect("duckdb") as engine:
        report = run(Lake.open(folder / "lake"), engine=engine, full=full, progress=peaks)
    return {
        "customers": report.customers,
        "steps": {step.step: (step.seconds, peaks.at_the_end_of.get(step.step, 0.0)) for step in report.steps},
    }


if __name__ == "__main__":
    main()
