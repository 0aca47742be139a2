"""The work list's rules: what each takes, and what one person can do a day."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.insight.thresholds import kinds


@dataclass(frozen=True)
class Maturity:
    """Money of at least ``minimum`` matures within ``days``."""

    on: bool = kinds.switch()
    days: int = kinds.count(1, 90)
    minimum: int = kinds.money()


@dataclass(frozen=True)
class SameNameOutflow:
    """At least ``minimum`` and ``share`` of three months' outflow went to the customer's own account elsewhere."""

    on: bool = kinds.switch()
    share: float = kinds.share()
    minimum: int = kinds.money()
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class AssetsFalling:
    """Average AUM fell by at least ``minimum`` and ``share`` in three months."""

    on: bool = kinds.switch()
    share: float = kinds.share()
    minimum: int = kinds.money()
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class PayrollStopped:
    """Paid here ``months`` months in a row, and ``grace_days`` past the usual day nothing came."""

    on: bool = kinds.switch()
    months: int = kinds.count(1, 23)
    grace_days: int = kinds.count(0, 25)
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class TierAtRisk:
    """A protected tier ends within ``days``."""

    on: bool = kinds.switch()
    at_stake: float = kinds.share()
    days: int = kinds.count(1, 400)


@dataclass(frozen=True)
class NearThreshold:
    """Near a tier of at least ``minimum_tier``."""

    on: bool = kinds.switch()
    minimum_tier: str = kinds.tier()
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class LargeInflow:
    """A credit of at least ``minimum`` in the last ``days``, of which ``kept_share`` still lies in demand deposits."""

    on: bool = kinds.switch()
    minimum: int = kinds.money(1)
    days: int = kinds.count(1, 28)
    kept_share: float = kinds.share()
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class OpenComplaint:
    """A complaint is open."""

    on: bool = kinds.switch()
    at_stake: float = kinds.share()
    due_days: int = kinds.count(0, 60)


@dataclass(frozen=True)
class Unhappy:
    """Answered ``recommend`` or less within the last ``days``."""

    on: bool = kinds.switch()
    at_stake: float = kinds.share()
    recommend: int = kinds.count(0, 10)
    days: int = kinds.count(1, 90)
    due_days: int = kinds.count(0, 60)


@dataclass(frozen=True)
class SatisfiedLeaving:
    """Says satisfied and behaves as if leaving, with average AUM of at least ``minimum``."""

    on: bool = kinds.switch()
    at_stake: float = kinds.share()
    minimum: int = kinds.money()
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class QuietValued:
    """A customer of at least ``minimum_tier`` nobody contacted for ``days``."""

    on: bool = kinds.switch()
    at_stake: float = kinds.share()
    minimum_tier: str = kinds.tier()
    days: int = kinds.count(1, 730)
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class Birthday:
    """A birthday within ``days``, for ``minimum_tier`` and above."""

    on: bool = kinds.switch()
    at_stake: float = kinds.share()
    minimum_tier: str = kinds.tier()
    days: int = kinds.count(0, 60)


@dataclass(frozen=True)
class OneProduct:
    """With us ``months`` and at most ``categories`` categories, though AUM is at least ``minimum``."""

    on: bool = kinds.switch()
    at_stake: float = kinds.share()
    categories: int = kinds.count(1, 18)
    months: int = kinds.count(0, 1_200)
    minimum: int = kinds.money()
    due_days: int = kinds.count(0, 365)


@dataclass(frozen=True)
class WorkList:
    """The rules, and what one person can do a day where the staff table doesn't say.

    ``silence_is_consent``: whether rules that sell may name a customer of whom no consent to marketing, given or
    refused, is on record.
    """

    maturity: Maturity
    same_name_outflow: SameNameOutflow
    assets_falling: AssetsFalling
    payroll_stopped: PayrollStopped
    tier_at_risk: TierAtRisk
    near_threshold: NearThreshold
    large_inflow: LargeInflow
    open_complaint: OpenComplaint
    unhappy: Unhappy
    satisfied_leaving: SatisfiedLeaving
    quiet_valued: QuietValued
    birthday: Birthday
    one_product: OneProduct
    capacity: int = kinds.count(0, 200)
    silence_is_consent: bool = kinds.switch()
