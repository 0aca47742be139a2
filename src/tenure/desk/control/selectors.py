"""Reads of what is kept under control: one's exports and tokens, and for auditors the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.models import AuditEvent, Export, Token
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of


def exports_of(user: User, limit: int = 50) -> list[Export]:
    """The person's own exports, the last first."""
    return list(Export.objects.filter(requested_by=user)[:limit])


def export(user: User, export_id: UUID) -> Export:
    """One of the person's own exports.

    Raises:
        NotFound: it is not theirs, or is not at all.
    """
    found = Export.objects.filter(pk=export_id, requested_by=user).first()
    if found is None:
        raise NotFound(_("There is no such export of yours."))
    return found


def tokens_of(user: User) -> list[Token]:
    """The person's tokens that were not revoked, the newest first."""
    return list(Token.objects.filter(user=user, revoked_at=None))


def acted_since(person: User, moment: datetime) -> bool:
    """Whether somebody did anything at the desk since ``moment``; no more is told of it than yes or no."""
    return AuditEvent.objects.filter(actor_id=person.pk, at__gte=moment).exists()


@dataclass(frozen=True, slots=True)
class Trail:
    """A stretch of the audit trail, newest first; ``more`` is where the next one begins, None at the end."""

    events: list[AuditEvent]
    more: int | None


def audit_trail(
    user: User,
    *,
    actor: str = "",
    act: str = "",
    kind: str = "",
    key: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    size: int = 50,
) -> Trail:
    """The trail, newest first, narrowed to a user name, an act, an object or a time; pages follow ``before``.

    Raises:
        NotAllowed: none of their posts gives the right to read it.
    """
    if not reach_of(user).may(Permission.VIEW_AUDIT):
        raise NotAllowed(_("The audit trail is read by auditors and administrators."))
    rows = AuditEvent.objects.order_by("-id")
    if actor:
        who = User.objects.filter(username=actor).values_list("pk", flat=True).first()
        rows = rows.filter(actor_id=who) if who is not None else rows.filter(actor_name=actor)
    if act:
        rows = rows.filter(act=act)
    if kind:
        rows = rows.filter(object_kind=kind)
    if key:
        rows = rows.filter(object_id=key)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: size + 1])
    return Trail(found[:size], found[size - 1].pk if len(found) > size else None)
