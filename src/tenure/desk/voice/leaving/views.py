"""Lost customers: whom to ask, the guided interview, why they left by data and by word, and whom to win back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import services as control
from tenure.desk.control.asked import version
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.kit.pages import page_again, says_no, signed_in, versioned
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import selectors as parties
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.leaving import causes, rules, selectors, services
from tenure.desk.voice.leaving.filters import BACK_LISTS, LISTS, back_filter_from, filter_from, position_from


def _usual(request: HttpRequest) -> str:
    return "mine" if reach_of(request.user).staff_id else "team"


@never_cache
@signed_in
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Exit interviews: mine, the team's, ended ones; what is due first comes first."""
    now = timezone.now()
    wanted = filter_from(request.GET, _usual(request))
    found = selectors.interview_list(request.user, wanted, position_from(request.GET.get("at", ""), wanted.order), now)
    parties_services.note_listing(request.user, {"of": "interviews", **wanted.asked()}, len(found.rows), now)
    names = {"mine": _("Mine"), "team": _("Of the team"), "ended": _("Ended")}
    return render(request, "voice_leaving/list.html", _listed(found, wanted, LISTS, names))


@never_cache
@signed_in
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Whom to win back, the most at stake first; and who is held out for comparison."""
    now = timezone.now()
    wanted = back_filter_from(request.GET, _usual(request))
    found = selectors.win_back_list(request.user, wanted, position_from(request.GET.get("at", ""), wanted.order), now)
    parties_services.note_listing(request.user, {"of": "win-backs", **wanted.asked()}, len(found.rows), now)
    names = {"mine": _("Mine"), "team": _("Of the team"), "ended": _("Ended"), "held_out": _("Held out")}
    return render(request, "voice_leaving/back.html", _listed(found, wanted, BACK_LISTS, names))


def _listed(found: selectors.Listed, wanted: Any, lists: tuple[str, ...], names: dict[str, str]) -> dict[str, Any]:
    asked = QueryDict(mutable=True)
    asked.update({**wanted.asked(), "list": wanted.list})
    return {
        "found": found, "page": found.page, "wanted": wanted, "asked": asked.urlencode(), "causes": causes.CAUSES,
        "lists": [(one, names[one], found.counts.get(one)) for one in lists],
    }  # fmt: skip


@never_cache
@signed_in
@require_GET
def why(request: HttpRequest) -> HttpResponse:
    """Causes by data and by word, how far they agree, which to trust, branch by branch; what winning back changed."""
    found = causes.causes(request.user, request.GET.get("org", "")[:40])
    parties_services.note_listing(request.user, {"of": "causes of leaving"}, found.asked, timezone.now())
    context = {
        "found": found, "confusion": causes.confusion(found), "effect": causes.effect_sections(request.user),
        "enough": causes.agreement.ENOUGH,
    }  # fmt: skip
    return render(request, "voice_leaving/why.html", context)


@never_cache
@signed_in
@require_GET
def interview(request: HttpRequest, interview_id: UUID) -> HttpResponse:
    """One interview: what the data say, the questions, what was told, and whether to win them back."""
    now = timezone.now()
    one = selectors.interview(request.user, interview_id, now)
    control.note_view(request.user, CUSTOMER, one.party_id, now=now)
    won = selectors.win_back_of(request.user, one, now)
    context = {
        "one": one, "customer": parties.customer(request.user, one.party_id),
        "asks": selectors.may_ask(request.user, one),
        "data": selectors.data_says(request.user, one.party_id), "causes": causes.CAUSES, "won": won,
        "kinds": codes.INTERACTION_KINDS, "products": codes.PRODUCT_CATEGORIES, "tries": rules.TRIES,
        "most": rules.WORDS, "bank_most": rules.BANK, "contacts": selectors.contacts(request.user, one.party_id),
        "play": selectors.play_of(won.cause) if won is not None else "",
    }  # fmt: skip
    return render(request, "voice_leaving/interview.html", context)


@signed_in
@require_POST
@versioned(selectors.version_of)
@says_no
def act(request: HttpRequest, interview_id: UUID, form: str) -> HttpResponse:
    """One step of an interview; a refusal leaves what was typed in its form."""
    user, sent = request.user, request.POST
    given: dict[str, Any] = {"version": version(request), "now": timezone.now()}
    kind = sent.get("kind", "call")
    acts: dict[str, Callable[[], Any]] = {
        "try": lambda: services.note_try(user, interview_id, kind, **given),
        "told": lambda: services.write_down(user, interview_id, kind, _told(request), **given),
        "refused": lambda: services.note_refusal(user, interview_id, kind, **given),
        "pass-on": lambda: services.pass_on(user, interview_id, **given),
    }
    if form not in acts:
        raise NotFound(_("There is no such form."))
    acts[form]()
    if form == "pass-on":  # whose it was asks no more
        return page_again(request, "voice_leaving:list")
    return page_again(request, "voice_leaving:interview", interview_id)


def _told(request: HttpRequest) -> services.Told:
    sent = request.POST
    if sent.get("may_call", "") not in ("yes", "no"):
        raise Unacceptable(_("Ask whether we may call again."), field="may_call")
    words = {name: sent.get(name, "") for name in ("cause", "words", "to_bank", "product", "back_words")}
    return services.Told(**words, may_call=sent["may_call"] == "yes")


@signed_in
@require_POST
@versioned(selectors.win_back_version_of)
@says_no
def note(request: HttpRequest, win_back_id: UUID) -> HttpResponse:
    """Note a call to win a customer back."""
    sent = request.POST
    one = services.note_win_back(
        request.user, win_back_id, sent.get("act", ""), sent.get("kind", "call"), sent.get("words", ""),
        version=version(request), now=timezone.now(),
    )  # fmt: skip
    return page_again(request, "voice_leaving:interview", one.interview_id)


@never_cache
@signed_in
@require_GET
def of_customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """The line on a lost customer's page; nothing for who was never lost."""
    row = parties.customer(request.user, party_id)
    context = {"interviews": selectors.of_customer(request.user, row.party_id, timezone.now())}
    return render(request, "voice_leaving/_of_customer.html", context)


@never_cache
@signed_in
@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """One's own interviews on Today."""
    context = {"waiting": selectors.waiting_for(request.user, timezone.now())}
    return render(request, "voice_leaving/_strip.html", context)
