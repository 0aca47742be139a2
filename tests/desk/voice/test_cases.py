"""Every unhappy customer is called, heard, offered something fair; nobody is forgotten, nobody is called twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.parties.models import Absence, Customer, StandIn
from tenure.desk.parties.visibility import visible_to
from tenure.desk.voice.cases import escalating, owners, rules, services
from tenure.desk.voice.cases.following import CASES
from tenure.desk.voice.cases.models import Case, CaseClock, CaseEscalation, CaseStep
from tenure.desk.voice.cases.settings import settings_of
from tenure.desk.work.models import Contact
from tenure.errors import SetupError

#: A Friday afternoon at the bank.
NOW = datetime(2026, 6, 26, 15, 0, tzinfo=timezone.get_default_timezone())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Opened = Callable[..., Case]


@pytest.fixture
def opened(bank: SmallBank) -> Opened:
    def make(user: User | None = None, source: str = "hand", key: str = "", **told: Any) -> Case:
        given: dict[str, Any] = {"now": NOW, **told}
        return services.open_case(user or bank.owner, bank.party_id, source, key or str(uuid4()), "等了一小时", **given)

    return make


def go_on(user: User, case: Case, until: str, now: datetime = NOW) -> Case:
    """The case at state ``until``, step by step."""
    steps: dict[str, Callable[[int], Case]] = {
        "acknowledged": lambda v: services.acknowledge(user, case.pk, "call", "done", "致歉", version=v, now=now),
        "listening": lambda v: services.listen(user, case.pk, "叫号机坏了没人管", version=v, now=now),
        "cause": lambda v: services.name_cause(user, case.pk, "system", version=v, now=now),
        "offer": lambda v: services.offer(user, case.pk, "下次预约优先办理", version=v, now=now),
        "agreed": lambda v: services.agree(user, case.pk, True, "可以", version=v, now=now),
        "closed": lambda v: services.close(user, case.pk, "repaired", "修好叫号机", version=v, now=now),
    }
    for state, act in steps.items():
        if rules.STATES.index(case.state) < rules.STATES.index(state) <= rules.STATES.index(until):
            case = act(case.version)
            assert case.state == state
    return case


def test_a_case_goes_from_apology_to_repair_and_every_step_is_written_down(bank: SmallBank, opened: Opened) -> None:
    case = go_on(bank.owner, opened(), "closed")
    assert [one.kind for one in case.steps.all()] == [
        "opened", "acknowledged", "heard", "cause", "offered", "agreed", "closed",
    ]  # fmt: skip
    assert (case.cause, case.action, case.result, case.closed_by) == ("system", "修好叫号机", "repaired", bank.owner)
    assert Contact.objects.filter(party_id=bank.party_id, words="致歉").exists()
    assert not case.clocks.filter(stopped_at=None).exists() and case.due_at is None
    assert audit.verify_chain().whole


def test_no_case_is_closed_without_a_cause_and_an_action_even_behind_the_services(
    bank: SmallBank, opened: Opened
) -> None:
    case = go_on(bank.owner, opened(), "agreed")
    with pytest.raises(Unacceptable):
        services.close(bank.owner, case.pk, "repaired", "  ", version=case.version, now=NOW)
    closed = {"state": "closed", "closed_at": NOW, "closed_by": bank.owner, "result": "repaired", "due_at": None}
    for told in ({"cause": "system", "action": ""}, {"cause": "", "action": "done"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**closed, **told)


def test_the_same_occasion_is_one_case_and_the_same_click_one_step(bank: SmallBank, opened: Opened) -> None:
    first = opened(key="form-1")
    assert opened(key="form-1").pk == first.pk
    assert opened(user=bank.user("branch_head"), key="form-1").pk == first.pk
    for _twice in range(2):
        services.acknowledge(bank.owner, first.pk, "call", "done", version=1, now=NOW)
    for _twice in range(2):
        services.listen(bank.owner, first.pk, "said", version=2, now=NOW)
    assert CaseStep.objects.filter(case=first).count() == 3
    with pytest.raises(Conflict):
        services.open_case(bank.stranger, bank.far_party_id, "hand", "form-1", now=NOW)


def test_who_is_second_is_told_who_was_first(bank: SmallBank, opened: Opened) -> None:
    case = opened()
    services.acknowledge(bank.user("branch_head"), case.pk, "call", "done", version=1, now=NOW)
    with pytest.raises(Conflict, match="沈伟"):
        services.acknowledge(bank.owner, case.pk, "call", "no_answer", version=1, now=NOW)
    with pytest.raises(Conflict):  # no step is left out
        services.offer(bank.owner, case.pk, "money", version=2, now=NOW)


def test_owner_works_colleague_and_stranger_find_nothing(bank: SmallBank, opened: Opened) -> None:
    case = go_on(bank.owner, opened(), "offer")
    acts: list[Callable[[User], Any]] = [
        lambda user: services.acknowledge(user, case.pk, "call", "done", version=9, now=NOW),
        lambda user: services.listen(user, case.pk, "x", version=9, now=NOW),
        lambda user: services.name_cause(user, case.pk, "system", version=9, now=NOW),
        lambda user: services.offer(user, case.pk, "x", version=9, now=NOW),
        lambda user: services.agree(user, case.pk, True, version=9, now=NOW),
        lambda user: services.close(user, case.pk, "not_agreed", "x", version=9, now=NOW),
        lambda user: services.pause(user, case.pk, "papers", "x", version=9, now=NOW),
        lambda user: services.resume(user, case.pk, version=9, now=NOW),
        lambda user: services.hand_over(user, case.pk, "E2012", version=9, now=NOW),
        lambda user: services.recuse(user, case.pk, "x", version=9, now=NOW),
        lambda user: services.reopen(user, case.pk, "x", version=9, now=NOW),
        lambda user: services.open_case(user, bank.party_id, "hand", "k", now=NOW),
    ]
    for act in acts:
        for user in (bank.colleague, bank.stranger):
            with pytest.raises(NotFound):
                act(user)
        with pytest.raises(NotAllowed):
            act(bank.user("analyst"))


def test_a_case_is_the_managers_or_their_stand_ins_and_else_the_heads(bank: SmallBank, opened: Opened) -> None:
    assert opened().owner == "E2011"
    today = timezone.localdate()
    away = Absence.objects.create(
        staff_id="E2011", stand_in="E2012", kind="leave", first_on=today, last_on=today, noted_by=bank.owner,
        noted_at=timezone.now(),
    )  # fmt: skip
    case = opened()
    assert case.owner == "E2012"
    away.delete()
    Customer.rows().filter(party_id=bank.party_id).update(lead_staff_id=None)
    assert opened(user=bank.user("branch_head")).owner == "E2001"
    Customer.rows().filter(party_id=bank.party_id).update(lead_staff_id="E2011")
    about_the_manager = opened(user=bank.user("branch_head"), concerns="E2011")
    assert about_the_manager.owner == "E2001"
    with pytest.raises(NotFound):
        services.acknowledge(bank.owner, about_the_manager.pk, "call", "done", version=1, now=NOW)


def test_whoever_stands_aside_never_gets_the_case_back(bank: SmallBank, opened: Opened) -> None:
    case = opened()
    with pytest.raises(NotAllowed):
        services.recuse(bank.user("branch_head"), case.pk, "my cousin", version=1, now=NOW)
    case = services.recuse(bank.owner, case.pk, "my cousin", version=1, now=NOW)
    assert case.owner == "E2001"
    head = bank.user("branch_head")
    with pytest.raises(NotAllowed):
        services.listen(bank.owner, case.pk, "x", version=2, now=NOW)
    with pytest.raises(Unacceptable):
        services.hand_over(head, case.pk, "E2011", version=2, now=NOW)
    case = services.hand_over(head, case.pk, "E2012", version=2, now=NOW)
    assert visible_to(bank.colleague).filter(party_id=bank.party_id).exists()
    case = go_on(head, case, "closed")
    assert not visible_to(bank.colleague).filter(party_id=bank.party_id).exists()
    assert not StandIn.objects.filter(ended_at=None, cause=f"case:{case.pk}").exists()


def test_the_customers_clock_runs_through_the_weekend_until_they_are_reached(bank: SmallBank, opened: Opened) -> None:
    case = opened()
    assert case.due_at == NOW + DAY
    case = services.acknowledge(bank.owner, case.pk, "call", "no_answer", version=1, now=NOW + HOUR)
    assert (case.state, case.due_at) == ("open", NOW + DAY)
    case = services.acknowledge(bank.owner, case.pk, "call", "done", version=2, now=NOW + 2 * HOUR)
    # 35 working hours from Friday 15:00: two that day, seven on each of four days, five on the next Friday
    assert case.due_at == datetime(2026, 7, 3, 15, 0, tzinfo=NOW.tzinfo)


def test_a_pause_delays_and_is_not_given_before_the_customer_was_reached(bank: SmallBank, opened: Opened) -> None:
    case = opened()
    with pytest.raises(Conflict):
        services.pause(bank.owner, case.pk, "papers", "明细", version=1, now=NOW)
    case = go_on(bank.owner, case, "listening")
    due = case.due_at
    case = services.pause(bank.owner, case.pk, "papers", "等流水", version=case.version, now=NOW)
    assert case.due_at is None
    assert escalating.escalate_due(NOW + 60 * DAY) == 0
    monday = NOW + 3 * DAY
    case = services.resume(bank.owner, case.pk, version=case.version, now=monday)
    assert due is not None and case.due_at is not None and case.due_at > due
    case = go_on(bank.owner, case, "closed")
    assert not case.pauses.filter(ended_at=None).exists()


def test_a_customer_who_is_not_reached_is_tried_three_times_before_the_case_is_closed(
    bank: SmallBank, opened: Opened
) -> None:
    case = opened()
    for n in range(rules.TRIES):
        with pytest.raises(Conflict):
            services.close(bank.owner, case.pk, "not_reached", "寄信", "other", version=case.version, now=NOW)
        case = services.acknowledge(bank.owner, case.pk, "call", "no_answer", version=case.version, now=NOW + n * HOUR)
    case = services.close(bank.owner, case.pk, "not_reached", "寄信", "waiting", version=case.version, now=NOW + DAY)
    assert (case.state, case.cause) == ("closed", "waiting")


def test_what_did_not_hold_is_opened_again_within_thirty_days_with_clocks_of_its_own(
    bank: SmallBank, opened: Opened
) -> None:
    case = go_on(bank.owner, opened(), "closed")
    with pytest.raises(Conflict):
        services.reopen(bank.owner, case.pk, "again", version=case.version, now=NOW + 31 * DAY)
    later = NOW + 10 * DAY
    case = services.reopen(bank.owner, case.pk, "again", version=case.version, now=later)
    assert (case.state, case.round, case.due_at, case.result) == ("open", 2, later + DAY, "")
    assert CaseClock.objects.filter(case=case).count() == 4
    assert escalating.escalate_due(later + 18 * HOUR) == 1
    assert CaseEscalation.objects.get(case=case).round == 2


def test_owner_head_and_those_above_are_told_in_turn_each_once(bank: SmallBank, opened: Opened) -> None:
    case = opened(source="complaint", key="K1")
    assert escalating.escalate_due(NOW + 17 * HOUR) == 0
    assert escalating.escalate_due(NOW + 18 * HOUR) == 1
    assert escalating.escalate_due(NOW + 18 * HOUR) == 0
    escalating.escalate_due(NOW + 48 * HOUR)
    told = CaseEscalation.objects.filter(case=case, clock="customer").values_list("level", "told")
    assert list(told) == [(0, "E2011"), (1, "E2001"), (2, "E1006")]
    escalating.escalate_due(NOW + 60 * DAY)
    assert CaseEscalation.objects.filter(case=case).count() == 9
    assert CaseStep.objects.filter(case=case, kind="escalated").count() == 6
    assert audit.verify_chain().whole


def test_a_regulators_clock_runs_for_complaints_alone_and_ends_with_the_fifteenth_day(
    bank: SmallBank, opened: Opened
) -> None:
    assert set(opened().clocks.values_list("clock", flat=True)) == {"customer", "staff"}
    clock = opened(source="complaint", key="K2").clocks.get(clock="regulator")
    assert clock.due_at == datetime(2026, 7, 12, 0, 0, tzinfo=NOW.tzinfo)


def test_those_above_are_found_from_the_branch_up() -> None:
    assert owners.paths_above("/HQ/B1/S1/") == ["/HQ/B1/S1/", "/HQ/B1/", "/HQ/", "/"]


@pytest.mark.parametrize(
    ("score", "csat", "words", "source"),
    [
        (6, None, "", "survey"), (7, None, "", ""), (0, None, "", "survey"), (None, 2, "", "survey"),
        (None, 3, "还行", ""), (10, 5, "我要投诉你们", "words"), (9, None, "I will NEVER AGAIN come", "words"),
        (None, None, "谢谢", ""),
    ],
)  # fmt: skip
def test_who_is_unhappy_says_so_by_score_or_by_words(
    score: int | None, csat: int | None, words: str, source: str
) -> None:
    assert rules.unhappy_source(score, csat, words, rules.UNHAPPY) == source


def test_the_bank_sets_its_times_words_and_scripts(tmp_path: Path) -> None:
    (tmp_path / "cases.toml").write_text(
        '[customer]\nwarn = 2\nallow = 4\nabove = 8\n[words]\nunhappy = ["气死"]\n[listen]\nzh = "请讲"\n'
    )
    chosen = settings_of(tmp_path)
    assert (chosen.clocks["customer"].allowance, chosen.clocks["customer"].levels) == (240, (120, 240, 480))
    assert chosen.clocks["regulator"].allowance == 15 * 1440
    assert (chosen.unhappy, chosen.scripts["listen"][0]) == (("气死",), "请讲")
    for wrong in ("[customer]\nwarn = 30", "[words]\nunhappy = 'x'", "[gossip]\nzh = 'x'"):
        folder = tmp_path / str(abs(hash(wrong)))
        folder.mkdir()
        (folder / "cases.toml").write_text(wrong)
        with pytest.raises(SetupError):
            settings_of(folder)


def test_the_day_of_this_test_is_a_friday() -> None:
    assert NOW.date() == date(2026, 6, 26) and NOW.weekday() == 4


def test_open_cases_go_with_the_customer_and_closed_ones_stay_with_who_closed_them(
    bank: SmallBank, opened: Opened
) -> None:
    still, about, done = opened(), opened(concerns="E2012"), go_on(bank.owner, opened(), "closed")
    numbers, head = [bank.party_id], bank.user("branch_head")
    assert CASES.count(numbers, "E2011") == 2
    assert CASES.move(numbers, "E2011", "E2012", head, NOW) == 2
    assert [Case.objects.get(pk=one.pk).owner for one in (still, about, done)] == ["E2012", "E2001", "E2011"]
    assert CASES.move(numbers, "E2012", "", head, NOW) == 1  # back to the pool: the head has it, not nobody
    assert Case.objects.get(pk=still.pk).owner == "E2001"


def test_a_complaint_gets_more_time_twice_and_only_by_another_persons_word(bank: SmallBank, opened: Opened) -> None:
    case = opened(source="complaint", key="K9")
    with pytest.raises(Unacceptable):
        services.ask_extension(bank.owner, opened().pk, "complex", now=NOW)
    escalating.escalate_due(NOW + 13 * DAY)
    clock = case.clocks.get(clock="regulator")
    assert clock.level == 1
    for days, due in ((30, datetime(2026, 7, 27)), (60, datetime(2026, 8, 26))):
        services.ask_extension(bank.owner, case.pk, "three branches are asked", now=NOW)
        with pytest.raises(Conflict):
            services.ask_extension(bank.owner, case.pk, "again", now=NOW)
        change = Change.objects.get(kind="case.extend", state="waiting")
        assert case.clocks.get(clock="regulator").due_at == clock.due_at  # nothing before the second word
        changes.approve(bank.user("branch_head"), change.pk, now=NOW + 13 * DAY)
        clock = case.clocks.get(clock="regulator")
        assert (clock.allowance, clock.due_at) == (days * 1440, due.replace(tzinfo=NOW.tzinfo))
    with pytest.raises(Conflict):
        services.ask_extension(bank.owner, case.pk, "once more", now=NOW)
    escalating.escalate_due(NOW + 58 * DAY)
    told = CaseEscalation.objects.filter(case=case, clock="regulator").values_list("level", "told")
    assert list(told) == [(0, "E2011"), (3, "E2011")]  # reminded of the first time, and of the last
    assert case.steps.filter(kind="extended").count() == 2
