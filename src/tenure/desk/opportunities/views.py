"""The board and the list of opportunities, the parts other pages show, and opening one."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.control import selectors as control_selectors
from tenure.desk.control import services as control
from tenure.desk.control.asked import day, version
from tenure.desk.control.errors import Unacceptable
from tenure.desk.kit.pages import says_no, signed_in, versioned
from tenure.desk.opportunities import asked, rules, selectors, services
from tenure.desk.opportunities.credit import selectors as credit
from tenure.desk.opportunities.filters import SORTS, filter_from, position_from
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import selectors as parties
from tenure.desk.parties import services as parties_services
from tenure.desk.publication.current import pinned

PAGE = "opportunities"


def _today() -> dt.date:
    return timezone.localdate()


def _owner_asked(request: HttpRequest) -> str:
    """Whose opportunities: a number; one's own for who looks after customers; empty for all."""
    told = request.GET.get("owner", "").replace("\x00", "")[:40]
    if told == "all":
        return ""
    return told or reach_of(request.user).staff_id


@never_cache
@signed_in
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The open opportunities of one kind of business, a column for each stage."""
    context = _board(request)
    cards = sum(len(column.cards) for column in context["board"].columns)
    parties_services.note_listing(request.user, {"of": PAGE, "kind": context["board"].kind}, cards, timezone.now())
    return render(request, "opportunities/board.html", context)


def _board(request: HttpRequest) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    owner = _owner_asked(request)
    found = selectors.board(request.user, kind if kind in rules.STAGES else "", owner, _today())
    return {
        "board": found,
        "owner": owner,
        "own": reach_of(request.user).staff_id,
        "owners": selectors.owners_among(request.user, _today()),
        "today": _today(),
        "may_change": selectors.may_change(request.user),
        "most": selectors.COLUMN,
    }


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def move(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Bring a card to another stage; answers with the board."""
    services.move(
        request.user,
        opportunity_id,
        request.POST.get("stage", ""),
        version=version(request),
        now=timezone.now(),
    )
    if not request.headers.get("HX-Request"):
        return redirect("opportunities:board")
    return render(request, "opportunities/_board.html", {**_board(request), "moved": str(opportunity_id)})


@never_cache
@signed_in
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every opportunity one sees: filters, order, pages; the stale first."""
    query = request.GET.copy()
    query["owner"] = _owner_asked(request)
    if "state" not in query and "lost" not in query:
        query["state"] = rules.OPEN
    if query.get("state") in (rules.WON, rules.LOST) and "sort" not in query:
        query["sort"] = "changed"  # nothing closed is stale: the last closed come first
    wanted = filter_from(query)
    position = position_from(request.GET.get("at", ""), wanted.order)
    found = selectors.opportunity_list(request.user, wanted, position, _today())
    parties_services.note_listing(request.user, {"of": PAGE, **wanted.asked()}, len(found.rows), timezone.now())
    asked_for = QueryDict(mutable=True)
    asked_for.update(wanted.asked())
    may_export = reach_of(request.user).may(Permission.EXPORT_CUSTOMERS)
    return render(
        request,
        "opportunities/list.html",
        {
            "found": found,
            "page": found.page,
            "wanted": wanted,
            "asked": asked_for.urlencode(),
            "own": reach_of(request.user).staff_id,
            "owners": selectors.owners_among(request.user, _today()),
            "kinds": codes.BUSINESS_KINDS,
            "stages": rules.codes_of(wanted.kind) if wanted.kind else codes.OPPORTUNITY_STAGES,
            "states": codes.OPPORTUNITY_STATES,
            "sorts": SORTS,
            "pipelines": selectors.pipeline_of(request.user, wanted, _today()) if wanted.state == rules.OPEN else {},
            "lost": selectors.lost_reasons(request.user, wanted, _today()) if wanted.state == rules.LOST else [],
            "exports": [one for one in control_selectors.exports_of(request.user) if one.kind == PAGE][:5]
            if may_export
            else [],
            "today": _today(),
        },
    )


@signed_in
@require_POST
@says_no
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the list as a workbook, with a reason; it is made in the background."""
    query = request.POST.get("query", "")
    wanted = {name: value for name, value in filter_from(QueryDict(query)).asked().items() if name != "consent"}
    control.request_export(
        request.user,
        PAGE,
        wanted,
        request.POST.get("reason", ""),
        language=get_language() or "zh-hans",
        now=timezone.now(),
    )
    return redirect(f"{reverse('opportunities:list')}?{query}")


@never_cache
@signed_in
@require_GET
def stale(request: HttpRequest) -> HttpResponse:
    """One's own stale opportunities and the shares that wait for one's answer: a part of Today."""
    return render(
        request,
        "opportunities/_stale.html",
        {
            "stale": selectors.stale_of(request.user, _today()),
            "waiting": credit.waiting_for(request.user, _today(), 5),
            "today": _today(),
        },
    )


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """The opportunities with one customer: a part of the customer's page."""
    return _of_customer(request, party_id)


def _of_customer(request: HttpRequest, party_id: str, **context: Any) -> HttpResponse:
    row = parties.customer(request.user, party_id)
    found = selectors.of_customer(request.user, party_id, _today())
    return render(
        request,
        "opportunities/_of_customer.html",
        {
            "customer": row,
            "opportunities": found,
            "open_count": sum(one.state == "open" for one in found),
            "closed_count": sum(one.state != "open" for one in found),
            "may_change": selectors.may_change(request.user),
            "today": _today(),
            **context,
        },
    )


@never_cache
@signed_in
@says_no
def new(request: HttpRequest, party_id: str) -> HttpResponse:
    """Open an opportunity from the customer's page: the form, already filled from a need, or what it sends."""
    row = parties.customer(request.user, party_id)
    publication = pinned()
    currency = publication.currency if publication is not None else ""
    if request.method != "POST":
        category = request.GET.get("category", "")
        form = {
            "kind": codes.BUSINESS_OF_CATEGORY.get(category, "deposit"),
            "source": "need" if category in codes.BUSINESS_OF_CATEGORY else "own",
            "source_key": category if category in codes.BUSINESS_OF_CATEGORY else "",
            "next_step_on": _today() + rules.USUAL_STEP,
        }
        came_of = asked.signal(request.user, request.GET.get("signal", ""))
        if came_of is not None:
            form |= {"source": "seen", "source_key": str(came_of.id), "title": came_of.title}
        return _of_customer(request, party_id, form=form, **_choices(row, currency))
    on = day(request, "next_step_on")
    if on is None:
        raise Unacceptable(_("Say on which day the next step is."), field="next_step_on")
    services.open_opportunity(
        request.user,
        party_id,
        request.POST.get("kind", ""),
        request.POST.get("title", ""),
        asked.amount(request, "amount", currency),
        request.POST.get("next_step", ""),
        on,
        now=timezone.now(),
        expected_close_on=day(request, "expected_close_on"),
        source=request.POST.get("source", "own"),
        source_key=request.POST.get("source_key", ""),
        # The form's own number: pressed twice it opens one opportunity.
        external_id=request.POST.get("once", "")[:60] or None,
    )
    if not request.headers.get("HX-Request"):
        return redirect("parties:customer", party_id)
    return _of_customer(request, party_id, opened=True)


def _choices(row: Any, currency: str) -> dict[str, Any]:
    return {
        "kinds": list(codes.BUSINESS_AMOUNTS.items()),
        "sources": codes.OPPORTUNITY_SOURCES,
        "once": f"form-{row.party_id[:20]}-{timezone.now().timestamp():.6f}",
        "currency": currency,
    }
