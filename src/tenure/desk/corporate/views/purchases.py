"""What a company is buying: where the decision stands, who decides, by what; and the negotiation sheet."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.control.asked import day, version
from tenure.desk.corporate import company, negotiation_services, rules, selectors, services, standing
from tenure.desk.corporate.views.shared import needed, of_company, shared, today
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned


@signed_in
@require_POST
@says_no
@of_company
def open_purchase(request: HttpRequest, company_id: str) -> HttpResponse:
    """Note that the company is buying something."""
    made = services.open_purchase(
        request.user,
        company_id,
        request.POST.get("about", ""),
        request.POST.get("demand", ""),
        request.POST.get("decision", ""),
        needed(request, "decides_on"),
        now=timezone.now(),
        stage=request.POST.get("stage", "") or "need_seen",
        external_id=request.POST.get("external_id") or None,
    )
    return page_again(request, "corporate:purchase", made.pk)


@never_cache
@signed_in
@require_GET
def purchase(request: HttpRequest, number: UUID) -> HttpResponse:
    """One purchase: where the decision stands, who decides, what by, what happened."""
    one = selectors.purchase(request.user, number, today())
    row = standing.company(request.user, one.party_id)
    criteria = selectors.criteria_of(request.user, one)
    people = company.people_of(request.user, row)
    offered = {person.party_id: name for _kind, person, name in people.leads}
    offered |= {person.party_id: name for person, name in people.staff}
    ahead, level, behind, unknown = rules.how_we_stand((each.weight, each.standing) for each in criteria)
    order = list(codes.BUYING_STAGES)
    return render(
        request,
        "corporate/purchase.html",
        {
            **shared(request, row),
            "one": one,
            "stages": [
                {"code": code, "past": n < order.index(one.stage), "here": code == one.stage}
                for n, code in enumerate(order)
            ],
            "roles": selectors.roles_of(request.user, one),
            "role_codes": codes.BUYING_ROLES,
            "attitudes": codes.ATTITUDES,
            "offered": offered,
            "criteria": criteria,
            "empty_rows": "12" if len(criteria) + 2 <= rules.CRITERIA else "",
            "standings": codes.STANDINGS,
            "weights": range(1, 6),
            "balance": {"ahead": ahead, "level": level, "behind": behind, "unknown": unknown},
            "of": ahead + level + behind + unknown,
            "steps": selectors.steps_of(request.user, one),
            "ends": [code for code in codes.PURCHASE_STATES if code != "open"],
            "may_negotiate": standing.may_negotiate(request.user, one.party_id),
            "is_open": one.state == "open",
        },
    )


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def move_purchase(request: HttpRequest, number: UUID) -> HttpResponse:
    """Say where the company's decision stands now."""
    services.move_on(
        request.user,
        number,
        version=version(request),
        now=timezone.now(),
        stage=request.POST.get("stage", ""),
        words=request.POST.get("words", ""),
        decision=request.POST.get("decision", ""),
        decides_on=day(request, "decides_on"),
    )
    return page_again(request, "corporate:purchase", number)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def close_purchase(request: HttpRequest, number: UUID) -> HttpResponse:
    """Say how the company decided."""
    services.close_purchase(
        request.user,
        number,
        request.POST.get("state", ""),
        version=version(request),
        now=timezone.now(),
        words=request.POST.get("words", ""),
    )
    return page_again(request, "corporate:purchase", number)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def put_role(request: HttpRequest, number: UUID) -> HttpResponse:
    """Say what a person does in the purchase."""
    given = request.POST
    services.put_role(
        request.user,
        number,
        given.get("role", ""),
        version=version(request),
        now=timezone.now(),
        party_id=given.get("party_id", "")[:40],
        name=given.get("name", ""),
        post=given.get("post", ""),
        attitude=given.get("attitude", "unknown"),
        words=given.get("words", ""),
    )
    return page_again(request, "corporate:purchase", number)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def end_role(request: HttpRequest, number: UUID, role_id: UUID) -> HttpResponse:
    """Take a person off the purchase."""
    services.end_role(request.user, number, role_id, version=version(request), now=timezone.now())
    return page_again(request, "corporate:purchase", number)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def put_criteria(request: HttpRequest, number: UUID) -> HttpResponse:
    """Say what the company judges offers by; lines without words are left out."""
    given = request.POST
    lines = zip(given.getlist("criterion"), given.getlist("weight"), given.getlist("standing"), strict=False)
    criteria = [
        (text, int(weight) if weight.isdecimal() and len(weight) < 3 else 0, how)
        for text, weight, how in lines
        if text.strip()
    ]
    services.put_criteria(request.user, number, criteria, version=version(request), now=timezone.now())
    return page_again(request, "corporate:purchase", number)


@never_cache
@signed_in
@says_no
def negotiation(request: HttpRequest, number: UUID) -> HttpResponse:
    """The negotiation sheet, its editions, and the form for the next; to print."""
    if request.method == "POST":
        return _write_sheet(request, number)
    one = selectors.purchase(request.user, number, today())
    sheets = selectors.sheets_of(request.user, one)
    told = request.GET.get("edition", "")
    shown = next((sheet for sheet in sheets if str(sheet.number) == told), sheets[0] if sheets else None)
    negotiation_services.note_sheet_opened(
        request.user, one.id, one.party_id, shown.number if shown is not None else 0, now=timezone.now()
    )
    row = standing.company(request.user, one.party_id)
    return render(
        request,
        "corporate/negotiation.html",
        {
            **shared(request, row),
            "one": one,
            "sheets": sheets,
            "sheet": shown,
            "last": sheets[0] if sheets else None,
            "is_last": shown is None or shown is sheets[0],
            "is_open": one.state == "open",
        },
    )


@versioned(selectors.edition_of)
@says_no
def _write_sheet(request: HttpRequest, number: UUID) -> HttpResponse:
    given = request.POST
    negotiation_services.write_sheet(
        request.user,
        number,
        given.get("aims", ""),
        given.get("limits", ""),
        list(zip(given.getlist("give"), given.getlist("ask"), strict=False)),
        given.get("their_alternatives", ""),
        given.get("our_alternatives", ""),
        number=version(request),
        now=timezone.now(),
    )
    return page_again(request, "corporate:negotiation", number)
