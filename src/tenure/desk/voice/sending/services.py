"""The outbox: putting a message in, trying one again, noting one that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.voice.sending import rules
from tenure.desk.voice.sending.models import Message
from tenure.desk.voice.sending.purposes import PURPOSES, purpose_of
from tenure.desk.voice.sending.settings import sending

#: Bounces told in one request.
MOST_BOUNCES = 1_000


def queue(
    purpose: str,
    key: str,
    party_id: str,
    channel: str,
    *,
    about: str = "",
    facts: Mapping[str, Any] | None = None,
    language: str = "zh-hans",
    now: datetime,
) -> Message:
    """Put a message into the outbox, in the caller's transaction; the same ``key`` again gives the message of then.

    It goes with the next round, or when the quiet hours end.

    Raises:
        LookupError: there is no such purpose.
        Conflict: the key belongs to another message.
    """
    purpose_of(purpose)
    content = {"purpose": purpose, "party_id": party_id, "channel": channel, "about": about, "facts": dict(facts or {})}
    first = rules.allowed_from(now, channel, sending().quiet, timezone.get_default_timezone())
    made, fresh = Message.objects.get_or_create(
        key=key, defaults={**content, "language": language, "queued_at": now, "next_try_at": first}
    )
    if not fresh and any(getattr(made, name) != value for name, value in content.items()):
        raise Conflict(_("The key %(id)s belongs to another message.") % {"id": key})
    return made


def send_again(user: User, message_id: UUID, *, now: datetime) -> Message:
    """Put a message that failed back into the outbox. It may reach the customer twice where nobody knows what
    became of it: a person decides that, never the clock.

    Raises:
        NotAllowed: no post of theirs runs the desk.
        NotFound: there is no such message.
        Conflict: it did not fail, or somebody was first.
    """
    must(user, Permission.RUN_JOBS)
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).first()
        if message is None:
            raise NotFound(_("There is no such message."))
        if message.state != rules.FAILED:
            raise Conflict(_("This message did not fail, or somebody sent it again."), _("Look at the list again."))
        message.state, message.tries, message.problem, message.told = rules.WAITING, 0, "", ""
        message.ended_at = None
        message.next_try_at = rules.allowed_from(now, message.channel, sending().quiet, timezone.get_default_timezone())
        message.save()
        audit.record(user, "message.send_again", now=now, kind="message", key=str(message.pk))
    return message


def take_bounces(user: User, rows: Sequence[Any], *, now: datetime) -> tuple[int, list[dict[str, Any]]]:
    """Note messages that did not arrive, as the bank's gateway or mail server tells; the same again changes nothing.

    Each row has ``message``, the number we gave (or the sender gave us), and ``said``. Returns how many are new, and
    what is wrong with the rows that were not taken; the others are.

    Raises:
        NotAllowed: no post of theirs lets other systems tell anything.
        Unacceptable: no rows, or more than a thousand.
    """
    must(user, Permission.SEND_EVENTS)
    if not 0 < len(rows) <= MOST_BOUNCES:
        raise Unacceptable(_("Send 1 to %(most)s rows.") % {"most": MOST_BOUNCES}, field="bounces")
    taken, refused = 0, []
    with transaction.atomic():
        for index, row in enumerate(rows):
            number = row.get("message") if isinstance(row, dict) else None
            if not isinstance(number, str) or not 0 < len(number) <= 80:
                refused.append({"index": index, "field": "message", "expected": "the number of a message"})
                continue
            message = _named(number)
            if message is None or message.sent_at is None:
                refused.append({"index": index, "field": "message", "expected": "a message that was sent"})
                continue
            if message.state == rules.SENT:
                said = row.get("said", "")
                bounced(message, rules.discreet(said) if isinstance(said, str) else "", now)
                taken += 1
        if taken:
            audit.record(user, "message.bounce", now=now, kind="message", changes={"bounced": taken})
    return taken, refused


def _named(number: str) -> Message | None:
    found = Message.objects.select_for_update()
    try:
        return found.filter(pk=UUID(number.strip("<>").partition("@")[0])).first()
    except ValueError:
        return found.filter(reference=number.strip("<>")).order_by("-queued_at").first()


def _end(message: Message, state: str, problem: str, told: str, now: datetime) -> None:
    message.state, message.problem, message.told, message.ended_at = state, problem, told, now
    message.next_try_at = None
    message.save()
    if message.purpose in PURPOSES:
        purpose_of(message.purpose).came_of(message, now)


def bounced(message: Message, told: str, now: datetime) -> None:
    """Note that a sent message, locked by the caller who writes the line of the trail, did not arrive."""
    _end(message, rules.BOUNCED, rules.BAD_ADDRESS, told, now)
