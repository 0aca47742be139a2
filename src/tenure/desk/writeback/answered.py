"""Whom surveys could have asked, and what was answered. What a survey system of the bank's own collects comes by its
files under other numbers; the desk's begin with ``desk-``, so that neither replaces the other and nothing counts twice.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from tenure.desk.voice.surveys.models import Invitation, Response
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, local

#: The lake's channels by those of surveys; the bank's own gateway may be any.
_CHANNELS = {"sms": "mobile", "wechat": "mobile", "email": "online", "counter": "counter"}


def _response(one: Response) -> list[Row]:
    asked = one.invitation
    return [
        {
            "response_id": f"desk-{one.pk}",
            "party_id": one.party_id or None,
            "asked_at": local(asked.sent_at or asked.drawn_at) if asked is not None else None,
            "answered_at": local(one.counted_at),
            "moment": one.moment,
            "channel": _CHANNELS.get(one.channel),
            "org_id": branch_of(one.org_path),
            "staff_id": (asked.occasion.staff_id or None) if asked is not None else None,
            "recommend": one.score,
            "satisfaction": one.satisfaction,
            "effort": one.effort,
            "words": one.words or None,
        }
    ]


def _invitation(one: Invitation) -> list[Row]:
    """Of an anonymous survey the branch, the day and what became of it: nobody, and nothing that leads to somebody."""
    hidden = one.survey.anonymous
    return [
        {
            "invitation_id": f"desk-{one.pk}",
            "survey": one.survey.code,
            "party_id": None if hidden else one.party_id,
            "asked_at": local(_day(one.drawn_at) if hidden else one.drawn_at),
            "moment": one.survey.moment,
            "occasion": None if hidden else one.occasion.event_id,
            "org_id": branch_of(one.org_path),
            "staff_id": None if hidden else one.occasion.staff_id or None,
            "outcome": one.outcome,
            "channel": one.channel or None,
            "sent_at": None if hidden else local(one.sent_at),
            "expires_at": local(_day(one.expires_at) if hidden and one.expires_at else one.expires_at),
            "state": one.state or None,
        }
    ]


def _day(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)


#: A link is sent, opened and answered over days: the lake hears what was decided, and once more when it has ended.
_ENDED = Q(expires_at__lte=Now(), expires_at__gt=F("written_back_at"))
TABLES = (
    Table(
        "survey_invitation",
        Invitation,
        "drawn_at",
        NEW | _ENDED,
        _invitation,
        with_=("survey", "occasion"),
    ),
    Table(
        "survey_response",
        Response,
        "counted_at",
        NEW & Q(state="complete"),
        _response,
        with_=("invitation", "invitation__occasion"),
    ),
)
