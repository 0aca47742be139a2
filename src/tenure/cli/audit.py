"""`tenure audit`: whether the audit trail is whole."""

from __future__ import annotations

import json

import click

from tenure.cli._desk import prepare
from tenure.errors import DeskDatabaseError


@click.group()
def command() -> None:
    """The audit trail.

    \b
    Examples:
      tenure audit verify          every seal of every line
      tenure audit verify --json   the same for programs
    """


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(as_json: bool) -> None:
    """Read the whole trail and check every seal, place and chain's head.

    Ends with 0 where the trail is as it was written, otherwise with 6 and a line for each thing that is wrong.
    """
    prepare()
    from tenure.desk.control import audit

    verdict = audit.verify_chain()
    if as_json:
        click.echo(json.dumps({"events": verdict.events, "whole": verdict.whole, "broken": list(verdict.broken)}))
    elif verdict.whole:
        click.echo(f"✓ {verdict.events:,} line(s), each as it was written, none missing")
    for line in verdict.broken if not as_json else ():
        click.echo(f"  {line}", err=True)
    if not verdict.whole:
        raise DeskDatabaseError(
            f"The audit trail is not whole: {len(verdict.broken)} thing(s) wrong in {verdict.events:,} line(s).",
            "Somebody changed it behind the desk's back; keep the database as it is and tell the auditor.",
        )
