"""The demo bank's opportunities: believable, the same each time, made once, through the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desk.opportunities.conftest import NOW, TODAY
from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.opportunities import demo
from tenure.desk.opportunities.models import Agreement, Opportunity, StageRecord, Step


def test_the_demo_fills_board_and_statement_and_is_the_same_again(bank: SmallBank, monkeypatch: Any) -> None:
    monkeypatch.setattr(demo, "CLOSED", 14)
    monkeypatch.setattr(demo, "OPEN", 6)
    assert demo.create_demo_opportunities(NOW) == 3 * 20
    assert demo.create_demo_opportunities(NOW) == 0
    states = set(Opportunity.objects.values_list("state", flat=True))
    assert states == {"open", "won", "lost"}
    assert Opportunity.objects.filter(state="open", stale_on__lte=TODAY).exists()
    assert Agreement.objects.exists() and StageRecord.objects.exists()
    assert not Step.objects.filter(at__gt=NOW + timedelta(seconds=1)).exists()
    for one in Opportunity.objects.all():
        moments = list(one.steps.order_by("id").values_list("at", flat=True))
        assert moments == sorted(moments)
    assert audit.verify_chain().whole
    first = list(Opportunity.objects.order_by("opened_at", "title").values_list("party_id", "title", "amount", "stage"))
    for table in (Agreement, Step, StageRecord, Opportunity):
        if table is Agreement:
            for made in Agreement.objects.all():
                made.answers.all().delete()
                made.shares.all().delete()
        table.objects.all().delete()
    demo.create_demo_opportunities(NOW)
    again = list(Opportunity.objects.order_by("opened_at", "title").values_list("party_id", "title", "amount", "stage"))
    assert again == first


@pytest.mark.django_db
def test_before_the_first_night_there_is_nothing_to_make_opportunities_of() -> None:
    assert demo.create_demo_opportunities(NOW) == 0
