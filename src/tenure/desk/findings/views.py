"""Pages of insight: the topics, a topic for a branch, and what is ahead with a customer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tenure.desk.findings import customer, selectors, words
from tenure.desk.findings.written import Writer, names_in
from tenure.desk.kit.pages import signed_in
from tenure.desk.publication.current import pinned


@never_cache
@signed_in
@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic with its headline."""
    found = selectors.headlines(request.user)
    names = names_in(request.user, list(found.values()))
    language, publication = get_language() or "zh-hans", pinned()
    cards = []
    for topic in words.known(selectors.topics_of(request.user)):
        said, body = words.of(topic), found.get(topic)
        writer = Writer(said, language, publication.currency if publication else "", names)
        cards.append(
            {
                "topic": topic,
                "title": words.in_language(said.title, language),
                "verdict": writer.verdict((body or {}).get("verdict")),
                "figures": writer.section(body)["figures"][:3] if body and body["kind"] == "figures" else [],
                "told": body is not None,
            }
        )
    return render(request, "findings/topics.html", {"cards": cards})


@never_cache
@signed_in
@require_GET
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """A topic's page for a branch and all below it."""
    page = selectors.topic_page(request.user, topic, request.GET.get("org", ""))
    said, language, publication = words.of(topic), get_language() or "zh-hans", pinned()
    context = {
        "page": page,
        "topic": topic,
        "title": words.in_language(said.title, language),
        "means": words.in_language(said.means, language),
        "does_not_mean": words.in_language(said.does_not_mean, language),
        "topics": [
            (one, words.in_language(words.of(one).title, language))
            for one in words.known(selectors.topics_of(request.user))
        ],
    }
    if page is not None:
        names = names_in(request.user, [*page.sections, *page.bank])
        writer = Writer(said, language, publication.currency if publication else "", names)
        context["sections"] = [writer.section(body, n) for n, body in enumerate(page.sections)]
        context["bank"] = [writer.section(body, n + len(page.sections)) for n, body in enumerate(page.bank)]
    return render(request, "findings/topic.html", context)


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """What is ahead with a customer: a part of the customer's page."""
    context = customer.context(request.user, party_id, get_language() or "zh-hans")
    return render(request, "findings/_of_customer.html", context)
