"""Pages of surveys: the list, one survey with its frame, the builder of its next version, putting it forward."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.contracts import codes
from tenure.desk.control.asked import day, version
from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.kit.pages import leads_to, page_again, says_no, signed_in, versioned
from tenure.desk.org.rules import Permission
from tenure.desk.voice.surveys import asked, branching, making_services, questionnaire, rules, selectors
from tenure.desk.voice.surveys.frames import ENOUGH


@never_cache
@signed_in
@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    """Every survey, live ones first."""
    context = {
        "surveys": selectors.surveys(request.user, timezone.localdate()),
        "may_manage": selectors.may_manage(request.user),
        "enough": ENOUGH,
    }
    return render(request, "voice_surveys/surveys.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new survey, which begins with the ready-made one of its kind."""
    must(request.user, Permission.MANAGE_SURVEYS)
    status, wrong, post = 200, "", request.POST
    if request.method == "POST":
        try:
            made = making_services.make_survey(
                request.user,
                post.get("code", "").strip(),
                post.get("kind", ""),
                post.get("moment", ""),
                post.get("anonymous") == "1",
                now=timezone.now(),
            )
            return redirect("surveys:draft", made.code)
        except (Unacceptable, Conflict) as no:  # nothing typed is lost
            status = 422 if isinstance(no, Unacceptable) else 409
            wrong = f"{no.message} {no.remedy}".strip()
    context = {"form": post, "wrong": wrong, "kinds": rules.KINDS, "moments": codes.MOMENTS}
    return render(request, "voice_surveys/new.html", context, status=status)


@never_cache
@signed_in
@require_GET
def survey(request: HttpRequest, code: str) -> HttpResponse:
    """One survey: whom it could ask, whom it asked, who answered, by branch; versions; codes at counters."""
    told = request.GET.get("months", "")
    months = int(told) if told in {str(span) for span in selectors.SPANS} else selectors.SPANS[0]
    found = selectors.survey(request.user, code, months, timezone.localdate())
    context = {
        "one": found,
        "months": months,
        "spans": selectors.SPANS,
        "may_manage": selectors.may_manage(request.user),
        "may_code": selectors.may_put_up_codes(request.user),
        "branches": selectors.branches_for_codes(request.user),
        "acts": [act for act, (before, _after) in rules.ACTS.items() if found.row.state in before],
        "outcomes": rules.OUTCOMES,
        "periodic": found.row.moment == rules.PERIODIC,
        "wave_months": rules.WAVE_MONTHS,
        "today": timezone.localdate(),
        "enough": ENOUGH,
        "newest": selectors.NEWEST,
    }
    return render(request, "voice_surveys/survey.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The builder: questions in both languages, what depends on what, how it asks, and how the customer will see it."""
    found = selectors.draft(request.user, code)
    status, wrong, wrong_at, at = 200, "", "", found.row.version
    content, reason = found.content, request.POST.get("reason", "")
    if request.method == "POST":
        try:
            content = asked.content(request)
            saved = making_services.edit_draft(
                request.user, code, content, asked.asking(request), version=version(request), now=timezone.now()
            )
            if request.POST.get("act") == "propose":
                making_services.propose_version(request.user, code, reason, version=saved.version, now=timezone.now())
                messages.success(request, _("It waits for a second person; then it asks."))
                return redirect("surveys:survey", code)
            return redirect(reverse("surveys:draft", args=[code]) + _anchor(request, content))
        except (Unacceptable, Conflict) as no:  # what was typed stands in the form again
            status = 422 if isinstance(no, Unacceptable) else 409
            wrong, wrong_at = f"{no.message} {no.remedy}".strip(), no.field if isinstance(no, Unacceptable) else ""
            at = selectors.version_of(request.user, code)
    rows = _rows(content, found.row.kind)
    context = {
        "one": found,
        "content": content,
        "asking": asked.typed(request) if wrong else asked.as_typed(found.asking),
        "version": at,
        "wrong": wrong,
        "wrong_at": next((row for row in rows if row["one"]["id"] == wrong_at.partition(".")[0]), None),
        "lacking": [row for row in rows if row["faults"] or row["branch_faults"]],
        "reason": reason,
        "whole": [one.words for one in branching.lacks(content, found.row.kind) if not one.question],
        "questions": rows,
        "kinds": questionnaire.QUESTION_KINDS,
        "measures": questionnaire.MEASURES,
        "channels": rules.CHANNELS,
        "texts": ("title", "welcome", "thanks"),
    }
    return render(request, "voice_surveys/draft.html", context, status=status)


def _rows(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The questions as the builder shows each: what it lacks, what it may hang on, and what hangs on it."""
    lacks = branching.lacks(content, kind)
    last = len(content["questions"]) - 1
    found = []
    for place, question in enumerate(content["questions"]):
        here = [one for one in lacks if one.question == (question["id"] or str(place + 1))]
        rule = question.get("show_if") or {}
        offered = branching.offered(content, place)
        found.append(
            {
                "place": place,
                "one": question,
                "faults": [one.words for one in here if not one.of_branch],
                "branch_faults": [one.words for one in here if one.of_branch],
                "offered": offered,
                "after": rule.get("question", ""),
                "after_label": branching.label(content, rule["question"]) if rule else "",
                "after_gone": rule and branching.question_named(content, rule["question"]) is None,
                "ticks": branching.ticks(content, question),
                "ways": branching.ways(content, question),
                "is_last": place == last,
            }
        )
    return found


def _anchor(request: HttpRequest, content: dict[str, Any]) -> str:
    """Where the page goes on after a button: at the question that was added or moved."""
    verb, _colon, name = request.POST.get("act", "").partition(":")
    if verb == "add" and content["questions"]:
        return f"#{content['questions'][-1]['id']}"
    if verb in ("up", "down", "at"):
        return f"#{name}"
    if verb == "if":  # at the answers of what it was made to hang on
        return f"#if-{name}"
    return ""


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Pause, resume or close a survey."""
    making_services.move_survey(
        request.user, code, request.POST.get("act", ""), version=version(request), now=timezone.now()
    )
    return page_again(request, "surveys:survey", code)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def waves(request: HttpRequest, code: str) -> HttpResponse:
    """Set the day of the next wave and the months between, or that there are none."""
    none = request.POST.get("act") == "none"
    first_on = None if none else day(request, "first_on")
    told = request.POST.get("months", "")
    months = None if none or first_on is None else int(told) if told.isascii() and told.isdigit() else 0
    making_services.plan_waves(request.user, code, first_on, months, version=version(request), now=timezone.now())
    return leads_to(request, reverse("surveys:survey", args=[code]) + "#waves")


@signed_in
@require_POST
@says_no
def counter(request: HttpRequest, code: str) -> HttpResponse:
    """Make a code to put up at a branch."""
    making_services.make_counter_code(request.user, code, request.POST.get("org_id", ""), now=timezone.now())
    return leads_to(request, reverse("surveys:survey", args=[code]) + "#codes")


@never_cache
@signed_in
@require_GET
def poster(request: HttpRequest, code: str, org_id: str) -> HttpResponse:
    """What is put up at the counter: the code as a picture, in both languages."""
    return render(request, "voice_surveys/poster.html", {"one": selectors.poster(request.user, code, org_id)})


@signed_in
@require_POST
@says_no
def end_counter(request: HttpRequest, code: str) -> HttpResponse:
    """End a branch's code."""
    making_services.end_counter_code(request.user, code, request.POST.get("org_id", ""), now=timezone.now())
    return leads_to(request, reverse("surveys:survey", args=[code]) + "#codes")
