"""The pages of cases: what comes next is obvious, nothing typed is lost, and nobody sees whom they may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.pages.rendered import left_over
from desk.small_bank import SmallBank
from desk.voice.test_cases import go_on
from tenure.desk.control.changes import services as changes
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.signals import services as signals
from tenure.desk.voice.cases import rules, services
from tenure.desk.voice.cases.models import Case
from tenure.desk.work import services as work

AsUser = Callable[[User], Client]
NOW = timezone.now()


@pytest.fixture
def case(bank: SmallBank) -> Case:
    return services.open_case(
        bank.owner, bank.party_id, "hand", "k1", "等了一小时没人管", now=NOW - timedelta(hours=20)
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("state", rules.STATES)
def test_at_every_step_the_page_says_what_comes_next_in_the_readers_language(
    bank: SmallBank, as_user: AsUser, case: Case, state: str, language: str
) -> None:
    go_on(bank.owner, case, state, now=NOW)
    client = as_user(bank.owner)
    client.cookies["django_language"] = language
    answer = client.get(f"/cases/{case.pk}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    act = rules.NEXT[state]
    assert not act or f"/cases/{case.pk}/{act}" in page
    said = ("等了一小时没人管", "致歉", "叫号机坏了没人管", "下次预约优先办理", "可以", "修好叫号机")
    assert [word for word in left_over(page, language) if not any(one in word for one in said)] == []


def test_a_case_is_opened_in_two_taps_and_the_second_press_opens_no_second(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    assert "source_key" in client.get(f"/cases/customer/{bank.party_id}").content.decode()
    for _twice in range(2):
        answer = client.post(
            f"/cases/customer/{bank.party_id}/new", {"source": "hand", "source_key": "once", "words": "慢"}
        )
        assert answer.status_code == 302
    assert Case.objects.count() == 1
    assert as_user(bank.stranger).post(f"/cases/customer/{bank.party_id}/new", {}).status_code == 404


def test_who_is_second_keeps_what_they_typed_and_learns_who_was_first(
    bank: SmallBank, as_user: AsUser, case: Case
) -> None:
    services.acknowledge(bank.user("branch_head"), case.pk, "call", "done", version=1, now=NOW)
    sent: dict[str, Any] = {"version": 1, "kind": "call", "outcome": "done", "words": "x"}
    answer = as_user(bank.owner).post(f"/cases/{case.pk}/acknowledge", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 409 and answer["X-Version"] == "2"
    assert "沈伟" in answer.content.decode()


def test_the_case_waits_on_todays_page_of_its_owner_and_of_no_colleague(
    bank: SmallBank, as_user: AsUser, case: Case
) -> None:
    assert str(case.pk) in as_user(bank.owner).get("/cases/strip").content.decode()
    assert str(case.pk) not in as_user(bank.colleague).get("/cases/strip").content.decode()
    assert as_user(bank.colleague).get(f"/cases/{case.pk}/").status_code == 404
    lists = {which: as_user(bank.owner).get(f"/cases/?list={which}").content.decode() for which in ("mine", "told")}
    assert str(case.pk) in lists["mine"] and str(case.pk) not in lists["told"]


def test_what_customers_said_is_hidden_from_who_sees_no_words(bank: SmallBank, as_user: AsUser, case: Case) -> None:
    for role in ("executive", "analyst"):
        page = as_user(bank.user(role)).get(f"/cases/{case.pk}/").content.decode()
        assert case.number in page and "等了一小时没人管" not in page


def test_the_week_shows_thanks_as_well_as_complaints_and_counts_who_was_reached(
    bank: SmallBank, as_user: AsUser, case: Case
) -> None:
    services.acknowledge(bank.owner, case.pk, "call", "done", version=1, now=NOW)
    week = (timezone.localdate(case.opened_at)).isoformat()
    page = as_user(bank.owner).get(f"/cases/week?of={week}").content.decode()
    assert "1 <small>/ 1</small>" in page
    assert as_user(bank.user("administrator")).get("/cases/week").status_code == 200


def test_a_signal_and_a_contact_become_a_case_with_one_press(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    signal = signals.add_signal(bank.owner, bank.party_id, ["asks_rates"], "cross", now=NOW)
    contact = work.log_contact(bank.owner, bank.party_id, "call", "done", "cross", now=NOW)
    at = f"/cases/customer/{bank.party_id}/new"
    for page, source, key in (
        (f"/signals/customer/{bank.party_id}", "signal", str(signal.pk)),
        (f"/today/customer/{bank.party_id}", "words", f"contact-{contact.pk}"),
    ):
        shown = client.get(page).content.decode()
        assert at in shown and f'"source": "{source}", "source_key": "{key}"' in shown
        assert client.post(at, {"source": source, "source_key": key}).status_code == 302
    assert set(Case.objects.values_list("source", flat=True)) == {"signal", "words"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_complaint_s_page_asks_for_more_time_and_its_approval_is_told_there(
    bank: SmallBank, as_user: AsUser, language: str
) -> None:
    case = services.open_case(bank.owner, bank.party_id, "complaint", "K1", now=NOW)
    client = as_user(bank.owner)
    client.cookies["django_language"] = language
    assert f"/cases/{case.pk}/extend" in client.get(f"/cases/{case.pk}/").content.decode()
    assert client.post(f"/cases/{case.pk}/extend", {"reason": "complex"}).status_code == 302
    change = Change.objects.get(kind="case.extend")
    waiting = client.get(f"/cases/{case.pk}/").content.decode()
    assert f"/audit/changes/{change.pk}/" in waiting and f"/cases/{case.pk}/extend" not in waiting
    head = as_user(bank.user("branch_head"))
    head.cookies["django_language"] = language
    shown = head.get(f"/audit/changes/{change.pk}/").content.decode()
    assert case.number in shown and [w for w in left_over(shown, language) if w != "complex"] == []
    changes.approve(bank.user("branch_head"), change.pk, now=NOW)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "30" in page and left_over(page, language) == []
    assert f"/cases/{case.pk}/extend" in page and f"/audit/changes/{change.pk}/" not in page
