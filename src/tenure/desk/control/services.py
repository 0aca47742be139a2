"""Changes under control: tokens for programs, and exports with their files."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import Table, codes
from tenure.desk.control import audit, rules
from tenure.desk.control.changes.services import propose, reasoned
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.exports import enqueue, may_export, source_of
from tenure.desk.control.files import file_of
from tenure.desk.control.masking import clear_columns
from tenure.desk.control.models import Export, Token
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import checked_at, reach_of

KEY_BEGINS = "tnr_"


def note_view(user: User, table: Table, key: str, *, now: datetime) -> None:
    """One line for opening a record of ``table``: which of its personal columns were shown in the clear."""
    changes = {"clear": clear_columns(table, reach_of(user))}
    audit.record(user, f"{table.name}.open", now=now, kind=table.name, key=key, changes=changes)


def create_token(
    user: User,
    name: str,
    scopes: Sequence[str],
    *,
    now: datetime,
    days: int = rules.TOKEN_LASTS_DAYS,
    form_key: UUID | None = None,
) -> tuple[Token, str]:
    """A new token of ``user``'s and its key, which is shown this once and kept nowhere.

    What a program may do with it is what ``user``'s posts give and the scopes leave. The form of that ``form_key`` sent
    again, by a double click or a reload, gives the same token and the same key: it follows from the form's key under
    the installation's secret, and neither is kept.

    Raises:
        Conflict: the token which that form made has ended since.
        Unacceptable: no name, an unknown scope, or a life of less than a day or more than 366.
    """
    name = name.strip()
    if not 0 < len(name) <= 80:
        raise Unacceptable(_("Say what the token is for, in at most 80 characters."), field="name")
    unknown = sorted(set(scopes) - set(rules.SCOPES))
    if unknown or not scopes:
        raise Unacceptable(
            _("A token has one scope at least, and only known ones: %(scopes)s.") % {"scopes": ", ".join(rules.SCOPES)},
            field="scopes",
        )
    if not 1 <= days <= rules.TOKEN_LASTS_DAYS_AT_MOST:
        raise Unacceptable(
            _("A token lasts between 1 and %(days)s days.") % {"days": rules.TOKEN_LASTS_DAYS_AT_MOST}, field="days"
        )
    key = KEY_BEGINS + (_key_of(user, form_key) if form_key else secrets.token_urlsafe(32))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # one form of theirs after the other
        known = Token.objects.filter(digest=_digest(key)).first()
        if known is not None and known.revoked_at is not None:
            raise Conflict(_("This form has made a key, which is ended."), _("Open the page anew to make another."))
        if known is not None:
            return known, key
        token = Token.objects.create(
            user=user,
            name=name,
            prefix=key[:10],
            digest=_digest(key),
            scopes=sorted(set(scopes)),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        changes = {"name": name, "scopes": token.scopes, "until": token.expires_at}
        audit.record(user, "token.create", now=now, kind="token", key=str(token.pk), changes=changes)
    return token, key


def revoke_token(user: User, token_id: int, *, now: datetime) -> Token:
    """End a token at once: one's own, or, for administrators, anybody's.

    Raises:
        NotFound: there is no such token among those the person may end.
    """
    with transaction.atomic():
        token = Token.objects.select_for_update().filter(pk=token_id).first()
        if token is None or not (token.user_id == user.pk or reach_of(user).may(Permission.MANAGE_USERS)):
            raise NotFound(_("There is no such token."))
        if token.revoked_at is None:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
            audit.record(user, "token.revoke", now=now, kind="token", key=str(token.pk), changes={"name": token.name})
    return token


def token_of_key(key: str, now: datetime) -> Token | None:
    """The living token of this key, with its active owner; notes that it was used, once a minute at most."""
    if not key.startswith(KEY_BEGINS):
        return None
    token = Token.objects.select_related("user").filter(digest=_digest(key)).first()
    if token is None or token.revoked_at is not None or token.expires_at <= now or not token.user.is_active:
        return None
    if token.last_used_at is None or token.last_used_at < now - timedelta(minutes=1):
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def _key_of(user: User, form_key: UUID) -> str:
    made = salted_hmac("tenure.desk.control.token", f"{user.pk}:{form_key}", algorithm="sha256").digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _digest(key: str) -> str:
    """A plain digest is enough: a key has 256 random bits, nobody guesses it from its digest."""
    return hashlib.sha256(key.encode()).hexdigest()


def request_export(
    user: User,
    kind: str,
    filters: Mapping[str, Any],
    reason: str,
    *,
    now: datetime,
    language: str = "",
    purpose: str = "service",
) -> Export:
    """Ask for a file of customers; the worker writes it, and only ``user`` may fetch it, for 24 hours.

    Above ``settings.EXPORT_ROWS_ALONE`` rows a second person approves it first. For any ``purpose`` but serving them
    (``codes.PURPOSES``) only customers who agreed to that are in the file. The same words again, while the first is on
    its way or within :data:`rules.ASKED_ONCE`, are the same request: a double click takes out one file.

    Raises:
        NotAllowed: none of their posts exports.
        Unacceptable: no reason, no such kind or purpose, or more rows than one file may hold.
    """
    if not may_export(user, kind):
        raise NotAllowed(_("None of your posts gives you the right to export."))
    reason = reasoned(reason)
    if purpose not in codes.PURPOSES:
        raise Unacceptable(
            _("A file is taken out for one of: %(purposes)s.") % {"purposes": ", ".join(codes.PURPOSES)},
            field="purpose",
        )
    source = source_of(kind)
    wanted = source.asked(filters if purpose == "service" else {**filters, "consent": purpose})
    rows = source.count(user, wanted, settings.EXPORT_ROWS + 1)
    if rows > settings.EXPORT_ROWS:
        raise Unacceptable(
            _("More than %(most)s customers match; one file holds no more.") % {"most": f"{settings.EXPORT_ROWS:,}"},
            _("Narrow the filter, or export branch by branch."),
            field="filters",
        )
    alone = rows <= settings.EXPORT_ROWS_ALONE
    language = language or get_language() or settings.LANGUAGE_CODE
    asked = {"requested_by": user, "kind": kind, "filters": wanted, "reason": reason, "language": language}
    state = Export.State
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # one request of theirs after the other
        under_way = Q(state__in=(state.UNCHECKED, state.WAITING))
        just_now = Q(requested_at__gt=now - rules.ASKED_ONCE, state=state.READY)
        known = Export.objects.filter(under_way | just_now, **asked).first()
        if known is not None:
            return known
        export = Export.objects.create(state=state.WAITING if alone else state.UNCHECKED, requested_at=now, **asked)
        if alone:
            enqueue(export)
        else:
            subject = ("export", str(export.pk))
            propose(user, "export.many", subject, {"rows": rows}, reason, org_path=checked_at(user), now=now)
        changes = {"kind": kind, "filter": wanted, "rows": rows}
        audit.record(user, "export.request", now=now, kind="export", key=str(export.pk), changes=changes, reason=reason)
    return export


def fetch_export(user: User, export_id: UUID, *, now: datetime) -> tuple[Path, str]:
    """The file of a finished export of ``user``'s own, and the name to save it under.

    Raises:
        NotFound: no such export of theirs, not ready, or past its time.
    """
    export = Export.objects.filter(pk=export_id, requested_by=user, state=Export.State.READY).first()
    path = file_of(export) if export is not None else None
    expired = export is None or export.expires_at is None or export.expires_at <= now
    if export is None or path is None or expired or not path.exists():
        raise NotFound(_("There is no such file of yours."), _("Files are kept for 24 hours; ask for a new one."))
    if not may_export(user, export.kind):
        raise NotAllowed(_("None of your posts gives you the right to export."))
    audit.record(user, "export.fetch", now=now, kind="export", key=str(export.pk), changes={"rows": export.rows})
    return path, f"tenure-{export.kind}-{export.requested_at:%Y%m%d-%H%M}.xlsx"
