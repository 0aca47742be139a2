"""Every read of complaints: those of customers the reader sees, and of unknown people about their branches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.kit.formats import is_chinese
from tenure.desk.kit.listing import Page, Position, capped_count, page_of
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branch_names, reach_of, staff_names
from tenure.desk.parties.visibility import numbers_of, standing_of
from tenure.desk.voice.cases import rules as case_rules
from tenure.desk.voice.cases import selectors as cases
from tenure.desk.voice.cases.models import CaseClock
from tenure.desk.voice.complaints import coding, counting, rules, suggesting
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.filters import ComplaintFilter
from tenure.desk.voice.complaints.models import Arrival, Complaint, Concession, Letter
from tenure.desk.voice.complaints.reading import complaints_of, hindered, likely, sees

PAGE = 25
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

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.case.state != case_rules.CLOSED if self.case is not None else self.row.settled_at is None


def code_label(table: coding.Version, kind: str, code: str) -> str:
    """What a code is called in the reader's language, with the level above it; the code where the table lacks it."""
    found, chinese = table.codes[kind].get(code), is_chinese(get_language() or "en")
    if found is None:
        return code
    above = table.codes[kind].get(found.above)
    return f"{above.name(chinese)} › {found.name(chinese)}" if above is not None else found.name(chinese)


def choices(table: coding.Version, kind: str) -> list[tuple[str, str]]:
    """The codes of a kind with their names, each level below the one above it."""
    return [(code, code_label(table, kind, code)) for code in table.codes[kind]]


def record_words(record: suggesting.Record) -> str:
    """How often suggestions were right, as the page says it; "too few" where nothing can be said."""
    if not record.tells:
        return _("Too few coded complaints yet to say how often this is right: %(n)s held out, it takes %(least)s.") % {
            "n": record.tried, "least": suggesting.FEWEST,
        }  # fmt: skip
    share, low, high = (round(100 * part) for part in record.share)
    return _(
        "The first was right in %(share)s %% (%(low)s–%(high)s %%) of the last %(n)s, taught by older ones alone; the "
        "commonest code would have been in %(usual)s %%."
    ) % {
        "share": share, "low": low, "high": high, "n": record.tried,
        "usual": round(100 * record.usual / record.tried),
    }  # fmt: skip


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
    names = branch_names(_branch(row.org_path) for row in listed)
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
                branch=names.get(_branch(row.org_path), _branch(row.org_path)),
                channel=code_label(table, "channel", row.channel_code),
                business=code_label(table, "business", row.business_code) if row.business_code else "",
                cause=code_label(table, "cause", row.cause_code) if row.cause_code else "",
                due_on=None if done else due_on,
                late=not done and due_on is not None and due_on < today,
            )
        )
    return found


def _branch(org_path: str) -> str:
    return org_path.strip("/").rsplit("/", 1)[-1]


def _table(row: Any) -> coding.Version:
    return house.version_on(timezone.localdate(row.received_at))


def _due(case_ids: set[Any]) -> dict[Any, date]:
    """The day on which the regulator's time of each case runs out; the newest round's."""
    clocks = CaseClock.objects.filter(case__in=case_ids, clock="regulator", due_at__isnull=False).order_by("round")
    return {
        case_id: timezone.localdate(rules.last_moment(due)) for case_id, due in clocks.values_list("case_id", "due_at")
    }


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
    """Complaints that ``user`` sees and that may be the same matter, with their likeness."""
    found = dict(likely(party_id, reach, words, at))
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


def concessions_of(user: User, one: Seen) -> list[Concession]:
    """What was conceded on it, whatever became of it."""
    return _conceded(user, Concession.objects.filter(complaint=one.row))


def conceded_to(user: User, party_id: str, limit: int = 5) -> list[Concession]:
    """What was conceded to a customer, the newest first."""
    rows = Concession.objects.filter(party_id__in=numbers_of(user, party_id), complaint__in=complaints_of(user))
    return _conceded(user, rows.order_by("-made_at", "id")[:limit])


def _conceded(user: User, rows: QuerySet[Concession]) -> list[Concession]:
    reach, found = reach_of(user), list(rows.select_related("made_by"))
    for row in found:
        row.reason = masked(row.reason, _WORDS, reach) or ""
    return found


def letters_of(user: User, one: Seen) -> list[Letter]:
    """The letters written on it."""
    reach = reach_of(user)
    found = list(Letter.objects.filter(complaint=one.row).select_related("made_by").order_by("-made_at", "id"))
    for row in found:
        row.text = masked(row.text, _WORDS, reach) or ""
    return found


def letter(user: User, one: Seen, letter_id: UUID) -> Letter:
    """One of its letters.

    Raises:
        NotFound: there is no such letter.
    """
    found = next((row for row in letters_of(user, one) if row.pk == letter_id), None)
    if found is None:
        raise NotFound(_("There is no such letter."))
    return found


def version_of(user: User, complaint_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Complaint.objects.filter(pk=complaint_id).first()
    return row.version if row is not None and sees(user, row) else 0


def names_of(one: Seen) -> dict[str, str]:
    """Names of the employees it is about."""
    return staff_names({number for number in (one.row.concerns, one.row.served_by) if number})


# ——— repeats, groups and the return ———


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
    names, table = branch_names(_branch(one.org_path) for one in found), house.versions()[-1]
    return [
        GroupSeen(
            one,
            names.get(_branch(one.org_path), _branch(one.org_path)),
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
        channel=row["channel_code"], business=one.business, cause=one.cause, branch=_branch(one.org_path),
        received_on=received, closed_on=timezone.localdate(closed) if closed else None,
        due_on=due.get(row["case_id"]) if row["case_id"] else received + timedelta(days=15), repeat=repeat, group=group,
    )  # fmt: skip


def _line_name(table: coding.Version, names: dict[str, str], kind: str, code: str) -> str:
    if not code:
        return _("Not coded yet") if kind != "branch" else _("Whole bank")
    return names.get(code, code) if kind == "branch" else code_label(table, kind, code)
