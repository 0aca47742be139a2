"""The demo bank's signals: what the lobby noticed and what came of it, made once and by the services."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.signals.conftest import NOW
from desk.small_bank import SmallBank
from tenure.desk.signals import demo, rules, selectors
from tenure.desk.signals.models import Signal
from tenure.desk.work.models import Contact

pytestmark = pytest.mark.django_db


def test_a_managers_customers_were_noticed_and_what_came_of_it_teaches_reliability(bank: SmallBank) -> None:
    bank.user("teller")  # without colleagues in front nobody notices anything
    made = demo.create_demo_signals(NOW)
    assert made and made == Signal.objects.count()
    assert demo.create_demo_signals(NOW) == 0
    waiting, ended = Signal.objects.filter(state="new"), Signal.objects.filter(state="closed")
    assert waiting.count() % demo.WAITING == 0 and all(one.at > NOW - timedelta(hours=1) for one in waiting)
    assert bank.owner in {one.claimed_by for one in ended} and all(one.closed_at < NOW for one in ended)
    spoken = [one for one in ended if one.outcome in rules.CONTACTS]
    assert Contact.objects.count() == len(spoken) < len(ended)
    assert selectors.waiting(bank.owner, "closed")[0].reliability.useful
