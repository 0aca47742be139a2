"""What every page of companies has: who sees the company, its name, today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenure.desk.control.asked import day_of
from tenure.desk.corporate import (
    selectors,
    standing,
)

View = Callable[..., HttpResponse]
#: How far ahead a decision, a visit or a promise is put where a form offers a day.
SOON = dt.timedelta(days=7)


def today() -> dt.date:
    """Today at the bank."""
    return timezone.localdate()


def of_company(view: View) -> View:
    """Let only those through who see the company: what a form says is not looked at before that."""

    @wraps(view)
    def answered(request: HttpRequest, company_id: str) -> HttpResponse:
        standing.company(request.user, company_id)
        return view(request, company_id)

    return answered


def shared(request: HttpRequest, row: Any) -> dict[str, Any]:
    """What the templates of every page know: whose page it is, and what a form begins with."""
    return {
        "customer": row,
        "name": selectors.name_of(request.user, row),
        "may_change": selectors.may_change(request.user),
        "today": today(),
        "soon": today() + SOON,
        "new_id": uuid4(),
    }


def needed(request: HttpRequest, name: str) -> dt.date:
    """The day of a field that must have one; Unacceptable where it has none."""
    return day_of(request.POST.get(name, ""), name)
