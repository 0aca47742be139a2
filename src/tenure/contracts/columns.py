"""The vocabulary contracts are written in: a column, a table, and the checks a value must pass.

A contract is written once. The landing checks files with it, the demo bank writes to it, insight
reads by it, the desk builds its published tables from it, and the data dictionary is printed from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds. ``MONEY`` is a whole number of minor units (fen, heller), never a float."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    RATE = "rate"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"
    JSON = "json"


class DataClass(StrEnum):
    """Sensitivity after JR/T 0171: C1 internal, C2 identifies a person or their finances, C3 opens an account."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"


class Mask(StrEnum):
    """How a value is shown to someone without the right to see it whole."""

    NAME = "name"
    PHONE = "phone"
    CERTIFICATE = "certificate"
    ACCOUNT = "account"
    EMAIL = "email"
    ADDRESS = "address"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, what it may hold, and what it means.

    ``minimum``/``maximum`` bound integers, money and rates (inclusive; money in minor units).
    ``unit`` is a unit of measure in plain words (``fen``, ``percent``, ``days``), empty where there is none.
    ``references`` names ``table.column`` that must exist; ``formula_*`` say how a derived figure is computed.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    unit: str = ""
    nullable: bool = True
    allowed: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 200
    data_class: DataClass = DataClass.C1
    mask: Mask | None = None
    references: str = ""
    formula_zh: str = ""
    formula_en: str = ""


class Load(StrEnum):
    """How deliveries of a table add up to what is true now.

    ``STATE``: the newest row per key wins; a delivery marked *full* also retires keys it no longer holds.
    ``EVENT``: rows only ever accumulate; a key delivered twice is an error.
    """

    STATE = "state"
    EVENT = "event"


@dataclass(frozen=True)
class Table:
    """A table of the lake or of the publication.

    ``key`` is its primary key; ``day`` the column that dates an event and partitions it by month
    (empty for state tables). ``foreign`` is derived from the columns' ``references``.
    """

    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    load: Load = Load.STATE
    day: str = ""
    _by_name: Mapping[str, Column] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_name = {c.name: c for c in self.columns}
        if len(by_name) != len(self.columns):
            raise ValueError(f"{self.name}: a column is named twice")
        missing = [k for k in (*self.key, *([self.day] if self.day else [])) if k not in by_name]
        if missing:
            raise ValueError(f"{self.name}: key or day names no column: {missing}")
        if (self.load is Load.EVENT) != bool(self.day):
            raise ValueError(f"{self.name}: an event table, and only that, names its day column")
        object.__setattr__(self, "_by_name", by_name)

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    @property
    def foreign(self) -> tuple[tuple[str, str, str], ...]:
        """``(column, other table, other column)`` for every reference."""
        pairs = ((c.name, c.references.split(".")) for c in self.columns if c.references)
        return tuple((name, table, column) for name, (table, column) in pairs)


def text(name: str, zh: str, en: str, **rest: object) -> Column:
    """A text column; identifiers are text too, so leading zeros and 19-digit numbers survive."""
    return Column(name, Kind.TEXT, zh, en, **rest)  # type: ignore[arg-type]


def integer(name: str, zh: str, en: str, **rest: object) -> Column:
    """A whole number."""
    return Column(name, Kind.INTEGER, zh, en, **rest)  # type: ignore[arg-type]


def money(name: str, zh: str, en: str, **rest: object) -> Column:
    """An amount in minor units of the row's currency; C2 unless said otherwise."""
    rest.setdefault("unit", "minor unit")
    rest.setdefault("data_class", DataClass.C2)
    return Column(name, Kind.MONEY, zh, en, **rest)  # type: ignore[arg-type]


def rate(name: str, zh: str, en: str, **rest: object) -> Column:
    """A ratio or rate, not money."""
    return Column(name, Kind.RATE, zh, en, **rest)  # type: ignore[arg-type]


def date(name: str, zh: str, en: str, **rest: object) -> Column:
    """A calendar date at the bank."""
    return Column(name, Kind.DATE, zh, en, **rest)  # type: ignore[arg-type]


def timestamp(name: str, zh: str, en: str, **rest: object) -> Column:
    """A moment, in the bank's local time."""
    return Column(name, Kind.TIMESTAMP, zh, en, **rest)  # type: ignore[arg-type]


def boolean(name: str, zh: str, en: str, **rest: object) -> Column:
    """Yes or no."""
    return Column(name, Kind.BOOLEAN, zh, en, **rest)  # type: ignore[arg-type]


def json(name: str, zh: str, en: str, **rest: object) -> Column:
    """A small structure as JSON text (publication only; a contract of the lake has none)."""
    return Column(name, Kind.JSON, zh, en, **rest)  # type: ignore[arg-type]


def allowed(names: Mapping[str, object]) -> tuple[str, ...]:
    """The codes of a code list, as a column's allowed values."""
    return tuple(names)
