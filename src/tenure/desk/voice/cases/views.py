"""The list of cases, the guided page of one, the front line's week, and the parts other pages show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import services as control
from tenure.desk.control.asked import version
from tenure.desk.control.changes.selectors import sees as sees_change
from tenure.desk.control.errors import NotFound
from tenure.desk.control.guards import one_of
from tenure.desk.kit.pages import leads_to, page_again, says_no, signed_in, versioned
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import selectors as parties
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.cases import digest, rules, selectors, services
from tenure.desk.voice.cases.answered import answered
from tenure.desk.voice.cases.filters import LISTS, SORTS, filter_from, position_from


@never_cache
@signed_in
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Cases: mine, the team's, those I was told of, closed ones; what runs out first comes first."""
    now = timezone.now()
    wanted = filter_from(request.GET, "mine" if reach_of(request.user).staff_id else "team")
    position = position_from(request.GET.get("at", ""), wanted.order)
    found = selectors.case_list(request.user, wanted, position, now)
    parties_services.note_listing(request.user, {"of": "cases", **wanted.asked()}, len(found.rows), now)
    asked = QueryDict(mutable=True)
    asked.update({**wanted.asked(), "list": wanted.list})
    names = {"mine": _("Mine"), "team": _("Of the team"), "told": _("Told to me"), "closed": _("Closed cases")}
    context = {
        "found": found, "page": found.page, "wanted": wanted, "asked": asked.urlencode(),
        "lists": [(one, names[one], found.counts.get(one)) for one in LISTS], "sources": codes.CASE_SOURCES,
        "states": [one for one in codes.CASE_STATES if one != rules.CLOSED], "causes": codes.CASE_CAUSES,
        "sorts": SORTS, "narrows": bool(wanted.source or wanted.state or wanted.cause or wanted.late),
    }  # fmt: skip
    return render(request, "voice_cases/list.html", context)


