"""However long the worker was down, and however many there are: each level of each clock is told once, in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict
from tenure.desk.org.models import User
from tenure.desk.voice.cases import escalating, services
from tenure.desk.voice.cases.models import Case, CaseEscalation, CaseStep

NOW = datetime(2026, 6, 26, 15, 0, tzinfo=timezone.get_default_timezone())
HOUR = timedelta(hours=1)
#: Both clocks of a case have gone through all their levels.
LONG = 30 * 24


class RandomDownTimes(TestCase):
    """The worker looks at random moments; two of them now and then."""

    @settings(max_examples=12, deadline=None)
    @given(
        st.lists(st.integers(0, LONG), max_size=6),
        st.none() | st.integers(1, 40),
        st.none() | st.tuples(st.integers(41, 60), st.integers(1, 100)),
    )
    def test_every_level_is_told_once_in_order_and_never_too_soon(
        self, looks: list[int], reached_after: int | None, paused: tuple[int, int] | None
    ) -> None:
        bank = publish_small_bank(customers=6)
        case = services.open_case(bank.owner, bank.party_id, "hand", uuid4().hex, now=NOW)
        acts = [(at, "look") for at in sorted(looks)] + [(LONG, "look"), (LONG, "look")]
        if reached_after is not None:
            acts.append((reached_after, "reach"))
            if paused is not None:
                acts += [(paused[0], "pause"), (sum(paused), "resume")]
        for hours, act in sorted(acts, key=lambda one: one[0]):
            now = NOW + hours * HOUR
            case.refresh_from_db()
            if act == "look":
                escalating.escalate_due(now)
            elif act == "reach":
                services.acknowledge(bank.owner, case.pk, "call", "done", version=case.version, now=now)
            elif act == "pause":
                services.pause(bank.owner, case.pk, "papers", "w", version=case.version, now=now)
            else:
                services.resume(bank.owner, case.pk, version=case.version, now=now)
        told = list(CaseEscalation.objects.filter(case=case).order_by("clock", "pk"))
        for clock, rows in groupby(told, key=lambda one: one.clock):
            levels = [one.level for one in rows]
            assert levels == list(range(len(levels))), clock
        assert all(one.reached_at <= one.at for one in told)
        staff = [one for one in told if one.clock == "staff"]
        assert len(staff) == 3
        if reached_after is not None:
            assert all(one.reached_at <= NOW + reached_after * HOUR for one in told if one.clock == "customer")
        else:
            assert len(told) == 6
        assert CaseStep.objects.filter(case=case, kind__in=("warned", "escalated")).count() == len(told)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_tell_everything_once() -> None:
    bank = publish_small_bank(customers=24)
    for n in range(4):
        services.open_case(bank.owner, bank.party_id, "hand", f"k{n}", now=NOW)
    given = at_once(*[lambda: escalating.escalate_due(NOW + 100 * HOUR)] * 2)
    assert all(isinstance(one, int) for one in given), given
    assert sum(given) == CaseEscalation.objects.count() == 4 * 3  # the staff's clock has not come to its first level
    assert audit.verify_chain().whole


@pytest.mark.django_db(transaction=True)
def test_two_at_one_case_and_three_presses_of_one_form() -> None:
    bank = publish_small_bank(customers=24)
    owner, head = bank.owner, bank.user("branch_head")

    def again(user: User) -> User:
        return User.objects.get(pk=user.pk)

    given = at_once(*[lambda: services.open_case(again(owner), bank.party_id, "hand", "form", now=NOW)] * 3)
    assert len({getattr(one, "pk", one) for one in given}) == 1 and Case.objects.count() == 1, given
    case = Case.objects.get()
    given = at_once(
        lambda: services.acknowledge(again(owner), case.pk, "call", "done", version=1, now=NOW),
        lambda: services.acknowledge(again(head), case.pk, "call", "no_answer", version=1, now=NOW),
    )
    assert sorted(type(one).__name__ for one in given) == ["Case", "Conflict"], given
    assert any(isinstance(one, Conflict) for one in given)


def test_a_level_told_twice_is_refused_by_the_database(bank: SmallBank) -> None:
    case = services.open_case(bank.owner, bank.party_id, "hand", "k", now=NOW)
    row = {"case": case, "round": 1, "clock": "customer", "level": 0, "reached_at": NOW, "at": NOW}
    CaseEscalation.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseEscalation.objects.create(**row)
    assert escalating.escalate_due(NOW + 18 * HOUR) == 0  # the level was told already: nobody hears it again
