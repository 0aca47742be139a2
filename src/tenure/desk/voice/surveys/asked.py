"""What the forms of surveys send, as the services take it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.voice.surveys import questionnaire, rules
from tenure.desk.voice.surveys.questionnaire import LANGUAGES


def content(request: HttpRequest) -> dict[str, Any]:
    """The content as the form has it now, with what the pressed button does: one more question, one fewer, one moved.

    Raises:
        Unacceptable: more questions than a form has.
    """
    post = request.POST
    order = [one for one in post.getlist("place") if one.isascii() and one.isdigit()]
    if len(order) > questionnaire.MOST_QUESTIONS:
        raise Unacceptable(_("At most %(most)s questions.") % {"most": questionnaire.MOST_QUESTIONS}, field="questions")
    hung_on = _hung_on(post, order)
    questions = [_question(post, place, hung_on) for place in order]
    verb, _colon, name = post.get("act", "").partition(":")
    at = next((place for place, one in enumerate(questions) if one["id"] == name), None)
    if verb == "add" and name in questionnaire.QUESTION_KINDS:
        questions.append(_new(name, {*(one["id"] for one in questions), *hung_on}))
    elif at is not None and verb == "remove":
        questions.pop(at)  # what hung on it says so until it hangs on another: nobody wanted it asked of everybody
    elif at is not None and verb in ("up", "down"):
        to = max(0, min(len(questions) - 1, at + (-1 if verb == "up" else 1)))
        questions.insert(to, questions.pop(at))
    return {**{name: _text(post, name) for name in ("title", "welcome", "thanks")}, "questions": questions}


def asking(request: HttpRequest) -> dict[str, Any]:
    """How the version asks, as the form has it.

    Raises:
        Unacceptable: a number that is none.
    """
    post = request.POST
    try:
        share = Decimal(post.get("share", "").strip().rstrip("%％").strip() or "0") / 100
    except InvalidOperation:
        raise Unacceptable(_("A share lies above 0 and is at most 100 %."), field="share") from None
    first = post.get("channel_first", "")
    channels = [one for one in post.getlist("channels") if one in rules.CHANNELS]
    if first in channels:
        channels = [first, *(one for one in channels if one != first)]
    return {
        "share": str(share),
        "quota": _whole(post, "quota"),
        "valid_days": _whole(post, "valid_days"),
        "wait_days": _whole(post, "wait_days"),
        "channels": channels,
    }


def typed(request: HttpRequest) -> dict[str, Any]:
    """How the version asks as it was typed, for a form that was refused."""
    post = request.POST
    names = ("share", "quota", "valid_days", "wait_days", "channel_first")
    return {**{name: post.get(name, "") for name in names}, "channels": post.getlist("channels")}


def as_typed(asking: Mapping[str, Any]) -> dict[str, Any]:
    """How a draft asks, as one would type it."""
    share = (Decimal(asking["share"]) * 100).normalize()
    numbers = {name: "" if asking[name] is None else str(asking[name]) for name in ("quota", "valid_days", "wait_days")}
    channels = list(asking["channels"])
    return {"share": f"{share:f}", **numbers, "channels": channels, "channel_first": channels[0] if channels else ""}


def _whole(post: Mapping[str, str], name: str) -> int | None:
    text = post.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Unacceptable(_("“%(value)s” is no whole number.") % {"value": text[:20]}, field=name)
    return int(text)


def _text(post: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: post.get(f"{name}_{language}", "") for language in LANGUAGES}


def _hung_on(post: Any, order: list[str]) -> dict[str, set[str]]:
    """The questions that others hang on and the answers they name, even where these are gone: an id of theirs given to
    something new would make it mean that."""
    found: dict[str, set[str]] = {}
    for place in order:
        if named := str(post.get(f"q{place}_after", "")):
            found.setdefault(named, set()).update(post.getlist(f"q{place}_in"))
    return found


def _question(post: Any, place: str, hung_on: Mapping[str, set[str]]) -> dict[str, Any]:
    def told(name: str) -> str:
        return str(post.get(f"q{place}_{name}", ""))

    kind, measures = told("kind"), told("measures")
    found: dict[str, Any] = {
        "id": told("id"),
        "kind": kind,
        "measures": measures if kind == questionnaire.SCALE else "",
        "text": _text(post, f"q{place}_text"),
        "required": told("required") == "1",
        "options": _options(post, place, hung_on.get(told("id"), set())),
        "low": _text(post, f"q{place}_low"),
        "high": _text(post, f"q{place}_high"),
        "show_if": None,
    }
    if kind == questionnaire.SCALE and not measures:
        found |= {"from": _whole(post, f"q{place}_from"), "to": _whole(post, f"q{place}_to")}
    if told("after"):
        values = post.getlist(f"q{place}_in") if told("after") == told("after_before") else []
        found["show_if"] = {"question": told("after"), "in": values}
    return found


def _options(post: Any, place: str, hung_on: set[str]) -> list[dict[str, str]]:
    """The choices; a row left empty in both languages is none, one without an id gets the next that never was one."""
    rows = zip(
        post.getlist(f"q{place}_option"),
        post.getlist(f"q{place}_option_zh"),
        post.getlist(f"q{place}_option_en"),
        strict=False,
    )
    taken = {*post.getlist(f"q{place}_option"), *hung_on}
    kept = [(name, zh, en) for name, zh, en in rows if zh.strip() or en.strip()]
    found = []
    for name, zh, en in kept:
        name = name or _free("o", taken)
        taken.add(name)
        found.append({"id": name, "zh": zh, "en": en})
    return found


def _new(kind: str, taken: set[str]) -> dict[str, Any]:
    empty = dict.fromkeys(LANGUAGES, "")
    found: dict[str, Any] = {"id": _free("q", taken), "kind": kind, "measures": "", "text": empty, "required": False}
    if kind == questionnaire.SCALE:
        found |= {"from": 1, "to": 5}
    return {**found, "options": [], "low": empty, "high": empty, "show_if": None}


def _free(letter: str, taken: set[str]) -> str:
    return next(name for name in (f"{letter}{n}" for n in range(1, 1000)) if name not in taken)
