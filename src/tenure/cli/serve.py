"""`tenure serve`: the desk in a browser."""

from __future__ import annotations

import click

from tenure.cli._desk import prepare, up_to_date
from tenure.cli._progress import TerminalProgress


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Server processes.")
@click.option(
    "--threads",
    default=96,
    show_default=True,
    type=click.IntRange(2, 256),
    help="Threads per process; each person who has the desk open holds one for the live signals.",
)
@click.option("--worker/--no-worker", default=True, help="Also run the background jobs here.")
def command(host: str, port: int, processes: int, threads: int, worker: bool) -> None:
    """Serve the desk until stopped with Ctrl-C.

    \b
    Examples:
      tenure serve
      tenure serve --host 0.0.0.0 --port 8080 --processes 2
    """
    from tenure.cli._bank_files import refuse_what_cannot_be
    from tenure.cli._server import Server, collect_assets, refuse_a_port_in_use
    from tenure.desk.conf.home import home
    from tenure.desk.org.door.config import door_to_serve

    door_to_serve(home())  # a door that cannot be meant is told here and not to whoever signs in
    prepare()
    refuse_what_cannot_be(home())
    refuse_a_port_in_use(host, port)
    with TerminalProgress() as progress:
        up_to_date(progress)
        collect_assets(progress)
    Server(host, port, processes, threads, worker).run()
