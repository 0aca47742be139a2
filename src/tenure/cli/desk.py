"""`tenure desk`: Django's own commands (migrate, makemigrations, shell …) for administrators and developers."""

from __future__ import annotations

import click

from tenure.cli._desk import prepare


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run one of Django's own commands on the desk's database.

    \b
    Examples:
      tenure desk migrate
      tenure desk makemigrations work
      tenure desk help
    """
    prepare()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["tenure desk", *(arguments or ("help",))])
