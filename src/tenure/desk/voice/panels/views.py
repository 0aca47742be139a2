"""Panels: the list, a plan, one panel with its participants, sessions and what came of what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.contracts import codes
from tenure.desk.control.asked import day, version
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.parties import selectors as parties
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.panels import (
    drawing_services,
    outcome_services,
    rules,
    selectors,
    services,
    taking_part_services,
    wording,
)
from tenure.desk.voice.panels.filters import LISTS, filter_from


@never_cache
@signed_in
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Panels one sees: under way, mine, ended; with what they changed."""
    wanted = filter_from(request.GET)
    found = selectors.panels(request.user, wanted)
    names = {"open": _("Under way"), "mine": _("Mine"), "ended": _("Ended")}
    context = {
        "found": found, "wanted": wanted, "lists": [(one, names[one], found.counts[one]) for one in LISTS],
        "states": [one for one in codes.PANEL_STATES if (one in rules.ENDED) == (wanted.list == "ended")],
        "categories": codes.PRODUCT_CATEGORIES, "sorts": wording.sort_names(), "plans": selectors.plans(request.user),
        "narrows": bool(wanted.state or wanted.category), "effect": selectors.effect_of(request.user),
    }  # fmt: skip
    return render(request, "voice_panels/list.html", context)


@never_cache
@signed_in
@require_GET
def panel(request: HttpRequest, panel_id: UUID) -> HttpResponse:
    """One panel: its steps, what is next, who takes part, sessions, what was said and what came of it."""
    now, user = timezone.now(), request.user
    one = selectors.panel(user, panel_id)
    works = selectors.works(user, one)
    taking = selectors.members(user, one)
    parties_services.note_listing(user, {"of": "panel", "panel": one.row.number}, len(taking), now)
    owed = selectors.owed_to(one)
    next_act = rules.next_act(
        one.row.state, lacks=one.to_invite, sessions=one.row.sessions.count(), undecided=owed["undecided"],
        untold=owed["untold"], feedback=one.said,
    )  # fmt: skip
    said = selectors.said(user, one)
    context = {
        "one": one, "works": works, "next": next_act, "owed": owed, "members": taking, "said": said,
        "sessions": selectors.sessions(user, one, taking, now), "facts": selectors.facts(one),
        "way": _way(one.row.state), "waits": selectors.waiting_change(one), "effect": selectors.effect_of(user, one),
        "outcomes": codes.PANEL_OUTCOMES, "session_ways": codes.PANEL_SESSION_WAYS, "scale": range(1, 6),
        "told_ways": [way for way in codes.PANEL_TOLD if way != "message"], "most": rules.WORDS,
        "to_decide": [each for each in said if each.may_decide],
        "owners": selectors.possible_owners() if works and one.row.state not in rules.ENDED else [],
        "tomorrow": timezone.localdate(now) + dt.timedelta(days=1),
    }  # fmt: skip
    return render(request, "voice_panels/panel.html", context)


def _way(state: str) -> list[dict[str, Any]]:
    """The states a panel goes through, what is past and where it is."""
    last = rules.DROPPED if state == rules.DROPPED else rules.CLOSED
    ladder = [rules.PLANNED, rules.APPROVED, rules.OPEN, last]
    place = ladder.index(state)
    return [{"code": code, "past": n < place, "here": n == place} for n, code in enumerate(ladder)]


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
@says_no
def new(request: HttpRequest) -> HttpResponse:
    """Plan a panel."""
    if request.method == "POST":
        made = services.plan(request.user, _plan(request), request.POST.get("key", ""), now=timezone.now())
        return page_again(request, "voice_panels:panel", made.pk)
    return render(request, "voice_panels/form.html", {**selectors.form(request.user), "key": str(uuid4())})


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
@versioned(selectors.version_of)
@says_no
def edit(request: HttpRequest, panel_id: UUID) -> HttpResponse:
    """Change a plan."""
    user = request.user
    if request.method == "POST":
        services.edit(user, panel_id, _plan(request), version=version(request), now=timezone.now())
        return page_again(request, "voice_panels:panel", panel_id)
    return render(request, "voice_panels/form.html", selectors.form(user, selectors.panel(user, panel_id)))


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def act(request: HttpRequest, panel_id: UUID, form: str) -> HttpResponse:
    """One step of a panel; a refusal leaves what was typed in its form."""
    user, sent = request.user, request.POST
    given: dict[str, Any] = {"version": version(request), "now": timezone.now()}
    words = sent.get("words", "")
    acts: dict[str, Callable[[], Any]] = {
        "ask": lambda: services.ask(user, panel_id, sent.get("reason", ""), **given),
        "draw": lambda: drawing_services.draw(user, panel_id, **given),
        "session": lambda: taking_part_services.plan_session(
            user, panel_id, _moment(request), sent.get("way", ""), sent.get("place", ""), **given
        ),
        "decide": lambda: outcome_services.decide(
            user, panel_id, _numbers(request, "feedback"), sent.get("kind", ""), words, **given
        ),
        "tell": lambda: outcome_services.tell(user, panel_id, **given),
        "hand-over": lambda: services.hand_over(user, panel_id, sent.get("to_staff", "")[:40], **given),
        "close": lambda: services.end(user, panel_id, "close", words, **given),
        "drop": lambda: services.end(user, panel_id, "drop", words, **given),
    }
    if form not in acts:
        raise NotFound(_("There is no such form."))
    done = acts[form]()
    if form == "ask":
        messages.success(request, _("It waits for a second person's approval."))
    if form == "tell" and done:
        words = ngettext("%(n)s message is on its way.", "%(n)s messages are on their way.", done) % {"n": done}
        messages.success(request, words)
    return page_again(request, "voice_panels:panel", panel_id)