@never_cache
@signed_in
@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: what was said, what to do now and how to say it, its clocks, whom it is about, what happened."""
    now = timezone.now()
    one = selectors.case(request.user, case_id, now)
    control.note_view(request.user, CUSTOMER, one.party_id, now=now)
    handles = selectors.may_handle(request.user, one)
    act_now = rules.NEXT[one.state]
    steps = selectors.steps_of(request.user, one)
    place, customer = rules.STATES.index(one.state), parties.customer(request.user, one.party_id)
    more = selectors.may_extend(one)
    waits = selectors.extension(one) if more else None
    context = {
        "one": one, "customer": customer, "handles": handles, "act_now": act_now,
        "script": selectors.script_of(act_now) if handles and act_now else "",
        "way": [{"code": s, "past": n < place, "here": n == place} for n, s in enumerate(rules.STATES)],
        "clocks": selectors.clocks_of(one, now), "steps": steps, "recovery": selectors.recovery(request.user, one, now),
        "tries": sum(1 for step in steps if step.kind == "tried"), "enough": rules.TRIES, "causes": codes.CASE_CAUSES,
        "kinds": codes.INTERACTION_KINDS, "outcomes": codes.OUTCOMES, "reasons": codes.CASE_PAUSES,
        "results": [r for r, states in rules.CLOSES.items() if one.state in states],
        "colleagues": parties.colleagues_for(request.user, one.party_id) if handles else [],
        "may_listen": one.state in rules.ACTS["listen"] and act_now != "listen",
        "may_cause": one.state in rules.ACTS["cause"] and act_now != "cause",
        "may_pause": one.state in rules.ACTS["pause"] and not one.held,
        "extend_to": more if handles and waits is None else None,
        "extension": waits, "sees_extension": waits is not None and sees_change(request.user, waits),
        "again": one.state == rules.CLOSED and rules.may_be_opened_again(one.closed_at, now),
        "mine": bool(request.user.staff_id) and one.owner == request.user.staff_id, "most": rules.WORDS,
        **selectors.around(request.user, one, customer),
        "answered": answered(request.user, one),
    }  # fmt: skip
    return render(request, "voice_cases/case.html", context)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def act(request: HttpRequest, case_id: UUID, form: str) -> HttpResponse:
    """One step of a case; a refusal leaves what was typed in its form."""
    user, sent = request.user, request.POST
    words = sent.get("words", "")
    given: dict[str, Any] = {"version": version(request), "now": timezone.now()}
    acts: dict[str, Callable[[], Any]] = {
        "acknowledge": lambda: services.acknowledge(
            user, case_id, sent.get("kind", ""), sent.get("outcome", ""), words, **given
        ),
        "listen": lambda: services.listen(user, case_id, words, **given),
        "cause": lambda: services.name_cause(user, case_id, sent.get("cause", ""), words, **given),
        "offer": lambda: services.offer(user, case_id, words, **given),
        "agree": lambda: services.agree(user, case_id, _yes(sent.get("agrees", "")), words, **given),
        "close": lambda: services.close(
            user, case_id, sent.get("result", ""), sent.get("action", ""), sent.get("cause", ""), **given
        ),
        "pause": lambda: services.pause(user, case_id, sent.get("reason", ""), words, **given),
        "resume": lambda: services.resume(user, case_id, **given),
        "hand-over": lambda: services.hand_over(user, case_id, sent.get("to_staff", "")[:40], words, **given),
        "extend": lambda: services.ask_extension(user, case_id, sent.get("reason", ""), now=given["now"]),
        "recuse": lambda: services.recuse(user, case_id, words, **given),
        "reopen": lambda: services.reopen(user, case_id, words, **given),
    }
    if form not in acts:
        raise NotFound(_("There is no such form."))
    acts[form]()
    if form == "extend":
        messages.success(request, _("It waits for a second person's approval."))
    if form == "recuse":  # whoever stands aside may see the customer no more
        return leads_to(request, reverse("voice_cases:list"))
    return page_again(request, "voice_cases:case", case_id)


def _yes(text: str) -> bool:
    one_of(text, ("yes", "no"), "agrees")
    return text == "yes"


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """The line on a customer's page: their cases, and opening one."""
    row = parties.customer(request.user, party_id)
    now = timezone.now()
    context = {
        "customer": row, "cases": selectors.of_customer(request.user, row.party_id, now),
        "once": f"{request.user.pk}-{row.party_id[:20]}-{now.timestamp():.6f}", "most": rules.WORDS,
    }  # fmt: skip
    return render(request, "voice_cases/_of_customer.html", context)


@signed_in
@require_POST
@says_no
def new(request: HttpRequest, party_id: str) -> HttpResponse:
    """Open a case from a customer's page, a signal or a contact; sent twice it is one."""
    made = services.open_case(
        request.user, party_id, request.POST.get("source", "hand"), request.POST.get("source_key", ""),
        request.POST.get("words", ""), now=timezone.now(), concerns=request.POST.get("concerns", ""),
    )  # fmt: skip
    if not selectors.version_of(request.user, made.pk):
        messages.success(request, _("It was taken down. It is about you: somebody else handles it."))
        return page_again(request, "parties:customer", party_id)
    return page_again(request, "voice_cases:case", made.pk)


@never_cache
@signed_in
@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """One's own cases on Today."""
    context = {"waiting": selectors.waiting_for(request.user, timezone.now())}
    return render(request, "voice_cases/_strip.html", context)


@never_cache
@signed_in
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """What customers said in a week, thanks first, and how the team dealt with who was unhappy."""
    today = timezone.localdate()
    this = today - dt.timedelta(days=today.weekday())
    try:
        asked = dt.date.fromisoformat(request.GET.get("of", ""))
        monday = min(max(asked - dt.timedelta(days=asked.weekday()), dt.date(2000, 1, 3)), this)
    except ValueError:
        monday = this - dt.timedelta(days=7)  # the last whole week
    told = digest.week_of(request.user, monday)
    parties_services.note_listing(
        request.user, {"of": "week", "monday": f"{monday}"}, len(told.thanks) + len(told.unhappy), timezone.now()
    )
    context = {
        "told": told, "before": monday - dt.timedelta(days=7),
        "after": monday + dt.timedelta(days=7) if monday < this else None,
    }  # fmt: skip
    return render(request, "voice_cases/week.html", context)
