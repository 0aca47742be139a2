"""Messages to customers: one for each key, handed over once, tried again only where surely nothing was taken over."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from desk.voice.asked import drawn, survey_of
from tenure.desk.control.errors import Conflict, NotAllowed
from tenure.desk.parties.models import Customer
from tenure.desk.voice.answering.asking import SURVEY
from tenure.desk.voice.sending import delivering, services
from tenure.desk.voice.sending.models import Message
from tenure.desk.voice.sending.senders import http as gateways
from tenure.desk.voice.sending.settings import settings_of
from tenure.errors import SetupError

#: Ten in the morning in Shanghai.
NOW = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def _configured(home: Path, text: str) -> None:
    (home / "voice.toml").write_text(text, encoding="utf-8")
    settings_of.cache_clear()


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    settings_of.cache_clear()


class _Gateway(http.server.BaseHTTPRequestHandler):
    """A gateway on a socket that answers as a test says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))  # type: ignore[attr-defined]
        status = self.server.answers.pop(0) if self.server.answers else 200  # type: ignore[attr-defined]
        if status == 0:  # took it and went away without a word
            self.connection.close()
            return
        told = json.dumps({"id": "their-1"}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: Any) -> None:
        """Keep still."""


@pytest.fixture
def gateway(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("TENURE_WEBHOOK_SECRET", "shared")
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    server.heard, server.answers = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _configured(home, f'[sending]\nsms = "webhook"\n[webhook]\nurl = "http://127.0.0.1:{server.server_port}/x"\n')
    yield server
    server.shutdown()
    server.server_close()


class _Mail(socketserver.StreamRequestHandler):
    """A mail server on a socket (RFC 5321, as much of it as one message needs)."""

    def handle(self) -> None:
        server: Any = self.server
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                server.mails.append(text)
                self.wfile.write(b"250 taken\r\n")
            elif word == b"RCPT":
                self.wfile.write(server.rcpt + b"\r\n")
            elif word == b"QUIT":
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def mail(home: Path) -> Iterator[Any]:
    server: Any = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail)
    server.daemon_threads, server.mails, server.rcpt = True, [], b"250 ok"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _configured(
        home,
        '[sending]\nemail = "smtp"\n[smtp]\nhost = "127.0.0.1"\n'
        f'port = {server.server_address[1]}\nfrom = "Voice <voice@bank.example>"\nstarttls = false\n',
    )
    yield server
    server.shutdown()
    server.server_close()


def _queued(bank: SmallBank, channel: str = "sms") -> Message:
    drawn(bank, survey_of(bank, NOW), NOW, channel=channel)
    assert SURVEY.collect(NOW) == 1 and SURVEY.collect(NOW) == 0
    return Message.objects.get()


def test_a_message_goes_into_the_file_once_and_only_there_stands_its_link(bank: SmallBank, home: Path) -> None:
    message = _queued(bank)
    assert delivering.send_due(NOW) == 1 and delivering.send_due(NOW) == 0
    message.refresh_from_db()
    assert message.state == "sent" and "*" in message.sent_to
    (line,) = (home / "outbox").glob("sms-*.jsonl")
    told = json.loads(line.read_text(encoding="utf-8"))
    phone = Customer.rows().get(party_id=bank.party_id).phone
    token = told["text"].rpartition("/s/")[2]
    assert told["address"] == phone and len(token) >= 22
    assert line.stat().st_mode & 0o077 == 0
    row = json.dumps({f.name: str(getattr(message, f.name)) for f in Message._meta.fields})
    assert token not in row and phone not in row
    from tenure.desk.voice.surveys.models import Invitation

    one = Invitation.objects.get()
    assert one.state == "sent" and one.token_hash and token not in one.token_hash


def test_a_key_makes_one_message_and_never_another(bank: SmallBank) -> None:
    first = services.queue("survey", "k", bank.party_id, "sms", about="1", now=NOW)
    assert services.queue("survey", "k", bank.party_id, "sms", about="1", now=NOW).pk == first.pk
    with pytest.raises(Conflict):
        services.queue("survey", "k", bank.party_id, "email", about="1", now=NOW)


def test_what_the_gateway_surely_did_not_take_is_tried_again_with_a_fresh_link(bank: SmallBank, gateway: Any) -> None:
    message = _queued(bank)
    gateway.answers = [503, 200]
    assert delivering.send_due(NOW) == 0
    message.refresh_from_db()
    assert (message.state, message.problem, message.tries) == ("waiting", "no_answer", 1)
    assert delivering.send_due(NOW) == 0, "not before its wait is over"
    assert delivering.send_due(NOW + timedelta(minutes=2)) == 1
    message.refresh_from_db()
    assert message.state == "sent" and message.reference == "their-1"
    (_, one), (headers, two) = gateway.heard
    assert json.loads(one)["id"] == json.loads(two)["id"] == headers["Idempotency-Key"]
    assert json.loads(one)["text"] != json.loads(two)["text"]
    stamp, signed = (part.partition("=")[2] for part in headers["X-Tenure-Signature"].split(","))
    assert signed == gateways.signature("shared", stamp, two)


