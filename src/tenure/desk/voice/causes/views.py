"""Pages: causes by value at stake, one theme with its words, its corrections; improvements and what they changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.contracts import codes
from tenure.desk.control.asked import day, version
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.kit.pages import leads_to, page_again, says_no, signed_in, versioned
from tenure.desk.opportunities.asked import amount_in
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.causes import correcting, improving, rules, selectors, services, showing
from tenure.desk.voice.causes.filters import LISTS, improvements_from, themes_from


def _manages(request: HttpRequest) -> bool:
    return reach_of(request.user).may(showing.MANAGES)


@never_cache
@signed_in
@require_GET
def themes(request: HttpRequest) -> HttpResponse:
    """Themes of what customers say and why they left, the most at stake first."""
    wanted = themes_from(request.GET)
    found = selectors.themes(request.user, wanted)
    context = {
        "found": found, "wanted": wanted, "kinds": codes.THEME_KINDS, "manages": _manages(request),
        "narrows": bool(wanted.kind or wanted.open), "sorts": showing.sorts(),
    }  # fmt: skip
    return render(request, "voice_causes/themes.html", context)


@never_cache
@signed_in
@require_GET
def theme(request: HttpRequest) -> HttpResponse:
    """One theme: its months, branches, words, corrections, and what is done about it. ``of``: its key."""
    key, source, user = request.GET.get("of", "")[:80], request.GET.get("source", ""), request.user
    now = timezone.now()
    said = selectors.words_of(user, key, source)
    parties_services.note_listing(user, {"of": "theme words", "theme": key, "source": source}, len(said), now)
    context: dict[str, Any] = {
        "said": said, "source": source, "sources": codes.VOICE_SOURCES, "manages": _manages(request),
        "sorts": _manages(request) and selectors.reads_words(user),
        "others": selectors.other_themes(user, key), "version": selectors.version_of_theme(user, key), "key": key,
        "most": rules.NAME,
    }  # fmt: skip
    if not key:
        return render(request, "voice_causes/no_theme.html", context)
    one = selectors.theme(user, key)
    context |= {
        "one": one, "branches": selectors.branches_with(user, key), "chart": showing.months_chart(one),
        "corrections": selectors.corrections(user, key, 12), "improvements": improving.of_theme(user, key, now),
    }  # fmt: skip
    return render(request, "voice_causes/theme.html", context)


@signed_in
@require_POST
def correct(request: HttpRequest, form: str) -> HttpResponse:
    """One correction of a theme: rename, merge, phrase, text. Where somebody was first, the form is told which version
    stands there now."""
    answer = _corrected(request, form)
    if answer.status_code == 409:
        answer["X-Version"] = str(selectors.version_of_theme(request.user, request.POST.get("of", "")[:80]))
    return answer


@says_no
def _corrected(request: HttpRequest, form: str) -> HttpResponse:
    user, sent, now = request.user, request.POST, timezone.now()
    key = sent.get("of", "")[:80]
    given: dict[str, Any] = {"version": version(request), "now": now}
    acts: dict[str, Callable[[], Any]] = {
        "rename": lambda: correcting.rename(user, key, sent.get("name", ""), **given),
        "merge": lambda: correcting.merge(user, key, sent.get("into", ""), **given),
        "phrase": lambda: correcting.move_phrase(user, key, sent.get("phrase", ""), **given),
        "text": lambda: correcting.move_text(
            user, sent.get("source", ""), sent.get("number", "")[:60], sent.get("into", ""), **given
        ),
    }
    if form not in acts:
        raise NotFound(_("There is no such form."))
    acts[form]()
    messages.success(request, _("Noted. The night counts anew with it, and learns from it."))
    return leads_to(request, f"{reverse('voice_causes:theme')}?{urlencode({'of': key})}")


@never_cache
@signed_in
@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """What people corrected, the newest first."""
    context = {"corrections": selectors.corrections(request.user)}
    return render(request, "voice_causes/corrections.html", context)


@signed_in
@require_POST
@says_no
def undo(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Take a correction back."""
    correcting.undo(request.user, correction_id, now=timezone.now())
    messages.success(request, _("Taken back; the next night goes without it."))
    return page_again(request, "voice_causes:corrections")


@never_cache
@signed_in
@require_GET
def improvements(request: HttpRequest) -> HttpResponse:
    """Improvements and innovations, the most at stake first."""
    wanted = improvements_from(request.GET)
    found = improving.improvements(request.user, wanted, timezone.now())
    names = {"open": _("Under way"), "mine": _("Mine"), "ended": _("Kept and dropped")}
    context = {
        "found": found, "wanted": wanted, "lists": [(one, names[one], found.counts[one]) for one in LISTS],
        "kinds": codes.IMPROVEMENT_KINDS, "functions": codes.FUNCTIONS, "manages": _manages(request),
        "states": [one for one in codes.IMPROVEMENT_STATES if (one in rules.ENDED) == (wanted.list == "ended")],
        "narrows": bool(wanted.kind or wanted.state or wanted.function or wanted.late),
    }  # fmt: skip
    return render(request, "voice_causes/improvements.html", context)


