"""Two people at the same moment with causes and improvements: one wins, the other is told, nothing counts twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from tenure.desk.control import audit
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.voice.causes import correcting, rules, services
from tenure.desk.voice.causes.models import Improvement, ImprovementStep, ThemeCorrection

from .people import NOW, executive, head
from .test_improving import PLAN, measured

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


def one_of_them(given: list[Any]) -> Any:
    """The only act that was done; the others were told that somebody was first."""
    done = [one for one in given if not isinstance(one, Exception)]
    assert len(done) == 1 and all(isinstance(one, Conflict) for one in given if one is not done[0]), given
    assert audit.verify_chain().whole
    return done[0]


def proposed(bank: SmallBank, key: str = "one") -> Improvement:
    return services.propose(head(bank), replace(PLAN), key, now=NOW)


def begun(bank: SmallBank) -> Improvement:
    one = proposed(bank)
    change = services.ask(head(bank), one.pk, "客户等太久", version=one.version, now=NOW)
    changes.approve(executive(bank), change.pk, now=NOW)
    one.refresh_from_db()
    return services.begin(head(bank), one.pk, date(2026, 6, 1), version=one.version, now=NOW)


def test_one_form_sent_three_times_at_once_proposes_once(bank: SmallBank) -> None:
    given = at_once(*(lambda: services.propose(head(bank), replace(PLAN), "a form", now=NOW) for _ in range(3)))
    assert not [one for one in given if isinstance(one, Exception)], given
    assert len({one.pk for one in given}) == 1 and Improvement.objects.count() == 1


def test_two_edit_one_improvement_and_the_second_is_told(bank: SmallBank) -> None:
    one = proposed(bank)
    given = at_once(
        lambda: services.edit(head(bank), one.pk, replace(PLAN, title="增开窗口"), version=1, now=NOW),
        lambda: services.edit(executive(bank), one.pk, replace(PLAN, title="预约优先"), version=1, now=NOW),
    )
    won = one_of_them(given)
    one.refresh_from_db()
    assert one.title == won.title and one.version == 2


def test_put_up_for_approval_twice_at_once_it_waits_once(bank: SmallBank) -> None:
    one = proposed(bank)
    given = at_once(
        *(lambda: services.ask(head(bank), one.pk, "客户等太久", version=one.version, now=NOW) for _ in range(3))
    )
    assert not [told for told in given if isinstance(told, Exception) and not isinstance(told, Conflict)], given
    assert Change.objects.filter(subject_id=str(one.pk)).count() == 1 and audit.verify_chain().whole


def test_two_end_one_improvement_and_it_ends_once(bank: SmallBank) -> None:
    one = begun(bank)
    measured(one)
    one = services.take_measures(head(bank), one.pk, version=one.version, now=NOW)
    given = at_once(
        lambda: services.end(head(bank), one.pk, "keep", "净推荐值上升", version=one.version, now=NOW),
        lambda: services.end(executive(bank), one.pk, "drop", "太贵", version=one.version, now=NOW),
    )
    one_of_them(given)
    one.refresh_from_db()
    assert one.state in (rules.KEPT, rules.DROPPED)
    assert ImprovementStep.objects.filter(improvement=one, kind__in=(rules.KEPT, rules.DROPPED)).count() == 1


def test_two_rename_one_theme_and_one_name_stands(bank: SmallBank) -> None:
    given = at_once(
        lambda: correcting.rename(head(bank), "waiting", "等候太久", version=1, now=NOW),
        lambda: correcting.rename(executive(bank), "waiting", "叫号太慢", version=1, now=NOW),
    )
    won = one_of_them(given)
    standing = ThemeCorrection.objects.filter(theme="waiting", kind="rename", undone_at=None)
    assert [row.name for row in standing] == [won.name]


def test_two_themes_merged_into_each_other_at_once_do_not_run_in_a_circle(bank: SmallBank) -> None:
    given = at_once(
        lambda: correcting.merge(head(bank), "waiting", "app", version=1, now=NOW),
        lambda: correcting.merge(executive(bank), "app", "waiting", version=1, now=NOW),
    )
    done = [one for one in given if not isinstance(one, Exception)]
    assert len(done) == 1, given
    assert ThemeCorrection.objects.filter(kind="merge", undone_at=None).count() == 1
