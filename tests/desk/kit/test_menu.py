"""The menu: each role its own lines, by what a bank does, the part one is in opened."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.desk.kit.menu import GROUPS, menu
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of

LINES = [line for group in GROUPS for line in group.lines]
may = st.fixed_dictionaries({permission.name.lower(): st.booleans() for permission in Permission})


def of(bank: SmallBank, role: str, namespace: str = "work", page: str = "today") -> Any:
    reach = reach_of(bank.user(role))
    return menu({p.name.lower(): reach.may(p) for p in Permission}, namespace, page)


def test_every_line_leads_somewhere_and_every_right_it_asks_for_is_one() -> None:
    known = {permission.name.lower() for permission in Permission}
    for line in LINES:
        assert set(line.may) <= known
        assert line.leads[-1][0] in ("", *line.may)
        for permission, address in line.leads:
            resolve(reverse(address))
            assert permission in ("", *known)
    keys = [line.key for line in LINES if line.key]
    assert len(keys) == len(set(keys))


@given(may, st.sampled_from(LINES))
def test_whatever_one_may_a_group_of_one_line_is_that_line_and_nothing_is_empty(held: dict[str, bool], at: Any) -> None:
    namespace, _, page = at.here[0].partition(":")
    shown = menu(held, namespace, page)
    assert all(group.lines for group in shown.groups)
    assert all(len(group.lines) > 1 for group in shown.groups if group.name)
    listed = [line.address for group in shown.groups for line in group.lines]
    assert len(listed) == len(set(listed))
    assert [group.current for group in shown.groups].count(True) <= 1
    seen = not at.may or any(held[one] for one in at.may)
    assert seen == any(line.current and line.name == at.name for group in shown.groups for line in group.lines)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", ["relationship_manager", "lobby_manager", "teller", "branch_head", "marketer", "executive", "analyst",
             "administrator", "auditor"],
)  # fmt: skip
def test_no_role_is_led_where_it_may_not_go(bank: SmallBank, client: Client, role: str) -> None:
    client.force_login(bank.user(role))
    for group in of(bank, role).groups:
        for line in group.lines:
            assert client.get(reverse(line.address)).status_code == 200, (role, line.address)


@pytest.mark.django_db
def test_a_page_opens_the_group_it_is_in_and_no_other(bank: SmallBank, client: Client) -> None:
    client.force_login(bank.user("branch_head"))
    page = client.get(reverse("voice_complaints:list")).content.decode()
    rail = page[page.index('<nav class="rail"') : page.index("</nav>")]
    open_groups = re.findall(r'<details class="nav-group" open><summary>.*?<span>(.*?)</span>', rail)
    assert len(open_groups) == 1 and rail.count('aria-current="page"') == 1
    assert rail.index(open_groups[0]) < rail.index(reverse("voice_complaints:list"))
    today = client.get(reverse("work:today")).content.decode()
    assert '<details class="nav-group" open>' not in today


@pytest.mark.django_db
def test_who_sees_little_has_lines_and_no_group_of_one(bank: SmallBank) -> None:
    names = [str(group.name) for group in of(bank, "teller").groups if group.name]
    assert "Managing" not in names
    assert [line.address for line in of(bank, "relationship_manager").at_hand] == [
        "work:today", "signals:signals", "parties:customers", "opportunities:board",
    ]  # fmt: skip


@pytest.mark.django_db
def test_what_is_folded_is_found_by_its_name(bank: SmallBank, client: Client) -> None:
    client.force_login(bank.user("branch_head"))
    found = client.get(reverse("parties:find"), {"q": "投诉"}).content.decode()
    assert reverse("voice_complaints:list") in found
    client.force_login(bank.user("teller"))
    assert reverse("reports:branch") not in client.get(reverse("parties:find"), {"q": "网点"}).content.decode()
