"""Opening again what was closed: who may, for how long, what becomes of its credit and of what its close taught."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from desk.opportunities.conftest import NOW, TODAY, Opened
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.opportunities import reopening, rules, selectors, services
from tenure.desk.opportunities.credit import selectors as credit
from tenure.desk.opportunities.credit import services as credit_services
from tenure.desk.opportunities.models import Opportunity, StageRecord, Step
from tenure.desk.org.models import User

AsUser = Callable[[User], Client]
SOON = TODAY + timedelta(days=4)
ALONE = [("found", "E2011", 100), ("won", "E2011", 100), ("serves", "E2011", 100)]


def _again(user: User, one: Opportunity, **told: Any) -> Opportunity:
    given = {"version": one.version, "now": NOW} | told
    return reopening.reopen(user, one.pk, given.pop("reason", "她又来问了"), "call", SOON, **given)


def _lost(bank: SmallBank, opened: Opened) -> Opportunity:
    return services.lose(bank.owner, opened().pk, "price", version=1, now=NOW)


def _won(bank: SmallBank, opened: Opened) -> Opportunity:
    return services.win(bank.owner, opened().pk, version=1, now=NOW)


def test_what_was_lost_stands_open_where_it_was_with_a_reason_and_its_history(bank: SmallBank, opened: Opened) -> None:
    one = _again(bank.owner, _lost(bank, opened))
    assert (one.state, one.stage, one.lost_reason, one.closed_on) == ("open", "identified", "", None)
    assert (one.next_step, one.next_step_on, one.version) == ("call", SOON, 3)
    assert [(s.state, s.words) for s in one.steps.all()] == [("open", ""), ("lost", ""), ("open", "她又来问了")]
    seen = selectors.opportunity(bank.owner, one.pk, TODAY)
    assert [step.again for step in selectors.steps_of(bank.owner, seen)] == [True, False, False]
    line = AuditEvent.objects.get(act="opportunity.reopen")
    assert line.changes["was"] == "lost" and "她" not in str(line.changes)


def test_one_opportunity_never_teaches_a_stage_twice(bank: SmallBank, opened: Opened) -> None:
    one = _again(bank.owner, _lost(bank, opened))
    record = StageRecord.objects.get(stage="identified")
    assert (record.closed, record.won) == (0, 0)
    services.win(bank.owner, one.pk, version=3, now=NOW)
    record.refresh_from_db()
    assert (record.closed, record.won) == (1, 1)


def test_a_win_is_opened_again_by_a_head_without_a_share_and_its_credit_is_taken_back(
    bank: SmallBank, opened: Opened
) -> None:
    won = _won(bank, opened)
    credit_services.propose(bank.owner, won.pk, ALONE, now=NOW)
    Opportunity.objects.filter(pk=won.pk).update(closed_on=TODAY - timedelta(days=20))
    month = TODAY.replace(day=1)
    assert credit.statement(bank.owner, month, TODAY).lines
    with pytest.raises(NotAllowed):
        _again(bank.owner, won)
    one = _again(bank.user("branch_head"), won)
    assert (one.won_amount, one.credit_until, one.spread_ppm) == (None, None, None)
    assert credit.statement(bank.owner, month, TODAY).lines == []
    line = AuditEvent.objects.get(act="opportunity.reopen")
    assert line.changes["amount"] == 50_000_000
    services.win(bank.owner, one.pk, version=one.version, now=NOW)
    assert credit.statement(bank.owner, month, TODAY).lines, "the shares that were agreed hold still"


@pytest.mark.parametrize("state", ["lost", "won"])
def test_nothing_is_opened_again_after_its_time(bank: SmallBank, opened: Opened, state: str) -> None:
    one = _lost(bank, opened) if state == "lost" else _won(bank, opened)
    user = bank.owner if state == "lost" else bank.user("branch_head")
    last = rules.reopens_until(state, one.closed_on) - TODAY
    with pytest.raises(Conflict) as no:
        reopening.reopen(user, one.pk, "late", "call", SOON, version=2, now=NOW + last + timedelta(days=1))
    assert "new opportunity" in no.value.remedy or "新" in no.value.remedy
    assert Opportunity.objects.get().state == state
    on = TODAY + last + timedelta(days=2)
    assert reopening.reopen(user, one.pk, "just in time", "call", on, version=2, now=NOW + last).state == "open"


def test_a_double_click_opens_it_once_and_the_second_person_is_told(bank: SmallBank, opened: Opened) -> None:
    closed = _lost(bank, opened)
    _again(bank.owner, closed, version=2)
    assert _again(bank.owner, closed, version=2).version == 3
    assert Step.objects.count() == 3
    with pytest.raises(Conflict) as no:
        _again(bank.user("branch_head"), closed, version=2)
    assert bank.owner.name in no.value.message


def test_owner_colleague_and_stranger(bank: SmallBank, opened: Opened) -> None:
    closed = _lost(bank, opened)
    with pytest.raises(NotFound):
        _again(bank.stranger, closed)
    with pytest.raises(NotAllowed):
        _again(bank.user("auditor"), closed)
    assert _again(bank.user("branch_head"), closed).state == "open"


@pytest.mark.parametrize(("reason", "step"), [("", "call"), ("x", "call"), ("changed their mind", "")])
def test_a_reason_and_a_next_step_are_asked_for(bank: SmallBank, opened: Opened, reason: str, step: str) -> None:
    closed = _lost(bank, opened)
    with pytest.raises(Unacceptable):
        reopening.reopen(bank.owner, closed.pk, reason, step, SOON, version=2, now=NOW)
    assert Opportunity.objects.get().state == "lost"


def test_the_page_offers_it_to_who_may_and_the_service_does_it(
    bank: SmallBank, opened: Opened, as_user: AsUser
) -> None:
    won = _won(bank, opened)
    address = f"/opportunities/{won.pk}/"
    assert "reopen" not in as_user(bank.owner).get(address).content.decode()
    head = as_user(bank.user("branch_head"))
    assert f"{address}reopen" in head.get(address).content.decode()
    asked = {"version": 2, "reason": "合同未签成", "next_step": "再约", "next_step_on": SOON.isoformat()}
    assert head.post(f"{address}reopen", asked).status_code == 302
    assert head.post(f"{address}reopen", asked).status_code == 302
    page = head.get(address).content.decode()
    assert "合同未签成" in page and "重新开启" in page
    key_less = Client().post(f"/api/v1/opportunities/{won.pk}/reopen", json.dumps(asked), "application/json")
    assert key_less.status_code == 401
