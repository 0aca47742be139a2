"""Where a request came from is what the nearest trusted machine says, not what a header claims."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from tenure.desk.control.middleware import NoteOrigin
from tenure.desk.control.origin import origin


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.1"),
        (0, "1.2.3.4", "10.0.0.1"),  # anybody can write the header
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # what stands further left was written by the client
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.7", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),  # it did not come through both proxies
    ],
)
def test_the_address_is_the_one_a_trusted_machine_saw(
    settings: Any, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.PROXIES = proxies
    seen: list[str] = []

    def view(request: Any) -> HttpResponse:
        seen.append(origin().address)
        return HttpResponse()

    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    NoteOrigin(view)(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers=headers))
    assert seen == [address]
    assert origin().address == ""


def test_every_request_has_an_id_of_its_own() -> None:
    answers = [NoteOrigin(lambda request: HttpResponse())(RequestFactory().get("/")) for _ in range(2)]
    ids = {answer.headers["X-Request-ID"] for answer in answers}
    assert len(ids) == 2
