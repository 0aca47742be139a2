"""Every page and every API operation, called as every role: rows that are not theirs are 404, acts without the right
are 403, nothing is ever a failure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from desk.addresses import NEEDS, ROLES, Operation, body_of, operations, pages, samples
from desk.small_bank import SmallBank
from tenure.desk.org.models import User
from tenure.desk.org.rules import PERMISSIONS
from tenure.desk.parties.visibility import visible_to

AsUser = Callable[[User], Client]
#: Pages one need not be signed in for.
OPEN = {"counter", "sign-in", "language", "language-of-session", "session"}
#: Arguments that name a row of a customer.
ROWS = {"str:party_id", "str:key", "path:key"}
COMPANY = "str:company_id"


def test_every_page_is_called_with_arguments_it_accepts(bank: SmallBank) -> None:
    known = samples(bank, far=False)
    unknown = {
        f"{page.pattern}: {argument}" for page in pages() for argument in page.arguments if argument not in known
    }
    assert not unknown, f"give a sample for these in tests/desk/addresses.py: {sorted(unknown)}"


def test_every_operation_says_what_right_it_asks_for() -> None:
    assert {one.name for one in operations()} == set(NEEDS)


def _called(client: Client, method: str, address: str, data: dict[str, str] | None = None) -> int:
    with transaction.atomic():  # what one call changes, the next does not see
        status: int = getattr(client, method)(address, data or {}).status_code
        transaction.set_rollback(True)
    return status


#: One form for every page: fields a page does not know it does not read.
FORM = {
    "outcome": "done",
    "kind": "call",
    "words": "spoke on the phone",
    "until": (timezone.localdate() + timedelta(days=3)).isoformat(),
    "to": "E2012",
    "reason": "on leave until Monday",
    "name": "walk",
    "language": "en",
    "query": "tier=gold",
}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_fails_for_anyone(bank: SmallBank, as_user: AsUser, role: str) -> None:
    client, failed, called = as_user(bank.user(role)), [], set()
    client.raise_request_exception = False
    signed_in = client.cookies[settings.SESSION_COOKIE_NAME].value
    for far in (False, True):
        known = samples(bank, far=far)
        seen = visible_to(bank.user(role)).filter(party_id__in=[known["str:party_id"], known[COMPANY]])
        seen = set(seen.values_list("party_id", flat=True))
        for page in pages():
            address = page.filled(known)
            if address in called:  # nothing of it says whose it is
                continue
            called.add(address)
            for method in ("get", "post"):
                client.cookies.clear()  # one of the pages signs out, another changes the session
                client.cookies[settings.SESSION_COOKIE_NAME] = signed_in
                status = _called(client, method, address, FORM if method == "post" else None)
                sees = known[COMPANY if COMPANY in page.arguments else "str:party_id"] in seen
                about_a_row = bool({*ROWS, COMPANY} & set(page.arguments))
                if status >= 500 or (about_a_row and not sees and status not in (403, 404, 405)):
                    failed.append(f"{method} {address} as {role}: {status}")
    assert not failed


NONSENSE = {
    "q": "' OR 1=1 --",
    "branch": "nowhere",
    "rm": "nobody",
    "tier": "emerald",
    "sort": "luck",
    "at": "!",
    "list": "?",
    "kind": "gossip",
    "before": "yesterday|x",
    "table": "secrets",
    "month": "2026-13",
    "next": "//elsewhere.example",
    "limit": "-1",
}


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What is looked up in any address's query; "*" when somebody looks at the whole of one."""
    found: set[str] = set()

    def noting(name: str, one: bool) -> None:
        looked_up = getattr(QueryDict, name)

        def look(self: QueryDict, *given: Any, **named: Any) -> Any:
            found.add(str(given[0]) if one else "*")
            return looked_up(self, *given, **named)

        monkeypatch.setattr(QueryDict, name, look)

    make = QueryDict.__init__

    def made(self: QueryDict, *given: Any, **named: Any) -> None:
        before = set(found)
        make(self, *given, **named)
        found.intersection_update(before)  # to put a name in, it is looked for too

    monkeypatch.setattr(QueryDict, "__init__", made)
    for name in ("get", "getlist", "__getitem__", "__contains__"):
        noting(name, True)
    for name in ("items", "lists", "keys", "values", "__iter__", "__len__", "copy", "dict", "urlencode", "__str__"):
        noting(name, False)
    return found


@pytest.mark.parametrize("role", [role for role in ("relationship_manager", "auditor") if role in ROLES])
def test_no_page_fails_for_a_query_that_means_nothing(
    bank: SmallBank, as_user: AsUser, asked_for: set[str], role: str
) -> None:
    """All of it at once, and by itself each that the page looks up; what a page never asks for it can't stumble over.

    With the others gone it may ask for more: what is asked for then is tried as well.
    """
    client = as_user(bank.user(role))
    client.raise_request_exception = False
    failed: list[str] = []
    looked_up: set[str] = set()
    for page in pages():
        address = page.filled(samples(bank, far=False))
        asked_for.clear()
        waiting: list[dict[str, str]] = [{}, NONSENSE]
        done: set[str] = set()
        while waiting:
            query = waiting.pop()
            status = _called(client, "get", address, query)
            if status >= 500:
                failed.append(f"{address} {query}: {status}")
            new = (set(NONSENSE) if "*" in asked_for else asked_for & set(NONSENSE)) - done
            done |= new
            looked_up |= new
            waiting += [{name: NONSENSE[name]} for name in sorted(new)]
    assert not failed
    assert looked_up >= set(NONSENSE) - {"next"}, "every name is some page's, and the walk noticed"


