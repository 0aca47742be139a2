"""Every read of what companies are buying: the purchases, who decides, criteria, steps, sheets; trust; what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, Mask, codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.control.masks import hide
from tenure.desk.corporate import rules
from tenure.desk.corporate.models import (
    BuyingRole,
    Criterion,
    DemandNote,
    NegotiationSheet,
    Promise,
    Purchase,
    TrustCheck,
    Visit,
)
from tenure.desk.corporate.standing import company, may_negotiate, must_negotiate
from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import naming, numbers_of, sees, standing_of, visible_to

#: People's own words, whoever wrote them down, are one class of data.
_WORDS = LAKE["interaction"]["words"]
_NAME = CUSTOMER["name"]
#: Of each kind, what waits for somebody that Today shows.
REMINDED = 5
LISTED = 100


def told(user: User, text: str) -> str:
    """Free text as ``user`` may see it."""
    return masked(text, _WORDS, reach_of(user)) if text else ""


def name_of(user: User, row: Any) -> str:
    """A visible customer's name as ``user`` may see it."""
    return masked(row.name, _NAME, reach_of(user)) or row.party_id


def address_of(user: User, row: Any) -> str:
    """A visible company's address as ``user`` may see it; empty where none is known."""
    return masked(row.address, CUSTOMER["address"], reach_of(user)) or ""


def may_change(user: User) -> bool:
    """Whether ``user``'s posts let them work with companies they see."""
    return reach_of(user).may(Permission.LOG_CONTACT)


@dataclass(frozen=True, slots=True)
class SeenRole:
    """A person's part in a purchase as its reader sees it. ``party_id`` is a customer's number as it is now, empty
    where the person is none or not the reader's to see; ``role`` keeps users and deciders apart."""

    id: UUID
    role: str
    attitude: str
    party_id: str
    label: str
    post: str
    words: str
    is_customer: bool


@dataclass(frozen=True, slots=True)
class SeenPurchase:
    """A purchase as its reader sees it: names and free text masked as they must be."""

    row: Any
    party_id: str
    name: str
    about: str
    decision: str
    stale: bool
    late: bool

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def purchases_of(user: User, party_id: str, today: date, limit: int = 20) -> list[SeenPurchase]:
    """What a company is buying: under way first, the stale first of those.

    Raises:
        NotFound: no such company among theirs.
    """
    row = company(user, party_id)
    found = Purchase.objects.filter(party_id__in=numbers_of(user, row.party_id)).order_by(
        F("stale_on").asc(nulls_last=True), "-closed_at"
    )
    return [_purchase(user, one, row, today) for one in found[:limit]]


def purchase(user: User, purchase_id: UUID, today: date) -> SeenPurchase:
    """One purchase.

    Raises:
        NotFound: it is of no company they see.
    """
    one = Purchase.objects.select_related("changed_by", "opened_by").filter(pk=purchase_id).first()
    if one is None or not sees(user, one.party_id):
        raise NotFound(_("There is no such purchase of a company of yours."))
    return _purchase(user, one, company(user, one.party_id), today)


def _purchase(user: User, one: Purchase, row: Any, today: date) -> SeenPurchase:
    is_open = one.state == "open"
    return SeenPurchase(
        row=one,
        party_id=row.party_id,
        name=name_of(user, row),
        about=told(user, one.about),
        decision=told(user, one.decision),
        stale=bool(is_open and one.stale_on and one.stale_on <= today),
        late=bool(is_open and one.decides_on and one.decides_on < today),
    )