@never_cache
@signed_in
@require_GET
def improvement(request: HttpRequest, improvement_id: UUID) -> HttpResponse:
    """One improvement: its cause, actions, what it changed with control, and what is next."""
    now, user = timezone.now(), request.user
    one = improving.improvement(user, improvement_id, now)
    works = improving.may_work(user, one)
    context = {
        "one": one, "works": works, "act_now": rules.NEXT[one.row.state] if works else "",
        "way": showing.way(one.row.state), "themes": improving.themes_of(one.row),
        "arms": improving.branches_by_arm(one), "actions": improving.actions_of(user, one, now),
        "steps": improving.steps_of(one), "measures": showing.measures(improving.measures(one), one.row.currency),
        "waits": improving.waiting_change(one), "may_act": works and one.row.state in rules.ACTS["action"],
        "today": timezone.localdate(now), "most": rules.WORDS, "reads_causes": showing.reads(user),
        "owners": improving.possible_owners() if works else [],
    }  # fmt: skip
    return render(request, "voice_causes/improvement.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
@says_no
def new(request: HttpRequest) -> HttpResponse:
    """Propose an improvement or an innovation."""
    user = request.user
    if request.method == "POST":
        made = services.propose(user, _plan(request), request.POST.get("key", ""), now=timezone.now())
        return page_again(request, "voice_causes:improvement", made.pk)
    context = showing.form(user, request.GET.get("theme", "")[:80], request.GET.get("kind", ""))
    return render(request, "voice_causes/form.html", {**context, "key": str(uuid4()), "version": 0})


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
@versioned(improving.version_of)
@says_no
def edit(request: HttpRequest, improvement_id: UUID) -> HttpResponse:
    """Change a proposal."""
    user = request.user
    if request.method == "POST":
        services.edit(user, improvement_id, _plan(request), version=version(request), now=timezone.now())
        return page_again(request, "voice_causes:improvement", improvement_id)
    one = improving.improvement(user, improvement_id, timezone.now())
    return render(request, "voice_causes/form.html", {**showing.form(user, one=one), "version": one.row.version})


@signed_in
@require_POST
@versioned(improving.version_of)
@says_no
def act(request: HttpRequest, improvement_id: UUID, form: str) -> HttpResponse:
    """One step of an improvement; a refusal leaves what was typed in its form."""
    user, sent = request.user, request.POST
    given: dict[str, Any] = {"version": version(request), "now": timezone.now()}
    acts: dict[str, Callable[[], Any]] = {
        "ask": lambda: services.ask(user, improvement_id, sent.get("reason", ""), **given),
        "begin": lambda: services.begin(user, improvement_id, day(request, "on"), **given),
        "action": lambda: services.add_action(
            user, improvement_id, sent.get("words", ""), sent.get("owner", "")[:40], _due(request), **given
        ),
        "hand-over": lambda: services.hand_over(user, improvement_id, sent.get("to_staff", "")[:40], **given),
        "measure": lambda: services.take_measures(user, improvement_id, **given),
        "keep": lambda: services.end(user, improvement_id, "keep", sent.get("words", ""), **given),
        "drop": lambda: services.end(user, improvement_id, "drop", sent.get("words", ""), **given),
    }
    if form not in acts:
        raise NotFound(_("There is no such form."))
    acts[form]()
    if form == "ask":
        messages.success(request, _("It waits for a second person's approval."))
    return page_again(request, "voice_causes:improvement", improvement_id)


@signed_in
@require_POST
@says_no
def action_done(request: HttpRequest, action_id: int) -> HttpResponse:
    """An action is done."""
    done = services.finish_action(request.user, action_id, now=timezone.now())
    return page_again(request, "voice_causes:improvement", done.improvement_id)


@never_cache
@signed_in
@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """One's actions on Today."""
    return render(
        request,
        "voice_causes/_strip.html",
        {"waiting": improving.waiting_for(request.user, timezone.now())},
    )


def _due(request: HttpRequest) -> Any:
    found = day(request, "due_on")
    if found is None:
        raise Unacceptable(_("Say by which day."), field="due_on")
    return found


def _plan(request: HttpRequest) -> services.Plan:
    sent, currency = request.POST, showing.currency()
    starts_on = day(request, "starts_on")
    if starts_on is None:
        raise Unacceptable(_("Say on which day it starts."), field="starts_on")
    costs = {
        name: amount_in(text, currency, name) if (text := sent.get(name, "").strip()) else None
        for name in ("cost", "contact_cost", "replaced_cost")
    }
    return services.Plan(
        kind=sent.get("kind", "improvement"), title=sent.get("title", ""), aim=sent.get("aim", ""),
        owner=sent.get("owner", "")[:40], starts_on=starts_on, functions=tuple(sent.getlist("functions")),
        themes=tuple(sent.getlist("themes")), treated=tuple(sent.getlist("treated")),
        control=tuple(sent.getlist("control")), channel=sent.get("channel", ""), category=sent.get("category", ""),
        **costs,
    )  # fmt: skip