def test_a_stranger_at_the_door_is_shown_the_sign_in_page_and_nothing_else(bank: SmallBank) -> None:
    let_in = []
    for page in pages():
        if page.name in OPEN:
            continue
        answer = Client().get(page.filled(samples(bank, far=False)), follow=True)
        at_the_door = bool(answer.redirect_chain) and "/sign-in" in answer.redirect_chain[-1][0]
        if not (at_the_door or answer.status_code in (204, 403, 404, 405)):
            let_in.append(f"{page.pattern}: {answer.status_code}")
    assert not let_in


#: Operations whose customer stands in the body.
ABOUT_A_CUSTOMER = (
    "log_contact", "add_signal", "log_reception", "propose_merge", "tell_apart", "open_opportunity",
    "ask_introduction", "note_unasked_introduction", "begin_solution", "receive_request", "open_case",
)  # fmt: skip
#: Arguments whose sample is the number of nothing.
NOBODYS = {
    "contact_id", "export_id", "token_id", "change_id", "job_id", "message_id", "fact_id", "answers_id", "reception_id",
    "merge_id", "signal_id", "number", "opportunity_id", "agreement_id", "introduction_id", "upkeep_id", "handover_id",
    "absence_id", "line_id", "purchase_id", "visit_id", "promise_id",
    "solution_id", "code", "case_id", "improvement_id", "correction_id", "action_id", "interview_id", "win_back_id",
    "complaint_id", "arrival_id", "letter_id", "panel_id", "member_id", "session_id",
}  # fmt: skip


def _expected(operation: Operation, role: str, sees: bool) -> set[int]:
    needed = NEEDS[operation.name]
    if needed is not None and needed not in PERMISSIONS[role]:
        return {403}
    if NOBODYS & {part.strip("{}") for part in operation.path.split("/")}:
        return {404}  # the sample is nobody's
    if operation.name in ("undo_entry", "give_care", "skip_care", "undo_care"):
        return {404}  # nothing was done yet; nothing of that key is due
    if operation.name == "assign_from_pool" or (operation.name == "take_from_pool" and role != "relationship_manager"):
        return {404}  # the customer has a lead and was never in the pool
    about_one = any(part in operation.path for part in ("{party_id}", "{company_id}", "{key}"))
    if not sees and (about_one or operation.name in ABOUT_A_CUSTOMER):
        return {404}
    return {200, 201, 202, 204}


#: Operations about an employee: the one who asks, or one of a branch they head.
ABOUT_SOMEBODY = ("set_stand_in", "note_absence", "plan_hand_over", "propose_hand_over")


@pytest.mark.parametrize("far", [False, True], ids=["own branch", "other branch"])
@pytest.mark.parametrize("role", ROLES)
def test_an_operation_answers_each_role_as_its_rights_say(
    bank: SmallBank, as_user: AsUser, role: str, far: bool
) -> None:
    client = as_user(bank.user(role))
    known = samples(bank, far=far)
    sees = visible_to(bank.user(role)).filter(party_id=known["str:party_id"]).exists()
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    wrong = []
    for operation in operations():
        sees_it = sees
        if "{company_id}" in operation.path:
            sees_it = visible_to(bank.user(role)).filter(party_id=known[COMPANY]).exists()
        expected = _expected(operation, role, sees_it)
        if operation.name == "get_branch" and far and role == "branch_head":
            expected = {404}  # a branch beside theirs
        if operation.name == "hand_over_entry" and far and expected != {403} and expected != {404}:
            expected = {422}  # the sample colleague is of another branch
        if operation.name == "ask_introduction" and not far and 201 in expected:
            expected = {422}  # the sample customer has an open complaint: they are not asked now
        if operation.name in ABOUT_SOMEBODY and far:
            expected = {403}
        body = body_of(operation, known, tomorrow) if operation.takes_body else None
        with transaction.atomic():
            answer = getattr(client, operation.method)(
                operation.filled(known),
                **({"data": body, "content_type": "application/json"} if body is not None else {}),
            )
            transaction.set_rollback(True)
        if answer.status_code not in expected:
            wrong.append(f"{operation.name} as {role}: {answer.status_code}, expected {sorted(expected)}")
    assert not wrong


def test_an_operation_answers_nobody_who_did_not_sign_in(bank: SmallBank) -> None:
    known = samples(bank, far=False)
    for operation in operations():
        answer = getattr(Client(), operation.method)(operation.filled(known), content_type="application/json")
        assert answer.status_code == 401, operation.name
        assert answer.headers["Content-Type"] == "application/problem+json"


#: What even the owner finds nothing for: no act to take back, a customer who is in no pool.
NOT_YET = ("undo_entry", "assign_from_pool")


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger"])
def test_only_the_owner_works_on_the_owners_customer(bank: SmallBank, as_user: AsUser, who: str) -> None:
    client = as_user(getattr(bank, who))
    known = samples(bank, far=False)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    about_rows = [one for one in operations() if "{party_id}" in one.path or "{key}" in one.path]
    for operation in about_rows:
        body = body_of(operation, known, tomorrow) if operation.takes_body else None
        with transaction.atomic():
            answer = getattr(client, operation.method)(
                operation.filled(known),
                **({"data": body, "content_type": "application/json"} if body is not None else {}),
            )
            transaction.set_rollback(True)
        if who == "owner":
            assert answer.status_code in ({404} if operation.name in NOT_YET else {200, 201, 204}), operation.name
        else:
            assert answer.status_code == 404, operation.name
