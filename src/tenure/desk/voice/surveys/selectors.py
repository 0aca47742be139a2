"""Every read of surveys: those there are, the frame of one by branch, its versions, its draft, codes at counters.

Figures are counts at the branches the reader's posts look at; nobody is named and nobody's own answer is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import segno
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.models import Change
from tenure.desk.kit.formats import is_chinese
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import below, branches_of, reach_of
from tenure.desk.voice.sending.settings import sending
from tenure.desk.voice.surveys import rules, wording
from tenure.desk.voice.surveys.changing import asking_of
from tenure.desk.voice.surveys.frames import Frame, Pile, frame_of
from tenure.desk.voice.surveys.models import CounterCode, Invitation, Response, Survey, SurveyVersion, Wave
from tenure.desk.voice.surveys.tallies import Tally, tally

#: Months a survey's page looks back over.
SPANS = (1, 3, 12)
#: Of so many answers, the newest, it says what was answered: a share is then known to within a point and a half.
NEWEST = 5_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A survey in the list, with its frame since the first of the month; ``waits``: a version awaits approval."""

    row: Survey
    name: str
    version: int
    frame: Frame
    waits: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


@dataclass(frozen=True, slots=True)
class Page:
    """One survey: its frame since ``since`` in all and by branch, what was answered to each question (of ``counted``
    answers), what is in force, what waits, codes at counters."""

    row: Survey
    name: str
    in_force: SurveyVersion | None
    asking: dict[str, str]
    versions: list[SurveyVersion]
    waiting: list[Change]
    since: date
    whole: Frame
    branches: list[tuple[Any, str, Frame]]
    tallies: list[Tally]
    counted: int
    codes: list[tuple[CounterCode, str]]
    waves: list[Wave]

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def may_look(user: User) -> bool:
    """Whether someone may look at surveys and their figures."""
    reach = reach_of(user)
    return reach.may(Permission.MANAGE_SURVEYS) or reach.may(Permission.VIEW_BRANCH)


def may_manage(user: User) -> bool:
    """Whether someone may make surveys."""
    return reach_of(user).may(Permission.MANAGE_SURVEYS)


def may_put_up_codes(user: User) -> bool:
    """Whether someone may make codes for counters: those who make surveys, and branch heads at their branches."""
    return may_manage(user) or (may_look(user) and "branch_head" in reach_of(user).roles)


def _must_look(user: User) -> None:
    if not may_look(user):
        raise NotAllowed(_("Surveys are for branch heads and head office."))


def surveys(user: User, today: date) -> list[Listed]:
    """Every survey, live ones first, with how many were asked and answered this month within reach.

    Raises:
        NotAllowed: none of their posts looks at branches or makes surveys.
    """
    _must_look(user)
    rows = list(Survey.objects.select_related("owner").order_by("code"))
    numbers: dict[Any, int] = {}
    titles: dict[Any, Any] = {}
    for one in SurveyVersion.objects.order_by("number").only("survey_id", "number", "content"):
        numbers[one.survey_id], titles[one.survey_id] = one.number, one.content["title"]
    piles: dict[Any, list[Pile]] = defaultdict(list)
    for pile, survey in _piles(user, Invitation.objects.all(), today.replace(day=1)):
        piles[survey].append(pile)
    waiting = set(
        Change.objects.filter(kind="surveys.version", state=Change.State.WAITING).values_list("subject_id", flat=True)
    )
    listed = [
        Listed(
            one,
            wording.text(titles.get(one.pk) or one.draft["content"]["title"]) or one.code,
            numbers.get(one.pk, 0),
            frame_of(piles[one.pk]),
            one.code in waiting,
        )
        for one in rows
    ]
    order = (rules.LIVE, rules.PAUSED, rules.DRAFT, rules.CLOSED)
    return sorted(listed, key=lambda one: (order.index(one.row.state), one.row.code))


def survey(user: User, code: str, months: int, today: date) -> Page:
    """A survey with its frame over the last ``months``, one of :data:`SPANS`.

    Raises:
        NotAllowed: see :func:`surveys`.
        NotFound: there is no such survey.
    """
    row = _survey(user, code)
    since = _months_before(today, months if months in SPANS else SPANS[0])
    piles: dict[str, list[Pile]] = defaultdict(list)
    for pile, _survey_id in _piles(user, row.invitations.all(), since):
        piles[pile.org_path].append(pile)
    counted = _at_counters(user, row, since)
    names = {one.org_path: one for one in branches_of(user)}
    paths = sorted({*piles, *counted})
    versions = list(row.versions.select_related("made_by", "approved_by"))
    in_force = versions[0] if versions else None
    content = in_force.content if in_force is not None else row.draft["content"]
    answers = _answers(user, row, versions, since)
    return Page(
        row=row,
        name=wording.text(content["title"]) or row.code,
        in_force=in_force,
        asking=wording.asking_words(asking_of(in_force)) if in_force is not None else {},
        versions=versions,
        waiting=list(_waiting(code)),
        since=since,
        whole=frame_of((pile for path in paths for pile in piles[path]), sum(counted.values())),
        branches=[
            (names.get(path), _branch(names, path), frame_of(piles[path], counted.get(path, 0))) for path in paths
        ],
        tallies=tally(in_force.content, answers) if in_force is not None and answers else [],
        counted=len(answers),
        codes=[
            (one, _branch(names, one.org_path))
            for one in row.counter_codes.filter(ended_at=None).order_by("org_path")
            if one.org_path in names
        ],
        waves=list(row.waves.order_by("-on")[:24]) if row.moment == rules.PERIODIC else [],
    )


