"""What a form sends: amounts as people write them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.kit.formats import exponent
from tenure.desk.opportunities.rules import amount_of


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
