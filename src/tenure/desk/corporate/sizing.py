"""Business with a whole company at once, sized from what the night published: payroll, merchant acquiring.

What is not in the published tables is said to be unknown; no figure is made up for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Q, StdDev

from tenure.desk.corporate import rules
from tenure.desk.corporate.models import Sizing
from tenure.desk.corporate.standing import company
from tenure.desk.org.models import User
from tenure.desk.parties.models import CustomerCurve
from tenure.desk.parties.visibility import numbers_of, visible_to
from tenure.desk.publication.current import pinned


@dataclass(frozen=True, slots=True)
class Payroll:
    """What is known of a company's people among the reader's customers. Amounts in minor units of the reporting
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
    """Payroll of a company ``user`` sees, from its people among their customers."""
    staff = visible_to(user).filter(employer_id__in=numbers_of(user, row.party_id), kind="person")
    paid, others = Q(payroll_months__gt=0), Q(payroll_months=0) | Q(payroll_months=None)
    told = staff.aggregate(
        known=Count("party_id"),
        paid_here=Count("party_id", filter=paid),
        pay=Avg("payroll_last_amount", filter=paid),
        paid_mean=Avg("deposit_month_average", filter=paid),
        paid_deviation=StdDev("deposit_month_average", filter=paid, sample=True),
        other_mean=Avg("deposit_month_average", filter=others),
        other_deviation=StdDev("deposit_month_average", filter=others, sample=True),
    )
    waiting = told["known"] - told["paid_here"]
    estimate = rules.balance_that_stays(
        waiting,
        rules.Mean(told["paid_here"], told["paid_mean"] or 0.0, told["paid_deviation"] or 0.0),
        rules.Mean(waiting, told["other_mean"] or 0.0, told["other_deviation"] or 0.0),
    )
    return Payroll(
        known=told["known"],
        paid_here=told["paid_here"],
        average_pay=_whole(told["pay"]),
        balance_paid=_whole(told["paid_mean"]),
        balance_others=_whole(told["other_mean"]),
        estimate=estimate,
        held="payroll_service" in (row.categories or []),
    )


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
