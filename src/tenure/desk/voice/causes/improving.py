"""Every read of improvements: their branches, actions, steps and what they changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED, codes
from tenure.desk.control.errors import NotFound
from tenure.desk.control.models import Change
from tenure.desk.org.models import Organisation, Staff, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branch_names, reach_of, staff_names
from tenure.desk.publication.current import pinned
from tenure.desk.voice.causes import rules
from tenure.desk.voice.causes.filters import ImprovementFilter
from tenure.desk.voice.causes.models import (
    Improvement,
    ImprovementAction,
    ImprovementStep,
    Measured,
    Theme,
)
from tenure.desk.voice.causes.reading import sees, visible_improvements
from tenure.desk.voice.causes.selectors import ThemeSeen, themes_seen

#: Improvements on a page of the list; lines on Today.
LISTED, REMINDED = 50, 4


@dataclass(slots=True)
class ImprovementSeen:
    """An improvement as it is shown."""

    row: Any
    owner_name: str
    labels: list[str]
    value_at_stake: int
    at_most: bool
    late: int
    next_due: Any
    verdict: str = ""
    effect: Any = None

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


@dataclass(frozen=True, slots=True)
class ImprovementList:
    """Improvements and innovations, the most at stake first; how many each list has."""

    rows: list[ImprovementSeen]
    more: bool
    counts: dict[str, int]
    currency: str


def improvements(user: User, wanted: ImprovementFilter, now: datetime) -> ImprovementList:
    """The improvements ``user`` sees, ranked by the value at stake of their themes."""
    mine = visible_improvements(user)
    counts = {
        "open": mine.exclude(state__in=rules.ENDED).count(),
        "mine": mine.filter(owner=user.staff_id).exclude(state__in=rules.ENDED).count() if user.staff_id else 0,
        "ended": mine.filter(state__in=rules.ENDED).count(),
    }
    match wanted.list:
        case "mine":
            mine = mine.filter(owner=user.staff_id or "-").exclude(state__in=rules.ENDED)
        case "ended":
            mine = mine.filter(state__in=rules.ENDED)
        case _:
            mine = mine.exclude(state__in=rules.ENDED)
    for name in ("kind", "state"):
        if value := getattr(wanted, name):
            mine = mine.filter(**{name: value})
    if wanted.function:
        mine = mine.filter(pk__in=[pk for pk, told in mine.values_list("pk", "functions") if wanted.function in told])
    rows = list(mine.order_by("-changed_at", "pk").prefetch_related("themes", "actions")[: 4 * LISTED])
    found = sorted(_shown(rows, now), key=lambda one: (-one.value_at_stake, str(one.row.pk)))
    if wanted.late:
        found = [one for one in found if one.late]
    publication = pinned()
    return ImprovementList(found[:LISTED], len(found) > LISTED, counts, publication.currency if publication else "")


def _shown(rows: list[Improvement], now: datetime) -> list[ImprovementSeen]:
    keys = {theme.theme for row in rows for theme in row.themes.all()}
    published = {one.row.theme: one for one in themes_seen(Theme.rows().filter(theme__in=keys))} if keys else {}
    names = staff_names({row.owner for row in rows}) if rows else {}
    told: dict[str, Any] = {}
    ids = [str(row.pk) for row in rows]
    for measure in Measured.rows().filter(improvement_id__in=ids, measure__in=("recommend", "adoption")) if ids else ():
        if measure.improvement_id not in told or measure.measure == "recommend":
            told[measure.improvement_id] = measure
    today = timezone.localdate(now)
    found = []
    for row in rows:
        ended = row.state in rules.ENDED  # nobody waits for what was not done of it
        open_ = [action for action in row.actions.all() if action.done_at is None and not ended]
        known = [published[theme.theme] for theme in row.themes.all() if theme.theme in published]
        effect = told.get(str(row.pk))
        found.append(
            ImprovementSeen(
                row,
                names.get(row.owner, row.owner),
                [published[t.theme].name if t.theme in published else t.label for t in row.themes.all()],
                sum(one.row.value_at_stake for one in known),
                len(known) > 1,  # who spoke of two of them counts in both
                sum(rules.overdue(action.due_on, False, today) for action in open_),
                min((action.due_on for action in open_), default=None),
                effect.verdict if effect is not None else "",
                effect,
            )
        )
    return found


def themes_of(one: Any) -> list[Any]:
    """The themes of an improvement, by the names they have now."""
    rows = list(one.themes.all())
    published = {
        seen.row.theme: seen.name for seen in themes_seen(Theme.rows().filter(theme__in=[row.theme for row in rows]))
    }
    for row in rows:
        row.label = published.get(row.theme, row.label)
    return rows


def of_theme(user: User, key: str, now: datetime) -> list[ImprovementSeen]:
    """The improvements of a theme that ``user`` sees, those under way first."""
    ids = visible_improvements(user).filter(themes__theme=key).values("pk")
    rows = Improvement.objects.filter(pk__in=ids).order_by("-changed_at").prefetch_related("themes", "actions")
    return sorted(_shown(list(rows[:20]), now), key=lambda one: one.row.state in rules.ENDED)


def improvement(user: User, improvement_id: UUID, now: datetime) -> ImprovementSeen:
    """One improvement.

    Raises:
        NotFound: it is none of those they see.
    """
    row = (
        Improvement.objects.select_related("made_by", "changed_by")
        .prefetch_related("themes", "actions", "branches")
        .filter(pk=improvement_id)
        .first()
    )
    if row is None or not sees(user, row):
        raise NotFound(_("There is no such improvement among those you see."))
    return _shown([row], now)[0]


def version_of(user: User, improvement_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Improvement.objects.filter(pk=improvement_id).first()
    return row.version if row is not None and sees(user, row) else 0


def may_work(user: User, one: ImprovementSeen) -> bool:
    """Whether ``user`` brings it on: its owner, and who manages causes."""
    return bool(user.staff_id and user.staff_id == one.row.owner) or reach_of(user).may(Permission.MANAGE_CAUSES)


def waiting_change(one: ImprovementSeen) -> Any:
    """The approval it waits for; None where it waits for none."""
    return Change.objects.filter(
        kind="improvement.start", subject_kind="improvement", subject_id=str(one.row.pk), state=Change.State.WAITING
    ).first()


def branches_by_arm(one: ImprovementSeen) -> dict[str, list[str]]:
    """Names of the branches where it starts, and of those it is compared with."""
    rows = list(one.row.branches.all())
    names = branch_names(row.org_id for row in rows)
    return {
        arm: [names.get(row.org_id, row.org_id) for row in rows if row.arm == arm] for arm in codes.IMPROVEMENT_ARMS
    }


def actions_of(user: User, one: ImprovementSeen, now: datetime) -> list[Any]:
    """The actions, those not done by day; who they belong to, whether late, whether ``user`` may say they are done."""
    rows = sorted(one.row.actions.all(), key=lambda row: (row.done_at is not None, row.due_on, row.pk))
    names = staff_names({row.owner for row in rows}) if rows else {}
    works, today = may_work(user, one), timezone.localdate(now)
    for row in rows:
        row.owner_name = names.get(row.owner, row.owner)
        row.late = rules.overdue(row.due_on, row.done_at is not None or one.row.state in rules.ENDED, today)
        row.may = row.done_at is None and (works or (bool(user.staff_id) and row.owner == user.staff_id))
    return rows


def steps_of(one: ImprovementSeen) -> list[Any]:
    """What happened, the last first."""
    rows = list(ImprovementStep.objects.filter(improvement=one.row).select_related("by").order_by("-at", "-id")[:100])
    names = staff_names({row.words for row in rows if row.kind == "handed_over"})
    for row in rows:
        if row.kind == "handed_over":
            row.words = names.get(row.words, row.words)
    return rows


def action(user: User, action_id: int) -> ImprovementAction:
    """One action of an improvement they see.

    Raises:
        NotFound
    """
    row = ImprovementAction.objects.select_related("improvement").filter(pk=action_id).first()
    if row is None or not sees(user, row.improvement):
        raise NotFound(_("There is no such action."))
    return row


@dataclass(frozen=True, slots=True)
class Reminder:
    """For Today: one's overdue actions and improvements, and what is due within a week."""

    actions: list[Any]
    late: int


