"""Who sees what in the clear: the table of docs/security.md, role by role."""

from __future__ import annotations

import datetime as dt

import pytest

from tenure.contracts import PUBLISHED, DataClass, codes
from tenure.desk.control.masking import clear_columns, masked
from tenure.desk.control.rules import in_clear, may_reveal
from tenure.desk.org.rules import permissions_of
from tenure.desk.org.selectors import NOBODY, Reach

CUSTOMER, HOLDING = PUBLISHED["customer"], PUBLISHED["holding"]
IN_PERSON = {"relationship_manager", "lobby_manager", "teller", "branch_head", "complaint_handler"}
UNMASKED = {"relationship_manager", "branch_head", "complaint_handler", "auditor"}


def reach(role: str) -> Reach:
    return Reach(("/",), "", permissions_of([role]), frozenset({role}))


@pytest.mark.parametrize("role", codes.ROLES)
def test_names_are_for_those_who_greet_and_phones_for_those_who_call(role: str) -> None:
    assert in_clear(CUSTOMER["name"], reach(role)) == (role in IN_PERSON | UNMASKED)
    for name in ("phone", "email", "address"):
        assert in_clear(CUSTOMER[name], reach(role)) == (role in UNMASKED)


@pytest.mark.parametrize("role", codes.ROLES)
def test_nobody_sees_what_opens_an_account_without_asking(role: str) -> None:
    for table in PUBLISHED.values():
        for column in table:
            if column.data_class is DataClass.C3:
                assert not in_clear(column, reach(role)), f"{table.name}.{column.name}"


def test_few_may_ask_for_certificates_and_accounts() -> None:
    asking = {role for role in codes.ROLES if may_reveal(CUSTOMER["certificate_no"], reach(role))}
    assert asking == {"branch_head", "auditor"}
    assert asking == {role for role in codes.ROLES if may_reveal(HOLDING["account_id"], reach(role))}


def test_amounts_stay_readable_and_dates_keep_their_year() -> None:
    analyst = reach("analyst")
    assert masked(123_456, CUSTOMER["aum"], analyst) == 123_456
    assert masked(dt.date(1968, 5, 4), CUSTOMER["birth_date"], analyst) == "1968-**-**"
    assert masked("对转账手续费不满", PUBLISHED["timeline"]["words"], analyst) == "****"
    assert masked("王秀英", CUSTOMER["name_key"], analyst) == "****"
    assert masked(None, CUSTOMER["name"], analyst) is None


def test_someone_without_a_post_sees_no_name() -> None:
    assert masked("张三", CUSTOMER["name"], NOBODY) == "张**"


def test_the_trail_names_the_columns_shown() -> None:
    assert clear_columns(HOLDING, reach("relationship_manager")) == ["balance", "principal"]
    assert "phone" in clear_columns(CUSTOMER, reach("relationship_manager"))
    assert "phone" not in clear_columns(CUSTOMER, reach("teller"))
