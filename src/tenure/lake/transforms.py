"""Named transforms: from the bank's text to the contract's value, as SQL over a whole file.

Each transform takes SQL that yields a trimmed text or NULL (never ``''``) and gives SQL that yields the value,
or NULL where the text cannot be read: the checks then put the row into quarantine. NULL stays NULL.
The mapping guide (docs/ingest.md) lists them from this registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tenure.contracts import Kind
from tenure.lake import sql
from tenure.lake.checks import READINGS, Expectation

#: ``column`` arguments name another column of the file and arrive as SQL for its trimmed text.
ArgumentKind = Literal["text", "integer", "column", "column or integer", "list", "table"]
Value = Literal["text", "date", "time", "money", "integer", "rate", "boolean"]


@dataclass(frozen=True)
class Argument:
    """One argument of a transform; ``None`` as default means it must be given."""

    kind: ArgumentKind
    default: Any = None
    optional: bool = False


@dataclass(frozen=True)
class Transform:
    """A named transform; its meaning is the docstring of the function that builds its SQL.

    ``takes`` and ``gives`` say what stands before and after it, so that a chain that can't work is refused when the
    mapping is read.
    """

    name: str
    takes: Value
    gives: Value
    build: Callable[..., str]
    arguments: Mapping[str, Argument]
    expected: Expectation | None = field(repr=False)

    @property
    def meaning(self) -> str:
        """What it does, in one paragraph."""
        return " ".join((self.build.__doc__ or "").split())


TRANSFORMS: dict[str, Transform] = {}


def _named(
    name: str, zh: str = "", en: str = "", *, takes: Value = "text", gives: Value = "text", **arguments: Argument
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    def register(build: Callable[..., str]) -> Callable[..., str]:
        expected = Expectation(zh, en) if en else None
        named = {k.rstrip("_"): a for k, a in arguments.items()}
        TRANSFORMS[name] = Transform(name, takes, gives, build, named, expected)
        return build

    return register


def _if_matches(x: str, pattern: str, then: str) -> str:
    return f"CASE WHEN regexp_full_match({x}, {sql.literal(pattern)}) THEN {then} END"


# ── text ────────────────────────────────────────────────────────────────────────────────────────


@_named("trim")
def trim(x: str) -> str:
    """The text as it is. Blanks around it are always taken away, and an empty text is no value."""
    return x


@_named("upper")
def upper(x: str) -> str:
    """In capital letters."""
    return f"upper({x})"


@_named("lower")
def lower(x: str) -> str:
    """In small letters."""
    return f"lower({x})"


@_named("prefix", with_=Argument("text"))
def prefix(x: str, with_: str) -> str:
    """`with` before the text: keeps numbers of different registers apart (`C17`, `A17`)."""
    return f"({sql.literal(with_)} || {x})"


@_named("pad", width=Argument("integer"), with_=Argument("text", "0"))
def pad(x: str, width: int, with_: str) -> str:
    """Filled on the left with `with` (default `0`) to `width` characters: brings back lost leading zeros."""
    return f"CASE WHEN length({x}) >= {width} THEN {x} ELSE lpad({x}, {width}, {sql.literal(with_)}) END"


@_named(
    "lookup",
    "对照表中的代码",
    "a code the mapping's table has",
    map=Argument("table"),
    default=Argument("text", optional=True),
)
def lookup(x: str, map: Mapping[str, str], default: str | None) -> str:
    """The value `map` gives for the text; a text it lacks becomes `default`, or is refused where there is none.
    An empty text stays empty, unless `map` has an entry for `""`."""
    empty = f"WHEN {x} IS NULL THEN {sql.literal(map.get(''))}"
    cases = " ".join(f"WHEN {x} = {sql.literal(key)} THEN {sql.literal(value)}" for key, value in map.items())
    return f"CASE {empty} {cases} ELSE {sql.literal(default)} END"


# ── dates and times ─────────────────────────────────────────────────────────────────────────────


@_named("date iso", "真实存在的日期 YYYY-MM-DD", "a date that exists, YYYY-MM-DD", gives="date")
def date_iso(x: str) -> str:
    """`2024-02-29`, also with `/` or `.` between, and with a time of midnight behind it."""
    plain = f"replace(replace(left({x}, 10), '/', '-'), '.', '-')"
    pattern = r"\d{4}[-/.]\d{2}[-/.]\d{2}([ T]00:00(:00(\.0+)?)?)?"
    return _if_matches(x, pattern, f"CAST(try_strptime({plain}, '%Y-%m-%d') AS DATE)")


@_named("date yyyymmdd", "真实存在的日期 YYYYMMDD", "a date that exists, YYYYMMDD", gives="date")
def date_yyyymmdd(x: str) -> str:
    """`20240229`."""
    return _if_matches(x, r"\d{8}", f"CAST(try_strptime({x}, '%Y%m%d') AS DATE)")


@_named(
    "date yymmdd", "真实存在的日期 YYMMDD", "a date that exists, YYMMDD", gives="date", pivot=Argument("integer", 50)
)
def date_yymmdd(x: str, pivot: int) -> str:
    """`930228`, also with a time of midnight behind it. Years from `pivot` on are 19xx, below it 20xx."""
    century = f"CASE WHEN CAST(left({x}, 2) AS INTEGER) >= {pivot} THEN '19' ELSE '20' END"
    read = f"CAST(try_strptime({century} || left({x}, 6), '%Y%m%d') AS DATE)"
    return _if_matches(x, r"\d{6}( 00:00:00)?", read)


@_named("date excel", "Excel 日期序号", "an Excel day number", gives="date")
def date_excel(x: str) -> str:
    """Excel's day number, such as `45351`, in workbooks that count from 1900 (not the old Macintosh ones)."""
    return _if_matches(x, r"\d{2,5}(\.0+)?", f"DATE '1899-12-30' + CAST(CAST({x} AS DOUBLE) AS INTEGER)")


