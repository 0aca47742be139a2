"""The company page and what hangs on it: purchases, visits, trust; what waits on Today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
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
from tenure.contracts.published import CUSTOMER
from tenure.desk.care.selectors import bank_settings
from tenure.desk.control import services as control
from tenure.desk.control.asked import day, day_of, version
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.corporate import (
    company,
    rules,
    selectors,
    services,
    sizing,
    standing,
    visit_selectors,
    visit_services,
    words,
)
from tenure.desk.kit import formats
from tenure.desk.kit.charts import Chart, Series
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.opportunities import asked
from tenure.desk.parties import selectors as parties
from tenure.desk.publication.current import pinned
from tenure.desk.work.selectors import contacts_of

View = Callable[..., HttpResponse]
#: How far ahead a decision, a visit or a promise is put where a form offers a day.
SOON = dt.timedelta(days=7)


def _today() -> dt.date:
    return timezone.localdate()


def _of_company(view: View) -> View:
    """Let only those through who see the company: what a form says is not looked at before that."""

    @wraps(view)
    def answered(request: HttpRequest, company_id: str) -> HttpResponse:
        standing.company(request.user, company_id)
        return view(request, company_id)

    return answered


def _shared(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {
        "customer": row,
        "name": selectors.name_of(request.user, row),
        "may_change": selectors.may_change(request.user),
        "today": _today(),
        "soon": _today() + SOON,
        "new_id": uuid4(),
    }


@never_cache
@signed_in
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What companies are buying now, the stale first."""
    all_seen = request.GET.get("all") == "1"
    found = selectors.under_way(request.user, _today(), all_seen=all_seen)
    return render(request, "corporate/index.html", {"purchases": found, "all": all_seen, "today": _today()})


