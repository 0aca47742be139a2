"""What waits beside the work list: every app's part in one answer, and none that fails hides the others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from desk.small_bank import SmallBank
from tenure.desk.org.models import User
from tenure.desk.work.waiting import OF_CUSTOMER, PARTS

AsUser = Callable[[User], Client]


def test_today_asks_once_for_what_every_app_would_answer_on_its_own(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    assert client.get("/today/").content.decode().count(f'hx-get="{reverse("work:waiting")}"') == 1
    alone = [client.get(reverse(name)) for name in PARTS]
    assert all(answer.status_code == 200 for answer in alone)
    together = client.get(reverse("work:waiting"))
    assert together.content == b"".join(answer.content for answer in alone)


def test_a_part_that_fails_is_left_out_and_written_down(
    bank: SmallBank, as_user: AsUser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("tenure.desk.voice.cases.selectors.waiting_for", broken)
    client = as_user(bank.owner)
    found = client.get(reverse("work:waiting"))
    assert found.status_code == 200
    assert found.content == b"".join(client.get(reverse(name)).content for name in PARTS[1:])
    assert "voice_cases:strip could not be shown" in caplog.text


PLACES = sorted(OF_CUSTOMER)
COUNT = '<b id="n-[^<]*</b>'


def part(page: str, element: str) -> str:
    """What an answer puts into one element of the page."""
    begins = rf'((?:{COUNT})*)<div hx-swap-oob="innerHTML:#{element}">'
    found = re.search(rf'{begins}(.*?)</div>\n(?=(?:{COUNT})*<div hx-swap-oob="innerHTML|\Z)', page, re.S)
    assert found, element
    assert (
        "hx-swap-oob" not in found[2]
    )  # what stands within is put in with the rest, and stays where it does not belong
    return found[1] + found[2]


@pytest.mark.parametrize("place", PLACES)
def test_a_customers_page_asks_once_a_place_for_what_every_app_would_answer(
    bank: SmallBank, as_user: AsUser, place: str
) -> None:
    client = as_user(bank.owner)
    page = client.get(f"/customers/{bank.party_id}/").content.decode()
    address = reverse("work:customer-parts", args=[bank.party_id, place])
    assert page.count(f'hx-get="{address}"') == 1
    together = client.get(address).content.decode()
    for element, name in OF_CUSTOMER[place].items():
        assert page.count(f'id="{element}"') == 1
        assert f'hx-get="{reverse(name, args=[bank.party_id])}" hx-trigger="load' not in page
        alone = client.get(reverse(name, args=[bank.party_id]))
        assert alone.status_code == 200
        assert plain(part(together, element)) == plain(alone.content.decode())


def plain(html: str) -> str:
    """Without what is drawn anew each time: ids of what is sent once, tokens of forms, moments."""
    return re.sub(r'value="[^"]{20,}"', "", html)


def test_a_customers_part_that_fails_says_so_and_can_be_asked_for_again(
    bank: SmallBank, as_user: AsUser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    client = as_user(bank.owner)
    address = reverse("work:customer-parts", args=[bank.party_id, "beside"])
    whole = client.get(address).content.decode()
    monkeypatch.setattr("tenure.desk.care.selectors.next_of_customer", broken)
    found = client.get(address).content.decode()
    care = reverse("care:of-customer", args=[bank.party_id])
    assert f'hx-get="{care}" hx-target="#care"' in part(found, "care")
    assert plain(part(found, "consents")) == plain(part(whole, "consents"))
    assert "care:of-customer could not be shown" in caplog.text


def test_the_form_that_a_signal_opens_is_not_taken_off_the_page(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    found = client.get(reverse("work:customer-parts", args=[bank.party_id, "then"]) + "?signal=1").content.decode()
    assert 'innerHTML:#opportunities"' not in found
    assert 'innerHTML:#signals"' in found


@pytest.mark.parametrize(("party", "place"), [("far", "first"), ("own", "elsewhere")])
def test_parts_of_a_customer_who_is_not_the_readers_and_places_there_are_none_of_are_not_found(
    bank: SmallBank, as_user: AsUser, party: str, place: str
) -> None:
    party_id = bank.party_id if party == "own" else bank.far_party_id
    assert as_user(bank.owner).get(reverse("work:customer-parts", args=[party_id, place])).status_code == 404
