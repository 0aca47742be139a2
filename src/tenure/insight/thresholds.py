"""Thresholds: every number a bank may want to set, read from one TOML file and checked.

``defaults.toml`` beside this module holds Chinese retail defaults in yuan. A lake's own ``thresholds.toml``
overrides single keys. Money becomes whole minor units of the reporting currency: yuan × ``[currency]`` scale.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from tenure.contracts import codes
from tenure.errors import InputError
from tenure.insight.exact import MILLION

#: Digits behind the point, where they are not two (ISO 4217).
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def _money(minimum: int = 0) -> Any:
    return field(metadata={"kind": "money", "minimum": minimum})


def _share() -> Any:
    return field(metadata={"kind": "share", "minimum": 0, "maximum": 1})


def _count(minimum: int = 0, maximum: int = 10_000) -> Any:
    return field(metadata={"kind": "count", "minimum": minimum, "maximum": maximum})


def _switch() -> Any:
    return field(metadata={"kind": "switch"})


def _tier() -> Any:
    return field(metadata={"kind": "tier"})


@dataclass(frozen=True)
class Tiers:
    """Minor units of month-average AUM from which each tier is reached."""

    gold: int = _money(1)
    platinum: int = _money(1)
    diamond: int = _money(1)
    private: int = _money(1)

    @property
    def ladder(self) -> tuple[int, ...]:
        """Thresholds from basic (0) to private, in the order of ``codes.TIER_ORDER``."""
        return (0, self.gold, self.platinum, self.diamond, self.private)


@dataclass(frozen=True)
class Protection:
    """Months a tier is kept after the last month that reached it."""

    gold: int = _count(0, 12)
    platinum: int = _count(0, 12)
    diamond: int = _count(0, 12)
    private: int = _count(0, 12)

    @property
    def ladder(self) -> tuple[int, ...]:
        """Months from basic (0, it needs none) to private."""
        return (0, self.gold, self.platinum, self.diamond, self.private)


@dataclass(frozen=True)
class Near:
    """``share`` of the next threshold within which a customer is near it."""

    share: float = _share()


@dataclass(frozen=True)
class Dormant:
    """No customer-made transaction for ``months`` months, and AUM below ``aum_below``."""

    months: int = _count(1, 23)
    aum_below: int = _money()


@dataclass(frozen=True)
class MainBank:
    """What makes this the customer's main bank."""

    payroll_months: int = _count(1, 24)
    active_months: int = _count(1, 12)
    transactions_12m: int = _count(0, 100_000)
    same_name_share: float = _share()
    partial_active_months: int = _count(1, 12)


@dataclass(frozen=True)
class Habit:
    """Which channels a customer lives in."""

    quiet_below: int = _count()
    digital_share: float = _share()
    counter_share: float = _share()


@dataclass(frozen=True)
class Score:
    """The relationship score's weights (together 1) and scales."""

    weight_assets: float = _share()
    weight_depth: float = _share()
    weight_activity: float = _share()
    weight_loyalty: float = _share()
    floor: int = _money(1)
    ceiling: int = _money(1)
    full_depth: int = _count(1, 18)


@dataclass(frozen=True)
class Priority:
    """Potential × readiness: scales and the lines between high, medium and low."""

    maturing: int = _money(1)
    idle: int = _money(1)
    contact_days: int = _count(1, 730)
    high: float = _share()
    medium: float = _share()


@dataclass(frozen=True)
class Timeline:
    """How much of a customer's past the desk gets."""

    events: int = _count(1, 500)
    transactions: int = _count(0, 500)
    large: int = _money(1)
    norm_share: float = _share()
    latest: int = _count(0, 50)


@dataclass(frozen=True)
class Maturity:
    """Money of at least ``minimum`` matures within ``days``."""

    on: bool = _switch()
    days: int = _count(1, 90)
    minimum: int = _money()


@dataclass(frozen=True)
class SameNameOutflow:
    """At least ``minimum`` and ``share`` of three months' outflow went to the customer's own account elsewhere."""

    on: bool = _switch()
    share: float = _share()
    minimum: int = _money()
    due_days: int = _count(0, 365)


@dataclass(frozen=True)
class AssetsFalling:
    """Average AUM fell by at least ``minimum`` and ``share`` in three months."""

    on: bool = _switch()
    share: float = _share()
    minimum: int = _money()
    due_days: int = _count(0, 365)


@dataclass(frozen=True)
class PayrollStopped:
    """Paid here ``months`` months in a row, and ``grace_days`` past the usual day nothing came."""

    on: bool = _switch()
    months: int = _count(1, 23)
    grace_days: int = _count(0, 25)
    due_days: int = _count(0, 365)


@dataclass(frozen=True)
class TierAtRisk:
    """A protected tier ends within ``days``."""

    on: bool = _switch()
    at_stake: float = _share()
    days: int = _count(1, 400)


