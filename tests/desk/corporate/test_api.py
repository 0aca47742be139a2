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
