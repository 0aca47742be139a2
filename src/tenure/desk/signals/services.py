"""Every change to signals: take events, add one by hand, claim, give back, close; propose other rules.

Each checks the right (403), finds the row among those the person may see (404), locks it, changes it and writes the
audit line, all in one transaction. Two people at the same signal: one wins, the other is told who did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.contracts.signals import HAND
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of
from tenure.desk.control.models import Change
from tenure.desk.control.refusals import in_words
from tenure.desk.control.rows import Refusal
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import acting_for, acts_for, number_of, sees
from tenure.desk.publication.current import pinned
from tenure.desk.signals import beside, intake, rules
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.models import Listening, Signal
from tenure.desk.signals.reading import MOST_ROWS, Incoming, read
from tenure.desk.signals.trying import settings_told, tried_out
from tenure.desk.work.selectors import contact_sent
from tenure.desk.work.services import log_contact, take_contact_along
from tenure.desk.work.services import undo as take_back_entry

State = Signal.State


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery of events: rows taken, known before, refused (with why), and signals raised."""

    taken: int
    known: int
    signals: int
    refused: list[Refusal] = field(default_factory=list)


def take_events(user: User, rows: Sequence[Any], *, now: datetime) -> Taken:
    """Take events as the core bank sends them and judge the new ones at once, all in one transaction.

    A bad row is refused and the others are taken. An id sent before changes nothing: the same content counts as
    known, other content is refused. Who sent an event, when and in which request stands on the event itself; the trail
    has a line for each request.

    Raises:
        NotAllowed: none of their posts sends events.
        Unacceptable: no row, or more than 10,000.
        Conflict: nothing was published yet, so no account is known.
    """
    must(user, Permission.SEND_EVENTS)
    if not 0 < len(rows) <= MOST_ROWS:
        raise Unacceptable(_("Send between 1 and %(most)s events at once.") % {"most": MOST_ROWS}, field="events")
    publication = pinned()
    if publication is None:
        raise Conflict(_("Nothing is published yet, so no account is known."), _("Run the night first."))
    readable, refused, repeated = _readable(rows, publication.currency, now)
    owners = intake.customers_of(e.account_id for e in readable)
    known = intake.known_customers(owners.values())
    fit = []
    for event in readable:
        if owners.get(event.account_id) in known:
            fit.append(event)
        else:
            refused.append(Refusal(event.index, event.event_id, "account_id", _("the number of a published account")))
    with transaction.atomic():
        mark, new, differing = intake.store(fit, owners, user, now)
        raised = intake.raise_signals(new, owners, known, in_force(), now) if new else 0
        known_before = len(fit) - len(new) - len(differing) + repeated
        refused += differing
        came = {"taken": len(new), "known": known_before, "refused": len(refused), "signals": raised}
        audit.record(user, "signal.take_events", now=now, kind="delivery", key=str(mark), changes=came)
    return Taken(len(new), known_before, raised, sorted(refused, key=lambda one: one.index))


def _readable(rows: Sequence[Any], currency: str, now: datetime) -> tuple[list[Incoming], list[Refusal], int]:
    """Rows that can be read, each id once; those that cannot; and how many came twice in this request."""
    events: dict[str, Incoming] = {}
    refused: list[Refusal] = []
    repeated = 0
    for index, row in enumerate(rows):
        one = read(row, index, currency, now)
        if isinstance(one, Refusal):
            refused.append(in_words(one))
        elif one.event_id not in events:
            events[one.event_id] = one
        elif intake.same(events[one.event_id], one):
            repeated += 1
        else:
            refused.append(intake.differs(one))
    return list(events.values()), refused, repeated


def add_signal(
    user: User, party_id: str, traits: Sequence[str], words: str = "", external_id: str = "", *, now: datetime
) -> Signal:
    """Tell colleagues what one noticed about a customer (S2).

    Args:
        traits: some of ``codes.TRAITS``.
        words: at most 500 characters; needed where no trait is given.
        external_id: the form's or caller's own id: the same again is the same signal.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: neither trait nor word, an unknown trait, too many words.
        Conflict: the ``external_id`` belongs to another signal.
    """
    must(user)
    customer = must_see(user, party_id)
    party_id = customer.party_id
    chosen = sorted(set(traits))
    unknown = [one for one in chosen if one not in codes.TRAITS]
    if unknown:
        raise Unacceptable(
            _("“%(value)s” is none of the traits.") % {"value": unknown[0]},
            _("Values are: %(values)s.") % {"values": ", ".join(codes.TRAITS)},
            field="traits",
        )
    words = at_most(words, rules.WORDS_LENGTH)
    if not chosen and not words:
        raise Unacceptable(_("Choose what you noticed, or write it."), field="traits")
    if len(external_id) > 60:
        raise Unacceptable(_("An external id has 1 to 60 characters."), field="external_id")
    lead = customer.lead_staff_id or ""
    lead = acting_for([lead]).get(lead, lead)
    # Who noticed it knows it already: it goes to somebody else.
    goes_to = rules.goes_to(lead if lead != user.staff_id else "", intake.at_desk([lead], now))
    cause = f"{HAND}:{user.pk}:{external_id or uuid4()}"
    with transaction.atomic():
        signal, made = Signal.objects.get_or_create(
            cause=cause,
            defaults={
                "party_id": party_id,
                "org_path": customer.org_path,
                "rule": HAND,
                "seen_by": user,
                "facts": {"traits": chosen},
                "words": words,
                "at": now,
                "goes_to": goes_to,
                "escalates_at": now + timedelta(minutes=in_force().settings.escalate_minutes),
                "changed_at": now,
            },
        )
        if made:
            _note(user, "signal.add", signal, now, traits=chosen)
    if not made and (signal.party_id, signal.facts.get("traits"), signal.words) != (party_id, chosen, words):
        raise Conflict(_("The external id %(id)s belongs to another signal.") % {"id": external_id})
    return signal


