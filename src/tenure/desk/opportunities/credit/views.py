"""Pages of shared credit: one agreement, one's own month, a branch's month."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
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
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.opportunities.credit import rules, selectors, services, terms
from tenure.desk.opportunities.selectors import version_of
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of

#: Lines of a branch's statement on the page; the file has all of them.
LINES = 200


def _today() -> dt.date:
    return timezone.localdate()


def _month(request: HttpRequest) -> dt.date:
    return rules.month_of(request.GET.get("month", ""), _today())


def _beside(month: dt.date) -> dict[str, object]:
    """The month before, and after where it has begun, for the page's arrows."""
    after = (month + dt.timedelta(days=32)).replace(day=1)
    return {
        "month": f"{month:%Y-%m}",
        "month_before": f"{month - dt.timedelta(days=1):%Y-%m}",
        "month_after": f"{after:%Y-%m}" if after <= _today() else "",
        "running": after > _today(),
        "terms": terms.in_use(),
        "today": _today(),
    }


@never_cache
@signed_in
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own credit of a month, and the shares that wait for one's answer."""
    reach = reach_of(request.user)
    return render(
        request,
        "opportunities/credit.html",
        {
            "statement": selectors.statement(request.user, _month(request), _today()),
            "waiting": selectors.waiting_for(request.user, _today()),
            "heads": bool(reach.checks.get(Permission.CHECK_CUSTOMERS)),
            "exports": _exports(request),
            **_beside(_month(request)),
        },
    )


@never_cache
@signed_in
@require_GET
def branch(request: HttpRequest) -> HttpResponse:
    """The month's credit of everybody at a branch and below; for branch heads and those above them."""
    found = selectors.branch_statement(request.user, _month(request), request.GET.get("org", "")[:40], _today())
    return render(
        request,
        "opportunities/branch_credit.html",
        {
            "statement": found,
            "lines": found.lines[:LINES],
            "names": {person.staff_id: person.name for person, _totals, _count in found.people},
            "branches": list(selectors.branches_of(request.user)[:200]),
            "exports": _exports(request),
            **_beside(_month(request)),
        },
    )


def _exports(request: HttpRequest) -> list[Any]:
    """The person's own last files of credit."""
    if not reach_of(request.user).may(Permission.EXPORT_CUSTOMERS):
        return []
    return [one for one in control_selectors.exports_of(request.user) if one.kind == "credit"][:5]


@signed_in
@require_POST
@says_no
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a month's statement as a workbook: one's own, or a branch's."""
    month, org_id = request.POST.get("month", ""), request.POST.get("branch", "")[:40]
    control.request_export(
        request.user,
        "credit",
        {"month": month, "branch": org_id},
        request.POST.get("reason", ""),
        language=get_language() or "zh-hans",
        now=timezone.now(),
    )
    name = "opportunities:branch-credit" if org_id else "opportunities:credit"
    return redirect(f"{reverse(name)}?{urlencode({'month': month, 'org': org_id})}")


@never_cache
@signed_in
@require_GET
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement, for those named in it and those who see the customer."""
    deal, one = selectors.deal(request.user, agreement_id, _today())
    return render(request, "opportunities/agreement.html", {"deal": deal, "one": one, "today": _today()})


@signed_in
@require_POST
@says_no
def propose(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Propose shares; lines without a person are left out."""
    services.propose(request.user, opportunity_id, _shares(request), request.POST.get("words", ""), now=timezone.now())
    return page_again(request, "opportunities:opportunity", opportunity_id)


def _shares(request: HttpRequest) -> list[tuple[str, str, int]]:
    found = []
    for part in codes.CREDIT_PARTS:
        people, percents = request.POST.getlist(f"{part}_staff"), request.POST.getlist(f"{part}_percent")
        for staff_id, percent in zip(people, percents, strict=False):
            staff_id = staff_id.strip().split(" ")[0]  # the list offers “E2011 王芳”
            if not staff_id:
                continue
            if not (percent.strip().isascii() and percent.strip().isdigit() and len(percent.strip()) < 4):
                raise Unacceptable(_("“%(value)s” is no percentage.") % {"value": percent[:20]}, field="shares")
            found.append((part, staff_id[:40], int(percent)))
    return found


@signed_in
@require_POST
@says_no
def answer(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Agree or object."""
    agrees = request.POST.get("agrees") == "1"
    services.answer(request.user, agreement_id, agrees, request.POST.get("words", ""), now=timezone.now())
    return page_again(request, "opportunities:agreement", agreement_id)


@signed_in
@require_POST
@says_no
def dispute(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Bring it before the branch head."""
    services.dispute(request.user, agreement_id, request.POST.get("words", ""), now=timezone.now())
    return page_again(request, "opportunities:agreement", agreement_id)


@signed_in
@require_POST
@says_no
def take_back(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Take back what one proposed."""
    services.take_back(request.user, agreement_id, now=timezone.now())
    return page_again(request, "opportunities:agreement", agreement_id)


@signed_in
@require_POST
@versioned(version_of)
@says_no
def end(request: HttpRequest, opportunity_id: UUID) -> HttpResponse:
    """Let credit end earlier."""
    on = day(request, "on")
    if on is None:
        raise Unacceptable(_("Say from which day it gives no credit."), field="on")
    services.end_credit(
        request.user,
        opportunity_id,
        on,
        request.POST.get("reason", ""),
        version=version(request),
        now=timezone.now(),
    )
    return page_again(request, "opportunities:opportunity", opportunity_id)