@_named("date format", "符合所给格式的日期", "a date in the mapping's format", gives="date", format=Argument("text"))
def date_format(x: str, format: str) -> str:
    """By `format` in strptime's letters, such as `%d.%m.%Y`."""
    return f"CAST(try_strptime({x}, {sql.literal(format)}) AS DATE)"


@_named("time iso", "真实存在的时间 YYYY-MM-DD HH:MM:SS", "a time that exists, YYYY-MM-DD HH:MM:SS", gives="time")
def time_iso(x: str) -> str:
    """`2024-02-29 09:30:00`, with `T` or a blank, with or without seconds and their fractions; a bare date is its
    midnight."""
    pattern = r"\d{4}[-/.]\d{2}[-/.]\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?"
    day = f"replace(replace(left({x}, 10), '/', '-'), '.', '-')"
    return _if_matches(x, pattern, f"TRY_CAST({day} || replace(substr({x}, 11), 'T', ' ') AS TIMESTAMP)")


@_named("time format", "符合所给格式的时间", "a time in the mapping's format", gives="time", format=Argument("text"))
def time_format(x: str, format: str) -> str:
    """By `format` in strptime's letters, such as `%Y%m%d%H%M%S`."""
    return f"try_strptime({x}, {sql.literal(format)})"


@_named(
    "with time", "日期及 HHMMSS 时间", "a date, and a time HHMMSS", takes="date", gives="time", time=Argument("column")
)
def with_time(x: str, time: str) -> str:
    """A date (from the transform before this one) and the time of day in column `time`: `093000` or `09:30:00`."""
    digits = f"lpad(replace({time}, ':', ''), 6, '0')"
    clock = f"try_strptime(strftime({x}, '%Y%m%d') || {digits}, '%Y%m%d%H%M%S')"
    return f"CASE WHEN {time} IS NULL THEN CAST({x} AS TIMESTAMP) ELSE {clock} END"


