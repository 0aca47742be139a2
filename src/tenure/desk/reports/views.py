"""Pages of a branch, of the nights, and of what every column means."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tenure.contracts import codes
from tenure.contracts.published import QUARANTINE
from tenure.desk.control.masking import masked
from tenure.desk.kit import formats
from tenure.desk.kit.charts import Chart, Series
from tenure.desk.kit.pages import signed_in
from tenure.desk.kit.wording import code_name
from tenure.desk.org.selectors import reach_of
from tenure.desk.publication.current import pinned
from tenure.desk.reports import selectors


@never_cache
@signed_in
@require_GET
def branch(request: HttpRequest) -> HttpResponse:
    """A branch and all below it: team, tiers, moves between them, concentration, peers."""
    at = selectors.branch(request.user, request.GET.get("org", ""))
    if at is None:
        return render(request, "reports/branch.html", {})
    language = get_language() or "zh-hans"
    above, below = selectors.tree(request.user, at)
    months = selectors.tiers_by_month(request.user, at.org_id)
    spread = selectors.concentration(request.user, at.org_id)
    sort = request.GET.get("sort", "aum")
    return render(
        request,
        "reports/branch.html",
        {
            "at": at,
            "above": above,
            "below": below,
            "own": selectors.figures(request.user, at),
            "peers": selectors.peers(request.user, at, sort),
            "peers_below": bool(below),
            "peer_sort": sort,
            "team": selectors.team(request.user, at, timezone.localtime()),
            "team_limit": selectors.TEAM,
            "customers_chart": _tier_chart("tier-customers", _("Customers by tier"), months, "count", language),
            "aum_chart": _tier_chart("tier-aum", _("AUM by tier"), months, "money", language),
            "moves": _moves(selectors.migrations(request.user, at.org_id)),
            "spread": spread,
            "lorenz": _lorenz(spread),
            "tier_codes": codes.TIERS,
        },
    )


def _tier_chart(id_: str, title: str, months: selectors.TierMonths, measure: Any, language: str) -> Chart | None:
    if not months.months:
        return None
    publication = pinned()
    values = months.aum if measure == "money" else months.customers
    return Chart(
        id=id_,
        title=title,
        kind="stacked",
        categories=[formats.month(one, language) for one in months.months],
        series=[Series(code_name(tier, "tier", language), values[tier], f"tier-{tier}") for tier in codes.TIER_ORDER],
        measure=measure,
        currency=publication.currency if publication else "",
        first_column=_("Month"),
    )


def _moves(moves: selectors.Migrations) -> dict[str, Any]:
    """The matrix with a tone for each cell: rises green, falls red, the deeper the larger their part of the row."""
    order = {tier: place for place, tier in enumerate(codes.TIER_ORDER)}
    lines = []
    for before in ("new", *reversed(codes.TIER_ORDER)):
        row = moves.counts[before]
        total = sum(row.values())
        cells = []
        for tier in reversed(codes.TIER_ORDER):
            stayed = before == tier
            way = "stay" if stayed else "new" if before == "new" else "rise" if order[tier] > order[before] else "fall"
            cells.append({"count": row[tier], "way": way if row[tier] else "none"})
        lines.append({"before": before, "cells": cells, "total": total})
    return {"lines": lines, "tiers": tuple(reversed(codes.TIER_ORDER)), "all": moves}


def _lorenz(spread: Any | None) -> Chart | None:
    if spread is None or not spread.lorenz:
        return None
    people = [formats.share(point[0], 0) for point in spread.lorenz]
    return Chart(
        id="lorenz",
        title=_("Share of AUM held by the poorest share of customers"),
        kind="lorenz",
        categories=people,
        series=[
            Series(_("Share of AUM"), [float(point[1]) for point in spread.lorenz], "accent"),
            Series(_("If all held the same"), [float(point[0]) for point in spread.lorenz], "quiet"),
        ],
        measure="share",
        first_column=_("Share of customers"),
    )


@never_cache
@signed_in
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """The last deliveries, what was refused and why, and how the nights went."""
    found = selectors.nights(request.user, request.GET.get("table", ""))
    reach = reach_of(request.user)
    for row in found.quarantine:
        row.value_label = masked(row.value, QUARANTINE["value"], reach)
    slowest = max((step.seconds for _run, steps, _total in found.runs for step in steps), default=0)
    return render(
        request,
        "reports/data.html",
        {
            "found": found,
            "slowest": slowest,
            "table": request.GET.get("table", ""),
            "tables": sorted({batch.table_name for batch in found.batches if batch.quarantined}),
        },
    )


@never_cache
@signed_in
@require_GET
def dictionary(request: HttpRequest) -> HttpResponse:
    """What every table and column means, searched in both languages; printed from the contracts."""
    text = request.GET.get("q", "").strip()[:60]
    tables = selectors.dictionary(text)
    part = "reports/_dictionary.html" if request.headers.get("HX-Target") == "tables" else "reports/dictionary.html"
    return render(
        request,
        part,
        {"tables": tables, "text": text, "count": sum(len(table.columns) for table in tables)},
    )
