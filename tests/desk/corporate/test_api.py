"""What is known of a company by API: the same services, rights and conflicts as its pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from desk.corporate.conftest import NOW, TODAY, Opened
from desk.small_bank import SmallBank
from tenure.desk.control import services as control
from tenure.desk.control.models import AuditEvent
from tenure.desk.corporate import services
from tenure.desk.corporate.models import NegotiationSheet
from tenure.desk.org.models import User

Called = Callable[..., Any]


@pytest.fixture
def call(bank: SmallBank) -> Called:
    """Calls an operation with a token of the owner's, or of whoever is given."""

    def request(method: str, path: str, body: dict[str, Any] | None = None, user: User | None = None) -> Any:
        scopes = ["companies:read", "companies:write", "customers:clear"]
        _token, key = control.create_token(user or bank.owner, "crm", scopes, now=NOW)
        client = Client(headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"})
        how = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(f"/api/v1/{path}", **how)

    return request


def test_the_five_demands_are_read_with_what_was_noted_of_them(bank: SmallBank, company: str, call: Called) -> None:
    noted = {"demand": "financing", "state": "asked_yes", "words": "a second shop"}
    assert call("post", f"companies/{company}/demands", noted).status_code == 204
    found = {one["demand"]: one for one in call("get", f"companies/{company}/demands").json()}
    assert list(found) == ["purchasing", "selling", "financing", "cash", "investing"]
    note = found["financing"]["note"]
    assert (note["state"], note["words"], note["by"]) == ("asked_yes", "a second shop", bank.owner.username)
    assert found["cash"]["note"] is None and set(found["financing"]["figures"]) == {"loan", "net_flow"}
    assert call("get", f"companies/{company}/demands", user=bank.stranger).status_code == 404


def test_a_visit_is_planned_changed_and_called_off(bank: SmallBank, company: str, call: Called) -> None:
    on = (TODAY + timedelta(days=3)).isoformat()
    made = call("post", f"companies/{company}/visits", {"aim": "the loan", "on": on}).json()
    path = f"company-visits/{made['id']}"
    plan = {"version": 1, "aim": "the loan and the payroll", "on": on}
    assert call("put", path, plan, bank.stranger).status_code == 404
    changed = call("put", path, plan).json()
    assert (changed["aim"], changed["version"]) == ("the loan and the payroll", 2)
    assert call("put", path, plan).status_code == 409
    assert call("post", f"{path}/cancel", {"version": 2}).json()["state"] == "cancelled"
    assert call("get", path).json()["state"] == "cancelled"
    acts = AuditEvent.objects.filter(act__startswith="visit.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["visit.plan", "visit.change", "visit.cancel"]


def test_a_person_is_taken_off_a_purchase(bank: SmallBank, bought: Opened, call: Called) -> None:
    one = bought()
    services.put_role(bank.owner, one.pk, "decider", version=1, now=NOW, name="Zhang")
    (role,) = call("get", f"purchases/{one.pk}").json()["roles"]
    left = call("post", f"purchases/{one.pk}/roles/{role['id']}/end", {"version": 2})
    assert left.status_code == 200 and left.json()["roles"] == []


SHEET = {
    "version": 0,
    "aims": "the payroll too",
    "limits": "3.2 %",
    "trades": [{"give": "a lower fee", "ask": "the payroll"}],
    "our_alternatives": "the other mill",
}


def test_a_negotiation_sheet_is_written_and_read_with_its_editions(
    bank: SmallBank, bought: Opened, call: Called
) -> None:
    path = f"purchases/{bought().pk}/negotiation"
    assert call("get", path).json() | {"purchase_id": ""} == {
        "purchase_id": "",
        "version": 0,
        "sheet": None,
        "editions": [],
    }
    first = call("post", path, SHEET)
    assert first.status_code == 201 and call("post", path, SHEET).status_code == 200, "sent twice it is one"
    head = bank.user("branch_head")
    second = call("post", path, {**SHEET, "version": 1, "limits": "3.0 %"}, head)
    assert second.status_code == 201 and second.json()["version"] == 2
    found = call("get", path).json()
    assert found["sheet"] | {"at": ""} == {
        "edition": 2,
        "by": head.username,
        "at": "",
        "aims": "the payroll too",
        "limits": "3.0 %",
        "trades": [{"give": "a lower fee", "ask": "the payroll"}],
        "their_alternatives": "",
        "our_alternatives": "the other mill",
    }
    assert [one["edition"] for one in found["editions"]] == [2, 1]
    assert call("get", f"{path}?edition=1").json()["sheet"]["limits"] == "3.2 %"
    assert call("get", f"{path}?edition=9").status_code == 404
    acts = AuditEvent.objects.filter(act__startswith="negotiation.").order_by("pk")
    assert [(one.act, one.changes["edition"]) for one in acts] == [
        ("negotiation.open", 0),
        ("negotiation.write", 1),
        ("negotiation.write", 2),
        ("negotiation.open", 2),
        ("negotiation.open", 1),
    ]


def test_who_comes_second_with_a_sheet_is_refused_with_the_name_of_the_first(
    bank: SmallBank, bought: Opened, call: Called
) -> None:
    path = f"purchases/{bought().pk}/negotiation"
    call("post", path, SHEET)
    late = call("post", path, {**SHEET, "limits": "2.9 %"}, bank.user("branch_head"))
    assert late.status_code == 409 and bank.owner.name in str(late.json())
    assert NegotiationSheet.objects.count() == 1
    half = call("post", path, {**SHEET, "version": 1, "trades": [{"give": "a lower fee", "ask": ""}]})
    assert half.status_code == 422


def test_a_program_reads_limits_only_for_those_who_see_them_on_the_page(
    bank: SmallBank, bought: Opened, call: Called
) -> None:
    path = f"purchases/{bought().pk}/negotiation"
    call("post", path, SHEET)
    looked = AuditEvent.objects.filter(act="negotiation.open")
    for role in ("teller", "lobby_manager", "complaint_handler", "executive", "auditor", "marketer", "analyst"):
        for answer in (call("get", path, user=bank.user(role)), call("post", path, SHEET, bank.user(role))):
            assert answer.status_code == 403 and "3.2" not in answer.content.decode(), role
    for user in (bank.colleague, bank.stranger):  # managers too, but neither on its team nor head of its branch
        assert call("get", path, user=user).status_code == call("post", path, SHEET, user).status_code == 404
    assert not looked.exists() and NegotiationSheet.objects.count() == 1
