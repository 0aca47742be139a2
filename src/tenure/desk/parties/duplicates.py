"""Every read about entries that may be one customer, and about those that were made one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tenure.desk.control.changes.selectors import waiting_on
from tenure.desk.control.errors import NotFound
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import rules
from tenure.desk.parties.models import Customer, Duplicate, Merge, NotSame
from tenure.desk.parties.selectors import branches_named
from tenure.desk.parties.visibility import customer_of, visible_to

#: Pairs shown at once; who decides them sees the next.
PAIRS = 100


@dataclass
class Pair:
    """Two entries that may be one customer; an entry the reader may not see is None, and its number is not told.

    ``keep`` and ``away``: which of the two one would keep, where both are seen.
    """

    one: Any | None
    other: Any | None
    grade: str
    agrees: list[str]
    waiting: Change | None = None

    def __post_init__(self) -> None:
        self.keep = self.away = None
        if self.one is not None and self.other is not None:
            first = suggested(self.one, self.other) == self.one.party_id
            self.keep, self.away = (self.one, self.other) if first else (self.other, self.one)


def pairs(user: User) -> list[Pair]:
    """What the night found among customers ``user`` may see, the surest first; without what was decided since."""
    found = list(_undecided_of(user).order_by("grade", "party_id", "other_id")[:PAIRS])
    numbers = {number for row in found for number in (row.party_id, row.other_id)}
    seen = {row.party_id: row for row in visible_to(user).filter(party_id__in=numbers)} if numbers else {}
    branches = branches_named({row.org_id for row in seen.values()})
    for row in seen.values():
        row.branch = branches.get(row.org_id)
    waiting = _waiting(numbers) if numbers else {}
    return [
        Pair(
            seen.get(row.party_id),
            seen.get(row.other_id),
            row.grade,
            row.agrees,
            waiting.get(frozenset((row.party_id, row.other_id))),
        )
        for row in found
    ]


def count_pairs(user: User) -> int:
    """How many pairs wait for ``user``, counted to :data:`PAIRS`; 0 for who proposes no merges."""
    if not reach_of(user).may(Permission.HAND_OVER):
        return 0
    return _undecided_of(user).order_by()[:PAIRS].count()


def _undecided_of(user: User) -> QuerySet[Any]:
    """As :func:`_undecided`, of whom one of the two is the reader's.

    By the pair, few in any bank, and not by the customer, of whom there may be a million.
    """
    return _undecided().filter(_sees(user, "party_id") | _sees(user, "other_id"))


def _undecided() -> QuerySet[Any]:
    """Neither was merged away, and nobody has told them apart."""
    told = NotSame.objects.filter(
        Q(party_id=OuterRef("party_id"), other_id=OuterRef("other_id"))
        | Q(party_id=OuterRef("other_id"), other_id=OuterRef("party_id"))
    )
    gone = Merge.objects.filter(state=Merge.State.ACTIVE).values("merged_id")
    return Duplicate.rows().exclude(party_id__in=gone).exclude(other_id__in=gone).filter(~Exists(told))


def _sees(user: User, column: str) -> Exists:
    return Exists(visible_to(user).filter(party_id=OuterRef(column)))


def compared(user: User, one: str, other: str) -> tuple[Any | None, Any | None]:
    """Both entries as they stand in the books, None for one that ``user`` may not see or that was merged away."""
    rows = {row.party_id: row for row in visible_to(user).filter(party_id__in=[one, other])}
    return rows.get(one), rows.get(other)


def both(user: User, one: str, other: str) -> tuple[Any, Any]:
    """Both customers.

    Raises:
        NotFound: one of them is none of those ``user`` may see.
    """
    rows = compared(user, one, other)
    for number, row in zip((one, other), rows, strict=True):
        if row is None:
            raise NotFound(_("There is no customer %(number)s among yours.") % {"number": number})
    return rows


def found_about(one: str, other: str) -> Any | None:
    """What the night found about these two, if anything."""
    return Duplicate.rows().filter(Q(party_id=one, other_id=other) | Q(party_id=other, other_id=one)).first()


def told_apart(one: str, other: str) -> NotSame | None:
    """Who said that these two are two, if anybody did."""
    said = Q(party_id=one, other_id=other) | Q(party_id=other, other_id=one)
    return NotSame.objects.select_related("said_by").filter(said).first()


def suggested(one: Any, other: Any) -> str:
    """The number one would keep: of who is still here, with more products, the longer customer."""

    def worth(row: Any) -> tuple[Any, ...]:
        return (row.left_on is None, row.product_count or 0, -(row.since.toordinal() if row.since else 10**7))

    return other.party_id if worth(other) > worth(one) else one.party_id


def found_on(user: User, row: Any) -> list[Pair]:
    """Who may be the same customer as ``row``, as the night found and nobody has decided; the same as :func:`pairs`."""
    found = _undecided().filter(Q(party_id=row.party_id) | Q(other_id=row.party_id)).order_by("grade")[:5]
    others = {one.other_id if one.party_id == row.party_id else one.party_id: one for one in found}
    seen = {one.party_id: one for one in visible_to(user).filter(party_id__in=others)} if others else {}
    return [Pair(row, seen.get(number), one.grade, one.agrees) for number, one in others.items()]


def waiting_merges(number: str) -> list[Change]:
    """Merges that wait for their check and concern this customer, as the one kept or the one merged away."""
    found = Change.objects.filter(
        Q(subject_id=number) | Q(content__kept_id=number), kind="customers.merge", state=Change.State.WAITING
    )
    return list(found.select_related("made_by"))


def _waiting(numbers: Iterable[str]) -> dict[frozenset[str], Change]:
    """Waiting merges by the two they concern."""
    found = [change for change in waiting_on("customer", sorted(numbers)) if change.kind == "customers.merge"]
    return {frozenset((change.content["kept_id"], change.content["merged_id"])): change for change in found}


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge in force on a customer: ``fresh`` until a night has worked out the figures of both together."""

    merge: Merge
    fresh: bool
    may_undo: bool


