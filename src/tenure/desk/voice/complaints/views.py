"""Complaints: the list, taking one in, one of them, groups, the regulator's return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import selectors as control_selectors
from tenure.desk.control import services as control
from tenure.desk.control.asked import day, day_of, version
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.exports import may_export
from tenure.desk.control.guards import must, one_of
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.opportunities.asked import amount
from tenure.desk.org.rules import Permission
from tenure.desk.parties import selectors as parties
from tenure.desk.parties import services as parties_services
from tenure.desk.publication.current import pinned
from tenure.desk.voice.complaints import (
    coding,
    counted_selectors,
    documents,
    exports,
    given_selectors,
    giving_services,
    letters,
    rules,
    selectors,
    services,
    suggestions,
    wording,
)
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.filters import LISTS, SORTS, filter_from, position_from
from tenure.desk.voice.sending.words import channel_names

_FIELDS = ("party_id", "person", "reach", "org_id", "concerns", "served_by", "words", "wish", "channel")


@never_cache
@signed_in
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Complaints: open, of people nobody knows yet, closed; and those that came in again and wait to be decided."""
    now, wanted = timezone.now(), filter_from(request.GET)
    found = selectors.complaint_list(request.user, wanted, position_from(request.GET.get("at", "")), now)
    parties_services.note_listing(request.user, {"of": "complaints", **wanted.asked()}, len(found.rows), now)
    asked = QueryDict(mutable=True)
    asked.update({**wanted.asked(), "list": wanted.list})
    names = {"open": _("Open"), "unknown": _("Nobody known"), "closed": _("Brought to an end"), "all": _("All")}
    orders = {
        "newest": _("The newest first"), "oldest": _("The oldest first"), "due": _("What is due first"),
        "changed": _("The last changed first"),
    }  # fmt: skip
    table = house.versions()[-1]
    context = {
        "found": found, "page": found.page, "wanted": wanted, "asked": asked.urlencode(), "tab": "list",
        "lists": [(one, names[one]) for one in LISTS], "sorts": [(one, orders[one]) for one in SORTS],
        "choices": {kind: wording.choices(table, kind) for kind in coding.KINDS},
        "narrows": bool(wanted.channel or wanted.business or wanted.cause), "version": table,
    }  # fmt: skip
    return render(request, "voice_complaints/list.html", context)


@never_cache
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Take a complaint in. One that is like an earlier one is shown before anything is saved; the person decides."""
    must(request.user)
    now, problem, like, publication = timezone.now(), "", [], pinned()
    currency = publication.currency if publication is not None else "CNY"
    sent = request.POST if request.method == "POST" else request.GET
    given = {name: sent.get(name, "") for name in _FIELDS}
    given["party_id"] = given["party_id"] or request.GET.get("customer", "")
    if request.method == "POST":
        decision = sent.get("decision", "")
        try:
            at = _received(request, now)
            disputed = amount(request, "disputed", currency) if sent.get("disputed", "").strip() else None
            mark = f"desk-{sent.get('once', '')}"[:60]
            if not decision and not sent.get("case") and not selectors.taken_before(request.user, mark):
                row = parties.customer(request.user, given["party_id"]) if given["party_id"] else None
                party_id = row.party_id if row is not None else ""
                like = selectors.alike(request.user, party_id, given["reach"].strip(), given["words"], at, now)
            if not like:
                arrival = services.take_in(
                    request.user, received_at=at, now=now, same_as=_uuid(decision), another=decision == "another",
                    case_id=_uuid(sent.get("case", "")), disputed=disputed,
                    external_id=mark, **given,
                )  # fmt: skip
                return _to(request, arrival.complaint_id)
        except (Unacceptable, Conflict, NotFound) as no:
            problem = f"{no.message} {no.remedy}".strip()
    table, clock = house.version_on(timezone.localdate(now)), f"{timezone.localtime(now):%H:%M}"
    context = {
        "given": given, "problem": problem, "like": like, "least_alike": house.limits().same_likeness,
        "channels": wording.choices(table, "channel"),
        "branches": parties.branch_choices(request.user), "most": rules.WORDS, "tab": "new",
        "received_on": sent.get("received_on") or f"{timezone.localdate(now)}",
        "received_time": sent.get("received_time", "") if request.method == "POST" else clock,
        "disputed": sent.get("disputed", ""), "currency": currency,
        "case": sent.get("case", ""), "once": sent.get("once") or f"{request.user.pk}-{now.timestamp():.6f}",
        "customer": parties.customer(request.user, given["party_id"]) if given["party_id"] and not problem else None,
    }  # fmt: skip
    return render(request, "voice_complaints/new.html", context, status=422 if problem else 409 if like else 200)


def _to(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """To the complaint's page; to the list where it is about the person, who sees no more of it."""
    if selectors.version_of(request.user, complaint_id):
        return page_again(request, "voice_complaints:complaint", complaint_id)
    messages.success(request, _("It was taken down. It is about you: somebody else handles it."))
    return page_again(request, "voice_complaints:list")


