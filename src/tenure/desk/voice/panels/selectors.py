"""Every read of panels: counts of all, names and words only of customers the reader sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Avg, Case, Count, Q, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED, codes
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.masking import masked
from tenure.desk.control.models import Change
from tenure.desk.findings import selectors as published
from tenure.desk.findings import words
from tenure.desk.findings.written import Writer, names_in
from tenure.desk.org.models import Organisation, Staff, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.visibility import number_of, numbers_of, standing_of, visible_to
from tenure.desk.publication.current import pinned
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels import settings as house
from tenure.desk.voice.panels.filters import PanelFilter
from tenure.desk.voice.panels.models import Attendance, Feedback, Member, Panel, Session
from tenure.desk.voice.panels.reading import may_work, members_seen, reads_words, sees, visible_panels
from tenure.desk.voice.panels.standing import may_be_told, undecided, untold
from tenure.desk.voice.panels.wording import eligibility

#: Panels in a list; participants and things said on a panel's page.
LISTED, SHOWN = 100, 300
#: The night's section about panels, in the topic “effects”.
SECTION = "panels"
_NAME = PUBLISHED["customer"]["name"]
_WORDS = LAKE["panel_feedback"]["words"]


@dataclass(frozen=True, slots=True)
class PanelSeen:
    """A panel with how many were invited, take part, declined, said something."""

    row: Panel
    owner_name: str
    counts: Counter[str]
    rating: float | None
    said: int

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)

    @property
    def accepted(self) -> int:
        """How many take part."""
        return self.counts[rules.ACCEPTED]

    @property
    def invited(self) -> int:
        """How many were invited, whatever they answered."""
        return sum(self.counts.values()) - self.counts[rules.HELD_OUT]

    @property
    def held_out(self) -> int:
        """How many of those listed were not invited: the control."""
        return self.counts[rules.HELD_OUT]

    @property
    def waiting(self) -> int:
        """Whose answer may still come."""
        return sum(self.counts[one] for one in (rules.WAITING, rules.SENT, rules.OPENED))

    @property
    def missing(self) -> int:
        """How many more are wanted."""
        return max(0, self.row.wanted - self.accepted)

    @property
    def to_invite(self) -> int:
        """How many more would be drawn now: of those who may still answer, the usual share is counted on."""
        return rules.to_invite(self.row.wanted, self.accepted, self.waiting, house.in_use().expected_percent)


@dataclass(frozen=True, slots=True)
class PanelList:
    """Panels, and how many each list has."""

    rows: list[PanelSeen]
    more: bool
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """Somebody invited as their reader sees them. ``gave``: how many times they said something."""

    row: Member
    party_id: str
    name: str
    gave: int
    may_answer: bool
    to_tell: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


@dataclass(frozen=True, slots=True)
class SaidSeen:
    """What somebody said of a session, words masked as they must be."""

    row: Feedback
    party_id: str
    name: str
    words: str
    may_decide: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """A session with who came, of those the reader sees: ``here`` pairs a participant with their attendance."""

    row: Session
    attended: int
    absent: int
    here: list[tuple[MemberSeen, Attendance | None]]
    past: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def panels(user: User, wanted: PanelFilter) -> PanelList:
    """The panels ``user`` sees, in the order they ask for."""
    rows = visible_panels(user)
    mine = Q(owner=user.staff_id or "-")
    counts = {
        "open": rows.exclude(state__in=rules.ENDED).count(),
        "mine": rows.filter(mine).exclude(state__in=rules.ENDED).count(),
        "ended": rows.filter(state__in=rules.ENDED).count(),
    }
    rows = rows.filter(state__in=rules.ENDED) if wanted.list == "ended" else rows.exclude(state__in=rules.ENDED)
    if wanted.list == "mine":
        rows = rows.filter(mine)
    for name in ("state", "category"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    order = {"starts": ("starts_on", "pk"), "title": ("title", "pk")}.get(wanted.sort, ("-made_at", "pk"))
    found = seen(rows.order_by(*order)[: LISTED + 1])
    if wanted.sort == "missing":
        found.sort(key=lambda one: (-one.missing, str(one.row.pk)))
    return PanelList(found[:LISTED], len(found) > LISTED, counts)


def seen(rows: Iterable[Panel]) -> list[PanelSeen]:
    """Panels with their counts, in their order."""
    listed = list(rows)
    if not listed:
        return []
    ids = [one.pk for one in listed]
    counts: dict[UUID, Counter[str]] = {pk: Counter() for pk in ids}
    grouped = Member.objects.filter(panel__in=ids).order_by().values("panel_id", "state").annotate(n=Count("pk"))
    for panel, state, n in grouped.values_list("panel_id", "state", "n"):
        counts[panel][state] = n
    said = Feedback.objects.filter(member__panel__in=ids).order_by().values("member__panel_id")
    told = {
        panel: (n, mean)
        for panel, n, mean in said.annotate(n=Count("pk"), mean=Avg("rating")).values_list(
            "member__panel_id", "n", "mean"
        )
    }
    names = staff_names({one.owner for one in listed})
    return [
        PanelSeen(
            one,
            names.get(one.owner, one.owner),
            counts[one.pk],
            told.get(one.pk, (0, None))[1],
            told.get(one.pk, (0, None))[0],
        )
        for one in listed
    ]


def panel(user: User, panel_id: UUID) -> PanelSeen:
    """One panel.

    Raises:
        NotFound: it is none of those they see.
    """
    row = Panel.objects.select_related("made_by", "changed_by").filter(pk=panel_id).first()
    if row is None or not sees(user, row):
        raise NotFound(_("There is no such panel among those you see."))
    return seen([row])[0]


def version_of(user: User, panel_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Panel.objects.filter(pk=panel_id).first()
    return row.version if row is not None and sees(user, row) else 0


def member_version_of(user: User, member_id: UUID) -> int:
    """The same of somebody's part in a panel."""
    row = Member.objects.filter(pk=member_id, round__isnull=False).values_list("party_id", "version").first()
    return row[1] if row is not None and number_of(user, row[0]) is not None else 0


