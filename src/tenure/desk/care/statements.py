"""What a statement to a customer says, and those that were issued. Reads only.

A statement goes to the customer: it holds what is theirs (holdings, values, maturities, advice) and nothing the bank
thinks of them (scores, likelihoods, value, priority). Account numbers are masked whoever issues it, as on any paper.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from tenure.contracts import PUBLISHED, Mask, codes
from tenure.desk.care import rules
from tenure.desk.care.models import Statement
from tenure.desk.control.masking import masked
from tenure.desk.control.masks import hide
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Timeline
from tenure.desk.parties.selectors import branches_named, curve, customer, holdings, team_of
from tenure.desk.parties.visibility import numbers_of, of_visible, sees
from tenure.desk.publication.current import pinned

_NAME = PUBLISHED["customer"]["name"]
#: Groups of holdings in their order on paper.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("deposits", codes.DEPOSIT_CATEGORIES),
    ("investments", codes.INVESTMENT_CATEGORIES),
    ("loans", codes.LOAN_CATEGORIES),
    ("services", codes.SERVICE_CATEGORIES),
)
MATURITIES = 10


def content_of(user: User, party_id: str, span: str) -> dict[str, Any] | None:
    """What a statement of ``span`` would say today, as plain JSON; None before the first night.

    Amounts are minor units. ``then`` is the average of the month before the period, ``now`` that of the open month;
    either may be unknown. ``interest`` is what the published time line shows as credited within the period.

    Raises:
        NotFound: there is no such customer among those ``user`` sees.
    """
    row, publication = customer(user, party_id), pinned()
    if publication is None:
        return None
    first, last = rules.span_of(publication.as_of, span)
    held = [one for one in holdings(user, party_id) if one.role != "authorised"]
    branch = branches_named([row.org_id]).get(row.org_id)
    lead = next((staff for cover, staff in team_of(user, party_id) if cover.role == "lead" and staff), None)
    return {
        "party_id": party_id,
        "name": row.name,
        "bank": publication.bank,
        "branch_zh": branch.name if branch else row.org_id,
        "branch_en": (branch.name_en or branch.name) if branch else row.org_id,
        "manager": lead.name if lead else "",
        "currency": publication.currency,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "groups": _groups(held),
        "values": _values(user, party_id, rules.SPANS[span]),
        "interest": _interest(user, party_id, first, last),
        "maturities": [
            _holding(one)
            for one in sorted(
                (one for one in held if one.matures_on and one.matures_on >= last), key=lambda one: one.matures_on
            )[:MATURITIES]
        ],
    }


def _holding(one: Any) -> dict[str, Any]:
    return {
        "zh": one.product_name,
        "en": one.product_name_en or one.product_name,
        "category": one.category,
        "account": hide(one.account_id, Mask.ACCOUNT),
        "balance": one.balance,
        "currency": one.currency,
        "rate": None if one.annual_rate is None else round(one.annual_rate, 4),
        "matures_on": one.matures_on.isoformat() if one.matures_on else None,
    }


def _groups(held: list[Any]) -> list[dict[str, Any]]:
    found = []
    for name, categories in GROUPS:
        rows = [_holding(one) for one in held if one.category in categories]
        sums: dict[str, int] = {}
        for one in rows:
            if one["balance"] is not None:
                sums[one["currency"]] = sums.get(one["currency"], 0) + one["balance"]
        if rows:
            found.append({"group": name, "rows": rows, "sums": sorted(sums.items()) if name != "services" else []})
    return found


def _values(user: User, party_id: str, months: int) -> dict[str, Any] | None:
    told = curve(user, party_id)
    if told is None:
        return None

    def pair(values: list[int]) -> list[int | None]:
        then = values[-1 - months] if len(values) > months else None
        return [then, values[-1] if values else None]

    assets, deposits, loans = pair(told.aum), pair(told.deposit), pair(told.loan)
    invested = [None if a is None or d is None else a - d for a, d in zip(assets, deposits, strict=True)]
    return {
        "assets": assets,
        "deposits": deposits,
        "investments": invested,
        "loans": loans if any(loans) else None,
        "paid_in": sum(told.inflow[-months:]),
        "paid_out": sum(told.outflow[-months:]),
    }


def _interest(user: User, party_id: str, first: Any, last: Any) -> list[dict[str, Any]]:
    begin = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    rows = of_visible(Timeline, user).filter(
        party_id=party_id, at__gte=begin, at__lt=end, kind="transaction", detail="interest"
    )
    sums: dict[str, int] = {}
    for one in rows:
        if one.amount is not None and one.currency:
            sums[one.currency] = sums.get(one.currency, 0) + abs(one.amount)
    return [{"currency": currency, "amount": amount} for currency, amount in sorted(sums.items())]


def statement(user: User, number: UUID) -> Statement | None:
    """The statement of that number, if its customer is among those ``user`` sees; the name as they may see it."""
    found = Statement.objects.select_related("issued_by").filter(pk=number).first()
    if found is None or not sees(user, found.party_id):
        return None
    return _as_seen(found, user)


def statements_of(user: User, party_id: str, limit: int = 20) -> list[Statement]:
    """Statements issued to a customer ``user`` sees, the last first."""
    if not sees(user, party_id):
        return []
    found = (
        Statement.objects.filter(party_id__in=numbers_of(user, party_id))
        .select_related("issued_by")
        .order_by("-issued_at")[:limit]
    )
    return [_as_seen(one, user) for one in found]


def _as_seen(one: Statement, user: User) -> Statement:
    one.content["name"] = masked(one.content["name"], _NAME, reach_of(user)) or one.party_id
    return one
