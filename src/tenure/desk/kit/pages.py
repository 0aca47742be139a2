"""What every page's view does alike: ask for a signed-in person, and say no in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tenure.errors import InputError, TenureError

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Let only signed-in people through; a part of a page that is asked for later leads to the sign-in page whole."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        door = resolve_url(settings.LOGIN_URL)
        back = page_of(request)
        door += f"?next={quote(back)}" if back else ""
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": door})
        return redirect(door)

    return asked


def page_of(request: HttpRequest) -> str:
    """The page the person is on, to come back to: a part of it or its form knows which it is in; "" where none does.

    The address of a form itself is none: it takes what is sent and shows nothing to who comes back.
    """
    if request.headers.get("HX-Request"):
        told = request.headers.get("HX-Current-URL", "")
    elif request.method == "GET":
        return request.get_full_path()
    else:
        told = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}, request.is_secure()):
        return ""
    return urlsplit(told)._replace(scheme="", netloc="", fragment="").geturl()


def says_no(view: View) -> View:
    """Turn a refusal that is the page's affair (a conflict, an unacceptable value) into words on the page.

    A part of a page gets 409 or 422 and the words in ``X-Words`` (the page shows them as a toast); a whole page
    goes back to where the person came from with a message. Rows that are not theirs stay 404, rights 403.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Http404, PermissionDenied):
            raise
        except TenureError as no:
            words = f"{no.message} {no.remedy}".strip()
            if request.headers.get("HX-Request"):
                status = 422 if isinstance(no, InputError) else 409
                return HttpResponse(words, status=status, headers={"X-Words": quote(words)})
            messages.error(request, words)
            return HttpResponseRedirect(safe_next(request, request.META.get("HTTP_REFERER", "")))

    return answered


def versioned(version_of: Callable[[Any, Any], int]) -> Callable[[View], View]:
    """Tell a form that was refused because somebody was first which version stands there now.

    What was typed is still in the form; sent again it is an informed decision and goes through. ``version_of`` gives
    the version of a row to a reader: the row of the address's first argument.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            answer = view(request, *args, **kwargs)
            if answer.status_code == 409:
                answer["X-Version"] = str(version_of(request.user, next(iter((*args, *kwargs.values())))))
            return answer

        return answered

    return wrap


def page_again(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    """The page afresh after a change: by redirect, or, for a part of a page, by telling it to go there."""
    return leads_to(request, reverse(name, args=args))


def leads_to(request: HttpRequest, address: str) -> HttpResponse:
    """To ``address`` after a change; see :func:`page_again`."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def safe_next(request: HttpRequest, fallback: str = "") -> str:
    """Where to go after a form: its ``next``, else ``fallback``, else Today; never off the desk."""
    for target in (request.POST.get("next", ""), request.GET.get("next", ""), fallback):
        if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
            return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: none of the person's posts gives the right."""
    words = getattr(exception, "message", "") or _("None of your posts gives you the right to do this.")
    return _lost(request, 403, _("Not yours to do"), words)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or no such row among those the person may see."""
    words = getattr(exception, "message", "") or _("There is no such page, or what it shows is not yours to see.")
    return _lost(request, 404, _("Not found"), words)


def form_only(request: HttpRequest) -> HttpResponse:
    """405: the address of a form, opened by itself."""
    return _lost(
        request,
        405,
        _("Nothing to see at this address"),
        _("It takes what a form sends; nothing was sent again. Go back to the page the form is on."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: the desk failed."""
    return _lost(
        request,
        500,
        _("The desk failed"),
        _("Nothing was changed. Try again; if it stays, tell whoever runs the desk."),
    )


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form that is too old (CSRF)."""
    return _lost(
        request, 403, _("This page was open too long"), _("Go back, load the page again and repeat the last step.")
    )


def _lost(request: HttpRequest, code: int, title: str, words: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(words, status=code, headers={"X-Words": quote(words)})
    # Without the request's context: what every page knows is read from the database, which may be what failed.
    return HttpResponse(render_to_string("kit/error.html", {"code": code, "title": title, "words": words}), status=code)
