"""A link is opened, answered in parts and completed once; an anonymous answer is nobody's."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from desk.small_bank import SmallBank
from desk.voice.surveys.conftest import NOW, Live, invited
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.voice.surveys import link_services, links, listeners, services
from tenure.desk.voice.surveys import making_services as making
from tenure.desk.voice.surveys.links import Gone
from tenure.desk.voice.surveys.models import CounterHour, Invitation, Response, SurveyVersion
from tenure.desk.voice.surveys.settings import settings_of

ANSWERS = {"recommend": 3, "why": "排队一个小时"}


def test_an_answer_comes_in_parts_and_is_the_customer_s(bank: SmallBank, live: Live) -> None:
    live()
    one, token = invited(bank)
    assert Invitation.objects.get(pk=one.pk).token_hash != token
    seen = services.open_link(token, now=NOW)
    assert (seen.kind, seen.answers, seen.anonymous, seen.channel) == ("nps", {}, False, "sms")
    assert Invitation.objects.get(pk=one.pk).state == "sent", "who looks begins nothing"
    services.answer(token, {"recommend": "3"}, language="zh", now=NOW)
    assert Invitation.objects.get(pk=one.pk).state == "opened"
    services.answer(token, {"recommend": "3"}, language="zh", now=NOW)
    assert services.open_link(token, now=NOW).answers == {"recommend": 3}
    done = services.complete(token, {"why": "排队一个小时"}, language="zh-hans", now=NOW)
    kept = Response.objects.get()
    assert done.response_id == kept.pk and not done.again
    assert (kept.score, kept.words, kept.party_id, kept.state) == (3, "排队一个小时", bank.party_id, "complete")
    assert (kept.answered_at, kept.language, kept.invitation_id) == (NOW, "zh-hans", one.pk)
    one.refresh_from_db()
    assert (one.state, one.used_at) == ("answered", NOW)
    assert AuditEvent.objects.filter(act="survey.answer", object_id=str(kept.pk)).count() == 1


def test_a_link_is_used_once(bank: SmallBank, live: Live) -> None:
    live()
    _one, token = invited(bank)
    first = services.complete(token, ANSWERS, language="zh", now=NOW)
    again = services.complete(token, ANSWERS, language="zh", now=NOW)
    assert again.again and again.response_id == first.response_id
    for act in (
        lambda: services.complete(token, {"recommend": 10}, language="zh", now=NOW),
        lambda: services.answer(token, {"recommend": 10}, language="zh", now=NOW),
        lambda: services.open_link(token, now=NOW),
    ):
        with pytest.raises(Gone) as no:
            act()
        assert no.value.why == "answered"
    assert Response.objects.get().score == 3


def test_a_link_holds_more_chance_than_can_be_guessed() -> None:
    tokens = {links.new_token() for _ in range(2_000)}
    drawn = [urlsafe_b64decode(token + "=" * (-len(token) % 4)) for token in tokens]
    assert len(tokens) == 2_000 and min(map(len, drawn)) * 8 >= 128
    # every bit is drawn: each stands in about half of the links (0.06 is more than five standard errors)
    bits = [[byte >> n & 1 for byte in one for n in range(8)] for one in drawn]
    assert all(abs(sum(column) / len(bits) - 0.5) < 0.06 for column in zip(*bits, strict=True))


def test_a_link_ends(bank: SmallBank, live: Live) -> None:
    live()
    one, token = invited(bank)
    with pytest.raises(Gone) as no:
        services.open_link(token, now=NOW + timedelta(days=14))
    assert no.value.why == "expired"
    with pytest.raises(NotFound):
        services.open_link(token + "x", now=NOW)
    fresh = link_services.give_link(one.pk, now=NOW)
    assert fresh
    with pytest.raises(NotFound):  # a second link ends the first
        services.open_link(token, now=NOW)
    assert link_services.end_links(now=NOW + timedelta(days=15)) == 1
    assert link_services.give_link(one.pk, now=NOW) is None


def test_a_closed_survey_takes_no_answer_and_a_paused_one_does(bank: SmallBank, live: Live) -> None:
    survey = live()
    _one, token = invited(bank)
    maker = bank.user("marketer")
    paused = making.move_survey(maker, survey.code, "pause", version=survey.version, now=NOW)
    assert services.open_link(token, now=NOW).answers == {}
    making.move_survey(maker, survey.code, "close", version=paused.version, now=NOW)
    with pytest.raises(Gone) as no:
        services.complete(token, ANSWERS, language="zh", now=NOW)
    assert no.value.why == "closed"


def test_what_cannot_be_an_answer_is_refused_at_its_question_and_nothing_is_lost(bank: SmallBank, live: Live) -> None:
    live()
    _one, token = invited(bank)
    services.answer(token, {"why": "说来话长"}, language="zh", now=NOW)
    for answers in ({"recommend": 11}, {}, {"nonsense": 1}):
        with pytest.raises(Unacceptable) as no:
            services.complete(token, answers, language="zh", now=NOW)
        assert no.value.field == next(iter(answers), "recommend")
    assert services.open_link(token, now=NOW).answers == {"why": "说来话长"}


def test_an_anonymous_answer_can_be_joined_to_nobody(bank: SmallBank, live: Live) -> None:
    live(anonymous=True)
    one, token = invited(bank)
    services.answer(token, {"recommend": 2}, language="zh", now=NOW)
    assert services.open_link(token, now=NOW).answers == {"recommend": 2}
    done = services.complete(token, {"why": "不满意"}, language="zh", now=NOW)
    assert done.response_id is None
    kept, one = Response.objects.get(), Invitation.objects.get(pk=one.pk)
    assert (kept.invitation, kept.party_id, kept.answered_at, kept.token_hash) == (None, "", None, None)
    assert kept.answered_on is not None and kept.score == 2
    assert (one.state, one.used_at) == ("answered", None)
    assert not AuditEvent.objects.filter(act="survey.answer").exists()
    # nothing of the one stands in the other: no id, no digest, no moment
    mine = {str(v) for v in vars(one).values() if v not in (None, "", "sms")} - {str(one.version_id), one.org_path}
    assert not mine & {str(v) for v in vars(kept).values()}
    assert services.complete(token, {"recommend": 9}, language="zh", now=NOW).again
    assert Response.objects.get().score == 2


def test_the_database_refuses_an_anonymous_answer_with_a_name(bank: SmallBank, live: Live) -> None:
    live(anonymous=True)
    _one, token = invited(bank)
    services.complete(token, ANSWERS, language="zh", now=NOW)
    for named in ({"party_id": bank.party_id}, {"answered_at": NOW}, {"invitation": Invitation.objects.get()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Response.objects.update(**named)


def test_the_database_refuses_to_change_an_approved_version(bank: SmallBank, live: Live) -> None:
    live()
    with pytest.raises(Exception, match="never changes"), transaction.atomic():
        SurveyVersion.objects.update(share="0.5")


def test_listeners_hear_of_an_answer_once_and_with_it_or_not_at_all(
    bank: SmallBank, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live()
    _one, token = invited(bank)
    HEARD.clear()
    monkeypatch.setattr(listeners, "LISTENERS", (f"{__name__}.failing",))
    with pytest.raises(RuntimeError):
        services.complete(token, ANSWERS, language="zh", now=NOW)
    assert not Response.objects.filter(state="complete").exists()
    monkeypatch.setattr(listeners, "LISTENERS", (f"{__name__}.heard",))
    services.complete(token, ANSWERS, language="zh", now=NOW)
    services.complete(token, ANSWERS, language="zh", now=NOW)
    assert [Response.objects.get().pk] == HEARD


HEARD: list[Any] = []


def heard(response: Any, *, now: Any) -> None:
    HEARD.append(response.pk)


def failing(response: Any, *, now: Any) -> None:
    raise RuntimeError


def test_at_a_counter_nobody_is_known_and_each_opening_is_an_answer_of_its_own(bank: SmallBank, live: Live) -> None:
    survey = live()
    code = making.make_counter_code(bank.user("branch_head"), survey.code, "S1", now=NOW).code
    first, second = services.open_counter(code, now=NOW), services.open_counter(code, now=NOW)
    assert first.token != second.token and first.channel == "counter"
    done = services.complete(first.token, ANSWERS, language="zh", now=NOW)
    assert services.complete(first.token, ANSWERS, language="zh", now=NOW) == replace(done, again=True)
    # whom nobody knows is promised no call, though the survey's own thanks promise one to customers it knows
    promised = survey.draft["content"]["thanks"]
    assert "联系" in promised["zh"] and done.thanks["zh"] == "谢谢您。我们会认真看每一条意见。"
    _one, token = invited(bank)
    assert services.complete(token, ANSWERS, language="zh", now=NOW).thanks == promised
    kept = Response.objects.get(state="complete", party_id="")
    assert (kept.party_id, kept.invitation, kept.channel, kept.answered_at) == ("", None, "counter", NOW)
    assert kept.org_path.endswith("/S1/") and kept.moment == "counter_service"
    making.end_counter_code(bank.user("branch_head"), survey.code, "S1", now=NOW)
    with pytest.raises(Gone) as no:
        services.open_counter(code, now=NOW)
    assert no.value.why == "closed"


def test_a_counter_is_opened_only_so_often_within_an_hour(
    bank: SmallBank, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = live()
    code = making.make_counter_code(bank.user("branch_head"), survey.code, "S1", now=NOW).code
    few = settings_of.__wrapped__
    monkeypatch.setattr(services, "settings_of", lambda home: replace(few(home), counter_per_hour=2))
    services.open_counter(code, now=NOW)
    services.open_counter(code, now=NOW)
    with pytest.raises(Gone) as no:
        services.open_counter(code, now=NOW)
    assert no.value.why == "too_many"
    services.open_counter(code, now=NOW + timedelta(hours=1))
    assert Response.objects.count() == 3 and CounterHour.objects.count() == 2
