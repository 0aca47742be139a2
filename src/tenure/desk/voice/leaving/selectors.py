"""Every read of interviews with lost customers and of winning them back: those of customers the reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.findings import customer as findings
from tenure.desk.kit.formats import is_chinese
from tenure.desk.kit.listing import Page, Position, capped_count, page_of
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.visibility import acts_for, naming, number_of, numbers_of, standing_of, visible_to
from tenure.desk.voice.leaving import rules
from tenure.desk.voice.leaving import settings as house
from tenure.desk.voice.leaving.filters import BackFilter, InterviewFilter
from tenure.desk.voice.leaving.models import Interview, WinBack
from tenure.desk.work.selectors import contacts_of

PAGE = 25
#: Interviews Today shows.
REMINDED = 4
_NAME = PUBLISHED["customer"]["name"]
_WORDS = LAKE["exit_interview"]["words"]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as its reader sees it: the customer's name and everything written masked as it must be."""

    row: Any
    party_id: str
    name: str
    tier: str
    owner_name: str
    words: str
    to_bank: str
    back_words: str
    late: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, how many there are (stops at 1,001), and how many the other lists hold."""

    page: Page[Any]
    rows: list[Seen]
    count: int
    counts: dict[str, int]


def of_reader(user: User, rows: QuerySet[Row]) -> QuerySet[Row]:
    """``rows`` of customers ``user`` may see, under any number."""
    everybodys = "/" in reach_of(user).paths and reach_of(user).may(Permission.VIEW_CUSTOMERS)
    return rows if everybodys else rows.filter(naming(visible_to(user)))


def interviews(user: User, wanted: InterviewFilter) -> QuerySet[Interview]:
    """The interviews ``user`` may see that ``wanted`` leaves; unsorted."""
    rows = of_reader(user, Interview.objects.all())
    if wanted.list == "ended":
        rows = rows.filter(state=rules.DONE)
        return rows.filter(cause=wanted.cause) if wanted.cause else rows
    rows = rows.filter(state=rules.OPEN)
    if wanted.list == "mine":
        rows = rows.filter(owner__in=acts_for(user))
    return rows.filter(data_cause=wanted.cause) if wanted.cause else rows


def win_backs(user: User, wanted: BackFilter) -> QuerySet[WinBack]:
    """Whom ``user`` may win back, or may not because they are held out; unsorted."""
    rows = of_reader(user, WinBack.objects.all())
    states = {"ended": rules.DONE, "held_out": rules.HELD_OUT}
    rows = rows.filter(state=states.get(wanted.list, rules.OPEN))
    if wanted.list == "mine":
        rows = rows.filter(owner__in=acts_for(user))
    return rows.filter(cause=wanted.cause) if wanted.cause else rows


def interview_list(
    user: User, wanted: InterviewFilter, position: Position | None, now: datetime, size: int = PAGE
) -> Listed:
    """The page of interviews at ``position``."""
    rows = interviews(user, wanted)
    page = page_of(rows, wanted.order, position, size)
    counts = {one: capped_count(interviews(user, InterviewFilter(one))) for one in ("mine", "team")}
    return Listed(page, seen(user, page.rows, now), capped_count(rows), counts)


def win_back_list(user: User, wanted: BackFilter, position: Position | None, now: datetime, size: int = PAGE) -> Listed:
    """The page of customers to win back at ``position``."""
    rows = win_backs(user, wanted).select_related("interview")
    page = page_of(rows, wanted.order, position, size)
    counts = {one: capped_count(win_backs(user, BackFilter(one))) for one in ("mine", "team", "held_out")}
    return Listed(page, seen(user, page.rows, now), capped_count(rows), counts)


def interview(user: User, interview_id: UUID, now: datetime) -> Seen:
    """One interview.

    Raises:
        NotFound: it is of no customer they see.
    """
    row = Interview.objects.select_related("changed_by").filter(pk=interview_id).first()
    if row is None or number_of(user, row.party_id) is None:
        raise NotFound(_("There is no such interview among your customers'."))
    return seen(user, [row], now)[0]


def win_back_of(user: User, one: Seen, now: datetime) -> Seen | None:
    """Whether the customer of an interview is to be won back, and how far that has come."""
    row = WinBack.objects.select_related("interview", "changed_by").filter(interview=one.row).first()
    return seen(user, [row], now)[0] if row is not None else None


def win_back(user: User, win_back_id: UUID, now: datetime) -> Seen:
    """One customer to be won back.

    Raises:
        NotFound: it is of no customer they see.
    """
    row = WinBack.objects.select_related("interview", "changed_by").filter(pk=win_back_id).first()
    if row is None or number_of(user, row.party_id) is None:
        raise NotFound(_("There is no such win-back among your customers'."))
    return seen(user, [row], now)[0]


def of_customer(user: User, party_id: str, now: datetime) -> list[Seen]:
    """The interviews of one customer, the last first."""
    rows = Interview.objects.filter(party_id__in=numbers_of(user, party_id)).order_by("-month", "id")[:3]
    return seen(user, rows, now)


@dataclass(frozen=True, slots=True)
class Reminder:
    """For Today: one's own interviews, the soonest due first, how many, and how many to win back."""

    rows: list[Seen]
    count: int
    win_backs: int