@dataclass(frozen=True)
class NearThreshold:
    """Near a tier of at least ``minimum_tier``."""

    on: bool = _switch()
    minimum_tier: str = _tier()
    due_days: int = _count(0, 365)


@dataclass(frozen=True)
class LargeInflow:
    """A credit of at least ``minimum`` in the last ``days``, of which ``kept_share`` still lies in demand deposits."""

    on: bool = _switch()
    minimum: int = _money(1)
    days: int = _count(1, 28)
    kept_share: float = _share()
    due_days: int = _count(0, 365)


@dataclass(frozen=True)
class OpenComplaint:
    """A complaint is open."""

    on: bool = _switch()
    at_stake: float = _share()
    due_days: int = _count(0, 60)


@dataclass(frozen=True)
class Unhappy:
    """Answered ``recommend`` or less within the last ``days``."""

    on: bool = _switch()
    at_stake: float = _share()
    recommend: int = _count(0, 10)
    days: int = _count(1, 90)
    due_days: int = _count(0, 60)


@dataclass(frozen=True)
class QuietValued:
    """A customer of at least ``minimum_tier`` nobody contacted for ``days``."""

    on: bool = _switch()
    at_stake: float = _share()
    minimum_tier: str = _tier()
    days: int = _count(1, 730)
    due_days: int = _count(0, 365)


@dataclass(frozen=True)
class Birthday:
    """A birthday within ``days``, for ``minimum_tier`` and above."""

    on: bool = _switch()
    at_stake: float = _share()
    minimum_tier: str = _tier()
    days: int = _count(0, 60)


@dataclass(frozen=True)
class OneProduct:
    """With us ``months`` and at most ``categories`` categories, though AUM is at least ``minimum``."""

    on: bool = _switch()
    at_stake: float = _share()
    categories: int = _count(1, 18)
    months: int = _count(0, 1_200)
    minimum: int = _money()
    due_days: int = _count(0, 365)


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
    quiet_valued: QuietValued
    birthday: Birthday
    one_product: OneProduct
    capacity: int = _count(0, 200)
    silence_is_consent: bool = _switch()


@dataclass(frozen=True)
class Retention:
    """What keeping a customer takes: the ``offer`` to who accepts it, each ``contact``; of those who would leave a
    share accepts that is Beta(``alpha``, ``beta``), its mean α ÷ (α + β) (Verbraken et al. 2013)."""

    offer: int = _money()
    contact: int = _money(1)
    alpha: int = _count(1, 1_000)
    beta: int = _count(1, 1_000)


@dataclass(frozen=True)
class Attrition:
    """When a customer counts as lost (S24), each definition by a switch of its own; see ``attrition.definitions``.

    ``dormant_months`` without a customer-made transaction and AUM below ``dormant_aum_below``; average AUM of
    ``fall_months`` in a row down by ``fall_share`` from the customer's own year, that year at least ``fall_minimum``;
    main bank before, and for ``main_bank_months`` not any more. ``history_months`` of customer-months are learned
    from, and it takes ``minimum_lost`` customers lost among them to learn anything. What keeping one costs is in
    ``retention``.
    """

    retention: Retention
    closed: bool = _switch()
    dormant: bool = _switch()
    fall: bool = _switch()
    main_bank: bool = _switch()
    dormant_months: int = _count(2, 23)
    dormant_aum_below: int = _money()
    fall_share: float = _share()
    fall_months: int = _count(1, 12)
    fall_minimum: int = _money()
    main_bank_months: int = _count(1, 12)
    history_months: int = _count(18, 120)
    minimum_lost: int = _count(20, 100_000)
    alarm: float = _share()


