"""The company page, what waits on Today, what was asked or heard, business with all at once, and trust."""

from __future__ import annotations

from typing import Any

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
from tenure.desk.control.asked import day
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.corporate import (
    company,
    company_services,
    rules,
    selectors,
    sizing,
    standing,
    visit_selectors,
    words,
)
from tenure.desk.corporate.views.shared import of_company, shared, today
from tenure.desk.kit import formats
from tenure.desk.kit.charts import Chart, Series
from tenure.desk.kit.pages import page_again, says_no, signed_in
from tenure.desk.opportunities import asked
from tenure.desk.publication.current import pinned
from tenure.desk.work.selectors import contacts_of


@never_cache
@signed_in
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What companies are buying now, the stale first."""
    all_seen = request.GET.get("all") == "1"
    found = selectors.under_way(request.user, today(), all_seen=all_seen)
    return render(request, "corporate/index.html", {"purchases": found, "all": all_seen, "today": today()})


@never_cache
@signed_in
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits with companies; a part of Today, empty where nothing does."""
    return render(request, "corporate/_waiting.html", {"waiting": selectors.waiting(request.user, today())})


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
            **shared(request, row),
            "group": company.group_of(user, row.party_id),
            "partners": {kind: _apart(found) for kind, found in partners.items()},
            "people": company.people_of(user, row),
            "demands": company.demands_of(user, row, partners, get_language() or "zh-hans"),
            "fact_names": words.fact_names(),
            "demand_states": codes.DEMAND_STATES,
            "demand_codes": codes.DEMANDS,
            "stages": codes.BUYING_STAGES,
            "purchases": selectors.purchases_of(user, row.party_id, today()),
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
@of_company
def note_demand(request: HttpRequest, company_id: str) -> HttpResponse:
    """Note what was asked or heard about a demand."""
    company_services.note_demand(
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
@of_company
def make_opportunity(request: HttpRequest, company_id: str) -> HttpResponse:
    """Make an opportunity of the figures of payroll or acquiring."""
    publication = pinned()
    on = day(request, "next_step_on")
    if on is None:
        raise Unacceptable(_("Say on which day the next step is."), field="next_step_on")
    made = company_services.make_opportunity(
        request.user,
        company_id,
        request.POST.get("kind", ""),
        asked.amount(request, "amount", publication.currency if publication is not None else ""),
        request.POST.get("next_step", ""),
        on,
        now=timezone.now(),
    )
    return page_again(request, "opportunities:opportunity", made.pk)


@never_cache
@signed_in
@says_no
@of_company
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
    quiet = (today() - last_heard).days if last_heard is not None else None
    last = judged[0] if judged else None
    return render(
        request,
        "corporate/trust.html",
        {
            **shared(request, row),
            "judged": judged,
            "last": last,
            "weakest": rules.weakest_part({part: getattr(last, part) for part in codes.TRUST_PARTS}) if last else "",
            "parts": [(part, getattr(last, part) / 10, getattr(last, part)) for part in codes.TRUST_PARTS]
            if last
            else [],
            "questions": words.trust_questions(),
            "scale": range(1, 11),
            "chart": _line(judged) if len(judged) > 1 else None,
            "kept": visit_selectors.our_promises(user, row.party_id, today()),
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
    company_services.judge_trust(
        request.user,
        company_id,
        told,
        request.POST.get("words", ""),
        now=timezone.now(),
        external_id=request.POST.get("external_id") or None,
    )
    return page_again(request, "corporate:trust", company_id)