def version_of(user: User, purchase_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Purchase.objects.filter(pk=purchase_id).values_list("party_id", "version").first()
    return row[1] if row is not None and sees(user, row[0]) else 0


def roles_of(user: User, one: SeenPurchase) -> list[SeenRole]:
    """The people of a purchase ``user`` sees, deciders first; of customers not theirs only a masked name is told."""
    order = {role: place for place, role in enumerate(codes.BUYING_ROLES)} | {"decider": -1}
    rows = BuyingRole.objects.filter(purchase_id=one.id, ended_at=None)
    return seen_roles(user, sorted(rows, key=lambda role: (order[role.role], role.changed_at)))


def roles_in(user: User, party_id: str) -> list[tuple[BuyingRole, SeenRole]]:
    """Every person's part in what a company buys, in purchases of any state; for who works a company's circle."""
    row = company(user, party_id)
    rows = list(
        BuyingRole.objects.filter(purchase__party_id__in=numbers_of(user, row.party_id), ended_at=None)
        .select_related("purchase")
        .order_by("-changed_at")[:LISTED]
    )
    return list(zip(rows, seen_roles(user, rows), strict=True))


def roles_held_by(user: User, party_id: str) -> list[BuyingRole]:
    """The parts a customer has in companies' purchases, of companies ``user`` sees too."""
    held = BuyingRole.objects.filter(party_id__in=numbers_of(user, party_id), ended_at=None).select_related("purchase")
    return [role for role in held[:LISTED] if sees(user, role.purchase.party_id)]


def seen_roles(user: User, rows: list[BuyingRole]) -> list[SeenRole]:
    """``rows`` as ``user`` sees them, in their order."""
    ids = {role.party_id for role in rows if role.party_id}
    stands = standing_of(ids) if ids else {}
    now = {stands.get(one, one) for one in ids}
    seen = {row.party_id: row for row in visible_to(user).filter(party_id__in=now)} if now else {}
    missing = now - set(seen)
    hidden = dict(Customer.rows().filter(party_id__in=missing).values_list("party_id", "name")) if missing else {}

    def label(role: BuyingRole, number: str) -> str:
        if not number:
            return masked(role.name, _NAME, reach_of(user)) or formats.NOTHING
        if number in seen:
            return name_of(user, seen[number])
        return hide(hidden.get(number) or "", Mask.NAME) or formats.NOTHING

    found = []
    for role in rows:
        number = stands.get(role.party_id, role.party_id)
        found.append(
            SeenRole(
                id=role.pk,
                role=role.role,
                attitude=role.attitude,
                party_id=number if number in seen else "",
                label=label(role, number),
                post=told(user, role.post),
                words=told(user, role.words),
                is_customer=bool(number),
            )
        )
    return found


def criteria_of(user: User, one: SeenPurchase) -> list[Criterion]:
    """What the company judges offers by, the heaviest first."""
    found = list(Criterion.objects.filter(purchase_id=one.id))
    for criterion in found:
        criterion.words = told(user, criterion.words)
    return found


def steps_of(user: User, one: SeenPurchase) -> list[Any]:
    """What happened to a purchase ``user`` sees, the last first, at most 50."""
    found = list(one.row.steps.select_related("by")[:50])
    for step in found:
        step.words, step.decision = told(user, step.words), told(user, step.decision)
    return found


def demand_notes(user: User, party_id: str) -> dict[str, DemandNote]:
    """What was last asked or heard about each demand of a company ``user`` sees."""
    rows = DemandNote.objects.filter(party_id__in=numbers_of(user, party_id)).select_related("by").order_by("-at")
    found: dict[str, DemandNote] = {}
    for note in rows[:LISTED]:
        if note.demand not in found:
            note.words = told(user, note.words)
            found[note.demand] = note
    return found


def sheets_of(user: User, one: SeenPurchase) -> list[NegotiationSheet]:
    """The editions of a purchase's negotiation sheet, the newest first.

    Raises:
        NotAllowed: no post of theirs negotiates.
        NotFound: neither on the company's team nor head of its branch.
    """
    must_negotiate(user)
    if not may_negotiate(user, one.party_id):
        raise NotFound(_("There is no such purchase of a company you negotiate with."))
    found = list(NegotiationSheet.objects.filter(purchase_id=one.id).select_related("written_by")[:50])
    for sheet in found:
        for name in ("aims", "limits", "their_alternatives", "our_alternatives"):
            setattr(sheet, name, told(user, getattr(sheet, name)))
        sheet.trades = [[told(user, give), told(user, ask)] for give, ask in sheet.trades]
    return found


def edition_of(user: User, purchase_id: UUID) -> int:
    """The edition of a purchase's sheet that stands now; 0 where there is none or it is not for ``user``."""
    last = NegotiationSheet.objects.filter(purchase_id=purchase_id).select_related("purchase").first()
    return last.number if last is not None and may_negotiate(user, last.purchase.party_id) else 0


def trust_of(user: User, party_id: str) -> list[TrustCheck]:
    """How a company's trust was judged, the latest first, at most 50.

    Raises:
        NotFound: no such company among theirs.
    """
    row = company(user, party_id)
    found = list(TrustCheck.objects.filter(party_id__in=numbers_of(user, row.party_id)).select_related("by")[:50])
    for one in found:
        one.words = told(user, one.words)
        one.value = trust_value(one)
    return found


def trust_value(one: TrustCheck) -> float:
    """What a judgement comes to by the trust equation."""
    return rules.trust(one.credibility, one.reliability, one.intimacy, one.self_orientation)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits with companies of one's own: purchases that are stale, visits to report, promises past their day."""

    purchases: list[SeenPurchase]
    visits: list[Any]
    promises: list[Any]

    @property
    def any(self) -> bool:
        """Whether anything waits."""
        return bool(self.purchases or self.visits or self.promises)


def waiting(user: User, today: date, limit: int = REMINDED) -> Waiting:
    """What waits with companies ``user`` looks after (or sees, where they look after none)."""
    if not may_change(user):
        return Waiting([], [], [])
    own = visible_to(user)
    if staff_id := reach_of(user).staff_id:
        own = own.filter(lead_staff_id=staff_id)
    mine = naming(own)
    purchases = list(
        Purchase.objects.filter(mine, state="open", stale_on__lte=today).order_by("stale_on", "id")[:limit]
    )
    visits = list(Visit.objects.filter(mine, state="planned", on__lte=today).order_by("on", "id")[:limit])
    promises = list(Promise.objects.filter(mine, state="open", due_on__lt=today).order_by("due_on", "id")[:limit])
    if not (purchases or visits or promises):
        return Waiting([], [], [])
    names = companies_named(user, {one.party_id for one in (*purchases, *visits, *promises)})
    for visit in visits:
        visit.name, visit.aim = name_of(user, names[visit.party_id]), told(user, visit.aim)
    for promise in promises:
        promise.name, promise.words = name_of(user, names[promise.party_id]), told(user, promise.words)
    return Waiting([_purchase(user, one, names[one.party_id], today) for one in purchases], visits, promises)


def companies_named(user: User, ids: set[str]) -> dict[str, Any]:
    """Rows of visible customers by any of their numbers."""
    stands = standing_of(ids) if ids else {}
    rows = {row.party_id: row for row in visible_to(user).filter(party_id__in={stands.get(one, one) for one in ids})}
    return {one: rows[stands.get(one, one)] for one in ids if stands.get(one, one) in rows}


def under_way(user: User, today: date, *, all_seen: bool = False) -> list[SeenPurchase]:
    """What companies are buying now, the stale first: of those ``user`` leads, or ``all_seen``; at most 100."""
    own = visible_to(user)
    staff_id = reach_of(user).staff_id
    if staff_id and not all_seen:
        own = own.filter(lead_staff_id=staff_id)
    found = list(Purchase.objects.filter(naming(own), state="open").order_by("stale_on", "id")[:LISTED])
    names = companies_named(user, {one.party_id for one in found})
    return [_purchase(user, one, names[one.party_id], today) for one in found]
