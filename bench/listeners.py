"""Pages while people listen for signals: how long one waits for a page with nobody, 60 and 200 listening.

    python bench/listeners.py

Starts `tenure serve` as it is (one process, its own threads) on a small bank on SQLite. A listener holds a thread of
the server while there are enough; those beyond come again every 15 seconds instead. Prints the p95 of /today/ and its
ratio to that with nobody listening, and how many of the listeners are held.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8794


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--full", action="store_true", help="300 pages of each kind instead of 60")
    given = asked.parse_args()
    os.environ.update(TENURE_HOME=tempfile.mkdtemp(prefix="tenure-bench-"), TENURE_PLAIN_STATIC="1")
    os.environ.pop("TENURE_DATABASE", None)
    cookie = _bank()
    server = subprocess.Popen(
        [sys.executable, "-m", "tenure", "serve", "--port", str(PORT), "--no-worker"], stdout=subprocess.DEVNULL
    )
    try:
        _wait()
        alone = 0.0
        for many in (0, 60, 200):
            lines = [_listen(cookie) for _ in range(many)]
            time.sleep(2)
            took = sorted(_page(cookie) for _ in range(300 if given.full else 60))
            p95 = took[int(len(took) * 0.95)] * 1000
            alone = alone or p95
            held = sum(not _ended(line) for line in lines)
            print(
                f"{many:4} listeners, {held} of them held: /today/ {statistics.median(took) * 1000:.0f} ms, "
                f"p95 {p95:.0f} ms = {p95 / alone:.2f} × alone",
                flush=True,
            )
            for line in lines:
                line.close()
            time.sleep(6)  # a heartbeat notices who has gone
    finally:
        server.terminate()
        server.wait(timeout=30)


def _bank() -> str:
    sys.path.insert(0, str(ROOT / "tests"))
    from tenure.cli._desk import prepare, up_to_date
    from tenure.progress import QUIET

    prepare()
    up_to_date(QUIET)
    from django.conf import settings
    from django.test import Client

    from desk.small_bank import publish_small_bank

    bank = publish_small_bank(customers=2_000)
    client = Client()
    client.force_login(bank.owner)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _wait() -> None:
    for _ in range(300):
        try:
            talk = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            talk.request("GET", "/account/sign-in")
            talk.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server did not come up.")


def _page(cookie: str) -> float:
    began = time.monotonic()
    talk = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    talk.request("GET", "/today/", headers={"Cookie": cookie})
    answer = talk.getresponse()
    answer.read()
    if answer.status != 200:
        raise SystemExit(f"/today/ answered {answer.status}")
    return time.monotonic() - began


def _listen(cookie: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", PORT), timeout=10)
    line.sendall(f"GET /signals/feed HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nCookie: {cookie}\r\n\r\n".encode())
    return line


def _ended(line: socket.socket) -> bool:
    """Whether the server has told this listener to come again later."""
    line.setblocking(False)
    try:
        return b"retry: 15000" in line.recv(65_536)
    except OSError:
        return False


if __name__ == "__main__":
    main()
