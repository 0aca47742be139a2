"""Events: the list, one event with its guests, inviting, and ticking who came."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.desk.care import event_selectors, event_services, rules
from tenure.desk.care.event_services import Invited
from tenure.desk.care.views.calendar import must_make_events, of_customer, state_names
from tenure.desk.control.asked import day_of
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.parties.asking import filter_as_asked
from tenure.desk.parties.filters import filter_from
from tenure.desk.parties.selectors import customer
from tenure.errors import TenureError


def kind_names() -> dict[str, str]:
    """Kinds of events."""
    return {
        "seminar": _("Seminar"),
        "product": _("Product presentation"),
        "care": _("Care event"),
        "other": _("Other event"),
    }


def _number(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Unacceptable(_("“%(value)s” is no whole number.") % {"value": text[:40]}, field=field)
    return int(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _fields(request: HttpRequest) -> dict[str, Any]:
    told = request.POST
    return {
        "title": told.get("title", ""),
        "kind": told.get("kind", ""),
        "on": day_of(told.get("on", ""), "on"),
        "place": told.get("place", ""),
        "capacity": _number(told.get("capacity", ""), "capacity"),
        "words": told.get("words", ""),
    }


def _status(wrong: TenureError | None) -> int:
    return 200 if wrong is None else 422 if isinstance(wrong, Unacceptable) else 409


def _typed(event: Any) -> dict[str, str]:
    """The event's fields as its form shows them."""
    return {name: str(getattr(event, name)) for name in ("title", "kind", "on", "place", "capacity", "words")}


def _list(request: HttpRequest, **context: Any) -> HttpResponse:
    today = timezone.localdate()
    coming, past = event_selectors.events(request.user, today)
    if "list" in request.GET:
        wanted = filter_from(QueryDict(request.GET["list"]).dict())
        context["list_size"] = event_selectors.list_size(request.user, wanted)
    return render(
        request,
        "care/events.html",
        {
            "coming": coming,
            "past": past,
            "today": today,
            "kinds": kind_names(),
            "asked": request.GET.get("list", ""),
            "inviting": "list" in request.GET,
            "most": rules.MOST_INVITED,
            "form_key": uuid4(),
            "typed": {"kind": "care", "capacity": "30"},
            **context,
        },
        status=_status(context.get("wrong")),
    )


@never_cache
@signed_in
@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """Events to come and of the last year; the form for a new one."""
    must_make_events(request)
    return _list(request)


@signed_in
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Make an event; what was typed stays where it cannot be."""
    must_make_events(request)
    key = _uuid(request.POST.get("form_key", ""))
    try:
        made = event_services.make_event(request.user, **_fields(request), form_key=key, now=timezone.now())
    except (Unacceptable, Conflict) as no:
        return _list(request, wrong=no, typed=request.POST, form_key=key)
    return redirect("care:event", made.pk)


def _event(request: HttpRequest, number: UUID, **context: Any) -> HttpResponse:
    page = event_selectors.event_page(request.user, number, timezone.localdate())
    if page is None:
        raise NotFound(_("There is no such event at your branches."))
    return render(
        request,
        "care/event.html",
        {
            "page": page,
            "event": page.event,
            "kinds": kind_names(),
            "states": state_names(),
            "typed": _typed(page.event),
            **context,
        },
        status=_status(context.get("wrong")),
    )


@never_cache
@signed_in
@require_GET
def event(request: HttpRequest, number: UUID) -> HttpResponse:
    """One event with the reader's guests."""
    must_make_events(request)
    return _event(request, number)


@signed_in
@require_POST
@says_no
def act(request: HttpRequest, number: UUID, form: str) -> HttpResponse:
    """``change`` or ``cancel`` an event, or ``invite`` customers by number."""
    must_make_events(request)
    now = timezone.now()
    match form:
        case "change":
            try:
                event_services.change_event(
                    request.user,
                    number,
                    **_fields(request),
                    version=_number(request.POST.get("version", ""), "version"),
                    now=now,
                )
            except (Unacceptable, Conflict) as no:  # nothing typed is lost
                return _event(request, number, wrong=no, typed=request.POST)
        case "cancel":
            event_services.cancel_event(request.user, number, request.POST.get("reason", ""), now=now)
        case "invite":
            ids = re.split(r"[\s,;，；、]+", request.POST.get("party_ids", ""))
            _tell(request, event_services.invite(request.user, number, ids, now=now))
        case _:
            raise NotFound(_("There is no such page, or what it shows is not yours to see."))
    return redirect("care:event", number)


@signed_in
@require_POST
@says_no
def invite_list(request: HttpRequest) -> HttpResponse:
    """Invite the customers of a filtered list to the event chosen."""
    must_make_events(request)
    try:
        number = UUID(request.POST.get("event", ""))
    except ValueError:
        raise Unacceptable(_("Choose an event."), field="event") from None
    wanted = filter_as_asked(QueryDict(request.POST.get("query", "")).dict())
    _tell(request, event_services.invite_filtered(request.user, number, wanted, now=timezone.now()))
    return redirect("care:event", number)


def _tell(request: HttpRequest, found: Invited) -> None:
    """What came of inviting, in words: those left out are named."""
    messages.success(
        request, ngettext("%(n)s customer invited.", "%(n)s customers invited.", found.new) % {"n": found.new}
    )
    if found.without_consent:
        names = _(", ").join(name for _id, name in found.without_consent[:20])
        messages.warning(
            request,
            ngettext(
                "%(n)s left out, who has not agreed to marketing: %(names)s",
                "%(n)s left out, who have not agreed to marketing: %(names)s",
                len(found.without_consent),
            )
            % {"n": len(found.without_consent), "names": names},
        )
    if found.unknown:
        messages.warning(
            request, _("Not among your customers: %(ids)s") % {"ids": ", ".join(one[:40] for one in found.unknown[:20])}
        )


@signed_in
@require_POST
@says_no
def guest(request: HttpRequest, number: UUID, party_id: str) -> HttpResponse:
    """Note a guest's answer or attendance; the guest's own line."""
    must_make_events(request)
    customer(request.user, party_id)
    event_services.answer_invitation(
        request.user,
        number,
        party_id,
        request.POST.get("state", ""),
        _number(request.POST.get("version", ""), "version"),
        now=timezone.now(),
    )
    page = event_selectors.event_page(request.user, number, timezone.localdate())
    line = next((one for one in page.guests if one.invitation.party_id == party_id), None) if page else None
    return render(
        request,
        "care/_guest.html",
        {"page": page, "event": page.event if page else None, "guest": line, "states": state_names(), "answer": True},
    )


@signed_in
@require_POST
@says_no
def invite_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """Invite one customer from their page; the part of the page again."""
    must_make_events(request)
    customer(request.user, party_id)
    try:
        number = UUID(request.POST.get("event", ""))
    except ValueError:
        raise Unacceptable(_("Choose an event."), field="event") from None
    found = event_services.invite(request.user, number, [party_id], now=timezone.now())
    if found.without_consent:
        raise Unacceptable(
            _("This event sells, and the customer has not agreed to marketing."),
            _("Ask first, and note the consent on this page."),
        )
    request.method = "GET"
    return of_customer(request, party_id)
