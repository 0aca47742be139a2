"""The result of a hand-over as a file: every customer, masked as on the page, by those who may export and see it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from desk.small_bank import SmallBank
from desk.team.conftest import NOW, Proposed
from tenure.desk.control import services as control
from tenure.desk.control.errors import NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Export
from tenure.desk.org.models import Post
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.publication.current import pin
from tenure.desk.team.exports import HANDOVER
from tenure.desk.team.models import Handover

pytestmark = pytest.mark.django_db


def taken_out(user: Any, one: Handover) -> list[list[Any]]:
    with pin(), translation.override("en"):
        return [list(row) for row in HANDOVER.sheet(user, {"handover": str(one.pk)}, "en").rows]


def test_the_file_has_every_customer_with_what_became_of_them(bank: SmallBank, carried: Proposed) -> None:
    one = carried()
    rows = taken_out(bank.user("executive"), one)
    assert len(rows) == one.lines.count() > 1
    assert {row[0] for row in rows} == set(one.lines.values_list("party_id", flat=True))
    assert {row[7] for row in rows} == {"Handed over"} and {row[6] for row in rows} == {bank.colleague.name}
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)


def test_who_no_longer_sees_the_customers_reads_masked_names(bank: SmallBank, carried: Proposed) -> None:
    one = carried()
    before, after = taken_out(bank.owner, one), taken_out(bank.colleague, one)
    whole = {row[0]: row[1] for row in after}
    hidden = [row for row in before if row[1] != whole[row[0]]]
    assert hidden and all("*" in row[1] for row in hidden)


def test_a_stranger_takes_nothing_out(bank: SmallBank, carried: Proposed) -> None:
    one = carried()
    with pytest.raises(NotFound):
        taken_out(bank.stranger, one)
    with pytest.raises(NotFound):
        HANDOVER.count(bank.stranger, {"handover": str(one.pk)}, 10)


def test_asking_for_it_takes_the_right_a_reason_and_leaves_a_line(bank: SmallBank, carried: Proposed) -> None:
    one = carried()
    asked = {"handover": str(one.pk)}
    assert not reach_of(bank.owner).may(Permission.EXPORT_CUSTOMERS)
    with pytest.raises(NotAllowed):
        control.request_export(bank.owner, "handover", asked, "for the file", now=NOW)
    marketer = bank.user("marketer")
    Post.objects.create(user=marketer, role="branch_head", org_id="S1", org_path="/HQ/B1/S1/")
    marketer = bank.user("marketer")
    with pytest.raises(Unacceptable):
        control.request_export(marketer, "handover", asked, "", now=NOW)
    made = control.request_export(marketer, "handover", asked, "for the file", now=NOW)
    assert (made.kind, made.filters) == ("handover", asked)
    assert AuditEvent.objects.get(act="export.request").changes["rows"] == one.lines.count()
    for wrong in ({"handover": "x"}, {}, {**asked, "tier": "gold"}):
        with pytest.raises(Unacceptable):
            control.request_export(marketer, "handover", wrong, "for the file", now=NOW)
    with pytest.raises(Unacceptable):
        control.request_export(marketer, "handover", asked, "for the file", now=NOW, purpose="marketing")
    with pytest.raises(NotFound):
        control.request_export(marketer, "handover", {"handover": str(uuid4())}, "for the file", now=NOW)


def test_the_page_asks_for_the_file_and_comes_back_to_it(bank: SmallBank, carried: Proposed, client: Client) -> None:
    one = carried()
    marketer = bank.user("marketer")
    Post.objects.create(user=marketer, role="branch_head", org_id="S1", org_path="/HQ/B1/S1/")
    client.force_login(marketer)
    page = reverse("team:handover", args=[one.pk])
    assert reverse("team:export") in client.get(page).content.decode()
    answer = client.post(reverse("team:export"), {"query": str(one.pk), "reason": "for the file"})
    assert answer.status_code == 302 and answer.headers["Location"] == page
    assert Export.objects.get().filters == {"handover": str(one.pk)}
    assert "for the file" in client.get(page).content.decode()
