"""Bundles: proposed by who keeps the rules, in force when another person approves, withdrawn at once; versions stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from desk.offers.conftest import NOW, TODAY, in_force, wanted
from desk.small_bank import SmallBank
from tenure.desk.control.changes.kinds import kind_of
from tenure.desk.control.changes.services import approve
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.offers import demo, rules
from tenure.desk.offers.bundles import selectors
from tenure.desk.offers.bundles.services import propose_bundle, withdraw_bundle
from tenure.desk.offers.fitting import offered_bundles
from tenure.desk.offers.models import Bundle, Solution
from tenure.desk.org.models import User
from tenure.desk.parties.models import Product

AsUser = Callable[[User], Client]


def test_a_bundle_is_offered_only_when_a_second_person_has_approved_it(shelf: SmallBank) -> None:
    change = propose_bundle(shelf.user("marketer"), "steady-growth", wanted(), "spring", based_on=0, now=NOW)
    assert offered_bundles(TODAY) == []
    with pytest.raises(NotAllowed):
        approve(shelf.user("marketer"), change.pk, now=NOW)
    approve(shelf.user("executive"), change.pk, now=NOW)
    [one] = offered_bundles(TODAY)
    assert (one.version, one.cost, one.made_by.name) == (1, 20_000, shelf.user("marketer").name)


def test_who_keeps_no_rules_makes_and_withdraws_none(shelf: SmallBank, bundle: Bundle) -> None:
    for role in ("relationship_manager", "branch_head", "auditor"):
        with pytest.raises(NotAllowed):
            propose_bundle(shelf.user(role), "mine", wanted(), "because", based_on=0, now=NOW)
        with pytest.raises(NotAllowed):
            withdraw_bundle(shelf.user(role), bundle.code, "because", version=1, now=NOW)


def test_a_change_is_shown_line_by_line(shelf: SmallBank, bundle: Bundle) -> None:
    change = propose_bundle(shelf.user("marketer"), bundle.code, wanted(price=9_900), "dearer", based_on=1, now=NOW)
    lines = kind_of(change).lines(change, shelf.user("executive"))
    assert len(lines) == 1
    assert "99" in lines[0].after


def test_a_version_stays_as_it_was_when_another_follows(shelf: SmallBank, bundle: Bundle) -> None:
    in_force(shelf, based_on=1, price=9_900)
    bundle.refresh_from_db()
    assert (bundle.version, bundle.price) == (1, 0)
    assert [one.version for one in selectors.versions_of(shelf.owner, bundle.code, TODAY)] == [2, 1]


def test_two_versions_of_one_do_not_both_come_into_force(shelf: SmallBank, bundle: Bundle) -> None:
    change = propose_bundle(shelf.user("marketer"), bundle.code, wanted(price=100), "one", based_on=1, now=NOW)
    with pytest.raises(Conflict):
        propose_bundle(shelf.user("administrator"), bundle.code, wanted(price=200), "two", based_on=1, now=NOW)
    approve(shelf.user("executive"), change.pk, now=NOW)
    with pytest.raises(Conflict):
        propose_bundle(shelf.user("administrator"), bundle.code, wanted(price=200), "two", based_on=1, now=NOW)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name_en": " "}, "name_en"),
        ({"needs": []}, "needs"),
        ({"needs": ["wealth"]}, "needs"),
        ({"products": []}, "products"),
        ({"products": ["P99"]}, "products"),
        ({"valid_until": TODAY - timedelta(days=1), "valid_from": TODAY - timedelta(days=9)}, "valid_until"),
        ({"valid_from": TODAY + timedelta(days=9), "valid_until": TODAY}, "valid_until"),
        ({"owner": "E0000"}, "owner"),
        ({"price": -1}, "price"),
        ({"services": [("massage", "", "", 0)]}, "services"),
        ({"services": [("health", "", "", 1), ("health", "", "", 2)]}, "services"),
        ({"terms": rules.Terms(tier_least="bronze")}, "tier_least"),
        ({"terms": rules.Terms(holds=("fund",), lacks=("fund",))}, "holds"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(shelf: SmallBank, told: dict[str, Any], field: str) -> None:
    with pytest.raises(Unacceptable) as no:
        propose_bundle(shelf.user("marketer"), "steady-growth", wanted(**told), "spring", based_on=0, now=NOW)
    assert no.value.field == field


def test_a_bundle_nobody_could_be_offered_is_refused(shelf: SmallBank) -> None:
    marketer = shelf.user("marketer")
    Product.rows().filter(product_id="P03").update(sold_to="company")
    with pytest.raises(Unacceptable) as no:  # its terms say persons
        propose_bundle(marketer, "steady-growth", wanted(), "spring", based_on=0, now=NOW)
    assert no.value.field == "products"
    Product.rows().filter(product_id="P02").update(sold_to="person")
    with pytest.raises(Unacceptable):
        propose_bundle(marketer, "steady-growth", wanted(terms=rules.Terms()), "spring", based_on=0, now=NOW)
    Product.rows().filter(product_id="P03").update(sold_to="person")
    assert propose_bundle(marketer, "steady-growth", wanted(), "spring", based_on=0, now=NOW)


def test_a_withdrawn_bundle_is_offered_no_more_and_its_older_version_neither(shelf: SmallBank, bundle: Bundle) -> None:
    in_force(shelf, based_on=1, price=9_900)
    for _again in range(2):
        withdraw_bundle(shelf.user("marketer"), bundle.code, "wrong price", version=2, now=NOW)
    assert offered_bundles(TODAY) == []
    assert AuditEvent.objects.filter(act="bundle.withdraw").count() == 1
    with pytest.raises(Conflict):
        withdraw_bundle(shelf.user("administrator"), bundle.code, "me too", version=2, now=NOW)
    with pytest.raises(NotFound):
        withdraw_bundle(shelf.user("marketer"), "none-such", "because", version=1, now=NOW)


def test_a_bundle_is_offered_to_its_last_day(bundle: Bundle) -> None:
    assert offered_bundles(bundle.valid_until) == [bundle]
    assert offered_bundles(bundle.valid_until + timedelta(days=1)) == []
    assert offered_bundles(bundle.valid_from - timedelta(days=1)) == []


def test_nobody_approves_their_own_even_in_the_database(bundle: Bundle) -> None:
    bundle.pk, bundle.version, bundle.approved_by = None, 9, bundle.made_by
    with pytest.raises(IntegrityError):
        bundle.save(force_insert=True)


def test_the_form_proposes_and_keeps_what_was_typed_where_it_is_refused(shelf: SmallBank, as_user: AsUser) -> None:
    client = as_user(shelf.user("marketer"))
    typed = {
        "code": "steady-growth", "version": "0", "name_zh": "安心", "name_en": "Steady", "needs": ["grow"],
        "main": "P03", "products": ["P02", "P03"], "services": ["vip_line"], "cost:vip_line": "80",
        "kinds": ["person"], "price": "一百", "owner": "E2011", "valid_from": TODAY.isoformat(),
        "valid_until": (TODAY + timedelta(days=30)).isoformat(), "reason": "spring",
    }  # fmt: skip
    refused = client.post("/offers/bundles/new", typed)
    assert refused.status_code == 422
    assert "一百" in refused.content.decode() and 'value="安心"' in refused.content.decode()
    assert client.post("/offers/bundles/new", typed | {"price": "1.5万"}).status_code == 302
    content = selectors.waiting(shelf.user("marketer"))[0].content["bundle"]
    assert (content["products"], content["price"], content["services"][0]["cost"]) == (["P03", "P02"], 1_500_000, 8_000)


def test_the_demo_makes_bundles_and_solutions_once(shelf: SmallBank, monkeypatch: Any) -> None:
    monkeypatch.setattr(demo, "SOLUTIONS", 3)
    demo_bundle = ("test", "存", "Save", ("save", "grow"), ("time_deposit",), (), rules.Terms(), 0)
    monkeypatch.setattr(demo, "BUNDLES", (demo_bundle,))
    assert Product.rows().exists()
    assert demo.create_demo_offers(NOW) > 1
    assert demo.create_demo_offers(NOW) == 0
    assert Bundle.objects.count() == 1
    assert Solution.objects.exclude(state="draft").exists()
