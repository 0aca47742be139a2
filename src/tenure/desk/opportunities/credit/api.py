"""API: shares of credit and what they come to in a month."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.opportunities.credit import rules, selectors, services
from tenure.desk.opportunities.selectors import opportunity

router = Router(tags=["credit"])
_READ, _WRITE = "opportunities:read", "opportunities:write"


class ShareDocument(Schema):
    """One person's percentage of one part of the credit."""

    part: str = Field(description="found, won or serves")
    staff_id: str
    percent: int


class AnswerDocument(Schema):
    """What one of those named said."""

    staff_id: str
    agrees: bool
    words: str
    at: dt.datetime


class RulingDocument(Schema):
    """How a dispute about shares was ruled, and by whom."""

    holds: bool = Field(description="whether the shares hold")
    reason: str = Field(description="what the dispute was about")
    by: str = Field(description="user name")
    at: dt.datetime
    words: str


class AgreementDocument(Schema):
    """Shares proposed as one; in force when everybody named has agreed."""

    id: UUID
    opportunity_id: UUID
    number: int
    state: str = Field(description="proposed, objected, disputed, in_force, replaced or refused")
    weights: dict[str, int] = Field(description="of found, won and serves, of a hundred")
    shares: list[ShareDocument]
    answers: list[AnswerDocument]
    proposed_by: str = Field(description="user name")
    proposed_at: dt.datetime
    words: str
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None
    ruling: RulingDocument | None = Field(None, description="null: nobody disputed them, or it still waits")


class SharesProposed(Schema):
    """Who found, won and serves; each part's percentages sum to 100."""

    shares: list[ShareDocument]
    words: str = ""


class AnswerGiven(Schema):
    """Yes, or no and why."""

    agrees: bool
    words: str = ""


class DisputeRaised(Schema):
    """What the dispute is about."""

    words: str


class End(Schema):
    """From which day it gives no credit, and why."""

    version: int
    on: dt.date
    reason: str


class Ended(Schema):
    """Until when an opportunity gives credit."""

    id: UUID
    credit_until: dt.date
    version: int


class CreditLine(Schema):
    """What one opportunity gave one person in a month. Amounts are whole minor units of currency."""

    opportunity_id: UUID
    title: str
    kind: str
    name: str = Field(description="the customer's; empty where they are not among the caller's")
    staff_id: str
    won_amount: int
    days: int = Field(description="days of the month that count")
    margin: int = Field(description="won_amount × spread × days ÷ 365")
    parts: dict[str, int] = Field(description="the person's percentages of found, won and serves")
    credit: int
    currency: str


class CreditStatementDocument(Schema):
    """A month's credit."""

    month: str
    totals: dict[str, int] = Field(description="by currency")
    lines: list[CreditLine]


def _document(deal: Any) -> AgreementDocument:
    made, ruling = deal.row, deal.ruling
    return AgreementDocument(
        id=made.pk,
        opportunity_id=made.opportunity_id,
        number=made.number,
        state=made.state,
        weights=made.weights,
        shares=[
            ShareDocument(part=s.part, staff_id=s.staff_id, percent=s.percent)
            for _part, _weight, shares in deal.parts
            for s in shares
        ],
        answers=[
            AnswerDocument(staff_id=a.staff_id, agrees=a.agrees, words=a.words, at=a.at) for a in deal.answers.values()
        ],
        proposed_by=made.proposed_by.username,
        proposed_at=made.proposed_at,
        words=made.words,
        in_force_from=made.in_force_from,
        in_force_until=made.in_force_until,
        ruling=RulingDocument(
            holds=ruling.state == "approved",
            reason=ruling.reason,
            by=ruling.checked_by.username,
            at=ruling.checked_at,
            words=ruling.words,
        )
        if ruling is not None
        else None,
    )


def _shown(user: Any, agreement_id: UUID) -> AgreementDocument:
    return _document(selectors.deal(user, agreement_id, timezone.localdate())[0])


@router.get(
    "/opportunities/{uuid:opportunity_id}/agreements",
    auth=allow(_READ),
    response={200: list[AgreementDocument], **REFUSALS},
)
def list_agreements(request: HttpRequest, opportunity_id: UUID) -> Any:
    """Every agreement on shares ever proposed, the last first, at most 30."""
    found = selectors.deals_of(request.auth, opportunity_id)
    if not found:
        opportunity(request.auth, opportunity_id, timezone.localdate())  # 404 where it is not theirs
    return [_document(deal) for deal in found]


