"""Hand-overs of the small bank: the owner's customers to the colleague, approved and carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.changes import services as changes
from tenure.desk.control.models import Change
from tenure.desk.team import handing
from tenure.desk.team.models import Handover

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
Proposed = Callable[..., Handover]


def wanted(**told: Any) -> handing.Wanted:
    """The owner's customers to the colleague; what is given differs."""
    return handing.Wanted(**({"from_staff": "E2011", "to_staff": ["E2012"], "credit_from": TODAY} | told))


@pytest.fixture
def proposed(bank: SmallBank) -> Proposed:
    """Proposes a hand-over of the owner's customers."""

    def make(**told: Any) -> Handover:
        maker = told.pop("user", None) or bank.owner
        return handing.propose(maker, wanted(**told), "moves to another branch", str(uuid4()), now=NOW)

    return make


@pytest.fixture
def carried(bank: SmallBank, proposed: Proposed) -> Proposed:
    """Proposes one, lets the branch head approve it, and carries it out as the worker would."""

    def make(**told: Any) -> Handover:
        one = proposed(**told)
        approve(bank, one)
        handing.carry(str(one.pk), NOW)
        one.refresh_from_db()
        return one

    return make


def approve(bank: SmallBank, one: Handover) -> None:
    """The branch head, or whoever is above where they made it, approves."""
    change = Change.objects.get(kind="portfolio.hand_over", content__handover=str(one.pk))
    checker = bank.user("branch_head")
    if one.made_by_id == checker.pk:
        checker = bank.user("executive")
    changes.approve(checker, change.pk, now=NOW)
