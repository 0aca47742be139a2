"""Composing a solution, the customer's page of it, the answer and the plan; and how branches sell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control.asked import day, version
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.masking import masked
from tenure.desk.kit.formats import is_chinese
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.offers import asked, rules, selectors, services, wording
from tenure.desk.offers import selling as sales
from tenure.desk.offers.fitting import Fitting, fitting
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import selectors as parties


def _name(request: HttpRequest, row: Any) -> str:
    return masked(row.name, CUSTOMER["name"], reach_of(request.user)) or row.party_id


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """A customer's solutions in a few lines; a part of the customer's page."""
    context = {
        "customer": parties.customer(request.user, party_id),
        "solutions": selectors.of_customer(request.user, party_id, timezone.localdate(), limit=4),
        "may_change": selectors.may_change(request.user),
    }
    return render(request, "offers/_of_customer.html", context)


@signed_in
@require_POST
@says_no
def begin(request: HttpRequest, party_id: str) -> HttpResponse:
    """Begin a solution, or go on with the one in draft."""
    made = services.begin(request.user, party_id, now=timezone.now())
    return page_again(request, "offers:solution", made.pk)


@never_cache
@signed_in
@require_GET
def solution(request: HttpRequest, solution_id: UUID) -> HttpResponse:
    """A solution: the composer while it is a draft, then what was shown, the customer's answer and the plan."""
    today = timezone.localdate()
    one = selectors.solution(request.user, solution_id, today)
    row = parties.customer(request.user, one.party_id)
    may_change = selectors.may_change(request.user)
    context: dict[str, Any] = {
        "one": one,
        "customer": row,
        "name": _name(request, row),
        "may_change": may_change,
        "today": today,
        "languages": settings.LANGUAGES,
    }
    if one.standing == rules.DRAFT:
        found = fitting(request.user, one.party_id, today, one.row.needs)
        context |= {
            "fitting": found,
            "needs": _with_choices(found, one),
            "could_add": [(need, wording.need_name(need)) for need in found.could_add],
            "usual_until": today + rules.USUAL_VALIDITY,
            "latest_until": today + rules.LONGEST_VALIDITY,
        }
        return render(request, "offers/compose.html", context)
    context |= {
        "colleagues": parties.colleagues_for(request.user, one.party_id) if may_change else [],
        "reasons": list(codes.LOST_REASONS),
        "step_on": today + timedelta(days=3),
    }
    return render(request, "offers/solution.html", context)


def _with_choices(found: Fitting, one: Any) -> list[dict[str, Any]]:
    """Each need with its offers, and of each offer what stands chosen."""
    chosen = {
        f"{item.need}|{f'bundle|{item.bundle_id}' if item.bundle_id else f'product|{item.product_id}'}": item
        for item in one.items
    }
    return [
        {
            "felt": need,
            "offers": [
                {
                    "offer": offer,
                    "field": f"{need.need}|{offer.key}",
                    "item": chosen.get(f"{need.need}|{offer.key}"),
                    "amount_of": rules.business_of(offer.category),
                }
                for offer in need.fits
            ],
        }
        for need in found.needs
    ]


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def compose(request: HttpRequest, solution_id: UUID) -> HttpResponse:
    """Save what the composer has; with ``act=show`` show it to the customer then."""
    one = selectors.solution(request.user, solution_id, timezone.localdate())
    saved = services.compose(
        request.user,
        solution_id,
        asked.needs(request),
        asked.choices(request, one.currency),
        request.POST.get("advice", ""),
        version=version(request),
        now=timezone.now(),
    )
    if request.POST.get("act") != "show":
        return page_again(request, "offers:solution", solution_id)
    until = day(request, "valid_until") or timezone.localdate() + rules.USUAL_VALIDITY
    language = request.POST.get("language", "")
    try:
        services.show(request.user, solution_id, language, until, version=saved.version, now=timezone.now())
    except Unacceptable as no:  # what was typed is saved; the page says what stands in the way
        messages.error(request, f"{no.message} {no.remedy}".strip())
        return page_again(request, "offers:solution", solution_id)
    return page_again(request, "offers:paper", solution_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def settle(request: HttpRequest, solution_id: UUID) -> HttpResponse:
    """Note what the customer said to each item."""
    one = selectors.solution(request.user, solution_id, timezone.localdate())
    services.settle(
        request.user,
        solution_id,
        asked.answers(request, one.items),
        version=version(request),
        now=timezone.now(),
        reason=request.POST.get("reason", ""),
        words=request.POST.get("words", ""),
    )
    return page_again(request, "offers:solution", solution_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def drop(request: HttpRequest, solution_id: UUID) -> HttpResponse:
    """Give a draft up."""
    dropped = services.drop(request.user, solution_id, version=version(request), now=timezone.now())
    messages.success(request, _("The draft was dropped."))
    return page_again(request, "parties:customer", dropped.party_id)


@never_cache
@signed_in
@require_GET
def paper(request: HttpRequest, solution_id: UUID) -> HttpResponse:
    """The customer's page as it was shown, in the language chosen here, to print or keep as PDF."""
    one = selectors.solution(request.user, solution_id, timezone.localdate())
    language = request.GET.get("language", "")
    content = selectors.paper(request.user, one, language if language in dict(settings.LANGUAGES) else "")
    context = {
        "one": one,
        "language": content["language"],
        "languages": settings.LANGUAGES,
        "name": content["name"],
        "paper": _paper(request, one, content),
    }
    return render(request, "offers/paper.html", context)


def _paper(request: HttpRequest, one: selectors.Seen, content: dict[str, Any]) -> str:
    """The page in the customer's language, whatever the reader's is."""
    with translation.override(content["language"]):
        context = {"content": content, "one": one, "chinese": is_chinese(content["language"])}
        return render_to_string("offers/_paper.html", context, request)


@never_cache
@signed_in
@require_GET
def selling(request: HttpRequest) -> HttpResponse:
    """How branches sell: at which of the three levels, and how many of those shown a solution agree."""
    told = request.GET.get("months", "")
    months = int(told) if told in {str(span) for span in sales.SPANS} else sales.SPANS[-1]
    found = sales.selling(request.user, months, timezone.localdate())
    context = {"found": found, "months": months, "spans": sales.SPANS, "enough": rules.ENOUGH}
    return render(request, "offers/selling.html", context)
