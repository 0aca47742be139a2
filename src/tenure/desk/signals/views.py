"""Signals: what waits, taking one on, ending it, adding one in two taps; and the rules behind them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.contracts import codes
from tenure.desk.control.errors import NotAllowed
from tenure.desk.control.guards import must
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer
from tenure.desk.signals import feed as live
from tenure.desk.signals import forms, selectors, services
from tenure.desk.signals.changing import lines_between
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.rules import LIST_LENGTH, WAYS, usual_way
from tenure.desk.signals.trying import settings_told, tried_beside, tried_out

LISTS = ("mine", "pool", "all", "closed")
#: What the keys 1–6 end a signal with, in the order of the contract.
OUTCOMES = tuple((str(key), code) for key, code in enumerate(codes.SIGNAL_OUTCOMES, start=1))


@never_cache
@signed_in
@require_GET
def signals(request: HttpRequest) -> HttpResponse:
    """What waits: one's own, the branch's, all one may see, and what one closed."""
    reach = reach_of(request.user)
    if not reach.may(Permission.VIEW_CUSTOMERS):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    which = request.GET.get("list", "")
    which = which if which in LISTS else ("mine" if reach.may(Permission.LOG_CONTACT) else "all")
    found = selectors.waiting(request.user, which)
    context = {"found": found, "which": which, "outcomes": OUTCOMES, "most": LIST_LENGTH}
    return render(request, "signals/signals.html", context)


def _part(request: HttpRequest, signal_id: UUID, **context: Any) -> HttpResponse:
    found = selectors.one(request.user, signal_id)
    mark_before = "c-" if request.headers.get("HX-Target", "").startswith("c-") else "s-"
    context |= {"signal": found, "outcomes": OUTCOMES, "mark_before": mark_before, "ways": WAYS}
    context["usual_way"] = usual_way(reach_of(request.user).roles)
    answer = render(request, "signals/_signal.html", context)
    if request.method == "POST":  # the customer's page looks at the work list again: one may have ended with the other
        answer.headers["HX-Trigger"] = "signals-moved"
    return answer


@never_cache
@signed_in
@require_GET
def signal(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """One signal, as it stands: a row of the list, or with ``toast`` the line that announces it."""
    if request.GET.get("toast"):
        return render(request, "signals/_toast.html", {"signal": selectors.one(request.user, signal_id)})
    if not request.headers.get("HX-Request"):
        found = selectors.one(request.user, signal_id)
        return render(request, "signals/signals.html", {"found": [found], "which": "one", "outcomes": OUTCOMES})
    return _part(request, signal_id, words=bool(request.GET.get("words")))


@signed_in
@require_POST
@says_no
def claim(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Take a signal on."""
    services.claim(request.user, signal_id, now=timezone.now())
    return _part(request, signal_id)


@signed_in
@require_POST
@says_no
def give_back(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Give a signal back to the pool."""
    services.give_back(request.user, signal_id, now=timezone.now())
    return _part(request, signal_id)


@signed_in
@require_POST
@says_no
def close(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """End a signal with its outcome."""
    outcome, words = request.POST.get("outcome", ""), request.POST.get("words", "")
    services.close(request.user, signal_id, outcome, words, now=timezone.now(), way=request.POST.get("way", ""))
    return _part(request, signal_id)


@signed_in
@require_POST
@says_no
def reopen(request: HttpRequest, signal_id: UUID) -> HttpResponse:
    """Take back how one ended a signal today."""
    services.reopen(request.user, signal_id, now=timezone.now())
    return _part(request, signal_id)


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """A customer's signals; a part of the customer's page."""
    context = {
        "customer": customer(request.user, party_id),
        "found": selectors.of_customer(request.user, party_id),
        "outcomes": OUTCOMES,
    }
    return render(request, "signals/_of_customer.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def add(request: HttpRequest, party_id: str) -> HttpResponse:
    """Add a signal: what one noticed, and send; as a part, from the search or the lobby, a tap on a trait sends it."""
    must(request.user)
    row = customer(request.user, party_id)
    part = bool(request.headers.get("HX-Request"))
    if request.method == "POST":
        traits, words = request.POST.getlist("traits"), request.POST.get("words", "")
        services.add_signal(request.user, party_id, traits, words, request.POST.get("form", ""), now=timezone.now())
        if part:
            named = selectors.name_of(request.user, row)
            return render(
                request, "signals/_add.html", {"customer": row, "traits": traits, "named": named, "told": True}
            )
        messages.success(request, _("Told. Whoever takes it sees who noticed it."))
        return redirect("parties:customer", party_id)
    context = {"customer": row, "traits": codes.TRAITS, "form": uuid4(), "named": selectors.name_of(request.user, row)}
    return render(request, "signals/_add.html" if part else "signals/add.html", context)


@signed_in
@require_POST
@says_no
def sound(request: HttpRequest) -> HttpResponse:
    """Turn one's sound on or off."""
    services.choose_sound(request.user, request.POST.get("sound") == "1", now=timezone.now())
    return redirect("signals:signals")


@never_cache
@signed_in
@require_GET
def feed(request: HttpRequest) -> HttpResponseBase:
    """Changes as they happen (server-sent events)."""
    must(request.user, Permission.VIEW_CUSTOMERS)
    told = live.stream(request.user, request.headers.get("Last-Event-ID", ""))
    answer = StreamingHttpResponse(told, content_type="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


@never_cache
@signed_in
@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many signals wait for the reader: the figure beside the menu's entry, asked for when the feed tells news."""
    return HttpResponse(str(selectors.count_waiting(request.user)), content_type="text/plain")


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force, how reliable each is, and a form that puts other ones before a second person."""
    selectors.may_look_at_rules(request.user)
    if request.method == "POST":
        content, reason = forms.content_of(request.POST), request.POST.get("reason", "")
        services.propose_rules(request.user, content, reason, forms.version_of(request.POST), now=timezone.now())
        messages.success(request, _("Put before a second person; until it is approved the present rules hold."))
        return redirect("signals:rules")
    force, now = in_force(), timezone.now()
    tried = tried_out(force.settings, now)
    learned = selectors.reliabilities()
    context = {
        "force": force,
        "rows": forms.rows_of(force.settings, tried, learned),
        "people": forms.people_of(learned),
        "tried": tried,
        "versions": selectors.versions(),
        "waiting": selectors.rules_waiting(),
        "tiers": codes.TIER_ORDER,
    }
    return render(request, "signals/rules.html", context)


@signed_in
@require_POST
@says_no
def try_rules(request: HttpRequest) -> HttpResponse:
    """What the rules in the form would have done over the last month, beside the present ones."""
    content = forms.content_of(request.POST)
    before, after = tried_beside(request.user, content, timezone.now())
    context = {
        "before": before,
        "after": after,
        "rows": forms.compared(before, after),
        "lines": lines_between(in_force().settings, settings_told(content)),
        "tiers": codes.TIER_ORDER,
    }
    return render(request, "signals/_tried.html", context)
