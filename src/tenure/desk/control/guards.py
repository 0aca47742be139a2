"""What services ask before they change anything, in the same words everywhere."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotAllowed, Unacceptable
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
