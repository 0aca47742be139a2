"""API: moments of truth the bank's systems tell of, and surveys. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.voice.surveys import making_services, moment_services, selectors

router = Router(tags=["surveys"])


class Moments(Schema):
    """Moments of truth, in any order. Each row: ``event_id``, ``moment``, ``at`` (with time zone), ``party_id``, and
    where they are known ``org_id`` (where it happened), ``staff_id`` (who served), ``reference`` (a ticket …)."""

    moments: list[Any] = Field(description="1 to 1,000 rows; a bad one is refused and the others are taken")


class RefusedMoment(Schema):
    """A row that was not taken."""

    index: int = Field(description="its place in the request, from 0")
    event_id: str
    field: str
    expected: str


class TakenMomentsDocument(Schema):
    """What became of the moments. Who was drawn is not said: the server draws, and nobody of staff chooses."""

    taken: int = Field(description="new, stored and decided for every live survey of their moment")
    known: int = Field(description="sent before with the same content; nothing was done")
    asked: int = Field(description="customers who will be asked")
    refused: list[RefusedMoment]


class FrameDocument(Schema):
    """Whom a survey could ask, whom it asked, who answered."""

    occasions: int
    could: int = Field(description="could have been asked: agreed, rested, reachable")
    drawn: int
    sent: int
    answered: int
    rate: float | None = Field(None, description="answered of those reached")
    interval: tuple[float, float] | None = Field(None, description="Wilson's 95 % interval of the rate")
    outcomes: dict[str, int] = Field(
        description="occasions by drawn, not_drawn, quota, fatigue, no_consent, no_channel"
    )


class SurveyListed(Schema):
    """A survey with its frame since the first of the month, at the branches the caller looks at."""

    code: str
    kind: str
    moment: str
    state: str = Field(description="draft, live, paused or closed")
    anonymous: bool
    version: int = Field(description="the version in force; 0: none yet")
    name: str
    frame: FrameDocument


class SurveyBranch(Schema):
    """A branch's frame."""

    branch: str
    frame: FrameDocument


class AnswerShare(Schema):
    """How often an answer was given to a question."""

    value: str = Field(description="an option's id, or a number of the scale")
    count: int
    share: float = Field(description="of those who answered the question")
    interval: tuple[float, float] = Field(description="Wilson's, 95 %")


class QuestionAnswers(Schema):
    """What was answered to one question of the version in force, unweighted; of fewer than ten answers no shares."""

    question: str
    asked: int = Field(description="who came to the question")
    answered: int
    shares: list[AnswerShare] = Field(description="in the question's order; of words none")


class SurveyDocument(Schema):
    """A survey: what it asks, and its frame over the months asked for."""

    code: str
    kind: str
    moment: str
    state: str
    anonymous: bool
    revision: int = Field(description="send it back with a change; grows with every one")
    next_wave_on: dt.date | None = Field(None, description="of a periodic survey: the day the next wave is drawn")
    wave_months: int | None = Field(None, description="months from wave to wave")
    content: dict[str, Any] | None = Field(None, description="of the version in force; null: none yet")
    asking: dict[str, Any] = Field(description="of the draft: share, quota, valid_days, wait_days, channels")
    draft: dict[str, Any] = Field(description="content of the next version, maybe unfinished")
    whole: FrameDocument
    branches: list[SurveyBranch]
    counted: int = Field(description="finished answers the next field counts: the newest, at most 5,000")
    answers: list[QuestionAnswers]


class NewSurvey(Schema):
    """A survey to begin, from the ready-made one of its kind."""

    code: str
    kind: Literal["nps", "csat", "effort", "questionnaire"]
    moment: str
    anonymous: bool = False


class SurveyDraft(Schema):
    """The draft of a survey's next version."""

    content: dict[str, Any]
    asking: dict[str, Any] = {}
    revision: int


class SurveyProposal(Schema):
    """The draft put before a second person."""

    reason: str
    revision: int


class SurveyMove(Schema):
    """What is done to a survey."""

    act: Literal["pause", "resume", "close"]
    revision: int


class SurveyWaves(Schema):
    """When a periodic survey draws by itself; both null: never."""

    next_wave_on: dt.date | None = None
    wave_months: Literal[1, 3, 6, 12] | None = None
    revision: int


class SurveyWave(Schema):
    """A wave that was drawn, or is being drawn."""

    on: dt.date
    began_at: dt.datetime
    ended_at: dt.datetime | None = None
    customers: int = Field(description="who agreed to be asked, then")
    asked: int = Field(description="of them drawn")


class ProposedSurvey(Schema):
    """The change that waits for a second person."""

    change_id: str


@router.post("/moments", auth=allow("moments:write"), response={200: TakenMomentsDocument, **WRITE_REFUSALS})
def take_moments(request: HttpRequest, sent: Moments) -> Any:
    """Take moments and draw at once whom to ask. Send again after a failure: an id counts once."""
    return moment_services.take_moments(request.auth, sent.moments, now=timezone.now())