def _received(request: HttpRequest, now: dt.datetime) -> dt.datetime:
    """When it was received: the day and, where given, the time."""
    on = day(request, "received_on") or timezone.localdate(now)
    text = request.POST.get("received_time", "")
    try:
        at = dt.time.fromisoformat(text) if text else dt.time(0, 0)
    except ValueError:
        raise Unacceptable(_("“%(value)s” is no time.") % {"value": text[:10]}, field="received_time") from None
    return timezone.make_aware(dt.datetime.combine(on, at.replace(tzinfo=None)))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@never_cache
@signed_in
@require_GET
def complaint(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    """One complaint: what was said and by which ways, its codes, whom it is about, papers, concessions, letters."""
    now, user = timezone.now(), request.user
    one = selectors.complaint(user, complaint_id, now)
    if one.party_id:
        control.note_view(user, CUSTOMER, one.party_id, now=now)
    handles = selectors.may_handle(user, one)
    table = house.version_on(timezone.localdate(one.received_at))
    suggested = suggestions.suggestions_for(one.row) if handles else {}
    records, coded = (suggestions.records_for(one.row), suggestions.coded_so_far()) if handles else ({}, 0)
    publication = pinned()
    context = {
        "one": one, "handles": handles, "hindered": selectors.is_hindered(user, one), "tab": "list",
        "arrivals": selectors.arrivals_of(user, one), "version": table, **selectors.names_of(one),
        "suggested": [
            (kind, [(s, wording.code_label(table, kind, s.code)) for s in found],
             wording.record_words(records[kind], coded) if found else wording.silence_words(coded))
            for kind, found in suggested.items()
        ],
        "choices": {kind: wording.choices(table, kind) for kind in coding.KINDS},
        "branches": parties.branch_choices(user) if handles else [],
        "org_id": one.org_path.strip("/").rsplit("/", 1)[-1],
        "papers": documents.documents_for(user, one), "concessions": given_selectors.concessions_of(user, one),
        "letters": given_selectors.letters_of(user, one), "earlier": counted_selectors.earlier_of(user, one, now),
        "group": counted_selectors.group_of(user, one, now),
        "kinds": codes.CONCESSION_KINDS, "letter_kinds": codes.LETTER_KINDS,
        "languages": letters.LANGUAGES, "ways": channel_names() if one.party_id else {},
        "limit": house.limits().alone.get("complaint_handler", 0),
        "currency": publication.currency if publication else "",
        "once": f"{now.timestamp():.6f}", "most": rules.WORDS,
    }  # fmt: skip
    return render(request, "voice_complaints/complaint.html", context)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def act(request: HttpRequest, complaint_id: UUID, form: str) -> HttpResponse:
    """One act on a complaint; a refusal leaves what was typed in its form."""
    user, sent = request.user, request.POST
    given: dict[str, Any] = {"version": version(request), "now": timezone.now()}

    def text(name: str) -> str:
        return sent.get(name, "")

    def grant() -> Any:
        publication = pinned()
        minor = amount(request, "amount", publication.currency if publication is not None else "CNY")
        return giving_services.grant(
            user, complaint_id, text("kind"), minor, text("reason"), text("once"), now=given["now"]
        )

    acts: dict[str, Callable[[], Any]] = {
        "code": lambda: services.code(
            user, complaint_id, text("business"), text("cause"), channel=text("channel"), **given
        ),
        "subject": lambda: services.set_subject(
            user, complaint_id, text("org_id"), text("concerns").strip(), text("served_by").strip(), **given
        ),
        "identify": lambda: services.identify(user, complaint_id, text("party_id").strip(), **given),
        "settle": lambda: services.settle_unknown(user, complaint_id, text("words"), **given),
        "concede": grant,
        "write": lambda: giving_services.write_letter(
            user, complaint_id, text("kind"), text("language"), text("words"), text("channel"), text("once"),
            now=given["now"],
        ),
    }  # fmt: skip
    if form not in acts:
        raise NotFound(_("There is no such form."))
    done = acts[form]()
    if form == "concede" and done.state == rules.WAITING:
        messages.success(request, _("It waits for a second person's approval."))
    return _to(request, complaint_id)


@signed_in
@require_POST
@says_no
def decide(request: HttpRequest, arrival_id: UUID) -> HttpResponse:
    """Whether what came in again is the same matter."""
    same = request.POST.get("same", "")
    one_of(same, ("yes", "no"), "same")
    found = services.decide_arrival(request.user, arrival_id, same == "yes", now=timezone.now())
    return page_again(request, "voice_complaints:complaint", found.pk)


@never_cache
@signed_in
@require_GET
def letter(request: HttpRequest, complaint_id: UUID, letter_id: UUID) -> HttpResponse:
    """A letter as it was written, to be printed."""
    one = selectors.complaint(request.user, complaint_id, timezone.now())
    found = given_selectors.letter(request.user, one, letter_id)
    return render(request, "voice_complaints/letter.html", {"one": one, "letter": found})


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """The part on a customer's page: their complaints and what was conceded to them."""
    row = parties.customer(request.user, party_id)
    context = {
        "customer": row, "complaints": selectors.of_customer(request.user, row.party_id, timezone.now()),
        "concessions": given_selectors.conceded_to(request.user, row.party_id),
    }  # fmt: skip
    return render(request, "voice_complaints/_of_customer.html", context)


@never_cache
@signed_in
@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """Several customers who complain of one thing at one branch within days."""
    must(request.user, Permission.VIEW_CUSTOMERS)
    found = counted_selectors.groups(request.user, timezone.now())
    context = {"found": found, "limits": house.limits(), "tab": "groups"}
    return render(request, "voice_complaints/groups.html", context)


@never_cache
@signed_in
@require_GET
@says_no
def returned(request: HttpRequest) -> HttpResponse:
    """The regulator's return of a period; a quarter unless asked otherwise."""
    must(request.user, Permission.VIEW_CUSTOMERS)
    now = timezone.now()
    first, last = _period(request.GET, timezone.localdate(now))
    found = counted_selectors.regulator_return(request.user, first, last, now)
    names = exports.dimension_names()
    context = {
        "found": found, "tab": "return", "heads": exports.heads(), "total": exports.cells(found.counted.total),
        "parts": [
            (names[kind], [(name, exports.cells(line)) for k, _code, name, line in found.lines if k == kind])
            for kind in names
        ],
        "exports": [one for one in control_selectors.exports_of(request.user) if one.kind == "complaints"][:5],
        "may_export": may_export(request.user, "complaints"),
    }  # fmt: skip
    return render(request, "voice_complaints/return.html", context)


def _period(query: Any, today: dt.date) -> tuple[dt.date, dt.date]:
    begin = dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    first = day_of(query["first"], "first") if query.get("first") else begin
    last = day_of(query["last"], "last") if query.get("last") else today
    return exports.period({"first": f"{first}", "last": f"{last}"})


@signed_in
@require_POST
@says_no
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the return as a workbook, with a reason; it is made in the background."""
    asked = {name: request.POST.get(name, "") for name in ("first", "last")}
    control.request_export(
        request.user, "complaints", asked, request.POST.get("reason", ""), language=get_language() or "zh-hans",
        now=timezone.now(),
    )  # fmt: skip
    return redirect(f"{reverse('voice_complaints:return')}?first={asked['first']}&last={asked['last']}")