@pytest.mark.parametrize(("answer", "state", "problem"), [
    (0, "failed", "unsure"), (502, "failed", "unsure"), (400, "failed", "refused"), (410, "bounced", "bad_address"),
])  # fmt: skip
def test_what_may_have_been_taken_over_or_never_will_be_is_not_tried_by_the_clock(
    bank: SmallBank, gateway: Any, answer: int, state: str, problem: str
) -> None:
    message = _queued(bank)
    gateway.answers = [answer]
    assert delivering.send_due(NOW) == 0
    message.refresh_from_db()
    assert (message.state, message.problem) == (state, problem)
    delivering.send_due(NOW + timedelta(days=1, hours=1))
    assert len(gateway.heard) == 1
    admin = bank.user("administrator")
    if state == "failed":
        with pytest.raises(NotAllowed):
            services.send_again(bank.owner, message.pk, now=NOW)
        services.send_again(admin, message.pk, now=NOW)
        with pytest.raises(Conflict):
            services.send_again(admin, message.pk, now=NOW)
        assert delivering.send_due(NOW) == 1 and len(gateway.heard) == 2


def test_mail_is_handed_to_a_real_server_and_an_address_it_refuses_bounces(bank: SmallBank, mail: Any) -> None:
    message = _queued(bank, "email")
    assert delivering.send_due(NOW) == 1
    assert str(message.pk).encode() in mail.mails[0] and b"voice@bank.example" in mail.mails[0]
    mail.rcpt = b"550 <someone@x.cn> no such user"
    version = survey_of(bank, NOW)
    drawn(bank, version, NOW, channel="email")
    SURVEY.collect(NOW)
    assert delivering.send_due(NOW) == 0
    back = Message.objects.exclude(pk=message.pk).get()
    assert back.state == "bounced" and back.told == "550 … no such user"


def test_a_message_whose_process_died_is_left_to_a_person(bank: SmallBank, gateway: Any) -> None:
    message = _queued(bank)
    Message.objects.update(state="in_hand", taken_at=NOW, next_try_at=None, tries=1)
    assert delivering.send_due(NOW + timedelta(minutes=9)) == 0
    message.refresh_from_db()
    assert message.state == "in_hand"
    assert delivering.send_due(NOW + timedelta(minutes=11)) == 0
    message.refresh_from_db()
    assert (message.state, message.problem) == ("failed", "unsure") and not gateway.heard


def test_at_night_nothing_goes(bank: SmallBank) -> None:
    message = _queued(bank)
    night = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
    assert delivering.send_due(night) == 0
    message.refresh_from_db()
    assert message.state == "waiting" and message.next_try_at == datetime(2026, 7, 2, 0, 0, tzinfo=UTC)


def test_bounces_are_told_in_batches_one_bad_row_does_not_stop_the_rest(bank: SmallBank, as_user: Any) -> None:
    message = _queued(bank)
    delivering.send_due(NOW)
    client = as_user(bank.user("administrator"))
    rows = [{"message": f"<{message.pk}@bank.example>", "said": "550 a@b.cn"}, {"message": 7}, {"message": "nobody"}]
    for taken in (1, 0):
        answer = client.post("/api/v1/bounces", {"bounces": rows}, content_type="application/json").json()
        assert answer["taken"] == taken and [one["index"] for one in answer["refused"]] == [1, 2]
    message.refresh_from_db()
    assert message.state == "bounced" and message.told == "550 …"


def test_who_runs_the_desk_sees_the_outbox_and_no_address(bank: SmallBank, as_user: Any) -> None:
    _queued(bank)
    delivering.send_due(NOW)
    phone = Customer.rows().get(party_id=bank.party_id).phone
    for role, status in (("administrator", 200), ("auditor", 200), ("branch_head", 403)):
        page = as_user(bank.user(role)).get("/messages/")
        assert page.status_code == status and phone not in page.content.decode()


@pytest.mark.parametrize(("text", "named"), [
    ('[sending]\nsms = "pigeon"', "pigeon"),
    ('[sending]\nemail = "smtp"', "no host"),
    ('[sending]\nsms = "smtp"', "carries no sms"),
    ('[links]\naddress = "bank"', "address"),
    ("[smtp]\nhots = 1", "hots"),
])  # fmt: skip
def test_a_setting_that_cannot_be_is_told_with_file_and_key(home: Path, text: str, named: str) -> None:
    _configured(home, text)
    with pytest.raises(SetupError, match=r"voice\.toml") as told:
        settings_of(home)
    assert named in f"{told.value.message} {told.value.remedy}"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_hand_each_message_over_once(home: Path) -> None:
    bank = publish_small_bank(customers=24)
    version = survey_of(bank, NOW)
    for party in bank.party_ids:
        drawn(bank, version, NOW, party)
    SURVEY.collect(NOW)
    at_once(*[lambda: delivering.send_due(NOW)] * 3)
    lines = [json.loads(one)["id"] for f in (home / "outbox").glob("*") for one in f.read_text().splitlines()]
    assert len(lines) == len(set(lines)) == Message.objects.filter(state="sent").count() > 10
    assert not Message.objects.filter(state__in=("waiting", "in_hand")).exists() and connection.vendor
