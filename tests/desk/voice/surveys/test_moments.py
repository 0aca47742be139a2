"""Moments are taken once, a bad row stops no other, and each live survey's decision on each is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from desk.small_bank import SmallBank
from desk.voice.surveys.conftest import NOW, Live, moment, send
from tenure.desk.control.errors import NotAllowed, Unacceptable
from tenure.desk.parties.models import Customer
from tenure.desk.voice.surveys import listeners, moment_services
from tenure.desk.voice.surveys.models import Invitation, Occasion


def outcomes() -> dict[str, str]:
    return dict(Invitation.objects.values_list("party_id", "outcome"))


def test_everyone_who_could_have_been_asked_has_a_row(bank: SmallBank, live: Live) -> None:
    live(quota=1)
    a, b, c, d = bank.party_ids[:4]
    homes = dict(Customer.rows().values_list("party_id", "org_path"))
    Customer.rows().filter(party_id=b).update(consent_experience=False)
    Customer.rows().filter(party_id=c).update(phone=None, email=None)
    told = send(bank, *[moment(one, NOW - timedelta(minutes=9 - n), org_id="S1") for n, one in enumerate((a, b, c, d))])
    assert (told.taken, told.known, told.asked, told.refused) == (4, 0, 1, [])
    assert outcomes() == {a: "drawn", b: "no_consent", c: "no_channel", d: "quota"}
    one = Invitation.objects.get(party_id=a)
    assert (one.channel, one.state, one.token_hash) == ("sms", "waiting", None)
    assert one.expires_at == NOW + timedelta(days=14)
    assert one.org_path.endswith("/S1/") and homes[a]


def test_who_was_asked_is_left_in_peace_whatever_asks_next(bank: SmallBank, live: Live) -> None:
    live()
    live("counter-csat", "csat")
    live("app-effort", "effort", moment="app_used")
    told = send(bank, moment(bank.party_id), moment(bank.party_id), moment(bank.party_id, moment="app_used"))
    assert (told.taken, told.asked) == (3, 1)
    assert sorted(Invitation.objects.values_list("outcome", flat=True)) == ["drawn", *["fatigue"] * 4]
    later = NOW + timedelta(days=91)
    assert send(bank, moment(bank.party_id, later), now=later).asked == 1


def test_a_share_of_nobody_s_choosing(bank: SmallBank, live: Live) -> None:
    live(share="0.25")
    send(bank, *[moment(one) for one in bank.party_ids])
    drawn = {one for one, what in outcomes().items() if what == "drawn"}
    assert 0 < len(drawn) < len(bank.party_ids) / 2
    assert set(outcomes().values()) == {"drawn", "not_drawn"}


def test_sent_again_a_moment_counts_once_and_other_content_is_refused(bank: SmallBank, live: Live) -> None:
    live()
    row = moment(bank.party_id)
    assert send(bank, row).asked == 1
    again = send(bank, row, row)
    assert (again.taken, again.known, again.asked) == (0, 2, 0)
    other = send(bank, {**row, "moment": "app_used"})
    assert [(one.field, other.taken) for one in other.refused] == [("event_id", 0)]
    assert Invitation.objects.count() == Occasion.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"moment": "birthday"}, "moment"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2020-01-01T00:00:00+08:00"}, "at"),
        ({"party_id": "C999999"}, "party_id"),
        ({"org_id": "nowhere"}, "org_id"),
        ({"event_id": ""}, "event_id"),
        ({"phone": "13900000000"}, "phone"),
        ({"staff_id": ["E1"]}, "staff_id"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_taken(
    bank: SmallBank, live: Live, change: dict[str, Any], field: str
) -> None:
    live()
    told = send(bank, {**moment(bank.party_id), **change}, moment(bank.party_ids[1]))
    assert (told.taken, told.asked) == (1, 1)
    assert [(one.index, one.field) for one in told.refused] == [(0, field)]


def test_only_systems_send_moments_and_at_most_a_thousand(bank: SmallBank) -> None:
    for role in ("relationship_manager", "branch_head", "marketer", "executive"):
        with pytest.raises(NotAllowed):
            moment_services.take_moments(bank.user(role), [moment(bank.party_id)], now=NOW)
    for rows in ([], [moment(bank.party_id)] * 1001):
        with pytest.raises(Unacceptable):
            send(bank, *rows)


def test_whoever_sends_the_links_hears_of_those_drawn_and_of_no_other(
    bank: SmallBank, live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "SENDERS", (f"{__name__}.sender",))
    HEARD.clear()
    live(quota=2)
    send(bank, *[moment(one, org_id="S1") for one in bank.party_ids[:5]])
    assert set(HEARD) == set(Invitation.objects.filter(outcome="drawn").values_list("pk", flat=True))
    assert len(HEARD) == 2


HEARD: list[Any] = []


def sender(invitation_ids: list[Any], *, now: Any) -> None:
    HEARD.extend(invitation_ids)
