"""What goes with leaving (S19): hazard ratios of what was known of customers at a past month's end, in plain units.

A landmark analysis (van Houwelingen 2007): everybody at risk at the landmark, with features of that day only, is
followed to the month in which a loss began, or for as long as is known. Persons and companies have each a course of
their own. What is told are associations: the page says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from tenure.contracts.findings import Cell, Grid, Section, Unit, Verdict
from tenure.errors import InputError
from tenure.insight import months
from tenure.insight.attrition.cox import EVENTS_PER_COLUMN, Cox
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL, holm
from tenure.nightly.followed import LONGEST
from tenure.nightly.topics import Known, cell, said

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate

    Numbers = NDArray[np.float64]

#: Assets below 100 of the currency are as good as none: a doubling from one cent to two says nothing.
_HARDLY_ANY = 100_00.0


@dataclass(frozen=True)
class Asked:
    """A feature of the panel (NaN: unknown) in the unit that its ratio is told by, whose code ``per`` is."""

    feature: str
    per: str
    value: Callable[[Numbers], Numbers]


def _none_is_nothing(times: float) -> Callable[[Numbers], Numbers]:
    """Of a share that cannot be told because there was nothing to share, 0."""
    return lambda values: np.nan_to_num(values) * times


def _none_is_usual(times: float) -> Callable[[Numbers], Numbers]:
    """Of what nobody wrote down, the mean: it then speaks neither for nor against."""

    def filled(values: Numbers) -> Numbers:
        unknown = np.isnan(values)
        return np.where(unknown, 0.0 if unknown.all() else values[~unknown].mean(), values) * times

    return filled


def _any(values: Numbers) -> Numbers:
    return (np.nan_to_num(values) > 0).astype(np.float64)


def _doublings(values: Numbers) -> Numbers:
    found: Numbers = np.log2(np.maximum(np.nan_to_num(values), _HARDLY_ANY))
    return found


ASKED = (
    Asked("tenure_months", "per_five_years", _none_is_usual(1 / 60)),
    Asked("age", "per_ten_years", _none_is_usual(1 / 10)),
    Asked("product_groups", "per_group", _none_is_nothing(1)),
    Asked("aum", "per_doubling", _doublings),
    Asked("same_name_3m", "per_ten_points", _none_is_nothing(10)),
    Asked("payroll_months_3m", "with_against_without", _any),
    Asked("active_months_12m", "per_active_month", _none_is_nothing(1)),
    Asked("digital_share_12m", "per_ten_points", _none_is_nothing(10)),
    Asked("complaints_12m", "with_against_without", _any),
)
#: What the night reads of the panel for this.
FEATURES = (*(each.feature for each in ASKED), "company")


def section(known: Known) -> Section:
    """The table of hazard ratios, or that there is too little data for one."""
    return said("goes_with", lambda: _table(known))


def _table(known: Known) -> Grid:
    rows = None if known.followed is None else known.followed(FEATURES)
    if rows is None or not rows.num_rows:
        raise TooLittleData("no landmark after which enough months are known")
    lead, seen = _numbers(rows, "lead"), _numbers(rows, "seen")
    until = float(min(LONGEST, seen.max()))
    left, time = lead <= until, np.fmin(lead, until)
    columns = {each: each.value(_numbers(rows, each.feature)) for each in ASKED}
    told = {each: values for each, values in columns.items() if _tells(values, left)}
    if not told:
        raise TooLittleData("nothing tells one customer from another")
    given = {each.feature: values for each, values in told.items()}
    try:
        model = Cox().fit(time, left, given, rows["company"])
    except InputError as wrong:  # two features that say the same, or one that says all: no ratio of its own
        raise TooLittleData(wrong.message) from wrong
    drifting = _drifting(model)
    halves = _halves(time, left, given, rows["company"]) if drifting else (None, None)
    strength = {each: abs(model.params_[each.feature]) * float(values.std()) for each, values in told.items()}
    found: list[list[Cell]] = [
        _row(each, model, halves if each.feature in drifting else None)
        for each in sorted(told, key=lambda each: -strength[each])
    ]
    found += [
        [f"goes_{each.feature}", each.per, None, "goes_too_few", None, None, None] for each in ASKED if each not in told
    ]
    headings = [
        ("goes_with_what", Unit.CODE),
        ("goes_per", Unit.CODE),
        ("hazard_ratio", Unit.NUMBER),
        ("goes_reads", Unit.CODE),
        ("goes_over_time", Unit.CODE),
        ("ratio_early", Unit.NUMBER),
        ("ratio_late", Unit.NUMBER),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "month": (Unit.MONTH, months.label(int(rows["month"][0].as_py()))),
        "n": (Unit.COUNT, model.customers_),
        "months": (Unit.COUNT, int(until)),
        "lost": (Unit.COUNT, model.events_),
        "ordered": (Unit.SHARE, model.concordance_),
    }
    return Grid("goes_with", headings, found, Verdict("goes_with_is", numbers))


def _numbers(rows: pa.Table, name: str) -> Numbers:
    return np.asarray(rows[name].to_numpy(zero_copy_only=False), dtype=np.float64)


def _tells(values: Numbers, left: NDArray[np.bool_]) -> bool:
    """Whether customers differ in it; of what one has or has not, whether enough left with it and without."""
    kinds = np.unique(values)
    if len(kinds) > 2:
        return True
    return len(kinds) == 2 and all(int(left[values == kind].sum()) >= EVENTS_PER_COLUMN for kind in kinds)


def _drifting(model: Cox) -> set[str]:
    """Features whose ratio does not hold over the months, so many tests allowed for."""
    if model.courses_ is None:
        return set()
    found = holm(np.array([course.test.p_value for course in model.courses_.values()]), 1 - LEVEL)
    return {name for name, drifts in zip(model.courses_, found, strict=True) if drifts}


def _halves(
    time: Numbers, left: NDArray[np.bool_], given: dict[str, Numbers], strata: Any
) -> tuple[Cox | None, Cox | None]:
    """The ratios of the months in which the first half of them left, and of the months after; None of too few."""
    times = np.unique(time[left])
    middle = min(float(np.median(time[left])), float(times[-2]))
    after = time > middle
    still = {name: values[after] for name, values in given.items()}
    return (
        _fitted(np.fmin(time, middle), left & ~after, given, strata),
        _fitted(time[after] - middle, left[after], still, strata.filter(pa.array(after))),
    )


def _fitted(time: Numbers, left: NDArray[np.bool_], given: dict[str, Numbers], strata: Any) -> Cox | None:
    try:
        return Cox().fit(time, left, given, strata)
    except InputError:  # too few of that half left, or they do not differ
        return None


def _row(each: Asked, model: Cox, halves: tuple[Cox | None, Cox | None] | None) -> list[Cell]:
    ratio = model.hazard_ratios_[each.feature]
    row: list[Cell] = [f"goes_{each.feature}", each.per, cell(ratio), _reads(ratio)]
    if halves is None or model.courses_ is None:
        return [*row, "goes_holds", None, None]
    first, second = (None if half is None else half.hazard_ratios_[each.feature] for half in halves)
    course = model.courses_[each.feature]  # one step from the whole: what there is where a half has too few
    early = np.log(course.early if first is None or first.value is None else first.value)
    late = np.log(course.late if second is None or second.value is None else second.value)
    how = "goes_changes" if _apart(first, second) else "goes_fades" if abs(late) < abs(early) else "goes_grows"
    return [*row, how, None if first is None else cell(first), None if second is None else cell(second)]


def _apart(first: Estimate | None, second: Estimate | None) -> bool:
    """Whether it speaks for leaving in one half and against it in the other, both beyond chance."""
    if first is None or second is None:
        return False
    return {_reads(first), _reads(second)} == {"goes_sooner", "goes_later"}


def _reads(ratio: Estimate) -> str:
    if not ratio.excludes(1.0) or ratio.value is None:
        return "goes_unclear"
    return "goes_sooner" if ratio.value > 1 else "goes_later"
