"""An opportunity that came of a signal: linked once, on both sides, only from a signal somebody has taken on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from desk.opportunities.conftest import NOW, TODAY, Opened
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.visibility import visible_to
from tenure.desk.signals import services as signals
from tenure.desk.signals.models import Signal

AsUser = Callable[[User], Client]
PART = {"HX-Request": "true"}


@pytest.fixture
def signal(bank: SmallBank) -> Signal:
    """A teller heard the owner's customer ask about loans, and the owner has taken it on."""
    told = signals.add_signal(bank.user("teller"), bank.party_id, ["asks_loan"], now=NOW)
    return signals.claim(bank.owner, told.pk, now=NOW)


def test_it_is_linked_on_both_sides_and_once(bank: SmallBank, signal: Signal, opened: Opened) -> None:
    told = {"source": "seen", "source_key": str(signal.pk)}
    one = opened(**told, external_id="form-1")
    assert opened(**told, external_id="form-1").pk == one.pk, "a double click"
    signal.refresh_from_db()
    assert (signal.led_to, one.source_key) == (one.pk, str(signal.pk))
    assert AuditEvent.objects.get(act="signal.lead_to").changes["opportunity"] == str(one.pk)
    with pytest.raises(Conflict):
        opened(**told)
    assert Opportunity.objects.count() == 1, "what is refused leaves no opportunity behind"


def test_only_from_a_signal_about_this_customer_that_somebody_has_taken_on(
    bank: SmallBank, signal: Signal, opened: Opened
) -> None:
    new = signals.add_signal(bank.user("teller"), bank.party_id, ["leaving"], now=NOW)
    with pytest.raises(Conflict):
        opened(source="seen", source_key=str(new.pk))
    other = visible_to(bank.owner).exclude(party_id=bank.party_id).first()
    with pytest.raises(NotFound):
        opened(source="seen", source_key=str(signal.pk), party_id=other.party_id)
    with pytest.raises(Unacceptable):
        opened(source="seen", source_key="a hunch")
    assert not Opportunity.objects.exists()


def test_the_signal_offers_it_and_then_leads_to_it(bank: SmallBank, signal: Signal, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    listed = client.get(f"/signals/customer/{bank.party_id}").content.decode()
    assert f"?signal={signal.pk}#opportunities" in listed
    assert f"new?signal={signal.pk}" in client.get(f"/customers/{bank.party_id}/?signal={signal.pk}").content.decode()
    form = client.get(f"/opportunities/customer/{bank.party_id}/new?signal={signal.pk}", headers=PART).content.decode()
    assert str(signal.pk) in form and 'value="seen" selected' in form
    asked = {"kind": "loan", "title": "经营贷", "amount": "300000", "next_step": "约谈", "once": "f1", "source": "seen"}
    asked |= {"next_step_on": (TODAY + timedelta(days=2)).isoformat(), "source_key": str(signal.pk)}
    assert client.post(f"/opportunities/customer/{bank.party_id}/new", asked, headers=PART).status_code == 200
    one = Opportunity.objects.get()
    assert f"/opportunities/{one.pk}/" in client.get(f"/signals/customer/{bank.party_id}").content.decode()
    assert "#signals" in client.get(f"/opportunities/{one.pk}/").content.decode()


def test_a_signal_is_told_in_two_taps_from_the_search_and_the_lobby(bank: SmallBank, as_user: AsUser) -> None:
    teller = as_user(bank.user("teller"))
    address = f"/signals/add/{bank.party_id}"
    assert f'hx-get="{address}"' in teller.get(f"/customers/find?q={bank.party_id}").content.decode()
    assert f'hx-get="{address}"' in teller.get(f"/lobby/card/{bank.party_id}/").content.decode()
    part = teller.get(address, headers=PART).content.decode()
    assert 'name="traits" value="asks_loan"' in part and "<html" not in part
    form = part.split('name="form" value="')[1].split('"')[0]
    for _tap in range(2):
        told = teller.post(address, {"form": form, "traits": "asks_loan"}, headers=PART)
        assert told.status_code == 200 and "询问贷款" in told.content.decode()
    assert Signal.objects.count() == 1
    reader = as_user(bank.user("marketer"))
    assert "signals/add" not in reader.get(f"/customers/find?q={bank.party_id}").content.decode()
    assert as_user(bank.stranger).get(address, headers=PART).status_code == 404
