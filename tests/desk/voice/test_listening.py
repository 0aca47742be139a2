"""An unhappy answer opens a case by itself, once; a happy or an anonymous one none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.errors import Unacceptable
from tenure.desk.voice.cases import listening, services
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.surveys import listeners
from tenure.desk.voice.surveys.models import Invitation, Occasion, Response, Survey, SurveyVersion

NOW = timezone.now()


def answered(bank: SmallBank, *, anonymous: bool = False, party_id: str = "", **told: Any) -> Response:
    """A completed answer of a customer."""
    party_id = party_id or bank.party_id
    by, at = bank.user("marketer"), {"changed_at": NOW, "made_at": NOW}
    survey = Survey.objects.create(
        code=f"s{uuid4().hex[:8]}", kind="nps", moment="counter_service", draft={}, owner=by, changed_by=by, **at,
        anonymous=anonymous,
    )  # fmt: skip
    version = SurveyVersion.objects.create(
        survey=survey, number=1, content={}, share=1, valid_days=7, channels=["sms"], made_by=by,
        approved_by=bank.user("executive"), reason="r", since=NOW,
    )  # fmt: skip
    known: dict[str, Any] = {"party_id": "", "invitation": None, "answered_at": None}
    if not anonymous:
        occasion = Occasion.objects.create(
            event_id=uuid4().hex, moment="counter_service", party_id=party_id, org_path="/HQ/B1/S1/", at=NOW,
            received_at=NOW, delivery=uuid4(),
        )  # fmt: skip
        invitation = Invitation.objects.create(
            survey=survey, version=version, occasion=occasion, party_id=party_id, org_path="/HQ/B1/S1/", drawn_at=NOW,
            outcome="drawn", channel="sms", token_hash=uuid4().hex, expires_at=NOW + timedelta(days=7),
            state="answered", used_at=NOW,
        )  # fmt: skip
        known = {"party_id": party_id, "invitation": invitation, "answered_at": NOW}
    return Response.objects.create(
        version=version, anonymous=anonymous, org_path="/HQ/B1/S1/", moment="counter_service", channel="sms",
        state="complete", started_on=timezone.localdate(NOW), answered_on=timezone.localdate(NOW), **known, **told,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ({"score": 3, "words": "等太久"}, "survey"),
        ({"score": 9, "words": "要投诉"}, "words"),
        ({"satisfaction": 1}, "survey"),
    ],
)
def test_an_unhappy_answer_is_a_case_of_the_manager_with_what_was_said(
    bank: SmallBank, told: dict[str, Any], source: str
) -> None:
    answer = answered(bank, **told)
    for _twice in range(2):
        listeners.tell_heard(answer, NOW)
    case = Case.objects.get()
    assert (case.source, case.source_key, case.owner) == (source, f"answer:{answer.pk}", "E2011")
    assert (case.words, case.score, case.due_at) == (told.get("words", ""), told.get("score"), NOW + timedelta(days=1))
    assert case.opened_by is None


def test_a_happy_answer_and_an_anonymous_one_open_no_case(bank: SmallBank) -> None:
    for answer in (answered(bank, score=9, words="很好"), answered(bank, anonymous=True, score=0, words="投诉")):
        listening.heard(answer, now=NOW)
    assert not Case.objects.exists()


def test_nobody_takes_the_place_of_an_answer_s_case_beforehand(bank: SmallBank) -> None:
    answer = answered(bank, score=1, words="要投诉")
    for source, key in (("survey", str(answer.pk)), ("words", f"answer:{answer.pk}")):
        with pytest.raises(Unacceptable):
            services.open_case(bank.colleague, "C000002", source, key, now=NOW)
    listening.heard(answer, now=NOW)
    assert Case.objects.get().party_id == bank.party_id
