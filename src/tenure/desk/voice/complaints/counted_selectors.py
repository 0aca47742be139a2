"""Complaints counted: which repeat one before, which come in a group, the regulator's return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.org.models import User
from tenure.desk.org.selectors import branch_names
from tenure.desk.parties.visibility import numbers_of, standing_of
from tenure.desk.voice.cases import rules as case_rules
from tenure.desk.voice.cases.models import CaseClock
from tenure.desk.voice.complaints import coding, counting, rules
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.models import Complaint
from tenure.desk.voice.complaints.reading import complaints_of
from tenure.desk.voice.complaints.selectors import Seen, branch_of, seen
from tenure.desk.voice.complaints.wording import code_label


def _told(rows: QuerySet[Complaint]) -> list[tuple[rules.Told, Any]]:
    columns = ("id", "party_id", "received_at", "org_path", "business_code", "cause_code", "code_version")
    more = ("channel_code", "settled_at", "case_id", "case__state", "case__closed_at")
    found = list(rows.order_by("received_at", "id").values(*columns, *more))
    stands = standing_of({row["party_id"] for row in found if row["party_id"]})
    told = []
    for row in found:
        table = house.version_named(row["code_version"])
        who = stands.get(row["party_id"], row["party_id"])
        business, cause = (table.top(kind, row[f"{kind}_code"]) for kind in ("business", "cause"))
        one = rules.Told(str(row["id"]), who, row["received_at"], row["org_path"], business, cause)
        told.append((one, row))
    return told


def _between(rows: QuerySet[Complaint], first: date, last: date) -> QuerySet[Complaint]:
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first, last + timedelta(days=1)))
    return rows.filter(received_at__gte=begin, received_at__lt=end)


def earlier_of(user: User, one: Seen, now: datetime) -> list[Seen]:
    """Complaints of the same customer about the same cause shortly before: it is a repeat."""
    if not one.row.party_id or not one.row.cause_code:
        return []
    since = one.row.received_at - timedelta(days=house.limits().repeat_days)
    table = house.version_named(one.row.code_version)
    top = table.top("cause", one.row.cause_code)
    same = [code for code in table.codes["cause"] if table.top("cause", code) == top]
    rows = complaints_of(user).filter(
        party_id__in=numbers_of(user, one.row.party_id), cause_code__in=same, received_at__gte=since,
        received_at__lt=one.row.received_at,
    )  # fmt: skip
    return seen(user, rows.select_related("case").order_by("-received_at", "id")[:5], now)


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A group in words."""

    group: rules.Group
    branch: str
    business: str
    cause: str


def groups(user: User, now: datetime, days: int = 365) -> list[GroupSeen]:
    """Groups of complaints of the last days, the newest first."""
    today, limits = timezone.localdate(now), house.limits()
    told = [one for one, _row in _told(_between(complaints_of(user), today - timedelta(days=days), today))]
    found = rules.groups(told, limits.group_customers, limits.group_days)
    names, table = branch_names(branch_of(one.org_path) for one in found), house.versions()[-1]
    return [
        GroupSeen(
            one,
            names.get(branch_of(one.org_path), branch_of(one.org_path)),
            code_label(table, "business", one.business),
            code_label(table, "cause", one.cause),
        )
        for one in found
    ]


def group_of(user: User, one: Seen, now: datetime) -> GroupSeen | None:
    """The group a complaint belongs to, if any."""
    if not one.row.cause_code:
        return None
    key = str(one.row.pk)
    span = (now - one.row.received_at).days + 60
    return next((found for found in groups(user, now, min(span, 730)) if key in found.group.keys), None)


@dataclass(frozen=True, slots=True)
class ReturnSeen:
    """The return of a period, each line named; ``lines`` are (dimension, code, name, line)."""

    first: date
    last: date
    counted: counting.Return
    lines: list[tuple[str, str, str, counting.Line]]


def regulator_return(user: User, first: date, last: date, now: datetime) -> ReturnSeen:
    """What was received from ``first`` to ``last``, of the complaints ``user`` may see, and how fast it was decided.

    A repeat counts by what lay before the period too, a group by what lay around it.
    """
    limits, today = house.limits(), timezone.localdate(now)
    around = timedelta(days=max(limits.repeat_days, limits.group_days))
    told = _told(_between(complaints_of(user), first - around, min(last + around, today)))
    everything = [one for one, _row in told]
    repeated = rules.repeats(everything, limits.repeat_days)
    found = rules.groups(everything, limits.group_customers, limits.group_days)
    grouped = {key for one in found for key in one.keys}
    within = [(one, row) for one, row in told if first <= timezone.localdate(one.at) <= last]
    due = _due({row["case_id"] for _one, row in within if row["case_id"] and row["case__state"] != case_rules.CLOSED})
    rows = [_decided(one, row, due, one.key in repeated, one.key in grouped) for one, row in within]
    counted = counting.count(rows, today)
    table, names = house.versions()[-1], branch_names(counted.by["branch"])
    lines = [
        (kind, code, _line_name(table, names, kind, code), line)
        for kind, of_kind in counted.by.items()
        for code, line in of_kind.items()
    ]
    return ReturnSeen(first, last, counted, lines)


def _decided(one: rules.Told, row: Any, due: dict[Any, date], repeat: bool, group: bool) -> counting.Decided:
    closed = row["case__closed_at"] if row["case__state"] == case_rules.CLOSED else row["settled_at"]
    received = timezone.localdate(one.at)
    return counting.Decided(
        channel=row["channel_code"], business=one.business, cause=one.cause, branch=branch_of(one.org_path),
        received_on=received, closed_on=timezone.localdate(closed) if closed else None,
        due_on=due.get(row["case_id"]) if row["case_id"] else received + timedelta(days=15), repeat=repeat, group=group,
    )  # fmt: skip


def _line_name(table: coding.Version, names: dict[str, str], kind: str, code: str) -> str:
    if not code:
        return _("Not coded yet") if kind != "branch" else _("Whole bank")
    return names.get(code, code) if kind == "branch" else code_label(table, kind, code)


def _due(case_ids: set[Any]) -> dict[Any, date]:
    """The day on which the regulator's time of each case runs out; the newest round's."""
    clocks = CaseClock.objects.filter(case__in=case_ids, clock="regulator", due_at__isnull=False).order_by("round")
    return {
        case_id: timezone.localdate(rules.last_moment(due)) for case_id, due in clocks.values_list("case_id", "due_at")
    }
