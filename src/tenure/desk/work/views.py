"""The day's list and what becomes of its entries."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.control.asked import day
from tenure.desk.control.errors import NotAllowed, NotFound, Unacceptable
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.selectors import colleagues_for, customer
from tenure.desk.work import selectors, services
from tenure.desk.work.rules import WORKS_POOL
from tenure.desk.work.waiting import OF_CUSTOMER, parts, parts_of_customer

#: Entries the page shows, of those that fit the day and of those beyond it; the rest come up as these are settled.
FOR_TODAY = 60
IF_TIME = 30
#: What the keys 1–6 log, in the order of the contract.
OUTCOMES = tuple((str(key), code) for key, code in enumerate(codes.OUTCOMES, start=1))
SNOOZES = (("1", 1), ("3", 3), ("7", 7))


def _today() -> dt.date:
    return timezone.localdate()


@never_cache
@signed_in
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Whom to contact today, why, worth what and by when; first what fits the day, then the rest."""
    reach = reach_of(request.user)
    if not reach.may(Permission.LOG_CONTACT):
        return render(request, "work/no_list.html")
    entries = selectors.todays_list(request.user, _today())
    first = [entry for entry in entries if entry.within_capacity]
    later = [entry for entry in entries if not entry.within_capacity]
    names = staff_names(entry.staff_id for entry in entries if entry.staff_id)
    finished = selectors.done_today(request.user, _today())
    return render(
        request,
        "work/today.html",
        {
            **_day(entries, finished),
            "first": first[:FOR_TODAY],
            "first_count": len(first),
            "later": later[:IF_TIME],
            "later_count": len(later),
            "finished": finished,
            "outcomes": OUTCOMES,
            "staff": names,
            "works_pool": bool(reach.roles & WORKS_POOL),
        },
    )


def _day_of(request: HttpRequest) -> dict[str, Any]:
    return _day(selectors.todays_list(request.user, _today()), selectors.done_today(request.user, _today()))


def _day(left: list[selectors.Entry], moved: list[selectors.Entry]) -> dict[str, Any]:
    """How far the day has come: done and left among what fits the day, and their value."""
    done = [entry for entry in moved if entry.state == "done"]
    within = [entry for entry in left if entry.within_capacity]
    return {
        "done": len(done),
        "to_do": len(within),
        "of": len(done) + len(within),
        "value_done": sum(entry.value_at_stake for entry in done),
        "value_left": sum(entry.value_at_stake for entry in within),
    }


def _entry(request: HttpRequest, key: str) -> selectors.Entry:
    found = selectors.entry(request.user, key, _today())
    if found is None:
        raise NotFound(_("There is no such entry on your list."))
    return found


def _part(request: HttpRequest, key: str, **context: Any) -> HttpResponse:
    """The entry's own lines of the page."""
    found = _entry(request, key)
    names = staff_names([found.staff_id]) if found.staff_id else {}
    answer = render(request, "work/_entry.html", {"entry": found, "outcomes": OUTCOMES, "staff": names, **context})
    return _told(request, answer)


