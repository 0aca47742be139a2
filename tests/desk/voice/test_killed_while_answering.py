"""The server is killed while customers answer, at whatever step each is: what was acknowledged is there (S21)."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

TESTS = Path(__file__).resolve().parents[2]
#: Customers who answer at once, and links each of them has.
AT_ONCE, EACH = 6, 40
LIVES = 3

BANK = """
import json, sys
sys.path.insert(0, sys.argv[1])
from tenure.cli._desk import prepare, up_to_date
from tenure.progress import QUIET
prepare(); up_to_date(QUIET)
from datetime import timedelta
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
    tokens = [links.new_token() for _ in range(int(sys.argv[2]))]
    for token in tokens:
        occasion = Occasion.objects.create(event_id=uuid4().hex, moment="counter_service", party_id=bank.party_id,
            org_path="/HQ/B1/S1/", at=now, received_at=now, delivery=uuid4())
        Invitation.objects.create(survey=version.survey, version=version, occasion=occasion, party_id=bank.party_id,
            org_path=occasion.org_path, drawn_at=now, outcome="drawn", channel="sms", state="sent", sent_at=now,
            token_hash=links.digest(token), expires_at=now + timedelta(days=7))
print(json.dumps([[one, links.digest(one)] for one in tokens]))
"""


class Served:
    """``tenure serve`` in a process group of its own, so that all of it can be killed."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        command = [sys.executable, "-m", "tenure", "serve", "--port", str(self.port), "--no-worker", "--processes", "2"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, token: str, sent: list[tuple[str, str]] | None = None) -> tuple[int, str]:
        """The page of a link, or what a form sent to it is met with. Raises OSError where the server is gone."""
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            if sent is None:
                talk.request("GET", f"/s/{token}")
            else:
                talk.request("POST", f"/s/{token}", urlencode(sent), form)
            answer = talk.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as gone:
            raise ConnectionError from gone
        finally:
            talk.close()


def _answer(server: Served, token: str, acknowledged: dict[str, Any]) -> None:
    """Answer by a link until thanked, noting what the server has acknowledged; the same again after a failure."""
    while True:
        status, page = server.ask(token)
        if status == 410:  # thanked before, and the word of it was lost
            acknowledged[token] = "whole"
            return
        assert status == 200
        names = re.findall(r'name="question" value="(\w+)"', page)
        # Half of them send what they have so far, one question, and go on by the link; the others a page at a time.
        sent = [("question", name) for name in (names[:1] if ord(token[0]) % 2 else names)]
        sent += [(f"answer_{name}", "9" if f'name="answer_{name}" value="10"' in page else "words") for _, name in sent]
        status, page = server.ask(token, sent)
        assert status in (200, 303), page
        acknowledged[token] = "whole" if status == 200 else names[0]
        if status == 200:
            return


def test_what_a_customer_was_told_is_kept_is_there_after_a_kill(tmp_path: Path, migrated_file: Path) -> None:
    shutil.copyfile(migrated_file, tmp_path / "desk.sqlite3")
    environment = {
        name: value for name, value in os.environ.items() if name not in ("TENURE_DATABASE", "COV_CORE_SOURCE")
    }
    environment |= {"TENURE_HOME": str(tmp_path), "TENURE_PLAIN_STATIC": "1"}
    made = subprocess.run(
        [sys.executable, "-c", BANK, str(TESTS), str(AT_ONCE * EACH)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    hashes = dict(json.loads(made.stdout.splitlines()[-1]))
    todo, acknowledged, within = list(hashes), {}, 0
    for life in range(LIVES):
        server = Served(environment)
        lost = Counter[str]()

        def customer(links: list[str], server: Served = server, lost: Counter[str] = lost) -> None:
            for token in links:
                try:
                    _answer(server, token, acknowledged)
                except OSError:
                    lost["cut off"] += 1
                    return

        waiting = [one for one in todo if acknowledged.get(one) != "whole"]
        people = [threading.Thread(target=customer, args=[waiting[n::AT_ONCE]]) for n in range(AT_ONCE)]
        for one in people:
            one.start()
        # After a third of what is left, however quick the machine is; a little later in each life.
        enough = len(acknowledged) + len(waiting) // 3
        while len(acknowledged) < enough and any(one.is_alive() for one in people):
            time.sleep(0.005)
        time.sleep(0.007 * life)
        server.kill()
        for one in people:
            one.join()
        within += lost["cut off"]
        with sqlite3.connect(tmp_path / "desk.sqlite3") as books:
            rows = books.execute(
                "SELECT i.token_hash, r.state, r.answers FROM voice_surveys_response r"
                " JOIN voice_surveys_invitation i ON i.id = r.invitation_id"
            ).fetchall()
        stored = {told: (state, json.loads(answers)) for told, state, answers in rows}
        assert len(stored) == len(rows), "an answer stands twice"
        for token, told in acknowledged.items():
            state, answers = stored[hashes[token]]
            assert state == "complete" if told == "whole" else told in answers
    assert within, "it was killed while somebody answered"
    assert any(told != "whole" for told in acknowledged.values()) or len(acknowledged) > AT_ONCE
    server = Served(environment)
    try:
        for token in todo[: 2 * AT_ONCE]:
            if acknowledged.get(token) != "whole":
                _answer(server, token, acknowledged)
            assert acknowledged[token] == "whole" and server.ask(token)[0] == 410
    finally:
        server.kill()
