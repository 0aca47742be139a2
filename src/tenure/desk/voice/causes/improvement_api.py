"""API: improvements and innovations, what is done for them and what they changed. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.voice.causes import improving, services
from tenure.desk.voice.causes.filters import improvements_from

router = Router(tags=["causes"])
_READ, _WRITE = "causes:read", "causes:write"


class ImprovementActionDocument(Schema):
    """Something somebody does for an improvement."""

    id: int
    words: str
    owner: str
    due_on: dt.date
    done_at: dt.datetime | None = None


class MeasureDocument(Schema):
    """What the night measured: the change of the treated less that of the control, with its 95 % interval."""

    measure: str = Field(description=f"one of {', '.join(codes.IMPROVEMENT_MEASURES)}")
    verdict: str = Field(description=f"one of {', '.join(codes.MEASURED_VERDICTS)}")
    value: float | None = None
    low: float | None = None
    high: float | None = None
    detectable: float | None = None
    trend: float | None = None
    trend_low: float | None = None
    trend_high: float | None = None
    treated_before: float | None = None
    treated_after: float | None = None
    control_before: float | None = None
    control_after: float | None = None
    treated_n: int
    control_n: int
    treated_branches: int
    control_branches: int
    matched: bool = Field(description="whether the night chose the control")
    numbers: dict[str, Any]


class ImprovementDocument(Schema):
    """An improvement or an innovation."""

    id: UUID
    number: str
    kind: str = Field(description=f"one of {', '.join(codes.IMPROVEMENT_KINDS)}")
    title: str
    aim: str
    state: str = Field(description=f"one of {', '.join(codes.IMPROVEMENT_STATES)}")
    owner: str
    functions: list[str]
    themes: list[str]
    treated: list[str]
    control: list[str]
    starts_on: dt.date
    channel: str
    category: str
    cost: int | None = None
    contact_cost: int | None = None
    replaced_cost: int | None = None
    currency: str
    value_at_stake: int = Field(description="of its themes, minor units; who spoke of two of them counts in both")
    actions: list[ImprovementActionDocument]
    measures: list[MeasureDocument]
    ended_words: str
    version: int


class ImprovementLine(Schema):
    """An improvement in a list."""

    id: UUID
    number: str
    kind: str
    title: str
    state: str
    owner: str
    value_at_stake: int
    late: int = Field(description="actions overdue")
    version: int


class ImprovementsWanted(Schema):
    """Which improvements."""

    list: Literal["open", "mine", "ended"] = "open"
    kind: str = ""
    state: str = ""
    function: str = ""
    late: bool = False


class PlanBody(Schema):
    """What it is to be."""

    title: str
    aim: str
    owner: str
    starts_on: dt.date
    kind: str = "improvement"
    functions: list[str] = []
    themes: list[str] = []
    treated: list[str] = []
    control: list[str] = Field([], description="empty: the night chooses branches alike")
    channel: str = ""
    category: str = ""
    cost: int | None = None
    contact_cost: int | None = None
    replaced_cost: int | None = None


class NewPlan(PlanBody):
    """A proposal."""

    key: str = Field(description="the caller's own: sent again it gives the same improvement")


class ChangedPlan(PlanBody):
    """A proposal as it is to be instead."""

    version: int


class ImprovementVersion(Schema):
    """From which version."""

    version: int


class ImprovementReason(ImprovementVersion):
    """Why, for who approves it."""

    reason: str


class ImprovementBeginning(ImprovementVersion):
    """Since when."""

    on: dt.date | None = None


class ImprovementActionBody(ImprovementVersion):
    """Who does what by when."""

    words: str
    owner: str
    due_on: dt.date


class ImprovementOwner(ImprovementVersion):
    """To whom."""

    to_staff: str


class ImprovementEnd(ImprovementVersion):
    """Kept or dropped, and why."""

    act: Literal["keep", "drop"]
    words: str


class ImprovementAsked(Schema):
    """The change that waits for a second person."""

    change_id: UUID


def _improvement(user: Any, improvement_id: UUID) -> dict[str, Any]:
    one = improving.improvement(user, improvement_id, timezone.now())
    row = one.row
    names = (
        "id", "number", "kind", "title", "aim", "state", "owner", "functions", "starts_on", "channel", "category",
        "cost", "contact_cost", "replaced_cost", "currency", "ended_words", "version",
    )  # fmt: skip
    arms = {arm: [each.org_id for each in row.branches.all() if each.arm == arm] for arm in codes.IMPROVEMENT_ARMS}
    return {
        **{name: getattr(row, name) for name in names}, **arms, "themes": [each.theme for each in row.themes.all()],
        "value_at_stake": one.value_at_stake, "actions": list(row.actions.all()), "measures": improving.measures(one),
    }  # fmt: skip


@router.get("/improvements", auth=allow(_READ), response={200: list[ImprovementLine], **REFUSALS})
def list_improvements(request: HttpRequest, asked: Query[ImprovementsWanted]) -> Any:
    """Improvements and innovations the caller sees, the most at stake first; at most 50."""
    return improving.improvements(request.auth, improvements_from(asked.dict()), timezone.now()).rows


@router.post("/improvements", auth=allow(_WRITE), response={201: ImprovementDocument, **WRITE_REFUSALS})
def propose_improvement(request: HttpRequest, body: NewPlan) -> Any:
    """Propose an improvement or an innovation."""
    told = body.dict()
    made = services.propose(
        request.auth, services.Plan(**{k: v for k, v in told.items() if k != "key"}), body.key, now=timezone.now()
    )
    return Status(201, _improvement(request.auth, made.pk))


@router.get("/improvements/{improvement_id}", auth=allow(_READ), response={200: ImprovementDocument, **REFUSALS})
def get_improvement(request: HttpRequest, improvement_id: UUID) -> Any:
    """One improvement with its actions and measures."""
    return _improvement(request.auth, improvement_id)


@router.put("/improvements/{improvement_id}", auth=allow(_WRITE), response={200: ImprovementDocument, **WRITE_REFUSALS})
def edit_improvement(request: HttpRequest, improvement_id: UUID, body: ChangedPlan) -> Any:
    """Change a proposal."""
    told = body.dict()
    plan = services.Plan(**{k: v for k, v in told.items() if k != "version"})
    services.edit(request.auth, improvement_id, plan, version=body.version, now=timezone.now())
    return _improvement(request.auth, improvement_id)


@router.post(
    "/improvements/{improvement_id}/ask", auth=allow(_WRITE), response={201: ImprovementAsked, **WRITE_REFUSALS}
)
def ask_improvement(request: HttpRequest, improvement_id: UUID, body: ImprovementReason) -> Any:
    """Put a proposal before a second person."""
    change = services.ask(request.auth, improvement_id, body.reason, version=body.version, now=timezone.now())
    return Status(201, {"change_id": change.pk})


@router.post(
    "/improvements/{improvement_id}/begin", auth=allow(_WRITE), response={200: ImprovementDocument, **WRITE_REFUSALS}
)
def begin_improvement(request: HttpRequest, improvement_id: UUID, body: ImprovementBeginning) -> Any:
    """Begin what was approved."""
    services.begin(request.auth, improvement_id, body.on, version=body.version, now=timezone.now())
    return _improvement(request.auth, improvement_id)


@router.post(
    "/improvements/{improvement_id}/actions",
    auth=allow(_WRITE),
    response={201: ImprovementActionDocument, **WRITE_REFUSALS},
)
def add_improvement_action(request: HttpRequest, improvement_id: UUID, body: ImprovementActionBody) -> Any:
    """Agree on who does what by when."""
    return Status(
        201,
        services.add_action(
            request.auth, improvement_id, body.words, body.owner, body.due_on, version=body.version, now=timezone.now()
        ),
    )


@router.post(
    "/improvements/actions/{action_id}/done",
    auth=allow(_WRITE),
    response={200: ImprovementActionDocument, **WRITE_REFUSALS},
)
def finish_improvement_action(request: HttpRequest, action_id: int) -> Any:
    """An action is done."""
    return services.finish_action(request.auth, action_id, now=timezone.now())


@router.post(
    "/improvements/{improvement_id}/hand-over",
    auth=allow(_WRITE),
    response={200: ImprovementDocument, **WRITE_REFUSALS},
)
def hand_over_improvement(request: HttpRequest, improvement_id: UUID, body: ImprovementOwner) -> Any:
    """Give it to another owner."""
    services.hand_over(request.auth, improvement_id, body.to_staff, version=body.version, now=timezone.now())
    return _improvement(request.auth, improvement_id)


@router.post(
    "/improvements/{improvement_id}/measure", auth=allow(_WRITE), response={200: ImprovementDocument, **WRITE_REFUSALS}
)
def take_improvement_measures(request: HttpRequest, improvement_id: UUID, body: ImprovementVersion) -> Any:
    """Take the night's measures as those on which it is decided."""
    services.take_measures(request.auth, improvement_id, version=body.version, now=timezone.now())
    return _improvement(request.auth, improvement_id)


@router.post(
    "/improvements/{improvement_id}/end", auth=allow(_WRITE), response={200: ImprovementDocument, **WRITE_REFUSALS}
)
def end_improvement(request: HttpRequest, improvement_id: UUID, body: ImprovementEnd) -> Any:
    """Keep what was measured, or drop it."""
    services.end(request.auth, improvement_id, body.act, body.words, version=body.version, now=timezone.now())
    return _improvement(request.auth, improvement_id)
