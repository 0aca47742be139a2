"""Pages of teams: hand-overs, whom to tell, absences, the pool, and who looks after one customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.desk.control import asked
from tenure.desk.control import selectors as control_selectors
from tenure.desk.control import services as control
from tenure.desk.control.errors import Unacceptable
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branches_of, reach_of, staff_names
from tenure.desk.publication.current import pinned
from tenure.desk.team import absences as away
from tenure.desk.team import exports, handing, selectors, services, settings
from tenure.desk.team.asking import letters_of, wanted_of
from tenure.errors import TenureError

#: What the result of a hand-over is called among exports.
KIND = "handover"


@never_cache
@signed_in
@require_GET
def handovers(request: HttpRequest) -> HttpResponse:
    """Hand-overs made so far, and the form that begins one."""
    context = {"at": "handovers", "found": selectors.handovers(request.user), **_form(request)}
    return render(request, "team/handovers.html", context)


def _form(request: HttpRequest) -> dict[str, Any]:
    today, told = timezone.localdate(), request.GET
    return {
        "people": selectors.colleagues_near(request.user),
        "branches": branches_of(request.user)[:200],
        "tiers": codes.TIER_ORDER,
        "kinds": codes.PARTY_KINDS,
        "from_staff": told.get("from_staff", request.user.staff_id)[:40],
        "takers": [one[:40] for one in told.getlist("to_staff")],
        "only": told.get("party_id", "")[:40],
        "told": {name: told.get(name, "")[:40] for name in ("tier", "branch", "kind", "least", "most", "split")},
        "credit_from": told.get("credit_from", "") or selectors.first_of_next_month(today).isoformat(),
        "today": today,
    }


@never_cache
@signed_in
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """What a hand-over would do, before anybody is asked; opened without a choice, the form to make one."""
    if not request.GET:
        return redirect("team:handovers")
    context: dict[str, Any] = {"at": "handovers", **_form(request), "new_id": uuid4()}
    try:
        made = handing.plan(request.user, wanted_of(request.GET), now=timezone.now())
    except Unacceptable as no:
        context["wrong"] = no
        return render(request, "team/handovers.html", context | {"found": selectors.handovers(request.user)})
    moves = {code: one.name() for code, one in handing.followers()}
    context |= {
        "plan": made,
        "moves": [(moves[code], count) for code, count in made.moves.items()],
        "loads": [(load, made.after[one]) for one, load in made.before.items()],
        "lines": selectors.planned(request.user, made),
        "supports": sum(1 for line in made.lines if line.role == "support"),
        "most": settings.in_use().customers,
    }
    return render(request, "team/plan.html", context)


@signed_in
@require_POST
@says_no
def propose(request: HttpRequest) -> HttpResponse:
    """Put what was looked at before a second person."""
    told = request.POST
    made = handing.propose(
        request.user, wanted_of(told), told.get("reason", ""), told.get("external_id", ""), now=timezone.now()
    )
    messages.success(request, _("It waits for a second person; nothing has moved yet."))
    return redirect("team:handover", made.pk)


@never_cache
@signed_in
@require_GET
def handover(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """One hand-over: what became of each customer, and who still has to be told."""
    one = selectors.handover(request.user, handover_id)
    names = staff_names([one.from_staff, *one.to_staff])
    context = {
        "at": "handovers",
        "one": one,
        "from_name": names.get(one.from_staff, one.from_staff),
        "to_names": [names.get(x, x) for x in one.to_staff],
        "lines": selectors.lines_of(request.user, one),
        "counts": selectors.counts_of(one),
        "may_undo": one.state == "done" and selectors.may_undo(request.user, one),
        "most": selectors.MOST,
        "asked": one.pk,
        "exports": _exports(request, one.pk),
    }
    return render(request, "team/handover.html", context)


def _exports(request: HttpRequest, handover_id: UUID) -> list[Any]:
    """One's own files of this hand-over, the last first."""
    if not reach_of(request.user).may(Permission.EXPORT_CUSTOMERS):
        return []
    own = (one for one in control_selectors.exports_of(request.user) if one.kind == KIND)
    return [one for one in own if one.filters.get("handover") == str(handover_id)][:5]


@signed_in
@require_POST
@says_no
def export(request: HttpRequest) -> HttpResponse:
    """Ask for what became of each customer as a workbook, with a reason; it is made in the background."""
    told = request.POST
    of = exports.handover_id({"handover": told.get("query", "")})
    control.request_export(
        request.user,
        KIND,
        {"handover": str(of)},
        told.get("reason", ""),
        language=get_language() or "zh-hans",
        now=timezone.now(),
    )
    return redirect("team:handover", of)


@signed_in
@require_POST
@says_no
def undo(request: HttpRequest, handover_id: UUID) -> HttpResponse:
    """Take a hand-over back."""
    handing.undo(request.user, handover_id, request.POST.get("reason", ""), now=timezone.now())
    messages.success(request, _("The customers are on their way back."))
    return redirect("team:handover", handover_id)


