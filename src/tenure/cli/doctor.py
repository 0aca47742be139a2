"""`tenure doctor`: is this installation sound, and if not, what to do."""

from __future__ import annotations

from pathlib import Path

import click

from tenure.errors import Exit

MARKS = {"fine": ("✓", "green"), "note": ("•", "yellow"), "wrong": ("✗", "red")}


@click.command()
@click.option("--lake", "lake_path", type=click.Path(path_type=Path), help="Also check this lake.")
def command(lake_path: Path | None) -> None:
    """Check the installation, the desk's database, the lake, the engines and the browser's files.

    Exit code 0 when nothing is wrong (notes do not count), 5 otherwise.

    \b
    Examples:
      tenure doctor
      tenure doctor --lake var/lake
    """
    from tenure.cli._checkup import check_up

    wrong = 0
    for finding in check_up(lake_path):
        mark, colour = MARKS[finding.state]
        click.secho(f"{mark} {finding.subject}: {finding.text}", fg=colour)
        if finding.remedy and finding.state != "fine":
            click.echo(f"    → {finding.remedy}")
        wrong += finding.state == "wrong"
    click.echo("Everything needed is in order." if not wrong else f"{wrong} thing(s) to put right.")
    if wrong:
        raise SystemExit(Exit.ENVIRONMENT)
