"""`tenure worker`: runs the jobs the desk hands on, such as exports."""

from __future__ import annotations

import click

from tenure.cli._desk import prepare


@click.command()
@click.option("--once", is_flag=True, help="Run what is waiting, then stop.")
@click.option("--interval", default=1.0, show_default=True, help="Seconds between looks at the queue.")
def command(once: bool, interval: float) -> None:
    """Run the desk's background jobs (exports). `tenure serve` starts one of its own.

    \b
    Examples:
      tenure worker              keep running
      tenure worker --once       clear the queue and stop
    """
    prepare()
    from django.core.management import call_command
    from django.utils import timezone

    from tenure.desk.control.jobs.services import put_back_lost
    from tenure.desk.signals.upkeep import keep_up
    from tenure.desk.voice.sending.upkeep import keep_sending

    put_back_lost(timezone.now())
    keep_up(once=once)
    keep_sending(once=once)
    call_command("db_worker", interval=interval, batch=once, startup_delay=False, verbosity=0)