@_named("add months", takes="date", gives="date", months=Argument("column or integer"))
def add_months(x: str, months: str | int) -> str:
    """A date (from the transform before this one) and `months` more: a number, or the column that holds it."""
    count = str(months) if isinstance(months, int) else f"TRY_CAST({months} AS INTEGER)"
    return f"CAST({x} + to_months({count}) AS DATE)"


# ── people ──────────────────────────────────────────────────────────────────────────────────────


_BIRTH_NUMBER = "捷克出生号 YYMMDD（女性月份加 50）", "a Czech birth number YYMMDD (a woman's month +50)"
_IDENTITY_CARD = "18 位居民身份证号", "an 18-digit identity card number"


@_named("birth number", *_BIRTH_NUMBER, gives="date")
def birth_number(x: str) -> str:
    """Date of birth from a Czech birth number: `706213` is a woman born 1970-12-13. Six digits, born 19xx."""
    month = f"CAST(substr({x}, 3, 2) AS INTEGER)"
    plain = f"CASE WHEN {month} > 50 THEN {month} - 50 ELSE {month} END"
    digits = f"'19' || left({x}, 2) || lpad(CAST({plain} AS VARCHAR), 2, '0') || substr({x}, 5, 2)"
    return _if_matches(x, r"\d{6}", f"CAST(try_strptime({digits}, '%Y%m%d') AS DATE)")


@_named("sex from birth number", *_BIRTH_NUMBER)
def sex_from_birth_number(x: str) -> str:
    """`female` where a Czech birth number's month is above 50, else `male`."""
    female = f"CASE WHEN CAST(substr({x}, 3, 2) AS INTEGER) > 50 THEN 'female' ELSE 'male' END"
    return _if_matches(x, r"\d{6}", female)


@_named("birth from identity card", *_IDENTITY_CARD, gives="date")
def birth_from_identity_card(x: str) -> str:
    """Date of birth from a Chinese identity card number of 18 digits (GB 11643)."""
    return _if_matches(x, r"\d{17}[\dXx]", f"CAST(try_strptime(substr({x}, 7, 8), '%Y%m%d') AS DATE)")


@_named("sex from identity card", *_IDENTITY_CARD)
def sex_from_identity_card(x: str) -> str:
    """Sex from a Chinese identity card number of 18 digits: the 17th is odd for men."""
    odd = f"CAST(substr({x}, 17, 1) AS INTEGER) % 2 = 1"
    return _if_matches(x, r"\d{17}[\dXx]", f"CASE WHEN {odd} THEN 'male' ELSE 'female' END")


# ── money and numbers ───────────────────────────────────────────────────────────────────────────


@_named("money", gives="money", decimal=Argument("text", "."), thousands=Argument("text", ""))
def money(x: str, decimal: str, thousands: str) -> str:
    """An amount in the currency's unit as whole minor units, exactly: `1234.50` is 123450. At most two decimals;
    `decimal` (default `.`) and `thousands` (default none) are the marks the bank writes; `thousands` must stand
    between groups of three. A minus may stand before or behind the digits."""
    mark, group = _literal_pattern(decimal), _literal_pattern(thousands)
    digits = r"\d{1,15}" + (rf"|\d{{1,3}}({group}\d{{3}}){{1,4}}" if thousands else "")
    plain = f"replace({x}, {sql.literal(thousands)}, '')" if thousands else x
    plain = f"replace(replace(replace({plain}, {sql.literal(decimal)}, '.'), '-', ''), '+', '')"
    negative = f"CASE WHEN starts_with({x}, '-') OR ends_with({x}, '-') THEN -1 ELSE 1 END"
    # digits only by now, so the cast to an exact decimal can't round
    read = f"CAST(CAST({plain} AS DECIMAL(20, 2)) * 100 AS BIGINT) * {negative}"
    return _if_matches(x, rf"([+-]?({digits})({mark}\d{{1,2}})?|({digits})({mark}\d{{1,2}})?-)", read)