@never_cache
@signed_in
@require_GET
def to_tell(request: HttpRequest) -> HttpResponse:
    """Customers who are to be told who looks after them now."""
    return render(request, "team/tell.html", {"at": "tell", "lines": selectors.to_tell(request.user)})


@signed_in
@require_POST
@says_no
def tell(request: HttpRequest, line_id: int) -> HttpResponse:
    """Note that a customer was told."""
    handing.tell(request.user, line_id, request.POST.get("how", ""), now=timezone.now())
    messages.success(request, _("Noted: the customer was told."))
    return redirect("team:to-tell")


@never_cache
@signed_in
@require_GET
def letter(request: HttpRequest, line_id: int) -> HttpResponse:
    """The letter to one customer, in both languages, to print."""
    return render(request, "team/letter.html", {"at": "tell", **letters_of(request.user, line_id)})


@never_cache
@signed_in
@require_GET
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away, who stands in, and who would."""
    today, pairs = timezone.localdate(), selectors.pairs(request.user)
    settable = [one for one in pairs if one.may_set]
    told = request.GET.get("staff_id") or request.user.staff_id
    context = {
        "at": "absences",
        "found": selectors.absences(request.user, today),
        "pairs": pairs,
        "away": next((one for one in settable if one.staff_id == told), settable[0] if settable else None),
        "kinds": codes.ABSENCES,
        "today": today,
    }
    return render(request, "team/absences.html", context)


@signed_in
@require_POST
@says_no
def note_absence(request: HttpRequest) -> HttpResponse:
    """Note who is away from when to when."""
    told = request.POST
    away.note_absence(
        request.user,
        told.get("staff_id", ""),
        asked.day_of(told.get("first_on", ""), "first_on"),
        asked.day_of(told.get("last_on", ""), "last_on"),
        told.get("kind", ""),
        told.get("stand_in", ""),
        now=timezone.now(),
    )
    messages.success(request, _("Noted. The stand-in sees and works these customers on exactly those days."))
    return redirect("team:absences")


@signed_in
@require_POST
@says_no
def end_absence(request: HttpRequest, absence_id: UUID) -> HttpResponse:
    """Somebody is back earlier, or does not go."""
    day = asked.day_of(request.POST.get("last_on", ""), "last_on")
    away.end_absence(request.user, absence_id, day, now=timezone.now())
    messages.success(request, _("Noted. From the day after, the stand-in sees these customers no more."))
    return redirect("team:absences")


@signed_in
@require_POST
@says_no
def set_pair(request: HttpRequest) -> HttpResponse:
    """Keep who stands in for whom."""
    told = request.POST
    away.set_pair(request.user, told.get("staff_id", ""), told.get("stand_in", ""), now=timezone.now())
    messages.success(request, _("Kept."))
    return redirect("team:absences")


@never_cache
@signed_in
@require_GET
def pool(request: HttpRequest) -> HttpResponse:
    """Customers whom nobody leads, by value."""
    tier = request.GET.get("tier", "")
    tier = tier if tier in codes.TIER_ORDER else ""
    context = {
        "at": "pool",
        "found": selectors.pool(request.user, tier),
        "tiers": codes.TIER_ORDER,
        "tier": tier,
        "settings": settings.in_use(),
        "most": selectors.MOST,
        "currency": getattr(pinned(), "currency", ""),
    }
    return render(request, "team/pool.html", context)


@signed_in
@require_POST
@says_no
def take(request: HttpRequest, party_id: str) -> HttpResponse:
    """Take a customer out of the pool."""
    services.take(request.user, party_id, now=timezone.now())
    messages.success(request, _("Yours now. Call the customer and introduce yourself."))
    return redirect("parties:customer", party_id)


@signed_in
@require_POST
@says_no
def assign(request: HttpRequest, party_id: str) -> HttpResponse:
    """Give a customer of the pool to a colleague."""
    services.assign(request.user, party_id, request.POST.get("staff_id", ""), now=timezone.now())
    messages.success(request, _("Assigned."))
    return redirect("team:pool")


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """Who looks after the customer; a card on their page."""
    return _card(request, party_id)


def _card(request: HttpRequest, party_id: str, no: TenureError | None = None) -> HttpResponse:
    return render(request, "team/_of_customer.html", {"team": selectors.team(request.user, party_id), "no": no})


@signed_in
@require_POST
@says_no
def support(request: HttpRequest, party_id: str) -> HttpResponse:
    """Put a colleague on the team or take somebody off it."""
    staff_id = request.POST.get("staff_id", "")
    act = services.end_support if request.POST.get("act") == "end" else services.add_support
    act(request.user, party_id, staff_id, now=timezone.now())
    if selectors.still_sees(request.user, party_id):
        return _card(request, party_id)
    response = HttpResponse(status=204)  # who takes themselves off may see the customer no more
    response["HX-Redirect"] = "/customers/"
    return response


@signed_in
@require_POST
@says_no
def give_back(request: HttpRequest, party_id: str) -> HttpResponse:
    """Give a customer back to the pool."""
    services.give_back(request.user, party_id, request.POST.get("reason", ""), now=timezone.now())
    messages.success(request, _("The customer is in the pool; nobody leads them now."))
    return redirect("team:pool")
