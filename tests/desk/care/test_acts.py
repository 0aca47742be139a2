"""Care is given once, by those who see the customer, and can be taken back on its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from desk.care.conftest import NOW, TODAY
from desk.small_bank import SmallBank
from tenure.desk.care import selectors, services
from tenure.desk.care.models import CareAct
from tenure.desk.care.selectors import CareLine, care_calendar
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.org.selectors import without_clear_values
from tenure.desk.parties.visibility import visible_to
from tenure.desk.work.models import Contact
from tenure.desk.work.selectors import todays_list
from tenure.desk.work.services import withdraw_contact

AsUser = Callable[[User], Client]
MONTH = TODAY + timedelta(days=30)


def give(user: User, line: CareLine, outcome: str = "done") -> CareAct:
    due = line.due
    return services.give_care(user, due.party_id, due.kind, due.due_on, outcome, "spoke", now=NOW)


def still_due(user: User, line: CareLine) -> bool:
    lines = care_calendar(user, TODAY, MONTH, TODAY).lines
    return line.due in [one.due for one in lines]


def test_a_manager_sees_the_care_of_their_own_customers_alone(bank: SmallBank) -> None:
    own = {row.party_id for row in visible_to(bank.owner)}
    lines = care_calendar(bank.owner, TODAY, MONTH, TODAY).lines
    assert lines
    assert {one.due.party_id for one in lines} <= own
    assert {one.due.kind for one in lines} >= {"rhythm", "maturity", "birthday"}


def test_a_branch_head_sees_gold_and_above_or_one_managers_whole_care(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    whole = care_calendar(head, TODAY, MONTH, TODAY)
    assert whole.whole_branch
    assert {one.tier for one in whole.lines} <= {"gold", "platinum", "diamond", "private"}
    one = care_calendar(head, TODAY, MONTH, TODAY, rm="E2011")
    assert [line.due for line in one.lines] == [
        line.due for line in care_calendar(bank.owner, TODAY, MONTH, TODAY).lines
    ]
    assert care_calendar(head, TODAY, MONTH, TODAY, rm="E3011").lines == []


def test_those_who_deal_with_no_customer_see_no_care(bank: SmallBank) -> None:
    for role in ("marketer", "executive", "analyst", "administrator"):
        assert care_calendar(bank.user(role), TODAY, MONTH, TODAY).lines == []


def test_a_token_without_clear_values_hears_of_no_birthday(bank: SmallBank) -> None:
    lines = care_calendar(without_clear_values(bank.owner), TODAY, MONTH, TODAY).lines
    assert lines and not {one.due.kind for one in lines} & {"birthday", "lunar_birthday"}
    assert all("*" in one.name for one in lines)


def test_giving_care_logs_a_contact_and_settles_it(bank: SmallBank, line: CareLine) -> None:
    act = give(bank.owner, line)
    contact = Contact.objects.get()
    assert act.contact == contact
    assert (contact.party_id, contact.purpose, contact.words) == (line.due.party_id, "care:rhythm", "spoke")
    assert not still_due(bank.owner, line)
    assert list(AuditEvent.objects.order_by("id").values_list("act", flat=True)) == ["contact.log", "care.give"]


def test_one_contact_settles_the_care_and_the_entry_that_asks_for_it(bank: SmallBank) -> None:
    lines = care_calendar(bank.owner, TODAY, MONTH, TODAY, kind="maturity").lines
    line = next(one for one in lines if todays_entry(bank.owner, one) is not None)
    act = give(bank.owner, line)
    assert act.contact is not None and act.contact.proposal_key.startswith(f"maturity:{line.due.party_id}:")
    assert todays_entry(bank.owner, line) is None
    services.undo_care(bank.owner, line.due.party_id, "maturity", line.due.due_on, now=NOW)
    assert todays_entry(bank.owner, line) is not None


def todays_entry(user: User, line: CareLine) -> str | None:
    return next(
        (e.key for e in todays_list(user, TODAY) if e.rule == "maturity" and e.party_id == line.due.party_id), None
    )


def test_a_contact_of_any_kind_moves_the_rhythm_on(bank: SmallBank, line: CareLine) -> None:
    from tenure.desk.work.services import log_contact

    log_contact(bank.owner, line.due.party_id, "call", "done", now=NOW)
    assert not still_due(bank.owner, line)


def test_care_is_settled_once(bank: SmallBank, line: CareLine) -> None:
    give(bank.owner, line)
    with pytest.raises(Conflict, match=bank.owner.name):
        give(bank.owner, line)
    with pytest.raises(Conflict, match=bank.owner.name):
        services.skip_care(
            bank.user("branch_head"), line.due.party_id, line.due.kind, line.due.due_on, "no need", now=NOW
        )
    assert Contact.objects.count() == 1


def test_skipped_care_says_why_and_contacts_nobody(bank: SmallBank, line: CareLine) -> None:
    due = line.due
    with pytest.raises(Unacceptable):
        services.skip_care(bank.owner, due.party_id, due.kind, due.due_on, " ", now=NOW)
    services.skip_care(bank.owner, due.party_id, due.kind, due.due_on, "abroad until autumn", now=NOW)
    assert not Contact.objects.exists() and not still_due(bank.owner, line)
    assert AuditEvent.objects.get(act="care.skip").reason == "abroad until autumn"


def test_an_act_is_taken_back_with_its_contact(bank: SmallBank, line: CareLine) -> None:
    due = line.due
    give(bank.owner, line)
    with pytest.raises(Conflict):
        services.undo_care(bank.user("branch_head"), due.party_id, due.kind, due.due_on, now=NOW)
    with pytest.raises(Conflict):
        services.undo_care(bank.owner, due.party_id, due.kind, due.due_on, now=NOW + timedelta(days=1))
    services.undo_care(bank.owner, due.party_id, due.kind, due.due_on, now=NOW)
    assert Contact.objects.get().withdrawn_at == NOW and still_due(bank.owner, line)
    give(bank.owner, line)


def test_care_whose_contact_was_withdrawn_is_due_again(bank: SmallBank, line: CareLine) -> None:
    act = give(bank.owner, line)
    assert act.contact is not None
    withdraw_contact(bank.owner, act.contact.pk, now=NOW)
    assert still_due(bank.owner, line)
    assert give(bank.owner, line).contact != act.contact


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_others_do_not_know_the_customer(bank: SmallBank, line: CareLine, who: str) -> None:
    due = line.due
    for act in (
        lambda user: give(user, line),
        lambda user: services.skip_care(user, due.party_id, due.kind, due.due_on, "why not", now=NOW),
        lambda user: services.undo_care(user, due.party_id, due.kind, due.due_on, now=NOW),
    ):
        with pytest.raises(NotFound):
            act(getattr(bank, who))
    with pytest.raises(NotAllowed):
        give(bank.user("marketer"), line)


def test_care_that_is_not_due_is_not_given(bank: SmallBank, line: CareLine) -> None:
    due = line.due
    for kind, day in (("rhythm", due.due_on + timedelta(days=1)), ("nonsense", due.due_on)):
        with pytest.raises(NotFound):
            services.give_care(bank.owner, due.party_id, kind, day, "done", now=NOW)
    assert not Contact.objects.exists()


def test_a_refused_contact_settles_nothing(bank: SmallBank, line: CareLine) -> None:
    with pytest.raises(Unacceptable):
        give(bank.owner, line, outcome="shouted")
    assert not CareAct.objects.exists()


def test_at_the_desk_one_click_gives_care_and_one_takes_it_back(bank: SmallBank, as_user: AsUser) -> None:
    today = timezone.localdate()
    line = care_calendar(bank.owner, today, today, today, kind="rhythm").lines[0]
    due, client = line.due, as_user(bank.owner)
    assert line.name in client.get("/care/").content.decode()
    form = {"care": due.kind, "due_on": due.due_on.isoformat(), "outcome": "done"}
    part = client.post(f"/care/line/{due.party_id}/give", form, headers={"HX-Request": "true"})
    assert part.status_code == 200 and "settled" in part.content.decode()
    again = client.post(f"/care/line/{due.party_id}/give", form, headers={"HX-Request": "true"})
    assert again.status_code == 409
    back = client.post(f"/care/line/{due.party_id}/undo", form, headers={"HX-Request": "true"})
    assert back.status_code == 200 and "settled" not in back.content.decode()
    assert selectors.care_line(bank.owner, due.party_id, due.kind, due.due_on, today)


def test_the_api_gives_care_and_refuses_too_long_a_window(bank: SmallBank, as_user: AsUser) -> None:
    client, today = as_user(bank.owner), timezone.localdate()
    found = client.get("/api/v1/care", {"since": today.isoformat(), "until": today.isoformat()}).json()
    one = next(line for line in found if line["kind"] == "rhythm")
    body = {"party_id": one["party_id"], "kind": "rhythm", "due_on": one["due_on"], "outcome": "interested"}
    given = client.post("/api/v1/care/given", body, content_type="application/json")
    assert given.status_code == 201 and given.json()["state"] == "done"
    long = client.get("/api/v1/care", {"since": "2026-01-01", "until": "2026-12-31"})
    assert long.status_code == 422
