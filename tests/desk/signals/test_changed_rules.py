"""The bank's own rules: edited by one, tried out on last month's events, in force when another approves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from desk.signals.conftest import NOW, YUAN, Event
from desk.small_bank import SmallBank
from tenure.contracts import codes
from tenure.desk.control.changes import services as changes
from tenure.desk.control.changes.kinds import kind_of
from tenure.desk.control.errors import Conflict, NotAllowed, Unacceptable
from tenure.desk.org.models import User
from tenure.desk.signals import services
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.models import RuleSet, Signal
from tenure.desk.signals.rules import DEFAULTS
from tenure.desk.signals.trying import tried_out

pytestmark = pytest.mark.django_db


def lowered(to: int = 1_000 * YUAN) -> dict[str, Any]:
    """The defaults with large deposits from ``to`` on."""
    content = DEFAULTS.as_json()
    content["rules"]["large_deposit"]["amounts"] = dict.fromkeys(codes.TIER_ORDER, to)
    return content


def test_rules_hold_only_once_another_has_approved_them(bank: SmallBank, event: Event) -> None:
    admin = bank.user("administrator")
    small = event(amount=2_000 * YUAN)
    assert services.take_events(admin, [small], now=NOW).signals == 0
    change = services.propose_rules(bank.user("marketer"), lowered(), "too few signals", 0, now=NOW)
    assert in_force().version == 0
    assert services.take_events(admin, [event(amount=2_000 * YUAN)], now=NOW).signals == 0
    changes.approve(bank.user("executive"), change.pk, now=NOW)
    assert in_force().version == 1
    assert services.take_events(admin, [event(amount=2_000 * YUAN)], now=NOW).signals == 1
    assert Signal.objects.get().rule_version == 1
    assert RuleSet.objects.get().approved_by == bank.user("executive")


def test_nobody_approves_their_own_rules_and_only_some_may_edit(bank: SmallBank) -> None:
    executive = bank.user("executive")
    change = services.propose_rules(executive, lowered(), "too few", 0, now=NOW)
    with pytest.raises(NotAllowed):
        changes.approve(executive, change.pk, now=NOW)
    for role in ("branch_head", "relationship_manager", "teller", "analyst", "auditor"):
        with pytest.raises(NotAllowed):
            services.propose_rules(bank.user(role), lowered(), "why not", 0, now=NOW)


def test_a_change_made_from_rules_that_hold_no_more_is_not_applied(bank: SmallBank) -> None:
    first = services.propose_rules(bank.user("marketer"), lowered(), "too few", 0, now=NOW)
    with pytest.raises(Conflict):  # one waits
        services.propose_rules(bank.user("administrator"), lowered(5), "too few", 0, now=NOW)
    changes.approve(bank.user("executive"), first.pk, now=NOW)
    with pytest.raises(Conflict):  # the form was made before
        services.propose_rules(bank.user("marketer"), lowered(7), "again", 0, now=NOW)
    with pytest.raises(Conflict):  # nothing differs
        services.propose_rules(bank.user("marketer"), lowered(), "again", 1, now=NOW)
    with pytest.raises(Unacceptable):
        services.propose_rules(bank.user("marketer"), {**lowered(), "hours": 0}, "again", 1, now=NOW)


def test_the_try_out_says_how_often_rules_would_have_fired_and_fires_nothing(bank: SmallBank, event: Event) -> None:
    rows = [event(amount=2_000 * YUAN, at=NOW - timedelta(days=day)) for day in range(1, 34)]
    services.take_events(bank.user("administrator"), rows, now=NOW)
    wanted = services.rules.settings_from(lowered())
    before, after = tried_out(DEFAULTS, NOW), tried_out(wanted, NOW)
    assert (before.signals, after.signals) == (0, 30), "events of 30 days, and not the older ones"
    tier = next(iter(after.by_rule["large_deposit"]))
    assert after.of_tier(tier) == 30
    change = services.propose_rules(bank.user("marketer"), lowered(), "too few", 0, now=NOW)
    lines = kind_of(change).lines(change, bank.user("executive"))
    assert "30" in lines[-1].after and lines[0].before != lines[0].after
    assert not Signal.objects.exists()


def test_what_the_try_out_says_is_what_would_have_been_raised(bank: SmallBank, event: Event) -> None:
    kinds = ("deposit", "transfer_in", "withdrawal", "certificate_lost", "transfer_out")
    rows = [
        event(
            bank.party_ids[n % 20],
            kind=kinds[n % 5],
            amount=(n * 7_919 % 900_000) * YUAN,
            same_name=n % 3 == 0,
            at=NOW - timedelta(hours=n),
        )
        for n in range(200)
    ]
    taken = services.take_events(bank.user("administrator"), rows, now=NOW)
    assert taken.signals > 10
    assert tried_out(DEFAULTS, NOW).signals == taken.signals


def test_the_page_takes_yuan_and_stores_fen(bank: SmallBank, as_user: Any) -> None:
    client = as_user(bank.user("marketer"))
    form = {"based_on": "0", "count": "5", "hours": "24", "escalate_minutes": "45", "reason": "slower branches"}
    for name, rule in DEFAULTS.rules.items():
        form[f"{name}.on"] = "1"
        form |= {f"{name}.{tier}": f"{amount // 100:,}" for tier, amount in rule.amounts.items()}
    tried = client.post("/signals/rules/try", form, headers={"HX-Request": "true"})
    assert tried.status_code == 200
    assert client.post("/signals/rules", form).status_code == 302
    from tenure.desk.control.models import Change

    change = Change.objects.get(kind="signals.rules")
    assert change.content["settings"] == {**DEFAULTS.as_json(), "escalate_minutes": 45}
    bad = client.post("/signals/rules/try", form | {"frequent.gold": "many"}, headers={"HX-Request": "true"})
    assert bad.status_code == 422
    assert "45" in as_user(bank.user("executive")).get(f"/audit/changes/{change.pk}/").content.decode()


def test_a_program_reads_tries_and_proposes_rules_as_the_page_does(
    bank: SmallBank, event: Event, as_user: Callable[[User], Client]
) -> None:
    now = timezone.now()
    services.take_events(bank.user("administrator"), [event(amount=2_000 * YUAN, at=now)], now=now)
    client = as_user(bank.user("marketer"))
    told = client.get("/api/v1/signals/rules").json()
    version = told.pop("version")
    assert (version, told) == (0, DEFAULTS.as_json())
    wanted = lowered()
    tried = client.post("/api/v1/signals/rules/try", wanted, content_type="application/json").json()
    assert (tried["now"]["signals"], tried["then"]["signals"]) == (0, 1)
    sent = wanted | {"reason": "too few signals", "based_on": version}
    answer = client.post("/api/v1/signals/rules", sent, content_type="application/json")
    assert answer.status_code == 202 and in_force().version == 0
    changes.approve(bank.user("executive"), UUID(answer.json()["change_id"]), now=NOW)
    assert client.get("/api/v1/signals/rules").json()["rules"] == wanted["rules"]
    wanted["rules"]["large_deposit"]["amounts"]["private"] = -1
    refused = client.post("/api/v1/signals/rules/try", wanted, content_type="application/json")
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "large_deposit.private"
    assert as_user(bank.owner).get("/api/v1/signals/rules").status_code == 403
