"""Events of a core bank, over HTTP into PostgreSQL: sustained events a second, beside the 2,000 the desk promises.

    python bench/signals.py            10 seconds of each kind
    python bench/signals.py --full     60 seconds

Starts a PostgreSQL of its own, or uses the one TENURE_DATABASE names (an empty one): a small bank with 4,000
customers is published there, a server is started, and programs send batches of 500 and then single events, each
event new. One in a hundred is large enough to raise a signal. Prints events/s and the ratio to 2,000, counted from
the rows that are in the end.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET, PORT = 2_000, 8793


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=float, default=10)
    asked.add_argument("--full", action="store_true", help="60 seconds of each kind")
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--senders", type=int, default=4)
    given = asked.parse_args()
    seconds = 60.0 if given.full else given.seconds
    own_server = "TENURE_DATABASE" not in os.environ
    if own_server:
        command = [sys.executable, str(ROOT / "tools/postgres.py"), "start"]
        started = subprocess.run(command, capture_output=True, text=True, check=True)
        os.environ["TENURE_DATABASE"] = started.stdout.strip()
    os.environ.setdefault("TENURE_HOME", tempfile.mkdtemp(prefix="tenure-bench-"))
    os.environ["TENURE_PLAIN_STATIC"] = "1"
    key, accounts = _bank()
    server = subprocess.Popen(
        [sys.executable, "-m", "tenure", "serve", "--port", str(PORT), "--processes", str(given.processes)],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait()
        for size in (500, 1):
            _measure(key, accounts, size, given.senders if size > 1 else 2 * given.senders, seconds)
    finally:
        server.terminate()
        server.wait(timeout=30)
        if own_server:
            subprocess.run([sys.executable, str(ROOT / "tools/postgres.py"), "stop"], check=False)


def _bank() -> tuple[str, list[str]]:
    sys.path.insert(0, str(ROOT / "tests"))
    from tenure.cli._desk import prepare, up_to_date
    from tenure.progress import QUIET

    prepare()
    up_to_date(QUIET)
    from django.utils import timezone

    from desk.small_bank import publish_small_bank
    from tenure.desk.control.services import create_token
    from tenure.desk.org.models import User
    from tenure.desk.parties.models import Holding
    from tenure.desk.publication.models import Publication

    if Publication.objects.current() is None:
        publish_small_bank(customers=4_000)
    admin = User.objects.filter(posts__role="administrator").first()
    _, key = create_token(admin, f"bench {time.time()}", ["events:write"], now=timezone.now())
    return key, list(Holding.rows().filter(role="owner").values_list("account_id", flat=True))


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


def _measure(key: str, accounts: list[str], size: int, senders: int, seconds: float) -> None:
    from django.utils import timezone

    from tenure.desk.signals.models import Event, Signal

    events, signals = Event.objects.count(), Signal.objects.count()
    mark, ends = f"{time.time():.3f}", time.monotonic() + seconds
    taken, slow = [0] * senders, [0.0] * senders

    def send(place: int) -> None:
        chance, number = random.Random(place), 0
        talk = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        while time.monotonic() < ends:
            rows: list[dict[str, Any]] = []
            for _ in range(size):
                number += 1
                rows.append(
                    {
                        "event_id": f"{mark}-{place}-{number}",
                        "kind": chance.choice(("deposit", "withdrawal", "transfer_in", "transfer_out")),
                        "at": (timezone.now() - timedelta(seconds=chance.randrange(86_400))).isoformat(),
                        "account_id": chance.choice(accounts),
                        "amount": 300_000_000_00 if chance.random() < 0.01 else chance.randrange(1, 2_000_00),
                    }
                )
            began = time.monotonic()
            talk.request("POST", "/api/v1/events", json.dumps({"events": rows}), head)
            answer = talk.getresponse()
            said = json.loads(answer.read())
            if answer.status != 200 or said["refused"]:
                raise SystemExit(f"{answer.status}: {str(said)[:300]}")
            taken[place] += said["taken"]
            slow[place] = max(slow[place], time.monotonic() - began)

    began = time.monotonic()
    threads = [threading.Thread(target=send, args=(place,)) for place in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    stored, raised = Event.objects.count() - events, Signal.objects.count() - signals
    rate = stored / took
    how = f"batches of {size}" if size > 1 else "one by one"
    print(
        f"{how:16} {senders} senders: {stored:,} events and {raised:,} signals in {took:.1f} s, "
        f"{rate:,.0f} events/s = {rate / TARGET:.2f} × 2,000; slowest answer {max(slow):.2f} s; "
        f"{'none lost' if stored == sum(taken) else f'{sum(taken) - stored} LOST'}",
        flush=True,
    )


if __name__ == "__main__":
    main()
