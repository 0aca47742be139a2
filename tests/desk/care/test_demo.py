"""The demo's two events are made once, with guests who answered and guests who came."""

from __future__ import annotations

from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.care.demo import make_demo_events
from tenure.desk.care.models import Event, Invitation


def test_the_demos_events_are_made_once(bank: SmallBank) -> None:
    now = timezone.now()
    made = make_demo_events(bank.owner.username, now)
    assert {one.pk for one in make_demo_events(bank.owner.username, now)} == {one.pk for one in made}
    assert Event.objects.count() == 2
    states = set(Invitation.objects.values_list("state", flat=True))
    assert {"attended", "accepted", "declined", "invited"} <= states
    assert make_demo_events("nobody", now) == []
