"""The four balances of maintenance (S11), measured from contacts: the desk's own and those the night published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.care import rules
from tenure.desk.care.lunar import near_holiday
from tenure.desk.care.rules import Balances, Share, Touch
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Coverage, Timeline
from tenure.desk.parties.selectors import branch_choices, manager_choices, staff_named
from tenure.desk.parties.visibility import visible_to
from tenure.desk.work.models import Contact

#: Managers one page measures at most; beyond it one chooses a branch.
MOST_MANAGERS = 40
#: How the lake numbers contacts it took over from this desk; here they are counted where they were logged.
_WRITTEN_BACK = "interaction:desk-"


@dataclass(frozen=True, slots=True)
class Measured:
    """One row: a manager (or all of them together, without ``staff_id``) and the four shares."""

    staff_id: str
    name: str
    found: Balances


@dataclass(frozen=True, slots=True)
class BalancePage:
    """The balances of the managers looked at and of all together; ``ordinary_days`` is the share of days that are."""

    since: date
    until: date
    rows: list[Measured]
    whole: Measured
    ordinary_days: float
    branches: Sequence[Any]
    branch: str
    cut: bool


def balance_page(user: User, today: date, branch: str = "") -> BalancePage | None:
    """The four balances of the last 90 days: of each manager of a branch within reach, else the reader's own.

    None where the reader is neither a manager nor sees a branch's figures.
    """
    reach, branches = reach_of(user), []
    if reach.may(Permission.VIEW_BRANCH) and reach.paths:
        branches = list(branch_choices(user))
        branch = branch if branch in {one.org_id for one in branches} else ""
        staff = list(manager_choices(user, branch))
        if len(staff) > MOST_MANAGERS and not branch:  # the first branch of the tree that has any
            branch = staff[0].org_id
            staff = list(manager_choices(user, branch))
    elif user.staff_id and reach.may(Permission.LOG_CONTACT):
        branch, staff = "", list(staff_named([user.staff_id]).values())
    else:
        return None
    cut, staff = len(staff) > MOST_MANAGERS, staff[:MOST_MANAGERS]
    since = today - timedelta(days=rules.BALANCE_DAYS - 1)
    days = {since + timedelta(days=n): False for n in range(rules.BALANCE_DAYS)}
    days = {day: near_holiday(day, rules.HOLIDAY_MARGIN) for day in days}
    ids = [one.staff_id for one in staff]
    touches = _touches(user, ids, since, today)
    rows = [Measured(one.staff_id, one.name, rules.balances(touches, [one.staff_id], days)) for one in staff]
    rows.sort(key=lambda one: (-one.found.contacts, one.staff_id))
    whole = Measured("", "", rules.balances(touches, ids, days))
    ordinary = sum(not holiday for holiday in days.values()) / len(days)
    return BalancePage(since, today, rows, whole, ordinary, branches, branch, cut)


def _touches(user: User, staff_ids: list[str], since: date, until: date) -> list[Touch]:
    """Every contact of the period with customers the staff cover, by anybody."""
    begin = timezone.make_aware(datetime.combine(since, time.min))
    end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time.min))
    covered = Coverage.rows().filter(staff_id__in=staff_ids).values("party_id")
    seen = visible_to(user).filter(party_id__in=covered)
    logged = Contact.objects.filter(party_id__in=covered, withdrawn_at=None, at__gte=begin, at__lt=end).order_by()
    # By whom the staff cover: who is not the reader's to see has no depth below, and falls out there.
    published = Timeline.rows().filter(party_id__in=covered, at__gte=begin, at__lt=end, kind="interaction")
    told: list[tuple[str, str, datetime, bool | None]] = [
        (party_id, staff_id, at, rules.about_product(*about))
        for party_id, staff_id, at, *about in logged.values_list(
            "party_id", "staff_id", "at", "proposal_key", "purpose", "outcome"
        )
    ]
    told += [
        (party_id, staff_id or "", at, None)
        for party_id, staff_id, at, event_id in published.values_list("party_id", "staff_id", "at", "event_id")
        if not event_id.startswith(_WRITTEN_BACK)
    ]
    depth = _depths(seen, {one[0] for one in told})
    return [
        Touch(party_id, staff_id, timezone.localdate(at), depth[party_id], about)
        for party_id, staff_id, at, about in told
        if party_id in depth
    ]


def _depths(customers: QuerySet[Any], wanted: set[str]) -> dict[str, int]:
    """How many kinds of business those of ``wanted`` hold who are among ``customers``."""
    rows = customers.filter(party_id__among=wanted).values_list("party_id", "categories")
    return {party_id: rules.kinds_held(categories or ()) for party_id, categories in rows}


def meaning(name: str, share: Share, against: float) -> str:
    """What a share means in words; ``against`` is what it is compared with, in its whole interval."""
    if share.value is None or share.low is None or share.high is None:
        return _("too few to tell")
    below, above = share.high < against, share.low > against
    if name == "ordinary":
        return (
            _("leans on holidays")
            if below
            else _("more than ordinary days alone explain")
            if above
            else _("as the days fall")
        )
    if name == "product":
        return (
            _("more greetings than substance")
            if below
            else _("more substance than greetings")
            if above
            else _("about half and half")
        )
    return _("less than the branch") if below else _("more than the branch") if above else _("as the branch")


def comparisons(page: BalancePage) -> dict[str, float]:
    """What each share is compared with: the days there are, one half, and all the managers together."""
    whole = page.whole.found
    return {
        "ordinary": page.ordinary_days,
        "product": 0.5,
        "team": whole.team.value or 0.0,
        "whole": whole.whole.value or 0.0,
    }
