"""A cause is removed by somebody, approved by another, measured, and only then kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from desk.small_bank import SmallBank
from tenure.contracts import PUBLISHED
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.publication.current import pin
from tenure.desk.voice.causes import improving, rules, services
from tenure.desk.voice.causes.filters import ImprovementFilter
from tenure.desk.voice.causes.models import Improvement, ImprovementAction, Measured
from tenure.desk.writeback import days_to_write_back

from .people import NOW, executive, head, other_head

pytestmark = pytest.mark.django_db
PLAN = services.Plan(
    title="叫号分流", aim="等候减半", owner="E2002", starts_on=date(2026, 6, 1), functions=("it", "branch"),
    themes=("waiting",), treated=("S1",),
)  # fmt: skip


def proposed(who: User, key: str = "one", **more: Any) -> Improvement:
    return services.propose(who, replace(PLAN, **more), key, now=NOW)


def begun(bank: SmallBank) -> Improvement:
    maker = head(bank)
    one = proposed(maker)
    change = services.ask(maker, one.pk, "客户等太久，先在本支行试", version=one.version, now=NOW)
    changes.approve(executive(bank), change.pk, now=NOW)
    one.refresh_from_db()
    return services.begin(maker, one.pk, date(2026, 6, 1), version=one.version, now=NOW)


def measured(one: Improvement, verdict: str = "helped") -> None:
    blank: dict[str, Any] = dict.fromkeys((c.name for c in PUBLISHED["measured"] if c.nullable), None)
    Measured.rows().model.objects.create(
        **{**blank, "value": 12.0, "low": 3.0, "high": 21.0}, improvement_id=str(one.pk), measure="recommend",
        verdict=verdict, treated_n=80, control_n=300, treated_branches=2, control_branches=8, matched=True,
        since=one.starts_on, months=["2026-05", "2026-06"], treated=[1.0, 9.0], control=[2.0, 2.0], numbers={},
    )  # fmt: skip


def test_an_improvement_goes_its_way_and_is_kept_with_what_was_measured(bank: SmallBank) -> None:
    maker, owner = head(bank), User.objects.get(staff_id="E2002")
    with pin():
        one = begun(bank)
        assert one.state == rules.RUNNING
        with pytest.raises(Conflict):  # nothing measured yet
            services.take_measures(owner, one.pk, version=one.version, now=NOW)
        with pytest.raises(Conflict):
            services.end(maker, one.pk, "keep", "好用", version=one.version, now=NOW)
        measured(one)
        one = services.take_measures(owner, one.pk, version=one.version, now=NOW)
        assert one.measured[0]["value"] == 12.0
        one = services.end(owner, one.pk, "keep", "净推荐值上升", version=one.version, now=NOW)
        assert one.state == rules.KEPT
        assert services.end(owner, one.pk, "keep", "净推荐值上升", version=1, now=NOW).version == one.version
    acts = set(AuditEvent.objects.filter(object_kind="improvement").values_list("act", flat=True))
    assert acts == {f"improvement.{act}" for act in ("propose", "ask", "approve", "begin", "measure", "keep")}


def test_too_early_is_no_measure_and_too_little_is_one(bank: SmallBank) -> None:
    assert not rules.may_be_decided([])
    assert not rules.may_be_decided(["waiting", "waiting"])
    assert rules.may_be_decided(["waiting", "too_little_data"])


def test_nobody_approves_their_own_and_what_changed_meanwhile_is_not_approved(bank: SmallBank) -> None:
    boss = executive(bank)
    with pin():
        one = proposed(boss, owner="E1001")
        change = services.ask(boss, one.pk, "总行先行试点", version=one.version, now=NOW)
        with pytest.raises((NotAllowed, NotFound)):
            changes.approve(boss, change.pk, now=NOW)
        with pytest.raises(Conflict):  # what waits is not edited
            services.edit(boss, one.pk, PLAN, version=one.version, now=NOW)
        with pytest.raises(Conflict):
            services.ask(boss, one.pk, "再来一次也一样", version=one.version, now=NOW)
        services.add_action(boss, one.pk, "加窗口", "E2002", date(2026, 7, 9), version=one.version, now=NOW)
    one.refresh_from_db()
    assert one.state == rules.PROPOSED


def test_the_same_form_proposes_once(bank: SmallBank) -> None:
    with pin():
        one, two = proposed(head(bank)), proposed(head(bank))
    assert one.pk == two.pk and Improvement.objects.count() == 1


def test_owner_colleague_and_stranger(bank: SmallBank) -> None:
    """The owner brings it on without the right; a reader sees it and may not; a stranger does not see it."""
    owner, stranger, auditor = (User.objects.get(staff_id=n) for n in ("E2002", "E3011", "E1005"))
    with pin():
        one = begun(bank)
        services.add_action(owner, one.pk, "加窗口", "E2003", date(2026, 7, 9), version=one.version, now=NOW)
        one.refresh_from_db()
        with pytest.raises(NotAllowed):
            services.hand_over(auditor, one.pk, "E2001", version=one.version, now=NOW)
        for who in (stranger, other_head(bank)):
            with pytest.raises(NotFound):
                improving.improvement(who, one.pk, NOW)
            with pytest.raises(NotFound):
                services.hand_over(who, one.pk, "E3011", version=one.version, now=NOW)
            assert improving.version_of(who, one.pk) == 0
        assert improving.improvement(auditor, one.pk, NOW).row.pk == one.pk


def test_an_action_is_done_by_whose_it_is_once_and_late_ones_stand_on_today(bank: SmallBank) -> None:
    doer, owner = User.objects.get(staff_id="E2003"), User.objects.get(staff_id="E2002")
    with pin():
        one = begun(bank)
        due = NOW.date() - timedelta(days=1)
        made = services.add_action(owner, one.pk, "加窗口", "E2003", due, version=one.version, now=NOW)
        same = services.add_action(owner, one.pk, "加窗口", "E2003", due, version=one.version, now=NOW)
        assert same.pk == made.pk and ImprovementAction.objects.count() == 1
        for who in (doer, owner):
            assert improving.waiting_for(who, NOW).late == 1
        services.finish_action(doer, made.pk, now=NOW)
        done = services.finish_action(owner, made.pk, now=NOW + timedelta(hours=1))
        assert done.done_by == doer and done.done_at == NOW
        assert improving.waiting_for(owner, NOW).actions == []


def test_of_what_has_ended_nothing_is_overdue(bank: SmallBank) -> None:
    owner = User.objects.get(staff_id="E2002")
    with pin():
        one = begun(bank)
        services.add_action(
            owner, one.pk, "加窗口", "E2003", NOW.date() - timedelta(days=1), version=one.version, now=NOW
        )
        seen = improving.improvement(owner, one.pk, NOW)
        assert seen.late == 1 and [row.late for row in improving.actions_of(owner, seen, NOW)] == [True]
        one.refresh_from_db()
        services.end(head(bank), one.pk, "drop", "没有效果", version=one.version, now=NOW)
        seen = improving.improvement(owner, one.pk, NOW)
        assert (seen.late, seen.next_due) == (0, None)
        assert [row.late for row in improving.actions_of(owner, seen, NOW)] == [False]


def test_who_comes_second_is_told_and_loses_nothing(bank: SmallBank, client: Client) -> None:
    with pin():
        one = begun(bank)
        services.hand_over(head(bank), one.pk, "E2003", version=one.version, now=NOW)
    client.force_login(head(bank))
    sent = {"version": str(one.version), "words": "改叫号机", "owner": "E2002", "due_on": "2026-07-20"}
    refused = client.post(f"/causes/improvements/{one.pk}/do/action", sent, HTTP_HX_REQUEST="true")
    assert refused.status_code == 409
    again = client.post(
        f"/causes/improvements/{one.pk}/do/action", {**sent, "version": refused["X-Version"]}, HTTP_HX_REQUEST="true"
    )
    assert again.status_code == 204 and one.actions.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"), ({"aim": ""}, "aim"), ({"owner": "nobody"}, "owner"),
        ({"themes": ("no",)}, "themes"),
        ({"treated": ("X",)}, "treated"), ({"control": ("S1",)}, "control"), ({"kind": "innovation"}, "channel"),
        ({"cost": -1}, "cost"), ({"functions": ("magic",)}, "functions"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(bank: SmallBank, more: dict[str, Any], field: str) -> None:
    with pin(), pytest.raises(Unacceptable) as no:
        proposed(head(bank), **more)
    assert no.value.field == field


def test_without_a_cause_or_a_place_nothing_is_approved(bank: SmallBank) -> None:
    with pin():
        for more, field in (({"themes": ()}, "themes"), ({"treated": ()}, "treated")):
            one = proposed(head(bank), key=field, **more)
            with pytest.raises(Unacceptable) as no:
                services.ask(head(bank), one.pk, "理由充分的一句话", version=one.version, now=NOW)
            assert no.value.field == field


def test_the_database_keeps_nothing_unmeasured(bank: SmallBank) -> None:
    with pin():
        one = begun(bank)
    for wrong in ({"state": "kept", "ended_words": "x", "ended_at": NOW}, {"state": "dropped"}, {"began_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Improvement.objects.filter(pk=one.pk).update(**wrong)


def test_the_list_is_ranked_by_what_is_at_stake(bank: SmallBank) -> None:
    with pin():
        proposed(head(bank), key="small", themes=("app",))
        large = proposed(head(bank), key="large", themes=("waiting", "app"))
        found = improving.improvements(head(bank), ImprovementFilter(), NOW)
    assert found.rows[0].row.pk == large.pk
    assert [one.value_at_stake for one in found.rows] == [1_300_000_000, 400_000_000]
    assert [one.at_most for one in found.rows] == [True, False]  # of two causes: who spoke of both counts twice


def test_the_lake_hears_of_what_has_begun_alone(bank: SmallBank) -> None:
    with pin():
        proposed(head(bank), key="waits")
        one = begun(bank)
        (day,) = days_to_write_back()
        assert [row["improvement_id"] for row in day.tables["improvement"]] == [str(one.pk)]
        assert day.tables["improvement"][0]["themes"] == "waiting"
        assert [(row["org_id"], row["arm"]) for row in day.tables["improvement_branch"]] == [("S1", "treated")]
        day.written_back("b")
        assert not list(days_to_write_back())
