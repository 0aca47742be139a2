"""A program brings a case to its end by the same services, and the night takes it to the lake as it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.contracts import LAKE
from tenure.desk.org.models import User
from tenure.desk.voice.cases import services
from tenure.desk.voice.cases.models import Case
from tenure.desk.writeback import days_to_write_back

AsUser = Callable[[User], Client]
NOW = timezone.now()


def test_a_program_opens_a_case_and_brings_it_to_its_end(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)

    def post(path: str, **body: Any) -> Any:
        return client.post(f"/api/v1/cases{path}", body, content_type="application/json")

    made = post("", party_id=bank.party_id, source="complaint", source_key="K7", words="慢")
    assert (made.status_code, made.json()["owner"]) == (201, "E2011")
    assert post("", party_id=bank.party_id, source="complaint", source_key="K7").status_code == 200
    at = f"/{made.json()['id']}"
    steps: list[tuple[str, dict[str, Any]]] = [
        ("acknowledge", {"outcome": "no_answer"}), ("acknowledge", {}), ("listen", {"words": "说了"}),
        ("pause", {"reason": "papers", "words": "w"}), ("resume", {}), ("cause", {"cause": "waiting"}),
        ("offer", {"words": "预约"}), ("agreement", {"agrees": False}), ("offer", {"words": "上门"}),
        ("agreement", {"agrees": True}), ("close", {"result": "repaired", "action": "办好了"}),
        ("reopen", {"words": "又来了"}), ("hand-over", {"to_staff": "E2012"}),
    ]  # fmt: skip
    for version, (name, body) in enumerate(steps, start=1):
        answer = post(f"{at}/{name}", version=version, **body)
        assert (answer.status_code, answer.json().get("version")) == (200, version + 1), (name, answer.content)
    told = client.get(f"/api/v1/cases{at}").json()
    assert (told["state"], told["round"], told["owner"]) == ("open", 2, "E2012")
    clocks = client.get(f"/api/v1/cases{at}/clocks").json()
    assert {one["clock"] for one in clocks} == {"customer", "staff", "regulator"}
    assert len(client.get(f"/api/v1/cases{at}/steps").json()) == len(steps) + 1
    assert client.get("/api/v1/cases?list=team").json()["count"] == 1
    assert client.get("/api/v1/cases?source=gossip").status_code == 422
    stale = post(f"{at}/acknowledge", version=1)
    assert stale.status_code == 409
    assert as_user(bank.colleague).get(f"/api/v1/cases{at}").status_code == 200  # it is theirs now
    assert as_user(bank.stranger).get(f"/api/v1/cases{at}").status_code == 404


def test_the_lake_learns_of_a_case_on_the_day_it_was_opened_and_again_when_it_changed(bank: SmallBank) -> None:
    opened = NOW - timedelta(days=3)
    case = services.open_case(bank.owner, bank.party_id, "hand", "k", "慢", now=opened)

    def days() -> list[Any]:
        return [day for day in days_to_write_back() if day.tables["case"]]

    (day,) = days()
    (row,) = day.tables["case"]
    assert (day.day, row["state"], row["staff_id"], row["org_id"]) == (
        timezone.localdate(opened), "open", "E2011", "S1",
    )  # fmt: skip
    assert set(row) == {column.name for column in LAKE["case"]}
    day.written_back("batch")
    assert days() == []
    services.acknowledge(bank.owner, case.pk, "call", "done", version=1, now=timezone.now())
    (day,) = days()
    assert day.tables["case"][0]["state"] == "acknowledged"


@pytest.mark.parametrize("role", ["executive", "analyst"])
def test_words_are_masked_for_who_deals_with_no_customer(bank: SmallBank, as_user: AsUser, role: str) -> None:
    case = services.open_case(bank.owner, bank.party_id, "hand", "k", "秘密的话", now=NOW)
    services.acknowledge(bank.owner, case.pk, "call", "done", "秘密的话", version=1, now=NOW)
    client = as_user(bank.user(role))
    for path in (f"/{case.pk}", f"/{case.pk}/steps", ""):
        answer = client.get(f"/api/v1/cases{path}")
        assert answer.status_code == 200 and "秘密的话" not in answer.content.decode()
    assert Case.objects.count() == 1
