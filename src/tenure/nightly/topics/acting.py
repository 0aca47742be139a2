"""Months with a transaction of one's own: who has fallen silent, and how many such months are to come (BG/BB).

A closed month is an opportunity, taken or not. A customer's clock starts with the first month in which they are seen
to act: given that, whoever is seen and whoever is not differ by a Beta as well, so that the model holds for customers
of many years as it does for new ones. Those who closed their relationship stay in: leaving them out would make
everybody look loyal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import months
from tenure.insight.exact import add_up
from tenure.insight.inputs import TooLittleData
from tenure.insight.lifetime import BGBB, DidNotConverge, held_out
from tenure.insight.months import CURVE
from tenure.nightly.topics import by_branch

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.insight.lifetime import HeldOut
    from tenure.nightly.topics import Known

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Months ahead, and months held out of the check where the history is long enough.
AHEAD = 12
#: Months a check is learned from at least, and held out at least.
_LEARN, _HOLD = 6, 3
#: Silent customers named for a branch.
MOST = 30
#: Below this chance of being there a customer has probably fallen silent for good.
SILENT = 0.5
#: Months that count as lately, where nothing can be foretold.
_LATELY = 3


def learn(known: Known) -> dict[str, Any]:
    """The model, its check and the months it rests on, as plain values; ``refused`` where there is none."""
    masks = _masks(known)
    counted = known.rows(masks.group_by("acted").aggregate(customers=masks.count()).order_by("acted"))
    acted, weight = _months_of(counted["acted"].to_numpy()), counted["customers"].to_numpy().astype(np.float64)
    opportunities = np.flatnonzero(acted.any(axis=0))  # a month in which nobody acted was not delivered
    found: dict[str, Any] = {"months": opportunities.tolist(), "models": {}}
    acted = acted[:, opportunities]
    try:
        x, t_x, n = record(acted)
        watched = n > 0
        model = BGBB().fit(x[watched], t_x[watched], n[watched], weights=weight[watched])
    except (TooLittleData, DidNotConverge) as why:
        return {**found, "refused": "cannot_tell" if isinstance(why, DidNotConverge) else "too_little_data"}
    found["models"]["bg_bb"] = model.as_dict()
    try:
        found["check"] = checked(_check(acted, weight))
    except (TooLittleData, DidNotConverge):
        found["check"] = None
    return found


def _check(acted: Bools, weight: Floats) -> HeldOut:
    """The last year (or the later half of a short history) foretold from what was before."""
    hold = min(AHEAD, (acted.shape[1] + 1) // 2)
    before = acted.shape[1] - hold
    if before < _LEARN or hold < _HOLD:
        raise TooLittleData(f"{acted.shape[1]} months of history; it takes {2 * _LEARN}")
    x, t_x, n = record(acted[:, :before])
    seen = n > 0
    x, t_x, n, weight, later = x[seen], t_x[seen], n[seen], weight[seen], acted[seen, before:]
    model = BGBB().fit(x, t_x, n, weights=weight)
    ahead = model.conditional_expected_purchases(hold, x, t_x, n)
    return held_out(x, ahead, later.sum(axis=1), weight)


def checked(found: HeldOut) -> dict[str, Any]:
    """A check as plain values."""
    return {
        "label": list(found.label), "customers": found.customers.tolist(), "foretold": found.foretold.tolist(),
        "actual": found.actual.tolist(), "total_foretold": found.total_foretold, "total_actual": found.total_actual,
        "error": found.error, "verdict": found.verdict, "correlation": found.correlation,
    }  # fmt: skip


def record(acted: Bools) -> tuple[Floats, Floats, Floats]:
    """x, t_x and n of each row of months (oldest first), counted from the first in which they acted; n = 0: none."""
    width = acted.shape[1]
    if not width:
        return (np.zeros(len(acted)),) * 3
    first = np.argmax(acted, axis=1)
    last = width - 1 - np.argmax(acted[:, ::-1], axis=1)
    seen = acted.any(axis=1)
    x = np.where(seen, acted.sum(axis=1) - 1, 0)
    return x.astype(float), np.where(seen, last - first, 0).astype(float), np.where(seen, width - 1 - first, 0.0)


def _masks(known: Known) -> ir.Table:
    """``party_id`` and the closed months in which they acted, bit k − 1 for k months back: made once a month."""

    def make() -> ir.Table:
        closed = known.closed.by_party
        listed = closed.curve_transactions.split(",")
        bits = (
            ibis.ifelse(listed[CURVE - 1 - back].try_cast("int64").coalesce(0) > 0, 2 ** (back - 1), 0).cast("int64")
            for back in range(1, CURVE)
        )
        return closed.select("party_id", acted=add_up(bits))

    return known.frames.past.of_closed(known.closed, "acting", make)


def _months_of(masks: NDArray[np.int64]) -> Bools:
    """The closed months of each mask, the oldest first, shape (n, 23)."""
    bits = np.arange(CURVE - 2, -1, -1)
    return (masks[:, None] >> bits & 1).astype(bool)


@dataclass(frozen=True)
class Standing:
    """Customers who were seen to act and are still here, in the order of their branches' paths, so that a branch with
    all below it is a slice. ``alive`` and ``ahead`` are NaN where no model tells them; ``back``: months since.
    """

    rows: pa.Table
    paths: NDArray[np.str_]
    alive: Floats
    ahead: Floats
    acted: Floats
    back: NDArray[np.int64]

    def below(self, path: str) -> Standing:
        """Only the customers of the branch with this path, and of all below it."""
        part = by_branch.below(self.paths, path)
        return Standing(
            self.rows.slice(part.start, part.stop - part.start),
            self.paths[part],
            self.alive[part],
            self.ahead[part],
            self.acted[part],
            self.back[part],
        )


def standing(known: Known, learned: Mapping[str, Any]) -> Standing:
    """Where each customer stands who is still here by the books."""
    f = known.figures
    here = f.filter(f.left_on.isnull() & (f.product_count.coalesce(0) > 0))
    here = here.select("party_id", "org_id", tier=here.tier.coalesce(codes.TIER_ORDER[0]), aum=here.aum.coalesce(0))
    masks = _masks(known)
    rows = known.rows(here.inner_join(masks.filter(masks.acted > 0), "party_id").order_by("party_id")).combine_chunks()
    rows, paths = by_branch.in_order(rows, known.branches)
    masked, which = np.unique(rows["acted"].to_numpy(), return_inverse=True)
    all_months = _months_of(masked)
    x, t_x, n = record(all_months[:, learned["months"]])
    alive, ahead = np.full(len(masked), np.nan), np.full(len(masked), np.nan)
    if "bg_bb" in learned["models"] and (n > 0).any():
        model, known_long = BGBB.from_dict(learned["models"]["bg_bb"]), n > 0
        own = (x[known_long], t_x[known_long], n[known_long])
        alive[known_long] = model.probability_alive(*own)
        ahead[known_long] = model.conditional_expected_purchases(AHEAD, *own)
    back = np.argmax(all_months[:, ::-1], axis=1) + 1
    return Standing(rows, paths, alive[which], ahead[which], x[which] + 1, back[which])


def _may_name(learned: Mapping[str, Any]) -> bool:
    """Nobody is named on the word of a model that failed its check, or was never put to one."""
    return bool(learned["models"]) and learned["check"] is not None and learned["check"]["verdict"] != "off"


def of_bank(where: Standing, learned: Mapping[str, Any]) -> Iterator[Section]:
    """The headline, how sure it is who is still there, and the check."""
    yield _now(where, learned)
    if not learned["models"]:
        return
    told = where.alive[~np.isnan(where.alive)]
    count, _ = np.histogram(told, np.linspace(0, 1, 11))
    tenths = [f"{low}–{low + 10} %" for low in range(0, 100, 10)]
    yield Curve("alive_spread", Unit.TEXT, tenths, Unit.COUNT, [Line("customers", count.tolist())], shape="bars")
    yield drawn("acting_check", learned["check"], {})


def drawn(code: str, check: Mapping[str, Any] | None, others: Mapping[str, Mapping[str, Any]]) -> Section:
    """A check as a curve by class of frequency, foretold beside actual, with what it comes to in words.

    ``others`` are checks of other models on the same customers, by their code.
    """
    if check is None:
        return Figures(code, (), Verdict("not_checked", tone="warn"))
    lines = [Line("actual", check["actual"]), Line("foretold", check["foretold"])]
    lines += [Line(name, each["foretold"]) for name, each in others.items() if each["label"] == check["label"]]
    verdict = Verdict(f"check_{check['verdict']}", _numbers(check), "warn" if check["verdict"] == "off" else "")
    return Curve(code, Unit.TEXT, check["label"], Unit.NUMBER, lines, verdict)


def _numbers(check: Mapping[str, Any]) -> dict[str, tuple[Unit, Cell]]:
    return {
        "foretold": (Unit.COUNT, round(check["total_foretold"])),
        "actual": (Unit.COUNT, round(check["total_actual"])),
        "error": (Unit.SHARE, check["error"]),
    }


def of_branches(known: Known, where: Standing, learned: Mapping[str, Any]) -> Iterator[tuple[str, Section]]:
    """Each branch's headline and, by name, the customers who have probably fallen silent."""
    only = len(known.branches) == 1
    for org, path in known.branches.items():
        mine = where if only else where.below(path)
        if (org == known.bank and not only) or not mine.rows.num_rows:
            continue
        if not only:
            yield org, _now(mine, learned)
        if learned["models"]:
            yield org, _silent(mine, learned, known.frames.past.window.open_month)


