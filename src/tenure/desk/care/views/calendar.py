"""The care calendar and what becomes of its lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.care import event_selectors, rules, selectors, services, statements, wording
from tenure.desk.control.asked import day_of
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer

#: What the keys 1–6 log, as on Today.
OUTCOMES = tuple((str(key), code) for key, code in enumerate(codes.OUTCOMES, start=1))
#: Days the strip on Today and the list on the phone look ahead.
AHEAD = 7


def state_names() -> dict[str, str]:
    """Where an invitation stands."""
    return {
        "invited": _("invited"),
        "accepted": _("accepted"),
        "declined": _("declined"),
        "attended": _("attended"),
        "absent": _("absent"),
    }


def must_care(request: HttpRequest) -> None:
    """Care shows birthdays and is done in person: it is for those who deal with customers."""
    if not reach_of(request.user).may(Permission.LOG_CONTACT):
        raise NotAllowed(_("Care is for those who deal with customers in person."))


def must_make_events(request: HttpRequest) -> None:
    """Events are made by those who deal with customers, and by marketing."""
    if not reach_of(request.user).may(Permission.MAKE_EVENTS):
        raise NotAllowed(_("Events are for those who deal with customers and for marketing."))


def _today() -> dt.date:
    return timezone.localdate()


@never_cache
@signed_in
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """What is due in a month, by day, and the lines of one day."""
    must_care(request)
    today = _today()
    first, last = selectors.month_bounds(request.GET.get("month", ""), today)
    kind = request.GET.get("kind", "")
    kind = kind if kind in rules.KINDS else ""
    managers = selectors.managers_for(request.user)
    rm = request.GET.get("rm", "")
    rm = rm if rm in {one.staff_id for one in managers} else ""
    found = selectors.care_calendar(request.user, first, last, today, kind=kind, rm=rm)
    try:
        day = dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today if first <= today <= last else first
    day = min(max(day, first), last)
    line_count, lines = found.on(day, selectors.MOST_LINES if "all" in request.GET else selectors.DAY_LINES)
    return render(
        request,
        "care/calendar.html",
        {
            "found": found,
            "weeks": found.weeks(),
            "day": day,
            "today": today,
            "lines": lines,
            "most_lines": selectors.MOST_LINES,
            "line_count": line_count,
            "total": len(found.found),
            "most": selectors.MOST_CUSTOMERS,
            "kind": kind,
            "kinds": wording.kind_names(),
            "icons": wording.ICONS,
            "managers": managers,
            "rm": rm,
            "weekdays": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
            "month": f"{first:%Y-%m}",
            "before": f"{first - dt.timedelta(days=1):%Y-%m}",
            "after": f"{last + dt.timedelta(days=1):%Y-%m}",
            "outcomes": OUTCOMES,
        },
    )


@never_cache
@signed_in
@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """Care due today, counted by kind; a part of Today."""
    today = _today()
    counts = selectors.care_calendar(request.user, today, today, today).counts()
    names = wording.kind_names()
    return render(
        request,
        "care/_strip.html",
        {"total": sum(counts.values()), "counts": [(kind, names[kind], n) for kind, n in counts.items()]},
    )


def _line(request: HttpRequest, party_id: str, kind: str, due_on: dt.date) -> selectors.CareLine:
    customer(request.user, party_id)
    found = selectors.care_line(request.user, party_id, kind, due_on, _today())
    if found is None:
        raise NotFound(_("This customer is due no such care."))
    return found


@never_cache
@signed_in
@require_GET
@says_no
def form(request: HttpRequest, party_id: str) -> HttpResponse:
    """One line, with the form to log with words (``form=log``) or to leave it out (``form=skip``) open below it."""
    must_care(request)
    customer(request.user, party_id)
    kind, due_on = request.GET.get("care", ""), day_of(request.GET.get("due_on", ""), "due_on")
    return render(
        request,
        "care/_line.html",
        {
            "line": _line(request, party_id, kind, due_on),
            "form": request.GET.get("form", ""),
            "outcomes": OUTCOMES,
            "ways": codes.INTERACTION_KINDS,
        },
    )


@signed_in
@require_POST
@says_no
def act(request: HttpRequest, party_id: str, form: str) -> HttpResponse:
    """Give, leave out or take back one care: ``give``, ``skip`` or ``undo``."""
    kind, due_on = request.POST.get("care", ""), request.POST.get("due_on", "")
    customer(request.user, party_id)
    must_care(request)
    day, now = day_of(due_on, "due_on"), timezone.now()
    before = selectors.care_line(request.user, party_id, kind, day, _today())
    context: dict[str, Any] = {"outcomes": OUTCOMES, "line": before, "answer": True}
    match form:
        case "give":
            next_on = request.POST.get("next_step_on", "").strip()
            services.give_care(
                request.user,
                party_id,
                kind,
                day,
                request.POST.get("outcome", ""),
                request.POST.get("words", ""),
                request.POST.get("how", "call"),
                day_of(next_on, "next_step_on") if next_on else None,
                now=now,
            )
            context["settled"] = "done"
        case "skip":
            services.skip_care(request.user, party_id, kind, day, request.POST.get("reason", ""), now=now)
            context["settled"] = "skipped"
        case "undo":
            services.undo_care(request.user, party_id, kind, day, now=now)
            context |= {"undone": True, "line": _line(request, party_id, kind, day)}
        case _:
            raise NotFound(_("There is no such page, or what it shows is not yours to see."))
    return render(request, "care/_line.html", context)


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """What a customer is due next and the last statements; a part of the customer's page."""
    row = customer(request.user, party_id)
    reach = reach_of(request.user)
    may, events = reach.may(Permission.LOG_CONTACT), reach.may(Permission.MAKE_EVENTS)
    return render(
        request,
        "care/_of_customer.html",
        {
            "customer": row,
            "due": selectors.next_of_customer(request.user, party_id, _today()) if may else [],
            "may_care": may,
            "invitations": event_selectors.invitations_of(request.user, party_id) if events else [],
            "open_events": event_selectors.open_events(request.user, _today()) if events else [],
            "states": state_names(),
            "statements": statements.statements_of(request.user, party_id, 3) if may else [],
        },
    )
