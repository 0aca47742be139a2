"""Signing in and out, one's password, account and language."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenure.desk.control import rules
from tenure.desk.control import selectors as control_selectors
from tenure.desk.control import services as control
from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.kit.pages import safe_next, says_no, signed_in
from tenure.desk.org import services
from tenure.desk.org.door.selectors import door, owed, password_hint, put_out, second_factor_of
from tenure.desk.org.door.views import at_the_door, entered, remember_language
from tenure.desk.org.selectors import counts, organisation, posts_of


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. A locked one says for how many minutes."""
    known: dict[str, Any] = {"next": safe_next(request), "username": request.POST.get("username", "")}
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(known["next"])
        known |= {"put_out": put_out(request), "limits": door().session, "oidc": door().oidc}
        return render(request, "org/sign_in.html", known)
    now = timezone.now()
    try:
        user = services.sign_in(request, known["username"], request.POST.get("password", ""), now)
    except services.SignInRefused as refused:
        return at_the_door(request, refused, now, **known)
    if not request.user.is_authenticated:  # half in: a code has yet to come
        return redirect(f"{resolve_url('org:sign-in-code')}?next={quote(known['next'])}")
    return entered(request, user, known["next"])


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    services.sign_out(request, timezone.now())
    return redirect("org:sign-in")


@require_POST
@says_no
def language(request: HttpRequest) -> HttpResponse:
    """Read the desk in another language from now on; a signed-in person's choice is kept with them."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Unacceptable(_("The desk does not speak %(language)s.") % {"language": chosen}, field="language")
    if request.user.is_authenticated:
        services.set_language(request.user, chosen, timezone.now())
    response = redirect(safe_next(request))
    remember_language(response, chosen)
    return response


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    known: dict[str, Any] = {"owed": owed(request) == "password", "policy": door().password, "hint": password_hint()}
    if request.method != "POST":
        return render(request, "org/password.html", known)
    old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
    try:
        if new != again:
            raise Unacceptable(_("The two new passwords differ."), field="again")
        services.change_password(request, old, new, timezone.now())
    except Unacceptable as wrong:
        return render(request, "org/password.html", {**known, "wrong": wrong}, status=422)
    messages.success(request, _("Your password is changed; every other session of yours has ended."))
    return redirect("work:today" if known["owed"] else "org:account")


@never_cache
@signed_in
@require_http_methods(["GET"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own posts, language and keys for programs."""
    return _account(request)


def _account(request: HttpRequest, **context: Any) -> HttpResponse:
    posts = posts_of(request.user)
    for post in posts:
        post.branch = organisation(post.org_id) if post.org_id else None
        post.counts = counts(post)
    return render(
        request,
        "org/account.html",
        {
            "posts": posts,
            "tokens": control_selectors.tokens_of(request.user),
            "scopes": _scope_names(),
            "lasts": rules.TOKEN_LASTS_DAYS,
            "now": timezone.now(),
            "form_key": uuid4(),
            "factor": second_factor_of(request.user, timezone.now()),
            **context,
        },
    )


def _scope_names() -> dict[str, str]:
    """What a key may be allowed, as people say it, in the order of ``rules.SCOPES``."""
    names = {
        "customers:read": _("Look at customers"),
        "customers:clear": _("See unmasked values, as far as you do"),
        "customers:write": _("Propose and undo merges of customers"),
        "work:read": _("Look at the work list and contacts"),
        "work:write": _("Log contacts and settle entries"),
        "branch:read": _("Look at branch figures"),
        "data:read": _("Look at nights and deliveries"),
        "exports:read": _("Fetch exports"),
        "exports:write": _("Ask for exports"),
        "changes:read": _("Look at changes that wait for approval"),
        "changes:write": _("Approve, reject and withdraw changes"),
        "requests:read": _("Look at requests about personal data"),
        "requests:write": _("Receive and answer requests about personal data"),
        "jobs:write": _("Run background jobs again"),
        "tickets:read": _("Look at queue tickets and receptions"),
        "tickets:write": _("Send queue tickets, log receptions"),
        "events:write": _("Send events of the core bank"),
        "moments:write": _("Tell of moments after which customers may be asked"),
        "surveys:read": _("Look at surveys and how many answered"),
        "surveys:write": _("Make, propose, pause and close surveys"),
        "signals:read": _("Look at signals"),
        "signals:write": _("Add, claim, give back and close signals"),
        "causes:read": _("Look at causes and improvements"),
        "causes:write": _("Correct themes, work on improvements"),
        "cases:read": _("Look at cases of unhappy customers"),
        "cases:write": _("Work on cases of unhappy customers"),
        "panels:read": _("Look at panels and their participants"),
        "panels:write": _("Work on panels, note answers and feedback"),
        "lost:read": _("Look at exit interviews and whom to win back"),
        "lost:write": _("Work on exit interviews and winning back"),
        "complaints:read": _("Complaints: read"),
        "complaints:write": _("Complaints: take in, code, concede, write"),
        "opportunities:read": _("Look at opportunities and credit"),
        "opportunities:write": _("Work on opportunities, agree on credit"),
        "network:read": _("Look at introductions and ways to somebody"),
        "network:write": _("Ask for introductions, note what came of them"),
        "team:read": _("Look at teams, hand-overs, absences and the pool"),
        "team:write": _("Change teams, hand customers over, note absences"),
        "companies:read": _("Look at companies, what they buy, negotiation sheets and trust"),
        "companies:write": _("Work on what companies buy, negotiation sheets, plan and report visits"),
        "offers:read": _("Look at bundles, solutions and how a branch sells"),
        "offers:write": _("Propose bundles, compose and settle solutions"),
        "care:read": _("Look at care, statements, events and balances"),
        "care:write": _("Give care, issue statements, invite to events"),
    }
    return {scope: names[scope] for scope in rules.SCOPES}


@never_cache
@signed_in
@require_POST
def create_token(request: HttpRequest) -> HttpResponse:
    """A new key for a program; it is on this page once and nowhere after."""
    try:
        token, key = control.create_token(
            request.user,
            request.POST.get("name", ""),
            request.POST.getlist("scope"),
            now=timezone.now(),
            form_key=_form_key(request),
        )
    except (Conflict, Unacceptable) as wrong:
        return _account(request, wrong=wrong, typed=request.POST, chosen=request.POST.getlist("scope"))
    return _account(request, fresh=token, key=key)


def _form_key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("form_key", ""))
    except ValueError:
        return uuid4()


@signed_in
@require_POST
@says_no
def revoke_token(request: HttpRequest, number: int) -> HttpResponse:
    """End a key of one's own."""
    control.revoke_token(request.user, number, now=timezone.now())
    messages.success(request, _("The key is ended."))
    return redirect("org:account")