def waiting_for(user: User, now: datetime) -> Reminder:
    """What waits for ``user``; nothing for who deals with no customers."""
    if not user.staff_id or not reach_of(user).may(Permission.LOG_CONTACT):
        return Reminder([], 0, 0)
    mine = interviews(user, InterviewFilter("mine"))
    found = list(mine.order_by("due_on", "id")[:REMINDED])
    back = capped_count(win_backs(user, BackFilter("mine")))
    return Reminder(seen(user, found, now), capped_count(mine) if found else 0, back)


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
    today = timezone.localdate(now)

    def one(row: Any) -> Seen:
        party_id = stands.get(row.party_id, row.party_id)
        name, tier = known.get(party_id, ("", ""))
        told = row.interview if isinstance(row, WinBack) else row
        written = {"words": row.words, "to_bank": told.to_bank, "back_words": told.back_words}
        due: date | None = getattr(row, "due_on", None)
        return Seen(
            row=row, party_id=party_id, name=name, tier=tier or "", owner_name=owners.get(row.owner, row.owner),
            late=due is not None and row.state == rules.OPEN and due < today,
            **{field: (masked(value, _WORDS, reach) or "") if value else "" for field, value in written.items()},
        )  # fmt: skip

    return [one(row) for row in listed]


def data_says(user: User, party_id: str) -> dict[str, Any] | None:
    """The post-mortem of a customer in words, as on their page; None where the night has none any more."""
    found: dict[str, Any] | None = findings.lost_context(user, party_id, get_language() or "zh-hans")
    return found


def contacts(user: User, party_id: str) -> list[Any]:
    """The last contacts with the customer."""
    return list(contacts_of(user, party_id, 4))


def play_of(cause: str) -> str:
    """What to do about a cause, in the reader's language; the bank's words."""
    zh, en = house.in_use().plays.get(cause, ("", ""))
    return zh if is_chinese(get_language() or "en") else en


def may_ask(user: User, one: Seen) -> bool:
    """Whether ``user`` works on the interview: not where the customer blames them."""
    return reach_of(user).may(Permission.LOG_CONTACT) and not (user.staff_id and user.staff_id == one.concerns)


def version_of(user: User, interview_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    return _version(user, Interview.objects.filter(pk=interview_id))


def win_back_version_of(user: User, win_back_id: UUID) -> int:
    """The same of a win-back."""
    return _version(user, WinBack.objects.filter(pk=win_back_id))


def _version(user: User, rows: QuerySet[Any]) -> int:
    row = rows.values_list("party_id", "version").first()
    return row[1] if row is not None and number_of(user, row[0]) is not None else 0


def counted(user: User, *keys: str, **only: Any) -> list[tuple[Any, ...]]:
    """Interviews of customers ``user`` sees, counted by ``keys``; ``(*values, count)``."""
    rows = of_reader(user, Interview.objects.filter(**only))
    return list(rows.order_by().values(*keys).annotate(n=Count("pk")).values_list(*keys, "n"))


def win_backs_counted(user: User, under: str = "") -> dict[str, int]:
    """How many were drawn into each arm, and how many of those to be called ended how; of a branch and below."""
    rows = of_reader(user, WinBack.objects.filter(Q(org_path__startswith=under) if under else Q()))
    found: dict[str, int] = {"treated": 0, "held_out": 0}
    for arm, result, n in (
        rows.order_by().values("arm", "result").annotate(n=Count("pk")).values_list("arm", "result", "n")
    ):
        found[arm] += n
        if result:
            found[result] = n
    return found
