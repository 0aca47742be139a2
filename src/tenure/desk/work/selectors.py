"""Every read of the day's work: whose list holds what, how far the day has come, who was contacted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from tenure.contracts import LAKE, PUBLISHED
from tenure.contracts.worklist import BY_NAME
from tenure.desk.control.consents import refused_since
from tenure.desk.control.masking import masked
from tenure.desk.kit import wording
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach, prefix_range
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.kept import kept_from
from tenure.desk.parties.visibility import acts_for, number_of, numbers_of, standing_of, visible_to
from tenure.desk.publication.current import pinned
from tenure.desk.work.beside import Beside, signals
from tenure.desk.work.models import Contact, Progress, Proposal
from tenure.desk.work.rules import LIST_LENGTH, WORKS_POOL, step_is_open, still_on_list

_NAME, _PHONE = PUBLISHED["customer"]["name"], PUBLISHED["customer"]["phone"]
_WORDS = LAKE["interaction"]["words"]
#: How the time line names contacts logged at the desk.
_LOGGED = "interaction:desk-"


@dataclass(frozen=True, slots=True)
class Entry:
    """A work-list entry as its reader sees it: names and phones masked as they must be, the reason in their language.

    ``state`` is empty, ``snoozed`` (and due again), ``handed_over``, or ``done``; ``staff_id`` is whose list it is on
    now, empty for the branch's pool; amounts are minor units of ``currency``; ``signals`` are about the same thing.
    """

    key: str
    party_id: str
    name: str
    phone: str
    tier: str
    rule: str
    title: str
    reason: str
    to_do: str
    value_at_stake: int
    currency: str
    due_on: date
    rank: int
    within_capacity: bool
    state: str
    staff_id: str
    handed_over: bool
    open_complaints: int
    last_contact_on: date | None
    signals: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """What an entry is about and how it stands, for what is about the same thing: ``state`` is empty or one of
    ``Progress.State``, ``staff_id`` whose list the night put it on, ``handed_to`` who has it since, ``who`` acted last.
    """

    key: str
    party_id: str
    rule: str
    facts: dict[str, Any]
    state: str
    outcome: str
    handed_to: str
    who: str


@dataclass(frozen=True, slots=True)
class DayProgress:
    """How far someone's day has come: entries done and put off today, entries left, and contacts by outcome."""

    done: int
    snoozed: int
    handed_over: int
    left: int
    outcomes: dict[str, int]

    @property
    def share(self) -> float:
        """Done of all that was to do, 0–1."""
        return self.done / total if (total := self.done + self.left) else 0.0


def todays_list(user: User, today: date, language: str = "") -> list[Entry]:
    """What ``user`` is to work on, best first, of several pools the best of each by value; at most 200 entries.

    Relationship managers get their own list and, while they stand in for a colleague, that one's; branch heads and
    lobby managers the pool of their branches; everybody what was handed to them. Entries done, put off beyond
    ``today`` or handed away are left out.
    """
    proposals = _on_list_of(user)
    if proposals is None:
        return []
    ordered = proposals.exclude(proposal_key__in=_away(user, today)).order_by("rank", "-value_at_stake", "proposal_key")
    own = list(ordered[:LIST_LENGTH])
    if user.staff_id:
        listed = {p.proposal_key for p in own}
        got = Progress.objects.filter(handed_to__in=acts_for(user)).exclude(state="done").values("proposal_key")
        own += [p for p in Proposal.rows().filter(proposal_key__in=got) if p.proposal_key not in listed]
    return _entries(user, own, today, language)


def entry(user: User, proposal_key: str, today: date, language: str = "") -> Entry | None:
    """One entry as it stands, done or not; None where there is none the user may see."""
    found = _entries(user, Proposal.rows().filter(proposal_key=proposal_key)[:1], today, language, also_finished=True)
    return found[0] if found else None


def entries_of(user: User, party_id: str, today: date, language: str = "") -> list[Entry]:
    """The open entries about one customer, on whosever list they are."""
    about = Proposal.rows().filter(party_id__in=numbers_of(user, party_id))
    return _entries(user, about.order_by("rank")[:20], today, language)


