"""The pages of complaints: what is like another is shown before it is saved, a refusal leaves what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.org.models import User
from tenure.desk.voice.complaints import services
from tenure.desk.voice.complaints.models import Arrival, Complaint, Concession

AsUser = Callable[[User], Client]
SAID = "手机银行转账失败但已扣款，3天仍未退回。"


def form(bank: SmallBank, once: str, **more: str) -> dict[str, str]:
    return {
        "channel": "A02", "received_on": f"{timezone.localdate()}", "party_id": bank.party_id, "words": SAID,
        "once": once, **more,
    }  # fmt: skip


@pytest.mark.django_db
def test_the_same_matter_is_shown_before_it_is_saved_and_a_person_decides(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.user("complaint_handler"))
    for _twice in range(2):
        client.post("/complaints/new", form(bank, "1"))
    assert Arrival.objects.count() == 1
    asked = client.post("/complaints/new", form(bank, "2", channel="A04", wish="退款"))
    assert asked.status_code == 409
    first = Complaint.objects.get()
    page = asked.content.decode()
    assert first.number in page and "退款" in page and SAID in page  # nothing typed is lost
    client.post("/complaints/new", form(bank, "2", channel="A04", decision=str(first.pk)))
    assert [one.standing for one in Arrival.objects.order_by("taken_at")] == ["first", "joined"]
    client.post("/complaints/new", form(bank, "3", decision="another"))
    assert Complaint.objects.count() == 2


@pytest.mark.django_db
def test_what_cannot_be_is_told_and_stays_in_the_form(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    answer = client.post("/complaints/new", form(bank, "1", concerns="E9999"))
    assert answer.status_code == 422 and SAID in answer.content.decode()
    assert not Complaint.objects.exists()


@pytest.mark.django_db
def test_a_handler_codes_concedes_and_writes_on_one_page(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.user("complaint_handler"))
    client.post("/complaints/new", form(bank, "1"))
    one = Complaint.objects.get()
    address = f"/complaints/{one.pk}/"
    assert "转账失败" in client.get(address).content.decode()
    assert client.post(f"{address}code", {"version": "1", "business": "B05", "cause": "C05"}).status_code == 302
    late = client.post(
        f"{address}code", {"version": "1", "business": "B05", "cause": "C01"}, headers={"HX-Request": "true"}
    )
    assert (late.status_code, late["X-Version"]) == (409, "2")
    for _twice in range(2):
        given = {"kind": "points", "amount": "12.50", "reason": "致歉", "once": "a"}
        assert client.post(f"{address}concede", given).status_code == 302
    assert [row.amount for row in Concession.objects.all()] == [1250]
    client.post(f"{address}write", {"kind": "received", "language": "zh-hans", "words": "", "channel": "", "once": "a"})
    letter = one.letters.get()
    assert letter.text.splitlines()[0] in client.get(f"{address}letter/{letter.pk}").content.decode()
    stranger = as_user(bank.stranger)
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}letter/{letter.pk}").status_code == 404
    assert as_user(bank.owner).post(f"{address}code", {"version": "2"}).status_code == 403


@pytest.mark.django_db
def test_the_return_is_exported_by_who_may_and_by_nobody_else(bank: SmallBank, as_user: AsUser) -> None:
    asked = {"first": "2026-01-01", "last": "2026-06-30", "reason": "季度报送"}
    assert as_user(bank.user("complaint_handler")).post("/complaints/return/export", asked).status_code == 403
    assert as_user(bank.user("branch_head")).post("/complaints/return/export", asked).status_code == 302


@pytest.mark.django_db
def test_beside_a_suggestion_stands_how_often_it_was_right(bank: SmallBank, as_user: AsUser) -> None:
    handler, now = bank.user("complaint_handler"), timezone.now()
    client = as_user(handler)

    def take(words: str, back: int) -> Complaint:
        at = now - timedelta(days=back)
        return services.take_in(bank.owner, "A02", at, words, party_id=bank.party_id, another=True, now=now).complaint

    one = take(SAID, 1)
    assert "太少" in client.get(f"/complaints/{one.pk}/").content.decode()
    for n in range(93):
        words, business, cause = (
            ("转账失败但已扣款未退", "B05", "C05"), ("账户被收取年费短信费", "B02", "C04"),
            ("柜员态度冷淡叫号太慢", "B08", "C01"),
        )[n % 3]  # fmt: skip
        made = take(f"{words}，第{n}次", 2 + n)
        Complaint.objects.filter(pk=made.pk).update(business_code=business, cause_code=cause, code_version="2026")
    version = Complaint.objects.exclude(code_version="").values_list("code_version", flat=True).first()
    assert version
    page = client.get(f"/complaints/{one.pk}/").content.decode()
    assert "最近 31 件" in page and "C05" in page, "what is right is told with how many it rests on"
