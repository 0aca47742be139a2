"""An introduction from the request to the thanks: who may, once and in order, and what is kept of people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from desk.network.conftest import ANOTHER, INTRODUCER, NEWCOMER, NOW, TODAY, Asked, tie
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.network import selectors, services, worth
from tenure.desk.network.models import Introduction
from tenure.desk.opportunities.services import open_opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer

AsUser = Callable[[User], Client]


def _named(one: Introduction, user: User, **told: Any) -> Introduction:
    given: dict[str, Any] = {"name": "赵敏", "phone": "13800000000", "may_call": True, "version": one.version} | told
    return services.note_named(user, one.pk, **given, now=NOW)


def test_the_whole_way_from_the_request_to_the_thanks(alone: SmallBank, asked: Asked) -> None:
    owner, one = alone.owner, asked(target_id=NEWCOMER)
    one = _named(one, owner, name="", phone="", party_id=NEWCOMER)
    one = services.contacted(owner, one.pk, version=one.version, now=NOW)
    business = open_opportunity(owner, NEWCOMER, "deposit", "deposit", 1_000_000, "call", TODAY, now=NOW)
    one = services.convert(owner, one.pk, NEWCOMER, business.pk, version=one.version, now=NOW)
    one = services.thank(owner, one.pk, "visit", version=one.version, now=NOW)
    assert (one.state, one.converted_id, one.opportunity_id) == ("converted", NEWCOMER, business.pk)
    balance = selectors.balances([INTRODUCER])[INTRODUCER]
    assert (balance.asked, balance.given, balance.converted, balance.thanks_owed) == (1, 1, 1, 0)
    acts = AuditEvent.objects.filter(object_id=str(one.pk)).order_by("pk").values_list("act", flat=True)
    assert list(acts) == [f"introduction.{act}" for act in ("ask", "name", "contact", "convert", "thank")]


def test_of_a_customer_from_before_only_business_comes_of_an_introduction(alone: SmallBank, asked: Asked) -> None:
    owner, one = alone.owner, asked()
    one = _named(one, owner, name="", phone="", party_id=ANOTHER)
    Customer.rows().filter(party_id=ANOTHER).update(since=TODAY - timedelta(days=900))
    with pytest.raises(Unacceptable) as no:
        services.convert(owner, one.pk, ANOTHER, version=one.version, now=NOW)
    assert no.value.field == "opportunity_id"
    assert Introduction.objects.get(pk=one.pk).state == "given"
    business = open_opportunity(owner, ANOTHER, "deposit", "deposit", 1_000_000, "call", TODAY, now=NOW)
    assert services.convert(owner, one.pk, ANOTHER, business.pk, version=one.version, now=NOW).state == "converted"


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_nobody_but_who_sees_the_introducer_finds_it(alone: SmallBank, asked: Asked, who: str) -> None:
    one, other = asked(), getattr(alone, who)
    with pytest.raises(NotFound):
        selectors.introduction(other, one.pk)
    for act in (
        lambda: _named(one, other),
        lambda: services.contacted(other, one.pk, version=1, now=NOW),
        lambda: services.convert(other, one.pk, NEWCOMER, version=1, now=NOW),
        lambda: services.end(other, one.pk, "not_now", version=1, now=NOW),
        lambda: services.thank(other, one.pk, "call", version=1, now=NOW),
        lambda: services.ask(other, INTRODUCER, "anyone", now=NOW),
        lambda: services.note_unasked(other, INTRODUCER, "赵敏", may_call=True, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_who_only_looks_may_not_act(alone: SmallBank, asked: Asked) -> None:
    one, auditor = asked(), alone.user("auditor")
    assert selectors.introduction(auditor, one.pk).state == "asked"
    with pytest.raises(NotAllowed):
        services.end(auditor, one.pk, "not_now", version=1, now=NOW)


def test_a_refusal_of_marketing_and_an_open_complaint_forbid_to_ask(alone: SmallBank, asked: Asked) -> None:
    mine = Customer.models["a"].objects
    mine.filter(party_id=INTRODUCER).update(consent_marketing=False)
    mine.filter(party_id=ANOTHER).update(open_complaints=1)
    for introducer in (INTRODUCER, ANOTHER):
        with pytest.raises(Unacceptable):
            asked(introducer_id=introducer)
    assert Introduction.objects.count() == 0


def test_nobody_is_asked_again_before_the_rhythm_says_nor_before_the_thanks(alone: SmallBank, asked: Asked) -> None:
    owner, one = alone.owner, asked()
    with pytest.raises(Conflict, match=r"等待答复|awaited"):
        asked(about="another")
    one = _named(one, owner)
    later = NOW + timedelta(days=200)
    with pytest.raises(Conflict, match=r"致谢|thank you"):
        asked(about="another", now=later)
    one = services.thank(owner, one.pk, "call", version=one.version, now=NOW)
    with pytest.raises(Conflict):
        asked(about="another", now=NOW + timedelta(days=89))
    assert asked(about="another", now=NOW + timedelta(days=90)).state == "asked"


def test_a_no_gives_them_half_a_year(alone: SmallBank, asked: Asked) -> None:
    services.end(alone.owner, asked().pk, "unwilling", version=1, now=NOW)
    with pytest.raises(Conflict):
        asked(now=NOW + timedelta(days=179))
    assert asked(now=NOW + timedelta(days=180)).state == "asked"


def test_a_name_is_kept_only_of_who_agreed_to_be_called(alone: SmallBank, asked: Asked) -> None:
    one = asked()
    with pytest.raises(Unacceptable):
        _named(one, alone.owner, may_call=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Introduction.objects.filter(pk=one.pk).update(state="given", given_on=TODAY, given_name="赵敏")


def test_an_end_erases_name_and_phone_and_a_conversion_the_phone(alone: SmallBank, asked: Asked) -> None:
    ended = _named(asked(), alone.owner)
    services.end(alone.owner, ended.pk, "no_interest", version=ended.version, now=NOW)
    ended.refresh_from_db()
    assert (ended.given_name, ended.given_phone, ended.state) == ("", "", "ended")
    became = _named(asked(introducer_id=ANOTHER), alone.owner)
    became = services.convert(alone.owner, became.pk, NEWCOMER, version=became.version, now=NOW)
    assert (became.given_name, became.given_phone) == ("赵敏", "")


def test_names_and_phones_are_never_in_the_trail(alone: SmallBank, asked: Asked) -> None:
    _named(asked(), alone.owner)
    assert not [e for e in AuditEvent.objects.all() if "赵敏" in str(e.changes) or "13800000000" in str(e.changes)]


def test_who_may_not_see_phones_sees_stars(alone: SmallBank, asked: Asked, as_user: AsUser) -> None:
    one = _named(asked(), alone.owner)
    assert "13800000000" in as_user(alone.owner).get(f"/network/introductions/{one.pk}/").content.decode()
    for role, name_too in (("executive", False), ("analyst", False), ("complaint_handler", True)):
        page = as_user(alone.user(role)).get(f"/network/introductions/{one.pk}/").content.decode()
        assert ("13800000000" in page) == ("赵敏" in page) == name_too, role


def test_a_customer_comes_through_one_introduction(alone: SmallBank, asked: Asked) -> None:
    first, second = _named(asked(), alone.owner), _named(asked(introducer_id=ANOTHER), alone.owner)
    services.convert(alone.owner, first.pk, NEWCOMER, version=first.version, now=NOW)
    with pytest.raises(Conflict):
        services.convert(alone.owner, second.pk, NEWCOMER, version=second.version, now=NOW)


def test_an_opportunity_of_somebody_else_came_of_nothing(alone: SmallBank, asked: Asked) -> None:
    one = _named(asked(), alone.owner)
    business = open_opportunity(alone.owner, ANOTHER, "deposit", "deposit", 1_000_000, "call", TODAY, now=NOW)
    with pytest.raises(Unacceptable):
        services.convert(alone.owner, one.pk, NEWCOMER, business.pk, version=one.version, now=NOW)


def test_nobody_introduces_themselves(alone: SmallBank, asked: Asked) -> None:
    with pytest.raises(Unacceptable):
        asked(target_id=INTRODUCER)
    one = _named(asked(), alone.owner)
    with pytest.raises(Unacceptable):
        services.convert(alone.owner, one.pk, INTRODUCER, version=one.version, now=NOW)


def test_the_same_click_again_changes_nothing(alone: SmallBank, asked: Asked) -> None:
    one = asked(external_id="form-1")
    assert asked(external_id="form-1").pk == one.pk
    named = _named(one, alone.owner)
    again = _named(one, alone.owner)
    assert again.version == named.version == 2
    for _twice in range(2):
        services.thank(alone.owner, one.pk, "call", version=2, now=NOW)
    assert Introduction.objects.get().version == 3
    assert AuditEvent.objects.filter(act__startswith="introduction.").count() == 3


def test_who_comes_second_is_told_who_was_first_and_may_send_again(
    alone: SmallBank, asked: Asked, as_user: AsUser
) -> None:
    one = asked()
    head = alone.user("branch_head")
    _named(one, head)
    form = {"version": "1", "name": "钱进", "may_call": "1"}
    answer = as_user(alone.owner).post(f"/network/introductions/{one.pk}/named", form, headers={"HX-Request": "true"})
    assert answer.status_code == 409 and answer["X-Version"] == "2" and head.name in answer.content.decode()


def test_what_came_through_a_customer_adds_up_those_one_sees(alone: SmallBank, asked: Asked) -> None:
    one = _named(asked(), alone.owner)
    services.convert(alone.owner, one.pk, NEWCOMER, version=one.version, now=NOW)
    tie("C000013", INTRODUCER, "referrer")
    tie("C000006", INTRODUCER, "referrer")  # another branch's: counted, not added up
    found = worth.worth_of(alone.owner, INTRODUCER)
    seen = {"C000013", NEWCOMER}
    assert {each.row.party_id for each in found.came} == seen and found.elsewhere == 1
    rows = Customer.rows().filter(party_id__in=seen)
    assert found.aum == sum(row.aum_month_average for row in rows)
    assert {each.row.party_id for each in found.came if each.noted} == {NEWCOMER}


def test_shares_count_only_what_is_settled(alone: SmallBank, asked: Asked) -> None:
    one = _named(asked(), alone.owner)
    services.convert(alone.owner, one.pk, NEWCOMER, version=one.version, now=NOW)
    asked(introducer_id=ANOTHER)  # under way: neither success nor failure
    found = worth.branch_worth(alone.user("branch_head"), TODAY)
    assert (found.whole.asked, found.whole.named.of, found.whole.converted.of) == (2, 1, 1)
    assert found.whole.named.low is not None and 0 < found.whole.named.low < 1
    assert found.stock.asked == 2 and found.stock.gave == 1 and found.came == 1
    assert worth.branch_worth(alone.stranger, TODAY).whole.asked == 0


def test_the_list_shows_whom_to_thank(alone: SmallBank, asked: Asked, as_user: AsUser) -> None:
    one = _named(asked(), alone.owner)
    asked(introducer_id=ANOTHER)
    page = as_user(alone.owner).get("/network/", {"thanks": "1"}).content.decode()
    assert f"/network/introductions/{one.pk}/" in page and page.count("data-row") == 1


def test_one_introduction_is_not_called_introductions(alone: SmallBank, asked: Asked, as_user: AsUser) -> None:
    asked()
    client = as_user(alone.owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "1 introduction ·" in client.get("/network/").content.decode()
    asked(introducer_id=ANOTHER)
    assert "2 introductions ·" in client.get("/network/").content.decode()


def test_a_form_pressed_on_a_way_notes_the_request(alone: SmallBank, as_user: AsUser) -> None:
    tie(NEWCOMER, INTRODUCER, "spouse")
    client = as_user(alone.owner)
    assert f"/network/customer/{INTRODUCER}/ask" in client.get(f"/network/to/{NEWCOMER}/").content.decode()
    form = {"target_id": NEWCOMER, "external_id": "way-1"}
    for _twice in range(2):
        assert client.post(f"/network/customer/{INTRODUCER}/ask", form).status_code == 302
    made = Introduction.objects.get()
    assert (made.target_id, made.state, made.owner) == (NEWCOMER, "asked", alone.owner.staff_id)


def test_thanks_owed_stand_on_today_until_they_are_said(
    alone: SmallBank, asked: Asked, as_user: Callable[[User], Client]
) -> None:
    owner = as_user(alone.owner)
    assert "/today/waiting" in owner.get("/today/").content.decode()
    one = _named(asked(), alone.owner)
    part = owner.get("/today/waiting").content.decode()
    assert f"/network/introductions/{one.pk}/" in part
    for other in (alone.colleague, alone.stranger, alone.user("executive")):
        assert str(one.pk) not in as_user(other).get("/network/thanks").content.decode()
    services.thank(alone.owner, one.pk, "call", version=one.version, now=NOW)
    assert str(one.pk) not in owner.get("/network/thanks").content.decode()
