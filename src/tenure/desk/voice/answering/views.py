"""The page on which customers answer: a few questions at a time, plain forms, no script, no cookie, no session.

The token in the address is the whole authority. There is no CSRF cookie that could have expired with an answer on the
page: whoever knows the token may answer, nobody else can, and a form from another site is refused by its ``Origin``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
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


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
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
                response = _unknown(language)
            except Gone as gone:
                status = 429 if gone.why == TOO_MANY else 410
                response = say(language, status, gone.message, gone.remedy)
        response.headers["Content-Security-Policy"] = _policy()
        response.headers["Content-Language"] = language
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answered


def _from_here(request: HttpRequest) -> HttpResponse | None:
    """Refuse a form that another site sends. Of our own, browsers may say ``null``: no referrer."""
    told = request.META.get("HTTP_ORIGIN", "")
    fetched = request.META.get("HTTP_SEC_FETCH_SITE", "")
    if request.method != "POST" or fetched in ("same-origin", "none"):
        return None
    if fetched or (told and told != "null" and urlsplit(told).netloc != request.get_host()):
        return HttpResponse(_("This form was sent from another site."), status=403, content_type="text/plain")
    return None


def _unknown(language: str) -> HttpResponse:
    """The same words for a link that never was and one mistyped; who guesses on waits."""
    address = origin().address
    if limits.must_wait(address):
        return say(language, 429, _("Too many wrong links came from your network."), _("Try again later."))
    limits.note_wrong(address)
    return say(language, 404, _("There is no such link."), _("Check that the address is whole."))


def say(language: str, status: int, title: str, words: str = "") -> HttpResponse:
    """A page that says something and asks nothing."""
    return HttpResponse(_said(language, title, words), status=status)


@lru_cache(maxsize=200)
def _said(language: str, title: str, words: str) -> str:
    context = {"language": language, "style": style(), "title": title, "words": words}
    return render_to_string("voice_answering/said.html", context)


@cache
def style() -> str:
    """The style that stands in every such page, and whose digest the policy names."""
    return (Path(__file__).parent / "answer.css").read_text(encoding="utf-8")


@cache
def _policy() -> str:
    """Nothing but the page's own style, by its digest."""
    digest = b64encode(sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@public
def counter(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """The code at the counter: a button that begins, so that a program that follows links begins nothing."""
    if request.method == "POST":
        opened = services.open_counter(code, now=timezone.now())
        return _to(opened.token, language)
    context = {"language": language, "style": style(), "code": code}
    return HttpResponse(render_to_string("voice_answering/counter.html", context))


@public
def answer(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """The next questions; what is sent is kept at every step and the last step completes."""
    now = timezone.now()
    if request.method != "POST":
        return _questions(language, services.open_link(token, now=now), request.GET.get("q", ""))
    names = request.POST.getlist("question")[: questionnaire.MOST_QUESTIONS]
    told: dict[str, Any] = {}
    try:
        if not names:  # the button at the end, where nothing was left to ask
            return _thank(language, services.complete(token, {}, language=language, now=now))
        told = {name[:30]: _given(request, name, alone=len(names) == 1) for name in names}
        done = services.answer(token, told, language=language, now=now)
    except Unacceptable as no:
        opened = services.open_link(token, now=now)
        return _questions(language, opened, no.field, refused=no.message, typed=told)
    if isinstance(done, services.Completed):
        return _thank(language, done)
    lacking = [name for name in questionnaire.missing(done.content, done.answers) if name in told]
    if lacking:
        return _questions(language, done, lacking[0], refused=_("This question needs an answer."), typed=told)
    return _to(token, language)


def _to(token: str, language: str) -> HttpResponse:
    address = reverse("voice_answering:answer", args=[token])
    return HttpResponseRedirect(address if language == _LANGUAGES[0] else f"{address}?lang={language}", status=303)


def _given(request: HttpRequest, name: str, *, alone: bool) -> Any:
    """What was sent for a question; nothing, one value or several. Alone on a page it may be called ``answer``."""
    given = request.POST.getlist(f"answer_{name}") or (request.POST.getlist("answer") if alone else [])
    return given if len(given) > 1 else (given[0] if given else None)


def _questions(
    language: str,
    opened: services.Opened,
    wanted: str = "",
    *,
    refused: str = "",
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page with the question ``wanted``, else what is left to answer of the first page that lacks something."""
    content, answers = opened.content, opened.answers
    asked = {one["id"] for one in questionnaire.asked(content, answers)}
    pages = [[one["id"] for one in page if one["id"] in asked] for page in questionnaire.pages(content)]
    pages = [page for page in pages if page]
    lacking = questionnaire.missing(content, answers)
    shown = next((page for page in pages if wanted in page), [])
    for page in pages:
        shown = shown or [name for name in page if name not in answers] or [name for name in page if name in lacking]
    place = next((n for n, page in enumerate(pages) if shown and shown[0] in page), len(pages))
    back = pages[place - 1][0] if place else ""
    kept = {name: answers[name] for name in shown if name in answers} | dict(typed or {})
    last = place >= len(pages) - 1
    if kept or refused:
        form = _form(language, opened, tuple(shown), place == 0, last, back, kept, wanted, refused)
    else:
        form = _blank(language, opened, tuple(shown), place == 0, last, back)
    return HttpResponse(form, status=422 if refused else 200)


#: Pages on which nothing was answered yet, by what they show: there are few, and most customers see no others.
_blanks: dict[tuple[Any, ...], str] = {}


def _blank(language: str, opened: services.Opened, *shown: Any) -> str:
    key = (opened.survey, opened.version_id, language, *shown)
    if key not in _blanks:
        if len(_blanks) >= 500:
            _blanks.clear()
        _blanks[key] = _form(language, opened, *shown, {}, "", "")
    return _blanks[key]


def _form(
    language: str,
    opened: services.Opened,
    shown: tuple[str, ...],
    first: bool,
    last: bool,
    back: str,
    kept: Mapping[str, Any],
    wanted: str,
    refused: str,
) -> str:
    content, text = opened.content, questionnaire.text_in
    by_id = {one["id"]: one for one in content["questions"]}
    context = {
        "language": language,
        "style": style(),
        "title": text(content["title"], language),
        "welcome": text(content.get("welcome"), language) if first else "",
        "anonymous": opened.anonymous,
        "here": wanted or (shown[0] if kept else ""),
        "last": last,
        "back": back,
        "questions": [
            _shown(by_id[name], language, kept.get(name), refused if name == wanted else "") for name in shown
        ],
        "refused": "" if wanted in shown else refused,
    }
    return render_to_string("voice_answering/questions.html", context)


def _shown(question: Mapping[str, Any], language: str, now: Any, refused: str) -> dict[str, Any]:
    text = questionnaire.text_in
    chosen = {str(one) for one in (now if isinstance(now, list) else [now]) if one is not None}
    return {
        "id": question["id"],
        "kind": question["kind"],
        "required": question.get("required"),
        "text": text(question["text"], language),
        "low": text(question.get("low"), language),
        "high": text(question.get("high"), language),
        "typed": now if isinstance(now, str) else "",
        "choices": _choices(question, language, chosen),
        "refused": refused,
    }


def _choices(question: Any, language: str, chosen: set[str]) -> list[tuple[str, str, bool]]:
    if question["kind"] == questionnaire.SCALE:
        return [(one, one, one in chosen) for one in questionnaire.values_of(question) or []]
    options = question.get("options") or []
    return [(one["id"], questionnaire.text_in(one, language), one["id"] in chosen) for one in options]


def _thank(language: str, done: services.Completed) -> HttpResponse:
    return say(language, 200, questionnaire.text_in(done.thanks, language), _("You may close this page."))
