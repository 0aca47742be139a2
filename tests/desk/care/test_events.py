"""Events: who may be invited, seats that run out, and who came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from desk.care.conftest import NOW, TODAY
from desk.small_bank import SmallBank
from tenure.desk.care import event_selectors
from tenure.desk.care import event_services as services
from tenure.desk.care.models import Event, Invitation
from tenure.desk.control import services as control
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.parties.filters import CustomerFilter
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import visible_to
from tenure.desk.work.models import Contact
from tenure.desk.work.services import withdraw_contact

AsUser = Callable[[User], Client]
DAY = TODAY + timedelta(days=7)


def make(user: User, kind: str = "care", capacity: int = 20, key: UUID | None = None) -> Event:
    return services.make_event(user, "茶话会", kind, DAY, "西湖支行二楼", capacity, "", key or uuid4(), now=NOW)


def own(user: User, count: int = 3) -> list[str]:
    return list(visible_to(user).order_by("party_id").values_list("party_id", flat=True)[:count])


def answer(user: User, event: Event, party_id: str, state: str, version: int = 1, days: int = 0) -> Invitation:
    return services.answer_invitation(user, event.pk, party_id, state, version, now=NOW + timedelta(days=days))


def test_an_event_is_made_once_and_seen_at_its_branch_above_and_below(bank: SmallBank) -> None:
    key = uuid4()
    event = make(bank.owner, key=key)
    assert make(bank.owner, key=key) == event
    for user in (bank.colleague, bank.user("branch_head"), bank.user("complaint_handler")):
        assert event_selectors.event(user, event.pk) == event
    assert event_selectors.event(bank.stranger, event.pk) is None
    assert event_selectors.event(bank.user("executive"), event.pk) is None
    with pytest.raises(NotAllowed):
        make(bank.user("analyst"))


def test_to_an_event_that_sells_only_who_agreed_is_invited_and_the_others_are_named(bank: SmallBank) -> None:
    ids = [row.party_id for row in visible_to(bank.owner)]
    refuse = set(ids[:2])
    Customer.rows().filter(party_id=ids[0]).update(consent_marketing=False)
    Customer.rows().filter(party_id=ids[1]).update(consent_marketing=None)  # was never asked
    found = services.invite(bank.owner, make(bank.owner, "seminar").pk, ids, now=NOW)
    assert {one for one, _name in found.without_consent} == refuse
    assert found.new == len(ids) - len(refuse)
    all_of_them = services.invite(bank.owner, make(bank.owner, "care").pk, ids, now=NOW)
    assert (all_of_them.new, all_of_them.without_consent) == (len(ids), [])


def test_a_customer_is_invited_once_and_strangers_are_not_known(bank: SmallBank) -> None:
    event, ids = make(bank.owner), own(bank.owner)
    services.invite(bank.owner, event.pk, ids, now=NOW)
    again = services.invite(bank.owner, event.pk, [*ids, bank.far_party_id], now=NOW)
    assert (again.new, again.before, again.unknown) == (0, 3, [bank.far_party_id])
    assert AuditEvent.objects.filter(act="event.invite").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            event=event, party_id=ids[0], invited_by=bank.owner, invited_at=NOW, changed_by=bank.owner, changed_at=NOW
        )


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_others_neither_invite_nor_answer_for_my_customers(bank: SmallBank, who: str) -> None:
    event, (party_id, *_) = make(bank.owner), own(bank.owner)
    services.invite(bank.owner, event.pk, [party_id], now=NOW)
    user = getattr(bank, who)
    with pytest.raises(NotFound):
        services.invite(user, event.pk, [party_id], now=NOW)
    with pytest.raises(NotFound):
        answer(user, event, party_id, "accepted")


def test_a_colleague_sees_that_there_are_guests_and_not_who(bank: SmallBank) -> None:
    event = make(bank.owner)
    services.invite(bank.owner, event.pk, own(bank.owner), now=NOW)
    page = event_selectors.event_page(bank.colleague, event.pk, TODAY)
    assert page is not None and (page.guests, page.hidden) == ([], 3)


def test_seats_run_out_and_a_refusal_frees_one(bank: SmallBank) -> None:
    event, (one, two, _three) = make(bank.owner, capacity=1), own(bank.owner)
    services.invite(bank.owner, event.pk, [one, two], now=NOW)
    answer(bank.owner, event, one, "accepted")
    with pytest.raises(Conflict, match="1"):
        answer(bank.owner, event, two, "accepted")
    answer(bank.owner, event, one, "declined", 2)
    assert answer(bank.owner, event, two, "accepted").state == "accepted"
    with pytest.raises(Unacceptable):
        services.change_event(bank.owner, event.pk, "x", "care", DAY, "y", 0, "", 1, now=NOW)


def test_nobody_comes_before_the_day_and_an_answer_is_noted_once(bank: SmallBank) -> None:
    event, (party_id, *_) = make(bank.owner), own(bank.owner)
    services.invite(bank.owner, event.pk, [party_id], now=NOW)
    with pytest.raises(Unacceptable):
        answer(bank.owner, event, party_id, "attended")
    assert answer(bank.owner, event, party_id, "attended", days=7).version == 2
    assert answer(bank.owner, event, party_id, "attended", days=7).version == 2  # the second click
    with pytest.raises(Conflict, match=bank.owner.name):
        answer(bank.user("branch_head"), event, party_id, "absent", 1, days=7)


def test_an_event_changed_by_another_meanwhile_is_not_overwritten(bank: SmallBank) -> None:
    event, head = make(bank.owner), bank.user("branch_head")
    services.change_event(head, event.pk, "新标题", "care", DAY, "大厅", 30, "", 1, now=NOW)
    with pytest.raises(Conflict):
        services.change_event(bank.owner, event.pk, "另一标题", "care", DAY, "大厅", 30, "", 1, now=NOW)
    with pytest.raises(NotAllowed):
        services.change_event(bank.colleague, event.pk, "x", "care", DAY, "y", 30, "", 2, now=NOW)
    services.cancel_event(bank.owner, event.pk, "场地装修", now=NOW)
    with pytest.raises(Conflict):
        services.invite(bank.owner, event.pk, own(bank.owner), now=NOW)


def test_more_than_two_hundred_are_not_invited_at_once(bank: SmallBank) -> None:
    event = make(bank.owner)
    with pytest.raises(Unacceptable, match="200"):
        services.invite(bank.owner, event.pk, [f"C{n}" for n in range(201)], now=NOW)
    found = services.invite_filtered(bank.owner, event.pk, CustomerFilter(tier="gold"), now=NOW)
    assert found.new == visible_to(bank.owner).filter(tier="gold").count() > 0


def test_at_the_desk_an_event_is_made_filled_and_ticked(bank: SmallBank, as_user: AsUser) -> None:
    client, today = as_user(bank.owner), timezone.localdate()
    form = {"title": "客户答谢", "kind": "care", "on": today.isoformat(), "place": "大厅", "capacity": "x"}
    wrong = client.post("/care/events/make", form)
    assert wrong.status_code == 422 and "客户答谢" in wrong.content.decode()
    form |= {"capacity": "10", "form_key": str(uuid4())}
    where = client.post("/care/events/make", form).headers["Location"]
    event = Event.objects.get()
    client.post(f"{where}/invite", {"party_ids": f"{bank.party_id}，{bank.far_party_id}"})
    assert bank.far_party_id in client.get(where).content.decode()  # named as not theirs
    part = client.post(
        f"{where}/guest/{bank.party_id}", {"state": "attended", "version": "1"}, headers={"HX-Request": "true"}
    )
    assert part.status_code == 200 and ">9<" in part.content.decode()
    for state, count in (("invited", 0), ("attended", 1)):  # all figures above the guests, not the seats alone
        assert f'id="count-{state}" hx-swap-oob="true">{count}<' in part.content.decode()
    assert "客户答谢" in client.get(f"/care/customer/{bank.party_id}").content.decode()
    late = client.post(f"{where}/change", {**form, "title": "改过的标题", "version": "7"})
    assert late.status_code == 409 and "改过的标题" in late.content.decode()
    assert Event.objects.get().title == event.title


def test_a_filtered_list_says_how_many_it_would_invite(bank: SmallBank, as_user: AsUser) -> None:
    client, gold = as_user(bank.owner), visible_to(bank.owner).filter(tier="gold").count()
    page = client.get("/care/events/?list=tier%3Dgold").content.decode()
    assert f"邀请列表中的 {gold} 位客户参加" in page
    event = services.make_event(
        bank.owner, "讲座", "care", timezone.localdate(), "大厅", 90, "", uuid4(), now=timezone.now()
    )
    answer = client.post("/care/events/invite-list", {"event": str(event.pk), "query": "tier=gold"})
    assert answer.status_code == 302 and Invitation.objects.filter(event=event).count() == gold
    client.post("/care/events/invite-list", {"event": str(event.pk), "query": "tier=emerald"})  # refused, not widened
    assert Invitation.objects.filter(event=event).count() == gold


def test_who_came_was_spoken_with_and_a_corrected_mark_takes_the_contact_back(bank: SmallBank) -> None:
    event, (one, two, _three) = make(bank.owner), own(bank.owner)
    services.invite(bank.owner, event.pk, [one, two], now=NOW)
    for _ in range(2):  # a double click
        answer(bank.owner, event, one, "attended", days=8)
    answer(bank.owner, event, two, "absent", days=8)
    contact = Contact.objects.get()
    assert (contact.party_id, contact.kind, contact.words) == (one, "event", event.title)
    assert timezone.localdate(contact.at) == event.on, "on the day, however late it was ticked"
    answer(bank.user("branch_head"), event, one, "absent", 2, days=9)
    contact.refresh_from_db()
    assert contact.withdrawn_at is not None
    answer(bank.owner, event, one, "attended", 3, days=9)
    assert Contact.objects.filter(withdrawn_at=None).count() == 1
    withdraw_contact(bank.owner, Contact.objects.get(withdrawn_at=None).pk, now=NOW + timedelta(days=9))
    assert answer(bank.owner, event, one, "absent", 4, days=9).state == "absent", "withdrawn by hand is withdrawn"


def test_a_mark_made_long_after_logs_no_contact(bank: SmallBank) -> None:
    event, (one, *_) = make(bank.owner), own(bank.owner)
    services.invite(bank.owner, event.pk, [one], now=NOW)
    assert answer(bank.owner, event, one, "attended", days=60).state == "attended"
    assert not Contact.objects.exists()


def test_marketing_makes_events_and_logs_no_contacts(bank: SmallBank, as_user: AsUser) -> None:
    marketer = bank.user("marketer")
    event = make(marketer)
    guest, other = own(bank.owner, 2)
    services.invite(marketer, event.pk, [guest, other], now=NOW)
    page = as_user(marketer).get(f"/care/events/{event.pk}").content.decode()
    assert guest in page and "/care/events/" in as_user(marketer).get("/customers/").content.decode()
    assert as_user(marketer).get("/care/").status_code == 403, "the calendar shows birthdays"
    answer(marketer, event, guest, "attended", days=7)
    assert not Contact.objects.exists(), "who ticks a list has spoken with nobody"
    mine = answer(bank.owner, event, other, "attended", days=7)
    assert Contact.objects.count() == 1
    with pytest.raises(NotAllowed):
        answer(marketer, event, other, "absent", version=mine.version, days=7)
    with pytest.raises(NotAllowed):
        services.cancel_event(bank.owner, event.pk, "not mine", now=NOW)
    assert services.cancel_event(marketer, event.pk, "hall closed", now=NOW).cancelled_at


def test_an_event_is_changed_and_cancelled_by_api_as_on_its_page(bank: SmallBank) -> None:
    event = make(bank.owner)
    _token, key = control.create_token(bank.owner, "crm", ["care:read", "care:write"], now=timezone.now())
    client, path = Client(headers={"Authorization": f"Bearer {key}"}), f"/api/v1/care/events/{event.pk}"
    told = {"version": 1, "title": "茶话会", "kind": "care", "on": DAY.isoformat(), "place": "三楼", "capacity": 10}
    changed = client.put(path, told, content_type="application/json").json()
    assert (changed["place"], changed["capacity"], changed["version"]) == ("三楼", 10, 2)
    assert client.put(path, told, content_type="application/json").status_code == 409
    assert client.post(f"{path}/cancel", {"reason": ""}, content_type="application/json").status_code == 422
    ended = client.post(f"{path}/cancel", {"reason": "台风"}, content_type="application/json").json()
    assert ended["cancelled_at"] is not None
    assert AuditEvent.objects.filter(act="event.cancel", reason="台风").exists()
