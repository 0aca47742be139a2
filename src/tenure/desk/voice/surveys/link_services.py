"""What sending does to an invitation: gives it a link, notes that it went out or came back; and how links end."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tenure.desk.voice.surveys import links, rules
from tenure.desk.voice.surveys.models import CounterHour, Invitation, Response, Survey


def give_link(invitation_id: UUID, *, now: datetime) -> str | None:
    """A fresh token for a customer who is to be asked, made at the moment of sending; None: not to be asked any more.

    Only its digest is kept, so a second call makes another link and ends the first. Called by whoever sends.
    """
    with transaction.atomic():
        one = Invitation.objects.select_for_update().filter(pk=invitation_id, outcome=rules.DRAWN).first()
        if one is None or one.state not in rules.OPEN_STATES or one.expires_at is None or one.expires_at <= now:
            return None
        if Survey.objects.filter(pk=one.survey_id, state=rules.CLOSED).exists():
            return None
        token = links.new_token()
        one.token_hash = links.digest(token)
        one.save(update_fields=["token_hash"])
    return token


def note_sent(invitation_id: UUID, *, now: datetime) -> None:
    """The link was handed to the sender; once. Where it was opened meanwhile, that stands."""
    with transaction.atomic():
        waiting = Invitation.objects.filter(pk=invitation_id, outcome=rules.DRAWN, sent_at=None)
        waiting.exclude(state=rules.WAITING).update(sent_at=now)
        waiting.filter(state=rules.WAITING).update(sent_at=now, state=rules.SENT)


def note_bounced(invitation_id: UUID, *, now: datetime) -> None:
    """The message did not reach the customer; what was opened or answered did."""
    Invitation.objects.filter(pk=invitation_id, state__in=(rules.WAITING, rules.SENT)).update(state=rules.BOUNCED)


def end_links(*, now: datetime) -> int:
    """Note which invitations ran out, and take from answers begun but never finished what could still be added to.

    Returns:
        How many invitations ended.
    """
    with transaction.atomic():
        ended = Invitation.objects.filter(state__in=rules.OPEN_STATES, expires_at__lte=now)
        count = ended.update(state=rules.EXPIRED)
        day = timezone.localdate(now) - timedelta(days=rules.MOST_VALID_DAYS + 1)
        Response.objects.filter(state=rules.PARTIAL, token_hash__isnull=False, started_on__lt=day).update(
            token_hash=None
        )
        CounterHour.objects.filter(hour__lt=now - timedelta(days=2)).delete()
    return count
