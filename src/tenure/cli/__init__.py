"""The ``tenure`` command: parses, calls, prints. Each command lives in the module of its name."""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback

import click

from tenure import __version__
from tenure.errors import Exit, TenureError

COMMANDS = (
    "demo",
    "ingest",
    "nightly",
    "serve",
    "worker",
    "doctor",
    "user",
    "dictionary",
    "audit",
    "desk",
    "model",
    "themes",
    "person",
)


class _Commands(click.Group):
    """Loads a command's module only when it is called, so that ``--help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"tenure.cli.{cmd_name}").command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tenure")
def tenure() -> None:
    """Tenure 久谊: know, serve and keep a bank's customers.

    A day is one turn of a circle: `ingest` the bank's files, run the `nightly`, `serve` the desk.
    """


def main() -> None:
    """Run the command; a TenureError becomes one clear message and its exit code."""
    _keep_the_banks_time()
    try:
        tenure.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.secho("Stopped; nothing is half done.", err=True, fg="yellow")
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(Exit.USAGE)
    except TenureError as wrong:
        click.secho(f"✗ {wrong.message}", err=True, fg="red")
        if wrong.remedy:
            click.echo(f"  → {wrong.remedy}", err=True)
        sys.exit(wrong.exit_code)
    except OSError as wrong:
        if wrong.errno is None or os.environ.get("TENURE_TRACEBACK"):
            raise
        where = f": {wrong.filename}" if wrong.filename else ""
        click.secho(f"✗ {wrong.strerror}{where}", err=True, fg="red")
        click.echo(f"  → {_os_remedy(wrong)}", err=True)
        sys.exit(Exit.ENVIRONMENT)
    except Exception:  # the last line of defence: say what to send us, never a bare stack
        if os.environ.get("TENURE_TRACEBACK"):
            raise
        click.secho(f"✗ {traceback.format_exc(limit=-1).strip().splitlines()[-1]}", err=True, fg="red")
        click.echo("  → This is a defect. Run again with TENURE_TRACEBACK=1 and report what it prints.", err=True)
        sys.exit(Exit.UNEXPECTED)


def _keep_the_banks_time() -> None:
    """The lake keeps the bank's local time, whatever zone this machine is set to (as Django does for the desk)."""
    os.environ["TZ"] = os.environ.get("TENURE_TIME_ZONE", "Asia/Shanghai")
    time.tzset()


def _os_remedy(wrong: OSError) -> str:
    import errno

    if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free some room and run the same command again; nothing was lost."
    if wrong.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Give this user the right to read and write there, or choose another folder."
    if wrong.errno == errno.ENOENT:
        return "Check the path."
    return "Put this right and run the same command again."