def matters_of(numbers: Iterable[str], rules: Iterable[str]) -> list[Matter]:
    """The entries of these rules about customers of these numbers, finished or not; of customers one has found."""
    rows = list(Proposal.rows().filter(party_id__among=sorted(numbers), rule__in=list(rules)))
    acts = Progress.objects.filter(proposal_key__in=[row.proposal_key for row in rows]).select_related("changed_by")
    stands = {one.proposal_key: one for one in acts} if rows else {}
    return [_matter(row, stands.get(row.proposal_key)) for row in rows]


def _matter(row: Any, one: Progress | None) -> Matter:
    known = (row.proposal_key, row.party_id, row.rule, row.facts)
    return (
        Matter(*known, one.state, one.outcome, one.handed_to, one.changed_by.name) if one else Matter(*known, *4 * [""])
    )


def progress_of_day(user: User, today: date) -> DayProgress:
    """How far ``user``'s day has come."""
    begin, end = _bounds(today)
    acts = Counter(
        Progress.objects.filter(changed_by=user, changed_at__gte=begin, changed_at__lt=end).values_list(
            "state", flat=True
        )
    )
    outcomes = Counter(
        Contact.objects.filter(author=user, logged_at__gte=begin, logged_at__lt=end, withdrawn_at=None).values_list(
            "outcome", flat=True
        )
    )
    return DayProgress(
        done=acts["done"],
        snoozed=acts["snoozed"],
        handed_over=acts["handed_over"],
        left=len(todays_list(user, today)),
        outcomes=dict(outcomes),
    )


def done_today(user: User, today: date, language: str = "") -> list[Entry]:
    """Entries ``user`` moved today, the last first: what they may still take back."""
    begin, end = _bounds(today)
    keys = list(
        Progress.objects.filter(changed_by=user, changed_at__gte=begin, changed_at__lt=end)
        .order_by("-changed_at")
        .values_list("proposal_key", flat=True)[:50]
    )
    rows = {p.proposal_key: p for p in Proposal.rows().filter(proposal_key__in=keys)}
    return _entries(user, [rows[key] for key in keys if key in rows], today, language, also_finished=True)


def contacts_of(user: User, party_id: str, limit: int = 50) -> list[Contact]:
    """Contacts with a customer logged at the desk and not withdrawn, the last first."""
    found = _contacts(user, numbers_of(user, party_id)).select_related("author")[:limit]
    return [_as_seen(one, reach_of(user)) for one in found]


def _contacts(user: User, numbers: list[str]) -> QuerySet[Contact]:
    """Contacts of the customer of these numbers, but what was logged in dealing with a complaint about ``user``."""
    rows = Contact.objects.filter(party_id__in=numbers, withdrawn_at=None)
    kept = [one.removeprefix(_LOGGED) for one in kept_from(user, numbers) if one.startswith(_LOGGED)]
    return rows.exclude(pk__in=kept) if kept else rows


def contact(user: User, contact_id: Any) -> Contact | None:
    """One contact with a customer ``user`` may see."""
    found = Contact.objects.select_related("author").filter(pk=contact_id).first()
    if found is None or not sees(user, found.party_id):
        return None
    if f"{_LOGGED}{found.pk}" in kept_from(user, [found.party_id]):
        return None
    return _as_seen(found, reach_of(user))


def contact_sent(external_id: str) -> Any | None:
    """The key of the contact an act logged under this id and nobody withdrew; for that act's own taking back."""
    return Contact.objects.filter(external_id=external_id, withdrawn_at=None).values_list("pk", flat=True).first()


def open_next_steps(user: User, party_id: str) -> list[Contact]:
    """Contacts whose promised next step still waits, the next one first.

    A step is kept by a later contact on its day or after it in which somebody was reached.
    """
    if not visible_to(user).filter(party_id=party_id).exists():
        return []
    held = Contact.objects.filter(party_id=party_id, withdrawn_at=None)
    promised = list(held.filter(next_step_on__isnull=False).select_related("author")[:50])
    if not promised:
        return []
    since = min(one.at for one in promised)
    later = held.filter(at__gt=since).exclude(outcome="no_answer").values_list("at", flat=True)
    kept = [(at, timezone.localdate(at)) for at in later]
    waiting = [one for one in promised if one.next_step_on and step_is_open(one.next_step_on, one.at, kept)]
    reach = reach_of(user)
    return [_as_seen(one, reach) for one in sorted(waiting, key=lambda one: (one.next_step_on, one.at))]


