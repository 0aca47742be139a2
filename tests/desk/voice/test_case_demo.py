"""The demo bank's cases: a year of them, made once, through the services, in a believable order."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.voice.cases import demo
from tenure.desk.voice.cases.models import Case, CaseEscalation, CaseStep

NOW = timezone.now()


def test_the_demo_shows_a_year_of_cases_and_some_of_every_kind(bank: SmallBank, monkeypatch: Any) -> None:
    monkeypatch.setattr(demo, "CLOSED", 8)
    assert demo.create_demo_cases(NOW) == 3 * 12
    assert demo.create_demo_cases(NOW) == 0
    assert set(Case.objects.values_list("state", flat=True)) == {"open", "cause", "offer", "closed"}
    assert Case.objects.filter(state="cause", due_at=None).exists()
    assert CaseEscalation.objects.filter(level=1).exists()
    assert not CaseStep.objects.filter(at__gt=NOW).exists()
    for case in Case.objects.all():
        moments = list(case.steps.order_by("id").values_list("at", flat=True))
        assert moments == sorted(moments)
    assert audit.verify_chain().whole
