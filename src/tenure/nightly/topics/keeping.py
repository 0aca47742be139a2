"""What is held and given up in plain sight: how long each year's openings keep a kind of product (sBG, BdW).

A spell begins when a customer first holds a category and ends when nothing of it is left; a time deposit that is laid
out again within a month goes on. Who opened before the first closing on file is known only because he stayed: such a
cohort is counted from then, and its likelihood is conditional on having come so far. Of what matures and is laid out
again not even the beginning is known then, so those spells are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Curve, Grid, Line, Section, Unit, Verdict
from tenure.errors import InputError
from tenure.insight import months
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL, share
from tenure.insight.lifetime import SBG, BdW, DidNotConverge, Timing
from tenure.insight.lifetime.delta_method import around
from tenure.nightly.topics import cell

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.insight.lifetime import DiscountedLifetime
    from tenure.nightly.topics import Known

    Whole = NDArray[np.int64]

#: Categories that end by being given up; these end by being paid.
_PAID = ("mortgage", "consumer_loan", "business_loan")
CATEGORIES = tuple(code for code in codes.PRODUCT_CATEGORIES if code not in _PAID)
#: Months of a period, periods drawn ahead, and periods (a year) held out of the check.
QUARTER, AHEAD, HOLD = 3, 8, 4
#: A cohort has at least so many customers and counts; of a category the newest so many are told, of so many drawn.
_LEAST, _COUNTS, _COHORTS, _DRAWN = 100, 5, 3, 3
#: Something of the category laid out again within so many days goes on.
_GAP = 31
#: The second parameter of duration is taken where it raises the log-likelihood by this: χ²(1) at 5 %, halved.
_WORTH_IT = 1.92
#: Retentions a quarter nearer than this are the same.
_SAME = 0.001
_FOR_EVER = date(9999, 1, 1)
_MODELS: Mapping[str, type[SBG] | type[BdW]] = {"sbg": SBG, "bdw": BdW}


@dataclass(frozen=True)
class Cohort:
    """Customers who began to hold a category in a year: ``held`` still do after ``first``, ``first`` + 1 … quarters."""

    category: str
    year: int
    first: int
    held: list[int]


def learn(known: Known) -> dict[str, Any]:
    """Each cohort's counts, its model and its check, as plain values."""
    return {"cohorts": [_learned(each) for each in cohorts(known)]}


