"""What waits beside the work list: every app's part in one answer, and none that fails hides the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from desk.small_bank import SmallBank
from tenure.desk.org.models import User
from tenure.desk.work.waiting import PARTS

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
    assert "voice_cases:strip could not be shown on Today" in caplog.text
