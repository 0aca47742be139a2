"""Who walked in: tickets arrive once, the card tells no more than it must, what was done is logged in two taps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.lobby import selectors, services
from tenure.desk.lobby.models import Reception, Ticket
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.writeback import days_to_write_back

NOW = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)  # noon at the bank
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def _take(bank: SmallBank, **other: Any) -> Ticket:
    told: dict[str, Any] = {
        "ticket_id": "m1-1",
        "org_path": "/HQ/B1/S1/",
        "number": "A017",
        "taken_at": NOW - timedelta(minutes=7),
        "service": "personal_cash",
        "party_id": bank.party_id,
        "now": NOW,
        **other,
    }
    return services.take_ticket(told.pop("user", bank.user("lobby_manager")), **told)


def _receive(bank: SmallBank, outcome: str = "served", **other: Any) -> Reception:
    told: dict[str, Any] = {"now": NOW, **other}
    return services.log_reception(
        told.pop("user", bank.user("lobby_manager")), told.pop("party_id", bank.party_id), outcome, **told
    )


def test_a_ticket_told_twice_is_one_and_a_later_state_moves_it_on(bank: SmallBank) -> None:
    first = _take(bank)
    assert _take(bank) == first and Ticket.objects.count() == 1
    assert _take(bank, state="called").state == "called"
    assert _take(bank, state="waiting").state == "called", "a late message does not turn time back"
    assert AuditEvent.objects.filter(act__startswith="ticket.").count() == 2
    with pytest.raises(Conflict):
        _take(bank, number="A018")


def test_a_tickets_waits_are_those_the_machine_tells_however_late(bank: SmallBank) -> None:
    _take(bank)
    called, ended = NOW - timedelta(minutes=4), NOW - timedelta(minutes=1)
    _take(bank, state="called", at=called)
    ticket = _take(bank, state="served", at=ended, now=NOW + timedelta(hours=3))
    assert (ticket.called_at, ticket.ended_at) == (called, ended)
    told = {row["ticket_id"]: row for day in days_to_write_back() for row in day.tables["queue_ticket"]}
    assert told["desk-m1-1"]["party_id"] == bank.party_id and told["desk-m1-1"]["org_id"] == "S1"
    for wrong in (NOW - timedelta(hours=1), NOW + timedelta(hours=1), NOW.replace(tzinfo=None)):
        with pytest.raises(Unacceptable):
            _take(bank, ticket_id="m1-2", state="called", at=wrong)


def test_a_ticket_of_another_branch_is_refused_and_seen_by_nobody_here(bank: SmallBank) -> None:
    with pytest.raises(NotFound):
        _take(bank, org_path="/HQ/B1/S2/")
    _take(bank, user=bank.stranger, org_path="/HQ/B1/S2/", party_id=bank.far_party_id)
    assert selectors.waiting(bank.user("lobby_manager"), NOW) == []
    assert len(selectors.waiting(bank.stranger, NOW)) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"service": "tea"}, "service"),
        ({"state": "lost"}, "state"),
        ({"phone_tail": "12"}, "phone_tail"),
        ({"taken_at": NOW - timedelta(days=3)}, "taken_at"),
        ({"taken_at": datetime(2026, 1, 1)}, "taken_at"),  # without its zone
        ({"number": ""}, "number"),
        ({"org_path": "/HQ/B1/S1/x"}, "org_path"),
    ],
)
def test_a_ticket_that_cannot_be_is_refused(bank: SmallBank, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Unacceptable) as no:
        _take(bank, **wrong)
    assert no.value.field == field


@pytest.mark.parametrize("role", ["marketer", "executive", "analyst", "administrator", "auditor"])
def test_the_lobby_is_for_those_who_receive(bank: SmallBank, as_user: AsUser, role: str) -> None:
    user = bank.user(role)
    for act in (
        lambda: _take(bank, user=user),
        lambda: _receive(bank, user=user),
        lambda: selectors.waiting(user, NOW),
        lambda: selectors.who(user, "C0000", NOW),
        lambda: selectors.card(user, bank.party_id, "", "en", NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert as_user(user).get("/lobby/").status_code == 403


def test_who_waits_is_named_as_far_as_the_reader_sees_them(bank: SmallBank) -> None:
    _take(bank)
    _take(bank, ticket_id="m1-2", number="A018", party_id="", phone_tail="1234")
    _take(bank, ticket_id="m1-3", number="A019", party_id="", state="served")
    name = Customer.rows().get(party_id=bank.party_id).name
    here = selectors.waiting(bank.user("teller"), NOW)
    assert [(one.ticket.number, one.name) for one in here] == [("A017", name), ("A018", "")]
    there = selectors.waiting(bank.colleague, NOW)  # of the same branch, not on the customer's team
    assert there[0].name == "" and not there[0].opens and there[0].tier == ""


def test_a_search_takes_names_numbers_tails_and_tickets(bank: SmallBank) -> None:
    lobby, row = bank.user("lobby_manager"), Customer.rows().get(party_id=bank.party_id)
    _take(bank)
    _take(bank, ticket_id="m1-2", number="B001", party_id="", phone_tail=row.phone_tail)
    for text in (row.name, row.party_id, row.phone_tail, "a017", "B001"):
        found, ticket = selectors.who(lobby, text, NOW)
        assert row.party_id in {one.party_id for one in found}, text
        assert (ticket is not None) == (text in ("a017", "B001"))
    found, _ticket = selectors.who(bank.colleague, "A017", NOW)
    assert found == []
    found, _ticket = selectors.who(lobby, row.phone_tail, NOW)
    assert all("****" in (one.phone_label or "****") for one in found), "a lobby manager cannot call them at home"


def test_the_search_works_as_a_plain_form_too(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.user("teller")).get(f"/lobby/?q={bank.party_id}").content.decode()
    assert f"/lobby/card/{bank.party_id}/" in page


def test_the_card_tells_a_tier_and_no_amounts(bank: SmallBank, as_user: AsUser) -> None:
    client, row = as_user(bank.user("teller")), Customer.rows().get(party_id=bank.party_id)
    Customer.models["a"].objects.filter(party_id=bank.party_id).update(near_tier="gold", near_gap=12_345_600)
    body = client.get(f"/api/v1/customers/{bank.party_id}/lobby-card").json()
    assert body["tier"] == row.tier and body["name"] == row.name
    assert not any(isinstance(value, int) and value > 1000 for value in body.values())
    page = client.get(f"/lobby/card/{bank.party_id}/").content.decode()
    assert "12.35" not in page and "123,456" not in page and row.phone not in page
    assert AuditEvent.objects.filter(act="customer.card", object_id=bank.party_id).count() == 2


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_the_card_of_someone_elses_customer_is_not_there(bank: SmallBank, as_user: AsUser, who: str) -> None:
    user = getattr(bank, who)
    assert as_user(user).get(f"/lobby/card/{bank.party_id}/").status_code == 404
    with pytest.raises(NotFound):
        _receive(bank, user=user)


def test_whom_to_fetch_is_at_the_desk_when_they_did_something_lately(bank: SmallBank) -> None:
    lobby = bank.user("lobby_manager")
    assert selectors.card(lobby, bank.party_id, "", "en", NOW).fetch[0].at_desk is False
    audit.record(bank.owner, "customer.list", now=NOW - timedelta(minutes=10))
    lead = selectors.card(lobby, bank.party_id, "", "en", NOW).fetch[0]
    assert (lead.staff_id, lead.role, lead.at_desk) == ("E2011", "lead", True)
    later = selectors.card(lobby, bank.party_id, "", "en", NOW + timedelta(hours=1)).fetch[0]
    assert later.at_desk is False


def test_a_reception_settles_its_ticket_and_is_written_down(bank: SmallBank) -> None:
    _take(bank, party_id="")
    kept = _receive(bank, "diverted", ticket_id="m1-1", advice="self_service", because="small", business="cash")
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.party_id) == ("served", bank.party_id)
    assert (ticket.called_at, ticket.ended_at) == (NOW, None), "whoever received them ended the wait"
    assert (kept.org_path, kept.tier, kept.waiting) == ("/HQ/B1/S1/", "basic", 0)
    assert AuditEvent.objects.get(act="reception.log").changes["outcome"] == "diverted"
    assert selectors.waiting(bank.user("lobby_manager"), NOW) == []


def test_a_tap_sent_twice_is_one_and_a_second_receiver_is_told(bank: SmallBank) -> None:
    _take(bank)
    first = _receive(bank, ticket_id="m1-1", external_id="t-1")
    assert _receive(bank, ticket_id="m1-1", external_id="t-1") == first and Reception.objects.count() == 1
    with pytest.raises(Conflict, match="韩雪"):
        _receive(bank, "fetched", ticket_id="m1-1", user=bank.user("teller"), external_id="t-2")
    with pytest.raises(Conflict):
        _receive(bank, "left", external_id="t-1")


def test_a_ticket_of_one_customer_is_not_settled_for_another(bank: SmallBank) -> None:
    _take(bank)
    with pytest.raises(Conflict):
        _receive(bank, party_id="C000002", ticket_id="m1-1")


def test_a_reception_is_taken_back_on_its_day_by_who_logged_it_and_the_ticket_waits_again(bank: SmallBank) -> None:
    _take(bank)
    kept = _receive(bank, "left", ticket_id="m1-1")
    with pytest.raises(Conflict):
        services.withdraw_reception(bank.user("teller"), kept.pk, now=NOW)
    with pytest.raises(Conflict):
        services.withdraw_reception(bank.user("lobby_manager"), kept.pk, now=NOW + timedelta(days=1))
    services.withdraw_reception(bank.user("lobby_manager"), kept.pk, now=NOW)
    services.withdraw_reception(bank.user("lobby_manager"), kept.pk, now=NOW)
    assert (Ticket.objects.get().state, Ticket.objects.get().ended_at) == ("waiting", None)
    assert AuditEvent.objects.filter(act="reception.withdraw").count() == 1
    _receive(bank, ticket_id="m1-1")


def test_what_was_done_is_told_to_those_of_the_branch(bank: SmallBank) -> None:
    _receive(bank)
    today = timezone.localdate(NOW)
    assert len(selectors.receptions(bank.user("branch_head"), today)) == 1
    assert selectors.receptions(bank.stranger, today) == []
    assert selectors.receptions(bank.colleague, today) == [], "of the branch, but not of the customer's team"


def test_two_taps_from_the_page_advise_and_log(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.user("lobby_manager"))
    page = client.get(f"/lobby/card/{bank.party_id}/advice?tap=cash_small", headers=HTMX).content.decode()
    assert "没有人排队" in page
    form = {"outcome": "served", "advice": "counter", "because": "nobody_waits", "business": "cash"}
    form["external_id"] = str(uuid4())
    for _time in range(2):
        answer = client.post(f"/lobby/card/{bank.party_id}/receive", form, headers=HTMX)
        assert answer.status_code == 200 and "柜面办理" in answer.content.decode()
    kept = Reception.objects.get()
    assert (kept.advice, kept.because, kept.business) == ("counter", "nobody_waits", "cash")


def test_the_machine_tells_of_tickets_by_api_with_its_scope(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.user("lobby_manager"))
    body = {
        "ticket_id": "x-1",
        "org_path": "/HQ/B1/S1/",
        "number": "A001",
        "taken_at": timezone.now().isoformat(),
        "service": "wealth",
        "party_id": bank.party_id,
    }
    codes = [client.post("/api/v1/tickets", body, content_type="application/json").status_code for _time in range(2)]
    assert codes == [201, 200]
    told = client.post("/api/v1/tickets", body | {"state": "called"}, content_type="application/json")
    assert told.status_code == 200 and told.json()["state"] == "called" and "party_id" not in told.json()


def test_a_program_reads_who_waits_as_the_page_shows_it(bank: SmallBank, as_user: AsUser) -> None:
    now = timezone.now()
    _take(bank, taken_at=now, now=now)
    _take(bank, ticket_id="m1-2", number="A018", party_id=bank.far_party_id, taken_at=now, now=now)
    told = as_user(bank.user("lobby_manager")).get("/api/v1/tickets").json()
    assert [(one["number"], one["party_id"]) for one in told] == [("A017", bank.party_id), ("A018", "")]
    assert told[0]["name"] and not told[1]["name"], "another branch's customer is not told"
    assert as_user(bank.user("auditor")).get("/api/v1/tickets").status_code == 403
