"""Schemathesis reads the API's own document and calls every operation with what that allows and what it does not.

The claim: no call of anybody's is a server error, and what is answered is what the document says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from desk.small_bank import SmallBank
from tenure.desk.api.v1 import api
from tenure.desk.control import rules, services

SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request through WSGI closes the database's connection when it ends; here that is the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("role", ["branch_head", "administrator"])
def test_no_call_the_document_allows_or_forbids_is_a_server_error(bank: SmallBank, role: str) -> None:
    application = get_wsgi_application()
    _token, key = services.create_token(bank.user(role), "schemathesis", list(rules.SCOPES), now=timezone.now())
    headers = {"Authorization": f"Bearer {key}"}
    called = 0
    for found in SCHEMA.get_all_operations():
        operation = found.ok()

        @FEW
        @given(case=operation.as_strategy())
        def calls(case: Any) -> None:
            nonlocal called
            called += 1
            with transaction.atomic():  # what one call changes, the next does not see
                response = case.call(app=application, headers=headers, base_url="http://127.0.0.1")
                transaction.set_rollback(True)
            case.validate_response(response, checks=CHECKS)

        calls()
    assert called > 3 * len(list(SCHEMA.get_all_operations()))
