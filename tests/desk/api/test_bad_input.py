"""Whatever comes in, the API answers it: never a failure, always problem details where it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.addresses import Operation, operations
from desk.small_bank import SmallBank
from tenure.desk.org.models import User

FEW = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(
    ["\x00", "'", '"', "%", "\\", "9" * 40, "-1", "null", "../..", "=1+1", "<script>", "\u202e", "１２"]
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(
    [
        "party_id",
        "kind",
        "outcome",
        "words",
        "purpose",
        "next_step_on",
        "proposal_key",
        "external_id",
        "at",
        "until",
        "to_staff_id",
        "reason",
        "name",
        "scopes",
        "days",
        "filters",
        "columns",
    ]
)
QUERIES = st.sampled_from(
    ["q", "tier", "branch", "near", "sort", "cursor", "limit", "kind", "table", "before", "since", "actor"]
)


def _answered(answer: Any) -> None:
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("operation", [one for one in operations() if one.takes_body], ids=lambda one: one.name)
@FEW
@given(body=st.dictionaries(FIELDS, VALUE, max_size=6))
def test_no_body_makes_the_api_fail(
    bank: SmallBank, as_user: Callable[[User], Client], operation: Operation, body: dict[str, Any]
) -> None:
    client = as_user(bank.user("branch_head"))
    client.raise_request_exception = False
    path = operation.path.replace("{party_id}", bank.party_id).replace("{key}", bank.proposal_key)
    with transaction.atomic():
        _answered(client.post(path, json.dumps(body), content_type="application/json"))
        transaction.set_rollback(True)


@pytest.mark.parametrize("operation", [one for one in operations() if one.method == "get"], ids=lambda one: one.name)
@FEW
@given(
    query=st.dictionaries(QUERIES, TEXT | st.integers().map(str), max_size=4),
    row=TEXT.filter(lambda text: "/" not in text and text not in (".", "..")),
)
def test_no_query_makes_the_api_fail(
    bank: SmallBank, as_user: Callable[[User], Client], operation: Operation, query: dict[str, str], row: str
) -> None:
    client = as_user(bank.user("auditor"))
    client.raise_request_exception = False
    path = re.sub(r"\{\w+\}", lambda _: quote(row, safe="") or "x", operation.path)
    with transaction.atomic():
        _answered(client.get(path, query))
        transaction.set_rollback(True)


@pytest.mark.parametrize("body", ["{", "[]", "null", '"text"', "\xff", '{"outcome": "done"', '{"words": "\\ud800"}'])
def test_what_is_not_a_document_is_refused(bank: SmallBank, as_user: Callable[[User], Client], body: str) -> None:
    client = as_user(bank.owner)
    client.raise_request_exception = False
    answer = client.post("/api/v1/contacts", body.encode("latin-1"), content_type="application/json")
    assert answer.status_code in (400, 422)
    _answered(answer)
