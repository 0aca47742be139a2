"""The customer's page of a solution by API: in the language asked for, and no more than its reader may see."""

from __future__ import annotations

from typing import Any

from django.test import Client

from desk.offers.conftest import NOW
from desk.small_bank import SmallBank
from tenure.desk.control import services as control
from tenure.desk.offers.models import Solution
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer


def _page(user: User, solution: Solution, language: str = "", *more: str) -> Any:
    _token, key = control.create_token(user, "app", ["offers:read", *more], now=NOW)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    return client.get(f"/api/v1/solutions/{solution.pk}/page?language={language}")


def test_it_says_what_the_page_says_in_the_language_asked_for(shelf: SmallBank, shown: Solution) -> None:
    own, english = (_page(shelf.owner, shown, one, "customers:clear").json() for one in ("", "en"))
    assert (own["language"], english["language"]) == ("zh-hans", "en")
    names = [[item["name"] for need in page["needs"] for item in need["items"]] for page in (own, english)]
    assert "稳盈理财 90 天" in names[0] and "Steady wealth 90 days" in names[1]
    risks = {p["risk_words"] for need in english["needs"] for item in need["items"] for p in item["products"]}
    assert "R2, low to medium risk" in risks
    assert english["shown_on"] == shown.shown_on.isoformat() and english["advice"] == "稳字当头"


def test_it_is_masked_unless_the_token_reads_clear_and_others_read_nothing(shelf: SmallBank, shown: Solution) -> None:
    name = Customer.rows().get(party_id=shelf.party_id).name
    clear = _page(shelf.owner, shown, "", "customers:clear").json()
    assert (clear["name"], clear["advice"]) == (name, "稳字当头")
    masked = _page(shelf.owner, shown)
    assert masked.status_code == 200
    assert name not in masked.content.decode() and "稳字当头" not in masked.content.decode()
    assert _page(shelf.stranger, shown, "", "customers:clear").status_code == 404


def test_a_draft_has_no_page(shelf: SmallBank, draft: Solution) -> None:
    assert _page(shelf.owner, draft).status_code == 404
