"""The four balances of maintenance, per manager and branch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tenure.desk.care import balance_selectors, rules
from tenure.desk.control.errors import NotAllowed
from tenure.desk.kit.pages import signed_in

NAMES = ("ordinary", "product", "team", "whole")


@never_cache
@signed_in
@require_GET
def balances(request: HttpRequest) -> HttpResponse:
    """Ordinary days and holidays, product and feeling, team and single person, whole customer and one product."""
    page = balance_selectors.balance_page(request.user, timezone.localdate(), request.GET.get("branch", ""))
    if page is None:
        raise NotAllowed(_("Balances are for those who look after customers and for heads of branches."))
    against = balance_selectors.comparisons(page)
    one_alone = not page.branches
    told = [
        {
            "row": row,
            "shares": [
                (
                    name,
                    getattr(row.found, name),
                    ""
                    if name in ("team", "whole") and (one_alone or not row.staff_id)
                    else balance_selectors.meaning(name, getattr(row.found, name), against[name]),
                )
                for name in NAMES
            ],
        }
        for row in ([] if one_alone else [page.whole]) + page.rows
    ]
    return render(
        request,
        "care/balances.html",
        {
            "page": page,
            "told": told,
            "names": {
                "ordinary": _("Ordinary days"),
                "product": _("About a product"),
                "team": _("By a team"),
                "whole": _("Whole customer"),
            },
            "enough": rules.ENOUGH,
            "margin": rules.HOLIDAY_MARGIN,
        },
    )