@_named("money minor", "分为单位的整数", "a whole number of minor units", gives="money")
def money_minor(x: str) -> str:
    """An amount that is already in minor units (fen): `123450`."""
    return _if_matches(x, r"[+-]?\d{1,18}", f"TRY_CAST({x} AS BIGINT)")


@_named(
    "sign by", takes="money", gives="money", by=Argument("column"), positive=Argument("list"), negative=Argument("list")
)
def sign_by(x: str, by: str, positive: list[str], negative: list[str]) -> str:
    """An amount (from the transform before this one) made negative where column `by` has one of `negative`, kept where
    it has one of `positive`, refused where it has neither: debit and credit marks."""
    return (
        f"CASE WHEN {by} IN ({sql.literals(positive)}) THEN {x} WHEN {by} IN ({sql.literals(negative)}) THEN -({x}) END"
    )


@_named("negate", takes="money", gives="money")
def negate(x: str) -> str:
    """An amount (from the transform before this one) with its sign turned."""
    return f"(-({x}))"


@_named("integer", gives="integer")
def integer(x: str) -> str:
    """A whole number: `42`, `-7`, also `42.0` as Excel has it."""
    return _if_matches(x, r"[+-]?\d{1,18}(\.0+)?", f"TRY_CAST(split_part({x}, '.', 1) AS BIGINT)")


@_named("rate", gives="rate", decimal=Argument("text", "."))
def rate(x: str, decimal: str) -> str:
    """A number with decimals, a percent sign behind it is ignored: `3.85`, `3.85%`. `decimal` is the mark."""
    plain = f"replace(rtrim({x}, '% '), {sql.literal(decimal)}, '.')"
    return _if_matches(
        x, rf"[+-]?\d+({_literal_pattern(decimal)}\d+)?([eE][+-]?\d+)? ?%?", f"TRY_CAST({plain} AS DOUBLE)"
    )


@_named(
    "boolean",
    gives="boolean",
    yes=Argument("list", ["1", "Y", "y", "yes", "true", "TRUE", "True", "是"]),
    no=Argument("list", ["0", "N", "n", "no", "false", "FALSE", "False", "否"]),
)
def boolean(x: str, yes: list[str], no: list[str]) -> str:
    """True for one of `yes`, false for one of `no`, else refused."""
    return f"CASE WHEN {x} IN ({sql.literals(yes)}) THEN TRUE WHEN {x} IN ({sql.literals(no)}) THEN FALSE END"


def _literal_pattern(mark: str) -> str:
    return "".join(f"\\{c}" if not c.isalnum() else c for c in mark)


#: What a column of each kind can hold.
HOLDS: dict[Kind, tuple[Value, ...]] = {
    Kind.TEXT: ("text",),
    Kind.INTEGER: ("integer",),
    Kind.MONEY: ("money",),
    Kind.RATE: ("rate", "integer"),
    Kind.DATE: ("date",),
    Kind.TIMESTAMP: ("time", "date"),
    Kind.BOOLEAN: ("boolean",),
    Kind.JSON: ("text",),
}

#: What reads a column's text where the mapping names no transform.
DEFAULTS: dict[Kind, str] = {
    Kind.TEXT: "trim",
    Kind.INTEGER: "integer",
    Kind.MONEY: "money",
    Kind.RATE: "rate",
    Kind.DATE: "date iso",
    Kind.TIMESTAMP: "time iso",
    Kind.BOOLEAN: "boolean",
    Kind.JSON: "trim",
}


def expected_of(names: list[str], kind: Kind) -> Expectation:
    """What the text must look like for a chain of transforms to read it."""
    told = next((TRANSFORMS[n].expected for n in names if TRANSFORMS[n].expected is not None), None)
    return told or READINGS[kind]
