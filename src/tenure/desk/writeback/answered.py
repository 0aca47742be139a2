"""What customers answered to surveys. Answers a survey system of the bank's own collects come by its files under other
numbers; the desk's begin with ``desk-``, so that neither replaces the other and nothing counts twice."""

from __future__ import annotations

from django.db.models import Q

from tenure.desk.voice.surveys.models import Response
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


TABLES = (
    Table(
        "survey_response",
        Response,
        "counted_at",
        NEW & Q(state="complete"),
        _response,
        with_=("invitation", "invitation__occasion"),
    ),
)
