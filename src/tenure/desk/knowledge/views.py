"""What is known of a customer: parts of the customer's page, and the questionnaire."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control.asked import day, version
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.masking import masked
from tenure.desk.kit import formats
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.knowledge import asking, layout, network, questionnaires, rules, selectors, services
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.publication.current import pinned
from tenure.desk.work.selectors import open_next_steps


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """Facts, worth, plan and rating; a part of the customer's page. ``replace`` opens a fact's form."""
    return _known(request, party_id, replacing=request.GET.get("replace", ""), history="history" in request.GET)


def _known(
    request: HttpRequest, party_id: str, *, replacing: str = "", history: bool = False, said: str = ""
) -> HttpResponse:
    row, today, publication = must_see(request.user, party_id), timezone.localdate(), pinned()
    standing = selectors.facts_of(request.user, party_id)
    for one in standing:
        one.mine_today = one.author_id == request.user.pk and timezone.localdate(one.noted_at) == today
        one.replacing = str(one.pk) == replacing
    currency = publication.currency if publication is not None else row.currency
    ended = [one for one in selectors.facts_of(request.user, party_id, history=True) if one.ended_at] if history else []
    for one in ended:
        one.mine_today = (
            one.state == "retired" and one.ended_by_id == request.user.pk and timezone.localdate(one.ended_at) == today
        )
    return render(
        request,
        "knowledge/_of_customer.html",
        {
            "customer": row,
            "known_count": len(standing),
            "kinds": [(kind, [one for one in standing if one.kind == kind]) for kind in codes.FACT_KINDS],
            "codes_of_kind": [
                (kind, [code for code in names if code != codes.OTHER_BANK])
                for kind, names in codes.FACTS_OF_KIND.items()
            ],
            "sources": codes.FACT_SOURCES,
            "categories": codes.PRODUCT_CATEGORIES,
            "other_bank": codes.OTHER_BANK,
            "elsewhere": [one for one in standing if one.code == codes.OTHER_BANK],
            "here": rules.Worth(row.aum or 0, row.loan or 0),
            "heard": selectors.heard_of(standing, currency),
            "coming": selectors.coming(standing, today),
            "steps": open_next_steps(request.user, party_id),
            "rating": selectors.rating_of(row, today),
            "room": selectors.room_for(row, today),
            "ended": ended,
            "history": history,
            "today": today,
            "new_id": uuid4(),
            "said": said,
        },
    )


@signed_in
@require_POST
@says_no
def add_fact(request: HttpRequest, party_id: str) -> HttpResponse:
    """Note a fact from the customer's page."""
    services.add_fact(request.user, party_id, request.POST.get("code", ""), **_fields(request), now=timezone.now())
    return _known(request, party_id, said=_("Noted"))


