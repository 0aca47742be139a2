"""Who looks after a customer, changed at the desk: at once, and again after every publication.

The bank's file names each customer's lead and team. What is said at the desk (``Assignment``) is written on the
published rows themselves, in the transaction of whoever says it, so that every list, right and figure that reads
them knows it with the next query. It holds as long as the bank's file still says what it said then, or has taken it
over; once the file names somebody else, the bank has decided later, and the file counts again.

What one person holds about a customer (entries of the work list, opportunities, signals …) lies in apps above this one.
Each says so in a follower of its own; ``FOLLOWERS`` names them by path. They move in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Conflict
from tenure.desk.org.models import User
from tenure.desk.parties.models import Assignment, Coverage, Customer
from tenure.desk.parties.visibility import entries_of
from tenure.desk.publication.current import pin
from tenure.desk.publication.models import Publication

Role = Assignment.Role
#: What moves with a customer: a path and not an import, because these apps lie above.
FOLLOWERS: dict[str, str] = {
    "entries": "tenure.desk.work.following.ENTRIES",
    "signals": "tenure.desk.signals.following.SIGNALS",
    "opportunities": "tenure.desk.opportunities.following.OPPORTUNITIES",
    "cases": "tenure.desk.voice.cases.following.CASES",
    "exit_interviews": "tenure.desk.voice.leaving.following.INTERVIEWS",
    "win_backs": "tenure.desk.voice.leaving.following.WIN_BACKS",
    "introductions": "tenure.desk.network.following.INTRODUCTIONS",
}
#: Leads the bank's file may still name, the last of them kept.
_REMEMBERED = 8
_PIECE = 500


class Follower(Protocol):
    """What one app's people hold about customers."""

    def name(self) -> str:
        """What moves, in the reader's language: “Open opportunities”."""

    def count(self, numbers: Sequence[str], staff_id: str) -> int:
        """How much of it ``staff_id`` holds about the customers of these numbers."""

    def move(self, numbers: Sequence[str], before: str, after: str, by: User, now: datetime) -> int:
        """Give what ``before`` holds about these customers to ``after``; empty is the branch's pool. How much."""


def followers() -> Iterator[tuple[str, Follower]]:
    """All followers by their code."""
    for code, path in FOLLOWERS.items():
        yield code, import_string(path)


def assign_lead(
    party_id: str, staff_id: str, by: User, reason: str, now: datetime, *, only_from: str | None = None
) -> Assignment | None:
    """Make ``staff_id`` the customer's lead (empty: nobody, the pool); part of a service's transaction.

    The caller has checked the right, and writes the audit line. Entries merged into the customer whose lead was
    the same go with it, so that an undone merge leaves nobody behind. None where it was so already, or where
    somebody else leads than ``only_from``.

    Raises:
        Conflict: somebody assigns this customer in the same moment.
    """
    with _published():
        return _assign_lead(party_id, staff_id, by, reason, now, only_from)


def _assign_lead(
    party_id: str, staff_id: str, by: User, reason: str, now: datetime, only_from: str | None
) -> Assignment | None:
    leads = dict(Customer.rows().filter(party_id__in=entries_of(party_id)).values_list("party_id", "lead_staff_id"))
    before = leads.get(party_id) or ""
    if before == staff_id or only_from not in (None, before):
        return None
    moved = [number for number, lead in leads.items() if (lead or "") == before]
    made = [_note_lead(number, before, staff_id, by, reason, now) for number in moved]
    _write_lead(moved, staff_id)
    for _code, follower in followers():
        follower.move(moved, before, staff_id, by, now)
    return made[moved.index(party_id)]


def assign_support(
    party_id: str, staff_id: str, holds: bool, by: User, reason: str, now: datetime
) -> Assignment | None:
    """Put ``staff_id`` on the customer's team, or take them off it; see :func:`assign_lead`.

    What somebody taken off held about the customer goes to the lead. None where it was so already, or where they lead.
    """
    with _published():
        return _assign_support(party_id, staff_id, holds, by, reason, now)


def _assign_support(
    party_id: str, staff_id: str, holds: bool, by: User, reason: str, now: datetime
) -> Assignment | None:
    numbers = entries_of(party_id)
    there = dict(Coverage.rows().filter(party_id__in=numbers, staff_id=staff_id).values_list("party_id", "role"))
    if (holds and there) or (not holds and not there) or "lead" in there.values():
        return None
    made = None
    for number in [party_id, *(n for n in there if n != party_id)]:
        Assignment.objects.filter(party_id=number, staff_id=staff_id, role=Role.SUPPORT, ended_at=None).update(
            ended_at=now
        )
        one = _insert(
            Assignment(
                party_id=number,
                role=Role.SUPPORT,
                staff_id=staff_id,
                holds=holds,
                reason=reason,
                since=now,
                given_by=by,
            )
        )
        made = made or one
    _write_support([(number, staff_id) for number in numbers], holds=holds, only=party_id)
    if not holds:
        lead = Customer.rows().filter(party_id=party_id).values_list("lead_staff_id", flat=True).first() or ""
        for _code, follower in followers():
            follower.move(numbers, staff_id, lead, by, now)
    return made