@router.post(
    "/opportunities/{uuid:opportunity_id}/agreements",
    auth=allow(_WRITE),
    response={200: AgreementDocument, **WRITE_REFUSALS},
)
def propose_shares(request: HttpRequest, opportunity_id: UUID, proposal: SharesProposed) -> Any:
    """Propose shares; whoever proposes and is named has agreed by it."""
    shares = [(share.part, share.staff_id, share.percent) for share in proposal.shares]
    made = services.propose(request.auth, opportunity_id, shares, proposal.words, now=timezone.now())
    return _shown(request.auth, made.pk)


@router.post(
    "/opportunities/{uuid:opportunity_id}/end-credit",
    auth=allow(_WRITE),
    response={200: Ended, **WRITE_REFUSALS},
)
def end_credit(request: HttpRequest, opportunity_id: UUID, how: End) -> Any:
    """Let what was won give no credit from a day on; by a branch head who has no share in it."""
    return services.end_credit(
        request.auth, opportunity_id, how.on, how.reason, version=how.version, now=timezone.now()
    )


@router.get("/agreements", auth=allow(_READ), response={200: list[AgreementDocument], **REFUSALS})
def list_waiting_agreements(request: HttpRequest) -> Any:
    """Agreements that wait for the caller's answer, the oldest first, at most 20."""
    return [_shown(request.auth, made.pk) for made, _one in selectors.waiting_for(request.auth, timezone.localdate())]


@router.get("/agreements/{uuid:agreement_id}", auth=allow(_READ), response={200: AgreementDocument, **REFUSALS})
def get_agreement(request: HttpRequest, agreement_id: UUID) -> Any:
    """One agreement."""
    return _shown(request.auth, agreement_id)


@router.post(
    "/agreements/{uuid:agreement_id}/answer", auth=allow(_WRITE), response={200: AgreementDocument, **WRITE_REFUSALS}
)
def answer_agreement(request: HttpRequest, agreement_id: UUID, given: AnswerGiven) -> Any:
    """Agree to shares one is named in, or object and say why."""
    services.answer(request.auth, agreement_id, given.agrees, given.words, now=timezone.now())
    return _shown(request.auth, agreement_id)


@router.post(
    "/agreements/{uuid:agreement_id}/dispute", auth=allow(_WRITE), response={200: AgreementDocument, **WRITE_REFUSALS}
)
def dispute_agreement(request: HttpRequest, agreement_id: UUID, raised: DisputeRaised) -> Any:
    """Bring shares that are not agreed before the branch head above all who are named; see ``/changes``."""
    services.dispute(request.auth, agreement_id, raised.words, now=timezone.now())
    return _shown(request.auth, agreement_id)


@router.post(
    "/agreements/{uuid:agreement_id}/take-back",
    auth=allow(_WRITE),
    response={200: AgreementDocument, **WRITE_REFUSALS},
)
def take_back_agreement(request: HttpRequest, agreement_id: UUID) -> Any:
    """Take back shares one proposed, while they are not in force."""
    services.take_back(request.auth, agreement_id, now=timezone.now())
    return _shown(request.auth, agreement_id)


@router.get("/credit", auth=allow(_READ), response={200: CreditStatementDocument, **REFUSALS})
def get_credit(request: HttpRequest, month: str = "", branch: str = "") -> Any:
    """A month's credit: the caller's own, or with ``branch`` that of everybody there and below."""
    today = timezone.localdate()
    first = rules.month_of(month or f"{today:%Y-%m}", today)
    if month and f"{first:%Y-%m}" != month:
        raise NotFound(_("“%(value)s” is no month that has begun.") % {"value": month[:20]})
    if branch:
        found = selectors.branch_statement(request.auth, first, branch, today)
        if found.too_many:
            raise Unacceptable(_("Too much for one statement"), _("Choose a branch below this one."), field="branch")
    else:
        found = selectors.statement(request.auth, first, today)
    lines = [
        CreditLine(
            opportunity_id=line.opportunity.id,
            title=line.opportunity.title,
            kind=line.opportunity.kind,
            name=line.opportunity.name,
            staff_id=line.staff_id,
            won_amount=line.opportunity.won_amount,
            days=line.days,
            margin=line.margin,
            parts=line.parts,
            credit=line.credit,
            currency=line.currency,
        )
        for line in found.lines
    ]
    return CreditStatementDocument(month=f"{first:%Y-%m}", totals=found.totals, lines=lines)
