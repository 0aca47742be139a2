"""Sending what is due: taken in hand in one transaction, handed over outside of any, noted in another.

Exactly once cannot be had: between handing over and noting it, a process may die. A message is therefore sent *at most
once* by itself. One whose process died, or whose sender gave no answer, is not tried again by the clock: it has failed
as ``unsure``, and a person decides. A survey that comes twice tires; one that never comes costs an answer.
What the sender surely did not take (no connection, "not now") is tried again with growing waits.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from tenure.desk.control import audit
from tenure.desk.publication.current import pin
from tenure.desk.voice.sending import addresses, rules
from tenure.desk.voice.sending.models import Message
from tenure.desk.voice.sending.purposes import Written, purpose_of
from tenure.desk.voice.sending.senders import NotNow, Outgoing, Refused, Unsure, sender_of
from tenure.desk.voice.sending.settings import Settings, sending

log = logging.getLogger(__name__)
#: Messages taken in hand at a time: as many may end as unsure when a process is killed.
AT_ONCE = 10


class _Ended(Exception):
    """A message that comes to nothing before it reaches a sender."""

    def __init__(self, state: str, problem: str) -> None:
        super().__init__(problem)
        self.state, self.problem = state, problem


def send_due(now: datetime, *, most: int = 500) -> int:
    """Send what is due, the longest waiting first, at most ``most``; returns how many were handed over."""
    _give_up_lost(now)
    settings, sent, seen = sending(), 0, 0
    while seen < most:
        looked_at, taken = _take(now, settings, min(AT_ONCE, most - seen))
        if not looked_at:
            break
        seen += looked_at
        for message in taken:
            sent += _deliver(message, settings, now)
    if sent:
        audit.record(None, "message.send", now=now, kind="message", changes={"sent": sent}, actor_name="the clock")
    return sent


def _take(now: datetime, settings: Settings, most: int) -> tuple[int, list[Message]]:
    """Take what is due in hand, so that no other process does; what falls into quiet hours is put off.

    Returns how many were looked at, and those taken.
    """
    with transaction.atomic():
        skips = connection.features.has_select_for_update_skip_locked
        due = Message.objects.select_for_update(skip_locked=skips).filter(state=rules.WAITING, next_try_at__lte=now)
        taken, found = [], list(due.order_by("next_try_at")[:most])
        for message in found:
            allowed = rules.allowed_from(now, message.channel, settings.quiet, timezone.get_default_timezone())
            if allowed > now:
                message.next_try_at = allowed
            else:
                message.state, message.taken_at, message.next_try_at = rules.IN_HAND, now, None
                message.tries += 1
                message.sender = settings.senders[message.channel]
                taken.append(message)
            message.save()
    return len(found), taken


def _deliver(message: Message, settings: Settings, now: datetime) -> bool:
    try:
        reference = _hand_over(message, settings, now)
    except _Ended as end:
        _note(message, end.state, end.problem, "", now)
    except NotNow as no:
        _later(message, rules.discreet(str(no)), settings, now)
    except Refused as no:
        if no.bad_address:
            message.sent_at = now
        state, problem = (rules.BOUNCED, rules.BAD_ADDRESS) if no.bad_address else (rules.FAILED, rules.REFUSED)
        _note(message, state, problem, rules.discreet(str(no)), now)
    except Unsure as unsure:
        _note(message, rules.FAILED, rules.UNSURE, rules.discreet(str(unsure)), now)
    else:
        message.sent_at, message.reference = now, reference[:80]
        _note(message, rules.SENT, "", "", now)
        return True
    return False


def _hand_over(message: Message, settings: Settings, now: datetime) -> str:
    purpose = purpose_of(message.purpose)
    with pin():
        row = addresses.row_of(message.party_id)
        address = addresses.address_of(row, message.channel) if row is not None else ""
        if row is None or not address:
            raise _Ended(rules.DROPPED, rules.NO_ADDRESS)
        if addresses.refuses(row, purpose.consent):
            raise _Ended(rules.DROPPED, rules.NO_CONSENT)
        try:
            written: Written | None = purpose.write(message, now)
        except Exception:
            log.exception("the words of a message for %s could not be made", message.purpose)
            raise _Ended(rules.FAILED, rules.BROKEN) from None
    if written is None:
        raise _Ended(rules.DROPPED, rules.MOOT)
    message.sent_to = addresses.masked_address(address, message.channel)
    _name, sender = sender_of(message.channel, settings)
    out = Outgoing(str(message.pk), message.channel, address, message.language, written.subject, written.text)
    try:
        return sender.send(out)
    except (NotNow, Refused, Unsure):
        raise
    except Exception:  # a sender that breaks: nobody knows how far it had come
        log.exception("the sender of %s failed", message.channel)
        raise Unsure("the sender failed") from None


def _later(message: Message, told: str, settings: Settings, now: datetime) -> None:
    wait = rules.wait_after(message.tries, settings.patience)
    if wait is None:
        _note(message, rules.FAILED, rules.NO_ANSWER, told, now)
        return
    message.state, message.problem, message.told = rules.WAITING, rules.NO_ANSWER, told
    message.next_try_at = rules.allowed_from(
        now + wait, message.channel, settings.quiet, timezone.get_default_timezone()
    )
    _keep(message)


def _note(message: Message, state: str, problem: str, told: str, now: datetime) -> None:
    message.state, message.problem, message.told = state, problem, told
    message.ended_at = now if state in (rules.FAILED, rules.BOUNCED, rules.DROPPED) else None
    with transaction.atomic():
        if _keep(message):
            purpose_of(message.purpose).came_of(message, now)


def _keep(message: Message) -> bool:
    """Write what became of it, if it is still in this process's hand: one given up for lost is not ours any more."""
    with transaction.atomic():
        ours = Message.objects.select_for_update().filter(
            pk=message.pk, state=rules.IN_HAND, taken_at=message.taken_at, tries=message.tries
        )
        if not ours.exists():
            return False
        message.save()
    return True


def _give_up_lost(now: datetime) -> None:
    """Messages whose process died while it had them in hand: nobody knows what became of them."""
    with transaction.atomic():
        skips = connection.features.has_select_for_update_skip_locked
        lost = Message.objects.select_for_update(skip_locked=skips).filter(
            state=rules.IN_HAND, taken_at__lt=now - rules.LONGEST_IN_HAND
        )
        for message in lost:
            message.state, message.problem, message.ended_at = rules.FAILED, rules.UNSURE, now
            message.save()
            purpose_of(message.purpose).came_of(message, now)
