"""What a form sends: amounts as people write them; and how a page answers where somebody was first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.kit.formats import exponent
from tenure.desk.opportunities.rules import amount_of
from tenure.desk.opportunities.selectors import version_of

View = Callable[..., HttpResponse]


def amount(request: HttpRequest, name: str, currency: str) -> int:
    """The amount in field ``name`` in minor units: ``50万``, ``1.5m``, ``250,000``.

    Raises:
        Unacceptable: it is none.
    """
    text = request.POST.get(name, "")
    found = amount_of(text, exponent(currency))
    if found is None:
        raise Unacceptable(
            _("“%(value)s” is no amount.") % {"value": text[:40]},
            _("Write it like 500,000 or 0.5m."),
            field=name,
        )
    return found


def versioned(view: View) -> View:
    """Tell a form that was refused because somebody was first which version stands there now.

    What was typed is still in the form; sent again it is an informed decision and goes through.
    """

    @wraps(view)
    def answered(request: HttpRequest, opportunity_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, opportunity_id, *args, **kwargs)
        if answer.status_code == 409:
            answer["X-Version"] = str(version_of(request.user, opportunity_id))
        return answer

    return answered


def page_again(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    """The page afresh after a change: by redirect, or, for a part of a page, by telling it to go there."""
    address = reverse(name, args=args)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
