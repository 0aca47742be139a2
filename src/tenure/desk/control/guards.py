"""What services ask before they change anything, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Conflict, NotAllowed, Unacceptable
from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of


def must(user: User, permission: Permission = Permission.LOG_CONTACT) -> None:
    """Refuse those none of whose posts gives ``permission``; without one named, to deal with customers.

    Raises:
        NotAllowed
    """
    if not reach_of(user).may(permission):
        raise NotAllowed(_("None of your posts gives you the right to do this."))


def one_of(value: str, allowed: Iterable[str], field: str) -> None:
    """Refuse a code there is not.

    Raises:
        Unacceptable
    """
    if value not in allowed:
        raise Unacceptable(
            _("“%(value)s” is none of the values of %(field)s.") % {"value": value[:60], "field": field},
            _("Values are: %(values)s.") % {"values": ", ".join(allowed)},
            field=field,
        )


def at_most(text: str, most: int, field: str = "words") -> str:
    """``text`` without blanks around it and without NUL, which no database holds.

    Raises:
        Unacceptable: it is longer than ``most`` characters.
    """
    text = text.replace("\x00", "").strip()
    if len(text) > most:
        raise Unacceptable(_("At most %(most)s characters.") % {"most": most}, field=field)
    return text


def check_external_id(external_id: str | None) -> None:
    """Refuse an id of the caller's own that is empty or too long to be kept.

    Raises:
        Unacceptable
    """
    if external_id is not None and not 0 < len(external_id) <= 60:
        raise Unacceptable(_("An external id has 1 to 60 characters."), field="external_id")


def sent_before(
    model: type[models.Model],
    external_id: str | None,
    content: Mapping[str, Any],
    user: User,
    author: str,
    lasting: Iterable[str] = ("party_id",),
) -> Any | None:
    """What ``user`` made under ``external_id`` before, with the same content; None where nobody used the id.

    Of a row that was changed since (``version`` above 1) only the ``lasting`` columns are compared: what has moved on
    is no difference. ``author`` names the column that says who made it.

    Raises:
        Conflict: the id belongs to something else.
    """
    known = model._default_manager.filter(external_id=external_id).first() if external_id else None
    if known is None:
        return None
    compared = lasting if getattr(known, "version", 1) > 1 else content
    differing = [name for name in compared if name in content and getattr(known, name) != content[name]]
    if getattr(known, f"{author}_id") != user.pk or differing:
        raise Conflict(
            _("The external id %(id)s belongs to something else.") % {"id": external_id},
            _("Differing: %(fields)s. Send a new id for a new one.") % {"fields": ", ".join(differing) or "author"},
        )
    return known


def who_changed(row: Any) -> dict[str, str]:
    """Who changed a row last, and when, for the words of a refusal: ``name`` and ``at``."""
    at = formats.moment(timezone.localtime(row.changed_at), get_language() or "en")
    return {"name": row.changed_by.name, "at": at}


def unchanged(row: Any, version: int) -> None:
    """Refuse a change made from an older ``version`` of a row: somebody was first.

    Raises:
        Conflict: with their name, and the moment.
    """
    if row.version != version:
        raise Conflict(
            _("%(name)s changed this first, at %(at)s.") % who_changed(row),
            _("What you entered is still here; send it again if it still holds."),
        )
