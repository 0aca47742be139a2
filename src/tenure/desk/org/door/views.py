"""The pages of the door beside sign-in and password: the code, the second factor, the end of all sessions."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.kit.pages import safe_next, says_no, signed_in
from tenure.desk.org.door import oidc, selectors, services
from tenure.desk.org.door.attempts import SignInRefused
from tenure.desk.org.door.config import Provider
from tenure.desk.org.door.sessions import half_in

log = logging.getLogger(__name__)
YEAR = 365 * 86_400
#: Where in the session the page waits that one is going to.
AFTER = "after_oidc"


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second half of the door: the code of one's app, or a recovery code."""
    target, now = safe_next(request), timezone.now()
    if request.user.is_authenticated:
        return redirect(target)
    if half_in(request, now) is None:
        return redirect("org:sign-in")
    known: dict[str, Any] = {"next": target}
    if request.method != "POST":
        return render(request, "org/sign_in_code.html", known)
    try:
        user = services.sign_in_with_code(request, request.POST.get("code", "")[:40], now)
    except SignInRefused as refused:
        known |= {"refused": refused, "minutes": minutes_until(refused.until, now)}
        return render(request, "org/sign_in_code.html", known, status=403)
    return entered(request, user, target)


@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """How long the session still lasts, for the page that warns before it ends; a POST is “stay signed in”.

    Asking does not lengthen it (``middleware.UNATTENDED``); to send does, like any use. Whoever is out is told so, in
    the same words a page can read, and whoever came in anew gets what their forms need to be sent.
    """
    left, why = selectors.session_left(request, timezone.now())
    told = {"left": left, "why": why}
    if left:
        told |= {"who": request.user.username, "token": get_token(request)}
    return JsonResponse(told)


@never_cache
@require_GET
def oidc_begin(request: HttpRequest) -> HttpResponse:
    """Go to the bank's own sign-in, where it is set up."""
    provider = _provider()
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    request.session[AFTER] = safe_next(request)
    try:
        return oidc.lead_away(request, provider, request.build_absolute_uri(reverse("org:oidc-back")))
    except oidc.ProviderRefused as no:
        log.warning("the sign-in service %s cannot be used: %s", provider.issuer, no.reason)
        words = _("The bank's sign-in service does not answer.")
        refused = SignInRefused(words, _("Try again, or sign in with your password here."))
        return at_the_door(request, refused, timezone.now())


@never_cache
@require_GET
def oidc_back(request: HttpRequest) -> HttpResponse:
    """Come back from the bank's own sign-in."""
    provider, now = _provider(), timezone.now()
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    target = request.session.pop(AFTER, "") or safe_next(request)
    try:
        user = services.sign_in_by_provider(request, provider, now)
    except SignInRefused as refused:
        return at_the_door(request, refused, now)
    if not request.user.is_authenticated:  # half in: a code has yet to come
        return redirect(f"{reverse('org:sign-in-code')}?next={quote(target)}")
    return entered(request, user, target)


def _provider() -> Provider:
    provider = selectors.door().oidc
    if provider is None:
        raise NotFound(_("Signing in by the bank's own service is not set up."))
    return provider


def at_the_door(request: HttpRequest, refused: SignInRefused, now: datetime, **known: Any) -> HttpResponse:
    """The sign-in page with the words of a refusal."""
    known |= {"refused": refused, "minutes": minutes_until(refused.until, now), "oidc": selectors.door().oidc}
    return render(request, "org/sign_in.html", known, status=403)


def minutes_until(until: datetime | None, now: datetime) -> int:
    """Whole minutes from ``now`` to the end of a lock, rounded up; 0 without one."""
    return -((now - until) // timedelta(minutes=1)) if until else 0


def entered(request: HttpRequest, user: Any, target: str) -> HttpResponse:
    """Where someone goes who has just come in, in the language they read."""
    response = redirect(target)
    if user.language:
        remember_language(response, user.language)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the language with the browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )


@never_cache
@signed_in
@require_http_methods(["GET"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """One's second factor: set it up, or see since when it is there, renew its recovery codes and remove it."""
    return _second_factor(request)


def _second_factor(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    factor = selectors.second_factor_of(request.user, timezone.now(), offer=True)
    owed = selectors.owed(request) == "second_factor"
    return render(request, "org/second_factor.html", {"factor": factor, "owed": owed, **context}, status=status)


@never_cache
@signed_in
@require_POST
@says_no
def begin_second_factor(request: HttpRequest) -> HttpResponse:
    """Offer a secret to one's app."""
    services.begin_second_factor(request.user, timezone.now())
    return redirect("org:second-factor")


@never_cache
@signed_in
@require_POST
@says_no
def confirm_second_factor(request: HttpRequest) -> HttpResponse:
    """The app's first code; the recovery codes are on this page once and nowhere after."""
    try:
        codes = services.confirm_second_factor(request, request.POST.get("code", "")[:40], timezone.now())
    except Unacceptable as wrong:
        return _second_factor(request, 422, wrong=wrong)
    return _second_factor(request, codes=codes, fresh=True)


@never_cache
@signed_in
@require_POST
@says_no
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, on this page once."""
    try:
        codes = services.renew_recovery_codes(request, request.POST.get("code", "")[:40], timezone.now())
    except Unacceptable as wrong:
        return _second_factor(request, 422, wrong=wrong, form="renew")
    return _second_factor(request, codes=codes)


@never_cache
@signed_in
@require_POST
@says_no
def remove_second_factor(request: HttpRequest) -> HttpResponse:
    """Sign in by password alone from now on."""
    password, code = request.POST.get("password", ""), request.POST.get("code", "")[:40]
    try:
        services.remove_second_factor(request, password, code, timezone.now())
    except Unacceptable as wrong:
        return _second_factor(request, 422, wrong=wrong, form="remove")
    messages.success(request, _("Your second factor is removed; every other session of yours has ended."))
    return redirect("org:account")


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere."""
    services.end_sessions(request, timezone.now())
    messages.success(request, _("You are signed out everywhere."))
    return redirect("org:sign-in")
