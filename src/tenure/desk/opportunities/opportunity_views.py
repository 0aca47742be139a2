"""The page of one opportunity and what is done on it: a step, a correction, won, lost, opened again."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import services as control
from tenure.desk.control.asked import day, version
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.masking import masked
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.opportunities import asked, reopening, rules, selectors, services
from tenure.desk.opportunities.credit import selectors as credit
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import selectors as parties


def _today() -> dt.date:
    return timezone.localdate()


@never_cache
@signed_in
@require_GET
def opportunity(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """One opportunity: facts, next step, history, contacts, shares."""
    one = selectors.opportunity(request.user, opportunity_id, _today())
    control.note_view(request.user, CUSTOMER, one.party_id, now=timezone.now())
    row = parties.customer(request.user, one.party_id)
    deals = credit.deals_of(request.user, opportunity_id)
    may_change = selectors.may_change(request.user)
    return render(
        request,
        "opportunities/opportunity.html",
        {
            "one": one,
            "customer": row,
            "name": masked(row.name, CUSTOMER["name"], reach_of(request.user)) or row.party_id,
            "stages": _way(one, request.GET.get("stage", "")),
            "came_of": asked.signal(request.user, one.source_key) if one.source == "seen" else None,
            "likely": selectors.likelihood_of(one) if one.state == rules.OPEN else None,
            "steps": selectors.steps_of(request.user, one),
            "contacts": selectors.contacts_with(request.user, one),
            "deals": deals,
            "in_force": next((deal for deal in deals if deal.row.state == "in_force"), None),
            "under_way": next((deal for deal in deals if deal.row.state in ("proposed", "objected", "disputed")), None),
            "past": [deal for deal in deals if deal.row.state in ("replaced", "refused")],
            "may_change": may_change and one.state == rules.OPEN,
            "may_propose": one.state != rules.LOST and credit.may_propose(request.user, one),
            "may_end": one.state == rules.WON and credit.may_end(request.user, one),
            "may_reopen": reopening.may_reopen(request.user, one, _today()),
            "reopens_until": rules.reopens_until(one.state, one.closed_on) if one.closed_on else None,
            "colleagues": parties.colleagues_for(request.user, one.party_id) if may_change else [],
            "proposal_rows": _proposal_rows(one, deals),
            "kinds": codes.INTERACTION_KINDS,
            "outcomes": codes.OUTCOMES,
            "lost_reasons": codes.LOST_REASONS,
            "soon": _today() + rules.USUAL_STEP,
            "today": _today(),
        },
    )


def _way(one: Any, chosen: str) -> list[dict[str, Any]]:
    """The stages of its kind: which lie behind it, and which the form offers (where a card's arrow led here)."""
    order = rules.codes_of(one.kind)
    place = order.index(one.stage) if one.stage in order else -1
    chosen = chosen if chosen in order else one.stage
    return [
        {"code": code, "past": n < place, "here": n == place, "chosen": code == chosen} for n, code in enumerate(order)
    ]


def _proposal_rows(one: Any, deals: list[Any]) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The lines of the form for shares: those last told, or the owner alone; one empty line more for each part."""
    last = next((deal for deal in deals if deal.row.state in ("in_force", "objected")), None)
    found = []
    for part in codes.CREDIT_PARTS:
        told = [(s.staff_id, s.percent) for p, _w, shares in (last.parts if last else []) if p == part for s in shares]
        found.append((part, [*(told or [(one.owner, 100)]), ("", "")]))
    return found


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def step(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Log a step: a stage, words, what comes next and when; a contact with the customer where one was made."""
    kind = request.POST.get("contact_kind", "")
    contact = services.ContactMade(kind, request.POST.get("outcome", "")) if kind else None
    services.move(
        request.user,
        opportunity_id,
        request.POST.get("stage", ""),
        version=version(request),
        now=timezone.now(),
        words=request.POST.get("words", ""),
        next_step=request.POST.get("next_step", ""),
        next_step_on=day(request, "next_step_on"),
        contact=contact,
    )
    return page_again(request, "opportunities:opportunity", opportunity_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def edit(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Correct its title, amount, owner or the day it is expected to close."""
    one = selectors.opportunity(request.user, opportunity_id, _today())
    services.edit(
        request.user,
        opportunity_id,
        version=version(request),
        now=timezone.now(),
        title=request.POST.get("title", ""),
        amount=asked.amount(request, "amount", one.currency),
        owner=request.POST.get("owner", "")[:40],
        expected_close_on=day(request, "expected_close_on"),
    )
    return page_again(request, "opportunities:opportunity", opportunity_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def win(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Close it as won, with the amount that was won."""
    one = selectors.opportunity(request.user, opportunity_id, _today())
    services.win(
        request.user,
        opportunity_id,
        asked.amount(request, "won_amount", one.currency),
        version=version(request),
        now=timezone.now(),
        words=request.POST.get("words", ""),
    )
    return page_again(request, "opportunities:opportunity", opportunity_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def lose(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Close it as lost, for a reason."""
    services.lose(
        request.user,
        opportunity_id,
        request.POST.get("lost_reason", ""),
        version=version(request),
        now=timezone.now(),
        words=request.POST.get("words", ""),
    )
    return page_again(request, "opportunities:opportunity", opportunity_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def reopen(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Open a closed one again, for a reason and with what comes next."""
    on = day(request, "next_step_on")
    if on is None:
        raise Unacceptable(_("Say on which day the next step is."), field="next_step_on")
    reopening.reopen(
        request.user,
        opportunity_id,
        request.POST.get("reason", ""),
        request.POST.get("next_step", ""),
        on,
        version=version(request),
        now=timezone.now(),
    )
    return page_again(request, "opportunities:opportunity", opportunity_id)