def _now(where: Standing, learned: Mapping[str, Any]) -> Figures:
    lately = int((where.back <= _LATELY).sum())
    seen = {"n": (Unit.COUNT, len(where.back)), "lately": (Unit.COUNT, lately)}
    plain = [Figure("seen_acting", Unit.COUNT, len(where.back)), Figure("acted_lately", Unit.COUNT, lately)]
    if not learned["models"]:
        code = "silence_cannot_tell" if learned["refused"] == "cannot_tell" else "silence_too_little"
        return Figures("now", plain, Verdict(code, seen, "warn"))
    told = ~np.isnan(where.alive)
    silent = int((where.alive[told] < SILENT).sum())
    figures = [
        *plain,
        Figure("silent", Unit.COUNT, silent),
        Figure("alive_mean", Unit.SHARE, float(where.alive[told].mean()) if told.any() else None),
        Figure("months_ahead", Unit.NUMBER, float(where.ahead[told].mean()) if told.any() else None),
    ]
    code = "silence_told" if _may_name(learned) else "silence_unchecked"
    numbers: dict[str, tuple[Unit, Cell]] = {**seen, "silent": (Unit.COUNT, silent)}
    return Figures("now", figures, Verdict(code, numbers, "" if code == "silence_told" else "warn"))


def _silent(where: Standing, learned: Mapping[str, Any], open_month: int) -> Section:
    if not _may_name(learned):
        return Figures("silent_customers", (), Verdict("silent_withheld", tone="warn"))
    gone = np.flatnonzero(where.alive < SILENT)
    aum = where.rows["aum"].to_numpy()
    first = gone[np.argsort(-aum[gone], kind="stable")][:MOST]
    rows: list[list[Cell]] = []
    for at, row in zip(first, where.rows.take(pa.array(first, pa.int64())).to_pylist(), strict=True):
        last = months.label(open_month - int(where.back[at]))
        rows.append(
            [row["party_id"], row["tier"], row["aum"], int(where.acted[at]), last, where.alive[at], where.ahead[at]]
        )
    columns = [
        ("customer", Unit.PARTY), ("tier", Unit.TIER), ("aum", Unit.MONEY), ("acted_months", Unit.COUNT),
        ("last_acted", Unit.MONTH), ("alive", Unit.SHARE), ("months_ahead", Unit.NUMBER),
    ]  # fmt: skip
    if not rows:
        return Grid("silent_customers", columns, rows, Verdict("nobody_silent"))
    numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, len(rows)), "all": (Unit.COUNT, len(gone))}
    return Grid("silent_customers", columns, rows, Verdict("silent_listed", numbers))
