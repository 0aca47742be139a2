"""`tenure person`: a person's data, from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from tenure.cli._desk import prepare


@click.group()
def command() -> None:
    """What the bank holds about one person.

    \b
    Examples:
      tenure person copy C000123 --lake var/lake --output copy     desk and lake, as pages and JSON
      tenure person lift C000123     an erased customer came back and is wanted on the desk again
    """


@command.command()
@click.argument("number")
@click.option("--lake", "lake_path", required=True, type=click.Path(path_type=Path), help="The lake's folder.")
@click.option("--output", required=True, type=click.Path(path_type=Path), help="A new or empty folder.")
def copy(number: str, lake_path: Path, output: Path) -> None:
    """Write everything held about the customer NUMBER into a folder: pages in both languages and JSON.

    For whoever may read the lake and the desk's database anyway; the trail has a line of it.
    """
    prepare()
    from django.conf import settings
    from django.utils import timezone

    from tenure.desk.control import audit
    from tenure.desk.parties.visibility import entries_of, standing_of
    from tenure.desk.publication.current import pin
    from tenure.desk.requests import copying
    from tenure.desk.requests.settings import settings_of
    from tenure.errors import InputError
    from tenure.lake import Lake, connect
    from tenure.nightly.persons import write_copy

    if output.exists() and any(output.iterdir()):
        raise InputError(f"{output}: the folder is not empty", "Give a new folder: copies of two people must not mix.")
    lake, now = Lake.open(lake_path), timezone.now()
    number = standing_of([number]).get(number, number)
    numbers = entries_of(number)
    with pin():
        parts = copying.parts_of(numbers, notes=settings_of(settings.HOME).give_notes)
    with connect() as engine:
        rows = write_copy(lake, engine, number, numbers, output, now)
    held = rows + sum(len(part.rows) for part in parts)
    if not held:
        copying.forget_folder(output)
        raise InputError(f"Nothing is held about {number}.", "Check the customer number.")
    copying.write_part(output, copying.DESK, number, parts, now)
    audit.record(
        None, "request.fetch", now=now, kind="customer", key=number, changes={"rows": held},
        actor_name="the command line",
    )  # fmt: skip
    click.echo(f"✓ {held:,} row(s) about {number} are in {output}.")


@command.command()
@click.argument("number")
def lift(number: str) -> None:
    """Let the erased customer NUMBER be published again: they have come back to the bank."""
    prepare()
    from django.utils import timezone

    from tenure.desk.requests.services import let_back
    from tenure.errors import InputError

    if not let_back(number, now=timezone.now()):
        raise InputError(f"{number} is not on the list of the erased.", "Check the customer number.")
    click.echo(f"✓ {number} is published again from the next night on.")
