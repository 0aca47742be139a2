"""Events of the core bank: each counts once, a bad one harms no other, and what they say of a customer is raised."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from desk.signals.conftest import NOW, YUAN, Event, account_of
from desk.small_bank import SmallBank
from tenure.contracts import codes
from tenure.desk.control.errors import NotAllowed, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.signals import services, upkeep
from tenure.desk.signals.models import Event as Stored
from tenure.desk.signals.models import Signal
from tenure.desk.signals.selectors import waiting

pytestmark = pytest.mark.django_db


def take(bank: SmallBank, *rows: Any) -> services.Taken:
    return services.take_events(bank.user("administrator"), rows, now=NOW)


def test_a_large_deposit_is_a_signal_about_the_accounts_owner(bank: SmallBank, event: Event) -> None:
    taken = take(bank, event())
    assert (taken.taken, taken.known, taken.signals, taken.refused) == (1, 0, 1, [])
    signal = Signal.objects.get()
    assert (signal.party_id, signal.rule, signal.state) == (bank.party_id, "large_deposit", "new")
    assert signal.facts["event_amount"] == 50_000_000 * YUAN
    assert Stored.objects.get().party_id == bank.party_id


def test_the_same_events_sent_again_change_nothing(bank: SmallBank, event: Event) -> None:
    rows = [event(), event(kind="withdrawal"), event(amount=1)]
    take(bank, *rows)
    again = take(bank, *rows)
    assert (again.taken, again.known, again.signals) == (0, 3, 0)
    assert Stored.objects.count() == 3 and Signal.objects.count() == 2


def test_an_id_with_other_content_is_refused_and_nothing_is_overwritten(bank: SmallBank, event: Event) -> None:
    first = event()
    take(bank, first)
    again = take(bank, first | {"amount": 5})
    assert [(r.index, r.field) for r in again.refused] == [(0, "event_id")] and again.known == 0
    assert Stored.objects.get().amount == first["amount"]
    twice = event()
    taken = take(bank, twice, twice, twice | {"amount": 7})
    assert (taken.taken, taken.known, [r.index for r in taken.refused]) == (1, 1, [2])


def test_ten_thousand_events_with_one_bad_are_taken_but_for_that_row(bank: SmallBank, event: Event) -> None:
    one = event(amount=100)
    rows = [one | {"event_id": f"bulk-{n}"} for n in range(10_000)]
    rows[7_777] = rows[7_777] | {"amount": "12.50"}
    taken = take(bank, *rows)
    assert taken.taken == 9_999 and Stored.objects.count() == 9_999
    [refused] = taken.refused
    assert (refused.index, refused.event_id, refused.field) == (7_777, "bulk-7777", "amount")
    assert "最小货币单位" in refused.expected


def test_a_delivery_has_its_line_in_the_trail_and_is_refused_in_the_senders_language(
    bank: SmallBank, event: Event
) -> None:
    with translation.override("zh-hans"):
        [refused] = take(bank, event(), event(amount="12.50")).refused
    assert refused.expected == "整数，以最小货币单位（分）计，不小于 0"
    line = AuditEvent.objects.get(act="signal.take_events")
    assert line.actor_name == bank.user("administrator").username
    assert line.changes == {"taken": 1, "known": 0, "refused": 1, "signals": 1}
    assert line.object_id == str(Stored.objects.get().delivery)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"account_id": "nobody's"}, "account_id"),
        ({"kind": "gossip"}, "kind"),
        ({"kind": ["deposit"]}, "kind"),
        ({"at": "2026-11-22T10:00:00"}, "at"),
        ({"at": (NOW + timedelta(hours=1)).isoformat()}, "at"),
        ({"at": (NOW - timedelta(days=36)).isoformat()}, "at"),
        ({"at": 12}, "at"),
        ({"kind": "certificate_lost", "amount": None}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"currency": "yuan"}, "currency"),
        ({"kind": "purchase"}, "category"),
        ({"category": "yacht"}, "category"),
        ({"same_name": "yes"}, "same_name"),
        ({"event_id": ""}, "event_id"),
        ({"event_id": "x" * 81}, "event_id"),
        ({"event_id": "a\x00b"}, "event_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_row_is_refused_at_its_field_and_the_rest_is_taken(
    bank: SmallBank, event: Event, fields: dict[str, Any], field: str
) -> None:
    taken = take(bank, event(), event() | fields, event(), "not even an object")
    assert taken.taken == 2
    assert [(r.index, r.field) for r in taken.refused] == [(1, field), (3, "")]
    assert all(r.expected for r in taken.refused)


def test_no_row_and_too_many_rows_are_unacceptable(bank: SmallBank, event: Event) -> None:
    with pytest.raises(Unacceptable):
        take(bank)
    with pytest.raises(Unacceptable):
        take(bank, *[{}] * 10_001)


@pytest.mark.parametrize("role", [role for role in codes.ROLES if role != "administrator"])
def test_only_those_who_may_send_events_do(bank: SmallBank, event: Event, role: str) -> None:
    with pytest.raises(NotAllowed):
        services.take_events(bank.user(role), [event()], now=NOW)


def test_many_transactions_are_seen_across_deliveries_and_told_once_a_day(bank: SmallBank, event: Event) -> None:
    def part(minutes: int) -> dict[str, Any]:
        return event(kind="transfer_in", amount=1_900_000 * YUAN, at=NOW - timedelta(minutes=minutes), currency="CNY")

    rows = [part(minutes) for minutes in (50, 40, 30, 20, 10)]
    for row in rows[:4]:
        take(bank, row)
    assert not Signal.objects.filter(rule="frequent").exists()
    take(bank, rows[4])
    signal = Signal.objects.get(rule="frequent")
    assert signal.facts["events"] == 5 and signal.facts["sum_amount"] == 9_500_000 * YUAN
    take(bank, part(5), part(4))
    assert Signal.objects.filter(rule="frequent").count() == 1


def test_an_amount_in_another_currency_is_not_compared_with_the_banks_own(bank: SmallBank, event: Event) -> None:
    assert take(bank, event(currency="JPY")).signals == 0


def test_a_first_purchase_is_told_once_and_one_of_a_kind_held_already_is_not(bank: SmallBank, event: Event) -> None:
    assert take(bank, event(kind="purchase", category="demand_deposit")).signals == 0
    first, second = (event(kind="purchase", category="precious_metal", amount=None) for _ in range(2))
    assert take(bank, first, second).signals == 1
    assert take(bank, event(kind="purchase", category="precious_metal")).signals == 0


def test_a_signal_is_the_leads_when_they_are_at_the_desk_and_else_the_pools(bank: SmallBank, event: Event) -> None:
    take(bank, event())
    assert Signal.objects.get().goes_to == ""
    owner = bank.owner
    owner.last_login = NOW - timedelta(hours=1)
    owner.save()
    take(bank, event())
    assert Signal.objects.exclude(goes_to="").get().goes_to == owner.staff_id


def test_old_events_are_forgotten_and_their_signals_stay(bank: SmallBank, event: Event) -> None:
    take(bank, event(at=NOW - timedelta(days=34)), event())
    assert upkeep.forget_old_events(NOW + timedelta(days=2)) == 1
    assert Stored.objects.count() == 1 and Signal.objects.count() == 2


def test_an_account_belongs_to_its_owner_first(bank: SmallBank) -> None:
    from tenure.desk.signals.intake import customers_of

    account = account_of(bank.party_id)
    assert customers_of([account, "unknown"]) == {account: bank.party_id}


@pytest.mark.parametrize(
    ("kind", "amount", "zh", "en"),
    [
        ("salary_stopped", None, "代发工资中断。", "The salary stopped."),
        (
            "salary_stopped",
            8_000 * YUAN,
            "代发工资中断，此前每月 8,000.00。",
            "The salary stopped; it was 8.00k a month.",
        ),
        ("purchase", None, "首次购买贵金属。", "First Precious metal ever."),
    ],
)
def test_a_signal_without_an_amount_is_told_as_a_whole_sentence(
    bank: SmallBank, event: Event, kind: str, amount: int | None, zh: str, en: str
) -> None:
    sent = event(kind=kind, amount=amount, category="precious_metal" if kind == "purchase" else "")
    assert services.take_events(bank.user("administrator"), [sent], now=NOW).signals == 1
    told = {language: waiting(bank.owner, "all", language)[0].reason for language in ("zh-hans", "en")}
    assert told == {"zh-hans": zh, "en": en}
