"""Taking complaints in and coding them: from any channel, each matter once, by nobody with an interest in it.

Each service checks the right (403), finds the complaint among those the person may see (404), locks it, changes it and
writes the audit line in one transaction. What becomes of a complaint, step by step, is its case's (``voice.cases``).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, unchanged
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import employee, organisation
from tenure.desk.parties.models import Customer
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.stand_ins import end_stand_in
from tenure.desk.parties.visibility import number_of
from tenure.desk.voice.cases import opening
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.cases.owners import right_owner
from tenure.desk.voice.complaints import due, rules, suggestions
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.models import Arrival, Coding, Complaint
from tenure.desk.voice.complaints.reading import hindered, likely, sees, working_at

#: Who handles a complaint before the customer's manager does.
HANDLERS = ("complaint_handler",)


def take_in(
    user: User, channel: str, received_at: datetime, words: str, *, now: datetime, party_id: str = "", person: str = "",
    reach: str = "", org_id: str = "", concerns: str = "", served_by: str = "", wish: str = "",
    external_id: str | None = None, same_as: UUID | None = None, another: bool = False, case_id: UUID | None = None,
    disputed: int | None = None,
) -> Arrival:  # fmt: skip
    """Take a complaint in, idempotent by ``external_id``. The same matter by another channel is an arrival more.

    Args:
        channel: a code of the table in force.
        party_id: the customer; empty where nobody knows who complains, who then has ``person`` and ``reach``.
        org_id: the branch complained of; where left out the customer's own.
        concerns, served_by: employees it is about, or who did the transaction: neither handles it.
        same_as: somebody saw that it is the matter of this complaint. ``another``: that it is none of those alike.
            Without either one that is like an earlier one waits for a person to decide, and no second clock runs.
        case_id: a case that was opened as a complaint without being taken in: it becomes this one's.
        disputed: the amount it is about in minor units of the bank's currency; None where it is about none.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such customer, branch, case or complaint among those they see.
        Unacceptable: an unknown code, no words, a moment that cannot be.
        Conflict: the ``external_id`` belongs to something else.
    """
    must(user)
    row = must_see(user, party_id) if party_id else None
    version = house.version_on(timezone.localdate(received_at))
    if channel not in version.codes["channel"]:
        raise Unacceptable(
            _("There is no channel %(code)s.") % {"code": channel[:20]},
            _("Values are: %(values)s.") % {"values": ", ".join(version.codes["channel"])}, field="channel",
        )  # fmt: skip
    if not now - rules.LATEST <= received_at <= now:
        raise Unacceptable(_("It was received within the last year, and not later than now."), field="received_at")
    words, wish = at_most(words, rules.WORDS), at_most(wish, rules.WISH, "wish")
    if not words:
        raise Unacceptable(_("Write down what the person says."), field="words")
    if disputed is not None and not 0 < disputed < rules.MOST_AMOUNT:
        raise Unacceptable(_("Give an amount above nothing."), field="disputed")
    told: dict[str, Any] = {
        "party_id": row.party_id if row is not None else "", "person": at_most(person, 200, "person"),
        "reach": at_most(reach, 200, "reach"), "concerns": _employee(concerns, "concerns"),
        "served_by": _employee(served_by, "served_by"), "words": words, "wish": wish,
    }  # fmt: skip
    told["org_path"] = _branch(user, org_id, row)
    if disputed is not None:  # one without keeps the digest it always had
        told["disputed"] = disputed
    check_external_id(external_id)
    digest = hashlib.sha256(json.dumps([channel, received_at.isoformat(), told], sort_keys=True).encode()).hexdigest()
    known = _sent_before(external_id, digest, user)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _store(
                user,
                told,
                channel,
                received_at,
                external_id,
                digest,
                same_as,
                another or case_id is not None,
                case_id,
                row,
                now,
            )
    except IntegrityError:  # the same id came twice at once, and the other was first
        known = _sent_before(external_id, digest, user)
        if known is None:
            raise
        return known


def _store(
    user: User, told: dict[str, Any], channel: str, received_at: datetime, external_id: str | None, digest: str,
    same_as: UUID | None, another: bool, case_id: UUID | None, row: Any, now: datetime,
) -> Arrival:  # fmt: skip
    if row is not None:  # two that arrive at once about one customer are compared one after the other
        Customer.rows().select_for_update().get(party_id=row.party_id)
    standing, alike, decided = rules.FIRST, 0, None
    complaint = None
    if same_as is not None:
        complaint, standing, decided = _seen(user, same_as), rules.JOINED, user
        alike = rules.likeness(told["words"], complaint.words)
    elif not another:
        found = likely(told["party_id"], told["reach"], told["words"], received_at)
        if found:
            complaint, alike = Complaint.objects.select_for_update().get(pk=found[0][0]), found[0][1]
            standing = rules.WAITING
    if complaint is None:
        complaint = _new(user, told, channel, received_at, row, now, case_id)
    arrival = Arrival.objects.create(
        complaint=complaint, external_id=external_id, channel_code=channel, received_at=received_at,
        words=told["words"], wish=told["wish"], digest=digest, standing=standing, likeness=alike, taken_by=user,
        taken_at=now, decided_by=decided, decided_at=now if decided else None,
    )  # fmt: skip
    if standing != rules.FIRST:
        _touch(complaint, user, now)
        _step(complaint, "arrived", user, now, channel)
    _note(user, "complaint.take_in", complaint, now, channel=channel, standing=standing)
    return arrival


def _new(
    user: User, told: dict[str, Any], channel: str, received_at: datetime, row: Any, now: datetime,
    case_id: UUID | None = None,
) -> Complaint:  # fmt: skip
    complaint = Complaint(
        **told, channel_code=channel, received_at=received_at, taken_by=user, taken_at=now, changed_by=user,
        changed_at=now,
    )  # fmt: skip
    if case_id is not None:
        complaint.case = _opened_before(user, case_id, complaint.party_id)
    elif row is not None:
        complaint.case = _case(complaint, row, user, now)
    complaint.due_at = due.of(complaint)
    complaint.save(force_insert=True)
    if case_id is not None and complaint.case is not None and (complaint.concerns or complaint.served_by):
        _bar(complaint.case, complaint, user, now)
    return complaint


def _opened_before(user: User, case_id: UUID, party_id: str) -> Case:
    unclaimed = Case.objects.select_for_update(of=("self",)).filter(pk=case_id, source="complaint", complaint=None)
    case = unclaimed.first()
    if case is None or not party_id or number_of(user, case.party_id) != party_id:
        raise NotFound(_("There is no such complaint among those you see."))
    return case


def _case(complaint: Complaint, row: Any, user: User, now: datetime) -> Case:
    return opening.find_or_open(
        "complaint", f"complaint:{complaint.pk}", row.party_id, complaint.org_path, by=user, now=now,
        words=complaint.words, concerns=complaint.concerns, barred=_barred(complaint), first=HANDLERS,
        began_at=complaint.received_at,
    )  # fmt: skip


def decide_arrival(user: User, arrival_id: UUID, same: bool, *, now: datetime) -> Complaint:
    """Say whether an arrival is the same matter. One that is not becomes a complaint of its own, its time counted from
    the day it arrived; that undoes a joining too.

    Raises:
        NotAllowed: no post of theirs handles complaints, or they have an interest in this one.
        NotFound: no such arrival among those they see.
        Conflict: it is a complaint's first.
    """
    must(user, Permission.HANDLE_COMPLAINTS)
    with transaction.atomic():
        arrival = Arrival.objects.select_for_update().filter(pk=arrival_id).first()
        if arrival is None:
            raise NotFound(_("There is no such complaint among those you see."))
        complaint = _locked(user, arrival.complaint_id)
        if arrival.standing == rules.FIRST:
            if not same and arrival.decided_by_id == user.pk:
                return complaint  # the same click again
            raise Conflict(_("This is a complaint of its own."))
        if same and arrival.standing == rules.JOINED:
            return complaint
        arrival.decided_by, arrival.decided_at = user, now
        if same:
            arrival.standing = rules.JOINED
        else:
            row = must_see(user, complaint.party_id) if complaint.party_id else None
            told = {
                name: getattr(complaint, name) for name in ("party_id", "person", "reach", "org_path")
            } | {"words": arrival.words, "wish": arrival.wish, "concerns": "", "served_by": ""}  # fmt: skip
            fresh = _new(user, told, arrival.channel_code, arrival.received_at, row, now)
            arrival.standing, arrival.complaint, arrival.likeness = rules.FIRST, fresh, 0
            _touch(complaint, user, now)
            _step(complaint, "split", user, now, fresh.number)
        arrival.save()
        _note(user, "complaint.join" if same else "complaint.split", complaint, now, arrival=str(arrival.pk))
    return arrival.complaint


def identify(user: User, complaint_id: UUID, party_id: str, *, version: int, now: datetime) -> Complaint:
    """Say which customer an unknown person is; the case opens, its time counted from the day the complaint arrived.

    Raises:
        NotAllowed, NotFound: see :func:`decide_arrival`; no such customer among those they see.
        Conflict: somebody was first, or it is known already.
    """
    with transaction.atomic():
        complaint = _locked(user, complaint_id)
        row = must_see(user, party_id)
        if complaint.case_id is not None:
            if complaint.party_id == row.party_id:
                return complaint
            raise Conflict(_("This complaint is a customer's already."))
        _fresh(complaint, version)
        if complaint.settled_at is not None:
            raise Conflict(_("This complaint was settled."))
        complaint.party_id = row.party_id
        complaint.case = _case(complaint, row, user, now)
        complaint.due_at = due.of(complaint)
        _touch(complaint, user, now)
        _note(user, "complaint.identify", complaint, now)
    return complaint


def settle_unknown(user: User, complaint_id: UUID, words: str, *, version: int, now: datetime) -> Complaint:
    """Settle the complaint of somebody who was never found, with what was done about it.

    Raises:
        NotAllowed, NotFound: see :func:`decide_arrival`.
        Unacceptable: nothing is said.
        Conflict: somebody was first, or a customer is known: their case is closed instead.
    """
    words = at_most(words, rules.WORDS)
    if not words:
        raise Unacceptable(_("Say what was done about it."), field="words")
    with transaction.atomic():
        complaint = _locked(user, complaint_id)
        if complaint.settled_at is not None and complaint.settled_words == words:
            return complaint
        _fresh(complaint, version)
        if complaint.case_id is not None or complaint.settled_at is not None:
            raise Conflict(_("This complaint has a case, or was settled."), _("Close the case."))
        complaint.settled_at, complaint.settled_words, complaint.due_at = now, words, None
        _touch(complaint, user, now)
        _note(user, "complaint.settle", complaint, now)
    return complaint


def set_subject(
    user: User, complaint_id: UUID, org_id: str, concerns: str, served_by: str, *, version: int, now: datetime
) -> Complaint:
    """Say which branch and whom it is about and who did the transaction. Whoever thereby has an interest hands it over.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`identify`.
        Unacceptable: no such branch or employee.
    """
    with transaction.atomic():
        complaint = _locked(user, complaint_id)
        path = _branch(user, org_id, None) if org_id else complaint.org_path
        told = (path, _employee(concerns, "concerns"), _employee(served_by, "served_by"))
        if told == (complaint.org_path, complaint.concerns, complaint.served_by):
            return complaint
        _fresh(complaint, version)
        complaint.org_path, complaint.concerns, complaint.served_by = told
        _touch(complaint, user, now)
        if complaint.case is not None:
            _bar(Case.objects.select_for_update().get(pk=complaint.case_id), complaint, user, now)
        _note(user, "complaint.subject", complaint, now, concerns=complaint.concerns, served_by=complaint.served_by)
    return complaint


def _bar(case: Case, complaint: Complaint, user: User, now: datetime) -> None:
    """Keep whoever has an interest from the case; where it is theirs it goes to the next right one."""
    barred = sorted(_barred(complaint))
    before = case.owner
    if case.owner in {complaint.concerns, *barred} or not case.owner:
        case.owner = ""
    case.concerns, case.barred = complaint.concerns, barred
    if not case.owner:
        end_stand_in(opening.cause_of(case), now)
        case.owner = right_owner(case.party_id, complaint.org_path, opening.passed_over(case), first=HANDLERS)
    opening.save(case, user, now)
    opening.let_owner_see(case, user, now)
    opening.step(case, "subject", user, now, detail=complaint.concerns)
    if case.owner != before:
        opening.step(case, "handed_over", user, now, detail=case.owner)


def code(
    user: User, complaint_id: UUID, business: str, cause: str, *, version: int, now: datetime, channel: str = ""
) -> Complaint:
    """Code a complaint by the table in force on the day it was received; again is a recoding, and a step.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`identify`.
        Unacceptable: the table has no such code.
    """
    with transaction.atomic():
        complaint = _locked(user, complaint_id)
        table = house.version_on(timezone.localdate(complaint.received_at))
        channel = channel or complaint.channel_code
        for kind, value in (("business", business), ("cause", cause), ("channel", channel)):
            if value not in table.codes[kind]:
                raise Unacceptable(_("The table of codes has no %(code)s.") % {"code": value[:20] or "—"}, field=kind)
        stands = (complaint.code_version, complaint.channel_code, complaint.business_code, complaint.cause_code)
        if stands == (table.name, channel, business, cause):
            return complaint  # the same click again
        _fresh(complaint, version)
        suggested = suggestions.codes_for(complaint, table)
        complaint.code_version, complaint.channel_code = table.name, channel
        complaint.business_code, complaint.cause_code = business, cause
        _touch(complaint, user, now)
        Coding.objects.create(
            complaint=complaint, code_version=table.name, channel_code=channel, business_code=business,
            cause_code=cause, suggested=suggested, by=user, at=now,
        )  # fmt: skip
        _step(complaint, "coded", user, now, f"{business} {cause}")
        _note(user, "complaint.code", complaint, now, business=business, cause=cause, table=table.name)
    return complaint


def _employee(number: str, field: str) -> str:
    number = at_most(number, 40, field)
    if number and employee(number) is None:
        raise Unacceptable(_("There is no employee %(number)s.") % {"number": number}, field=field)
    return number


def _branch(user: User, org_id: str, row: Any) -> str:
    """The path of the branch complained of: the one named, else the customer's, else where the person works."""
    if org_id:
        found = organisation(at_most(org_id, 40, "org_id"))
        if found is None:
            raise Unacceptable(_("There is no branch %(number)s.") % {"number": org_id[:40]}, field="org_id")
        return str(found.org_path)
    if row is not None:
        return str(row.org_path)
    return max((post.org_path for post in user.posts.all()), default="/", key=len)


