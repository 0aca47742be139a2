"""Business with a whole company at once, sized from what the night published: payroll, merchant acquiring.

What is not in the published tables is said to be unknown; no figure is made up for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet, StdDev

from tenure.desk.corporate import rules
from tenure.desk.corporate.models import Sizing
from tenure.desk.corporate.standing import company
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer, CustomerCurve
from tenure.desk.parties.visibility import numbers_of, standing, visible_to
from tenure.desk.publication.current import pinned


@dataclass(frozen=True, slots=True)
class Payroll:
    """What is known of a company's people among the bank's customers. Amounts in minor units of the reporting
    currency; ``estimate`` is what would stay on the accounts of those not paid here, None: it can't be told."""

    known: int
    paid_here: int
    average_pay: int | None
    balance_paid: int | None
    balance_others: int | None
    estimate: rules.Estimate | None
    held: bool

    @property
    def waiting(self) -> int:
        """Known to work there and not paid here."""
        return self.known - self.paid_here

    @property
    def suggested(self) -> int | None:
        """The estimate to three figures, as a form offers it: more would pretend to know."""
        if self.estimate is None or not self.estimate.amount:
            return None
        places = max(0, len(str(self.estimate.amount)) - 3)
        return round(self.estimate.amount, -places)


@dataclass(frozen=True, slots=True)
class Acquiring:
    """What is known of a company's receipts: twelve months in accounts here, of a yearly turnover on record.

    How much of the rest comes by card or code through other banks is in no published table, so there is no estimate:
    ``elsewhere`` is only the most it could be.
    """

    received: int
    turnover: int | None
    elsewhere: int | None
    held: bool


def payroll(user: User, row: Any) -> Payroll:
    """Payroll of a company ``user`` sees, from its people among the bank's customers.

    Who looks after a company seldom looks after its people too, so all of them count. None is named here, and a mean
    never tells of a few: where one to four of a side are outside the reader's reach, it is that of those they see.
    """
    whose = {"employer_id__in": numbers_of(user, row.party_id), "kind": "person"}
    everybody, seen = _sides(standing(Customer.rows()).filter(**whose)), _sides(visible_to(user).filter(**whose))
    (paid, pay), (others, _none) = (
        near if 0 < both[0].count - near[0].count < rules.ENOUGH else both
        for both, near in zip(everybody, seen, strict=True)
    )
    paid_here, waiting = (side.count for side, _pay in everybody)
    return Payroll(
        known=paid_here + waiting,
        paid_here=paid_here,
        average_pay=_whole(pay),
        balance_paid=_whole(paid.mean) if paid.count else None,
        balance_others=_whole(others.mean) if others.count else None,
        estimate=rules.balance_that_stays(waiting, paid, others),
        held="payroll_service" in (row.categories or []),
    )


def _sides(staff: QuerySet[Any]) -> tuple[tuple[rules.Mean, float | None], tuple[rules.Mean, None]]:
    """Deposits of those paid here, with their last pay on average, and deposits of the others."""
    paid, others = Q(payroll_months__gt=0), Q(payroll_months=0) | Q(payroll_months=None)
    told = staff.aggregate(
        paid_here=Count("party_id", filter=paid),
        waiting=Count("party_id", filter=others),
        pay=Avg("payroll_last_amount", filter=paid),
        paid_mean=Avg("deposit_month_average", filter=paid),
        paid_deviation=StdDev("deposit_month_average", filter=paid),
        other_mean=Avg("deposit_month_average", filter=others),
        other_deviation=StdDev("deposit_month_average", filter=others),
    )
    paid_side = _mean(told["paid_here"], told["paid_mean"], told["paid_deviation"])
    return (paid_side, told["pay"]), (_mean(told["waiting"], told["other_mean"], told["other_deviation"]), None)


def _mean(count: int, mean: float | None, deviation: float | None) -> rules.Mean:
    """A mean with the deviation of a sample, made from that of all: SQLite fails on a sample of one."""
    return rules.Mean(count, mean or 0.0, (deviation or 0.0) * math.sqrt(count / (count - 1)) if count > 1 else 0.0)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def acquiring(row: Any) -> Acquiring:
    """Receipts of a company one has found already."""
    curve = CustomerCurve.rows().filter(party_id=row.party_id).values_list("inflow", flat=True).first() or []
    received = sum(curve[-12:])
    return Acquiring(
        received=received,
        turnover=row.annual_income,
        elsewhere=rules.not_through_us(row.annual_income, received),
        held="acquiring" in (row.categories or []),
    )


def figures_of(user: User, row: Any, kind: str) -> tuple[dict[str, Any], rules.Estimate | None]:
    """What an opportunity of this kind with a company is sized from, as it is kept with it, and the estimate."""
    if kind == "payroll":
        told = payroll(user, row)
        names = ("known", "paid_here", "average_pay", "balance_paid", "balance_others")
        return {name: getattr(told, name) for name in names}, told.estimate
    receipts = acquiring(row)
    return {name: getattr(receipts, name) for name in ("received", "turnover", "elsewhere")}, None


def sized_before(user: User, party_id: str) -> dict[str, Sizing]:
    """The last opportunity of each kind that was made of a company's figures, by kind.

    Raises:
        NotFound: no such company among theirs.
    """
    row = company(user, party_id)
    rows = Sizing.objects.filter(party_id__in=numbers_of(user, row.party_id)).select_related("by").order_by("at")
    return {one.kind: one for one in rows}


def as_of() -> date | None:
    """The night whose figures are used; None before the first."""
    publication = pinned()
    return publication.as_of if publication is not None else None
