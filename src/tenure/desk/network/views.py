"""Who can introduce me to…, the introductions, one introduction, what came through a customer."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import services as control
from tenure.desk.control.asked import version
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.masking import masked
from tenure.desk.kit.pages import leads_to, safe_next, says_no, signed_in, versioned
from tenure.desk.network import paths as ways
from tenure.desk.network import rules, selectors, services
from tenure.desk.network import worth as value
from tenure.desk.network.filters import IntroductionFilter, filter_from, position_from
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import selectors as parties
from tenure.desk.parties import services as parties_services

PAGE = "introductions"


def _today() -> dt.date:
    return timezone.localdate()


@never_cache
@signed_in
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every introduction one sees: filters, order, pages; one's own under way unless asked otherwise."""
    query = request.GET.copy()
    own = reach_of(request.user).staff_id
    if "state" not in query and "thanks" not in query:
        query["state"] = "under_way"
    if query.get("owner") == "all" or "owner" not in query:
        query["owner"] = "" if query.get("owner") == "all" else own
    wanted = filter_from(query)
    position = position_from(request.GET.get("at", ""), wanted.order)
    found = selectors.introduction_list(request.user, wanted, position)
    parties_services.note_listing(request.user, {"of": PAGE, **wanted.asked()}, len(found.rows), timezone.now())
    asked_for = QueryDict(mutable=True)
    asked_for.update(wanted.asked())
    return render(
        request,
        "network/list.html",
        {
            "found": found,
            "page": found.page,
            "wanted": wanted,
            "asked": asked_for.urlencode(),
            "own": own,
            "owners": selectors.owners_among(request.user),
            "states": codes.INTRODUCTION_STATES,
            "tab": "list",
        },
    )


@never_cache
@signed_in
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """Thanks one owes for introductions; a part of Today, empty where none are owed."""
    own = reach_of(request.user).staff_id
    owed = IntroductionFilter(owner=own, thanks=True, sort="asked")
    found = selectors.introduction_list(request.user, owed, None, 5) if own else None
    return render(request, "network/_thanks.html", {"found": found, "asked": owed.asked()})


@never_cache
@signed_in
@require_GET
def paths(request: HttpRequest) -> HttpResponse:
    """Look for whom one would like to meet: one's own customers by name, others' companies by their whole name."""
    must(request.user, Permission.VIEW_CUSTOMERS)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    mine = parties.find(request.user, text, 12) if text else []
    company = ways.company_named(text) if text else None
    if company is not None and company.party_id in {row.party_id for row in mine}:
        company = None
    reach = reach_of(request.user)
    context: dict[str, Any] = {
        "q": text,
        "mine": [(row, masked(row.name, CUSTOMER["name"], reach) or row.party_id) for row in mine],
        "tab": "paths",
    }
    if company is not None:
        context |= _ways(request, company, text)
    return render(request, "network/paths.html", context)


@never_cache
@signed_in
@require_GET
def to(request: HttpRequest, party_id: str) -> HttpResponse:
    """The ways to one of the customers one sees."""
    target = parties.customer(request.user, party_id)
    name = masked(target.name, CUSTOMER["name"], reach_of(request.user)) or target.party_id
    context = _ways(request, target, name)
    return render(request, "network/paths.html", {"q": "", "mine": [], "tab": "paths", **context})


def _ways(request: HttpRequest, target: Any, name: str) -> dict[str, Any]:
    found = ways.ways_to(request.user, target, _today())
    shown = {"of": "paths", "to": target.party_id}
    parties_services.note_listing(request.user, shown, len(found.ways) + len(found.hindered), timezone.now())
    for way in found.hindered:
        way.introducer.why_not = selectors.hindrance_words(way.hindrance)
    return {
        "ways": found,
        "target_name": name,
        "target": target if found.target.row is not None else None,
        "about": "" if found.target.row is not None else name,
        "may_change": selectors.may_change(request.user),
        "once": uuid4(),
        "formula": {
            "contacts": rules.CONTACTS,
            "none": rules.NO_CONTACT,
            "colleague": rules.THROUGH_COLLEAGUE,
            "willing": (rules.PROMOTER, rules.PASSIVE, rules.DETRACTOR, rules.NOT_SURVEYED),
            "standing": [rules.STANDING[tier] for tier in codes.TIER_ORDER],
            "length": (rules.NEW_TIE, rules.AGE_UNKNOWN, 1.0),
        },
        "kinds": sorted(
            ((kind, strength) for kind, (strength, _circle) in rules.TIES.items()), key=lambda pair: -pair[1]
        ),
    }


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """Introductions by one customer: a part of the customer's page."""
    return _of_customer(request, party_id)


def _of_customer(request: HttpRequest, party_id: str, **context: Any) -> HttpResponse:
    row = parties.customer(request.user, party_id)
    standing = selectors.standing_with(request.user, row.party_id, _today(), 3)
    return render(
        request,
        "network/_of_customer.html",
        {
            "customer": row,
            "standing": standing,
            "why_not": selectors.hindrance_words(standing.hindrance),
            "may_change": selectors.may_change(request.user),
            "once": uuid4(),
            **context,
        },
    )


