"""Every change of events: make, change, cancel; invite, note the answer, tick who came.

Seats are counted with the event's row locked, so that two answers at once cannot take the last one twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED
from tenure.desk.care import event_selectors, rules
from tenure.desk.care.models import Event, Invitation
from tenure.desk.control import audit, consents
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.masking import masked
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import posts_of, reach_of
from tenure.desk.parties.filters import CustomerFilter
from tenure.desk.parties.selectors import customers
from tenure.desk.parties.visibility import visible_to
from tenure.desk.work.rules import LATEST_LOG
from tenure.desk.work.services import log_contact, take_contact_along

_NAME = PUBLISHED["customer"]["name"]


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of inviting: how many are new, how many were invited before, and who was left out and why."""

    new: int
    before: int
    without_consent: list[tuple[str, str]]
    unknown: list[str]


def make_event(
    user: User, title: str, kind: str, on: date, place: str, capacity: int, words: str, form_key: UUID, *, now: datetime
) -> Event:
    """Make an event at the branch of the maker's post; the same form again gives the same event.

    Raises:
        NotAllowed: no post of theirs makes events.
        Unacceptable: a field that cannot be.
        Conflict: the form made another event.
    """
    must(user, Permission.MAKE_EVENTS)
    told = _checked(title, kind, on, place, capacity, words)
    if on < timezone.localdate(now):
        raise Unacceptable(_("The day lies in the past."), field="on")
    path = max((post.org_path for post in posts_of(user)), key=len)
    try:
        with transaction.atomic():
            made = Event.objects.create(form_key=form_key, **told, org_path=path, owner=user, made_at=now)
            audit.record(user, "event.make", now=now, kind="event", key=str(made.pk), changes=told)
    except IntegrityError:
        known = Event.objects.filter(form_key=form_key, owner=user).first()
        if known is None or known.version > 1 or any(getattr(known, name) != told[name] for name in told):
            raise Conflict(_("This form has made an event already."), _("Look at the list of events.")) from None
        return known
    return made