def waiting_for(user: User, now: datetime) -> Reminder:
    """What waits for ``user``: their own open actions, and those of improvements they own that are late."""
    if not user.staff_id:
        return Reminder([], 0)
    today = timezone.localdate(now)
    soon = today + timezone.timedelta(days=7)
    own = Q(owner=user.staff_id, due_on__lte=soon) | Q(improvement__owner=user.staff_id, due_on__lt=today)
    rows = ImprovementAction.objects.filter(own, done_at=None).exclude(improvement__state__in=rules.ENDED)
    found = list(rows.select_related("improvement").order_by("due_on", "pk")[: 4 * REMINDED])
    names = staff_names({row.owner for row in found}) if found else {}
    for row in found:
        row.owner_name, row.late = names.get(row.owner, row.owner), row.due_on < today
    return Reminder(found[:REMINDED], sum(row.late for row in found))


def measures(one: ImprovementSeen) -> list[Any]:
    """What the night measured, in the order of the codes."""
    rows = {row.measure: row for row in Measured.rows().filter(improvement_id=str(one.row.pk))}
    return [rows[name] for name in codes.IMPROVEMENT_MEASURES if name in rows]


def measures_as_data(one: Improvement) -> list[dict[str, Any]]:
    """The same as plain values, to be kept with a decision."""
    columns = [column.name for column in PUBLISHED["measured"] if column.name not in ("improvement_id", "months")]
    rows = {row.measure: row for row in Measured.rows().filter(improvement_id=str(one.pk))}
    told = []
    for name in codes.IMPROVEMENT_MEASURES:
        if name in rows:
            values = {column: getattr(rows[name], column) for column in columns if column not in ("treated", "control")}
            told.append({**values, "since": values["since"].isoformat()})
    return told


# Choices of the form -------------------------------------------------------------------------------------------------


def choices_of_themes() -> list[ThemeSeen]:
    """Every theme that stands, the most at stake first."""
    rows = themes_seen(Theme.rows().order_by("-value_at_stake", "theme"))
    return [one for one in rows if not one.into]


def every_branch() -> list[Any]:
    """The bank's branches from the top; where something starts is no secret."""
    return list(Organisation.rows().order_by("org_path"))


def possible_owners() -> list[tuple[str, str]]:
    """Employees an improvement or an action may belong to: heads and those of head office first, by name."""
    rows = Staff.rows().filter(left_on=None) if "left_on" in PUBLISHED["staff"] else Staff.rows()
    listed = rows.values_list("staff_id", "name", "role").order_by("name")[:2000]
    first = ("branch_head", "marketer", "executive", "analyst", "complaint_handler")
    ordered = sorted(listed, key=lambda row: (row[2] not in first, row[1]))
    return [(number, name) for number, name, _role in ordered]
