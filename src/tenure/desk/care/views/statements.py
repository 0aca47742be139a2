"""Statements to customers: what would be said, the form to issue it, and those that were issued, to print."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tenure.contracts.published import CUSTOMER
from tenure.desk.care import rules, services, statements
from tenure.desk.care.views.calendar import must_care
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.masking import masked
from tenure.desk.kit.pages import signed_in
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer

BEGUN = "statement_begun"  # in the session: the customer, and the advice written before other figures were asked for


def _group_names() -> dict[str, str]:
    return {
        "deposits": _("Deposits"),
        "investments": _("Investments"),
        "loans": _("Loans and cards"),
        "services": _("Services"),
    }


def _value_names() -> dict[str, str]:
    return {
        "assets": _("All assets with us"),
        "deposits": _("of which deposits"),
        "investments": _("of which investments"),
        "loans": _("Loans"),
    }


def told(content: dict[str, Any], advice: str) -> dict[str, Any]:
    """The content as the paper's template takes it, in the language that is active."""
    values, names, groups = content["values"] or {}, _value_names(), _group_names()
    return {
        "content": content,
        "advice": advice,
        "values": [
            (names[name], *values[name], None if None in values[name] else values[name][1] - values[name][0])
            for name in names
            if values.get(name)
        ],
        "groups": [{**one, "title": groups[one["group"]]} for one in content["groups"]],
    }


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, party_id: str) -> HttpResponse:
    """The form with the figures below it; sent, the statement is issued and shown for printing."""
    row = customer(request.user, party_id)
    must_care(request)
    asked = request.POST if request.method == "POST" else request.GET
    span = asked.get("span", "quarter")
    span = span if span in rules.SPANS else "quarter"
    language = asked.get("language", get_language() or "zh-hans")
    language = language if language in dict(settings.LANGUAGES) else "zh-hans"
    if request.POST.get("act") == "figures":  # words about a customer and the form's token stay out of addresses
        request.session[BEGUN] = [row.party_id, request.POST.get("advice", "")[: rules.ADVICE_LENGTH[1]]]
        return redirect(f"{request.path}?{urlencode({'span': span, 'language': language})}")
    party, begun = request.session.get(BEGUN, ["", ""])
    advice = asked.get("advice", begun if party == row.party_id else "")
    status, wrong, key = 200, "", _key(asked.get("form_key", ""))
    if request.method == "POST":
        try:
            issued = services.issue_statement(request.user, party_id, span, language, advice, key, now=timezone.now())
            request.session.pop(BEGUN, None)
            return redirect("care:statement", issued.pk)
        except (Unacceptable, Conflict) as no:  # nothing typed is lost
            status, key = (422, key) if isinstance(no, Unacceptable) else (409, uuid4())
            wrong = f"{no.message} {no.remedy}".strip()
    content = statements.content_of(request.user, party_id, span)
    if content is not None:
        content["name"] = masked(row.name, CUSTOMER["name"], reach_of(request.user)) or party_id
    return render(
        request,
        "care/write_statement.html",
        {
            "customer": row,
            "name": masked(row.name, CUSTOMER["name"], reach_of(request.user)) or party_id,
            "span": span,
            "spans": {"month": _("This month"), "quarter": _("Three months"), "year": _("Twelve months")},
            "chosen": language,
            "languages": settings.LANGUAGES,
            "form_key": key,
            "wrong": wrong,
            "advice_text": advice,
            "least": rules.ADVICE_LENGTH[0],
            "most": rules.ADVICE_LENGTH[1],
            "content": content,
            "paper": _paper(request, content, language, "") if content else "",
        },
        status=status,
    )


def _paper(request: HttpRequest, content: dict[str, Any], language: str, advice: str) -> str:
    """The paper in the customer's language, whatever the reader's is."""
    with translation.override(language):
        return render_to_string("care/_paper.html", told(content, advice), request)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


@never_cache
@signed_in
@require_GET
def statement(request: HttpRequest, number: UUID) -> HttpResponse:
    """A statement as it was issued, in the customer's language, to print."""
    found = statements.statement(request.user, number)
    if found is None:
        raise NotFound(_("There is no such statement."))
    must_care(request)
    return render(
        request,
        "care/statement.html",
        {
            "statement": found,
            "content": found.content,
            "paper": _paper(request, found.content, found.language, found.advice),
        },
    )
