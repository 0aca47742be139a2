"""What waits, was sent and came to nothing, for those who run the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from tenure.desk.control.guards import must
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.voice.sending import rules
from tenure.desk.voice.sending.models import Message

#: Messages shown in one list, and over how many days they are counted.
MOST, DAYS = 100, 30


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """How many messages of a channel are in each state; what ended is counted over the last days."""

    channel: str
    sender: str
    counts: dict[str, int]


def messages(user: User, state: str, channel: str) -> list[Message]:
    """The newest messages, of one state and channel or all. No customer's words or address is in them.

    Raises:
        NotAllowed: no post of theirs looks at the desk's running.
    """
    must(user, Permission.VIEW_DATA)
    rows = Message.objects.order_by("-queued_at")
    if state in rules.STATES:
        rows = rows.filter(state=state)
    if channel in rules.CHANNELS:
        rows = rows.filter(channel=channel)
    return list(rows[:MOST])


def counts(user: User, senders: dict[str, str], now: datetime) -> list[ChannelCounts]:
    """For each channel how many messages are in each state.

    Raises:
        NotAllowed: as :func:`messages`.
    """
    must(user, Permission.VIEW_DATA)
    rows = Message.objects.filter(queued_at__gte=now - timedelta(days=DAYS)).order_by()
    found = {
        (channel, state): many for channel, state, many in rows.values_list("channel", "state").annotate(Count("pk"))
    }
    return [
        ChannelCounts(channel, senders[channel], {state: found.get((channel, state), 0) for state in rules.STATES})
        for channel in rules.CHANNELS
    ]
