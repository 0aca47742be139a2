"""The web server around the desk: assets, the port, the worker beside it, and when the first page was ready."""

from __future__ import annotations

import errno
import gc
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server as Granian

from tenure.errors import SetupError
from tenure.progress import Progress

#: Seconds that requests at work are given to end when the server stops.
GRACE_SECONDS = 10


def refuse_a_port_in_use(host: str, port: int) -> None:
    """Fail with one clear message before anything is started.

    Raises:
        SetupError: the port is taken, not allowed, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as wrong:
            if wrong.errno == errno.EADDRINUSE:
                raise SetupError(
                    f"Port {port} on {host} is in use.",
                    f"Stop the other program, or choose another port: tenure serve --port {port + 1}",
                ) from None
            raise SetupError(
                f"Cannot listen on {host}:{port}: {wrong.strerror}.", "Choose another --host or --port."
            ) from None


def collect_assets(progress: Progress) -> None:
    """Gather the browser's files, compressed and named by content; skipped when nothing changed.

    Raises:
        SetupError: the third-party files were never copied.
    """
    from django.conf import settings
    from django.core.management import call_command

    sources = sorted(path for path in Path(settings.DESK).glob("*/static/**/*") if path.is_file())
    if not any("vendor" in path.parts for path in sources):
        raise SetupError("The browser's files are not installed.", "Run `make assets` (it needs npm), then try again.")
    mark = hashlib.sha256()
    for path in sources:
        stat = path.stat()
        mark.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == mark.hexdigest():
        return
    with progress.task("Gathering the browser's files"):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(mark.hexdigest())


class Server:
    """Granian around the desk, with a worker for background jobs beside it."""

    def __init__(self, host: str, port: int, processes: int, threads: int, worker: bool) -> None:
        address = f"[{host}]" if ":" in host else host
        self._page = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else address}:{port}/"  # noqa: S104
        # Whoever listens for signals holds a thread; a quarter, and some, stays for pages.
        from django.conf import settings

        settings.FEED_LISTENERS = min(settings.FEED_LISTENERS, max(1, threads * 3 // 4))
        self._with_worker = worker
        self._worker: subprocess.Popen[bytes] | None = None
        self._server = Granian(
            "tenure.desk.conf.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            workers=processes,
            blocking_threads=threads,
            respawn_failed_workers=True,
            workers_kill_timeout=GRACE_SECONDS,
            log_level=LogLevels.error,
        )
        self._server.on_startup(self._when_ready)
        self._server.on_shutdown(self._on_exit)

    def run(self) -> None:
        """Serve until stopped. What was loaded before is shared by the processes, which divide from this one."""
        application = _loaded()
        self._server.serve(target_loader=lambda: application, wrap_loader=False)

    def _when_ready(self) -> None:
        if self._with_worker:
            self._worker = subprocess.Popen([sys.executable, "-m", "tenure", "worker"])
        threading.Thread(target=self._say_when_first_page_is_there, daemon=True).start()

    def _say_when_first_page_is_there(self) -> None:
        for _ in range(100):
            try:
                with urllib.request.urlopen(self._page, timeout=5):  # noqa: S310 (our own address)
                    break
            except urllib.error.HTTPError as wrong:  # it answers, but not with a page
                click.secho(f"\n✗ {self._page} answers with error {wrong.code}.", fg="red", err=True)
                click.echo("  → The log above says why; `tenure doctor` checks the installation.", err=True)
                return
            except OSError:
                time.sleep(0.1)
        else:
            click.secho(f"\n✗ {self._page} does not answer.", fg="red", err=True)
            return
        began = float(os.environ.get("TENURE_STARTED_AT") or 0)
        how = os.environ.get("TENURE_START", "")
        took = f"  first page after {time.time() - began:.1f} s{f' ({how})' if how else ''}" if began else ""
        click.secho(f"\n✓ Tenure 久谊 is at {self._page}{took}", fg="green", bold=True)
        click.echo("  Stop it with Ctrl-C; nothing is lost.")

    def _on_exit(self) -> None:
        if self._worker is not None and self._worker.poll() is None:
            self._worker.terminate()
            self._worker.wait(timeout=10)


def _loaded() -> Any:
    """The desk, with its addresses and pages read: once, before it divides into processes, and not by whoever asks for
    the first page of each."""
    from django.conf import settings
    from django.template.loader import get_template
    from django.urls import reverse

    from tenure.desk.conf.wsgi import application

    reverse("work:today")
    for page in Path(settings.DESK).glob("**/templates/**/*.html"):
        get_template(page.as_posix().rpartition("/templates/")[2])
    # What was loaded stays: looking through it again and again for what may be thrown away is work for nothing, and
    # would have each process copy it. Of what a request makes, most is gone with it.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    return application
