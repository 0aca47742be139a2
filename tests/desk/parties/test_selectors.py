"""The customer list: every row once and in order, filters that mean what they say, and nobody else's rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.small_bank import AS_OF, SmallBank
from tenure.contracts import codes
from tenure.desk.control.errors import NotFound
from tenure.desk.kit.listing import COUNT_CAP, Position, Sort, capped_count, page_of
from tenure.desk.org.models import User
from tenure.desk.parties import selectors
from tenure.desk.parties.filters import SORTS, CustomerFilter, filter_from
from tenure.desk.parties.models import Coverage, Customer
from tenure.desk.parties.visibility import visible_to

pytestmark = pytest.mark.django_db

#: The right answer to each filter, by looking at every row.
MEANING: dict[str, Callable[[Any], bool]] = {
    "near": lambda row: row.near_tier is not None,
    "maturing": lambda row: row.next_maturity_on is not None and 0 <= (row.next_maturity_on - AS_OF).days <= 30,
    "dormant": lambda row: bool(row.dormant),
    "payroll": lambda row: bool(row.payroll_months),
}


def ties_and_gaps(seed: int) -> None:
    """Give the small bank equal values, missing values and equal names, as real banks have."""
    chance = random.Random(seed)
    for row in Customer.rows():
        row.aum_month_average = chance.choice([None, 0, 1_000_000, 1_000_000, 5_000_000])
        row.score = chance.choice([None, 50.0, 50.0, 51.5])
        row.last_contact_on = chance.choice([None, AS_OF, AS_OF])
        row.name_key = chance.choice(["王伟", "王伟", "李娜", None])
        row.save()


def in_order(rows: list[Any], sort: Sort) -> list[str]:
    """Keys of ``rows`` as the list must show them: by value, ties by key, rows without a value last by key."""
    valued = sorted((r for r in rows if getattr(r, sort.column) is not None), key=lambda r: r.party_id)
    valued.sort(key=lambda r: getattr(r, sort.column), reverse=sort.descending)
    return [r.party_id for r in valued] + sorted(r.party_id for r in rows if getattr(r, sort.column) is None)


def walked(user: User, wanted: CustomerFilter, size: int) -> tuple[list[list[str]], list[list[str]]]:
    """The pages from the first to the last, and from the last back to the first; positions go through their text."""
    ahead, back = [], []
    page = selectors.customer_list(user, wanted, None, size).page
    assert page.before is None
    while True:
        ahead.append([row.party_id for row in page.rows])
        if page.after is None:
            break
        page = selectors.customer_list(user, wanted, Position.decode(page.after.encode()), size).page
    while True:
        back.append([row.party_id for row in page.rows])
        if page.before is None:
            break
        page = selectors.customer_list(user, wanted, Position.decode(page.before.encode()), size).page
    return ahead, back


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 7, 100])
def test_paging_shows_every_row_once_and_in_order_both_ways(bank: SmallBank, sort: str, size: int) -> None:
    ties_and_gaps(seed=size)
    user = bank.user("executive")
    ahead, back = walked(user, CustomerFilter(sort=sort), size)
    everyone = in_order(list(Customer.rows()), SORTS[sort])
    assert [key for page in ahead for key in page] == everyone
    assert [key for page in reversed(back) for key in page] == everyone
    assert all(len(page) == size for page in ahead[:-1])


def test_a_row_that_leaves_between_two_pages_hides_no_other(bank: SmallBank) -> None:
    user, wanted = bank.user("executive"), CustomerFilter()
    first = selectors.customer_list(user, wanted, None, 10).page
    rest = in_order([r for r in Customer.rows() if r not in first.rows], SORTS["aum"])
    first.rows[-1].delete()
    then = selectors.customer_list(user, wanted, first.after, 100).page
    assert [row.party_id for row in then.rows] == rest


FILTERS = st.builds(
    CustomerFilter,
    tier=st.sampled_from(["", *codes.TIERS]),
    branch=st.sampled_from(["", "B1", "S1", "S2", "nowhere"]),
    rm=st.sampled_from(["", "E2011", "E3011"]),
    main_bank=st.sampled_from(["", "", *codes.MAIN_BANK]),
    habit=st.sampled_from(["", "", *codes.HABITS]),
    kind=st.sampled_from(["", *codes.PARTY_KINDS]),
    priority=st.sampled_from(["", "", *codes.PRIORITIES]),
    near=st.booleans(),
    maturing=st.booleans(),
    dormant=st.booleans(),
    payroll=st.booleans(),
    sort=st.sampled_from(list(SORTS)),
)
PATHS = {"B1": "/HQ/B1/", "S1": "/HQ/B1/S1/", "S2": "/HQ/B1/S2/", "nowhere": "\0"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=FILTERS, role=st.sampled_from(["executive", "branch_head", "relationship_manager"]))
def test_a_filter_leaves_just_the_rows_it_names(bank: SmallBank, wanted: CustomerFilter, role: str) -> None:
    user = bank.user(role)
    expected = [
        row
        for row in visible_to(user)
        if all(not getattr(wanted, n) or getattr(row, n) == getattr(wanted, n) for n in ("tier", "main_bank", "habit"))
        and all(not getattr(wanted, n) or getattr(row, n) == getattr(wanted, n) for n in ("kind", "priority"))
        and all(not getattr(wanted, n) or MEANING[n](row) for n in MEANING)
        and (not wanted.branch or row.org_path.startswith(PATHS[wanted.branch]))
        and (not wanted.rm or row.lead_staff_id == wanted.rm)
    ]
    found = selectors.customer_list(user, wanted, None, 500)
    assert [row.party_id for row in found.page.rows] == in_order(expected, wanted.order)
    assert found.count == len(expected)


@settings(max_examples=200, deadline=None)
@given(FILTERS)
def test_a_filter_survives_its_address(wanted: CustomerFilter) -> None:
    assert filter_from(wanted.asked()) == wanted


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["q", "tier", "sort", "near", "branch", "at"]), st.text(max_size=80)))
def test_an_address_somebody_typed_never_breaks_the_filter(query: dict[str, str]) -> None:
    wanted = filter_from(query)
    assert wanted.sort in SORTS and wanted.tier in ("", *codes.TIERS)


@given(st.text(max_size=60))
def test_a_position_somebody_typed_is_page_one_or_a_position(text: str) -> None:
    position = Position.decode(text)
    assert position is None or Position.decode(position.encode()) == position


@pytest.mark.parametrize("field", ["name", "party_id", "phone", "phone_tail"])
def test_search_finds_by_name_number_phone_and_its_last_four_digits(bank: SmallBank, field: str) -> None:
    user = bank.user("executive")
    for row in Customer.rows()[:20]:
        found = selectors.customers(user, CustomerFilter(q=getattr(row, field)))
        assert row.party_id in {one.party_id for one in found}
        assert row.party_id in {one.party_id for one in selectors.find(user, getattr(row, field), limit=200)}


def test_search_goes_by_the_beginning_of_a_name(bank: SmallBank) -> None:
    row = Customer.rows().filter(kind="person").first()
    found = list(selectors.customers(bank.user("executive"), CustomerFilter(q=row.name[0])))
    assert found and all(one.name.startswith(row.name[0]) for one in found)


def test_search_shows_nobody_elses_customer(bank: SmallBank) -> None:
    far = Customer.rows().get(party_id=bank.far_party_id)
    for text in (far.party_id, far.phone, far.phone_tail, far.name):
        seen = {one.party_id for one in selectors.find(bank.owner, text, limit=200)}
        assert far.party_id not in seen
        assert seen <= {row.party_id for row in visible_to(bank.owner)}


def test_the_neighbours_of_a_row_are_those_beside_it_in_the_list(bank: SmallBank) -> None:
    ties_and_gaps(seed=3)
    user = bank.user("executive")
    for sort in SORTS:
        wanted = CustomerFilter(sort=sort)
        keys = in_order(list(Customer.rows()), SORTS[sort])
        for place in (0, 1, 30, len(keys) - 1):
            row = selectors.customer(user, keys[place])
            before, after = selectors.beside(user, wanted, row)
            assert (before and before.party_id) == (keys[place - 1] if place else None)
            assert (after and after.party_id) == (keys[place + 1] if place + 1 < len(keys) else None)


def test_counting_stops_just_above_a_thousand(bank: SmallBank) -> None:
    template = Customer.rows().first()
    rows = []
    for number in range(COUNT_CAP + 50):
        copy = Customer.models["a"](**{f.attname: getattr(template, f.attname) for f in template._meta.fields})
        copy.party_id = f"X{number:06d}"
        rows.append(copy)
    Customer.models["a"]._default_manager.bulk_create(rows, batch_size=100)
    assert capped_count(Customer.rows()) == COUNT_CAP + 1


def test_relatives_one_may_not_see_are_named_behind_a_mask_and_without_their_row(bank: SmallBank) -> None:
    for row in visible_to(bank.owner):
        for relative in selectors.relatives(bank.owner, row.party_id):
            theirs = Coverage.rows().filter(staff_id="E2011", party_id=relative.relation.other_id).exists()
            assert (relative.other is not None) == theirs
            if relative.other is None:
                name = Customer.rows().get(party_id=relative.relation.other_id).name
                assert relative.masked_name.endswith("**") and name not in relative.masked_name


def test_the_time_line_is_told_in_stretches_without_gap_or_repeat(bank: SmallBank) -> None:
    user, whole, before = bank.owner, [], ""
    while True:
        stretch = selectors.events(user, bank.party_id, before=before, size=3)
        whole += [event.event_id for event in stretch.rows]
        before = stretch.more
        if not before:
            break
    assert whole == [event.event_id for event in selectors.events(user, bank.party_id, size=500).rows]
    assert len(whole) == len(set(whole)) > 3


def test_nothing_of_another_branch_is_read_through_any_selector(bank: SmallBank) -> None:
    user, far = bank.owner, bank.far_party_id
    with pytest.raises(NotFound):
        selectors.customer(user, far)
    assert selectors.curve(user, far) is None
    assert selectors.holdings(user, far) == []
    assert selectors.relatives(user, far) == []
    assert selectors.team_of(user, far) == []
    assert selectors.events(user, far).rows == []


def test_before_the_first_night_there_is_nobody_and_no_error(bank: SmallBank) -> None:
    bank.publication.delete()
    user = bank.user("executive")
    assert selectors.customer_list(user, CustomerFilter(maturing=True, branch="S1"), None).page.rows == []
    assert page_of(visible_to(user), SORTS["aum"], None, 5).rows == []


def test_work_is_handed_to_colleagues_of_the_branch_who_may_log(bank: SmallBank) -> None:
    ids = {one.staff_id for one in selectors.colleagues_for(bank.owner, bank.party_id, without="E2011")}
    assert "E2012" in ids
    assert "E2011" not in ids and "E3011" not in ids


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan; PostgreSQL's depends on its statistics")
@pytest.mark.parametrize("sort", SORTS)
def test_no_page_of_the_list_scans_or_sorts_the_customers(bank: SmallBank, sort: str) -> None:
    """At a million customers a scan is the page's whole time; the plan is the same at sixty."""
    wanted = CustomerFilter(sort=sort)
    user = bank.user("executive")
    page = selectors.customer_list(user, wanted, None, 10).page
    with CaptureQueriesContext(connection) as asked:
        selectors.customer_list(user, wanted, page.after, 10)
        for text in ("王", bank.party_id, "13812345678", "0001"):
            selectors.customer_list(user, replace(wanted, q=text), None, 10)
    for query in asked:
        if 'FROM "parties_customer_a"' not in query["sql"] or "COUNT" in query["sql"]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        by_key = 'party_id" IN' in query["sql"]  # at most some thousands of rows by their key, then sorted
        for step in plan:
            assert "SCAN parties_customer_a" not in step or "USING" in step, query["sql"]
            assert "TEMP B-TREE" not in step or by_key, (step, query["sql"])
