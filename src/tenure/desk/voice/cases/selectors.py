"""Every read of cases: those that the reader sees (``reading``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED
from tenure.desk.control.changes.selectors import waiting_on
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.control.models import Change
from tenure.desk.kit.formats import is_chinese
from tenure.desk.kit.listing import Page, Position, capped_count, page_of
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties import selectors as parties
from tenure.desk.parties.visibility import acts_for, numbers_of, standing_of, visible_to
from tenure.desk.voice import bank_calendar
from tenure.desk.voice.cases import rules, timing, wording
from tenure.desk.voice.cases import settings as house
from tenure.desk.voice.cases.filters import CaseFilter
from tenure.desk.voice.cases.models import Case, CaseClock, CaseEscalation, CaseStep
from tenure.desk.voice.cases.reading import cases_of, sees
from tenure.desk.voice.clocks import Kind, elapsed
from tenure.desk.voice.surveys.models import Response
from tenure.desk.work.selectors import contacts_of

PAGE = 25
#: Cases Today shows.
REMINDED = 4
#: How long after closing the customer's balance is looked at.
AFTER = timedelta(days=90)
_NAME = PUBLISHED["customer"]["name"]
#: What customers say and what staff write of it is masked as the words of a complaint are.
WORDS_COLUMN = LAKE["complaint"]["words"]
_WRITTEN = ("words", "offer", "action")
#: What runs out first, those whose clocks stand last, on every database.
_SOONEST = F("due_at").asc(nulls_last=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as its reader sees it: the customer's name and everything written masked as it must be."""

    row: Any
    party_id: str
    name: str
    tier: str
    owner_name: str
    words: str
    offer: str
    action: str
    clock: str
    left: str
    late: bool
    held: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def cases(user: User, wanted: CaseFilter, now: datetime) -> QuerySet[Case]:
    """The cases ``user`` may see that ``wanted`` leaves; unsorted."""
    rows = cases_of(user)
    match wanted.list:
        case "closed":
            rows = rows.filter(state=rules.CLOSED)
        case "mine":
            rows = rows.filter(_mine(user)).exclude(state=rules.CLOSED)
        case "told":
            rows = rows.filter(pk__in=_told(user)).exclude(state=rules.CLOSED)
        case _:
            rows = rows.exclude(state=rules.CLOSED)
    for name in ("source", "state", "cause"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    return rows.filter(due_at__lt=now) if wanted.late else rows


def _mine(user: User) -> Q:
    """Cases of ``user`` and of those for whom they stand in today."""
    return Q(owner__in=acts_for(user))


def _told(user: User) -> QuerySet[Any, Any]:
    if not user.staff_id:
        return CaseEscalation.objects.none().values("case_id")
    return CaseEscalation.objects.filter(told=user.staff_id).exclude(level__in=(0, 3, 6)).values("case_id")


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of the list, how many there are (stops at 1,001), and how many the other lists hold."""

    page: Page[Case]
    rows: list[Seen]
    count: int
    counts: dict[str, int]


def case_list(user: User, wanted: CaseFilter, position: Position | None, now: datetime, size: int = PAGE) -> CaseList:
    """The page of cases at ``position``."""
    rows = cases(user, wanted, now)
    page = page_of(rows, wanted.order, position, size)
    counts = {one: capped_count(cases(user, CaseFilter(list=one), now)) for one in ("mine", "team", "told")}
    return CaseList(page, seen(user, page.rows, now), capped_count(rows), counts)


def case(user: User, case_id: UUID, now: datetime) -> Seen:
    """One case.

    Raises:
        NotFound: it is of no customer they see, or about themselves.
    """
    row = Case.objects.select_related("opened_by", "closed_by", "changed_by").filter(pk=case_id).first()
    if row is None or not sees(user, row):
        raise NotFound(_("There is no such case among your customers'."))
    return seen(user, [row], now)[0]


def receipt(user: User, case: Case, now: datetime) -> Seen:
    """A case as who has just opened it is told of it, even where it is about them and they see it no more."""
    return seen(user, [case], now)[0]


def of_customer(user: User, party_id: str, now: datetime, limit: int = 5) -> list[Seen]:
    """The cases of one customer, the open ones first."""
    rows = cases_of(user).filter(party_id__in=numbers_of(user, party_id))
    opened = list(rows.exclude(state=rules.CLOSED).order_by(_SOONEST, "id")[:limit])
    closed = list(rows.filter(state=rules.CLOSED).order_by("-opened_at", "id")[: limit - len(opened)])
    return seen(user, opened + closed, now)


@dataclass(frozen=True, slots=True)
class Reminder:
    """For Today: one's own cases, the soonest due first, how many, and how many one was told of."""

    rows: list[Seen]
    count: int
    told: int


def waiting_for(user: User, now: datetime) -> Reminder:
    """What waits for ``user``; nothing for who handles no cases."""
    if not user.staff_id or not reach_of(user).may(Permission.LOG_CONTACT):
        return Reminder([], 0, 0)
    mine = cases(user, CaseFilter(list="mine"), now)
    found = list(mine.order_by(_SOONEST, "id")[:REMINDED])
    told = cases(user, CaseFilter(list="told"), now)
    return Reminder(seen(user, found, now), capped_count(mine) if found else 0, capped_count(told))


def seen(user: User, rows: Iterable[Any], now: datetime) -> list[Seen]:
    """``rows`` as ``user`` sees them, in their order."""
    listed = list(rows)
    if not listed:
        return []
    reach, stands = reach_of(user), standing_of({row.party_id for row in listed})
    ids = {stands.get(row.party_id, row.party_id) for row in listed}
    known = {
        number: (masked(name, _NAME, reach) or number, tier)
        for number, name, tier in visible_to(user).filter(party_id__in=ids).values_list("party_id", "name", "tier")
    }
    owners = staff_names({row.owner for row in listed if row.owner})
    running = {}
    for clock in CaseClock.objects.filter(case__in=listed, stopped_at=None, due_at__isnull=False).order_by("-due_at"):
        running[clock.case_id] = clock.clock
    return [
        _seen(row, stands.get(row.party_id, row.party_id), known, owners, running.get(row.pk, ""), reach, now)
        for row in listed
    ]


def _seen(
    row: Any, party_id: str, known: dict[str, tuple[str, Any]], owners: dict[str, str], clock: str, reach: Reach,
    now: datetime,
) -> Seen:  # fmt: skip
    name, tier = known.get(party_id, ("", ""))
    written = {field: masked(getattr(row, field), WORDS_COLUMN, reach) or "" for field in _WRITTEN}
    return Seen(
        row=row,
        party_id=party_id,
        name=name,
        tier=tier or "",
        owner_name=owners.get(row.owner, row.owner),
        clock=clock,
        left=wording.left(row.due_at, now) if row.due_at else "",
        late=row.due_at is not None and row.due_at < now,
        held=row.state != rules.CLOSED and row.due_at is None,
        **written,
    )


def steps_of(user: User, one: Seen) -> list[CaseStep]:
    """What happened to a case ``user`` sees, the last first."""
    reach = reach_of(user)
    found = list(CaseStep.objects.filter(case=one.row).select_related("by").order_by("-at", "-id")[:100])
    names = staff_names({step.detail for step in found if step.kind in wording.STAFF and step.detail})
    for step in found:
        step.words = masked(step.words, WORDS_COLUMN, reach) if step.words else ""
        step.told = wording.detail(step, names)
    return found


@dataclass(frozen=True, slots=True)
class ClockSeen:
    """One clock of a case: how much of its allowance is used, in its own time, and when it runs out."""

    clock: str
    counts: str
    used: str
    allowed: str
    left: str
    late: bool
    held: bool
    stopped_at: datetime | None
    due_at: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last day of a clock of days, which ends at the midnight after it; None of the others."""
        if self.due_at is None or self.counts != Kind.DAYS:
            return None
        return timezone.localdate(self.due_at - timedelta(microseconds=1))


def clocks_of(one: Seen, now: datetime) -> list[ClockSeen]:
    """The clocks of the case's round, as they stand."""
    calendar, pauses = bank_calendar.in_use(), timing.pauses_of(one.row)
    found = []
    for clock in CaseClock.objects.filter(case=one.row, round=one.round):
        used = elapsed(Kind(clock.counts), clock.began_at, clock.stopped_at or now, pauses, calendar)
        allowed = timedelta(minutes=clock.allowance)
        running, working = clock.stopped_at is None, clock.counts == Kind.WORKING
        found.append(
            ClockSeen(
                clock=clock.clock,
                counts=clock.counts,
                used=wording.span(used, working=working),
                allowed=wording.span(allowed, working=working),
                left=wording.of_allowance(allowed - used, working=working) if running else "",
                late=used > allowed or (running and clock.due_at is not None and clock.due_at < now),
                held=running and clock.due_at is None,
                stopped_at=clock.stopped_at,
                due_at=clock.due_at,
            )
        )
    return found


def around(user: User, one: Seen, customer: Any) -> dict[str, Any]:
    """What a colleague should know before they call: contacts, complaints, what was answered, other cases of the
    ``customer`` it is about."""
    reach = reach_of(user)
    told = {
        name: parties.events(user, one.party_id, kind=kind, size=4).rows
        for name, kind in (("complaints", "complaint"), ("answers", "survey"))
    }
    for rows in told.values():
        for row in rows:
            row.words = masked(row.words, PUBLISHED["timeline"]["words"], reach) if row.words else ""
    theirs = cases_of(user).filter(party_id__in=numbers_of(user, one.party_id))
    others, contacts = theirs.exclude(pk=one.row.pk), contacts_of(user, one.party_id, 4)
    # What the night counted does not know yet what came in since.
    since = [timezone.localdate(row.at) for row in contacts[:1]]
    return {
        **told,
        "contacts": contacts,
        "last_contact_on": max([*since, *filter(None, [customer.last_contact_on])], default=None),
        "open_complaints": max(
            customer.open_complaints or 0, theirs.filter(source="complaint").exclude(state=rules.CLOSED).count()
        ),
        "others": seen(user, others.order_by("-opened_at", "id")[:3], timezone.now()),
    }


@dataclass(frozen=True, slots=True)
class Recovery:
    """What came of a closed case, of what is known: an answer after it, and assets before and in the 90 days after.

    ``months``: the calendar months wholly within the 90 days, with their average assets in minor units; ``before``: the
    month before the case was opened.
    """

    asked_again: bool
    score: int | None
    answered_on: Any
    before: int | None
    months: list[tuple[str, int]]
    complete: bool


def recovery(user: User, one: Seen, now: datetime) -> Recovery | None:
    """How a closed case turned out; None while it is open."""
    if one.state != rules.CLOSED:
        return None
    closed_at = one.closed_at
    later = Response.objects.filter(
        party_id__in=numbers_of(user, one.party_id), state="complete", answered_at__gt=closed_at
    )
    answer = later.order_by("answered_at").first()
    score, on = (answer.score, answer.answered_at) if answer is not None else (None, None)
    if answer is None:
        events = parties.events(user, one.party_id, kind="survey", size=20).rows
        after = [row for row in events if row.at > closed_at]
        if after:
            score, on = after[-1].score, after[-1].at
    curve = parties.curve(user, one.party_id)
    by_month = _by_month(curve) if curve is not None else {}
    opened = timezone.localdate(one.opened_at).replace(day=1)
    before = by_month.get(f"{opened - timedelta(days=1):%Y-%m}")
    first, last = timezone.localdate(closed_at), timezone.localdate(closed_at + AFTER)
    # The last month of the curve is still open: its average is no whole month's.
    whole = sorted(by_month)[:-1]
    months = [(month, by_month[month]) for month in whole if f"{first:%Y-%m}" < month <= f"{last:%Y-%m}"]
    return Recovery(on is not None, score, on, before, months, bool(whole) and whole[-1] >= f"{last:%Y-%m}")


def _by_month(curve: Any) -> dict[str, int]:
    year, month = (int(part) for part in curve.last_month.split("-"))
    found: dict[str, int] = {}
    for back, value in enumerate(reversed(curve.aum)):
        place = year * 12 + month - 1 - back
        if value is not None:
            found[f"{place // 12}-{place % 12 + 1:02d}"] = value
    return found


def script_of(act: str) -> str:
    """What to say at a step, in the reader's language; the bank's words."""
    zh, en = house.in_use().scripts.get(act, ("", ""))
    return zh if is_chinese(get_language() or "en") else en


def may_handle(user: User, one: Seen) -> bool:
    """Whether ``user`` works on the case: not where it is about them or they stood aside."""
    if not reach_of(user).may(Permission.LOG_CONTACT):
        return False
    aside = one.row.steps.filter(kind="recused").values_list("by__staff_id", flat=True)
    return not user.staff_id or user.staff_id not in {one.concerns, *one.barred, *aside}


def may_extend(one: Seen) -> int | None:
    """To how many days the time to decide a complaint may be extended, with approval; None: not."""
    clock = one.row.clocks.filter(clock="regulator", round=one.round, stopped_at=None).first()
    more = rules.longer(clock.allowance) if clock is not None else None
    return more // rules.DAY if more else None


def extension(one: Seen) -> Change | None:
    """The request for more time that waits for a second person."""
    return next((each for each in waiting_on("case", [str(one.row.pk)]) if each.kind == "case.extend"), None)


def version_of(user: User, case_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Case.objects.filter(pk=case_id).first()
    return row.version if row is not None and sees(user, row) else 0
