"""`tenure worker`: runs the jobs the desk hands on, such as exports."""

from __future__ import annotations

import click

from tenure.cli._desk import prepare


@click.command()
@click.option("--once", is_flag=True, help="Run what is waiting, then stop.")
@click.option("--interval", default=1.0, show_default=True, help="Seconds between looks at the queue.")
def command(once: bool, interval: float) -> None:
    """Run the desk's background jobs (exports) and whatever wakes up by itself. `tenure serve` starts one of its own.

    \b
    Examples:
      tenure worker              keep running
      tenure worker --once       clear the queue and stop
    """
    prepare()
    from django.core.management import call_command
    from django.utils import timezone

    from tenure.cli._bank_files import refuse_what_cannot_be
    from tenure.desk.conf.home import home
    from tenure.desk.control.jobs.rounds import keep_up
    from tenure.desk.control.jobs.services import put_back_lost

    refuse_what_cannot_be(home())
    put_back_lost(timezone.now())
    keep_up(once=once)
    call_command("db_worker", interval=interval, batch=once, startup_delay=False, verbosity=0)
