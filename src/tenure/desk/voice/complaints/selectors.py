"""Every read of complaints: those of customers the reader sees, and of unknown people about their branches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.kit.listing import Page, Position, capped_count, page_of
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branch_names, reach_of, staff_names
from tenure.desk.parties.visibility import numbers_of
from tenure.desk.voice.cases import rules as case_rules
from tenure.desk.voice.cases import selectors as cases
from tenure.desk.voice.complaints import coding, rules
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.filters import ComplaintFilter
from tenure.desk.voice.complaints.models import Arrival, Complaint
from tenure.desk.voice.complaints.reading import complaints_of, hindered, likely, sees
from tenure.desk.voice.complaints.wording import code_label

PAGE = 25
#: A complaint due within this is marked in the lists.
SOON = timedelta(days=3)
#: Open complaints of one customer that are shown before another is taken in.
MOST_ALIKE = 5
_WORDS = LAKE["complaint"]["words"]
_NAME, _PHONE = PUBLISHED["customer"]["name"], PUBLISHED["customer"]["phone"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A complaint as its reader sees it; ``case`` is None where nobody knows who complains."""

    row: Any
    case: Any
    who: str
    reach: str
    words: str
    wish: str
    settled_words: str
    branch: str
    channel: str
    business: str
    cause: str
    due_on: date | None
    late: bool
    soon: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.case.state != case_rules.CLOSED if self.case is not None else self.row.settled_at is None


def complaints(user: User, wanted: ComplaintFilter) -> QuerySet[Complaint]:
    """The complaints ``user`` may see that ``wanted`` leaves; unsorted."""
    rows = complaints_of(user)
    ended = Q(case__state=case_rules.CLOSED) | Q(settled_at__isnull=False)
    match wanted.list:
        case "open":
            rows = rows.exclude(ended)
        case "unknown":
            rows = rows.filter(case=None, settled_at=None)
        case "closed":
            rows = rows.filter(ended)
    table = house.versions()[-1]
    for kind in coding.KINDS:
        if value := getattr(wanted, kind):
            below = [code for code, one in table.codes[kind].items() if one.above == value]
            rows = rows.filter(**{f"{kind}_code__in": [value, *below]})
    return rows.select_related("case")


