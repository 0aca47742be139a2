"""The pages of complaints: what is like another is shown before it is saved, a refusal leaves what was typed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import exports
from tenure.desk.control import services as control
from tenure.desk.control.errors import NotAllowed
from tenure.desk.control.models import Export
from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.voice.cases import services as cases
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.complaints import giving_services, selectors, services
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
    assert as_user(bank.owner).post("/complaints/return/export", asked).status_code == 403
    for role in ("branch_head", "complaint_handler"):  # who files the return takes it out
        client = as_user(bank.user(role))
        assert client.post("/complaints/return/export", asked).status_code == 302
        made = Export.objects.get(requested_by=bank.user(role))
        exports.write(str(made.pk), timezone.now())
        file = client.get(reverse("parties:download", args=[made.pk]))
        assert file.status_code == 200, "and fetches what was written"
        book = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content)))  # type: ignore[attr-defined]
        heads = next(book.active.iter_rows(min_row=2, values_only=True))
        assert heads[:4] == ("分类", "编码", "名称", "收到")
        assert any("合计" in str(row[2]) for row in book.active.iter_rows(values_only=True)), "each part is controlled"
    with pytest.raises(NotAllowed):  # of customers they take out nothing
        control.request_export(bank.user("complaint_handler"), "customers", {}, "list", now=timezone.now())


@pytest.mark.django_db
def test_what_else_of_the_customer_is_open_is_shown_in_whatever_words_they_say_it(
    bank: SmallBank, as_user: AsUser
) -> None:
    client = as_user(bank.user("complaint_handler"))
    client.post("/complaints/new", form(bank, "1"))
    first = Complaint.objects.get()
    asked = client.post("/complaints/new", form(bank, "2", words="钱到现在还没回来，你们管不管"))
    page = asked.content.decode()
    assert asked.status_code == 409 and first.number in page and "措辞不同" in page
    assert Complaint.objects.count() == 1
    client.post("/complaints/new", form(bank, "2", words="钱到现在还没回来，你们管不管", decision="another"))
    assert Complaint.objects.count() == 2
    Complaint.objects.update(received_at=timezone.now() - timedelta(days=31))
    client.post("/complaints/new", form(bank, "3", words="柜面排队太久"))
    assert Complaint.objects.count() == 3, "what is long past is not asked about"


@pytest.mark.django_db
def test_only_a_complaint_whose_time_runs_short_is_marked(bank: SmallBank, as_user: AsUser) -> None:
    handler, now = bank.user("complaint_handler"), timezone.now()
    marked = {}
    for days in (1, 13, 17):
        at = now - timedelta(days=days)
        one = services.take_in(bank.owner, "A02", at, SAID, party_id=bank.party_id, another=True, now=now).complaint
        seen = selectors.complaint(handler, one.pk, now)
        marked[days] = (seen.soon, seen.late)
    assert marked == {1: (False, False), 13: (True, False), 17: (False, True)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["受理告知书", "手机银行与网络", "支付结算", "补偿", "杨帆 E2003"]),
        ("en", ["Acknowledgement", "App and internet", "Payments", "Compensation", "E2003"]),
    ],
)
def test_the_history_of_a_complaint_is_told_in_words_and_not_in_keys(
    bank: SmallBank, as_user: AsUser, language: str, words: list[str]
) -> None:
    handler, now = bank.user("complaint_handler"), timezone.now()
    one = services.take_in(bank.owner, "A02", now, SAID, party_id=bank.party_id, now=now).complaint
    services.take_in(bank.owner, "A03", now, SAID, party_id=bank.party_id, same_as=one.pk, now=now)
    services.code(handler, one.pk, "B05", "C0501", version=2, now=now)
    giving_services.write_letter(handler, one.pk, "received", "en", "", "", "a", now=now)
    giving_services.grant(handler, one.pk, "compensation", 100, "误工", "a", now=now)
    services.set_subject(handler, one.pk, "S1", "E2003", "", version=3, now=now)
    Customer.rows().filter(party_id=bank.party_id).update(open_complaints=0, last_contact_on=None)
    case = Case.objects.get(pk=one.case_id)
    cases.acknowledge(handler, case.pk, "call", "done", version=case.version, now=now)
    client = as_user(handler)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(f"/cases/{one.case_id}/").content.decode()
    assert ('<dd class="num">1</dd>' in page) and f"{formats.day(timezone.localdate(), language)}" in page, (
        "the complaint and the call of today are known, though the night does not know them yet"
    )
    history = page[page.index('<ul class="timeline">') :]
    history = history[: history.index("</ul>")]
    assert [word for word in words if word not in history] == []
    assert not re.search(r"\b(received|compensation|A03|B05|C0501)\b", history)
    assert one.case is not None
    due = one.case.clocks.get(clock="regulator").due_at
    assert due is not None
    last = formats.day_short(timezone.localdate(due - timedelta(seconds=1)), language)
    assert last in page[page.index("h-clocks") :], "a clock of days names its last day, as the lists do"


@pytest.mark.django_db
def test_whom_it_is_about_is_named(bank: SmallBank, as_user: AsUser) -> None:
    one = services.take_in(
        bank.owner, "A02", timezone.now(), SAID, party_id=bank.party_id, concerns="E2003", served_by="E2002",
        now=timezone.now(),
    ).complaint  # fmt: skip
    page = as_user(bank.user("complaint_handler")).get(f"/complaints/{one.pk}/").content.decode()
    assert "杨帆 E2003" in page and "韩雪 E2002" in page


@pytest.mark.django_db
def test_beside_a_suggestion_stands_how_often_it_was_right(bank: SmallBank, as_user: AsUser) -> None:
    handler, now = bank.user("complaint_handler"), timezone.now()
    client = as_user(handler)

    def take(words: str, back: int) -> Complaint:
        at = now - timedelta(days=back)
        return services.take_in(bank.owner, "A02", at, words, party_id=bank.party_id, another=True, now=now).complaint

    one = take(SAID, 1)
    assert "尚未编码过投诉" in client.get(f"/complaints/{one.pk}/").content.decode(), "a bank that begins is told so"
    strange = take("停车场满了", 1)
    assert client.get(f"/complaints/{strange.pk}/").content.decode().count("没有推荐") == 2, "nothing is guessed"
    coded = take("窗口排队", 1)
    services.code(handler, coded.pk, "B08", "C01", version=1, now=now)
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