def claim(user: User, signal_id: UUID, *, now: datetime) -> Signal:
    """Take a signal on: one person does. Claiming again what is one's own changes nothing.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such signal of a customer they see.
        Conflict: somebody else was first, it is closed, or it is meant for a colleague first.
    """
    must(user)
    with transaction.atomic():
        signal = _locked(user, signal_id)
        if signal.state == State.CLAIMED and signal.claimed_by_id == user.pk:
            return signal
        _take(user, signal, now)
        _save(signal, now)
        _note(user, "signal.claim", signal, now)
    return signal


def give_back(user: User, signal_id: UUID, *, now: datetime) -> Signal:
    """Give a signal one had claimed back to the branch's pool; it escalates anew unless somebody takes it.

    Raises:
        NotAllowed, NotFound.
        Conflict: it is not theirs.
    """
    must(user)
    with transaction.atomic():
        signal = _locked(user, signal_id)
        if signal.state != State.CLAIMED or signal.claimed_by_id != user.pk:
            raise Conflict(_("This signal is not with you."))
        signal.state, signal.claimed_by, signal.claimed_at, signal.goes_to = State.NEW, None, None, ""
        signal.escalates_at = now + timedelta(minutes=in_force().settings.escalate_minutes)
        _save(signal, now)
        _note(user, "signal.give_back", signal, now)
    return signal


def close(user: User, signal_id: UUID, outcome: str, words: str = "", *, now: datetime, way: str = "") -> Signal:
    """End a signal with its outcome; one nobody has claimed is claimed with it.

    Where the outcome is a contact with the customer, or the try of one, it is logged as such: in the ``way`` of
    ``rules.WAYS`` that is told, else as people of one's post mostly speak with customers. The same outcome by the same
    person again changes nothing.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: no such outcome or way, too many words.
        Conflict: somebody else has it, or it is closed.
    """
    must(user)
    one_of(outcome, codes.SIGNAL_OUTCOMES, "outcome")
    way = way or rules.usual_way(reach_of(user).roles)
    one_of(way, rules.WAYS, "way")
    words = at_most(words, rules.WORDS_LENGTH)
    with transaction.atomic():
        signal = _locked(user, signal_id)
        again = signal.state == State.CLOSED and signal.claimed_by_id == user.pk
        if again and (signal.outcome, signal.closing_words) == (outcome, words):
            return signal
        before = beside.standing(signal)
        if signal.state != State.CLAIMED or signal.claimed_by_id != user.pk:
            _take(user, signal, now)
        signal.state, signal.outcome, signal.closed_at, signal.closing_words = State.CLOSED, outcome, now, words
        signal.before = before
        _save(signal, now)
        if outcome in rules.CONTACTS:
            signal.settled_with = _log(user, signal, outcome, words, way, now)
            signal.save(update_fields=["settled_with"])
        with_entry = {"entry": signal.settled_with} if signal.settled_with else {}
        _note(user, "signal.close", signal, now, outcome=outcome, **with_entry)
    return signal


def _log(user: User, signal: Signal, outcome: str, words: str, way: str, now: datetime) -> str:
    """Log the contact a closed signal was. One that reached the customer about what an open entry of the work list is
    about too finishes that entry: its key, else empty."""
    told = (user, signal.party_id, way, rules.CONTACTS[outcome], words)
    # The version tells the contact of a signal that was opened again from the one that was withdrawn then.
    named = {"external_id": f"signal-{signal.pk}-{signal.version}", "purpose": f"signal: {signal.rule}", "now": now}
    key = beside.entry_to_settle(user, signal) if outcome in rules.USEFUL else ""
    if key:
        try:
            with transaction.atomic():
                log_contact(*told, proposal_key=key, **named)
            return key
        except (Conflict, NotFound):  # a colleague has just done it, or it went to somebody: their word stands
            pass
    log_contact(*told, **named)
    return ""


