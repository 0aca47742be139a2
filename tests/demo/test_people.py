"""The people are believable on paper, tied as families and colleagues are, and feel as planted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import ibis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.demo import DemoBank
from tenure.demo.clock import SPRING_FESTIVALS, Window, ordinal
from tenure.demo.columns import account_number
from tenure.demo.identity import credit_codes
from tenure.demo.people import CORRELATION
from tenure.demo.society import Society, gather
from tenure.insight import duplicates


def check_digit(number: str) -> str:
    """The last character of an identity number, as GB 11643 defines it."""
    total = sum(int(d) * (2 ** (17 - place) % 11) for place, d in enumerate(number[:17]))
    return "10X98765432"[total % 11]


@pytest.fixture(scope="module")
def town() -> Society:
    """A larger population, where shares can be measured."""
    return gather(DemoBank(customers=20_000, months=12, until=date(2025, 12, 31), seed=11))


def test_identity_numbers_have_right_check_digits_birth_dates_and_sexes(sql: duckdb.DuckDBPyConnection) -> None:
    people = sql.sql("select certificate_no, birth_date, sex from party where kind = 'person'").fetchall()
    numbers = [p[0] for p in people]
    assert len(set(numbers)) == len(numbers)
    for typed, birth, sex in people:
        number = typed.replace(" ", "")  # the second entry of someone born since 1999, twice in the books
        assert number.startswith("5199")  # a county code that no county has
        if len(number) == 18:
            assert number[6:14] == f"{birth:%Y%m%d}"
            assert number[17] == check_digit(number)
            assert (int(number[16]) % 2 == 1) == (sex == "male")
        else:  # of someone born before
            assert len(number) == 15 and birth.year < 2000
            assert number[6:12] == f"{birth:%y%m%d}"


def test_companies_have_credit_codes_with_right_check_characters(society: Society) -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    found = credit_codes(society.companies, 7).to_pylist()
    assert len(set(found)) == len(society.companies)
    for code in found:
        values = [alphabet.index(c) for c in code]
        assert sum(v * pow(3, place, 31) for place, v in enumerate(values[:17])) % 31 + values[17] in (0, 31)


@given(st.integers(0, 8_999_999), st.integers(0, 999))
def test_account_numbers_pass_the_luhn_check(party: int, place: int) -> None:
    number = str(int(account_number(np.array([party]), place)[0]))
    digits = [int(d) for d in reversed(number)]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)]
    assert len(number) == 19
    assert sum(doubled) % 10 == 0


def test_names_phones_and_companies_are_told_apart(sql: duckdb.DuckDBPyConnection) -> None:
    lengths = dict(sql.sql("select length(name), count(*) from party where kind = 'person' group by 1").fetchall())
    assert set(lengths) <= {2, 3, 4}
    assert lengths[3] > lengths[2]
    firms, names = sql.sql("select count(*), count(distinct name) from party where kind = 'company'").fetchall()[0]
    assert firms == names
    assert sql.sql("select count(*) from party where phone not similar to '154[0-9]{8}'").fetchall()[0][0] == 0


def test_someone_has_a_rare_character_or_a_double_surname(town: Society) -> None:
    names = town.names.to_pylist()[: town.persons]
    assert any(len(n) == 4 for n in names)
    assert any(ord(c) > 0x9FFF or ord(c) < 0x4E00 for n in names for c in n)


def test_customers_were_at_least_sixteen_when_they_came(society: Society) -> None:
    people = society.people
    assert ((people.since - people.birth) / 365.25).min() >= 15.99


def test_relations_have_both_directions(sql: duckdb.DuckDBPyConnection) -> None:
    back = {"spouse": "spouse", "household": "household", "parent": "child", "child": "parent"}
    back |= {"supplier": "buyer", "buyer": "supplier"}
    for kind, other in back.items():
        count, lone = sql.sql(
            f"""select count(*), count(*) filter (not exists (select 1 from relation b where b.party_id = a.other_id
                and b.other_id = a.party_id and b.kind = '{other}')) from relation a where kind = '{kind}'"""
        ).fetchall()[0]
        assert count > 20 and lone == 0, kind
    kinds = {k for (k,) in sql.sql("select distinct kind from relation").fetchall()}
    assert kinds == set(codes.RELATION_KINDS) - {"sibling"}


def test_a_child_is_younger_than_its_parents_and_bears_the_father_s_name(town: Society) -> None:
    people = town.people
    child = np.flatnonzero(people.father >= 0)
    assert len(child) > 300
    assert ((people.birth[child] - people.birth[people.father[child]]) / 365.25).min() >= 18.9
    assert (people.surname[child] == people.surname[people.father[child]]).all()
    wed = np.flatnonzero(people.spouse >= 0)
    assert (people.spouse[people.spouse[wed]] == wed).all()
    assert (people.male[wed] != people.male[people.spouse[wed]]).all()


def test_satisfaction_and_loyalty_are_related_and_not_the_same(town: Society) -> None:
    measured = np.corrcoef(town.people.satisfaction, town.people.loyalty)[0, 1]
    assert measured == pytest.approx(CORRELATION, abs=0.03)


def test_the_richest_fifth_of_people_hold_about_four_fifths(sql: duckdb.DuckDBPyConnection) -> None:
    kept = ", ".join(f"'{c}'" for c in (*codes.DEPOSIT_CATEGORIES, *codes.INVESTMENT_CATEGORIES))
    (share,) = sql.sql(
        f"""with held as (
              select h.party_id, sum(balance) as assets from holding h
              join (select account_id, arg_max(balance, day) as balance from balance group by 1) using (account_id)
              where category in ({kept}) and party_id < '2' group by 1),
            ranked as (select assets, percent_rank() over (order by assets desc) as place from held)
            select sum(assets) filter (place < 0.2) / sum(assets) from ranked"""
    ).fetchall()[0]
    assert 0.72 <= share <= 0.90


def test_many_sit_just_below_a_threshold(town: Society) -> None:
    wealth = town.people.wealth
    for limit in (50_000, 200_000, 500_000):
        below = ((wealth >= 0.84 * limit) & (wealth < 0.95 * limit)).sum()
        above = ((wealth >= 1.05 * limit) & (wealth < 1.16 * limit)).sum()
        assert below > 1.7 * above


def test_about_one_in_two_hundred_is_twice_in_the_books(sql: duckdb.DuckDBPyConnection) -> None:
    copies, alike = sql.sql(
        """select count(*), count(*) filter (a.name = b.name and a.birth_date = b.birth_date and a.phone = b.phone
                                             and a.certificate_no <> b.certificate_no)
           from truth_duplicate d join party a using (party_id) join party b on b.party_id = d.same_person_as"""
    ).fetchall()[0]
    assert 4 <= copies <= 8
    assert alike == copies


def test_who_is_twice_in_the_books_is_found_and_nobody_else(sql: duckdb.DuckDBPyConnection) -> None:
    party = ibis.memtable(sql.sql("select * from party").to_arrow_table())
    found = duplicates.find(duplicates.identities(party)).to_pyarrow().to_pylist()
    sure = {(row["party_id"], row["other_id"]) for row in found if row["grade"] in ("certain", "likely")}
    planted = sql.sql("select least(party_id, same_person_as), greatest(party_id, same_person_as) from truth_duplicate")
    assert sure == set(planted.fetchall())


def test_some_customers_have_a_manager_and_most_do_not(sql: duckdb.DuckDBPyConnection) -> None:
    share, largest = sql.sql(
        """select avg((lead_staff_id is not null)::int), (select max(n) from
             (select count(*) as n from party where lead_staff_id is not null group by lead_staff_id))
           from party"""
    ).fetchall()[0]
    assert 0.1 < share < 0.45
    assert largest <= 300
    wrong = sql.sql(
        """select count(*) from party p join staff s on s.staff_id = p.lead_staff_id
           where s.role <> 'relationship_manager' or s.left_on is not null"""
    ).fetchall()[0][0]
    assert wrong == 0


def test_every_post_is_filled_and_the_tree_has_four_levels(sql: duckdb.DuckDBPyConnection) -> None:
    assert {r for (r,) in sql.sql("select distinct role from staff").fetchall()} == set(codes.ROLES)
    depth = sql.sql(
        """with recursive up as (select org_id, 1 as depth from organisation where parent_id is null
             union all select o.org_id, depth + 1 from organisation o join up on o.parent_id = up.org_id)
           select max(depth), count(*) from up"""
    ).fetchall()[0]
    assert depth == (4, sql.sql("select count(*) from organisation").fetchall()[0][0])


def test_outlets_grow_slower_than_customers() -> None:
    small, large = DemoBank(), replace(DemoBank(), customers=100_000)
    from tenure.demo.organisation import outlet_count

    assert outlet_count(small.customers) == 9
    assert outlet_count(large.customers) == 43


def test_a_working_day_is_no_weekend_and_no_festival() -> None:
    window = Window(date(2026, 3, 24), 36, 5)
    moved = window.working(window.days)
    assert window.workday[moved - window.start].all()
    month = window.month_of(window.days)
    assert (window.month_of(moved) == month).all()
    for festival in SPRING_FESTIVALS:
        if window.start <= ordinal(festival) <= window.end:
            assert ordinal(festival) not in moved


def test_a_festival_after_the_history_does_not_swell_its_last_month() -> None:
    season = Window(date(2025, 12, 31), 24, 5).season
    assert season.max() < 1.6