@signed_in
@require_POST
@says_no
def replace_fact(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Put a newer fact in the place of one that stands."""
    fact = services.replace_fact(
        request.user, fact_id, version=version(request), **_fields(request), now=timezone.now()
    )
    return _known(request, fact.party_id, said=_("Replaced"))


@signed_in
@require_POST
@says_no
def retire_fact(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Say that a fact is true no more."""
    fact = services.retire_fact(request.user, fact_id, version=version(request), now=timezone.now())
    return _known(request, fact.party_id, history=True, said=_("True no more; it stays in the history"))


@signed_in
@require_POST
@says_no
def undo_fact(request: HttpRequest, fact_id: UUID) -> HttpResponse:
    """Take back one's last act on a fact."""
    fact = services.undo_fact(request.user, fact_id, now=timezone.now())
    return _known(request, fact.party_id, said=_("Taken back"))


def _fields(request: HttpRequest) -> dict[str, Any]:
    """A fact's fields as the form sends them."""
    asked = request.POST
    return {
        "words": asked.get("words", ""),
        "source": asked.get("source", "said"),
        "since": day(request, "since"),
        "until": day(request, "until"),
        "bank": asked.get("bank", ""),
        "product": asked.get("product", ""),
        "amount": _amount(asked.get("amount", "")),
        "external_id": asked.get("external_id") or None,
    }


def _amount(text: str) -> int | None:
    if not text.strip():
        return None
    publication = pinned()
    amount = rules.amount_heard(text, formats.exponent(publication.currency if publication is not None else ""))
    if amount is None:
        raise Unacceptable(
            _("“%(value)s” is no amount.") % {"value": text[:40]},
            _("Write it like 500,000, 500k or 1.2m."),
            field="amount",
        )
    return amount


@never_cache
@signed_in
@require_GET
def relations(request: HttpRequest, party_id: str) -> HttpResponse:
    """The relation graph and its table; a part of the customer's page."""
    found = network.network(request.user, party_id)
    near = {node.party_id: node for node in found.nodes}
    return render(
        request,
        "knowledge/_relations.html",
        {
            "network": found,
            "others": found.nodes[1:],
            "near": near,
            "letters": layout.LETTERS,
            "more": len(found.nodes) - len(found.drawn),
            "frame": layout.frame([(node.x, node.y) for node in found.drawn]),
        },
    )


@never_cache
@signed_in
@require_GET
def questionnaire(request: HttpRequest, party_id: str) -> HttpResponse:
    """The questionnaire to go through with a customer, and what came of it before."""
    row = must_see(request.user, party_id)
    must(request.user)
    today = timezone.localdate()
    return render(
        request,
        "knowledge/questionnaire.html",
        {
            **_whose(request, row),
            "asked": questionnaires.current(),
            "rating": selectors.rating_of(row, today),
            "room": selectors.room_for(row, today),
            "before": selectors.answers_of(request.user, party_id),
            "channels": codes.ANSWER_CHANNELS,
            "new_id": uuid4(),
        },
    )


def _whose(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {
        "customer": row,
        "name": masked(row.name, CUSTOMER["name"], reach_of(request.user)) or row.party_id,
        "chinese": formats.is_chinese(get_language() or "zh-hans"),
    }


@signed_in
@require_POST
@says_no
def answer(request: HttpRequest, party_id: str) -> HttpResponse:
    """Keep the answers and show what they give."""
    asked = questionnaires.current()
    kept = asking.give_answers(
        request.user,
        party_id,
        {one.code: request.POST[f"q-{one.code}"] for one in asked.questions if f"q-{one.code}" in request.POST},
        channel=request.POST.get("channel", "counter"),
        edition=request.POST.get("edition", ""),
        external_id=request.POST.get("external_id") or None,
        now=timezone.now(),
    )
    return redirect("knowledge:result", kept.pk)


@never_cache
@signed_in
@require_GET
def result(request: HttpRequest, answers_id: UUID) -> HttpResponse:
    """What answers gave: to read to the customer, to confirm, to print."""
    kept = selectors.answers(request.user, answers_id)
    asked = questionnaires.current()
    in_force = kept.overruled_to or kept.rating
    order = list(codes.RISK_RATINGS)
    return render(
        request,
        "knowledge/result.html",
        {
            **_whose(request, must_see(request.user, kept.party_id)),
            "kept": kept,
            "in_force": in_force,
            "lower": order[: order.index(in_force)],
            "asked": asked,
            "told": asked.choices_of(kept.answers) if kept.edition == asked.edition else [],
        },
    )


@signed_in
@require_POST
@says_no
def confirm(request: HttpRequest, answers_id: UUID) -> HttpResponse:
    """The customer read the result and says it is theirs."""
    if request.POST.get("agrees") != "1":
        raise Unacceptable(_("Tick that the customer has read the result and agrees."), field="agrees")
    kept = asking.confirm_answers(request.user, answers_id, now=timezone.now())
    return redirect("knowledge:result", kept.pk)


@signed_in
@require_POST
@says_no
def overrule(request: HttpRequest, answers_id: UUID) -> HttpResponse:
    """Take a rating lower, with a reason."""
    kept = asking.overrule_rating(
        request.user,
        answers_id,
        request.POST.get("to", ""),
        request.POST.get("reason", ""),
        version=version(request),
        now=timezone.now(),
    )
    return redirect("knowledge:result", kept.pk)