def let_assignments_speak(now: datetime) -> int:
    """Write the assignments in force on what was just published, and end those the bank's file has overtaken.

    Called where a publication is swapped in, in its transaction. How many ended.
    """
    ended = 0
    for some in _pieces(Assignment.objects.filter(role=Role.LEAD, ended_at=None).select_related("given_by")):
        published = dict(
            Customer.rows().filter(party_id__in=[one.party_id for one in some]).values_list("party_id", "lead_staff_id")
        )
        late: dict[tuple[str, str, str], list[Assignment]] = defaultdict(list)
        for one in some:
            says = published.get(one.party_id, one.staff_id) or ""
            if says == one.staff_id:
                continue
            holds = says in one.bank_said
            way = (says, one.staff_id) if holds else (one.staff_id, says)
            late["holds" if holds else "ends", *way].append(one)
        for (what, before, after), ones in late.items():
            numbers = [one.party_id for one in ones]
            if what == "holds":
                _write_lead(numbers, after)
            else:
                ended += Assignment.objects.filter(pk__in=[one.pk for one in ones]).update(ended_at=now)
            for _code, follower in followers():
                follower.move(numbers, before, after, ones[0].given_by, now)
    for holds in (False, True):
        waiting = Assignment.objects.filter(role=Role.SUPPORT, holds=holds, ended_at=None)
        for some in _pieces(waiting):
            there = set(
                Customer.rows().filter(party_id__in=[x.party_id for x in some]).values_list("party_id", flat=True)
            )
            pairs = [(one.party_id, one.staff_id) for one in some if one.party_id in there]
            _write_support(pairs, holds=holds)
    return ended


@contextmanager
def _published() -> Iterator[None]:
    """The publication of this moment, whatever the request reads: none is swapped in meanwhile."""
    list(Publication.objects.select_for_update().filter(state=Publication.State.CURRENT).values_list("pk"))
    with pin():
        yield


def _note_lead(number: str, before: str, after: str, by: User, reason: str, now: datetime) -> Assignment:
    standing = Assignment.objects.select_for_update().filter(party_id=number, role=Role.LEAD, ended_at=None).first()
    said = [*(standing.bank_said if standing is not None else ()), before]
    if standing is not None:
        standing.ended_at = now
        standing.save(update_fields=["ended_at"])
    return _insert(
        Assignment(
            party_id=number,
            role=Role.LEAD,
            staff_id=after,
            # Of a lead who comes back: what the file says of them is what is wanted, not what is overridden.
            bank_said=[one for one in dict.fromkeys(said) if one != after][-_REMEMBERED:],
            from_pool=not before,
            reason=reason,
            since=now,
            given_by=by,
        )
    )


def _insert(one: Assignment) -> Assignment:
    try:
        with transaction.atomic():
            one.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            _("Somebody assigns this customer in this moment."), _("Look at the customer's team again.")
        ) from None
    return one


def _write_lead(numbers: Sequence[str], staff_id: str) -> None:
    """The published lead of these customers, and the team with it: whoever led is no longer on it."""
    Customer.rows().filter(party_id__in=numbers).update(lead_staff_id=staff_id or None)
    Coverage.rows().filter(party_id__in=numbers, role=Role.LEAD).delete()
    if staff_id:
        Coverage.rows().filter(party_id__in=numbers, staff_id=staff_id).delete()
        model = Coverage.rows().model
        model.objects.bulk_create([model(party_id=n, staff_id=staff_id, role=Role.LEAD) for n in numbers])


def _write_support(pairs: Iterable[tuple[str, str]], *, holds: bool, only: str = "") -> None:
    """The published team: with ``holds`` each pair is on it (of the customer ``only`` alone, where named), else not."""
    by_staff: dict[str, list[str]] = defaultdict(list)
    for number, staff_id in pairs:
        by_staff[staff_id].append(number)
    model = Coverage.rows().model
    for staff_id, numbers in by_staff.items():
        rows = Coverage.rows().filter(staff_id=staff_id, party_id__in=numbers)
        if not holds:
            rows.exclude(role=Role.LEAD).delete()
            continue
        there = set(rows.values_list("party_id", flat=True))
        missing = [n for n in numbers if n not in there and only in ("", n)]
        model.objects.bulk_create([model(party_id=n, staff_id=staff_id, role=Role.SUPPORT) for n in missing])


def _pieces(rows: Any) -> Iterator[list[Any]]:
    last = None
    while some := list((rows.filter(pk__gt=last) if last is not None else rows).order_by("pk")[:_PIECE]):
        yield some
        last = some[-1].pk
