"""Writing by API acts as the page does: the same rights, the same conflicts, the same line in the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import services as control
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.work.models import Contact


@pytest.fixture
def crm(bank: SmallBank) -> Callable[..., Any]:
    """Posts JSON with a token of the owner's, or of whoever is given."""

    def post(path: str, body: dict[str, Any] | None = None, user: User | None = None) -> Any:
        _token, key = control.create_token(
            user or bank.owner, "crm", ["work:read", "work:write", "customers:read"], now=timezone.now()
        )
        client = Client(headers={"Authorization": f"Bearer {key}"})
        return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")

    return post


def _contact(bank: SmallBank, **other: Any) -> dict[str, Any]:
    return {
        "party_id": bank.party_id,
        "kind": "call",
        "outcome": "interested",
        "words": "wants to hear about deposits",
        "external_id": "crm-2026-17",
        "at": (timezone.now() - timedelta(hours=1)).isoformat(timespec="seconds"),
        **other,
    }


def test_a_contact_sent_twice_is_made_once(bank: SmallBank, crm: Callable[..., Any]) -> None:
    body = _contact(bank)
    first, again = crm("contacts", body), crm("contacts", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Contact.objects.count() == 1


def test_the_id_with_other_content_is_a_conflict_that_names_the_difference(
    bank: SmallBank, crm: Callable[..., Any]
) -> None:
    body = _contact(bank)
    crm("contacts", body)
    refused = crm("contacts", {**body, "outcome": "declined"})
    assert refused.status_code == 409 and "outcome" in refused.json()["detail"]
    assert Contact.objects.get().outcome == "interested"


def test_a_value_that_cannot_be_is_named(bank: SmallBank, crm: Callable[..., Any]) -> None:
    refused = crm("contacts", _contact(bank, outcome="sold"))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "outcome"
    refused = crm("contacts", _contact(bank, at="yesterday"))
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"].endswith("at")


def test_finishing_an_entry_that_is_done_is_a_conflict(bank: SmallBank, crm: Callable[..., Any]) -> None:
    done = crm(f"worklist/{bank.proposal_key}/complete", {"outcome": "done"})
    assert done.status_code == 201 and done.json()["proposal_key"] == bank.proposal_key
    assert crm(f"worklist/{bank.proposal_key}/complete", {"outcome": "done"}).status_code == 409
    assert crm(f"worklist/{bank.proposal_key}/undo").status_code == 204
    assert crm(f"worklist/{bank.proposal_key}/complete", {"outcome": "declined"}).status_code == 201


def test_an_entry_is_put_off_and_handed_over(bank: SmallBank, crm: Callable[..., Any]) -> None:
    until = timezone.localdate() + timedelta(days=2)
    standing = crm(f"worklist/{bank.proposal_key}/snooze", {"until": until.isoformat()}).json()
    assert (standing["state"], standing["snoozed_until"]) == ("snoozed", until.isoformat())
    standing = crm(f"worklist/{bank.proposal_key}/hand-over", {"to_staff_id": "E2012", "reason": "leave"}).json()
    assert (standing["state"], standing["handed_to"]) == ("handed_over", "E2012")


def test_the_trail_says_which_request_changed_what(bank: SmallBank, crm: Callable[..., Any]) -> None:
    answer = crm("contacts", _contact(bank))
    line = AuditEvent.objects.get(act="contact.log")
    assert line.request_id == answer.headers["X-Request-ID"]
    assert (line.actor_name, line.address) == ("e2011", "127.0.0.1")


def test_a_stranger_changes_nothing(bank: SmallBank, crm: Callable[..., Any]) -> None:
    for path, body in (
        ("contacts", _contact(bank)),
        (f"worklist/{bank.proposal_key}/complete", {"outcome": "done"}),
        (f"worklist/{bank.proposal_key}/snooze", {"until": "2099-01-01"}),
        (f"worklist/{bank.proposal_key}/hand-over", {"to_staff_id": "E3011", "reason": "mine now"}),
        (f"worklist/{bank.proposal_key}/undo", {}),
    ):
        assert crm(path, body, user=bank.stranger).status_code == 404, path
    assert not Contact.objects.exists()
    assert set(AuditEvent.objects.values_list("act", flat=True)) == {"token.create"}
