"""The customer's page: a way around it, what is at hand and what is folded, counts that follow what is done."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.org.models import User

AsUser = Callable[[User], Client]
pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


def test_every_link_of_the_way_around_leads_to_a_part_of_the_page(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.owner).get(f"/customers/{bank.party_id}/").content.decode()
    way = page.split('<nav class="sections"')[1].split("</nav>")[0]
    names = re.findall(r'href="#([\w-]+)"', way)
    assert len(names) >= 10
    for name in names:
        assert page.count(f'id="{name}"') == 1, name


def test_what_is_read_for_the_next_talk_is_not_folded(bank: SmallBank, as_user: AsUser) -> None:
    page = as_user(bank.owner).get(f"/customers/{bank.party_id}/").content.decode()
    open_parts = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    for part in ("work", "opportunities", "ahead", "signals", "known"):
        assert f'id="{part}"' in open_parts, part
    assert "toggle from:closest details once" in page, "the graph is asked for when somebody opens it"


def test_the_number_beside_a_link_is_that_of_its_part(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    page = client.get(f"/customers/{bank.party_id}/").content.decode()
    parts = {
        "work": f"/today/customer/{bank.party_id}",
        "opportunities": f"/opportunities/customer/{bank.party_id}",
        "known": f"/knowledge/customer/{bank.party_id}/",
    }
    for name, address in parts.items():
        assert f'<b id="n-{name}"></b>' in page
        assert re.search(rf'<b id="n-{name}" hx-swap-oob="true">\d*</b>', client.get(address).content.decode())
    soon = (timezone.localdate() + dt.timedelta(days=3)).isoformat()
    said = {"kind": "deposit", "title": "大额存单", "amount": "500000", "next_step": "电话", "next_step_on": soon}
    answer = client.post(f"/opportunities/customer/{bank.party_id}/new", {**said, "once": "n1"}, headers=PART)
    assert '<b id="n-opportunities" hx-swap-oob="true">1</b>' in answer.content.decode()
