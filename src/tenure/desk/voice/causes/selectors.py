"""Every read of themes and improvements: words of customers one sees, figures of branches within reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED, codes
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.masking import masked
from tenure.desk.control.models import Change
from tenure.desk.findings import words as findings
from tenure.desk.org.models import Organisation, Staff, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branch_names, branches_of, reach_of, staff_names
from tenure.desk.parties.visibility import of_visible, standing_of, visible_to
from tenure.desk.parties.visibility import sees as sees_customer
from tenure.desk.publication.current import pinned
from tenure.desk.voice.causes import rules
from tenure.desk.voice.causes.filters import ImprovementFilter, ThemeFilter
from tenure.desk.voice.causes.models import (
    Improvement,
    ImprovementAction,
    ImprovementStep,
    Measured,
    Theme,
    ThemeBranch,
    ThemeCorrection,
    ThemeStanding,
    ThemeVoice,
)

SOURCES = tuple(codes.VOICE_SOURCES)
#: Words on a theme's page; improvements on a page of the list; lines on Today.
WORDS, LISTED, REMINDED = 25, 50, 4
_WORDS = PUBLISHED["theme_voice"]["words"]
_NAME = PUBLISHED["customer"]["name"]


@dataclass(slots=True)
class ThemeSeen:
    """A theme as it stands at the desk now: the night's figures under the name people gave it since."""

    row: Any
    name: str
    into: str = ""
    into_name: str = ""
    course: rules.Course = field(default_factory=lambda: rules.Course("still", None))
    spark: str = ""
    open: int = 0
    here: Any = None

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is published."""
        return getattr(self.row, name)


def must_read(user: User) -> None:
    """Themes are for who looks at branches.

    Raises:
        NotAllowed
    """
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        raise NotAllowed(_("Causes are for branch heads and head office."))


def label_of(row: Any) -> str:
    """What the night calls a theme, in the reader's language."""
    if row.renamed:
        return str(row.label)
    topic = "attrition" if row.kind == "lost" else "text"
    return findings.of(topic).say(row.label, get_language() or "en")


