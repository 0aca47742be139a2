"""`tenure ingest`: land the bank's files in the lake, list what was landed, take a delivery back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tenure.lake import Lake, Receipt

_EXAMPLES = """
\b
Examples:
  tenure ingest examples/berka/mapping.toml --source files/ --lake lake/
  tenure ingest core.toml --source in/20240229 --lake lake/ --business-date 2024-02-29
  tenure ingest core.toml --source in/20240229 --lake lake/ --dry-run    check only
  tenure ingest --list --lake lake/                                      what was landed
  tenure ingest --undo 2024-02-29-core-1a2b3c4d --lake lake/             take it back
"""


@click.command(epilog=_EXAMPLES)
@click.argument("mapping", required=False, type=click.Path(path_type=Path))
@click.option("--source", type=click.Path(file_okay=False, path_type=Path), help="Folder with the bank's files.")
@click.option("--lake", "lake_path", required=True, type=click.Path(path_type=Path), help="Folder of the lake.")
@click.option("--business-date", type=click.DateTime(["%Y-%m-%d"]), help="The day the files are of.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, change nothing.")
@click.option("--undo", metavar="BATCH", help="Take a batch out of the lake again.")
@click.option("--list", "listing", is_flag=True, help="List the batches in the lake.")
def command(
    mapping: Path | None,
    source: Path | None,
    lake_path: Path,
    business_date: datetime | None,
    dry_run: bool,
    undo: str | None,
    listing: bool,
) -> None:
    """Land the bank's files in the lake, whole or not at all.

    MAPPING says which files feed which tables and how each column is read (docs/ingest.md). Every row is
    checked; bad rows go to a quarantine file with row, column, value and rule, and a delivery with more than
    the mapping's share of bad rows is refused whole. The same files sent twice change nothing; other files for
    the same business date replace the earlier ones. The lake is created with the first delivery, and takes over the
    thresholds.toml that stands beside MAPPING, if there is one.
    """
    if sum((undo is not None, listing, mapping is not None)) != 1:
        raise click.UsageError("Give a MAPPING to land, or --list, or --undo BATCH.")
    from tenure import lake as lakes

    if listing:
        _print_batches(lakes.Lake.open(lake_path))
    elif undo is not None:
        after = lakes.undo(lakes.Lake.open(lake_path), undo)
        click.echo(f"Batch {undo} is taken out; the lake is at snapshot {after.number}.")
    else:
        if source is None or mapping is None:
            raise click.UsageError("Give --source, the folder with the bank's files.")
        _land(mapping, source, lake_path, business_date, dry_run)


def _land(mapping_path: Path, source: Path, lake_path: Path, business_date: datetime | None, dry_run: bool) -> None:
    import tempfile

    from tenure import lake as lakes
    from tenure.cli._progress import TerminalProgress

    mapping = lakes.Mapping.read(mapping_path)
    day = business_date.date() if business_date else None
    with tempfile.TemporaryDirectory() as passing, TerminalProgress() as progress:
        if (lake_path / "lake.json").exists():
            lake = lakes.Lake.open(lake_path)
        else:  # a dry run leaves no lake behind
            place = Path(passing, "lake") if dry_run else lake_path
            lake = lakes.Lake.create(place, bank=mapping.bank, currency=mapping.currency)
            _take_over_thresholds(mapping_path, lake)
        receipt = lakes.land(lake, mapping, source, business_date=day, dry_run=dry_run, progress=progress)
    _print_receipt(receipt)


def _take_over_thresholds(mapping_path: Path, lake: Lake) -> None:
    """A new lake begins with the thresholds that stand beside the mapping, if any; later the lake's own count."""
    beside = mapping_path.with_name("thresholds.toml")
    if beside.exists():
        (lake.path / "thresholds.toml").write_bytes(beside.read_bytes())
        click.echo(f"  thresholds taken from {beside}; change them in {lake.path / 'thresholds.toml'}")


def _print_receipt(receipt: Receipt) -> None:
    said = {
        "landed": "landed",
        "corrected": f"landed; it replaces {receipt.batch.corrects}",
        "unchanged": "was landed before with the same content; nothing changed",
        "checked": "checked only; nothing changed",
    }
    _print_table(
        ("table", "rows", "quarantined", "left out"),
        (
            (
                table,
                f"{rows:,}",
                f"{receipt.quarantined.get(table, 0):,}",
                "; ".join(f"{why}: {n:,}" for why, n in receipt.left_out.get(table, {}).items()),
            )
            for table, rows in receipt.rows.items()
        ),
    )
    for control in receipt.controls:
        click.echo(f"  control total met: {control.file} {control.what} = {control.value:,f}")
    for warning in receipt.warnings:
        click.secho(f"  ! {warning}", fg="yellow")
    for path in receipt.quarantine:
        click.secho(f"  ! bad rows: {path}", fg="yellow")
    click.secho(f"✓ {receipt.batch.id} {said[receipt.status]}", fg="green")


def _print_batches(lake: Lake) -> None:
    head = lake.head()
    _print_table(
        ("batch", "landed at", "rows", "quarantined", "corrects"),
        (
            (b.id, b.landed_at, f"{sum(b.rows.values()):,}", f"{sum(b.quarantined.values()):,}", b.corrects or "")
            for b in head.batches
        ),
    )
    click.echo(f"{len(head.batches)} batches; snapshot {head.number} of {head.committed_at}")


def _print_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        cells = (
            cell.rjust(width) if header[i] in ("rows", "quarantined") else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        click.echo("  " + "  ".join(cells).rstrip())