def change_event(
    user: User,
    number: UUID,
    title: str,
    kind: str,
    on: date,
    place: str,
    capacity: int,
    words: str,
    version: int,
    *,
    now: datetime,
) -> Event:
    """Change an event as it stood at ``version``.

    Raises:
        NotAllowed: neither its owner nor who answers for its branch.
        NotFound: no such event at their branches.
        Unacceptable: a field that cannot be, or fewer seats than are taken.
        Conflict: it was changed or cancelled since.
    """
    must(user, Permission.MAKE_EVENTS)
    told = _checked(title, kind, on, place, capacity, words)
    with transaction.atomic():
        event = _locked(user, number, manage=True)
        if event.version != version:
            raise Conflict(_("Somebody has changed this event since you opened it."), _("Look at what it says now."))
        taken = _seated(event)
        if capacity < taken:
            raise Unacceptable(_("%(taken)s seats are taken already.") % {"taken": taken}, field="capacity")
        changed = {name: value for name, value in told.items() if getattr(event, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(event, name, value)
            event.version, event.changed_at = event.version + 1, now
            event.save()
            audit.record(user, "event.change", now=now, kind="event", key=str(event.pk), changes=changed)
    return event


def cancel_event(user: User, number: UUID, reason: str, *, now: datetime) -> Event:
    """Cancel an event, saying why; who was invited stays on record.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`change_event`.
        Unacceptable: no reason.
    """
    must(user, Permission.MAKE_EVENTS)
    reason = reason.replace("\x00", "").strip()
    if not 2 <= len(reason) <= 500:
        raise Unacceptable(_("Say why, in at most 500 characters."), field="reason")
    with transaction.atomic():
        event = _locked(user, number, manage=True)
        event.cancelled_at, event.changed_at, event.version = now, now, event.version + 1
        event.save()
        audit.record(user, "event.cancel", now=now, kind="event", key=str(event.pk), reason=reason)
    return event


def invite(user: User, number: UUID, party_ids: Iterable[str], *, now: datetime) -> Invited:
    """Invite customers to an event, at most 200 at once; those invited already stay as they are.

    To an event that sells only those who agreed to marketing are invited; the others are named and left out.

    Raises:
        NotAllowed, NotFound: no such event at their branches, or a single customer who is not among theirs.
        Unacceptable: nobody, or too many.
        Conflict: the event is cancelled or over.
    """
    must(user, Permission.MAKE_EVENTS)
    wanted = list(dict.fromkeys(one.strip() for one in party_ids if one.strip()))
    if not 0 < len(wanted) <= rules.MOST_INVITED:
        raise Unacceptable(
            _("Invite 1 to %(most)s customers at once.") % {"most": rules.MOST_INVITED},
            _("Narrow the list, or invite in portions."),
            field="party_ids",
        )
    with transaction.atomic():
        event = _locked(user, number)
        if event.on < timezone.localdate(now):
            raise Conflict(_("This event is over."))
        seen = visible_to(user).filter(party_id__in=wanted)
        names = dict(seen.values_list("party_id", "name"))
        if not names:
            raise NotFound(_("There is no customer %(number)s among yours.") % {"number": wanted[0][:40]})
        known = set(event.invitations.filter(party_id__in=names).values_list("party_id", flat=True))
        fresh = set(names) - known
        agreed = fresh
        if event.kind in rules.SELLING_EVENTS:
            agreed = set(seen.filter(consents.agrees("marketing")).values_list("party_id", flat=True)) & fresh
        Invitation.objects.bulk_create(
            Invitation(event=event, party_id=one, invited_by=user, invited_at=now, changed_by=user, changed_at=now)
            for one in sorted(agreed)
        )
        reach = reach_of(user)
        found = Invited(
            len(agreed),
            len(known),
            [(one, masked(names[one], _NAME, reach) or one) for one in sorted(fresh - agreed)],
            [one for one in wanted if one not in names],
        )
        if agreed:
            audit.record(
                user, "event.invite", now=now, kind="event", key=str(event.pk),
                changes={"customers": sorted(agreed), "without_consent": len(found.without_consent)},
            )  # fmt: skip
    return found


def invite_filtered(user: User, number: UUID, wanted: CustomerFilter, *, now: datetime) -> Invited:
    """Invite the customers of a filtered list, at most 200.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`invite`.
    """
    must(user, Permission.MAKE_EVENTS)
    ids = list(
        customers(user, wanted).order_by("party_id").values_list("party_id", flat=True)[: rules.MOST_INVITED + 1]
    )
    return invite(user, number, ids, now=now)


def answer_invitation(
    user: User, number: UUID, party_id: str, state: str, version: int, *, now: datetime
) -> Invitation:
    """Note a guest's answer, or on the day whether they came.

    Who came was spoken with: that logs a contact on the event's day, and correcting the mark withdraws it. Marked more
    than 31 days later, or by who deals with no customers in person (marketing), it logs none. The same answer again
    changes nothing.

    Raises:
        NotAllowed, NotFound: no such event, customer or invitation among theirs.
        Unacceptable: a state that cannot follow, or a mark of the day before the day.
        Conflict: every seat is taken; the event is cancelled; somebody noted another answer since ``version``.
    """
    must(user, Permission.MAKE_EVENTS)
    with transaction.atomic():
        event = _locked(user, number)
        visible = visible_to(user).filter(party_id=party_id).exists()
        # no join: PostgreSQL would lose a row that changed while it was waited for, as its joined row is the old one
        guest = Invitation.objects.select_for_update().filter(event=event, party_id=party_id).first()
        if guest is None or not visible:
            raise NotFound(_("This customer is not invited."))
        if guest.state == state:
            return guest
        if guest.version != version:
            raise Conflict(
                _("%(name)s has noted another answer meanwhile.") % {"name": guest.changed_by.name},
                _("Look at the list again."),
            )
        if not rules.may_become(guest.state, state, event.on, timezone.localdate(now)):
            raise Unacceptable(_("This cannot be noted of the guest now."), field="state")
        if state in rules.SEATED and guest.state not in rules.SEATED and _seated(event) >= event.capacity:
            raise Conflict(
                _("All %(n)s seats are taken.") % {"n": event.capacity}, _("Add seats, or note who declined.")
            )
        before, guest.state = guest.state, state
        guest.version, guest.changed_by, guest.changed_at = guest.version + 1, user, now
        logs = reach_of(user).may(Permission.LOG_CONTACT)
        if guest.contact_id is not None:
            if not logs:
                raise NotAllowed(_("A contact was logged with this mark: who looks after the customer corrects it."))
            take_contact_along(user, guest.contact_id, now=now)
            guest.contact = None
        at = _moment_of(event, now)
        if logs and state == "attended" and now - at <= LATEST_LOG:
            guest.contact = log_contact(
                user, party_id, "event", "done", event.title, at=at, now=now, purpose=f"event:{event.kind}"
            )
        guest.save()
        changes = {"event": str(event.pk), "before": before, "now": state}
        if guest.contact is not None:
            changes["contact"] = str(guest.contact.pk)
        audit.record(user, "event.answer", now=now, kind="customer", key=party_id, changes=changes)
    return guest


def _moment_of(event: Event, now: datetime) -> datetime:
    """When an event that is over took place, as far as one knows: its day's noon; now, while it is the day."""
    noon = timezone.make_aware(datetime.combine(event.on, time(12)))
    return min(noon, now) if event.on < timezone.localdate(now) else now


def _locked(user: User, number: UUID, *, manage: bool = False) -> Event:
    """The event, locked until the transaction ends; refuses one that is cancelled."""
    seen = event_selectors.events_within(user).filter(pk=number).exists()
    event = Event.objects.select_for_update().filter(pk=number).first() if seen else None
    if event is None:
        raise NotFound(_("There is no such event at your branches."))
    if manage and not event_selectors.manages(user, event):
        raise NotAllowed(_("An event is changed by its owner or the head of its branch."))
    if event.cancelled_at is not None:
        raise Conflict(_("This event is cancelled."))
    return event


def _seated(event: Event) -> int:
    return event.invitations.filter(state__in=rules.SEATED).count()


def _checked(title: str, kind: str, on: date, place: str, capacity: int, words: str) -> dict[str, Any]:
    title, place, words = (text.replace("\x00", "").strip() for text in (title, place, words))
    if not 0 < len(title) <= 120:
        raise Unacceptable(_("Give a title of at most 120 characters."), field="title")
    if not 0 < len(place) <= 200:
        raise Unacceptable(_("Say where, in at most 200 characters."), field="place")
    if len(words) > 2000:
        raise Unacceptable(_("Describe it in at most 2,000 characters."), field="words")
    if kind not in rules.EVENT_KINDS:
        raise Unacceptable(_("Choose what kind of event it is."), field="kind")
    if not 1 <= capacity <= rules.MOST_SEATS:
        raise Unacceptable(_("An event has 1 to %(most)s seats.") % {"most": rules.MOST_SEATS}, field="capacity")
    return {"title": title, "kind": kind, "on": on, "place": place, "capacity": capacity, "words": words}