def _as_seen(contact: Contact, reach: Reach) -> Contact:
    """The contact for reading: what the customer said is masked for those who deal with no customer in person."""
    contact.words = masked(contact.words, _WORDS, reach) if contact.words else ""
    return contact


def sees(user: User, party_id: str) -> bool:
    """Whether ``user`` may see this customer."""
    return number_of(user, party_id) is not None


def _on_list_of(user: User) -> QuerySet[Any] | None:
    reach = reach_of(user)
    if not reach.may(Permission.LOG_CONTACT):
        return None
    rule = Q(pk__in=[])
    if reach.staff_id:
        rule |= Q(staff_id__in=acts_for(user))
    if reach.roles & WORKS_POOL:
        for path in reach.paths:
            low, high = prefix_range(path)
            rule |= (Q(staff_id=None) | Q(staff_id="")) & Q(org_path__gte=low, org_path__lt=high)
    return Proposal.rows().filter(rule)


def _away(user: User, today: date) -> QuerySet[Any]:
    """Keys of entries that are on nobody's list today, or on another's."""
    elsewhere = ~Q(handed_to="") & ~Q(handed_to__in=acts_for(user))
    finished = Q(state="done") | Q(snoozed_until__gt=today) | elsewhere
    return Progress.objects.filter(finished).values("proposal_key")


def _entries(
    user: User, proposals: Iterable[Any], today: date, language: str, *, also_finished: bool = False
) -> list[Entry]:
    """``proposals`` as entries, in their order, without those whose customer ``user`` may not see."""
    listed = list(proposals)
    if not listed:
        return []
    stands = standing_of(p.party_id for p in listed)
    for row in listed:
        row.party_id = stands.get(row.party_id, row.party_id)
    customers = {
        row.party_id: row
        for row in visible_to(user)
        .filter(party_id__in={p.party_id for p in listed})
        .only("party_id", "name", "phone", "tier", "open_complaints", "last_contact_on")
    }
    standing = {p.pk: p for p in Progress.objects.filter(proposal_key__in=[p.proposal_key for p in listed])}
    publication = pinned()
    currency = publication.currency if publication is not None else ""
    reach, language = reach_of(user), language or get_language() or "en"
    selling = {row.party_id for row in listed if row.rule in BY_NAME and BY_NAME[row.rule].sells}
    refused = refused_since("marketing", selling) if selling else set()
    beside = signals().about(user, [row for row in listed if row.party_id in customers])
    found = []
    for row in listed:
        if row.party_id in refused and BY_NAME[row.rule].sells and not also_finished:
            continue
        progress = standing.get(row.proposal_key)
        is_open = progress is None or still_on_list(progress.state, progress.snoozed_until, today)
        if row.party_id in customers and (is_open or also_finished):
            seen = tuple(beside.get(row.proposal_key, ()))
            found.append(_entry(row, customers[row.party_id], progress, reach, currency, language, seen))
    return found


def _entry(
    row: Any,
    customer: Any,
    progress: Progress | None,
    reach: Reach,
    currency: str,
    language: str,
    beside: tuple[Beside, ...],
) -> Entry:
    rule = BY_NAME.get(row.rule)
    handed_to = progress.handed_to if progress is not None else ""
    return Entry(
        key=row.proposal_key,
        party_id=row.party_id,
        name=masked(customer.name, _NAME, reach) or row.party_id,
        phone=masked(customer.phone, _PHONE, reach) or "",
        tier=customer.tier or "",
        rule=row.rule,
        title=wording.rule_title(row.rule, language),
        reason=wording.reason(rule, row.facts, currency, language) if rule is not None else "",
        to_do=wording.to_do(row.rule, language, row.facts),
        value_at_stake=row.value_at_stake,
        currency=currency,
        due_on=row.due_on,
        rank=row.rank,
        within_capacity=row.within_capacity,
        state=progress.state if progress is not None else "",
        staff_id=handed_to or row.staff_id or "",
        handed_over=bool(handed_to),
        open_complaints=customer.open_complaints or 0,
        last_contact_on=customer.last_contact_on,
        signals=beside,
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of ``day`` at the bank and of the day after."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    return begin, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