@dataclass(frozen=True, slots=True)
class ComplaintList:
    """One page of the list, how many there are (stops at 1,001), and how many arrivals wait to be decided."""

    page: Page[Complaint]
    rows: list[Seen]
    count: int
    waiting: list[ArrivalSeen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ArrivalSeen:
    """One arrival with its words masked, and the complaint it is, or may be, of."""

    row: Any
    words: str
    channel: str
    number: str

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def complaint_list(
    user: User, wanted: ComplaintFilter, position: Position | None, now: datetime, size: int = PAGE
) -> ComplaintList:
    """The page of complaints at ``position``."""
    rows = complaints(user, wanted)
    page = page_of(rows, wanted.order, position, size)
    return ComplaintList(page, seen(user, page.rows, now), capped_count(rows), waiting_arrivals(user))


def waiting_arrivals(user: User, limit: int = 20) -> list[ArrivalSeen]:
    """What came in again and waits for ``user`` to decide, the longest waiting first; nothing for who handles none."""
    if not reach_of(user).may(Permission.HANDLE_COMPLAINTS):
        return []
    undecided = Arrival.objects.filter(standing=rules.WAITING, complaint__in=complaints_of(user))
    return _arrivals(user, undecided.select_related("complaint").order_by("received_at", "id")[:limit])


def complaint(user: User, complaint_id: UUID, now: datetime) -> Seen:
    """One complaint.

    Raises:
        NotFound: it is not among those they see.
    """
    rows = Complaint.objects.select_related("case", "taken_by", "changed_by")
    row = rows.filter(pk=complaint_id).first()
    if row is None or not sees(user, row):
        raise NotFound(_("There is no such complaint among those you see."))
    return seen(user, [row], now)[0]


def receipt(user: User, row: Complaint, now: datetime) -> Seen:
    """A complaint as who has just changed it is told of it, even where it turned out to be about them."""
    return seen(user, [row], now)[0]


def of_customer(user: User, party_id: str, now: datetime, limit: int = 5) -> list[Seen]:
    """The newest complaints of one customer."""
    rows = complaints_of(user).filter(party_id__in=numbers_of(user, party_id)).select_related("case")
    return seen(user, rows.order_by("-received_at", "id")[:limit], now)


def seen(user: User, rows: Iterable[Any], now: datetime) -> list[Seen]:
    """``rows`` as ``user`` sees them, in their order."""
    listed, reach = list(rows), reach_of(user)
    known = {one.id: one for one in cases.seen(user, [row.case for row in listed if row.case is not None], now)}
    names = branch_names(branch_of(row.org_path) for row in listed)
    today = timezone.localdate(now)
    found = []
    for row in listed:
        table, case = house.version_named(row.code_version) if row.code_version else _table(row), known.get(row.case_id)
        due_on = timezone.localdate(rules.last_moment(row.due_at)) if row.due_at is not None else None
        done = row.settled_at is not None or (case is not None and case.state == case_rules.CLOSED)
        found.append(
            Seen(
                row=row,
                case=case,
                who=case.name if case is not None else masked(row.person, _NAME, reach) or "",
                reach=masked(row.reach, _PHONE, reach) or "",
                words=masked(row.words, _WORDS, reach) or "",
                wish=masked(row.wish, _WORDS, reach) or "",
                settled_words=masked(row.settled_words, _WORDS, reach) or "",
                branch=names.get(branch_of(row.org_path), branch_of(row.org_path)),
                channel=code_label(table, "channel", row.channel_code),
                business=code_label(table, "business", row.business_code) if row.business_code else "",
                cause=code_label(table, "cause", row.cause_code) if row.cause_code else "",
                due_on=None if done else due_on,
                late=not done and due_on is not None and due_on < today,
                soon=not done and due_on is not None and today <= due_on <= today + SOON,
            )
        )
    return found


def branch_of(org_path: str) -> str:
    """The number of the branch a path ends at."""
    return org_path.strip("/").rsplit("/", 1)[-1]


def _table(row: Any) -> coding.Version:
    return house.version_on(timezone.localdate(row.received_at))


def arrivals_of(user: User, one: Seen) -> list[ArrivalSeen]:
    """Every time it came in."""
    rows = Arrival.objects.filter(complaint=one.row).select_related("complaint", "taken_by", "decided_by")
    return _arrivals(user, rows)


def _arrivals(user: User, rows: Iterable[Any]) -> list[ArrivalSeen]:
    reach = reach_of(user)
    return [
        ArrivalSeen(
            row,
            masked(row.words, _WORDS, reach) or "",
            code_label(_table(row), "channel", row.channel_code),
            row.complaint.number,
        )
        for row in rows
    ]


def alike(user: User, party_id: str, reach: str, words: str, at: datetime, now: datetime) -> list[tuple[Seen, int]]:
    """Complaints that ``user`` sees and that may be the same matter, with their likeness, for a person to decide.

    Besides those alike, whatever of the same customer is still open and as near in time: people say one thing in words
    that have little in common.
    """
    found = dict(likely(party_id, reach, words, at))
    if party_id:
        near = timedelta(days=house.limits().same_days)
        still = complaints(user, ComplaintFilter(list="open")).filter(
            party_id__in=numbers_of(user, party_id), received_at__gte=at - near, received_at__lte=at + near
        )
        for row in still.order_by("-received_at")[:MOST_ALIKE]:
            found.setdefault(row.pk, rules.likeness(words, row.words))
    rows = complaints_of(user).filter(pk__in=found).select_related("case")
    return sorted(((one, found[one.row.pk]) for one in seen(user, rows, now)), key=lambda pair: -pair[1])


def taken_before(user: User, external_id: str) -> bool:
    """Whether ``user`` sent this form before: the same click again is no second complaint."""
    return Arrival.objects.filter(external_id=external_id, taken_by=user).exists()


def may_handle(user: User, one: Seen) -> bool:
    """Whether ``user`` works on it: with the right to, and no interest in it."""
    return reach_of(user).may(Permission.HANDLE_COMPLAINTS) and not hindered(user, one.row)


def is_hindered(user: User, one: Seen) -> bool:
    """Whether ``user`` would handle it but for an interest in it."""
    return reach_of(user).may(Permission.HANDLE_COMPLAINTS) and hindered(user, one.row)


def version_of(user: User, complaint_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Complaint.objects.filter(pk=complaint_id).first()
    return row.version if row is not None and sees(user, row) else 0


def names_of(one: Seen) -> dict[str, str]:
    """Whom it is about and who did the transaction, by name and number."""
    told = {"concerns": one.row.concerns, "served_by": one.row.served_by}
    names = staff_names({number for number in told.values() if number})
    return {of: f"{names[number]} {number}" if number in names else number for of, number in told.items()}
