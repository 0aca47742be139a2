"""A periodic survey draws its waves by itself: on the day set, everybody once, and once after days down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from desk.voice.asked import survey_of
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, Unacceptable
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.voice.surveys import making_services, rules, waves
from tenure.desk.voice.surveys.models import Invitation, Occasion, Survey, SurveyVersion, Wave

AsUser = Callable[[User], Client]
DAY = date(2026, 7, 1)


def at(day: date, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


@pytest.fixture
def asks(bank: SmallBank) -> SurveyVersion:
    """A live periodic survey that asks everybody it may."""
    version = survey_of(bank, at(DAY) - timedelta(days=30))
    draft = {"content": version.content, "asking": rules.Asking().as_json(), "by": []}
    Survey.objects.filter(pk=version.survey_id).update(moment="periodic", draft=draft)
    version.survey.refresh_from_db()
    return version


def plan(bank: SmallBank, asks: SurveyVersion, on: date | None = DAY, months: int | None = 3) -> Survey:
    one = Survey.objects.get(pk=asks.survey_id)
    return making_services.plan_waves(
        bank.user("marketer"), one.code, on, months, version=one.version, now=at(DAY) - timedelta(days=10)
    )


def agreeing() -> int:
    return int(Customer.rows().filter(consent_experience=True, left_on=None).count())


def test_on_the_day_set_everybody_who_agrees_is_put_to_the_draw_once(bank: SmallBank, asks: SurveyVersion) -> None:
    plan(bank, asks)
    assert waves.draw_due(now=at(DAY - timedelta(days=1), 23)) == 0 and not Wave.objects.exists()
    asked = waves.draw_due(now=at(DAY))
    wave = Wave.objects.get()
    assert (wave.on, wave.customers, wave.asked) == (DAY, agreeing(), asked) and wave.ended_at is not None
    assert asked == Invitation.objects.filter(survey=asks.survey, outcome="drawn").count() > 0
    assert Occasion.objects.count() == agreeing() == Invitation.objects.count(), "the frame holds those not drawn too"
    assert waves.draw_due(now=at(DAY, 10)) == 0 and Occasion.objects.count() == agreeing()
    asks.survey.refresh_from_db()
    assert asks.survey.next_wave_on == date(2026, 10, 1)
    assert audit.verify_chain().whole


def test_after_days_down_a_wave_is_drawn_once_however_many_were_missed(bank: SmallBank, asks: SurveyVersion) -> None:
    plan(bank, asks, months=1)
    back = DAY + timedelta(days=75)
    waves.draw_due(now=at(back))
    waves.draw_due(now=at(back, 12))
    assert [wave.on for wave in Wave.objects.all()] == [DAY] and Occasion.objects.count() == agreeing()
    asks.survey.refresh_from_db()
    assert asks.survey.next_wave_on == date(2026, 10, 1)


def test_a_wave_broken_off_goes_on_where_it_was_and_asks_nobody_twice(
    bank: SmallBank, asks: SurveyVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(bank, asks)
    monkeypatch.setattr(waves, "AT_ONCE", 7)
    done, drawing = 0, waves.draw

    def killed(*given: Any, **more: Any) -> int:
        nonlocal done
        done += 1
        if done == 3:
            raise RuntimeError("the worker was killed")
        return drawing(*given, **more)

    monkeypatch.setattr(waves, "draw", killed)
    with pytest.raises(RuntimeError):
        waves.draw_due(now=at(DAY))
    half = Wave.objects.get()
    assert half.ended_at is None and half.customers == 14 == Occasion.objects.count()
    waves.draw_due(now=at(DAY, 10))
    whole = Wave.objects.get()
    assert whole.ended_at is not None and whole.customers == agreeing() == Occasion.objects.count()
    assert whole.asked == Invitation.objects.filter(outcome="drawn").count()


def test_the_same_draw_and_the_same_peace_decide_as_after_any_moment(bank: SmallBank, asks: SurveyVersion) -> None:
    plan(bank, asks, months=1)
    first = waves.draw_due(now=at(DAY))
    second = waves.draw_due(now=at(date(2026, 8, 1)))
    outcomes = set(Invitation.objects.filter(drawn_at__gt=at(DAY, 12)).values_list("outcome", flat=True))
    assert first > 0 and second == 0 and "fatigue" in outcomes, "whoever was asked is left in peace for 90 days"


def test_another_periodic_survey_is_not_drawn_by_this_one_s_wave(bank: SmallBank, asks: SurveyVersion) -> None:
    other = survey_of(bank, at(DAY) - timedelta(days=30), kind="csat")
    Survey.objects.filter(pk=other.survey_id).update(moment="periodic")
    plan(bank, asks)
    waves.draw_due(now=at(DAY))
    assert not Invitation.objects.filter(survey=other.survey).exists()


def test_on_a_pause_nothing_is_drawn_and_what_was_begun_waits(bank: SmallBank, asks: SurveyVersion) -> None:
    plan(bank, asks)
    Survey.objects.filter(pk=asks.survey_id).update(state="paused")
    assert waves.draw_due(now=at(DAY)) == 0 and not Wave.objects.exists()
    Survey.objects.filter(pk=asks.survey_id).update(state="live")
    assert waves.draw_due(now=at(DAY + timedelta(days=2))) > 0


def test_who_sets_waves_and_what_cannot_be_set(bank: SmallBank, asks: SurveyVersion) -> None:
    one = plan(bank, asks)
    again = plan(bank, asks)
    assert again.version == one.version, "the same click twice"
    now, code = at(DAY) - timedelta(days=10), one.code
    for user in (bank.owner, bank.colleague, bank.stranger):
        with pytest.raises(NotAllowed):
            making_services.plan_waves(user, code, None, None, version=one.version, now=now)
    marketer, executive = bank.user("marketer"), bank.user("executive")
    making_services.plan_waves(executive, code, DAY, 6, version=one.version, now=now)
    with pytest.raises(Conflict, match=executive.name):
        making_services.plan_waves(marketer, code, None, None, version=one.version, now=now)
    version = one.version + 1
    for on, months in ((DAY, None), (DAY, 2), (now.date() - timedelta(days=1), 3), (date(2036, 1, 1), 3)):
        with pytest.raises(Unacceptable):
            making_services.plan_waves(marketer, code, on, months, version=version, now=now)
    counter = survey_of(bank, now, kind="effort").survey
    with pytest.raises(Unacceptable):
        making_services.plan_waves(marketer, counter.code, DAY, 3, version=counter.version, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.filter(pk=counter.pk).update(next_wave_on=DAY, wave_months=3)


def test_the_page_shows_the_next_date_and_what_was_drawn(bank: SmallBank, asks: SurveyVersion, as_user: AsUser) -> None:
    plan(bank, asks)
    client = as_user(bank.user("marketer"))
    page = client.get(f"/surveys/{asks.survey.code}/").content.decode()
    assert 'id="waves"' in page and 'value="2026-07-01"' in page
    waves.draw_due(now=at(DAY))
    told = client.get(f"/api/v1/surveys/{asks.survey.code}/waves").json()
    assert [(one["on"], one["customers"]) for one in told] == [("2026-07-01", agreeing())]
    assert client.get(f"/api/v1/surveys/{asks.survey.code}").json()["next_wave_on"] == "2026-10-01"
    asks.survey.refresh_from_db()
    sent = {"act": "none", "version": f"{asks.survey.version}"}
    assert client.post(f"/surveys/{asks.survey.code}/waves", sent).status_code == 302
    asks.survey.refresh_from_db()
    assert asks.survey.next_wave_on is None


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(rules.WAVE_MONTHS), st.integers(0, 1500))
def test_the_next_wave_lies_ahead_and_no_wave_is_left_out_before_it(on: date, months: int, later: int) -> None:
    today = on + timedelta(days=later)
    found = rules.next_wave(on, months, today)
    apart = (found.year - on.year) * 12 + found.month - on.month
    assert found > today and apart % months == 0 and found.day <= on.day
    if apart > months:
        assert rules.next_wave(on, months, on) <= today
    assert found == rules.next_wave(on, months, found - timedelta(days=1))