@dataclass(frozen=True, slots=True)
class Poster:
    """What is put up at a branch: the branch, what the survey says first in both languages, and where its code leads.

    ``local``: it leads to this machine, for the bank has set no address of its own yet.
    """

    row: Survey
    branch: Any
    content: dict[str, Any]
    address: str
    local: bool

    @property
    def picture(self) -> str:
        """The address as a QR picture, an SVG element; a quarter of it may be scratched or stained."""
        code = segno.make(self.address, error="q", micro=False)
        return str(code.svg_inline(scale=8, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))


def poster(user: User, code: str, org_id: str) -> Poster:
    """The poster of a branch's code.

    Raises:
        NotAllowed: they put up no codes.
        NotFound: there is no such survey, or no code of it at that branch within reach.
    """
    row = _survey(user, code)
    if not may_put_up_codes(user):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    branch = branches_of(user).filter(org_id=org_id).first()
    up = row.counter_codes.filter(org_path=branch.org_path, ended_at=None).first() if branch is not None else None
    if up is None:
        raise NotFound(_("That branch has no code of this survey."))
    how = sending()
    address = how.links_address + reverse("voice_answering:counter", args=[up.code])
    version = row.versions.order_by("-number").first()
    content = version.content if version is not None else row.draft["content"]
    return Poster(row, branch, content, address, not how.links)


@dataclass(frozen=True, slots=True)
class Draft:
    """A survey's draft: content, how it asks, and versions that wait for a second person."""

    row: Survey
    content: dict[str, Any]
    asking: dict[str, Any]
    waiting: list[Change]


def draft(user: User, code: str) -> Draft:
    """The draft of a survey's next version.

    Raises:
        NotAllowed: they make no surveys.
        NotFound: there is no such survey.
    """
    if not may_manage(user):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    row = _survey(user, code)
    return Draft(row, row.draft["content"], row.draft["asking"], list(_waiting(code)))


def version_of(user: User, code: str) -> int:
    """The version a survey stands at, for a form that was refused."""
    return Survey.objects.filter(code=code).values_list("version", flat=True).first() or 0


def branches_for_codes(user: User) -> Sequence[Any]:
    """Branches where one may put a code up."""
    return list(branches_of(user)[:200]) if may_put_up_codes(user) else []


def _survey(user: User, code: str) -> Survey:
    _must_look(user)
    row = Survey.objects.select_related("owner", "changed_by").filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such survey."))
    return row


def _waiting(code: str) -> QuerySet[Change]:
    waiting = Change.objects.filter(kind="surveys.version", subject_id=code, state=Change.State.WAITING)
    return waiting.select_related("made_by")


def _within(user: User) -> Q:
    """Rows at the branches the reader's posts look at."""
    paths = reach_of(user).paths
    if "/" in paths:
        return Q()
    return below(paths)


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _piles(user: User, rows: QuerySet[Invitation], since: date) -> list[tuple[Pile, Any]]:
    found = (
        rows.filter(_within(user), drawn_at__gte=_begin(since))
        .values("survey_id", "org_path", "outcome", "state")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return [(Pile(one["org_path"], one["outcome"], one["state"], one["count"]), one["survey_id"]) for one in found]


def _at_counters(user: User, row: Survey, since: date) -> dict[str, int]:
    """Answers by a counter's code, by branch."""
    answers = Response.objects.filter(
        _within(user), version__survey=row, channel=rules.COUNTER, state=rules.COMPLETE, answered_on__gte=since
    )
    return dict(answers.values_list("org_path").annotate(count=Count("pk")).order_by())


def _answers(
    user: User, row: Survey, versions: Sequence[SurveyVersion], since: date
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The newest finished answers since, each with the content it answers."""
    contents = {one.pk: one.content for one in versions}
    found = Response.objects.filter(
        _within(user), version__survey=row, state=rules.COMPLETE, answered_on__gte=since
    ).order_by("-answered_on", "pk")
    return [(contents[version], answers) for version, answers in found.values_list("version_id", "answers")[:NEWEST]]


def _branch(names: Mapping[str, Any], path: str) -> str:
    row = names.get(path)
    if row is None:
        return path.strip("/").rsplit("/", 1)[-1] or _("the whole bank")
    return row.name if is_chinese(wording.language()) else row.name_en or row.name


def _months_before(today: date, months: int) -> date:
    """The same day so many months earlier, or the last day of that month."""
    first = (today.replace(day=1) - timedelta(days=1)) if months else today
    for _again in range(months - 1):
        first = first.replace(day=1) - timedelta(days=1)
    return first.replace(day=min(today.day, first.day))
