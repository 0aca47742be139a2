"""Puts the customer's page together from the selectors: what is shown, in whose eyes, in which words."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER, HOLDING, TIMELINE
from tenure.desk.control.masking import masked
from tenure.desk.control.rules import in_clear, may_reveal
from tenure.desk.kit.charts import Chart, Series
from tenure.desk.kit.formats import month
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.selectors import Reach, reach_of
from tenure.desk.parties import selectors
from tenure.desk.publication.current import pinned

#: Personal values shown on the page, masked as the reader's right demands, in order.
PERSONAL = ("phone", "email", "address", "certificate_no", "birth_date")
#: Values one may ask to see in the clear, one customer at a time.
REVEALED = ("phone", "email", "address", "certificate_no", "account_id")
#: Events shown before one asks for more: what happened lately, not the whole story.
FIRST_EVENTS = 5
HEADLINE = ("aum_month_average", "aum_change_3m", "category_count", "score", "tenure_months", "maturing_90d")
MONEY_FACTS = (
    "aum",
    "deposit",
    "investment",
    "loan",
    "net_worth",
    "aum_last_month_average",
    "aum_quarter_average",
    "aum_year_average",
    "aum_share_rank",
    "inflow_3m",
    "outflow_3m",
    "same_name_outflow_3m",
)
BEHAVIOUR_FACTS = (
    "main_bank",
    "habit",
    "digital_share_12m",
    "transactions_12m",
    "active_months_12m",
    "last_transaction_on",
    "payroll_months",
    "payroll_last_amount",
    "next_maturity_on",
    "priority",
    "last_contact_on",
    "last_recommend",
    "open_complaints",
    "dormant",
)
SCORE_PARTS = ("score_assets", "score_depth", "score_activity", "score_loyalty")
EVENT_KINDS = TIMELINE["kind"].allowed
ICONS = {
    "transaction": "bi-arrow-left-right",
    "interaction": "bi-chat-left-text",
    "complaint": "bi-exclamation-circle",
    "survey": "bi-star",
    "ticket": "bi-ticket",
    "campaign": "bi-megaphone",
    "redemption": "bi-gift",
    "opened": "bi-folder-plus",
    "closed": "bi-folder-minus",
    "maturity": "bi-calendar-check",
    "tier": "bi-bar-chart-steps",
}
#: The list of codes an event's ``detail`` is from.
_DETAIL_CODES = {
    "transaction": "transaction",
    "interaction": "interaction",
    "complaint": "complaint",
    "survey": "moment",
    "ticket": "ticket",
    "campaign": "outcome",
    "redemption": "redemption",
    "opened": "category",
    "closed": "category",
    "maturity": "category",
    "tier": "tier",
}


def event_kind_names() -> dict[str, str]:
    """Kinds of events as people call them."""
    return {
        "transaction": _("Transaction"),
        "interaction": _("Contact"),
        "complaint": _("Complaint"),
        "survey": _("Survey"),
        "ticket": _("Queue ticket"),
        "campaign": _("Campaign"),
        "redemption": _("Redemption"),
        "opened": _("Opened"),
        "closed": _("Closed"),
        "maturity": _("Maturity"),
        "tier": _("Tier change"),
    }


def context(user: User, row: Any, language: str) -> dict[str, Any]:
    """Everything the page of customer ``row`` shows to ``user``."""
    reach, publication = reach_of(user), pinned()
    currency = publication.currency if publication else row.currency
    curve = selectors.curve_of(row)
    holdings = selectors.holdings(user, row.party_id)
    team = selectors.team_of(user, row.party_id)
    branches = selectors.branches_named([row.org_id])
    name = masked(row.name, CUSTOMER["name"], reach) or row.party_id
    return {
        "customer": row,
        "name": name,
        "branch": branches.get(row.org_id),
        "team": team,
        "lead": next((staff for cover, staff in team if cover.role == "lead"), None),
        "personal": _personal(row, reach),
        "call": row.phone if row.phone and in_clear(CUSTOMER["phone"], reach) else "",
        "mail": row.email if row.email and in_clear(CUSTOMER["email"], reach) else "",
        "employer_label": masked(row.employer_name, CUSTOMER["employer_name"], reach),
        "may_reveal_accounts": bool(holdings) and may_reveal(HOLDING["account_id"], reach),
        "account_column": HOLDING["account_id"],
        "tier_codes": codes.TIERS,
        "headline": HEADLINE,
        "money_facts": MONEY_FACTS,
        "behaviour_facts": BEHAVIOUR_FACTS,
        "score_parts": SCORE_PARTS,
        "curve": _curve_chart(curve, currency, language),
        "flow": _flow_chart(curve, currency, language),
        "strip": _strip(curve, language),
        "groups": _groups(holdings, reach),
        "holding_count": len(holdings),
        "depth": _depth(row),
        "gap": _gap(row, publication),
        "relatives": _relatives(user, row, reach),
        **time_line(user, row, size=FIRST_EVENTS),
    }


def _personal(row: Any, reach: Reach) -> list[dict[str, Any]]:
    """Masked values with whether one may ask for more."""
    found = []
    for name in PERSONAL:
        column, value = CUSTOMER[name], getattr(row, name)
        found.append(
            {
                "column": column,
                "value": masked(value, column, reach),
                "masked": bool(value) and not in_clear(column, reach),
                "may_reveal": bool(value) and name in REVEALED and may_reveal(column, reach),
            }
        )
    return found


def months_to(last: str, count: int) -> list[str]:
    """The ``count`` months up to ``last`` (``YYYY-MM``), oldest first."""
    year, number = (int(part) for part in last.split("-"))
    end = year * 12 + number - 1
    return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(end - count + 1, end + 1)]


def _curve_chart(curve: Any | None, currency: str, language: str) -> Chart | None:
    if curve is None or not curve.aum:
        return None
    series = [Series(_("AUM"), curve.aum, "accent"), Series(_("Deposits"), curve.deposit, "gold")]
    if any(curve.loan):
        # A mortgage would press the assets flat: it waits in the legend and the table until asked for.
        dwarfs = max(curve.loan) > 2 * max(curve.aum)
        series.append(Series(_("Loans"), curve.loan, "quiet", hidden=dwarfs))
    return Chart(
        id="asset-curve",
        title=_("Assets, monthly averages of 24 months"),
        kind="area",
        categories=[month(one, language) for one in months_to(curve.last_month, len(curve.aum))],
        series=series,
        measure="money",
        currency=currency,
        first_column=_("Month"),
    )


def _flow_chart(curve: Any | None, currency: str, language: str) -> Chart | None:
    if curve is None or not curve.inflow:
        return None
    return Chart(
        id="money-flow",
        title=_("Money in and out by month"),
        kind="bars",
        categories=[month(one, language) for one in months_to(curve.last_month, len(curve.inflow))],
        series=[Series(_("In"), curve.inflow, "good"), Series(_("Out"), curve.outflow, "gold")],
        measure="money",
        currency=currency,
        first_column=_("Month"),
    )


def _strip(curve: Any | None, language: str) -> list[tuple[str, str]]:
    """Month and tier of the last 24 month ends."""
    if curve is None or not curve.tier:
        return []
    months = months_to(curve.last_month, len(curve.tier))
    return [(month(one, language), tier or "") for one, tier in zip(months, curve.tier, strict=True)]


def _groups(holdings: list[Any], reach: Reach) -> list[dict[str, Any]]:
    """Holdings by what they are to the customer, with the sum of each currency."""
    kinds = (
        (_("Deposits"), codes.DEPOSIT_CATEGORIES),
        (_("Investments"), codes.INVESTMENT_CATEGORIES),
        (_("Loans and cards"), codes.LOAN_CATEGORIES),
        (_("Services"), codes.SERVICE_CATEGORIES),
    )
    found = []
    for title, categories in kinds:
        rows = [row for row in holdings if row.category in categories]
        sums: dict[str, int] = {}
        for row in rows:
            row.account_label = masked(row.account_id, HOLDING["account_id"], reach)
            if row.balance is not None:
                sums[row.currency] = sums.get(row.currency, 0) + row.balance
        if rows:
            # Services have neither balance nor rate: their names say all.
            plain = categories is codes.SERVICE_CATEGORIES and not sums
            found.append({"title": title, "rows": rows, "sums": sums.items(), "plain": plain})
    return found


def _depth(row: Any) -> list[tuple[str, bool]]:
    """Every category with whether it is held; services of companies only where a company asks for them."""
    held = set(row.categories or ())
    company = ("business_loan", "settlement", "acquiring", "cash_management", "payroll_service")
    personal = ("mortgage", "consumer_loan", "credit_card", "debit_card", "insurance", "precious_metal", "bond", "fund")
    left_out = personal if row.kind == "company" else company
    return [
        (category, category in held)
        for category in codes.PRODUCT_CATEGORIES
        if category in held or category not in left_out
    ]


def _gap(row: Any, publication: Any | None) -> dict[str, Any] | None:
    """How far the customer is from the next tier: from the threshold of their own to that of the next."""
    if publication is None or row.tier not in codes.TIER_ORDER:
        return None
    place = codes.TIER_ORDER.index(row.tier_reached or row.tier)
    if place + 1 >= len(codes.TIER_ORDER):
        return None
    target = codes.TIER_ORDER[place + 1]
    threshold, average = publication.tiers.get(target), row.aum_month_average or 0
    if not threshold:
        return None
    return {
        "tier": target,
        "threshold": threshold,
        "missing": max(0, threshold - average),
        "average": average,
        "near": bool(row.near_tier),
    }


def _relatives(user: User, row: Any, reach: Reach) -> list[dict[str, Any]]:
    found = []
    for relative in selectors.relatives(user, row.party_id):
        other = relative.other
        label = masked(other.name, CUSTOMER["name"], reach) if other is not None else relative.masked_name
        found.append({"relation": relative.relation, "other": other, "label": label})
    return found


def time_line(user: User, row: Any, kind: str = "", before: str = "", size: int = selectors.EVENTS) -> dict[str, Any]:
    """A stretch of the time line, worded."""
    kind = kind if kind in EVENT_KINDS else ""
    reach = reach_of(user)
    stretch, publication = selectors.events(user, row.party_id, kind, before, size), pinned()
    for event in stretch.rows:
        event.icon = ICONS.get(event.kind, "bi-dot")
        event.detail_list = _DETAIL_CODES.get(event.kind, "transaction")
        event.words_label = masked(event.words, TIMELINE["words"], reach)
        if event.words == code_name(event.detail, event.detail_list, "zh-hans"):  # says the same twice
            event.words_label = ""
        if event.kind == "tier":  # the words are the code of the tier before
            event.words_label, event.tier_before = "", event.words
        event.coming = publication is not None and timezone.localdate(event.at) > publication.as_of
        event.by = stretch.staff.get(event.staff_id)
        event.where = stretch.branches.get(event.org_id)
    return {
        "customer": row,
        "events": stretch.rows,
        "more": stretch.more,
        "event_kinds": event_kind_names(),
        "event_kind": kind,
    }
