"""The demo's surveys are made once, and answered as customers answer: by a part of those asked."""

from __future__ import annotations

from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.voice.surveys.demo import make_demo_surveys
from tenure.desk.voice.surveys.models import Invitation, Response, Survey


def test_the_demos_surveys_are_made_once_and_answered_by_some(bank: SmallBank) -> None:
    now = timezone.now()
    made = make_demo_surveys(now)
    assert {one.state for one in made} == {"live", "draft"} and len(made) == 4
    waves = Survey.objects.get(moment="periodic")
    assert waves.next_wave_on is not None and waves.next_wave_on > timezone.localdate(now) and waves.wave_months == 3
    asked, answers = Invitation.objects.filter(outcome="drawn").count(), Response.objects.count()
    assert 0 < answers < asked < Invitation.objects.count()
    assert not Invitation.objects.filter(drawn_at__gt=now).exists()
    assert not Response.objects.filter(answered_at__gt=now).exists()
    assert {one.pk for one in make_demo_surveys(now)} == {one.pk for one in made}
    assert (Survey.objects.count(), Response.objects.count()) == (4, answers)
