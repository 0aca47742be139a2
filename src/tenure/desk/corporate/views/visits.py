"""Visits to companies: planned, reported, called off; and what was promised on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.control.asked import day, day_of, version
from tenure.desk.control.errors import Unacceptable
from tenure.desk.corporate import (
    selectors,
    standing,
    visit_selectors,
    visit_services,
)
from tenure.desk.corporate.views.shared import needed, of_company, shared, today
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.parties import selectors as parties


@signed_in
@require_POST
@says_no
@of_company
def plan_visit(request: HttpRequest, company_id: str) -> HttpResponse:
    """Plan a visit."""
    made = visit_services.plan_visit(
        request.user,
        company_id,
        **_plan(request),
        now=timezone.now(),
        external_id=request.POST.get("external_id") or None,
    )
    return page_again(request, "corporate:visit", made.pk)


def _plan(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    bought = given.get("purchase", "")
    try:
        purchase_id = UUID(bought) if bought else None
    except ValueError:
        raise Unacceptable(_("The company is buying no such thing."), field="purchase") from None
    return {
        "aim": given.get("aim", ""),
        "on": needed(request, "on"),
        # “E2011 王芳”, as the list beside the field offers them
        "staff_ids": [part.split()[0] for part in given.getlist("staff") if part.strip()],
        "meets": given.get("meets", ""),
        "questions": given.get("questions", ""),
        "bring": given.get("bring", ""),
        "purchase_id": purchase_id,
    }


@never_cache
@signed_in
@require_GET
def visit(request: HttpRequest, number: UUID) -> HttpResponse:
    """One visit: its plan, to print; its report, or the form for it."""
    found = visit_selectors.visit(request.user, number)
    row = standing.company(request.user, found.party_id)
    return render(
        request,
        "corporate/visit.html",
        {
            **shared(request, row),
            "visit": found,
            "address": selectors.address_of(request.user, row),
            "promises": visit_selectors.promises_at(request.user, found),
            "purchases": [
                one for one in selectors.purchases_of(request.user, row.party_id, today()) if one.state == "open"
            ],
            "outcomes": codes.OUTCOMES,
            "sides": codes.PROMISE_SIDES,
            "colleagues": parties.colleagues_for(request.user, row.party_id),
            "is_planned": found.state == "planned",
            "is_due": found.on <= today(),
        },
    )


@signed_in
@require_POST
@versioned(visit_selectors.version_of)
@says_no
def change_visit(request: HttpRequest, number: UUID) -> HttpResponse:
    """Change a visit's plan."""
    visit_services.change_visit(request.user, number, **_plan(request), version=version(request), now=timezone.now())
    return page_again(request, "corporate:visit", number)


@signed_in
@require_POST
@versioned(visit_selectors.version_of)
@says_no
def cancel_visit(request: HttpRequest, number: UUID) -> HttpResponse:
    """Call a visit off."""
    visit_services.cancel_visit(request.user, number, version=version(request), now=timezone.now())
    return page_again(request, "corporate:visit", number)


@signed_in
@require_POST
@versioned(visit_selectors.version_of)
@says_no
def report_visit(request: HttpRequest, number: UUID) -> HttpResponse:
    """Report a visit; promises without words are left out."""
    given = request.POST
    lines = zip(
        given.getlist("side"), given.getlist("promise"), given.getlist("due_on"), given.getlist("who"), strict=False
    )
    visit_services.report_visit(
        request.user,
        number,
        given.get("learned", ""),
        given.get("outcome", ""),
        version=version(request),
        now=timezone.now(),
        promises=[
            visit_services.Promised(side, text, day_of(due, "due_on"), who)
            for side, text, due, who in lines
            if text.strip()
        ],
        next_step=given.get("next_step", ""),
        next_step_on=day(request, "next_step_on"),
    )
    return page_again(request, "corporate:visit", number)


@signed_in
@require_POST
@says_no
def settle_promise(request: HttpRequest, promise_id: UUID) -> HttpResponse:
    """Say what became of a promise."""
    promise = visit_services.settle_promise(request.user, promise_id, request.POST.get("state", ""), now=timezone.now())
    return page_again(request, "corporate:company", promise.party_id)
