"""The pages behind a participant's links: say yes or no, say how a session was. Plain forms, as surveys' pages are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.kit import formats
from tenure.desk.voice.answering.views import public, say, style
from tenure.desk.voice.panels import link_services, rules
from tenure.desk.voice.panels.letters import bank, purpose_of, title_of


@public
def answer(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """Look at an invitation or a session, and answer: looking changes nothing, so programs that follow links may."""
    now, sent = timezone.now(), request.POST
    if request.method != "POST":
        return _shown(language, link_services.open_link(token, now=now))
    if sent.get("answer") in (rules.ACCEPTED, rules.DECLINED):
        done = link_services.answer_invitation(token, sent["answer"], now=now)
        if done.done == rules.DECLINED:
            return say(language, 200, _("Thank you for telling us. We will not ask again about this."))
        return say(
            language,
            200,
            _("Thank you for taking part."),
            _("You hear from us when and where. You may close this page."),
        )
    given = sent.get("rating", "")
    try:
        rating = int(given) if given in tuple("12345") else None
        link_services.give_feedback(token, rating, sent.get("words", ""), now=now)
    except Unacceptable as no:
        return _shown(language, link_services.open_link(token, now=now), refused=no, sent=sent)
    return say(language, 200, _("Thank you. You will hear what came of it."), _("You may close this page."))


def _shown(
    language: str, opened: link_services.Opened, *, refused: Unacceptable | None = None, sent: Any = None
) -> HttpResponse:
    session = opened.session
    context = {
        "language": language, "style": style(), "bank": bank(), "title": title_of(opened.panel, language),
        "purpose": purpose_of(opened.panel, language), "opened": opened, "refused": refused.message if refused else "",
        "rating": sent.get("rating", "") if sent else "", "words": sent.get("words", "") if sent else "",
        "most": rules.WORDS, "scale": [str(n) for n in range(1, 6)],
        "at": formats.moment(timezone.localtime(session.at), language) if session is not None else "",
    }  # fmt: skip
    page = render_to_string("voice_panels/link.html", context)
    return HttpResponse(page, status=422 if refused else 200)
