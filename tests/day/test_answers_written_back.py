"""Completed answers reach the lake once, under numbers of their own; an anonymous one tells nobody and no hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from day.test_writeback_of_work import rows
from tenure.desk.org.models import User
from tenure.desk.voice.surveys.models import Invitation, Occasion, Response, Survey, SurveyVersion
from tenure.desk.voice.surveys.ready_made import NPS
from tenure.lake import Lake
from tenure.nightly.writeback import write_back

pytestmark = pytest.mark.django_db(transaction=True)


def answered(author: User, *, anonymous: bool = False, state: str = "complete", ago: int = 0) -> Response:
    now = timezone.now() - timedelta(days=ago)
    other, _made = User.objects.get_or_create(username="checker", defaults={"name": "复核", "language": ""})
    survey = Survey.objects.create(
        code=f"nps-{Survey.objects.count()}", kind="nps", moment="counter_service", state="live", anonymous=anonymous,
        draft={}, owner=author, made_at=now, changed_by=author, changed_at=now,
    )  # fmt: skip
    version = SurveyVersion.objects.create(
        survey=survey, number=1, content=NPS, share="1", valid_days=14, channels=["sms"], made_by=author,
        approved_by=other, reason="asked for", since=now,
    )  # fmt: skip
    occasion = Occasion.objects.create(
        event_id=survey.code, moment="counter_service", party_id="C1", org_path="/HQ/", staff_id="S1", at=now,
        received_at=now, delivery="00000000-0000-4000-8000-000000000000",
    )  # fmt: skip
    asked = Invitation.objects.create(
        survey=survey, version=version, occasion=occasion, party_id="C1", org_path="/HQ/", drawn_at=now,
        outcome="drawn", channel="sms", expires_at=now + timedelta(days=14), state="answered", sent_at=now,
    )  # fmt: skip
    done = state == "complete"
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    whose: dict[str, Any] = {} if anonymous else {"invitation": asked, "party_id": "C1"}
    return Response.objects.create(
        version=version, anonymous=anonymous, org_path="/HQ/", moment="counter_service", channel="sms", state=state,
        answers={"recommend": 3}, score=3, words="排队", started_on=day.date(),
        answered_on=day.date() if done else None,
        answered_at=now if done and not anonymous else None,
        counted_at=(day if anonymous else now) if done else None, **whose,
    )  # fmt: skip


def test_completed_answers_reach_the_lake_once(lake: Lake, author: User) -> None:
    known, hidden, begun = answered(author), answered(author, anonymous=True), answered(author, state="partial")
    assert write_back(lake) == 2 + 3, "two answers, and everybody who was asked"
    found = {row["response_id"]: row for row in rows(lake, "survey_response")}
    mine, nobody = found[f"desk-{known.pk}"], found[f"desk-{hidden.pk}"]
    assert f"desk-{begun.pk}" not in found
    told = (mine["party_id"], mine["recommend"], mine["channel"], mine["org_id"], mine["staff_id"], mine["words"])
    assert told == ("C1", 3, "mobile", "HQ", "S1", "排队")
    assert (nobody["party_id"], nobody["asked_at"], nobody["staff_id"]) == (None, None, None)
    assert (nobody["answered_at"].hour, nobody["answered_at"].minute) == (0, 0)
    assert write_back(lake) == 0


def test_the_frame_reaches_the_lake_and_once_more_when_its_links_have_ended(lake: Lake, author: User) -> None:
    shown = answered(author)
    asked = shown.invitation
    assert asked is not None
    other = Invitation.objects.create(
        survey=Survey.objects.create(
            code="second", kind="csat", moment="counter_service", state="live", draft={}, owner=author,
            made_at=asked.drawn_at, changed_by=author, changed_at=asked.drawn_at,
        ),
        version=asked.version, occasion=asked.occasion, party_id="C1", org_path="/HQ/", drawn_at=asked.drawn_at,
        outcome="not_drawn",
    )  # fmt: skip
    write_back(lake)
    found = {row["invitation_id"]: row for row in rows(lake, "survey_invitation")}
    drawn, left_out = found[f"desk-{asked.pk}"], found[f"desk-{other.pk}"]
    assert (drawn["party_id"], drawn["outcome"], drawn["state"], drawn["channel"]) == ("C1", "drawn", "answered", "sms")
    assert (drawn["org_id"], drawn["staff_id"], drawn["survey"]) == ("HQ", "S1", "nps-0")
    assert (left_out["outcome"], left_out["state"], left_out["sent_at"]) == ("not_drawn", None, None)
    assert write_back(lake) == 0, "a link that is still open is not told of every night"
    early = answered(author, ago=3).invitation
    assert early is not None
    write_back(lake)
    Invitation.objects.filter(pk=early.pk).update(
        expires_at=timezone.now() - timedelta(minutes=1), state="expired", written_back_at=early.drawn_at
    )
    assert write_back(lake) > 0 and write_back(lake) == 0
    ended = {row["invitation_id"]: row["state"] for row in rows(lake, "survey_invitation")}
    assert ended[f"desk-{early.pk}"] == "expired"


def test_an_anonymous_frame_names_nobody_and_leads_to_nobody(lake: Lake, author: User) -> None:
    answered(author, anonymous=True)
    write_back(lake)
    (row,) = rows(lake, "survey_invitation")
    assert [row[name] for name in ("party_id", "occasion", "staff_id", "sent_at")] == [None] * 4
    assert (row["asked_at"].hour, row["asked_at"].minute, row["org_id"]) == (0, 0, "HQ")
