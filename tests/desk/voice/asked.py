"""A survey that asks now, and customers who were drawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from desk.small_bank import SmallBank
from tenure.desk.voice.surveys.models import CounterCode, Invitation, Occasion, Survey, SurveyVersion
from tenure.desk.voice.surveys.ready_made import content_for


def survey_of(bank: SmallBank, now: datetime, *, kind: str = "nps", anonymous: bool = False) -> SurveyVersion:
    """A live survey of ``kind`` and its version."""
    maker, checker = bank.user("marketer"), bank.user("executive")
    content = content_for(kind)
    survey = Survey.objects.create(
        code=f"{kind}-{uuid4().hex[:6]}", kind=kind, moment="counter_service", state="live", anonymous=anonymous,
        draft=content, owner=maker, made_at=now, changed_by=maker, changed_at=now,
    )  # fmt: skip
    return SurveyVersion.objects.create(
        survey=survey, number=1, content=content, share=1, valid_days=7, channels=["sms"], made_by=maker,
        approved_by=checker, reason="begin", since=now,
    )  # fmt: skip


def drawn(
    bank: SmallBank, version: SurveyVersion, now: datetime, party_id: str = "", channel: str = "sms"
) -> Invitation:
    """A customer who was drawn and not yet written to."""
    party = party_id or bank.party_id
    occasion = Occasion.objects.create(
        event_id=uuid4().hex, moment="counter_service", party_id=party, org_path="/HQ/S1/", at=now, received_at=now,
        delivery=uuid4(),
    )  # fmt: skip
    return Invitation.objects.create(
        survey=version.survey, version=version, occasion=occasion, party_id=party, org_path="/HQ/S1/", drawn_at=now,
        outcome="drawn", channel=channel, expires_at=now + timedelta(days=7), state="waiting",
    )  # fmt: skip


def counter_of(bank: SmallBank, version: SurveyVersion, now: datetime) -> str:
    """A code to scan at a branch."""
    return CounterCode.objects.create(
        code=uuid4().hex[:12], survey=version.survey, org_path="/HQ/S1/", made_by=bank.user("marketer"), made_at=now
    ).code