@dataclass(frozen=True)
class Thresholds:
    """All of it. ``currency`` is what the night reports in; ``factors`` are millionths of its
    minor unit per minor unit of another currency."""

    currency: str
    factors: Mapping[str, int]
    tiers: Tiers
    protection: Protection
    near: Near
    dormant: Dormant
    main_bank: MainBank
    habit: Habit
    score: Score
    priority: Priority
    timeline: Timeline
    attrition: Attrition
    worklist: WorkList

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for cache keys and for the record of a night."""
        return asdict(self)


def load(currency: str = "CNY", override: Path | None = None) -> Thresholds:
    """The thresholds for a lake reporting in ``currency``, with a bank's own file over the defaults.

    ``InputError`` names the file, the key, the value and what would be right.
    """
    held = tomllib.loads(resources.files("tenure.insight").joinpath("defaults.toml").read_text("utf-8"))
    where = "defaults.toml"
    if override is not None and override.exists():
        where = str(override)
        try:
            own = tomllib.loads(override.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise InputError(f"{override}: not readable as TOML: {wrong}", "Correct the file at that place.") from None
        _lay_over(held, own, where)
    return build(held, currency, where)


def build(held: Mapping[str, Any], currency: str, where: str = "thresholds") -> Thresholds:
    """Thresholds from the tables of a TOML file; see :func:`load`."""
    scales = held.get("currency", {})
    if currency not in scales:
        raise InputError(
            f"{where}: [currency] has no scale for {currency}, the lake's currency",
            f"Add a line `{currency} = …`: what one yuan of the thresholds means in {currency}.",
        )
    scale = _positive(scales[currency], where, f"currency.{currency}")
    unit = scale * 10 ** digits(currency)
    factors = {
        other: int(
            (
                _positive(rate, where, f"rates.{other}") * Decimal(10) ** (digits(currency) - digits(other)) * MILLION
            ).to_integral_value(ROUND_HALF_UP)
        )
        for other, rate in held.get("rates", {}).items()
    }
    factors[currency] = MILLION
    built = {
        f.name: _read(get_type_hints(Thresholds)[f.name], held.get(f.name), where, f.name, unit)
        for f in fields(Thresholds)
        if f.name not in ("currency", "factors")
    }
    thresholds = Thresholds(currency=currency, factors=factors, **built)
    _agree(thresholds, where)
    return thresholds


def digits(currency: str) -> int:
    """Digits behind the point of a currency: fen and cents are two, yen none."""
    return MINOR_DIGITS.get(currency, 2)


def _lay_over(base: dict[str, Any], own: Mapping[str, Any], where: str, path: str = "") -> None:
    open_ended = path in ("currency.", "rates.")
    for key, value in own.items():
        if key not in base and not open_ended:
            raise InputError(f"{where}: unknown key {path}{key}", f"Known here: {', '.join(base)}.")
        if isinstance(base.get(key), dict):
            if not isinstance(value, Mapping):
                raise InputError(f"{where}: {path}{key} is a table, not {value!r}", f"Write it as [{path}{key}].")
            _lay_over(base[key], value, where, f"{path}{key}.")
        else:
            base[key] = value


def _read(cls: type[T], held: Any, where: str, path: str, unit: Decimal) -> T:
    if not isinstance(held, Mapping):
        raise InputError(f"{where}: the table [{path}] is missing", "Restore it from insight/defaults.toml.")
    known = get_type_hints(cls)
    values: dict[str, Any] = {}
    for f in fields(cls):
        key = f"{path}.{f.name}"
        if f.name not in held:
            raise InputError(f"{where}: {key} is missing", "Restore it from insight/defaults.toml.")
        if is_dataclass(known[f.name]):
            values[f.name] = _read(known[f.name], held[f.name], where, key, unit)
        else:
            values[f.name] = _value(held[f.name], dict(f.metadata), where, key, unit)
    return cls(**values)


def _value(value: Any, rule: dict[str, Any], where: str, key: str, unit: Decimal) -> Any:
    kind = rule["kind"]
    if kind == "switch":
        if not isinstance(value, bool):
            raise InputError(f"{where}: {key} is {value!r}", "Write true or false.")
        return value
    if kind == "tier":
        if value not in codes.TIER_ORDER:
            raise InputError(f"{where}: {key} is {value!r}", f"Write one of {', '.join(codes.TIER_ORDER)}.")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{where}: {key} is {value!r}, not a number", "Write a number without quotes.")
    if kind == "money":
        minor = int((Decimal(str(value)) * unit).to_integral_value(ROUND_HALF_UP))
        if minor < rule["minimum"]:
            raise InputError(
                f"{where}: {key} is {value!r}", "Write an amount that is not negative, and not 0 where it divides."
            )
        return minor
    if kind == "count" and not isinstance(value, int):
        raise InputError(f"{where}: {key} is {value!r}", "Write a whole number.")
    if not rule["minimum"] <= value <= rule["maximum"]:
        raise InputError(f"{where}: {key} is {value!r}", f"Write a number from {rule['minimum']} to {rule['maximum']}.")
    return value if kind == "count" else float(value)


def _positive(value: Any, where: str, key: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 9_000:
        raise InputError(f"{where}: {key} is {value!r}", "Write a number above 0 and below 9000.")
    return Decimal(str(value))


def _agree(thresholds: Thresholds, where: str) -> None:
    """What no single key can say: thresholds rise, weights make one."""
    ladder = thresholds.tiers.ladder
    for name, low, high in zip(codes.TIER_ORDER[1:], ladder, ladder[1:], strict=False):
        if high <= low:
            raise InputError(f"{where}: tiers.{name} is not above the tier below it", "Let the thresholds rise.")
    score = thresholds.score
    weights = score.weight_assets + score.weight_depth + score.weight_activity + score.weight_loyalty
    if abs(weights - 1) > 1e-9:
        raise InputError(f"{where}: the weights of [score] add up to {weights:g}", "Let the four weights add up to 1.")
    if score.ceiling <= score.floor:
        raise InputError(f"{where}: score.ceiling is not above score.floor", "Raise the ceiling.")
    if thresholds.priority.high <= thresholds.priority.medium:
        raise InputError(f"{where}: priority.high is not above priority.medium", "Raise priority.high.")
