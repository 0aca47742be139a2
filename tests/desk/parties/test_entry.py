"""Who is being entered: what cannot be is said at its field, and whoever is there already is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.desk.control.errors import NotAllowed, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.parties import rules, services
from tenure.desk.parties.models import Customer
from tenure.desk.parties.rules import Identity, Wrong

AsUser = Callable[[User], Client]
#: The example of GB 11643-1999 itself.
STANDARD = "11010519491231002X"
#: The example of GB 32100-2015.
CODE = "91350100M000100Y43"
TODAY = date(2026, 11, 28)


def test_the_standards_own_examples_are_valid() -> None:
    assert rules.certificate_is_wrong("identity_card", STANDARD) is None
    assert rules.certificate_is_wrong("uscc", CODE) is None


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_number_is_read_as_it_is_meant(typed: str) -> None:
    assert rules.identity_number(typed) == STANDARD
    assert rules.certificate_is_wrong("identity_card", typed) is None


def test_an_old_number_is_the_new_one() -> None:
    assert rules.identity_number("110105491231002") == STANDARD


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(place: int, more: int) -> None:
    wrong = STANDARD[:place] + str((int(STANDARD[place]) + more) % 10) + STANDARD[place + 1 :]
    assert rules.certificate_is_wrong("identity_card", wrong) is Wrong.CHECK


@given(st.integers(0, 15))
def test_two_neighbours_swapped_are_noticed(place: int) -> None:
    swapped = STANDARD[:place] + STANDARD[place + 1] + STANDARD[place] + STANDARD[place + 2 :]
    if swapped != STANDARD:
        assert rules.certificate_is_wrong("identity_card", swapped) is Wrong.CHECK


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_any_one_wrong_place_of_a_credit_code_is_noticed(place: int, other: str) -> None:
    if CODE[place] != other:
        assert rules.certificate_is_wrong("uscc", CODE[:place] + other + CODE[place + 1 :]) is Wrong.CHECK


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("1101051949123100", Wrong.LENGTH),
        ("11010519491231O02X", Wrong.CHARACTERS),
        ("11010549123100X", Wrong.CHARACTERS),
        ("110105491331002", Wrong.BORN),
    ],
)
def test_what_is_wrong_with_an_identity_number_is_told_apart(typed: str, wrong: Wrong) -> None:
    assert rules.certificate_is_wrong("identity_card", typed) is wrong


def test_the_card_and_the_fields_beside_it_must_agree() -> None:
    check = rules.certificate_is_wrong
    assert check("identity_card", STANDARD, date(1949, 12, 31), "female") is None
    assert check("identity_card", STANDARD, date(1950, 12, 31)) is Wrong.OTHER_BIRTH
    assert check("identity_card", STANDARD, None, "male") is Wrong.OTHER_SEX


@pytest.mark.parametrize(
    "phone", ["13812345678", "+86 138-1234-5678", "８６１３８１２３４５６７８", "0571-88886666", "+44 20 7946 0000"]
)
def test_phones_people_have_are_taken(phone: str) -> None:
    assert rules.phone_is_wrong(phone) is None


@pytest.mark.parametrize(
    ("phone", "wrong"),
    [
        ("1381234567", Wrong.LENGTH),
        ("12812345678", Wrong.LENGTH),
        ("88", Wrong.LENGTH),
        ("138abc45678", Wrong.CHARACTERS),
    ],
)
def test_phones_nobody_has_are_not(phone: str, wrong: Wrong) -> None:
    assert rules.phone_is_wrong(phone) is wrong


def test_nobody_is_born_tomorrow_or_under_the_last_emperor_but_one() -> None:
    assert rules.birth_is_wrong(date(2026, 11, 29), TODAY) is Wrong.FUTURE
    assert rules.birth_is_wrong(TODAY, TODAY) is None
    assert rules.birth_is_wrong(date(1870, 1, 1), TODAY) is Wrong.TOO_OLD


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [("/HQ/B1/S1/", "/HQ/B1/S2/", "/HQ/B1/"), ("/HQ/B1/", "/HQ/B1/S2/", "/HQ/B1/"), ("/A/", "/B/", "/"),
     ("/HQ/B1/S1/", "/HQ/B10/S1/", "/HQ/"), ("/HQ/", "/HQ/", "/HQ/")],
)  # fmt: skip
def test_the_branch_above_both_decides(one: str, other: str, path: str) -> None:
    assert rules.common_path(one, other) == rules.common_path(other, one) == path


def test_a_circle_of_merges_stands_with_nobody() -> None:
    assert rules.standing_after({"A": "B", "B": "C", "D": "C"}) == {"A": "C", "B": "C", "D": "C"}
    for circle in ({"A": "B", "B": "A"}, {"X": "A", "A": "B", "B": "A"}):
        with pytest.raises(ValueError, match="circle"):
            rules.standing_after(circle)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Identity("person", certificate_kind="identity_card", certificate_no="110105194912310021"), "certificate_no"),
        (Identity("company", certificate_kind="uscc", certificate_no="91350100M000100Y44"), "certificate_no"),
        (Identity("person", certificate_kind="library", certificate_no="1234"), "certificate_kind"),
        (Identity("person", phone="1381234567"), "phone"),
        (Identity("person", name="王芳", birth_date=date(2126, 1, 1)), "birth_date"),
        (Identity("club", name="王芳"), "kind"),
        (Identity("person", name="王芳"), "certificate_no"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(bank: SmallBank, asked: Identity, field: str) -> None:
    with pytest.raises(Unacceptable) as said:
        services.look_for(bank.owner, asked, now=timezone.now())
    assert said.value.field == field and said.value.message


def _known(number: str, **fields: object) -> None:
    assert Customer.rows().filter(party_id=number).update(**fields) == 1


def test_who_is_there_already_is_found_by_each_way_of_writing(bank: SmallBank) -> None:
    _known("C000001", certificate_no=STANDARD, phone="+8613812345678", birth_date=date(1949, 12, 31), name="欧阳 娜娜",
           name_key="欧阳娜娜")  # fmt: skip
    born = date(1949, 12, 31)
    asked = {
        "certain": Identity("person", "欧阳娜娜", "identity_card", "110105491231002", birth_date=born),
        "likely": Identity("person", "欧阳娜娜", phone="138 1234 5678"),
        "possible": Identity("person", "欧阳　娜娜", birth_date=born),
    }
    for grade, one in asked.items():
        (found,) = services.look_for(bank.owner, one, now=timezone.now())
        assert (found.row.party_id, found.grade) == ("C000001", grade)


def test_of_somebody_elses_customer_only_that_there_is_one_is_told(bank: SmallBank, as_user: AsUser) -> None:
    _known(bank.far_party_id, certificate_no=STANDARD, certificate_kind="identity_card")
    body = {"certificate_no": STANDARD, "name": "somebody"}
    answer = as_user(bank.owner).post("/api/v1/customers/duplicates", body, content_type="application/json")
    (told,) = answer.json()
    assert (told["party_id"], told["name"], told["grade"]) == (None, None, "likely")
    assert bank.far_party_id not in answer.content.decode()
    line = AuditEvent.objects.get(act="customer.look_for")
    assert line.changes == {"by": ["name", "certificate_no"], "found": 1, "elsewhere": 1}
    assert STANDARD not in str(line.changes)
    with pytest.raises(NotAllowed):
        services.look_for(bank.user("analyst"), Identity("person", phone="13812345678"), now=timezone.now())


def test_a_wrong_certificate_is_422_with_its_field(bank: SmallBank, as_user: AsUser) -> None:
    body = {"certificate_no": "110105194912310021"}
    answer = as_user(bank.owner).post("/api/v1/customers/duplicates", body, content_type="application/json")
    assert answer.status_code == 422 and "certificate_no" in answer.content.decode()


def test_a_company_is_found_under_any_legal_form(bank: SmallBank) -> None:
    company = Customer.rows().filter(kind="company").first()
    _known(company.party_id, name="杭州云栖科技有限公司", name_key="杭州云栖科技有限公司", birth_date=date(2010, 5, 4))
    asked = Identity("company", "杭州云栖科技股份有限公司", birth_date=date(2010, 5, 4))
    (found,) = services.look_for(bank.user("branch_head"), asked, now=timezone.now())
    assert found.grade == "possible" and found.agrees == ("name", "birth_date")
