"""Who belongs to a customer: two steps, sixty at most, and of others' customers a masked name that leads nowhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.desk.control.errors import NotFound
from tenure.desk.knowledge import layout
from tenure.desk.knowledge.network import DRAWN_FAR, DRAWN_NEAR, NODES, network
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer, Relation
from tenure.desk.parties.visibility import visible_to

AsUser = Callable[[User], Client]


def _tie(one: str, other: str, kind: str) -> None:
    Relation.models["a"].objects.get_or_create(
        party_id=one, other_id=other, kind=kind, defaults={"other_is_customer": True}
    )


def test_only_the_readers_own_customers_have_a_name_and_lead_on(bank: SmallBank) -> None:
    _tie(bank.party_id, bank.far_party_id, "supplier")
    _tie(bank.far_party_id, "C000004", "buyer")  # what is not theirs tells them nothing of its own relations
    found = network(bank.owner, bank.party_id)
    theirs = set(visible_to(bank.owner).values_list("party_id", flat=True))
    names = dict(Customer.rows().values_list("party_id", "name"))
    hidden = [node for node in found.nodes if node.party_id not in theirs]
    assert bank.far_party_id in {node.party_id for node in hidden}
    for node in hidden:
        assert node.row is None and node.label != names[node.party_id] and "*" in node.label
    assert all(node.via in theirs or node.depth == 0 for node in found.nodes)


def test_two_steps_are_walked_and_no_third(bank: SmallBank) -> None:
    head = bank.user("executive")
    Relation.models["a"].objects.all().delete()
    Customer.models["a"].objects.update(employer_id=None)
    for one, other in (("C000002", "C000004"), ("C000004", "C000005"), ("C000005", "C000007")):
        _tie(one, other, "spouse")
    found = network(head, "C000002")
    assert {node.party_id: node.depth for node in found.nodes} == {"C000002": 0, "C000004": 1, "C000005": 2}


def test_a_company_shows_its_people_and_a_person_the_employer(bank: SmallBank) -> None:
    head = bank.user("executive")
    company = network(head, "C000015")
    people = [node for node in company.nodes if node.depth == 1 and "employee" in node.kinds]
    assert people and all(node.row.employer_id == "C000015" for node in people)
    person = network(head, people[0].party_id)
    assert "employer" in next(node for node in person.nodes if node.party_id == "C000015").kinds


def test_an_owner_shows_the_company_to_whoever_sees_the_company(bank: SmallBank) -> None:
    """It stands with the company: who sees the person alone does not learn what they own."""
    head, company = bank.user("executive"), "C000015"
    for kind in ("owner", "legal_representative"):
        _tie(company, bank.party_id, kind)
    own = next(node for node in network(head, bank.party_id).nodes if node.party_id == company)
    assert own.depth == 1 and {"owned", "represented"} <= set(own.kinds)
    assert not visible_to(bank.owner).filter(party_id=company).exists(), "or the claim below is empty"
    seen = {kind for node in network(bank.owner, bank.party_id).nodes for kind in node.kinds}
    assert not seen & {"owned", "represented"}


def test_the_picture_holds_sixty_at_most(bank: SmallBank) -> None:
    head = bank.user("executive")
    for number in range(2, 61):
        if number != 15:
            _tie("C000015", f"C{number:06d}", "buyer")
            for other in range(2, 30):
                if other != number:
                    _tie(f"C{number:06d}", f"C{other:06d}", "supplier")
    found = network(head, "C000015")
    assert len(found.drawn) <= 1 + DRAWN_NEAR + DRAWN_FAR and {node.via for node in found.drawn if node.via} <= {
        node.party_id for node in found.drawn
    }, "no line leads to nobody"
    assert len(found.nodes) <= NODES and len({node.party_id for node in found.nodes}) == len(found.nodes)


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_a_strangers_graph_is_not_there(bank: SmallBank, who: str) -> None:
    with pytest.raises(NotFound):
        network(getattr(bank, who), bank.party_id)


def test_the_page_links_to_whom_one_may_walk_and_no_one_else(bank: SmallBank, as_user: AsUser) -> None:
    _tie(bank.party_id, bank.far_party_id, "supplier")
    _tie(bank.party_id, "C000007", "spouse")
    page = as_user(bank.owner).get(f"/knowledge/customer/{bank.party_id}/relations").content.decode()
    assert page.count("/customers/C000007/#relations") == 2, "in the picture and in its table"
    assert f"/customers/{bank.far_party_id}/" not in page


def test_no_name_lies_on_another_and_the_table_has_who_is_not_drawn(bank: SmallBank, as_user: AsUser) -> None:
    head = bank.user("executive")
    for number in range(2, 40):
        if number != 15:
            _tie("C000015", f"C{number:06d}", "buyer")
            _tie(f"C{number:06d}", f"C{number + 1:06d}", "supplier")
    found = network(head, "C000015")
    assert layout.readable([(node.x, node.y) for node in found.drawn])
    assert len(found.drawn) >= 9, "a picture of a crowd still shows the nearest"
    page = as_user(head).get("/knowledge/customer/C000015/relations").content.decode()
    assert page.count("<tr data-row") == len(found.nodes) - 1
    more = len(found.nodes) - len(found.drawn)
    assert more > 0 and f"另有 {more} 位" in page and '<details class="chart-table" open>' in page


@given(st.integers(0, 20), st.lists(st.integers(0, 8), max_size=20))
def test_everybody_stands_within_the_frame_and_nobody_on_another(near: int, beyond: list[int]) -> None:
    tree = [("root", "")] + [(f"n{one}", "root") for one in range(near)]
    tree += [(f"n{one}-{other}", f"n{one}") for one, many in enumerate(beyond[:near]) for other in range(many)]
    places = layout.placed(tree)
    assert len(places) == len(tree) and len(set(places)) == len(places)
    left, top, width, height = layout.frame(places)
    assert all(left <= x <= left + width and top <= y <= top + height for x, y in places)