def _seen(rows: Iterable[Any]) -> list[ThemeSeen]:
    standing = list(ThemeCorrection.objects.filter(undone_at=None, kind__in=("rename", "merge")))
    names = {one.theme: one.name for one in standing if one.kind == "rename"}
    merges = {one.theme: one.into for one in standing if one.kind == "merge"}
    listed = list(rows)
    known = {row.theme: names.get(row.theme) or label_of(row) for row in listed}
    found = []
    for row in listed:
        into = rules.merged_into(row.theme, merges)
        into = "" if into == row.theme else into
        found.append(
            ThemeSeen(
                row,
                known[row.theme],
                into,
                known.get(into) or names.get(into) or into,
                rules.course_of(row.course, row.course_low, row.course_high),
                rules.spark(row.months),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class ThemeList:
    """The themes of the whole bank or of one branch, the most at stake first."""

    rows: list[ThemeSeen]
    at: Any
    whole: bool
    branches: list[Any]
    currency: str


def themes(user: User, wanted: ThemeFilter) -> ThemeList:
    """Themes ranked as ``wanted`` says; of a branch: with that branch's figures beside those of the bank.

    Raises:
        NotAllowed: no post of theirs looks at branches.
        NotFound: no such branch within reach.
    """
    must_read(user)
    within = list(branches_of(user))
    at = within[0] if within else None
    if wanted.org:
        at = next((one for one in within if one.org_id == wanted.org), None)
        if at is None:
            raise NotFound(_("There is no branch %(number)s within your reach.") % {"number": wanted.org[:40]})
    whole = at is None or at.depth == 0
    rows = Theme.rows().filter(kind=wanted.kind) if wanted.kind else Theme.rows()
    found = _seen(rows)
    if not whole:
        here = {row.theme: row for row in ThemeBranch.rows().filter(org_id=at.org_id)}
        found = [one for one in found if one.row.theme in here]
        for one in found:
            one.here = here[one.row.theme]
            one.spark = rules.spark(one.here.months)
    open_ = dict(
        _improvements(user)
        .exclude(state__in=rules.ENDED)
        .values_list("themes__theme")
        .annotate(n=Count("id", distinct=True))
    )
    for one in found:
        one.open = open_.get(one.row.theme, 0)
    if wanted.open == "none":
        found = [one for one in found if not one.open]
    found.sort(key=lambda one: (-_ranked(one, wanted.sort), one.row.theme))
    publication = pinned()
    return ThemeList(found, at, whole, within, publication.currency if publication else "")


def _ranked(one: ThemeSeen, sort: str) -> float:
    figures = one.here if one.here is not None else one.row
    match sort:
        case "volume":
            return float(figures.customers)
        case "course":
            return one.course.points if one.course.points is not None else -1e9
        case "unhappy":
            return figures.unhappy if figures.unhappy is not None else -1.0
        case "lost":
            return float(one.row.lost)
    return float(figures.value_at_stake)


def theme(user: User, key: str) -> ThemeSeen:
    """One theme.

    Raises:
        NotAllowed: no post of theirs looks at branches.
        NotFound: no night told of such a theme.
    """
    must_read(user)
    found = theme_named(key)
    if found is None:
        raise NotFound(_("There is no such theme."))
    return found


def theme_named(key: str) -> ThemeSeen | None:
    """The theme of that key; None where no night told of one."""
    return next(iter(_seen(Theme.rows().filter(theme=key))), None)


def other_themes(user: User, but: str = "") -> list[ThemeSeen]:
    """The themes of words that stand, by name: for choosing one."""
    must_read(user)
    rows = _seen(Theme.rows().filter(kind="words"))
    return sorted((one for one in rows if one.row.theme != but and not one.into), key=lambda one: one.name)


def version_of_theme(user: User, key: str) -> int:
    """The version a correction is made from; 1 of a theme nobody corrected."""
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        return 0
    return ThemeStanding.objects.filter(theme=key).values_list("version", flat=True).first() or 1


def branches_with(user: User, key: str) -> list[tuple[str, Any]]:
    """A theme's figures in the branches within reach, those with the most at stake first, with their names."""
    must_read(user)
    within = {one.org_id for one in branches_of(user)}
    rows = [
        row
        for row in ThemeBranch.rows().filter(theme=key).order_by("-value_at_stake", "org_id")
        if row.org_id in within
    ]
    names = branch_names(row.org_id for row in rows)
    return [(names.get(row.org_id, row.org_id), row) for row in rows]


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said, masked for the reader; ``moved_to``: where somebody moved it since the night."""

    row: Any
    party_id: str
    name: str
    words: str
    moved_to: str = ""

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is published."""
        return getattr(self.row, name)


def words_of(user: User, key: str, source: str = "") -> list[Said]:
    """The newest words of a theme (``""``: of none) by customers ``user`` sees, masked by their reach."""
    must_read(user)
    rows = of_visible(ThemeVoice, user).filter(**({"theme": key} if key else {"theme": None}))
    if source in SOURCES:
        rows = rows.filter(source=source)
    return _said(user, list(rows.order_by("-said_on", "number")[:WORDS]))


def _said(user: User, rows: list[Any]) -> list[Said]:
    reach = reach_of(user)
    stands = standing_of({row.party_id for row in rows})
    ids = {stands.get(row.party_id, row.party_id) for row in rows}
    names = dict(visible_to(user).filter(party_id__in=ids).values_list("party_id", "name"))
    moved = {
        (one.source, one.number): one.theme
        for one in ThemeCorrection.objects.filter(kind="text", undone_at=None, number__in=[row.number for row in rows])
    }
    labels = (
        {one.row.theme: one.name for one in _seen(Theme.rows().filter(theme__in=set(moved.values())))} if moved else {}
    )
    found = []
    for row in rows:
        party = stands.get(row.party_id, row.party_id)
        to = moved.get((row.source, row.number), "")
        found.append(
            Said(
                row,
                party,
                masked(names.get(party, ""), _NAME, reach) or party,
                masked(row.words, _WORDS, reach) or "",
                labels.get(to, to) if to != row.theme else "",
            )
        )
    return found


def voice(user: User, source: str, number: str) -> Any:
    """What one customer said, as it is; of a customer ``user`` sees.

    Raises:
        NotFound
    """
    row = of_visible(ThemeVoice, user).filter(source=source, number=number).first()
    if row is None:
        raise NotFound(_("There are no such words of a customer you see."))
    return row


@dataclass(frozen=True, slots=True)
class CorrectionSeen:
    """A correction; what a customer said is masked, and kept from who does not see the customer."""

    row: Any
    theme_name: str
    other_name: str
    words: str

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def corrections(user: User, key: str = "", limit: int = 60) -> list[CorrectionSeen]:
    """Corrections, the newest first; ``key``: of one theme."""
    must_read(user)
    rows = ThemeCorrection.objects.select_related("made_by", "undone_by").order_by("-made_at", "-id")
    if key:
        rows = rows.filter(Q(theme=key) | Q(into=key) | Q(moved_from=key))
    return _corrections_seen(user, [one for one in rows[:limit] if may_read(user, one)])


def correction(user: User, correction_id: int) -> CorrectionSeen:
    """One correction.

    Raises:
        NotFound
    """
    one = ThemeCorrection.objects.select_related("made_by", "undone_by").filter(pk=correction_id).first()
    if one is None or not may_read(user, one):
        raise NotFound(_("There is no such correction."))
    return _corrections_seen(user, [one])[0]


def _corrections_seen(user: User, listed: list[ThemeCorrection]) -> list[CorrectionSeen]:
    reach = reach_of(user)
    keys = {name for one in listed for name in (one.theme, one.into, one.moved_from) if name}
    labels = {one.row.theme: one.name for one in _seen(Theme.rows().filter(theme__in=keys))}
    return [
        CorrectionSeen(
            one,
            labels.get(one.theme, one.theme),
            labels.get(one.into or one.moved_from, one.into or one.moved_from),
            (masked(one.words, _WORDS, reach) or "") if one.words else "",
        )
        for one in listed
    ]


def may_read(user: User, one: ThemeCorrection) -> bool:
    """Whether ``user`` may see a correction: that of a customer's words, who sees the customer."""
    return reach_of(user).may(Permission.VIEW_BRANCH) and (not one.party_id or sees_customer(user, one.party_id))


# Improvements --------------------------------------------------------------------------------------------------------


def _improvements(user: User) -> QuerySet[Improvement]:
    """Those one owns or has an action in, and, for who looks at branches, those of their branches and those above."""
    reach = reach_of(user)
    which = Q(pk=None)
    if user.staff_id:
        which |= Q(owner=user.staff_id) | Q(actions__owner=user.staff_id)
    if reach.may(Permission.VIEW_BRANCH):
        for path in reach.paths:
            parts = path.strip("/").split("/")
            above = ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))] if parts != [""] else []
            which |= Q(org_path__startswith=path) | Q(branches__org_path__startswith=path)
            which |= Q(branches__org_path__in=above, branches__arm="treated")
    return Improvement.objects.filter(which).distinct()


