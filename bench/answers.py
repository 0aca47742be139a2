"""Answers of customers a second on the served desk, senders on the same cores.

    python bench/answers.py [--full]

Starts `tenure serve` with two processes on a small bank and sends answers to a survey of two questions, each customer
over a connection of their own, each step as a browser sends it (the page, its form, and from a redirect the next page).
With TENURE_DATABASE it measures on that database, else on SQLite. The same senders then ask a server of the same kind
for a page that is always the same: what the machine gives at most. Prints answers and requests a second, their ratio to
the 500 wanted, and processor time of the server and of the senders for one answer.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from _processor import used

ROOT = Path(__file__).resolve().parent.parent
PORT, AT_ONCE, WANTED = 8796, 8, 500
BARE = """
import sys
from granian.constants import Interfaces
from granian.server import Server
page = b"x" * 4500
def application(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(page)))])
    return [page]
served = Server("", port=int(sys.argv[1]), interface=Interfaces.WSGI, workers=2, blocking_threads=96, log_enabled=False)
served.serve(target_loader=lambda: application, wrap_loader=False)
"""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--full", action="store_true", help="10,000 answers instead of 1,000")
    given = asked.parse_args()
    os.environ.update(TENURE_HOME=tempfile.mkdtemp(prefix="tenure-bench-"), TENURE_PLAIN_STATIC="1")
    tokens = _bank(10_000 if given.full else 1_000)
    served = [sys.executable, "-m", "tenure", "serve", "--port", str(PORT), "--no-worker", "--processes", "2"]
    rate = _measured("answers", served, _answer, tokens)
    bare = _measured("a page that is always the same", [sys.executable, "-c", BARE, str(PORT)], _bare, tokens)
    print(f"{rate / WANTED:.2f} × the {WANTED} answers/s wanted; {rate * 2 / bare:.2f} of what the bare server can")


def _measured(what: str, command: list[str], send: Callable[[list[str]], int], tokens: list[str]) -> float:
    """Start the server, send; prints, and returns how many were sent whole in a second."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait()
        warm = 40  # what a process reads once
        send(tokens[:warm])
        some = tokens[warm:]
        own, theirs, began = time.process_time(), used(server.pid), time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            requests = sum(pool.map(send, [some[n::AT_ONCE] for n in range(AT_ONCE)]))
        took = time.monotonic() - began
        own, theirs = time.process_time() - own, used(server.pid) - theirs
        print(
            f"{what}: {len(some)} in {took:.1f} s: {len(some) / took:.0f}/s, {requests / took:.0f} requests/s; "
            f"processor ms each: server {1000 * theirs / len(some):.2f}, senders {1000 * own / len(some):.2f}"
        )
        return (len(some) if send is _answer else requests) / took
    finally:
        server.terminate()
        server.wait(timeout=30)


def _bank(many: int) -> list[str]:
    sys.path.insert(0, str(ROOT / "tests"))
    from tenure.cli._desk import prepare, up_to_date
    from tenure.progress import QUIET

    prepare()
    up_to_date(QUIET)
    from uuid import uuid4

    from django.db import transaction
    from django.utils import timezone

    from desk.small_bank import publish_small_bank
    from desk.voice.asked import survey_of
    from tenure.desk.voice.surveys import links
    from tenure.desk.voice.surveys.models import Invitation, Occasion

    now = timezone.now()
    with transaction.atomic():
        bank = publish_small_bank()
        version = survey_of(bank, now)
        occasions = Occasion.objects.bulk_create(
            Occasion(
                event_id=uuid4().hex,
                moment="counter_service",
                party_id=bank.party_ids[n % len(bank.party_ids)],
                org_path="/HQ/S1/",
                at=now,
                received_at=now,
                delivery=uuid4(),
            )
            for n in range(many)
        )
        tokens = [links.new_token() for _ in occasions]
        Invitation.objects.bulk_create(
            Invitation(
                survey=version.survey,
                version=version,
                occasion=one,
                party_id=one.party_id,
                org_path=one.org_path,
                drawn_at=now,
                outcome="drawn",
                channel="sms",
                state="sent",
                sent_at=now,
                token_hash=links.digest(token),
                expires_at=now + timedelta(days=7),
            )
            for one, token in zip(occasions, tokens, strict=True)
        )
    return tokens


def _wait() -> None:
    for _ in range(300):
        try:
            Browser().ask("GET", "/s/nobody")
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server did not come up.")


class Browser:
    """A customer's connection, kept from the page to its form. Little is sent: senders and server share the cores."""

    def __init__(self) -> None:
        self.talk = socket.create_connection(("127.0.0.1", PORT), timeout=60)
        self.talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.left = b""

    def ask(self, method: str, address: str, form: str | None = None) -> tuple[int, str]:
        """The status and the page."""
        head = f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if form is not None:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
        self.talk.sendall(f"{head}\r\n{form or ''}".encode())
        told = self.left
        while b"\r\n\r\n" not in told:
            told += self._more()
        top, _, body = told.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", top, re.IGNORECASE)
        assert length, top
        while len(body) < int(length[1]):
            body += self._more()
        self.left = body[int(length[1]) :]
        return int(top[9:12]), body[: int(length[1])].decode()

    def _more(self) -> bytes:
        came = self.talk.recv(65536)
        if not came:
            raise ConnectionError("the server closed")
        return came


def _answer(tokens: list[str]) -> int:
    """Answer by each link until thanked; how many requests it took."""
    requests = 0
    for token in tokens:
        browser, status = Browser(), 303
        while status == 303:
            _, page = browser.ask("GET", f"/s/{token}")
            names = re.findall(r'name="question" value="(\w+)"', page)
            sent = [("question", name) for name in names]
            sent += [(f"answer_{name}", "9" if f'name="answer_{name}" value="10"' in page else "") for name in names]
            status, told = browser.ask("POST", f"/s/{token}", urlencode(sent))
            requests += 2
        if status != 200:
            raise SystemExit(f"an answer was met with {status}: {told[-300:]}")
    return requests


def _bare(tokens: list[str]) -> int:
    """As many requests as answers of two take, of a server that does nothing."""
    for token in tokens:
        browser = Browser()
        browser.ask("GET", f"/s/{token}")
        browser.ask("POST", f"/s/{token}", "question=recommend&question=why&answer_recommend=9&answer_why=")
    return 2 * len(tokens)


if __name__ == "__main__":
    main()