def member(user: User, member_id: UUID) -> MemberSeen:
    """Somebody's part in a panel.

    Raises:
        NotFound: nobody invited of that number among their customers.
    """
    row = Member.objects.select_related("panel").filter(pk=member_id, round__isnull=False).first()
    if row is None or number_of(user, row.party_id) is None:
        raise NotFound(_("Nobody of your customers was invited under this number."))
    return members_as_seen(user, [row])[0]


def members(user: User, one: PanelSeen, state: str = "") -> list[MemberSeen]:
    """Those invited whom ``user`` sees: those who take part first, then in the order in which they were drawn."""
    rows = members_seen(user, one.row.members.all())
    if state:
        rows = rows.filter(state=state)
    first = Case(When(state=rules.ACCEPTED, then=0), default=1)
    some = rows.select_related("panel", "changed_by").order_by(first, "place")[:SHOWN]
    ranks = {rules.ACCEPTED: 0, rules.OPENED: 1, rules.SENT: 2, rules.WAITING: 3}
    return sorted(members_as_seen(user, some), key=lambda each: (ranks.get(each.row.state, 4), each.row.place))


def members_as_seen(user: User, rows: Iterable[Member]) -> list[MemberSeen]:
    """``rows`` as ``user`` sees them, in their order."""
    listed = list(rows)
    names = _names(user, {row.party_id for row in listed})
    said = dict(
        Feedback.objects.filter(member__in=[row.pk for row in listed])
        .order_by()
        .values("member_id")
        .annotate(n=Count("pk"))
        .values_list("member_id", "n")
    )
    open_ = {row.panel_id: row.panel for row in listed if row.panel.state == rules.OPEN}
    owed = {pk for each in open_.values() for pk in may_be_told(each).values_list("pk", flat=True)} if said else set()
    deals = reach_of(user).may(Permission.LOG_CONTACT)
    found = []
    for row in listed:
        number, name = names[row.party_id]
        may = row.panel_id in open_ and (deals or may_work(user, row.panel))
        found.append(
            MemberSeen(
                row, number, name, said.get(row.pk, 0), may and row.state in rules.MAY_ANSWER, may and row.pk in owed
            )
        )
    return found


def sessions(user: User, one: PanelSeen, taking: list[MemberSeen], now: datetime) -> list[SessionSeen]:
    """The sessions of a panel, the next first; ``taking``: those of :func:`members`."""
    rows = list(one.row.sessions.all())
    listed = list(Attendance.objects.filter(session__in=[row.pk for row in rows]))
    known = {(each.session_id, each.member_id): each for each in listed}
    counts: Counter[tuple[UUID, str]] = Counter((each.session_id, each.state) for each in listed)
    found = []
    for row in rows:
        here = [
            (each, known.get((row.pk, each.row.pk)))
            for each in taking
            if each.row.state == rules.ACCEPTED or (row.pk, each.row.pk) in known
        ]
        came = counts[row.pk, rules.ATTENDED], counts[row.pk, rules.ABSENT]
        found.append(SessionSeen(row, *came, here, row.at <= now))
    return sorted(found, key=lambda each: (each.past, each.row.at if not each.past else now - (each.row.at - now)))