@never_cache
@signed_in
@require_GET
def worth(request: HttpRequest, party_id: str) -> HttpResponse:
    """Who came through one customer, and what they hold today."""
    row = parties.customer(request.user, party_id)
    control.note_view(request.user, CUSTOMER, row.party_id, now=timezone.now())
    standing = selectors.standing_with(request.user, row.party_id, _today())
    return render(
        request,
        "network/worth.html",
        {
            "customer": row,
            "name": masked(row.name, CUSTOMER["name"], reach_of(request.user)) or row.party_id,
            "worth": value.worth_of(request.user, row.party_id),
            "standing": standing,
            "why_not": selectors.hindrance_words(standing.hindrance),
        },
    )


@never_cache
@signed_in
@require_GET
def branch(request: HttpRequest) -> HttpResponse:
    """How a year of introductions converted, and how far the stock was asked."""
    must(request.user, Permission.VIEW_CUSTOMERS)
    return render(request, "network/branch.html", {"found": value.branch_worth(request.user, _today()), "tab": "worth"})


@signed_in
@require_POST
@says_no
def ask(request: HttpRequest, party_id: str) -> HttpResponse:
    """Note that a customer was asked, from their page or from a way to somebody."""
    made = services.ask(
        request.user,
        party_id,
        request.POST.get("about", ""),
        request.POST.get("target_id", "")[:40],
        request.POST.get("words", ""),
        now=timezone.now(),
        # The form's own number: pressed twice it asks once.
        external_id=request.POST.get("external_id", "")[:60] or None,
    )
    if request.POST.get("part"):
        return _of_customer(request, party_id, said=_("Noted"))
    return leads_to(request, reverse("network:introduction", args=[made.pk]))


@signed_in
@require_POST
@says_no
def unasked(request: HttpRequest, party_id: str) -> HttpResponse:
    """Note whom a customer named of their own accord."""
    made = services.note_unasked(
        request.user,
        party_id,
        request.POST.get("name", ""),
        request.POST.get("phone", ""),
        request.POST.get("given_id", "").strip()[:40],
        may_call=request.POST.get("may_call") == "1",
        now=timezone.now(),
        external_id=request.POST.get("external_id", "")[:60] or None,
    )
    if request.POST.get("part"):
        return _of_customer(request, party_id, said=_("Noted"))
    return leads_to(request, reverse("network:introduction", args=[made.pk]))


@never_cache
@signed_in
@require_GET
def introduction(request: HttpRequest, introduction_id: UUID) -> HttpResponse:
    """One introduction: where it stands, what comes next, thanks and credit."""
    one = selectors.introduction(request.user, introduction_id)
    control.note_view(request.user, CUSTOMER, one.introducer_id, now=timezone.now())
    became = request.GET.get("became", "").replace("\x00", "").strip()[:40] or one.given_seen
    candidates = selectors.opportunities_of(request.user, became)
    return render(
        request,
        "network/introduction.html",
        {
            "one": one,
            "way": _stages(one),
            "became": became,
            "candidates": candidates,
            "reasons": codes.INTRODUCTION_REASONS,
            "thanks": codes.THANKS,
            "may_change": selectors.may_change(request.user),
            "today": _today(),
        },
    )


def _stages(one: Any) -> list[tuple[str, str]]:
    """Where it stands on the way to a customer: each stage with ``past``, ``here`` or nothing."""
    order = [rules.ASKED, rules.GIVEN, rules.CONTACTED, rules.CONVERTED]
    reached = {
        rules.ASKED: one.asked_on is not None,
        rules.GIVEN: one.given_on is not None,
        rules.CONTACTED: one.contacted_on is not None,
        rules.CONVERTED: one.state == rules.CONVERTED,
    }
    return [(stage, "here" if stage == one.state else "past" if reached[stage] else "") for stage in order]


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def named(request: HttpRequest, introduction_id: UUID) -> HttpResponse:
    """Note whom the customer named."""
    services.note_named(
        request.user,
        introduction_id,
        request.POST.get("name", ""),
        request.POST.get("phone", ""),
        request.POST.get("given_id", "").strip()[:40],
        may_call=request.POST.get("may_call") == "1",
        version=version(request),
        now=timezone.now(),
    )
    return _page(request, introduction_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def contacted(request: HttpRequest, introduction_id: UUID) -> HttpResponse:
    """Note that the one named was reached."""
    services.contacted(request.user, introduction_id, version=version(request), now=timezone.now())
    return _page(request, introduction_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def convert(request: HttpRequest, introduction_id: UUID) -> HttpResponse:
    """Note the customer they became, and the opportunity that came of it."""
    text = request.POST.get("opportunity_id", "").strip()
    try:
        opportunity_id = UUID(text) if text else None
    except ValueError:
        raise Unacceptable(_("This opportunity is not with the customer."), field="opportunity_id") from None
    services.convert(
        request.user,
        introduction_id,
        request.POST.get("party_id", "").strip()[:40],
        opportunity_id,
        version=version(request),
        now=timezone.now(),
    )
    return _page(request, introduction_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def end(request: HttpRequest, introduction_id: UUID) -> HttpResponse:
    """Note that nothing came of it, and why."""
    services.end(
        request.user, introduction_id, request.POST.get("reason", ""), version=version(request), now=timezone.now()
    )
    return _page(request, introduction_id)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def thank(request: HttpRequest, introduction_id: UUID) -> HttpResponse:
    """Note that the introducer was thanked."""
    services.thank(
        request.user, introduction_id, request.POST.get("how", ""), version=version(request), now=timezone.now()
    )
    return _page(request, introduction_id)


def _page(request: HttpRequest, introduction_id: UUID) -> HttpResponse:
    return leads_to(request, safe_next(request, reverse("network:introduction", args=[introduction_id])))