@router.get("/surveys", auth=allow("surveys:read"), response={200: list[SurveyListed], **REFUSALS})
def list_surveys(request: HttpRequest) -> Any:
    """Every survey, live ones first."""
    return [
        SurveyListed(
            code=one.row.code,
            kind=one.row.kind,
            moment=one.row.moment,
            state=one.row.state,
            anonymous=one.row.anonymous,
            version=one.version,
            name=one.name,
            frame=_frame(one.frame),
        )
        for one in selectors.surveys(request.auth, timezone.localdate())
    ]


@router.get("/surveys/{code}", auth=allow("surveys:read"), response={200: SurveyDocument, **REFUSALS})
def get_survey(request: HttpRequest, code: str, months: Literal[1, 3, 12] = 1) -> Any:
    """One survey with its frame in all and by branch."""
    return _document(request, code, months)


@router.post("/surveys", auth=allow("surveys:write"), response={201: SurveyDocument, **WRITE_REFUSALS})
def make_survey(request: HttpRequest, new: NewSurvey) -> Any:
    """Begin a survey; the same again is the same survey."""
    making_services.make_survey(request.auth, **new.dict(), now=timezone.now())
    return Status(201, _document(request, new.code, 1))


@router.put("/surveys/{code}/draft", auth=allow("surveys:write"), response={200: SurveyDocument, **WRITE_REFUSALS})
def edit_survey(request: HttpRequest, code: str, draft: SurveyDraft) -> Any:
    """Keep the draft of the next version; it may be unfinished."""
    making_services.edit_draft(
        request.auth, code, draft.content, draft.asking, version=draft.revision, now=timezone.now()
    )
    return _document(request, code, 1)


@router.post("/surveys/{code}/propose", auth=allow("surveys:write"), response={202: ProposedSurvey, **WRITE_REFUSALS})
def propose_survey(request: HttpRequest, code: str, asked: SurveyProposal) -> Any:
    """Put the draft before a second person."""
    made = making_services.propose_version(request.auth, code, asked.reason, version=asked.revision, now=timezone.now())
    return Status(202, ProposedSurvey(change_id=str(made.pk)))


@router.post("/surveys/{code}/move", auth=allow("surveys:write"), response={200: SurveyDocument, **WRITE_REFUSALS})
def move_survey(request: HttpRequest, code: str, wanted: SurveyMove) -> Any:
    """Pause, resume or close a survey."""
    making_services.move_survey(request.auth, code, wanted.act, version=wanted.revision, now=timezone.now())
    return _document(request, code, 1)


@router.put("/surveys/{code}/waves", auth=allow("surveys:write"), response={200: SurveyDocument, **WRITE_REFUSALS})
def plan_survey_waves(request: HttpRequest, code: str, wanted: SurveyWaves) -> Any:
    """Set the day of the next wave of a periodic survey and the months between, or that it has none."""
    making_services.plan_waves(
        request.auth, code, wanted.next_wave_on, wanted.wave_months, version=wanted.revision, now=timezone.now()
    )
    return _document(request, code, 1)


@router.get("/surveys/{code}/waves", auth=allow("surveys:read"), response={200: list[SurveyWave], **REFUSALS})
def list_survey_waves(request: HttpRequest, code: str) -> Any:
    """The waves of a survey, the newest first; 24 at most."""
    return selectors.survey(request.auth, code, 1, timezone.localdate()).waves


def _document(request: HttpRequest, code: str, months: int) -> SurveyDocument:
    found = selectors.survey(request.auth, code, months, timezone.localdate())
    return SurveyDocument(
        code=found.row.code,
        kind=found.row.kind,
        moment=found.row.moment,
        state=found.row.state,
        anonymous=found.row.anonymous,
        revision=found.row.version,
        next_wave_on=found.row.next_wave_on,
        wave_months=found.row.wave_months,
        content=found.in_force.content if found.in_force is not None else None,
        asking=found.row.draft["asking"],
        draft=found.row.draft["content"],
        whole=_frame(found.whole),
        branches=[SurveyBranch(branch=name, frame=_frame(frame)) for _row, name, frame in found.branches],
        counted=found.counted,
        answers=[
            QuestionAnswers(
                question=one.question["id"],
                asked=one.asked,
                answered=one.answered,
                shares=[
                    AnswerShare(value=each.value, count=each.count, share=each.share, interval=each.interval)
                    for each in one.shares
                ],
            )
            for one in found.tallies
        ],
    )


def _frame(frame: Any) -> FrameDocument:
    names = ("occasions", "could", "drawn", "sent", "answered", "rate", "interval", "outcomes")
    return FrameDocument(**{name: getattr(frame, name) for name in names})