def merges_of(user: User, row: Any) -> list[Merged]:
    """The entries merged into the customer, the last first."""
    reach = reach_of(user)
    found = Merge.objects.filter(standing_id=row.party_id, state=Merge.State.ACTIVE).select_related("merged_by")
    still_there = Exists(Customer.rows().filter(party_id=OuterRef("merged_id")))
    return [
        Merged(merge, merge.fresh, reach.may_at(Permission.CHECK_CUSTOMERS, merge.org_path))
        for merge in found.annotate(fresh=still_there).order_by("-merged_at")
    ]


def undone_lately(number: str) -> Merge | None:
    """The merge of this entry that was undone while the night's books still have the two as one."""
    return Merge.objects.filter(merged_id=number, state=Merge.State.UNDONE).order_by("-undone_at").first()


@dataclass(frozen=True, slots=True)
class Likely:
    """Someone who may be the one being entered: their row where the reader may see it, and what agrees."""

    row: Any | None
    grade: str
    agrees: tuple[str, ...]


def likely_same(user: User, asked: rules.Identity) -> list[Likely]:
    """Who in the whole bank may be the one ``asked`` about, the surest first; rows only of whom ``user`` may see.

    Looked up by what has an index: the certificate as it may be written, the phone, the name.
    """
    ways = Q(pk__in=[])
    if asked.certificate_no:
        ways |= Q(certificate_no__in=_written(asked))
    if asked.phone:
        phone = rules.plain_phone(asked.phone)
        ways |= Q(phone__in=[phone, f"+86{phone}", f"86{phone}", f"+86 {phone}", asked.phone.strip()])
    if asked.name and asked.birth_date:
        bare = rules.plain_name(asked.kind, asked.name)
        forms = rules.LEGAL_FORMS if asked.kind == "company" else ("",)
        name = rules.narrow(asked.name).lower()
        ways |= Q(name_key__in={name, *(bare + form for form in forms)}, birth_date=asked.birth_date)
    found = []
    for row in Customer.rows().filter(ways, kind=asked.kind).order_by("party_id")[:PAIRS]:
        alike = rules.likeness(asked, identity_of(row))
        if alike is not None:
            found.append((row.party_id, alike))
    seen = {number: customer_of(user, number) for number, _alike in found[:20]}
    once: dict[str, Likely] = {}
    for number, alike in sorted(found[:20], key=lambda each: (each[1].grade, each[0])):
        row = seen[number]
        once.setdefault(row.party_id if row else number, Likely(row, alike.grade, alike.agrees))
    return list(once.values())


def _written(asked: rules.Identity) -> set[str]:
    """How the certificate may stand in the books: as it was typed, plain, in small letters, of 15 digits or of 18."""
    plain = rules.plain_certificate(asked.certificate_no)
    ways = {asked.certificate_no.strip(), plain, plain.lower()}
    if asked.certificate_kind == "identity_card":
        long = rules.identity_number(plain)
        ways |= {long, long.lower()}
        if len(long) == 18 and long[6:8] == "19":
            ways.add(long[:6] + long[8:17])
    return ways


def identity_of(row: Any) -> rules.Identity:
    """Who a customer's row says it is."""
    return rules.Identity(
        kind=row.kind,
        name=row.name or "",
        certificate_kind=row.certificate_kind or "",
        certificate_no=row.certificate_no or "",
        phone=row.phone or "",
        birth_date=row.birth_date,
    )
