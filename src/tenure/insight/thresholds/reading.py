"""The thresholds of customers and branches, and how all of them are read from TOML and checked."""

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
from tenure.insight.thresholds import kinds
from tenure.insight.thresholds.worklist import WorkList

#: Digits behind the point, where they are not two (ISO 4217).
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True)
class Tiers:
    """Minor units of month-average AUM from which each tier is reached."""

    gold: int = kinds.money(1)
    platinum: int = kinds.money(1)
    diamond: int = kinds.money(1)
    private: int = kinds.money(1)

    @property
    def ladder(self) -> tuple[int, ...]:
        """Thresholds from basic (0) to private, in the order of ``codes.TIER_ORDER``."""
        return (0, self.gold, self.platinum, self.diamond, self.private)


@dataclass(frozen=True)
class Protection:
    """Months a tier is kept after the last month that reached it."""

    gold: int = kinds.count(0, 12)
    platinum: int = kinds.count(0, 12)
    diamond: int = kinds.count(0, 12)
    private: int = kinds.count(0, 12)

    @property
    def ladder(self) -> tuple[int, ...]:
        """Months from basic (0, it needs none) to private."""
        return (0, self.gold, self.platinum, self.diamond, self.private)


@dataclass(frozen=True)
class Near:
    """``share`` of the next threshold within which a customer is near it."""

    share: float = kinds.share()


@dataclass(frozen=True)
class Dormant:
    """No customer-made transaction for ``months`` months, and AUM below ``aum_below``."""

    months: int = kinds.count(1, 23)
    aum_below: int = kinds.money()


@dataclass(frozen=True)
class MainBank:
    """What makes this the customer's main bank."""

    payroll_months: int = kinds.count(1, 24)
    active_months: int = kinds.count(1, 12)
    transactions_12m: int = kinds.count(0, 100_000)
    same_name_share: float = kinds.share()
    partial_active_months: int = kinds.count(1, 12)


@dataclass(frozen=True)
class Habit:
    """Which channels a customer lives in."""

    quiet_below: int = kinds.count()
    digital_share: float = kinds.share()
    counter_share: float = kinds.share()


@dataclass(frozen=True)
class Score:
    """The relationship score's weights (together 1) and scales."""

    weight_assets: float = kinds.share()
    weight_depth: float = kinds.share()
    weight_activity: float = kinds.share()
    weight_loyalty: float = kinds.share()
    floor: int = kinds.money(1)
    ceiling: int = kinds.money(1)
    full_depth: int = kinds.count(1, 18)


@dataclass(frozen=True)
class Priority:
    """Potential × readiness: scales and the lines between high, medium and low."""

    maturing: int = kinds.money(1)
    idle: int = kinds.money(1)
    contact_days: int = kinds.count(1, 730)
    high: float = kinds.share()
    medium: float = kinds.share()


@dataclass(frozen=True)
class Timeline:
    """How much of a customer's past the desk gets."""

    events: int = kinds.count(1, 500)
    transactions: int = kinds.count(0, 500)
    large: int = kinds.money(1)
    norm_share: float = kinds.share()
    latest: int = kinds.count(0, 50)


@dataclass(frozen=True)
class Retention:
    """What keeping a customer takes: the ``offer`` to who accepts it, each ``contact``; of those who would leave a
    share accepts that is Beta(``alpha``, ``beta``), its mean α ÷ (α + β) (Verbraken et al. 2013)."""

    offer: int = kinds.money()
    contact: int = kinds.money(1)
    alpha: int = kinds.count(1, 1_000)
    beta: int = kinds.count(1, 1_000)


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
    closed: bool = kinds.switch()
    dormant: bool = kinds.switch()
    fall: bool = kinds.switch()
    main_bank: bool = kinds.switch()
    dormant_months: int = kinds.count(2, 23)
    dormant_aum_below: int = kinds.money()
    fall_share: float = kinds.share()
    fall_months: int = kinds.count(1, 12)
    fall_minimum: int = kinds.money()
    main_bank_months: int = kinds.count(1, 12)
    history_months: int = kinds.count(18, 120)
    minimum_lost: int = kinds.count(20, 100_000)
    alarm: float = kinds.share()


@dataclass(frozen=True)
class Queues:
    """The wanted wait: ``share`` of all who take a ticket are called within ``minutes``; ``months`` are looked at."""

    minutes: int = kinds.count(1, 240)
    share: float = kinds.share(0.01, 0.99)  # no number of counters calls everybody in time
    months: int = kinds.count(1, 24)


@dataclass(frozen=True)
class Trap:
    """What behaves as leaving, in the satisfaction trap (S20); see ``trap.Rules``.

    Where the night has no leaving probability, ``products_given_up_alone`` products fewer are a signal, and one signal
    is enough.
    """

    probability_ratio: float = field(metadata={"kind": "share", "minimum": 1, "maximum": 50})
    outflow_share: float = kinds.share()
    products_given_up: int = kinds.count(1, 18)
    products_given_up_alone: int = kinds.count(1, 18)
    renewal_share: float = kinds.share()
    signals_needed: int = kinds.count(1, 3)
    satisfied_from: int = kinds.count(2, 5)


@dataclass(frozen=True)
class Thresholds:
    """All of it. ``currency`` is what the night reports in, ``scale`` what one yuan of a threshold means in it;
    ``factors`` are millionths of its minor unit per minor unit of another currency. ``complaint_causes`` are the names
    of the bank's own codes."""

    currency: str
    scale: float
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
    queues: Queues
    trap: Trap
    worklist: WorkList
    complaint_causes: Mapping[str, codes.Name] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain values that figures follow from, for cache keys and for the record of a night; names change none."""
        return {name: value for name, value in asdict(self).items() if name != "complaint_causes"}


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
        if f.name not in ("currency", "scale", "factors", "complaint_causes")
    }
    causes = _names(held.get("complaint_causes", {}), where, "complaint_causes")
    thresholds = Thresholds(currency=currency, scale=float(scale), factors=factors, complaint_causes=causes, **built)
    _agree(thresholds, where)
    return thresholds


def digits(currency: str) -> int:
    """Digits behind the point of a currency: fen and cents are two, yen none."""
    return MINOR_DIGITS.get(currency, 2)


def _lay_over(base: dict[str, Any], own: Mapping[str, Any], where: str, path: str = "") -> None:
    open_ended = path in ("currency.", "rates.", "complaint_causes.")
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


def _names(held: Any, where: str, path: str) -> dict[str, codes.Name]:
    """Names of codes in both languages."""
    if not isinstance(held, Mapping):
        raise InputError(f"{where}: {path} is {held!r}", f"Write it as [{path}].")
    found: dict[str, codes.Name] = {}
    for code, name in held.items():
        told = name if isinstance(name, Mapping) else {}
        texts = [told.get(language) for language in ("zh", "en")]
        if set(told) != {"zh", "en"} or not all(
            isinstance(text, str) and 0 < len(text.strip()) <= 60 for text in texts
        ):
            raise InputError(
                f"{where}: {path}.{code} is {name!r}",
                f'Write both names, of 60 characters at most: {code} = {{ zh = "…", en = "…" }}.',
            )
        found[code] = codes.Name(*(str(text).strip() for text in texts))
    return found


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
