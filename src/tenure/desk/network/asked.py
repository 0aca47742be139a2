"""How a page answers a form that was refused because somebody was first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from tenure.desk.network.selectors import version_of

View = Callable[..., HttpResponse]


def versioned(view: View) -> View:
    """Tell the form which version stands there now, so that what was typed can be sent again knowingly."""

    @wraps(view)
    def answered(request: HttpRequest, introduction_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, introduction_id, *args, **kwargs)
        if answer.status_code == 409:
            answer["X-Version"] = str(version_of(request.user, introduction_id))
        return answer

    return answered
