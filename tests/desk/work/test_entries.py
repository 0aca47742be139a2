"""The work list: what is on it, what becomes of an entry, and that what was done can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.current import pin
from tenure.desk.work import rules, selectors, services
from tenure.desk.work.models import Contact, Progress, Proposal

NOW = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)
TODAY = timezone.localdate(NOW)


def _keys(user: User, today: date = TODAY) -> list[str]:
    return [entry.key for entry in selectors.todays_list(user, today)]


def _sees(user: User, party_id: str) -> bool:
    return visible_to(User.objects.get(pk=user.pk)).filter(party_id=party_id).exists()


def test_the_list_is_ones_own_best_first(bank: SmallBank) -> None:
    entries = selectors.todays_list(bank.owner, TODAY)
    assert {entry.staff_id for entry in entries} == {"E2011"}
    assert [entry.rank for entry in entries] == sorted(entry.rank for entry in entries)
    assert not set(_keys(bank.owner)) & set(_keys(bank.colleague))


def test_the_pool_is_for_those_who_run_the_branch(bank: SmallBank) -> None:
    pool = set(Proposal.rows().filter(staff_id=None, org_path="/HQ/B1/S1/").values_list("proposal_key", flat=True))
    assert pool
    assert set(_keys(bank.user("branch_head"))) == set(_keys(bank.user("lobby_manager"))) == pool
    for role in ("teller", "marketer", "executive", "analyst", "administrator", "auditor"):
        assert _keys(bank.user(role)) == []


def test_of_several_pools_the_best_of_each_come_first_and_among_them_the_more_valuable(bank: SmallBank) -> None:
    ours = Proposal.models["a"].objects.filter(staff_id=None, org_path="/HQ/B1/S1/")
    for rank, (key, value) in enumerate(zip(ours.values_list("pk", flat=True)[:4], (5, 900, 70, 800), strict=False)):
        ours.filter(pk=key).update(rank=1 + rank // 2, value_at_stake=value)
    found = [(entry.rank, -entry.value_at_stake) for entry in selectors.todays_list(bank.user("branch_head"), TODAY)]
    assert len(found) >= 4
    assert found == sorted(found)


def test_a_reason_is_told_in_the_readers_language(bank: SmallBank) -> None:
    chinese = selectors.entry(bank.owner, bank.proposal_key, TODAY, "zh-hans")
    english = selectors.entry(bank.owner, bank.proposal_key, TODAY, "en")
    assert chinese and english
    assert chinese.reason == "一年定期将于 2026年7月5日 到期，金额 10.00 万。"
    assert english.reason == "One-year deposit matures on 5 Jul 2026: 100.00k."
    assert chinese.to_do and chinese.title == "到期承接"


def test_a_reason_of_a_rule_not_known_yet_does_not_hide_the_entry(bank: SmallBank) -> None:
    Proposal.models["a"].objects.filter(proposal_key=bank.proposal_key).update(rule="of_tomorrow", facts={})
    entry = selectors.entry(bank.owner, bank.proposal_key, TODAY, "en")
    assert entry is not None and entry.reason == ""


def test_a_finished_entry_leaves_every_list_and_leaves_a_contact(bank: SmallBank) -> None:
    contact = services.complete(bank.owner, bank.proposal_key, "interested", "约周五见面", now=NOW)
    assert bank.proposal_key not in _keys(bank.owner)
    assert (contact.proposal_key, contact.party_id, contact.kind) == (bank.proposal_key, bank.party_id, "call")
    progress = selectors.progress_of_day(bank.owner, TODAY)
    assert (progress.done, progress.outcomes) == (1, {"interested": 1})
    assert 0 < progress.share < 1


def test_whoever_is_second_is_told_who_was_first(bank: SmallBank) -> None:
    services.complete(bank.user("branch_head"), bank.proposal_key, "done", now=NOW)
    for act in (
        lambda: services.complete(bank.owner, bank.proposal_key, "done", now=NOW),
        lambda: services.snooze(bank.owner, bank.proposal_key, TODAY + timedelta(days=1), now=NOW),
        lambda: services.hand_over(bank.owner, bank.proposal_key, "E2012", "leave", now=NOW),
    ):
        with pytest.raises(Conflict, match="沈伟"):
            act()
    assert Contact.objects.count() == 1


def test_a_snoozed_entry_returns_on_its_day(bank: SmallBank) -> None:
    until = TODAY + timedelta(days=3)
    services.snooze(bank.owner, bank.proposal_key, until, now=NOW)
    assert bank.proposal_key not in _keys(bank.owner)
    assert bank.proposal_key not in _keys(bank.owner, until - timedelta(days=1))
    assert bank.proposal_key in _keys(bank.owner, until)
    services.complete(bank.owner, bank.proposal_key, "done", now=NOW)
    assert bank.proposal_key not in _keys(bank.owner, until)


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_an_entry_is_put_off_within_reason(bank: SmallBank, days: int) -> None:
    with pytest.raises(Unacceptable):
        services.snooze(bank.owner, bank.proposal_key, TODAY + timedelta(days=days), now=NOW)


@given(st.dates(), st.integers(-400, 400))
def test_a_snooze_always_ends_after_today_and_within_a_quarter(today: date, days: int) -> None:
    try:
        until = today + timedelta(days=days)
    except OverflowError:
        return
    assert rules.snooze_ends_well(until, today) == (1 <= days <= 90)
    assert not rules.still_on_list("snoozed", until, until - timedelta(days=1)) if until > date.min else True
    assert rules.still_on_list("snoozed", until, until)


def test_handed_over_work_moves_and_so_does_sight_of_the_customer(bank: SmallBank) -> None:
    assert not _sees(bank.colleague, bank.party_id)
    services.hand_over(bank.owner, bank.proposal_key, "E2012", "休假至下周一", now=NOW)
    assert bank.proposal_key not in _keys(bank.owner) and bank.proposal_key in _keys(bank.colleague)
    assert _sees(bank.colleague, bank.party_id) and not _sees(bank.stranger, bank.party_id)
    with pytest.raises(Conflict, match="李强"):
        services.complete(bank.owner, bank.proposal_key, "done", now=NOW)
    services.complete(bank.colleague, bank.proposal_key, "done", now=NOW)
    assert not _sees(bank.colleague, bank.party_id)
    line = AuditEvent.objects.get(act="entry.hand_over")
    assert (line.reason, line.changes["from"], line.changes["to"]) == ("休假至下周一", "E2011", "E2012")


def test_sight_ends_only_with_the_work_it_was_given_for(bank: SmallBank) -> None:
    both = [entry.key for entry in selectors.entries_of(bank.owner, bank.party_id, TODAY)][:2]
    for key in both:
        services.hand_over(bank.owner, key, "E2012", "leave", now=NOW)
    services.complete(bank.colleague, both[0], "done", now=NOW)
    assert _sees(bank.colleague, bank.party_id)
    services.complete(bank.colleague, both[1], "done", now=NOW)
    assert not _sees(bank.colleague, bank.party_id)


def test_handed_on_sight_moves_on_too(bank: SmallBank) -> None:
    services.hand_over(bank.owner, bank.proposal_key, "E2012", "leave", now=NOW)
    services.hand_over(bank.user("branch_head"), bank.proposal_key, "E2011", "back again", now=NOW)
    assert bank.proposal_key in _keys(bank.owner) and bank.proposal_key not in _keys(bank.colleague)
    assert not _sees(bank.colleague, bank.party_id)


@pytest.mark.parametrize(
    ("to", "error"),
    [
        ("E3011", Unacceptable),
        ("E0000", Unacceptable),
        ("E1005", Unacceptable),
        ("", Unacceptable),
        ("E2011", Conflict),
    ],
    ids=["another branch", "nobody", "an auditor", "empty", "themselves"],
)
def test_work_is_handed_to_those_who_can_do_it(bank: SmallBank, to: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        services.hand_over(bank.owner, bank.proposal_key, to, "leave", now=NOW)
    assert not Progress.objects.exists()


def test_the_lobby_may_not_hand_work_over(bank: SmallBank) -> None:
    with pytest.raises(NotAllowed):
        services.hand_over(bank.user("lobby_manager"), bank.proposal_key, "E2012", "busy", now=NOW)


@given(st.lists(st.sampled_from("abc"), max_size=3), st.lists(st.sampled_from("abc"), max_size=3))
def test_hand_over_stays_on_one_line_of_the_tree(staff: list[str], customer: list[str]) -> None:
    one, other = ("/" + "".join(f"{step}/" for step in steps) for steps in (staff, customer))
    shorter = min(len(staff), len(customer))
    assert rules.may_be_handed_to(one, other) == (staff[:shorter] == customer[:shorter])
    assert rules.may_be_handed_to(one, other) == rules.may_be_handed_to(other, one)


def test_a_completion_taken_back_leaves_the_list_as_it_was(bank: SmallBank) -> None:
    before = selectors.todays_list(bank.owner, TODAY)
    services.complete(bank.owner, bank.proposal_key, "done", now=NOW)
    services.undo(bank.owner, bank.proposal_key, now=NOW)
    assert selectors.todays_list(bank.owner, TODAY) == before
    assert selectors.contacts_of(bank.owner, bank.party_id) == []
    assert AuditEvent.objects.get(act="entry.undo").changes["undone"] == "done"


def test_a_hand_over_taken_back_takes_sight_back(bank: SmallBank) -> None:
    services.hand_over(bank.owner, bank.proposal_key, "E2012", "leave", now=NOW)
    services.undo(bank.owner, bank.proposal_key, now=NOW)
    assert bank.proposal_key in _keys(bank.owner) and not _sees(bank.colleague, bank.party_id)


def test_taking_back_gives_back_what_stood_before(bank: SmallBank) -> None:
    services.hand_over(bank.owner, bank.proposal_key, "E2012", "leave", now=NOW)
    services.complete(bank.colleague, bank.proposal_key, "done", now=NOW)
    services.undo(bank.colleague, bank.proposal_key, now=NOW)
    assert bank.proposal_key in _keys(bank.colleague) and _sees(bank.colleague, bank.party_id)
    until = TODAY + timedelta(days=2)
    services.snooze(bank.colleague, bank.proposal_key, until, now=NOW)
    services.undo(bank.colleague, bank.proposal_key, now=NOW)
    assert Progress.objects.get().state == "handed_over"


def test_only_ones_own_last_act_of_today_is_taken_back(bank: SmallBank) -> None:
    with pytest.raises(NotFound):
        services.undo(bank.owner, bank.proposal_key, now=NOW)
    services.complete(bank.owner, bank.proposal_key, "done", now=NOW)
    for user, moment, error in (
        (bank.stranger, NOW, NotFound),
        (bank.user("branch_head"), NOW, Conflict),
        (bank.owner, NOW + timedelta(days=1), Conflict),
    ):
        with pytest.raises(error):
            services.undo(user, bank.proposal_key, now=moment)


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_an_entry_about_someone_elses_customer_is_not_there(bank: SmallBank, who: str) -> None:
    user = getattr(bank, who)
    assert selectors.entry(user, bank.proposal_key, TODAY) is None
    for act in (
        lambda: services.complete(user, bank.proposal_key, "done", now=NOW),
        lambda: services.snooze(user, bank.proposal_key, TODAY + timedelta(days=1), now=NOW),
        lambda: services.hand_over(user, bank.proposal_key, "E2011", "x", now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    assert not Progress.objects.exists() and not AuditEvent.objects.exists()


def test_a_day_counts_what_was_done_put_off_and_handed_over(bank: SmallBank) -> None:
    keys = _keys(bank.owner)
    services.complete(bank.owner, keys[0], "no_answer", now=NOW)
    services.snooze(bank.owner, keys[1], TODAY + timedelta(days=1), now=NOW)
    services.hand_over(bank.owner, keys[2], "E2012", "leave", now=NOW)
    day = selectors.progress_of_day(bank.owner, TODAY)
    assert (day.done, day.snoozed, day.handed_over, day.left) == (1, 1, 1, len(keys) - 3)
    assert {entry.key for entry in selectors.done_today(bank.owner, TODAY)} == set(keys[:3])


def test_the_list_costs_the_same_however_long_it_is(bank: SmallBank, django_assert_max_num_queries: Any) -> None:
    for user in (bank.owner, bank.user("branch_head")):
        with pin(), django_assert_max_num_queries(9):
            selectors.todays_list(user, TODAY)
