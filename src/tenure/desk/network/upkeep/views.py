"""Upkeep: what was spent for a customer, and how a year of it divides."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import services as control
from tenure.desk.control.asked import day
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.masking import masked
from tenure.desk.corporate.selectors import roles_in
from tenure.desk.kit.pages import page_again, says_no, signed_in
from tenure.desk.network.selectors import may_change
from tenure.desk.network.settings import limits
from tenure.desk.network.upkeep import rules, selectors, services
from tenure.desk.opportunities.asked import amount
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import selectors as parties
from tenure.desk.publication.current import pinned


@never_cache
@signed_in
@require_GET
def year(request: HttpRequest) -> HttpResponse:
    """How a year's upkeep divides between deciders, influencers and users."""
    must(request.user, Permission.VIEW_CUSTOMERS)
    found = selectors.year_of(request.user, timezone.localdate())
    return render(request, "network/upkeep.html", {"found": found, "tab": "upkeep"})


@never_cache
@signed_in
@says_no
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """What was spent for one customer; or, sent, one expense more."""
    row = parties.customer(request.user, party_id)
    publication = pinned()
    currency = publication.currency if publication is not None else row.currency
    if request.method == "POST":
        spent_on = day(request, "spent_on")
        if spent_on is None:
            raise Unacceptable(_("Say on which day."), field="spent_on")
        services.note_upkeep(
            request.user,
            row.party_id,
            request.POST.get("part", ""),
            request.POST.get("kind", ""),
            amount(request, "amount", currency),
            spent_on,
            request.POST.get("purpose", ""),
            request.POST.get("person", ""),
            official=request.POST.get("official") == "1",
            now=timezone.now(),
            external_id=request.POST.get("external_id", "")[:60] or None,
        )
        return page_again(request, "network:upkeep-of", row.party_id)
    control.note_view(request.user, CUSTOMER, row.party_id, now=timezone.now())
    rows = selectors.upkeep_of(request.user, row.party_id)
    today = timezone.localdate()
    return render(
        request,
        "network/upkeep_of.html",
        {
            "customer": row,
            "name": masked(row.name, CUSTOMER["name"], reach_of(request.user)) or row.party_id,
            "rows": rows,
            "mine_today": {
                one.id for one in rows if one.made_by_id == request.user.pk and timezone.localdate(one.made_at) == today
            },
            "may_change": may_change(request.user),
            "parts": {part: codes.BUYING_ROLES[part] for part in rules.PARTS},
            "people": [seen for _row, seen in roles_in(request.user, row.party_id)] if row.kind == "company" else [],
            "kinds": codes.UPKEEP_KINDS,
            "limits": limits(),
            "currency": currency,
            "today": today,
            "once": uuid4(),
        },
    )


@signed_in
@require_POST
@says_no
def withdraw(request: HttpRequest, upkeep_id: UUID) -> HttpResponse:
    """Take back what one noted today."""
    one = services.withdraw_upkeep(request.user, upkeep_id, now=timezone.now())
    return redirect("network:upkeep-of", one.party_id)
