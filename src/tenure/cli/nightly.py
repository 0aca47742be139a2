"""`tenure nightly`: the night's run, from the lake to the desk."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenure.cli._progress import TerminalProgress

if TYPE_CHECKING:
    from tenure.lake import Engine, Lake


@click.command()
@click.option("--lake", "lake_path", required=True, type=click.Path(path_type=Path), help="The lake's folder.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to work out; the newest business date when left out.",
)
@click.option("--engine", default="duckdb", show_default=True, help="duckdb, spark, spark[N] or spark://host:port.")
@click.option("--memory", help="At most this much memory for the engine, such as 4GB.")
@click.option("--full", is_flag=True, help="Work everything out anew instead of only what is new.")
@click.option("--publish/--no-publish", default=True, help="Hand the night to the desk.")
def command(
    lake_path: Path, as_of: datetime | None, engine: str, memory: str | None, full: bool, publish: bool
) -> None:
    """Turn what the bank delivered into what its people should know today.

    Brings the desk's contacts back into the lake, works out every customer's figures and the work list,
    and publishes them to the desk in one swap. Run it again at any time: it goes on where it stopped.

    \b
    Examples:
      tenure nightly --lake var/lake
      tenure nightly --lake L --as-of 1994-03-31
      tenure nightly --lake L --engine spark --full
    """
    with TerminalProgress() as progress:
        run_night(lake_path, as_of.date() if as_of else None, engine, memory, full, publish, progress)


def run_night(
    lake_path: Path,
    as_of: date | None,
    engine: str,
    memory: str | None,
    full: bool,
    publish: bool,
    progress: TerminalProgress,
) -> None:
    """One night: write-back, the run, the publication; prints what came of it."""
    from tenure.lake import Lake, connect, refuse_unknown
    from tenure.nightly.run import run

    refuse_unknown(engine)
    lake = Lake.open(lake_path)
    if publish:
        from tenure.cli._desk import prepare, up_to_date

        prepare()
        up_to_date(progress)
        from tenure.nightly.writeback import write_back, write_back_corrections, write_back_merges

        written = write_back(lake, progress=progress)
        if written:
            click.echo(f"✓ {written} row(s) of the desk's work are in the lake.")
        if write_back_corrections(lake):
            click.echo("✓ The corrections of themes made at the desk are in the lake.")
        merges = write_back_merges(lake, progress=progress)
        if merges:
            click.echo(f"✓ {merges} merge(s) of customers decided at the desk are in the lake.")
    with connect(engine, memory=memory) as tables:
        if publish:
            _about_persons(lake, tables)
        report = run(lake, as_of, engine=tables, full=full, progress=progress)
    click.echo(f"✓ Night of {report.as_of}: {report.customers:,} customers in {report.seconds:.1f} s.")
    for note in report.notes:
        click.secho(f"  • {note}", fg="yellow")
    lake.vacuum()
    if publish:
        from django.conf import settings

        from tenure.nightly.publishing import publish_folder

        publication = publish_folder(report.folder, time_zone=settings.TIME_ZONE, progress=progress)
        click.echo(f"✓ The desk shows {publication.bank or 'the bank'} as of {publication.as_of}.")


def _about_persons(lake: Lake, tables: Engine) -> None:
    """Erase what people who left were promised, before any figure is made; add the lake's part to waiting copies."""
    from django.utils import timezone

    from tenure.nightly.persons import erase_due, write_waiting_copies

    removed = erase_due(lake, tables, timezone.now())
    if removed.rows:
        click.echo(f"✓ {sum(removed.rows.values()):,} row(s) of people who were erased are out of the lake.")
    copies = write_waiting_copies(lake, tables, timezone.now())
    if copies:
        click.echo(f"✓ The lake's part was added to {copies} copy(ies) of people's data.")