def _sent_before(external_id: str | None, digest: str, user: User) -> Arrival | None:
    known = Arrival.objects.filter(external_id=external_id).first() if external_id else None
    if known is not None and (known.digest != digest or known.taken_by_id != user.pk):
        raise Conflict(
            _("The external id %(id)s belongs to something else.") % {"id": external_id},
            _("Send a new id for a new one."),
        )
    return known


def _barred(complaint: Complaint) -> set[str]:
    return rules.barred(complaint.concerns, complaint.served_by, working_at(complaint.concerns))


def _seen(user: User, complaint_id: Any) -> Complaint:
    complaint = Complaint.objects.select_for_update().filter(pk=complaint_id).first()
    if complaint is None or not sees(user, complaint):
        raise NotFound(_("There is no such complaint among those you see."))
    return complaint


def _locked(user: User, complaint_id: Any) -> Complaint:
    """The complaint, which ``user`` handles: with the right to, and no interest in it."""
    must(user, Permission.HANDLE_COMPLAINTS)
    complaint = _seen(user, complaint_id)
    if hindered(user, complaint):
        raise NotAllowed(
            _("You have an interest in this complaint: somebody else handles it."), _("Hand it over to a colleague.")
        )
    return complaint


def _fresh(complaint: Complaint, version: int) -> None:
    unchanged(complaint, version)


def _touch(complaint: Complaint, user: User, now: datetime) -> None:
    complaint.version += 1
    complaint.changed_by, complaint.changed_at = user, now
    complaint.save()


def _step(complaint: Complaint, kind: str, user: User, now: datetime, detail: str) -> None:
    if complaint.case is not None:
        opening.step(complaint.case, kind, user, now, detail=detail[:40])


def _note(user: User, act: str, complaint: Complaint, now: datetime, **changes: Any) -> None:
    """The line of the trail: codes and numbers, never what anybody said."""
    told = {"customer": complaint.party_id, **changes}
    audit.record(user, act, now=now, kind="complaint", key=str(complaint.pk), changes=told)