def reopen(user: User, signal_id: UUID, *, now: datetime) -> Signal:
    """Take back how one closed a signal, on the same day: it stands as before, its contact is withdrawn, and an entry
    of the work list that ended with it is open again.

    Raises:
        NotAllowed, NotFound.
        Conflict: it is not closed, somebody else closed it, it was on another day, or its entry moved on since.
    """
    must(user)
    with transaction.atomic():
        # The entry's row first, as whoever finishes or takes back the entry does: nobody waits in a circle.
        known = Signal.objects.filter(pk=signal_id).first()
        key = known.settled_with if known is not None and sees(user, known.party_id) else ""
        if key:
            take_back_entry(user, key, now=now)
            return Signal.objects.get(pk=signal_id)
        signal = _locked(user, signal_id)
        if signal.state != State.CLOSED:
            raise Conflict(_("This signal is not closed."), _("Load the page again."))
        if signal.claimed_by_id != user.pk:
            raise Conflict(
                _("%(name)s has closed this.") % {"name": signal.claimed_by.name if signal.claimed_by else ""}
            )
        if signal.closed_at is None or timezone.localdate(signal.closed_at) != timezone.localdate(now):
            raise Conflict(_("An act is taken back on its own day."), _("Add a signal about what is true now."))
        contact = contact_sent(f"signal-{signal.pk}-{signal.version}")
        if contact is not None:
            take_contact_along(user, contact, now=now)
        beside.stand_again(signal, now)
        _note(user, "signal.reopen", signal, now, state=signal.state)
    return signal


def lead_to(user: User, signal_id: UUID, party_id: str, opportunity_id: UUID, *, now: datetime) -> Signal:
    """Note which opportunity came of a signal; part of the transaction that opens the opportunity.

    Raises:
        NotFound: no such signal about customer ``party_id``.
        Conflict: nobody has claimed it yet, or another opportunity came of it.
    """
    with transaction.atomic():
        signal = _locked(user, signal_id)
        if number_of(user, signal.party_id) != party_id:
            raise NotFound(_("There is no such signal."))
        if signal.state in rules.UNCLAIMED:
            raise Conflict(_("Nobody has claimed this signal yet."), _("Claim it first, then open the opportunity."))
        if signal.led_to is not None:
            raise Conflict(_("An opportunity came of this signal already."), _("Open it from the signal."))
        signal.led_to = opportunity_id
        _save(signal, now)
        _note(user, "signal.lead_to", signal, now, opportunity=str(opportunity_id))
    return signal


def propose_rules(user: User, content: Mapping[str, Any], reason: str, based_on: int, *, now: datetime) -> Change:
    """Put other rules before a second person, with what they would have done over the last month.

    Args:
        content: rules as :func:`rules.settings_from` reads them.
        based_on: the version the person saw; what was approved meanwhile is not overwritten.

    Raises:
        NotAllowed: none of their posts edits rules.
        Unacceptable: rules that cannot be, or no reason.
        Conflict: other rules came into force meanwhile, nothing differs, or a change waits already.
    """
    must(user, Permission.MANAGE_RULES)
    wanted = settings_told(content)
    present = in_force()
    if present.version != based_on:
        raise Conflict(_("Other rules came into force meanwhile."), _("Look at the page again and repeat the change."))
    if wanted.as_json() == present.settings.as_json():
        raise Conflict(_("These are the rules in force already."))
    figures = {"now": tried_out(present.settings, now).as_json(), "then": tried_out(wanted, now).as_json()}
    content = {"settings": wanted.as_json(), "based_on": based_on, "figures": figures}
    with transaction.atomic():
        return propose(user, "signals.rules", ("signals", "rules"), content, reason, org_path="/", now=now)


def choose_sound(user: User, sound: bool, *, now: datetime) -> None:
    """Say whether one wants a sound with a new signal."""
    with transaction.atomic():
        Listening.objects.update_or_create(user=user, defaults={"sound": sound})
        audit.record(user, "signal.sound", now=now, kind="user", key=user.username, changes={"sound": sound})


def _locked(user: User, signal_id: UUID) -> Signal:
    signal = Signal.objects.select_for_update().filter(pk=signal_id).first()
    if signal is None or not sees(user, signal.party_id):
        raise NotFound(_("There is no such signal."))
    return signal


def _take(user: User, signal: Signal, now: datetime) -> None:
    """Make the locked signal ``user``'s, or say why not."""
    if signal.state in (State.CLAIMED, State.CLOSED) and signal.claimed_by is not None:
        told = _("%(name)s has taken this signal.") if signal.state == State.CLAIMED else _("%(name)s has closed this.")
        raise Conflict(told % {"name": signal.claimed_by.name})
    goes_to = signal.goes_to
    if goes_to in acts_for(user):
        goes_to = user.staff_id
    if not rules.may_claim(signal.state, goes_to, user.staff_id, reach_of(user).roles):
        raise Conflict(
            _("This signal is for the customer's manager first."), _("If nobody takes it, it becomes everybody's.")
        )
    signal.state, signal.claimed_by, signal.claimed_at = State.CLAIMED, user, now


def _save(signal: Signal, now: datetime) -> None:
    signal.version += 1
    signal.changed_at = now
    signal.save()


def _note(user: User, act: str, signal: Signal, now: datetime, **changes: Any) -> None:
    about = {"customer": signal.party_id, "rule": signal.rule, **changes}
    audit.record(user, act, now=now, kind="signal", key=str(signal.pk), changes=about)