@never_cache
@signed_in
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits with companies; a part of Today, empty where nothing does."""
    return render(request, "corporate/_waiting.html", {"waiting": selectors.waiting(request.user, _today())})


@never_cache
@signed_in
@require_GET
def company_page(request: HttpRequest, company_id: str) -> HttpResponse:
    """A company: its group, partners and people, the five demands, purchases, visits, trust, batch business."""
    user, row = request.user, standing.company(request.user, company_id)
    if row.party_id != company_id:
        return redirect("corporate:company", row.party_id)
    control.note_view(user, CUSTOMER, row.party_id, now=timezone.now())
    partners = company.partners_of(user, row)
    trust = selectors.trust_of(user, row.party_id)
    return render(
        request,
        "corporate/company.html",
        {
            **_shared(request, row),
            "group": company.group_of(user, row.party_id),
            "partners": {kind: _apart(found) for kind, found in partners.items()},
            "people": company.people_of(user, row),
            "demands": company.demands_of(user, row, partners, get_language() or "zh-hans"),
            "fact_names": words.fact_names(),
            "demand_states": codes.DEMAND_STATES,
            "demand_codes": codes.DEMANDS,
            "stages": codes.BUYING_STAGES,
            "purchases": selectors.purchases_of(user, row.party_id, _today()),
            "visits": visit_selectors.visits_to(user, row.party_id),
            "promises": visit_selectors.promises_of(user, row.party_id),
            "trust": trust[0] if trust else None,
            "payroll": sizing.payroll(user, row),
            "acquiring": sizing.acquiring(row),
            "sized": sizing.sized_before(user, row.party_id),
            "as_of": sizing.as_of(),
        },
    )


def _apart(partners: list[company.Partner]) -> dict[str, Any]:
    """Partners the reader may see, and how many others there are."""
    seen = [one for one in partners if one.row is not None]
    return {"seen": seen, "unseen": len(partners) - len(seen), "count": len(partners)}


@signed_in
@require_POST
@says_no
@_of_company
def note_demand(request: HttpRequest, company_id: str) -> HttpResponse:
    """Note what was asked or heard about a demand."""
    services.note_demand(
        request.user,
        company_id,
        request.POST.get("demand", ""),
        request.POST.get("state", ""),
        request.POST.get("words", ""),
        now=timezone.now(),
        external_id=request.POST.get("external_id") or None,
    )
    return page_again(request, "corporate:company", company_id)


@signed_in
@require_POST
@says_no
@_of_company
def make_opportunity(request: HttpRequest, company_id: str) -> HttpResponse:
    """Make an opportunity of the figures of payroll or acquiring."""
    publication = pinned()
    on = day(request, "next_step_on")
    if on is None:
        raise Unacceptable(_("Say on which day the next step is."), field="next_step_on")
    made = services.make_opportunity(
        request.user,
        company_id,
        request.POST.get("kind", ""),
        asked.amount(request, "amount", publication.currency if publication is not None else ""),
        request.POST.get("next_step", ""),
        on,
        now=timezone.now(),
    )
    return page_again(request, "opportunities:opportunity", made.pk)


# -- purchases ------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
@says_no
@_of_company
def open_purchase(request: HttpRequest, company_id: str) -> HttpResponse:
    """Note that the company is buying something."""
    made = services.open_purchase(
        request.user,
        company_id,
        request.POST.get("about", ""),
        request.POST.get("demand", ""),
        request.POST.get("decision", ""),
        _needed(request, "decides_on"),
        now=timezone.now(),
        stage=request.POST.get("stage", "") or "need_seen",
        external_id=request.POST.get("external_id") or None,
    )
    return page_again(request, "corporate:purchase", made.pk)


def _needed(request: HttpRequest, name: str) -> dt.date:
    return day_of(request.POST.get(name, ""), name)


@never_cache
@signed_in
@require_GET
def purchase(request: HttpRequest, number: UUID) -> HttpResponse:
    """One purchase: where the decision stands, who decides, what by, what happened."""
    one = selectors.purchase(request.user, number, _today())
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
            **_shared(request, row),
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
    one = selectors.purchase(request.user, number, _today())
    sheets = selectors.sheets_of(request.user, one)
    told = request.GET.get("edition", "")
    shown = next((sheet for sheet in sheets if str(sheet.number) == told), sheets[0] if sheets else None)
    services.note_sheet_opened(
        request.user, one.id, one.party_id, shown.number if shown is not None else 0, now=timezone.now()
    )
    row = standing.company(request.user, one.party_id)
    return render(
        request,
        "corporate/negotiation.html",
        {
            **_shared(request, row),
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
    services.write_sheet(
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


# -- visits ---------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
@says_no
@_of_company
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
        "on": _needed(request, "on"),
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
            **_shared(request, row),
            "visit": found,
            "address": selectors.address_of(request.user, row),
            "promises": visit_selectors.promises_at(request.user, found),
            "purchases": [
                one for one in selectors.purchases_of(request.user, row.party_id, _today()) if one.state == "open"
            ],
            "outcomes": codes.OUTCOMES,
            "sides": codes.PROMISE_SIDES,
            "colleagues": parties.colleagues_for(request.user, row.party_id),
            "is_planned": found.state == "planned",
            "is_due": found.on <= _today(),
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


# -- trust ----------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@says_no
@_of_company
def trust(request: HttpRequest, company_id: str) -> HttpResponse:
    """The trust equation: the guided self-check, its history, and beside it what can be measured."""
    if request.method == "POST":
        return _judge(request, company_id)
    user, row = request.user, standing.company(request.user, company_id)
    must(user)
    judged = selectors.trust_of(user, row.party_id)
    rhythm = bank_settings().rhythm.get(row.tier or "", 0)
    # The night's last contact, or one logged here since.
    heard = [timezone.localdate(one.at) for one in contacts_of(user, row.party_id, 1)]
    last_heard = max((on for on in (row.last_contact_on, *heard) if on is not None), default=None)
    quiet = (_today() - last_heard).days if last_heard is not None else None
    last = judged[0] if judged else None
    return render(
        request,
        "corporate/trust.html",
        {
            **_shared(request, row),
            "judged": judged,
            "last": last,
            "weakest": rules.weakest_part({part: getattr(last, part) for part in codes.TRUST_PARTS}) if last else "",
            "parts": [(part, getattr(last, part) / 10, getattr(last, part)) for part in codes.TRUST_PARTS]
            if last
            else [],
            "questions": words.trust_questions(),
            "scale": range(1, 11),
            "chart": _line(judged) if len(judged) > 1 else None,
            "kept": visit_selectors.our_promises(user, row.party_id, _today()),
            "rhythm": rhythm,
            "quiet": quiet,
            "rhythm_kept": bool(rhythm and quiet is not None and quiet <= rhythm),
        },
    )


def _line(judged: list[Any]) -> Chart:
    language = get_language() or "zh-hans"
    return Chart(
        id="trust",
        title=_("Trust as judged"),
        kind="line",
        categories=[formats.day_short(timezone.localdate(one.at), language) for one in reversed(judged)],
        series=[Series(_("Trust"), [round(one.value, 1) for one in reversed(judged)], "accent")],
        measure="number",
        first_column=_("Day"),
    )


def _judge(request: HttpRequest, company_id: str) -> HttpResponse:
    told = {
        question: int(text)
        for questions in rules.TRUST_QUESTIONS.values()
        for question in questions
        if (text := request.POST.get(f"q-{question}", "")).isdecimal() and len(text) < 3
    }
    services.judge_trust(
        request.user,
        company_id,
        told,
        request.POST.get("words", ""),
        now=timezone.now(),
        external_id=request.POST.get("external_id") or None,
    )
    return page_again(request, "corporate:trust", company_id)
