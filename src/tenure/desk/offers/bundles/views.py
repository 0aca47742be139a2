"""Bundles: what is offered, the form for another version, what waits, and withdrawing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.contracts import codes
from tenure.desk.control.asked import version
from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.kit.pages import page_again, says_no, signed_in
from tenure.desk.offers import asked, wording
from tenure.desk.offers.bundles import selectors, services
from tenure.desk.offers.gates import SERVES
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.publication.current import pinned


@never_cache
@signed_in
@require_GET
def bundles(request: HttpRequest) -> HttpResponse:
    """Every bundle, the offered ones first, and what waits for a second person."""
    context = {
        "bundles": selectors.bundles(request.user, timezone.localdate()),
        "waiting": selectors.waiting(request.user),
        "may_manage": reach_of(request.user).may(Permission.MANAGE_RULES),
    }
    return render(request, "offers/bundles.html", context)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new bundle."""
    must(request.user, Permission.MANAGE_RULES)
    return _form(request, request.POST.get("code", "").strip(), [])


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """A bundle with its versions; whoever keeps the rules proposes the next one from here."""
    versions = selectors.versions_of(request.user, code, timezone.localdate())
    if request.method == "POST":
        must(request.user, Permission.MANAGE_RULES)
    return _form(request, code, versions)


def _form(request: HttpRequest, code: str, versions: list[Any]) -> HttpResponse:
    status, wrong, publication = 200, "", pinned()
    currency = publication.currency if publication is not None else "CNY"
    if request.method == "POST":
        try:
            wanted, reason = asked.bundle(request, currency), request.POST.get("reason", "")
            services.propose_bundle(request.user, code, wanted, reason, based_on=version(request), now=timezone.now())
            messages.success(request, _("It waits for a second person; then it is offered."))
            return redirect("offers:bundles")
        except (Unacceptable, Conflict) as no:  # nothing typed is lost
            status, wrong = (422 if isinstance(no, Unacceptable) else 409), f"{no.message} {no.remedy}".strip()
    stood = versions[0] if versions else None
    context = {
        "code": code,
        "versions": versions,
        "one": stood,
        "form": _typed(request) if request.method == "POST" else _stored(stood, request.user.staff_id),
        "wrong": wrong,
        "currency": currency,
        "products": selectors.products_on_sale(request.user, timezone.localdate()),
        "needs": [(need, wording.need_name(need)) for need in SERVES],
        "services": list(codes.BUNDLE_SERVICES),
        "tiers": codes.TIER_ORDER,
        "kinds": list(codes.PARTY_KINDS),
        "categories": list(codes.PRODUCT_CATEGORIES),
        "may_manage": reach_of(request.user).may(Permission.MANAGE_RULES),
        "today": timezone.localdate(),
    }
    return render(request, "offers/bundle.html", context, status=status)


def _stored(one: Any | None, staff_id: str) -> dict[str, Any]:
    """What the form begins with: the version that stands, or nothing yet."""
    if one is None:
        return {"owner": staff_id, "services": {}}
    terms = one.terms
    return {
        **{name: getattr(one, name) for name in ("name_zh", "name_en", "owner", "price")},
        "valid_from": one.valid_from.isoformat(),
        "valid_until": one.valid_until.isoformat(),
        "needs": one.row.needs,
        "products": one.row.products,
        "main": one.row.products[0],
        "services": {each["code"]: each for each in one.row.services},
        **{name: terms[name] for name in ("kinds", "tier_least", "aum_least", "holds", "lacks")},
    }


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed, as it was typed."""
    post = request.POST
    ticked = post.getlist("services")
    return {
        **{name: post.get(name, "") for name in ("name_zh", "name_en", "owner", "valid_from", "valid_until")},
        **{name: post.get(name, "") for name in ("main", "tier_least", "reason")},
        "typed_price": post.get("price", ""),
        "typed_aum": post.get("aum_least", ""),
        **{name: post.getlist(name) for name in ("needs", "products", "kinds", "holds", "lacks")},
        "services": {
            code: {
                "zh": post.get(f"zh:{code}", ""),
                "en": post.get(f"en:{code}", ""),
                "typed": post.get(f"cost:{code}", ""),
            }
            for code in ticked
        },
    }


@signed_in
@require_POST
@says_no
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Stop offering a bundle at once."""
    services.withdraw_bundle(
        request.user, code, request.POST.get("reason", ""), version=version(request), now=timezone.now()
    )
    messages.success(request, _("It is not offered any more."))
    return page_again(request, "offers:bundle", code)