@signed_in
@require_POST
@versioned(selectors.member_version_of)
@says_no
def member_act(request: HttpRequest, member_id: UUID, form: str) -> HttpResponse:
    """Note what somebody invited answered, that they withdrew, or that they were told what came of it."""
    user = request.user
    given: dict[str, Any] = {"version": version(request), "now": timezone.now()}
    acts: dict[str, Callable[[], Any]] = {
        "accepted": lambda: taking_part_services.note_answer(user, member_id, rules.ACCEPTED, **given),
        "declined": lambda: taking_part_services.note_answer(user, member_id, rules.DECLINED, **given),
        "withdraw": lambda: taking_part_services.withdraw(user, member_id, **given),
        "told": lambda: outcome_services.note_told(user, member_id, request.POST.get("how", ""), **given),
    }
    if form not in acts:
        raise NotFound(_("There is no such form."))
    one = acts[form]()
    if request.POST.get("back") == "customer":
        return page_again(request, "parties:customer", one.party_id)
    return page_again(request, "voice_panels:panel", one.panel_id)


@signed_in
@require_POST
@says_no
def session_act(request: HttpRequest, session_id: UUID, member_id: UUID, form: str) -> HttpResponse:
    """Note that somebody took part in a session or did not, or what they said of it."""
    user, sent, now = request.user, request.POST, timezone.now()
    if form in codes.PANEL_ATTENDANCE:
        made = taking_part_services.note_attendance(user, session_id, member_id, form, now=now)
        return page_again(request, "voice_panels:panel", made.member.panel_id)
    if form != "feedback":
        raise NotFound(_("There is no such form."))
    rating = sent.get("rating", "")
    if rating not in tuple("12345"):
        raise Unacceptable(_("A rating is 1 to 5."), field="rating")
    said = taking_part_services.note_feedback(
        user, session_id, member_id, int(rating), sent.get("words", ""), now=now
    )  # fmt: skip
    return page_again(request, "voice_panels:panel", said.member.panel_id)


@signed_in
@require_POST
@says_no
def cancel_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Cancel a session."""
    done = taking_part_services.cancel_session(request.user, session_id, now=timezone.now())
    return page_again(request, "voice_panels:panel", done.panel_id)


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """The lines on a customer's page; nothing for who was never invited."""
    row = parties.customer(request.user, party_id)
    return render(
        request, "voice_panels/_of_customer.html", {"members": selectors.of_customer(request.user, row.party_id)}
    )


def _plan(request: HttpRequest) -> services.Plan:
    sent = request.POST
    days = {name: day(request, name) for name in ("starts_on", "ends_on")}
    for name, found in days.items():
        if found is None:
            raise Unacceptable(_("Say from which day to which."), field=name)
    texts = {name: sent.get(name, "") for name in ("title", "title_en", "purpose", "purpose_en", "category")}
    lists = {name: tuple(sent.getlist(name)) for name in ("tiers", "branches", "kinds", "channels")}
    whole = {name: _whole(sent.get(name, ""), name) for name in ("wanted", "months")}
    return services.Plan(owner=sent.get("owner", "")[:40], **texts, **lists, **whole, **days)  # type: ignore[arg-type]


def _whole(text: str, field: str) -> int:
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Unacceptable(_("“%(value)s” is no whole number.") % {"value": text[:20]}, field=field)
    return int(text)


def _moment(request: HttpRequest) -> dt.datetime:
    text = request.POST.get("at", "").strip()
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Unacceptable(_("Say when: day and time."), field="at") from None
    return found if found.tzinfo is not None else timezone.make_aware(found)


def _numbers(request: HttpRequest, name: str) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist(name)[: selectors.SHOWN]]
    except ValueError:
        raise NotFound(_("There is no such feedback in this panel.")) from None
