"""The lobby: who is this, what to offer, whom to fetch, counter or self-service."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.kit import formats
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.lobby import selectors, services, words
from tenure.desk.publication.current import pinned

#: What they came to do, as it is tapped: the business, and whether the amount is below the limit.
TAPS = {
    "cash_small": ("cash", True),
    "cash_large": ("cash", False),
    "transfer_small": ("transfer", True),
    "transfer_large": ("transfer", False),
    "other": ("other", False),
}


@never_cache
@signed_in
@require_GET
def lobby(request: HttpRequest) -> HttpResponse:
    """One search field, who waits, and the card of whoever is chosen."""
    return render(request, "lobby/lobby.html", {**_queue(request), **_found(request)})


def _queue(request: HttpRequest) -> dict[str, Any]:
    return {"queue": selectors.waiting(request.user, timezone.now())}


@never_cache
@signed_in
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Who waits now; a part of the page that keeps itself fresh."""
    return render(request, "lobby/_queue.html", _queue(request))


@never_cache
@signed_in
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Whom a name, number, phone tail or ticket may mean."""
    return render(request, "lobby/_found.html", _found(request))


def _found(request: HttpRequest) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()[:60]
    found, ticket = selectors.who(request.user, text, timezone.now())
    return {"found": found, "ticket": ticket, "text": text}


@never_cache
@signed_in
@require_GET
def card(request: HttpRequest, party_id: str) -> HttpResponse:
    """The card; on the page whole, or as a part of it."""
    shown = _card(request, party_id)
    services.note_card(request.user, party_id, now=timezone.now())
    if request.headers.get("HX-Request"):
        return render(request, "lobby/_card.html", shown)
    return render(request, "lobby/lobby.html", {**_queue(request), **shown})


def _card(request: HttpRequest, party_id: str) -> dict[str, Any]:
    """The card with the advice for what was tapped so far."""
    asked, limits = request.GET, selectors.limits()
    shown = selectors.card(
        request.user, party_id, asked.get("ticket", "")[:60], get_language() or "zh-hans", timezone.now()
    )
    tapped = asked.get("tap", "")
    business, below = TAPS.get(tapped, ("", False))
    limit = limits.amounts.get(business, 0)
    wish = asked.get("wish", "")
    advice = selectors.advice(
        shown,
        business,
        (limit - 1 if below else limit) if business else None,
        "coins" in asked,
        wish if wish in ("counter", "self_service") else "",
    )
    return {
        "card": shown,
        "customer": shown.customer,
        "limits": {name: _round(limit) for name, limit in limits.amounts.items()},
        "tapped": tapped,
        "business": business,
        "coins": "coins" in asked,
        "wish": wish,
        "advice": advice,
        "because": words.reason(advice),
        "script": words.script(advice),
        "outcomes": codes.RECEPTIONS,
        "new_id": uuid4(),
        "own": request.user.pk,
    }


def _round(limit: int) -> str:
    """A limit as people say it, without decimals that are none: 2 万, 20k."""
    publication = pinned()
    currency = publication.currency if publication is not None else ""
    return formats.money(limit, currency, get_language() or "zh-hans").replace(".00", "")


@never_cache
@signed_in
@require_GET
def advice(request: HttpRequest, party_id: str) -> HttpResponse:
    """Counter or self-service for what was tapped; a part of the card."""
    return render(request, "lobby/_advice.html", _card(request, party_id))


@signed_in
@require_POST
@says_no
def receive(request: HttpRequest, party_id: str) -> HttpResponse:
    """Say what was done with them: the second tap."""
    asked = request.POST
    services.log_reception(
        request.user,
        party_id,
        asked.get("outcome", ""),
        ticket_id=asked.get("ticket", "")[:60],
        advice=asked.get("advice", ""),
        because=asked.get("because", ""),
        business=asked.get("business", ""),
        external_id=asked.get("external_id") or None,
        now=timezone.now(),
    )
    return _settled(request, party_id, _("Noted"))


@signed_in
@require_POST
@says_no
def withdraw(request: HttpRequest, reception_id: UUID) -> HttpResponse:
    """Take back what one logged today."""
    kept = services.withdraw_reception(request.user, reception_id, now=timezone.now())
    return _settled(request, kept.party_id, _("Taken back"))


def _settled(request: HttpRequest, party_id: str, said: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("lobby:card", party_id)
    return render(request, "lobby/_card.html", {**_card(request, party_id), **_queue(request), "said": said})
