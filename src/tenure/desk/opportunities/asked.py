"""What a form sends: amounts as people write them, and the signal it came of."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.kit.formats import exponent
from tenure.desk.opportunities.rules import amount_of
from tenure.desk.org.models import User
from tenure.desk.signals import selectors as signals


def amount(request: HttpRequest, name: str, currency: str) -> int:
    """The amount in field ``name`` in minor units: ``50万``, ``1.5m``, ``250,000``.

    Raises:
        Unacceptable: it is none.
    """
    return amount_in(request.POST.get(name, ""), currency, name)


def amount_in(text: str, currency: str, field: str) -> int:
    """The amount that ``text`` says; see :func:`amount`."""
    found = amount_of(text, exponent(currency))
    if found is None:
        raise Unacceptable(
            _("“%(value)s” is no amount.") % {"value": text[:40]},
            _("Write it like 500,000 or 0.5m."),
            field=field,
        )
    return found


def signal(user: User, key: str) -> Any | None:
    """The signal an opportunity came of, where they may see it."""
    try:
        return signals.one(user, UUID(key))
    except (ValueError, NotFound):
        return None
