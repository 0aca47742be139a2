"""Requests of people about their data: the list with its clock, one request and what it takes, the letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER, TIMELINE
from tenure.desk.control.asked import version
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.masking import masked
from tenure.desk.kit.formats import is_chinese
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.requests import rules, selectors, services

FIELDS = ("kind", "way", "asked_by", "representative", "identity", "words")
#: What people say and write is masked like the words of the time line.
_WORDS = TIMELINE["words"]


@never_cache
@signed_in
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """Open requests by their last day, one's own, answered ones."""
    which = request.GET.get("list", "open")
    which = which if which in selectors.LISTS else "open"
    kind = request.GET.get("kind", "")
    found = selectors.request_list(request.user, which, kind if kind in codes.REQUEST_KINDS else "")
    names = selectors.names_of(request.user, [one.party_id for one in found])
    context = {"found": found, "names": names, "which": which, "most": selectors.MOST, "today": timezone.localdate()}
    return render(request, "requests/requests.html", context)


@never_cache
@signed_in
@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """What the core system has been asked to correct and has not yet."""
    found = selectors.waiting_corrections(request.user)
    return render(request, "requests/corrections.html", {"found": found})


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """The card on a customer's page."""
    row = must_see(request.user, party_id)
    context = {"customer": row, **selectors.about(request.user, row.party_id)}
    return render(request, "requests/_of_customer.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, party_id: str) -> HttpResponse:
    """The form; sent, the request is there and its clock runs."""
    row = must_see(request.user, party_id)
    must(request.user)
    told = {name: request.POST.get(name, "") for name in FIELDS}
    status, wrong, key = 200, None, _key(request.POST.get("form_key", ""))
    if request.method == "POST":
        try:
            made = services.receive(request.user, party_id, told, key, now=timezone.now())
            return redirect("requests:request", made.pk)
        except (Unacceptable, Conflict) as no:  # nothing typed is lost
            status, wrong = (422 if isinstance(no, Unacceptable) else 409), no
    context = {
        "customer": row, "name": masked(row.name, CUSTOMER["name"], reach_of(request.user)) or row.party_id,
        "told": told, "wrong": wrong, "form_key": key, "kinds": codes.REQUEST_KINDS, "ways": codes.CONSENT_WAYS,
        "askers": codes.REQUEST_ASKERS, "checks": codes.IDENTITY_CHECKS,
    }  # fmt: skip
    return render(request, "requests/receive.html", context, status=status)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


@never_cache
@signed_in
@require_GET
def request_page(request: HttpRequest, number: UUID) -> HttpResponse:
    """One request: what was asked, what an erasure would take, what is to do next."""
    return _page(request, number)


def _page(request: HttpRequest, number: UUID, wrong: Any = None, status: int = 200) -> HttpResponse:
    found = selectors.request_of(request.user, number)
    today, chinese = timezone.localdate(), is_chinese(get_language() or "")
    planned = found.kind == "erase" and found.state in ("open", "checking")
    lines = [
        {
            "line": line,
            "title": line.name.zh if chinese else line.name.en,
            "why": line.why.zh if chinese else line.why.en,
        }
        for line in (selectors.erasure_plan(request.user, found, today) if planned else ())
    ]
    name = selectors.names_of(request.user, [found.party_id]).get(found.party_id, "")
    context = {
        "one": found, "name": name, "lines": lines, "wrong": wrong, "typed": request.POST, "today": today,
        "words": masked(found.words, _WORDS, reach_of(request.user)),
        "answer": masked(found.answer, _WORDS, reach_of(request.user)),
        "representative": masked(found.representative, _WORDS, reach_of(request.user)),
        "erased": selectors.erased_by(found),
        "corrections": selectors.corrections_of(request.user, found) if found.kind == "correct" else (),
        "columns": [CUSTOMER[name] for name in rules.CORRECTABLE], "outcomes": codes.REQUEST_OUTCOMES,
        "languages": settings.LANGUAGES, "four_eyes": found.kind in services.FOUR_EYES, "sees": bool(name),
        "expired": found.expires_at is not None and found.expires_at <= timezone.now(),
    }  # fmt: skip
    return render(request, "requests/request.html", context, status=status)


@signed_in
@require_POST
def act(request: HttpRequest, number: UUID, form: str) -> HttpResponse:
    """Take over, put forward, ask for a correction, answer; a refusal comes back with what was typed."""
    now, sent = timezone.now(), request.POST
    acts: dict[str, Callable[[], Any]] = {
        "take": lambda: services.take_over(request.user, number, version(request), now=now),
        "put-forward": lambda: services.put_forward(request.user, number, sent.get("reason", ""), now=now),
        "correct": lambda: services.ask_correction(
            request.user, number, sent.get("column", ""), sent.get("should_be", ""), sent.get("evidence", ""), now=now
        ),
        "answer": lambda: services.answer(
            request.user, number, sent.get("outcome", ""), sent.get("words", ""), sent.get("language", ""),
            version(request), now=now,
        ),
    }  # fmt: skip
    if form not in acts:
        raise NotFound(_("There is no such form."))
    try:
        acts[form]()
    except (Unacceptable, Conflict) as no:
        return _page(request, number, wrong=no, status=422 if isinstance(no, Unacceptable) else 409)
    return redirect("requests:request", number)


@signed_in
@require_POST
@says_no
def withdraw_correction(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take a correction back."""
    services.withdraw_correction(request.user, number, now=timezone.now())
    messages.success(request, _("The correction is taken back."))
    return redirect("requests:corrections")


@signed_in
@require_POST
@says_no
def fetch(request: HttpRequest, number: UUID) -> HttpResponse:
    """The package as a ZIP; each time is on the trail."""
    content = services.fetch_copy(request.user, number, now=timezone.now())
    answer = HttpResponse(content, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="copy-{number}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@never_cache
@signed_in
@require_GET
def letter(request: HttpRequest, number: UUID) -> HttpResponse:
    """The answer as a letter in the person's language, to print."""
    found = selectors.request_of(request.user, number)
    if found.state != "answered":
        raise NotFound(_("This request has no answer yet."))
    name = selectors.names_of(request.user, [found.party_id]).get(found.party_id, "")
    context = {
        "one": found, "name": name, "bank": _bank(request),
        "answer": masked(found.answer, _WORDS, reach_of(request.user)),
    }  # fmt: skip
    with translation.override(found.language):
        paper = render_to_string("requests/_letter.html", context, request)
    return render(request, "requests/letter.html", {"one": found, "paper": paper})


def _bank(request: HttpRequest) -> str:
    publication = getattr(request, "publication", None)
    return publication.bank if publication is not None else ""
