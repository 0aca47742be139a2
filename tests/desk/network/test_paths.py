"""Who can introduce me to…: the strongest way first, nothing told of others' customers, hubs not walked blindly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk.network.conftest import ANOTHER, INTRODUCER, NEWCOMER, TODAY, tie
from desk.small_bank import SmallBank
from tenure.desk.control.models import Consent
from tenure.desk.network import paths
from tenure.desk.network.paths import Found, ways_to
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import visible_to

AsUser = Callable[[User], Client]
#: Customers of another branch, whom the owner does not see; a company of the colleague's.
FAR, FARTHER = "C000006", "C000012"


def _to(user: User, party_id: str) -> Found:
    return ways_to(user, Customer.rows().get(party_id=party_id), TODAY)


def _chain(found: Found, place: int = 0) -> list[str | None]:
    every = [*found.ways, *found.hindered]
    return [stop.row.party_id if stop.row is not None else None for stop in every[place].stops]


def test_a_customers_spouse_is_met_through_them(alone: SmallBank) -> None:
    tie(INTRODUCER, NEWCOMER, "spouse")
    found = _to(alone.owner, NEWCOMER)
    assert _chain(found) == [INTRODUCER, NEWCOMER]
    assert [stop.kind for stop in found.ways[0].stops] == ["", "spouse"]


def test_a_tie_is_found_from_whichever_end_the_file_tells_it(alone: SmallBank) -> None:
    tie("C000015", INTRODUCER, "legal_representative")  # told by the company alone
    to_company = _to(alone.user("executive"), "C000015")
    assert _chain(to_company) == [INTRODUCER, "C000015"]
    assert to_company.ways[0].stops[1].kind == "represented"
    to_person = _to(alone.user("executive"), INTRODUCER)
    assert to_person.ways[0].stops[1].kind == "legal_representative"


def test_the_stronger_way_comes_first(alone: SmallBank) -> None:
    tie(NEWCOMER, INTRODUCER, "spouse")
    tie(NEWCOMER, ANOTHER, "supplier")
    Customer.models["a"].objects.filter(party_id__in=(INTRODUCER, ANOTHER)).update(last_contact_on=TODAY, tier="gold")
    found = _to(alone.owner, NEWCOMER)
    assert [way.introducer.party_id for way in found.ways] == [INTRODUCER, ANOTHER]
    Customer.models["a"].objects.filter(party_id=INTRODUCER).update(last_contact_on=TODAY - timedelta(days=900))
    found = _to(alone.owner, NEWCOMER)
    assert [way.introducer.party_id for way in found.ways] == [ANOTHER, INTRODUCER], "who is forgotten helps less"


def test_an_old_tie_is_worth_more_than_a_new_one(alone: SmallBank) -> None:
    tie(NEWCOMER, INTRODUCER, "supplier", TODAY - timedelta(days=9 * 365))
    tie(NEWCOMER, ANOTHER, "supplier", TODAY - timedelta(days=10))
    Customer.models["a"].objects.update(last_contact_on=TODAY, tier="gold")
    found = _to(alone.owner, NEWCOMER)
    assert [way.introducer.party_id for way in found.ways] == [INTRODUCER, ANOTHER]


def test_three_ties_are_walked_and_no_fourth(alone: SmallBank) -> None:
    for one, other in ((INTRODUCER, FAR), (FAR, FARTHER), (FARTHER, "C000018"), ("C000018", "C000021")):
        tie(one, other, "sibling")
    assert _chain(_to(alone.owner, "C000018")) == [INTRODUCER, None, None, None]
    assert _to(alone.owner, "C000021").ways == []


def test_of_others_customers_only_the_branch_and_whom_to_ask_is_told(alone: SmallBank, as_user: AsUser) -> None:
    tie(INTRODUCER, FAR, "sibling")
    tie(FAR, NEWCOMER, "spouse")
    found = _to(alone.owner, NEWCOMER)
    hidden = found.ways[0].stops[1]
    assert hidden.row is None and hidden.label == "" and hidden.ask == "朱明"
    page = as_user(alone.owner).get(f"/network/to/{NEWCOMER}/").content.decode()
    assert FAR not in page and Customer.rows().get(party_id=FAR).phone not in page
    assert "滨江支行" in page and "朱明" in page


def test_a_tie_between_two_strangers_has_no_name(alone: SmallBank) -> None:
    tie(INTRODUCER, FAR, "sibling")
    tie(FAR, FARTHER, "guarantor")
    stops = _to(alone.owner, FARTHER).ways[0].stops
    assert [stop.kind for stop in stops] == ["", "sibling", ""]


def test_nobody_else_is_told_whose_customers_are_near(alone: SmallBank) -> None:
    tie(INTRODUCER, NEWCOMER, "spouse")
    found = _to(alone.stranger, NEWCOMER)
    assert found.ways == [] and found.hindered == []


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_a_way_to_a_customer_who_is_not_theirs_is_not_there(alone: SmallBank, as_user: AsUser, who: str) -> None:
    assert as_user(getattr(alone, who)).get(f"/network/to/{INTRODUCER}/").status_code == 404


def test_who_refused_or_complains_is_near_but_not_asked(alone: SmallBank) -> None:
    tie(NEWCOMER, INTRODUCER, "spouse")
    tie(NEWCOMER, ANOTHER, "sibling")
    Customer.models["a"].objects.filter(party_id=INTRODUCER).update(consent_marketing=False)
    Customer.models["a"].objects.filter(party_id=ANOTHER).update(open_complaints=1)
    found = _to(alone.owner, NEWCOMER)
    assert found.ways == []
    assert {way.introducer.party_id: way.hindrance for way in found.hindered} == {
        INTRODUCER: "refused",
        ANOTHER: "complaint",
    }


def test_a_refusal_said_at_the_desk_counts_at_once(alone: SmallBank) -> None:
    tie(NEWCOMER, INTRODUCER, "spouse")
    said = {"purpose": "marketing", "given": False, "bank_said": True, "way": "phone"}
    Consent.objects.create(party_id=INTRODUCER, **said, noted_by=alone.owner, noted_at=timezone.now())
    assert [way.hindrance for way in _to(alone.owner, NEWCOMER).hindered] == ["refused"]


def test_of_a_company_of_thousands_only_ones_own_people_are_looked_at(alone: SmallBank) -> None:
    head = alone.user("executive")
    crowd = Customer.models["a"]
    one = crowd.objects.get(party_id="C000030")
    made = []
    for number in range(3000):
        made.append(crowd(**{f.name: getattr(one, f.name) for f in crowd._meta.concrete_fields}))
        made[-1].party_id, made[-1].employer_id, made[-1].org_path = f"X{number:06d}", "C000015", "/HQ/B1/S2/"
        made[-1].lead_staff_id, made[-1].kind = "E3011", "person"
    crowd.objects.bulk_create(made)
    crowd.objects.filter(party_id=INTRODUCER).update(employer_id="C000015")
    found = _to(alone.owner, "C000015")
    assert _chain(found) == [INTRODUCER, None] and found.cut
    with CaptureQueriesContext(connection) as few:
        _to(alone.owner, NEWCOMER)
    with CaptureQueriesContext(connection) as many:
        _to(head, "C000015")
    assert len(many) <= len(few) + 12, "a hub costs rows, bounded, and no queries of its own"


def test_a_walk_costs_the_same_queries_however_many_stand_there(alone: SmallBank) -> None:
    theirs = [one for one in visible_to(alone.owner).values_list("party_id", flat=True) if one != NEWCOMER]
    tie(NEWCOMER, theirs[0], "supplier")
    with CaptureQueriesContext(connection) as one:
        _to(alone.owner, NEWCOMER)
    for other in theirs[1:]:
        tie(NEWCOMER, other, "supplier")
    with CaptureQueriesContext(connection) as many:
        found = _to(alone.owner, NEWCOMER)
    assert len(many) <= len(one) and len(found.ways) == paths.SHOWN


def test_a_company_is_found_by_its_whole_name_and_no_less(alone: SmallBank, as_user: AsUser) -> None:
    Customer.models["a"].objects.filter(party_id="C000030").update(
        name="台州椒江医药有限公司", name_key="台州椒江医药有限公司", org_path="/HQ/B1/S2/", org_id="S2"
    )
    tie("C000030", INTRODUCER, "supplier")
    client = as_user(alone.owner)
    whole = client.get("/network/paths", {"q": "台州椒江医药有限公司"}).content.decode()
    assert INTRODUCER in whole and "滨江支行" in whole
    part = client.get("/network/paths", {"q": "台州椒江医药"}).content.decode()
    assert INTRODUCER not in part
    person = Customer.rows().get(party_id=FAR)
    assert paths.company_named(person.name) is None, "of people outside their reach nobody learns by a name"
