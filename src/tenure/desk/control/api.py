"""API: one's tokens, exports, and the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control import rules, selectors, services
from tenure.desk.control.access import allow, session_only
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS, Problem

router = Router(tags=["control"])

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TokenDocument(Schema):
    """A token, without its key."""

    id: int
    name: str
    prefix: str = Field(description="the key's first characters")
    scopes: list[str]
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None = None


class NewToken(Schema):
    """A token to make."""

    name: str = Field(description="what it is for")
    scopes: list[str] = Field(description=f"some of {', '.join(rules.SCOPES)}")
    days: int = Field(rules.TOKEN_LASTS_DAYS, description="how many days it lasts, 1 to 366")


class MadeToken(TokenDocument):
    """A token just made, with its key; the key is shown this once."""

    key: str


@router.get("/tokens", auth=session_only(), response={200: list[TokenDocument], **REFUSALS})
def list_tokens(request: HttpRequest) -> Any:
    """One's tokens that were not revoked. Asked for at the desk only, not with a token."""
    return selectors.tokens_of(request.auth)


@router.post("/tokens", auth=session_only(), response={201: MadeToken, **WRITE_REFUSALS})
def create_token(request: HttpRequest, wanted: NewToken) -> Any:
    """Make a token; its key is in the answer and nowhere else."""
    token, key = services.create_token(request.auth, wanted.name, wanted.scopes, now=timezone.now(), days=wanted.days)
    made = TokenDocument.from_orm(token).dict()
    return Status(201, {**made, "key": key})


@router.delete("/tokens/{int:token_id}", auth=session_only(), response={204: None, **WRITE_REFUSALS})
def revoke_token(request: HttpRequest, token_id: int) -> Any:
    """End a token at once."""
    services.revoke_token(request.auth, token_id, now=timezone.now())
    return Status(204, None)


class ExportDocument(Schema):
    """A file asked for, and where it stands."""

    id: UUID
    kind: str
    filters: dict[str, Any]
    reason: str
    state: str = Field(description="unchecked, refused, waiting, ready, failed or expired")
    requested_at: dt.datetime
    ready_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    rows: int
    problem: str


class NewExport(Schema):
    """A file to ask for."""

    kind: str = Field("customers", description="what to export")
    filters: dict[str, str | bool] = Field({}, description="as for the customer list")
    reason: str = Field(description="why; it stands on the file and in the audit trail")
    purpose: str = Field(
        "service", description="service, marketing, experience or research: only who agreed to it is in the file"
    )


@router.get("/exports", auth=allow("exports:read"), response={200: list[ExportDocument], **REFUSALS})
def list_exports(request: HttpRequest) -> Any:
    """One's exports, the last first."""
    return selectors.exports_of(request.auth)


@router.post("/exports", auth=allow("exports:write"), response={202: ExportDocument, **WRITE_REFUSALS})
def request_export(request: HttpRequest, wanted: NewExport) -> Any:
    """Ask for a file; it is written in the background and kept for 24 hours."""
    return Status(
        202,
        services.request_export(
            request.auth, wanted.kind, wanted.filters, wanted.reason, now=timezone.now(), purpose=wanted.purpose
        ),
    )


@router.get("/exports/{uuid:export_id}", auth=allow("exports:read"), response={200: ExportDocument, **REFUSALS})
def get_export(request: HttpRequest, export_id: UUID) -> Any:
    """Where an export of one's own stands."""
    return selectors.export(request.auth, export_id)


@router.get(
    "/exports/{uuid:export_id}/file",
    auth=allow("exports:read"),
    response={frozenset({401, 403, 404}): Problem},
    openapi_extra={"responses": {200: {"description": "The workbook", "content": {WORKBOOK: {}}}}},
)
def get_export_file(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The file of an export of one's own."""
    path, name = services.fetch_export(request.auth, export_id, now=timezone.now())
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=WORKBOOK)


class AuditDocument(Schema):
    """One line of the audit trail."""

    id: int
    at: dt.datetime
    actor_name: str
    act: str
    object_kind: str
    object_id: str
    changes: dict[str, Any]
    reason: str
    address: str
    request_id: str


class AuditPage(Schema):
    """A stretch of the trail, newest first; ``next`` is the ``before`` of the following stretch."""

    items: list[AuditDocument]
    next: int | None = None


@router.get("/audit", auth=session_only(), response={200: AuditPage, **REFUSALS})
def list_audit_events(
    request: HttpRequest,
    actor: str = "",
    act: str = "",
    object_kind: str = "",
    object_id: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    before: int | None = None,
) -> Any:
    """The audit trail, for auditors and administrators at the desk."""
    trail = selectors.audit_trail(
        request.auth,
        actor=actor,
        act=act,
        kind=object_kind,
        key=object_id,
        since=since,
        until=until,
        before=before,
    )
    return {"items": trail.events, "next": trail.more}
