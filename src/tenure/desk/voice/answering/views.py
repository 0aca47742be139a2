"""The page on which customers answer: one question after another, plain forms, no script, no cookie, no session.

The token in the address is the whole authority. There is no CSRF cookie that could have expired with an answer on the
page: whoever knows the token may answer, nobody else can, and a form from another site is refused by its ``Origin``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.origin import origin
from tenure.desk.voice.answering import limits
from tenure.desk.voice.surveys import questionnaire, services
from tenure.desk.voice.surveys.links import TOO_MANY, Gone

_LANGUAGES = ("zh-hans", "en")


def _public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for customers: its language from the address, refusals in words, nothing kept by anyone on the way."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answered(request: HttpRequest, **arguments: Any) -> HttpResponse:
        wanted = request.POST.get("lang") or request.GET.get("lang") or _LANGUAGES[0]
        language = wanted if wanted in _LANGUAGES else _LANGUAGES[0]
        with translation.override(language):
            try:
                response = _from_here(request) or view(request, language, **arguments)
            except Http404:
                response = _unknown(request, language)
            except Gone as gone:
                status = 429 if gone.why == TOO_MANY else 410
                response = _say(request, language, status, gone.message, gone.remedy)
        response.headers["Content-Security-Policy"] = _policy()
        response.headers["Content-Language"] = language
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answered


def _from_here(request: HttpRequest) -> HttpResponse | None:
    """Refuse a form that another site sends. Of our own, browsers may say ``null``: no referrer."""
    told = request.headers.get("Origin", "")
    fetched = request.headers.get("Sec-Fetch-Site", "")
    if request.method != "POST" or fetched in ("same-origin", "none"):
        return None
    if fetched or (told and told != "null" and urlsplit(told).netloc != request.get_host()):
        return HttpResponse(_("This form was sent from another site."), status=403, content_type="text/plain")
    return None


def _unknown(request: HttpRequest, language: str) -> HttpResponse:
    """The same words for a link that never was and one mistyped; who guesses on waits."""
    address = origin().address
    if limits.must_wait(address):
        return _say(request, language, 429, _("Too many wrong links came from your network."), _("Try again later."))
    limits.note_wrong(address)
    return _say(request, language, 404, _("There is no such link."), _("Check that the address is whole."))


def _say(request: HttpRequest, language: str, status: int, title: str, words: str = "") -> HttpResponse:
    context = {"language": language, "style": _style(), "title": title, "words": words}
    return render(None, "voice_answering/said.html", context, status=status)  # type: ignore[arg-type]


@cache
def _style() -> str:
    return (Path(__file__).parent / "answer.css").read_text(encoding="utf-8")


@cache
def _policy() -> str:
    """Nothing but the page's own style, by its digest."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@_public
def counter(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """The code at the counter: a button that begins, so that a program that follows links begins nothing."""
    if request.method == "POST":
        opened = services.open_counter(code, now=timezone.now())
        return _to(opened.token, language)
    context = {"language": language, "style": _style(), "code": code}
    return render(None, "voice_answering/counter.html", context)  # type: ignore[arg-type]


@_public
def answer(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """The next question; what is sent is kept at every step and the last step completes."""
    now = timezone.now()
    if request.method != "POST":
        opened = services.open_link(token, now=now)
        back = request.GET.get("q", "")
        return _question(request, language, opened, back)
    name = request.POST.get("question", "")
    if not name:  # the button at the end, where nothing was left to ask
        return _thank(request, language, services.complete(token, {}, language=language, now=now))
    try:
        opened = services.open_link(token, now=now)
    except Gone:
        # The answer of a double click: the same again is thanked for, another is told.
        sent = {name: _value(request, name)} if name else {}
        return _thank(request, language, services.complete(token, sent, language=language, now=now))
    told = _sent(request, opened, name)
    try:
        opened = services.record_part(token, told, now=now)
        if name in questionnaire.missing(opened.content, opened.answers):
            raise Unacceptable(_("This question needs an answer."), field=name)
        if questionnaire.next_question(opened.content, opened.answers) is None:
            return _thank(request, language, services.complete(token, {}, language=language, now=now))
    except Unacceptable as no:
        return _question(request, language, opened, no.field, refused=no.message, typed=told)
    return _to(token, language)


def _to(token: str, language: str) -> HttpResponse:
    address = reverse("voice_answering:answer", args=[token])
    return HttpResponseRedirect(address if language == _LANGUAGES[0] else f"{address}?lang={language}", status=303)


def _value(request: HttpRequest, name: str) -> Any:
    given = request.POST.getlist("answer")
    return given if len(given) > 1 else (given[0] if given else None)


def _sent(request: HttpRequest, opened: services.Opened, name: str) -> dict[str, Any]:
    """What was sent for one question; a required one without an answer is refused as the service would at the end."""
    question = next((one for one in opened.content["questions"] if one["id"] == name), None)
    if question is None:
        return {name[:30]: None}
    given = request.POST.getlist("answer")
    several = question["kind"] == questionnaire.SEVERAL
    return {name: given if several else (given[0] if given else None)}


def _question(
    request: HttpRequest,
    language: str,
    opened: services.Opened,
    wanted: str = "",
    *,
    refused: str = "",
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    content, answers = opened.content, opened.answers
    asked = questionnaire.asked(content, answers)
    lacking = questionnaire.missing(content, answers)
    question = next((one for one in asked if one["id"] == wanted), None)
    question = question or questionnaire.next_question(content, answers)
    question = question or next((one for one in asked if one["id"] in lacking), None)
    place = asked.index(question) if question is not None else len(asked)
    text = questionnaire.text_in
    context: dict[str, Any] = {
        "language": language,
        "style": _style(),
        "title": text(content["title"], language),
        "welcome": text(content.get("welcome"), language) if place == 0 else "",
        "anonymous": opened.anonymous,
        "address": reverse("voice_answering:answer", args=[opened.token]),
        "back": asked[place - 1]["id"] if place else "",
        "number": place + 1,
        "refused": refused,
    }
    if question is not None:
        now = (typed or {}).get(question["id"], answers.get(question["id"]))
        chosen = {str(one) for one in (now if isinstance(now, list) else [now]) if one is not None}
        context |= {
            "question": question,
            "text": text(question["text"], language),
            "low": text(question.get("low"), language),
            "high": text(question.get("high"), language),
            "typed": now if isinstance(now, str) else "",
            "choices": _choices(question, language, chosen),
        }
    return render(None, "voice_answering/question.html", context, status=422 if refused else 200)  # type: ignore[arg-type]


def _choices(question: Any, language: str, chosen: set[str]) -> list[tuple[str, str, bool]]:
    if question["kind"] == questionnaire.SCALE:
        return [(one, one, one in chosen) for one in questionnaire.values_of(question) or []]
    options = question.get("options") or []
    return [(one["id"], questionnaire.text_in(one, language), one["id"] in chosen) for one in options]


def _thank(request: HttpRequest, language: str, done: services.Completed) -> HttpResponse:
    return _say(request, language, 200, questionnaire.text_in(done.thanks, language), _("You may close this page."))