def sees(user: User, one: Improvement) -> bool:
    """Whether ``user`` sees an improvement."""
    return _improvements(user).filter(pk=one.pk).exists()


@dataclass(slots=True)
class ImprovementSeen:
    """An improvement as it is shown."""

    row: Any
    owner_name: str
    labels: list[str]
    value_at_stake: int
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
    mine = _improvements(user)
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
    published = {one.row.theme: one for one in _seen(Theme.rows().filter(theme__in=keys))} if keys else {}
    names = staff_names({row.owner for row in rows}) if rows else {}
    told: dict[str, Any] = {}
    ids = [str(row.pk) for row in rows]
    for measure in Measured.rows().filter(improvement_id__in=ids, measure__in=("recommend", "adoption")) if ids else ():
        if measure.improvement_id not in told or measure.measure == "recommend":
            told[measure.improvement_id] = measure
    today = timezone.localdate(now)
    found = []
    for row in rows:
        open_ = [action for action in row.actions.all() if action.done_at is None]
        known = [published[theme.theme] for theme in row.themes.all() if theme.theme in published]
        effect = told.get(str(row.pk))
        found.append(
            ImprovementSeen(
                row,
                names.get(row.owner, row.owner),
                [published[t.theme].name if t.theme in published else t.label for t in row.themes.all()],
                sum(one.row.value_at_stake for one in known),
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
        seen.row.theme: seen.name for seen in _seen(Theme.rows().filter(theme__in=[row.theme for row in rows]))
    }
    for row in rows:
        row.label = published.get(row.theme, row.label)
    return rows


def of_theme(user: User, key: str, now: datetime) -> list[ImprovementSeen]:
    """The improvements of a theme that ``user`` sees, those under way first."""
    ids = _improvements(user).filter(themes__theme=key).values("pk")
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
        row.late = rules.overdue(row.due_on, row.done_at is not None, today)
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
    rows = _seen(Theme.rows().order_by("-value_at_stake", "theme"))
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
