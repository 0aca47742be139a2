"""API: changes under four eyes."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.changes import selectors, services
from tenure.desk.control.changes.kinds import kind_of
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS

router = Router(tags=["changes"])


class LineDocument(Schema):
    """One line of what a change would do, masked as the caller must see it."""

    label: str
    before: str = ""
    after: str = ""


class ChangeDocument(Schema):
    """A change that one person made and another checks."""

    id: UUID
    kind: str
    title: str = Field(description="in the language asked for")
    about: str
    subject_kind: str
    subject_id: str
    reason: str
    state: str = Field(description="waiting, approved, rejected or withdrawn")
    made_by: str
    made_at: dt.datetime
    checked_by: str | None = None
    checked_at: dt.datetime | None = None
    words: str = Field("", description="what the checker said")
    lines: list[LineDocument]


class Words(Schema):
    """What the checker says; needed for a rejection."""

    words: str = ""


def _document(change: Any, reader: Any) -> ChangeDocument:
    kind = kind_of(change)
    return ChangeDocument(
        id=change.pk,
        kind=change.kind,
        title=kind.name(),
        about=kind.about(change, reader)[0],
        subject_kind=change.subject_kind,
        subject_id=change.subject_id,
        reason=change.reason,
        state=change.state,
        made_by=change.made_by.username,
        made_at=change.made_at,
        checked_by=change.checked_by.username if change.checked_by else None,
        checked_at=change.checked_at,
        words=change.words,
        lines=[LineDocument(label=x.label, before=x.before, after=x.after) for x in kind.lines(change, reader)],
    )


@router.get("/changes", auth=allow("changes:read"), response={200: list[ChangeDocument], **REFUSALS})
def list_changes(request: HttpRequest, which: Literal["waiting", "made", "checked"] = "waiting") -> Any:
    """Changes that wait for the caller's check, that they made, or that they decided; at most 100."""
    lists = {"waiting": selectors.to_check, "made": selectors.made_by, "checked": selectors.checked_by}
    return [_document(change, request.auth) for change in lists[which](request.auth)]


@router.get("/changes/{uuid:change_id}", auth=allow("changes:read"), response={200: ChangeDocument, **REFUSALS})
def get_change(request: HttpRequest, change_id: UUID) -> Any:
    """One change."""
    return _document(selectors.change(request.auth, change_id), request.auth)


@router.post(
    "/changes/{uuid:change_id}/approve", auth=allow("changes:write"), response={200: ChangeDocument, **WRITE_REFUSALS}
)
def approve_change(request: HttpRequest, change_id: UUID, said: Words) -> Any:
    """Approve a change another person made; it takes effect at once."""
    return _document(services.approve(request.auth, change_id, said.words, now=timezone.now()), request.auth)


@router.post(
    "/changes/{uuid:change_id}/reject", auth=allow("changes:write"), response={200: ChangeDocument, **WRITE_REFUSALS}
)
def reject_change(request: HttpRequest, change_id: UUID, said: Words) -> Any:
    """Reject a change, saying why."""
    return _document(services.reject(request.auth, change_id, said.words, now=timezone.now()), request.auth)


@router.post(
    "/changes/{uuid:change_id}/withdraw", auth=allow("changes:write"), response={200: ChangeDocument, **WRITE_REFUSALS}
)
def withdraw_change(request: HttpRequest, change_id: UUID) -> Any:
    """Withdraw a change of one's own that waits."""
    return _document(services.withdraw(request.auth, change_id, now=timezone.now()), request.auth)