def said(user: User, one: PanelSeen) -> list[SaidSeen]:
    """What was said in a panel by those ``user`` sees, what nobody has decided on first; its owner reads the words."""
    rows = Feedback.objects.filter(member__in=members_seen(user, one.row.members.all()).order_by().values("pk"))
    listed = list(
        rows.select_related("member", "attendance__session", "outcome", "given_by").order_by("-given_at", "pk")[:SHOWN]
    )
    names, reach = _names(user, {row.member.party_id for row in listed}), reach_of(user)
    clear = reads_words(user, one.row)
    found = [
        SaidSeen(
            row,
            *names[row.member.party_id],
            row.words if clear or not row.words else masked(row.words, _WORDS, reach) or "",
            not (row.outcome_id and (row.member.told_at or row.member.telling_at)),
        )
        for row in listed
    ]
    return sorted(found, key=lambda each: each.row.outcome_id is not None)


def of_customer(user: User, party_id: str) -> list[MemberSeen]:
    """The panels a customer was invited to, the last first."""
    rows = Member.objects.filter(party_id__in=numbers_of(user, party_id), round__isnull=False)
    return members_as_seen(user, rows.select_related("panel").order_by("-invited_at", "pk")[:5])


def owed_to(one: PanelSeen) -> dict[str, int]:
    """How much is undecided, how many are to be told, of them by message, and whom a message did not reach."""
    owed = untold(one.row)
    ready = may_be_told(one.row)
    return {
        "undecided": undecided(one.row).count(),
        "untold": owed.count(),
        "to_write": ready.filter(telling_at=None, told_problem="").count(),
        "on_its_way": owed.filter(telling_at__isnull=False).count(),
        "unreached": owed.exclude(told_problem="").count(),
    }


def waiting_change(one: PanelSeen) -> Any:
    """The approval it waits for; None where it waits for none."""
    return Change.objects.filter(
        kind="panel.open", subject_kind="panel", subject_id=str(one.row.pk), state=Change.State.WAITING
    ).first()


def works(user: User, one: PanelSeen) -> bool:
    """Whether ``user`` brings the panel on."""
    return may_work(user, one.row)


def plans(user: User) -> bool:
    """Whether ``user`` may plan panels."""
    return reach_of(user).may(Permission.MANAGE_SURVEYS)


def facts(one: PanelSeen) -> list[tuple[str, str]]:
    """Whom a panel is for, in words."""
    return eligibility(one.row, get_language() or "en")


def form(user: User, one: PanelSeen | None = None) -> dict[str, Any]:
    """The choices of the form, and what stands in it.

    Raises:
        NotAllowed: they may neither plan nor is it theirs.
    """
    if not (plans(user) if one is None else works(user, one)):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    row = one.row if one is not None else None
    return {
        "one": one, "tiers": codes.TIER_ORDER, "kinds": codes.PARTY_KINDS, "channels": codes.SURVEY_CHANNELS,
        "chosen_channels": row.channels if row is not None else ["sms", "wechat"],
        "categories": codes.PRODUCT_CATEGORIES, "branches": list(Organisation.rows().order_by("org_path")),
        "owners": possible_owners(), "own": user.staff_id, "title_most": rules.TITLE, "purpose_most": rules.PURPOSE,
    }  # fmt: skip


def possible_owners() -> list[tuple[str, str]]:
    """Employees a panel may belong to, those of head office and heads first, by name."""
    rows = Staff.rows().filter(left_on=None) if "left_on" in PUBLISHED["staff"] else Staff.rows()
    first = ("marketer", "branch_head", "executive", "analyst", "complaint_handler")
    listed = rows.values_list("staff_id", "name", "role").order_by("name")[:2000]
    return [(number, name) for number, name, role in sorted(listed, key=lambda row: (row[2] not in first, row[1]))]


def effect_of(user: User, one: PanelSeen | None = None) -> list[dict[str, Any]]:
    """What panels changed, as the night found it: of one panel, or of all; nothing for who has no insight page."""
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        return []
    page, publication = published.topic_page(user, "effects"), pinned()
    bodies = [] if page is None else [body for body in [*page.sections, *page.bank] if body["code"] == SECTION]
    if not bodies or publication is None:
        return []
    if one is not None:
        number = str(one.row.pk)
        own = [[row for row in body["rows"] if row[0] == number] for body in bodies]
        bodies = [{**body, "rows": rows, "verdict": None} for body, rows in zip(bodies, own, strict=True)]
        bodies = [body for body in bodies if body["rows"]]
    writer = Writer(words.of("effects"), get_language() or "zh-hans", publication.currency, names_in(user, bodies))
    return [writer.section(body, n) for n, body in enumerate(bodies)]


def _names(user: User, numbers: set[str]) -> dict[str, tuple[str, str]]:
    """For each number the one that stands for it and the name, masked as it must be."""
    if not numbers:
        return {}
    reach, stands = reach_of(user), standing_of(numbers)
    current = {number: stands.get(number, number) for number in numbers}
    rows = visible_to(user).filter(party_id__in=set(current.values())).values_list("party_id", "name")
    known = {number: masked(name, _NAME, reach) or number for number, name in rows}
    return {number: (now, known.get(now, "")) for number, now in current.items()}