def cohorts(known: Known) -> list[Cohort]:
    """The newest cohorts of each category that have customers and counts enough."""
    open_month = known.frames.past.window.open_month
    end = months.first_day(open_month)
    closings = known.accounts.filter(known.accounts.closed_on < end)
    (first_closing,) = known.rows(closings.aggregate(day=closings.closed_on.min()))["day"].to_pylist()
    if first_closing is None:
        return []  # how anything ends is not known
    since, last = months.serial(first_closing) + 1, open_month - 1
    t = known.rows(_spells(known, end).order_by("category", "began", "ended"))
    rolls = t["rolls"].to_numpy(zero_copy_only=False).astype(bool)
    # what began later than a month after the first closing on file has no forerunner that is not on file
    t = t.filter(pa.array(~rolls | (t["began"].to_numpy() > since)))
    category = t["category"].to_numpy(zero_copy_only=False)
    began, ended, count = (t[name].to_numpy().astype(np.int64) for name in ("began", "ended", "customers"))
    years = range(last // 12, int(began.min(initial=last)) // 12 - 1, -1)
    found = []
    for code in CATEGORIES:
        mine = category == code
        spells = began[mine], ended[mine], count[mine]
        own = [each for year in years if (each := _cohort(code, year, *spells, since, last))]
        found += own[:_COHORTS]
    return found


def _cohort(code: str, year: int, began: Whole, ended: Whole, count: Whole, since: int, last: int) -> Cohort | None:
    """Counts at the ages that all of the cohort have reached, from the first at which all were watched."""
    mine = began // 12 == year
    if not mine.any():
        return None
    first = max(0, -(-(since - int(began[mine].min())) // QUARTER))
    oldest = (last - int(began[mine].max())) // QUARTER
    if oldest - first + 1 < _COUNTS:
        return None
    kept, n = (ended - began)[mine], count[mine]
    held = [int(n[kept > QUARTER * age].sum()) for age in range(first, oldest + 1)]
    if first == 0:
        held[0] = int(n.sum())  # closed in the very month of opening, and yet begun
    return Cohort(code, year, first, held) if held[0] >= _LEAST else None


def _spells(known: Known, end: date) -> ir.Table:
    """Spells of holding: ``category``, the months ``began`` and ``ended`` (far away while held), ``customers``; and
    whether it ``rolls``: matures and is laid out again."""
    a = known.accounts.filter((known.accounts.opened_on < end) & known.accounts.category.isin(CATEGORIES))
    a = a.mutate(ended_on=ibis.ifelse(a.closed_on < end, a.closed_on, ibis.null("date")).coalesce(_FOR_EVER))
    keys, order = ["party_id", "category"], ["opened_on", "account_id"]
    a = a.mutate(before=a.ended_on.max().over(ibis.window(group_by=keys, order_by=order, rows=(None, -1))))
    fresh = a.before.isnull() | (a.opened_on > a.before + ibis.interval(days=_GAP))
    a = a.mutate(fresh=ibis.ifelse(fresh.coalesce(True), 1, 0).cast("int64"))
    a = a.mutate(spell=a.fresh.sum().over(ibis.window(group_by=keys, order_by=order, rows=(None, 0))))
    s = a.group_by("party_id", "category", "spell").aggregate(
        opened=a.opened_on.min(), ended=a.ended_on.max(), rolls=a.matures_on.notnull().any()
    )

    def serial(day: ir.DateValue) -> ir.IntegerValue:
        return day.year().cast("int64") * 12 + day.month().cast("int64") - 1

    by = {"category": s.category, "began": serial(s.opened), "ended": serial(s.ended), "rolls": s.rolls}
    return s.group_by(**by).aggregate(customers=s.count())


def _learned(cohort: Cohort) -> dict[str, Any]:
    found: dict[str, Any] = {
        "category": cohort.category, "year": cohort.year, "first": cohort.first, "held": cohort.held,
    }  # fmt: skip
    name, model = _fitted(cohort.held, cohort.first)
    if model is None:
        return {**found, "refused": name}
    found |= {"name": name, "model": model.as_dict()}
    _, before = _fitted(cohort.held[:-HOLD], cohort.first)
    if before is not None and cohort.held[-HOLD - 1]:
        last = cohort.first + len(cohort.held) - 1
        found["foretold"] = _kept_ahead(before, last - HOLD, last)
    return found


def _kept_ahead(model: SBG | BdW, begin: int, end: int) -> list[float]:
    """The share of those there at the age ``begin`` who are there at ``end``, with its interval."""

    def lost(theta: NDArray[np.float64]) -> NDArray[np.float64]:
        at = type(model).with_params(**dict(zip(model.letters, theta.tolist(), strict=True)))
        kept = at.survival(np.array([begin, end], dtype=float))
        return 1 - kept[1:] / kept[:1]

    centre, low, high = (float(each[0]) for each in around(lost, model._theta(), model.log_covariance_, LEVEL))
    return [1 - centre, max(0.0, 1 - high), 1 - low]


def _fitted(held: list[int], first: int) -> tuple[str, SBG | BdW | None]:
    """sBG, or BdW where the customers' own chance of staying clearly changes with time; else why there is neither."""
    done: dict[str, SBG | BdW] = {}
    why = "too_little_data"
    for name, kind in _MODELS.items():
        try:
            done[name] = kind().fit(held, first=first)
        except TooLittleData:
            continue
        except DidNotConverge:
            why = "cannot_tell"
    if not done:
        return why, None
    plain, aging = done.get("sbg"), done.get("bdw")
    if aging and (plain is None or aging.log_likelihood_ - plain.log_likelihood_ > _WORTH_IT):
        return "bdw", aging
    return "sbg", plain


def sections(known: Known, learned: Mapping[str, Any]) -> Iterator[Section]:
    """Each cohort in a row, then the curves of the categories with most customers."""
    cohorts_ = learned["cohorts"]
    rate = known.assumptions.discount_rate
    yield _grid(cohorts_, rate)
    fitted = [each for each in cohorts_ if "model" in each]
    newest = {each["category"]: each for each in reversed(fitted)}
    for one in sorted(newest.values(), key=lambda each: -each["held"][0])[:_DRAWN]:
        yield _drawn(one)


def _model(one: Mapping[str, Any]) -> SBG | BdW:
    return _MODELS[one["name"]].from_dict(one["model"])


def _rates(one: Mapping[str, Any]) -> tuple[float, float]:
    """Retention a quarter at the first and at the last age seen, by the model."""
    ages = np.array([one["first"] + 1, one["first"] + len(one["held"]) - 1], dtype=float)
    first, last = _model(one).retention_rate(ages)
    return float(first), float(last)


def _still_to_come(one: Mapping[str, Any], rate: float) -> DiscountedLifetime | None:
    quarterly = (1 + rate) ** (QUARTER / 12) - 1
    try:
        return _model(one).discounted_expected_residual_lifetime(
            one["first"] + len(one["held"]), quarterly, Timing.PERIOD_END
        )
    except InputError:  # without a discount the sum need not exist
        return None


def _grid(cohorts_: list[dict[str, Any]], rate: float) -> Grid:
    rows: list[list[Cell]] = []
    for one in cohorts_:
        held, ages = one["held"], (one["first"], one["first"] + len(one["held"]) - 1)
        lately = share(held[-1], held[-1 - HOLD])
        row: list[Cell] = [
            one["category"], str(one["year"]), held[0], f"{ages[0] * QUARTER}–{ages[1] * QUARTER}", held[-1] / held[0],
            cell(lately),
        ]  # fmt: skip
        if "model" not in one:
            rows.append([*row, None, one["refused"], None, None, None])
            continue
        first, last = _rates(one)
        ahead = _still_to_come(one, rate)
        foretold = tuple(one["foretold"]) if "foretold" in one else None
        rows.append([*row, foretold, one["name"], first, last, cell(ahead, QUARTER / 12)])
    columns = [
        ("category", Unit.CATEGORY), ("year", Unit.TEXT), ("cohort", Unit.COUNT), ("ages", Unit.TEXT),
        ("kept_share", Unit.SHARE), ("kept_lately", Unit.SHARE), ("kept_foretold", Unit.SHARE), ("model", Unit.CODE),
        ("retention_first", Unit.SHARE), ("retention_last", Unit.SHARE), ("years_ahead", Unit.NUMBER),
    ]  # fmt: skip
    if not rows:
        return Grid("kept", columns, rows, Verdict("kept_too_little", tone="warn"))
    told = [one for one in cohorts_ if "foretold" in one]
    met = sum(_met(one) for one in told)
    if not told:
        return Grid("kept", columns, rows, Verdict("kept_unchecked", {"rate": (Unit.SHARE, rate)}, "warn"))
    numbers: dict[str, tuple[Unit, Cell]] = {
        "rate": (Unit.SHARE, rate), "checked": (Unit.COUNT, len(told)), "met": (Unit.COUNT, met),
    }  # fmt: skip
    return Grid("kept", columns, rows, Verdict("kept_told", numbers, "" if 2 * met >= len(told) else "warn"))


def _met(one: Mapping[str, Any]) -> bool:
    """Whether what was foretold and what came differ by no more than both are uncertain."""
    came = share(one["held"][-1], one["held"][-1 - HOLD])
    value, low, high = one["foretold"]
    if came.value is None or came.low is None or came.high is None:
        return True
    # the ends that face each other: half-widths of independent figures add in squares
    sides = (came.high - came.value, value - low) if value > came.value else (came.value - came.low, high - value)
    return bool(abs(value - came.value) <= np.hypot(*sides))


def _drawn(one: Mapping[str, Any]) -> Curve:
    """The share still holding by months since opening, of those there when counting began: seen, and by the model."""
    first, held = one["first"], np.array(one["held"], dtype=float)
    ages = np.arange(first, first + len(held) + AHEAD)
    kept = _model(one).survival(ages)
    seen = [*(held / held[0]).tolist(), *[None] * AHEAD]
    lines = [Line("kept_seen", seen), Line("kept_model", (kept / kept[0]).tolist())]
    early, late = _rates(one)
    numbers: dict[str, tuple[Unit, Cell]] = {
        "year": (Unit.TEXT, str(one["year"])), "n": (Unit.COUNT, one["held"][0]),
        "early": (Unit.SHARE, early), "late": (Unit.SHARE, late), "from": (Unit.COUNT, first * QUARTER),
    }  # fmt: skip
    return Curve(
        f"kept_{one['category']}",
        Unit.MONTHS,
        (ages * QUARTER).tolist(),
        Unit.SHARE,
        lines,
        Verdict(_said(one, early, late), numbers),
    )


def _said(one: Mapping[str, Any], early: float, late: float) -> str:
    """What the retention does with age, and what that says of the customers themselves."""
    if abs(late - early) < _SAME:
        return "retention_flat"
    if late < early:
        return "retention_falls"
    if one["name"] == "sbg":
        return "retention_rises"
    return "retention_rises_own" if one["model"]["params"]["c"] < 1 else "retention_rises_despite"
