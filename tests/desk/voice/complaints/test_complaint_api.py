"""What pages do to a complaint a program does too: its subject, its settling, and what came in again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.org.models import User
from tenure.desk.voice.complaints import services
from tenure.desk.voice.complaints.models import Arrival, Complaint

AsUser = Callable[[User], Client]
Sent = Callable[..., Any]
NOW = timezone.now()
SAID = "手机银行转账失败但已扣款，3天仍未退回。"


@pytest.fixture
def handler(bank: SmallBank) -> User:
    return bank.user("complaint_handler")


@pytest.fixture
def post(as_user: AsUser) -> Sent:
    def send(user: User, path: str, **body: Any) -> Any:
        return as_user(user).post(f"/api/v1/complaints{path}", body, content_type="application/json")

    return send


def taken(bank: SmallBank, words: str = SAID, at: datetime | None = None, **more: Any) -> Arrival:
    told: dict[str, Any] = {"party_id": bank.party_id, **more}
    return services.take_in(bank.owner, "A02", at or NOW - timedelta(hours=2), words, now=NOW, **told)


def test_a_program_says_whom_a_complaint_is_about_and_the_case_changes_hands(
    bank: SmallBank, handler: User, post: Sent
) -> None:
    one = taken(bank).complaint
    told = post(handler, f"/{one.pk}/subject", version=1, org_id="S1", concerns="E2001", served_by="E2012")
    assert told.status_code == 200, told.content
    body = told.json()
    assert (body["concerns"], body["served_by"], body["version"]) == ("E2001", "E2012", 2)
    again = post(handler, f"/{one.pk}/subject", version=1, org_id="S1", concerns="E2001", served_by="E2012")
    assert again.status_code == 200 and again.json()["version"] == 2, "the same again changes nothing"
    late = post(handler, f"/{one.pk}/subject", version=1, concerns="E2011")
    assert late.status_code == 409, "the second is told who was first"
    assert post(handler, f"/{one.pk}/subject", version=2, concerns="E9999").status_code == 422
    assert post(bank.owner, f"/{one.pk}/subject", version=2).status_code == 403
    assert post(bank.stranger, f"/{one.pk}/subject", version=2).status_code == 403


def test_a_program_settles_the_complaint_of_somebody_never_found(
    bank: SmallBank, handler: User, post: Sent, as_user: AsUser
) -> None:
    one = taken(bank, party_id="", person="王女士", reach="13800000000", org_id="S1").complaint
    assert post(handler, f"/{one.pk}/settle", version=1, words="").status_code == 422
    told = post(handler, f"/{one.pk}/settle", version=1, words="三次电话无人接听，已寄函")
    assert (told.status_code, told.json()["state"], told.json()["due_on"]) == (200, "closed", None)
    assert "寄函" in told.json()["settled_words"]
    assert post(handler, f"/{one.pk}/settle", version=1, words="三次电话无人接听，已寄函").status_code == 200
    assert post(handler, f"/{one.pk}/settle", version=1, words="另一种说法").status_code == 409
    known = taken(bank, words="柜员态度冷淡，等了一个小时").complaint
    refused = post(handler, f"/{known.pk}/settle", version=1, words="办好了")
    assert refused.status_code == 409, "that of a customer ends with its case"
    listed = as_user(handler).get("/api/v1/complaints?list=all&sort=due").json()["items"]
    assert [row["id"] for row in listed] == [str(known.pk), str(one.pk)], "what is due no more comes last"
    assert as_user(handler).get("/api/v1/complaints?sort=gossip").status_code == 422


def test_a_program_decides_whether_what_came_in_again_is_the_same(
    bank: SmallBank, handler: User, post: Sent, as_user: AsUser
) -> None:
    first = taken(bank).complaint
    again = taken(bank, words="转账失败，手机银行已扣款3天仍未退回", at=NOW - timedelta(hours=1), external_id="H-9")
    client = as_user(handler)
    waiting = client.get("/api/v1/complaints/arrivals/waiting").json()
    assert [(row["id"], row["complaint"], row["external_id"]) for row in waiting] == [
        (str(again.pk), str(first.pk), "H-9")
    ]
    assert as_user(bank.owner).get("/api/v1/complaints/arrivals/waiting").json() == []
    assert post(bank.owner, f"/arrivals/{again.pk}/decide", same=True).status_code == 403
    for _twice in range(2):
        told = post(handler, f"/arrivals/{again.pk}/decide", same=True)
        assert (told.status_code, told.json()["id"]) == (200, str(first.pk))
    assert client.get("/api/v1/complaints/arrivals/waiting").json() == []
    arrivals = client.get(f"/api/v1/complaints/{first.pk}/arrivals").json()
    assert [row["standing"] for row in arrivals] == ["first", "joined"]
    apart = post(handler, f"/arrivals/{again.pk}/decide", same=False)
    assert apart.status_code == 200 and apart.json()["id"] != str(first.pk) and Complaint.objects.count() == 2
    assert as_user(bank.stranger).get(f"/api/v1/complaints/{first.pk}/arrivals").status_code == 404


def test_an_amount_in_dispute_is_told_and_taken(bank: SmallBank, post: Sent) -> None:
    row = {
        "external_id": "s-1", "channel": "A02", "received_at": NOW.isoformat(), "words": "扣款未退", "disputed": 5000,
        "party_id": bank.party_id,
    }  # fmt: skip
    told = post(bank.owner, "", complaints=[row])
    assert told.status_code == 200 and len(told.json()["taken"]) == 1
    client = Client()
    client.force_login(bank.owner)
    one = client.get(f"/api/v1/complaints/{told.json()['taken'][0]['complaint']}").json()
    assert one["disputed"] == 5000