def _told(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """After an act the customer's page looks at the signals again: one may have ended with the other."""
    if request.method == "POST":
        answer.headers["HX-Trigger"] = "entries-moved"
    return answer


def _settled(request: HttpRequest, key: str, words: str) -> HttpResponse:
    """The entry as it now stands, the day's progress, and a line that offers to take it back."""
    return _part(request, key, settled=words, answer=True, **_day_of(request))


@never_cache
@signed_in
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits beside the work list; a part of Today, loaded after it."""
    return HttpResponse(parts(request))


@never_cache
@signed_in
@require_GET
@says_no
def customer_parts(request: HttpRequest, party_id: str, place: str) -> HttpResponse:
    """What the apps have to say about a customer, for one place of the customer's page, loaded after it."""
    customer(request.user, party_id)
    if place not in OF_CUSTOMER:
        raise NotFound(_("There is no such part of the page."))
    return HttpResponse(parts_of_customer(request, party_id, place))


@never_cache
@signed_in
@require_GET
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """One entry, as it stands."""
    return _part(request, key)


@never_cache
@signed_in
@require_GET
def form(request: HttpRequest, form: str, key: str) -> HttpResponse:
    """One entry with a form open below it: ``log``, ``snooze`` or ``hand-over``."""
    found = _entry(request, key)
    context: dict[str, Any] = {"form": form, "snoozes": _snoozes(), **_visit(request.GET.get("kind", "call"))}
    if form == "hand-over":
        if not reach_of(request.user).may(Permission.HAND_OVER):
            raise NotAllowed(_("None of your posts gives you the right to hand work over."))
        context["colleagues"] = colleagues_for(request.user, found.party_id, without=found.staff_id)
    return _part(request, key, **context)


def _visit(kind: str) -> dict[str, Any]:
    """What the form of a contact offers; its id makes a double submit one contact."""
    day = dt.timedelta(days=1)
    return {
        "kinds": codes.INTERACTION_KINDS,
        "chosen_kind": kind if kind in codes.INTERACTION_KINDS else "call",
        "next_steps": [("tomorrow", _today() + day), ("week", _today() + 7 * day), ("month", _today() + 30 * day)],
        "today": _today(),
        "new_id": uuid4(),
    }


def _next_step(request: HttpRequest) -> dt.date | None:
    """The day of the next step: the one written, else the one chosen."""
    return day(request, "next_step_day") or day(request, "next_step_on")


def _snoozes() -> list[tuple[str, dt.date]]:
    return [(code, _today() + dt.timedelta(days=days)) for code, days in SNOOZES]


@signed_in
@require_POST
@says_no
def log(request: HttpRequest, key: str) -> HttpResponse:
    """Finish an entry with its outcome; words, kind of contact and next step where they were given."""
    found = _entry(request, key)
    outcome = request.POST.get("outcome", "")
    services.log_contact(
        request.user,
        found.party_id,
        request.POST.get("kind", "call"),
        outcome,
        request.POST.get("words", ""),
        _next_step(request),
        proposal_key=key,
        external_id=request.POST.get("external_id") or None,
        now=timezone.now(),
    )
    return _settled(request, key, "done")


@signed_in
@require_POST
@says_no
def snooze(request: HttpRequest, key: str) -> HttpResponse:
    """Put an entry off to a day."""
    until = day(request, "until")
    if until is None:
        raise Unacceptable(_("Say until which day."), field="until")
    services.snooze(request.user, key, until, now=timezone.now())
    return _settled(request, key, "snoozed")


@signed_in
@require_POST
@says_no
def hand_over(request: HttpRequest, key: str) -> HttpResponse:
    """Give an entry to a colleague."""
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "")
    found = _entry(request, key)
    services.hand_over(request.user, key, to, reason, now=timezone.now())
    return render(
        request,
        "work/_entry.html",
        {
            "entry": found,
            "staff": staff_names([to]),
            "handed_to": to,
            "settled": "handed_over",
            "answer": True,
            **_day_of(request),
        },
    )


@signed_in
@require_POST
@says_no
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take one's last act on an entry back."""
    services.undo(request.user, key, now=timezone.now())
    return _part(request, key, answer=True, undone=True, **_day_of(request))


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """The open entries about a customer and the contacts logged here; a part of the customer's page."""
    return _customers_work(request, party_id)


def _customers_work(request: HttpRequest, party_id: str, **context: Any) -> HttpResponse:
    row = customer(request.user, party_id)
    entries = selectors.entries_of(request.user, party_id, _today())
    answer = render(
        request,
        "work/_of_customer.html",
        {
            "customer": row,
            "entries": entries,
            "contacts": selectors.contacts_of(request.user, party_id, limit=8),
            "staff": staff_names(entry.staff_id for entry in entries if entry.staff_id),
            "outcomes": OUTCOMES,
            **_visit("call"),
            "own": request.user.pk,
            **context,
        },
    )
    return _told(request, answer)


@signed_in
@require_POST
@says_no
def contact(request: HttpRequest, party_id: str) -> HttpResponse:
    """Log a contact from the customer's page."""
    services.log_contact(
        request.user,
        party_id,
        request.POST.get("kind", ""),
        request.POST.get("outcome", ""),
        request.POST.get("words", ""),
        _next_step(request),
        external_id=request.POST.get("external_id") or None,
        now=timezone.now(),
    )
    return _customers_work(request, party_id, logged=True)


@signed_in
@require_POST
@says_no
def withdraw(request: HttpRequest, number: Any) -> HttpResponse:
    """Take back a contact logged today."""
    taken = services.withdraw_contact(request.user, number, now=timezone.now())
    if not request.headers.get("HX-Request"):
        return redirect("parties:customer", taken.party_id)
    return _customers_work(request, taken.party_id)
