"""The API does what the pages do: one way through, its refusals, and what a token may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from desk.opportunities.conftest import NOW, TODAY, Opened
from desk.small_bank import SmallBank
from tenure.desk.control import services as control
from tenure.desk.control.errors import NotAllowed, Unacceptable
from tenure.desk.control.exports import source_of, write
from tenure.desk.control.files import file_of
from tenure.desk.opportunities import services
from tenure.desk.opportunities.credit import services as credit
from tenure.desk.org.models import User

AsUser = Callable[[User], Client]
BASE = "/api/v1"


def _post(client: Client, path: str, body: dict[str, Any], method: str = "post") -> Any:
    return getattr(client, method)(BASE + path, body, content_type="application/json")


def test_from_opening_to_the_statement(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    new = {
        "party_id": bank.party_id,
        "kind": "deposit",
        "title": "three-year deposit",
        "amount": 50_000_000,
        "next_step": "call",
        "next_step_on": (TODAY + timedelta(days=3)).isoformat(),
        "external_id": "crm-7",
    }
    first = _post(client, "/opportunities", new)
    assert first.status_code == 201
    one = first.json()
    assert _post(client, "/opportunities", new).status_code == 200
    assert _post(client, "/opportunities", new | {"amount": 3}).status_code == 409
    path = f"/opportunities/{one['id']}"
    how = {"version": 1, "stage": "agreed", "words": "spoke", "contact": {"kind": "call", "outcome": "interested"}}
    moved = _post(client, f"{path}/move", how).json()
    assert (moved["stage"], moved["version"]) == ("agreed", 2)
    assert _post(client, f"{path}/move", how).status_code == 409
    assert _post(client, path, {"version": 2, "amount": 60_000_000}, "patch").json()["amount"] == 60_000_000
    pipeline = client.get(f"{BASE}/opportunities/pipeline").json()
    assert pipeline[0]["expected"] == 48_000_000 and pipeline[0]["low"] < 48_000_000 <= pipeline[0]["high"]
    assert _post(client, f"{path}/win", {"version": 3}).json()["won_amount"] == 60_000_000
    steps = client.get(f"{BASE}{path}/steps").json()
    assert [step["state"] for step in steps] == ["won", "open", "open"] and steps[1]["contact_id"]
    shares = [{"part": part, "staff_id": "E2011", "percent": 100} for part in ("found", "won", "serves")]
    assert _post(client, f"{path}/agreements", {"shares": shares[:2]}).status_code == 422
    assert _post(client, f"{path}/agreements", {"shares": shares}).json()["state"] == "in_force"
    assert len(client.get(f"{BASE}{path}/agreements").json()) == 1
    statement = client.get(f"{BASE}/credit").json()
    assert statement["totals"] == {"CNY": statement["lines"][0]["credit"]} and statement["lines"][0]["days"] == 1
    assert client.get(f"{BASE}/credit?branch=S1").status_code == 403
    assert client.get(f"{BASE}/credit?month=2026-13").status_code == 404
    head = as_user(bank.user("branch_head"))
    assert head.get(f"{BASE}/credit?branch=S1").json()["totals"] == statement["totals"]
    day = (TODAY + timedelta(days=1)).isoformat()
    ended = _post(head, f"{path}/end-credit", {"version": 4, "on": day, "reason": "handed over"})
    assert ended.json()["credit_until"] == day


def test_an_agreement_over_the_api_is_answered_disputed_and_taken_back(
    bank: SmallBank, opened: Opened, as_user: AsUser
) -> None:
    one = opened()
    shares = [
        {"part": "found", "staff_id": "E2012", "percent": 100},
        {"part": "won", "staff_id": "E2011", "percent": 100},
        {"part": "serves", "staff_id": "E2011", "percent": 100},
    ]
    owner, colleague = as_user(bank.owner), as_user(bank.colleague)
    made = _post(owner, f"/opportunities/{one.pk}/agreements", {"shares": shares}).json()
    assert [a["id"] for a in colleague.get(f"{BASE}/agreements").json()] == [made["id"]]
    path = f"/agreements/{made['id']}"
    assert colleague.get(BASE + path).status_code == 200
    assert as_user(bank.stranger).get(BASE + path).status_code == 404
    assert _post(colleague, f"{path}/answer", {"agrees": False}).status_code == 422
    assert _post(colleague, f"{path}/answer", {"agrees": False, "words": "no"}).json()["state"] == "objected"
    assert _post(colleague, f"{path}/take-back", {}).status_code == 403
    assert _post(colleague, f"{path}/dispute", {"words": "I found and won it"}).json()["state"] == "disputed"
    assert _post(owner, f"{path}/take-back", {}).status_code == 409
    waiting = as_user(bank.user("branch_head")).get(f"{BASE}/changes").json()
    assert [(c["kind"], c["subject_id"]) for c in waiting] == [("credit.dispute", made["id"])]
    assert {line["after"] for line in waiting[0]["lines"]} == {"李强 100%", "王芳 100%"}


def test_a_token_without_clear_values_sees_neither_names_nor_words(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    _token, key = control.create_token(bank.owner, "crm", ["opportunities:read"], now=timezone.now())
    client = Client(headers={"Authorization": f"Bearer {key}"})
    told = client.get(f"{BASE}/opportunities/{one.pk}").json()
    assert "three-year" not in told["title"] and "call" not in told["next_step"] and "*" in told["name"]
    assert _post(client, f"/opportunities/{one.pk}/win", {"version": 1}).status_code == 403
    listed = client.get(f"{BASE}/opportunities?state=open").json()
    assert listed["count"] == 1 and "three-year" not in str(listed)
    assert client.get(f"{BASE}/opportunities?stage=moon").status_code == 422
    assert client.get(f"{BASE}/opportunities?cursor=x").status_code == 422


def test_the_list_as_a_file_holds_what_its_reader_sees(bank: SmallBank, opened: Opened) -> None:
    opened()
    services.lose(bank.owner, opened(title="=cmd()").pk, "price", version=1, now=NOW)
    head = bank.user("branch_head")
    export = control.request_export(head, "opportunities", {"state": "lost"}, "month's review", now=NOW)
    write(str(export.pk), timezone.now())
    export.refresh_from_db()
    assert (export.state, export.rows) == ("ready", 1)
    sheet = openpyxl.load_workbook(BytesIO(file_of(export).read_bytes())).active
    told = [cell.value for cell in list(sheet.rows)[2]]
    assert told[0] == bank.party_id and told[3] == "'=cmd()" and told[4] == 500_000
    marketer = source_of("opportunities").sheet(bank.user("marketer"), {}, "en")
    assert "three-year" not in str(list(marketer.rows))
    with pytest.raises(Unacceptable):
        source_of("opportunities").asked({"weather": "fine"})


def test_a_branchs_statement_as_a_file(bank: SmallBank, opened: Opened) -> None:
    won = services.win(bank.owner, opened().pk, version=1, now=NOW)
    credit.propose(bank.owner, won.pk, [(p, "E2011", 100) for p in ("found", "won", "serves")], now=NOW)
    head, month = bank.user("branch_head"), f"{TODAY:%Y-%m}"
    export = control.request_export(head, "credit", {"month": month, "branch": "S1"}, "pay run", now=NOW)
    write(str(export.pk), timezone.now())
    export.refresh_from_db()
    assert (export.state, export.rows) == ("ready", 1)
    with pytest.raises(NotAllowed):
        control.request_export(bank.owner, "credit", {"month": month}, "mine", now=NOW)
    with pytest.raises(Unacceptable):  # it is no list of customers to be contacted
        control.request_export(head, "credit", {"month": month}, "campaign", purpose="marketing", now=NOW)
    with pytest.raises(Unacceptable):
        control.request_export(head, "credit", {"month": "2099-01"}, "early", now=NOW)
