"""Who is unhappy and leaves before the last question has a case at once, and the manager reads all that was chosen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from desk.small_bank import SmallBank
from desk.voice.surveys.conftest import NOW, Live, invited
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.surveys import services

AsUser = Callable[[User], Client]


def test_a_part_of_an_answer_that_is_unhappy_is_a_case_at_once_and_the_rest_goes_into_it(
    bank: SmallBank, live: Live
) -> None:
    live(kind="csat")
    _one, token = invited(bank)
    services.answer(token, {"satisfaction": 1}, language="zh", now=NOW)
    case = Case.objects.get()
    assert (case.source, case.party_id, case.owner, case.words) == ("survey", bank.party_id, "E2011", "")
    services.answer(token, {"cause": ["waiting"], "words": "等了一个小时，要投诉"}, language="zh", now=NOW)
    assert Case.objects.get().words == "等了一个小时，要投诉"
    assert AuditEvent.objects.filter(act="case.heard", object_id=str(case.pk)).count() == 1


def test_words_before_the_score_make_one_case_too(bank: SmallBank, live: Live) -> None:
    live()
    _one, token = invited(bank)
    services.answer(token, {"why": "态度太差"}, language="zh", now=NOW)
    assert Case.objects.get().source == "words"
    services.complete(token, {"recommend": 2}, language="zh", now=NOW)
    assert (Case.objects.get().source, Case.objects.get().score) == ("words", 2)


@pytest.mark.parametrize(("anonymous", "satisfaction"), [(False, 5), (True, 1)])
def test_a_pleased_part_and_an_anonymous_one_open_no_case(
    bank: SmallBank, live: Live, anonymous: bool, satisfaction: int
) -> None:
    live(kind="csat", anonymous=anonymous)
    _one, token = invited(bank)
    services.answer(token, {"satisfaction": satisfaction}, language="zh", now=NOW)
    assert not Case.objects.exists()


@pytest.mark.parametrize(("role", "reads"), [("owner", True), ("analyst", False)])
def test_the_case_says_what_was_chosen_to_whoever_reads_words(
    bank: SmallBank, live: Live, as_user: AsUser, role: str, reads: bool
) -> None:
    live(kind="csat")
    _one, token = invited(bank)
    services.answer(token, {"satisfaction": 1}, language="zh", now=NOW)
    services.answer(token, {"cause": ["waiting"]}, language="zh", now=NOW)
    user = bank.owner if role == "owner" else bank.user(role)
    page = as_user(user).get(f"/cases/{Case.objects.get().pk}/").content.decode()
    assert ("等候时间" in page) is reads
