"""Answers of customers a second on the served desk, senders on the same cores.

    python bench/answers.py [--full]

Starts `tenure serve` with two processes on a small bank and sends answers to a survey of two questions over kept
connections, each step as a browser sends it (a form and, from the redirect, the next question). With TENURE_DATABASE it
measures on that database, else on SQLite. Prints completed answers and requests a second, and their ratio to 500.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
PORT, AT_ONCE, WANTED = 8796, 8, 500


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--full", action="store_true", help="10,000 answers instead of 300")
    given = asked.parse_args()
    os.environ.update(TENURE_HOME=tempfile.mkdtemp(prefix="tenure-bench-"), TENURE_PLAIN_STATIC="1")
    tokens = _bank(10_000 if given.full else 300)
    command = [sys.executable, "-m", "tenure", "serve", "--port", str(PORT), "--no-worker", "--processes", "2"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait()
        for token in tokens[:20]:  # templates and translations are read once
            _answer([token])
        tokens = tokens[20:]
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            requests = sum(pool.map(_answer, [tokens[n::AT_ONCE] for n in range(AT_ONCE)]))
        took = time.monotonic() - began
        rate = len(tokens) / took
        print(
            f"{len(tokens)} answers in {took:.1f} s: {rate:.0f} answers/s, {requests / took:.0f} requests/s = "
            f"{rate / WANTED:.2f} × the {WANTED}/s wanted"
        )
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
            talk = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            talk.request("GET", "/s/nobody")
            talk.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("The server did not come up.")


def _answer(tokens: list[str]) -> int:
    """Answer by each link until thanked; how many requests it took."""
    talk, requests = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60), 0
    for token in tokens:
        page, status = "", 303
        while status == 303:
            talk.request("GET", f"/s/{token}")
            page = talk.getresponse().read().decode()
            name = re.search(r'name="question" value="(\w+)"', page)
            sent = {"question": name[1] if name else "", "answer": "9" if 'value="10"' in page else ""}
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            talk.request("POST", f"/s/{token}", urlencode(sent), form)
            answer = talk.getresponse()
            answer.read()
            status = answer.status
            requests += 2
        if status != 200:
            raise SystemExit(f"an answer was met with {status}")
    return requests


if __name__ == "__main__":
    main()
