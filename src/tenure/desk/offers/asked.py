"""What the forms of solutions and bundles send, as the services take it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.asked import day
from tenure.desk.control.errors import Unacceptable
from tenure.desk.offers import rules
from tenure.desk.offers.bundles.services import Wanted
from tenure.desk.offers.services import Answer, Choice
from tenure.desk.opportunities.asked import amount_in

MOST_FIELDS = 60


def amount(text: str, currency: str, field: str = "amount") -> int:
    """An amount as people write it in minor units; nothing where the field is empty.

    Raises:
        Unacceptable: it is none.
    """
    return 0 if text.strip() in ("", "0") else amount_in(text, currency, field)


def needs(request: HttpRequest) -> list[dict[str, Any]]:
    """The needs in the order the form has them now: as it stood, a need more, one fewer, one moved."""
    post = request.POST
    heard = set(post.getlist("heard")[:MOST_FIELDS])
    order = list(dict.fromkeys(post.getlist("need")[:MOST_FIELDS]))
    move, _colon, way = post.get("move", "").partition(":")
    if move in order:
        order = rules.reordered(order, move, way == "up")
    if post.get("remove", "") in order:
        order.remove(post["remove"])
    told = [{"need": need, "heard": need in heard, "words": post.get(f"said:{need}", "")} for need in order]
    added = post.get("add_need", "")
    if post.get("add") and added and added not in order:
        told.append({"need": added, "heard": True, "words": post.get("add_words", "")})
    return told


def choices(request: HttpRequest, currency: str) -> list[Choice]:
    """What is ticked, with amounts and words; what was ticked for a need that was taken out is left out."""
    kept = {one["need"] for one in needs(request)}
    found = []
    for ticked in request.POST.getlist("pick")[:MOST_FIELDS]:
        need, _bar, key = ticked.partition("|")
        if need in kept:
            told = request.POST.get(f"amount:{ticked}", "")
            found.append(Choice(need, key, amount(told, currency), request.POST.get(f"words:{ticked}", "")))
    return found


def answers(request: HttpRequest, items: list[Any]) -> dict[UUID, Answer]:
    """The answer to each item of a solution, as far as one was given."""
    found = {}
    for item in items:
        said = request.POST.get(f"answer:{item.id}", "")
        if said in ("yes", "no"):
            found[item.id] = Answer(
                agrees=said == "yes",
                next_step=request.POST.get(f"step:{item.id}", ""),
                next_step_on=day(request, f"on:{item.id}") if said == "yes" else None,
                owner=request.POST.get(f"owner:{item.id}", "")[:40],
            )
    return found


def bundle(request: HttpRequest, currency: str) -> Wanted:
    """A bundle as the form has it.

    Raises:
        Unacceptable: a day or an amount that is none.
    """
    post = request.POST
    first, last = day(request, "valid_from"), day(request, "valid_until")
    if first is None or last is None:
        raise Unacceptable(_("Say from when until when it is valid."), field="valid_until")
    services = [
        (
            code,
            post.get(f"zh:{code}", ""),
            post.get(f"en:{code}", ""),
            amount(post.get(f"cost:{code}", ""), currency, "services"),
        )
        for code in codes.BUNDLE_SERVICES
        if code in post.getlist("services")
    ]
    least = post.get("aum_least", "")
    main = post.get("main", "")
    products = post.getlist("products")[:MOST_FIELDS]
    return Wanted(
        name_zh=post.get("name_zh", ""),
        name_en=post.get("name_en", ""),
        needs=post.getlist("needs")[:MOST_FIELDS],
        products=[main, *(one for one in products if one != main)] if main else products,
        services=services,
        terms=rules.Terms(
            kinds=tuple(post.getlist("kinds")),
            tier_least=post.get("tier_least", ""),
            aum_least=amount(least, currency, "aum_least") if least.strip() else None,
            holds=tuple(post.getlist("holds")),
            lacks=tuple(post.getlist("lacks")),
        ),
        price=amount(post.get("price", ""), currency, "price"),
        owner=post.get("owner", "").strip()[:40],
        valid_from=first,
        valid_until=last,
    )
