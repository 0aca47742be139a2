"""Purchases of investments: who will buy again, how often, and for how much.

Pareto/NBD leads, since customers leave silently; BG/NBD stands beside it in the check, and in its place where
Pareto/NBD finds no parameters. Gamma–Gamma says what a purchase amounts to. Days with a purchase are the purchases;
the clock starts with the first day seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.contracts.findings import Cell, Figure, Figures, Section, Unit, Verdict
from tenure.insight import months
from tenure.insight.exact import converted, total
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import LEVEL
from tenure.insight.lifetime import BGNBD, DidNotConverge, GammaGamma, ParetoNBD, held_out
from tenure.insight.lifetime.delta_method import around
from tenure.insight.lifetime.purchases import distinct
from tenure.insight.months import CURVE
from tenure.nightly.topics import acting

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.insight.lifetime import HeldOut
    from tenure.nightly.topics import Known

    Floats = NDArray[np.float64]

#: What is bought, of the kinds of transaction.
KIND = "investment_buy"
#: Days a period of the models has, and how many periods are foretold: a year.
WEEK, YEAR = 7, 52
#: A parameter whose standard error is so many times itself is not determined, whatever the climb says.
_UNKNOWN = 3.0
#: Buyers a model is fitted on at most: every so manyth by customer number.
_SAMPLE = 40_000
_MODELS: Mapping[str, type[ParetoNBD] | type[BGNBD]] = {"pareto_nbd": ParetoNBD, "bg_nbd": BGNBD}


@dataclass(frozen=True)
class Buyers:
    """Repeat purchase days x, weeks to the last t_x and watched T, amount a purchase day in minor units, shape (n,)."""

    x: Floats
    t_x: Floats
    T: Floats
    amount: Floats

    def sample(self) -> Buyers:
        """Every so manyth, so that a fit takes no longer in a large bank."""
        step = -(-len(self.x) // _SAMPLE) or 1
        return Buyers(*(each[::step] for each in (self.x, self.t_x, self.T, self.amount)))


def learn(known: Known) -> dict[str, Any]:
    """The models, what they foretell for a year, and their checks, as plain values; ``refused`` where there is none."""
    window = known.frames.past.window
    first = window.month(CURVE - 1)
    end, middle = months.first_day(window.open_month), months.first_day(window.open_month - acting.AHEAD)
    rows = known.rows(_bought(known, first, end, middle).order_by("party_id"))
    found: dict[str, Any] = {"models": {}, "checks": {}, "buyers": rows.num_rows}
    buyers = _buyers(rows, "", end)
    for name, kind in _MODELS.items():
        try:
            found["models"][name] = _fitted(kind, buyers).as_dict()
            found["checks"][name] = acting.checked(_check(kind, rows, middle, end))
        except TooLittleData:
            if name not in found["models"]:
                found["refused"] = "too_little_data"
        except DidNotConverge:
            if name not in found["models"]:
                found["refused"] = "cannot_tell"
    lead = next((name for name in _MODELS if name in found["models"]), None)
    if lead:
        found |= {"lead": lead, **_ahead(_MODELS[lead].from_dict(found["models"][lead]), buyers, found["models"])}
    return found


def _bought(known: Known, first: int, end: date, middle: date) -> ir.Table:
    """A row a buyer: first and last day of purchase, days with one and what was paid; ``early_…`` up to ``middle``.

    A purchase booked on both sides counts once: the larger of what went out and what came in that day.
    """
    t = known.source("transaction")
    on = t.booked_at.date()
    t = t.filter((t.kind == KIND) & (on >= months.first_day(first)) & (on < end)).mutate(day=on)
    t = t.inner_join(known.accounts.select("account_id", "party_id", "factor"), "account_id")
    t = t.mutate(amount=converted(t.amount, t.factor))
    days = t.group_by("party_id", "day").aggregate(
        out=total(-t.amount, t.amount < 0), into=total(t.amount, t.amount > 0)
    )
    days = days.mutate(paid=ibis.greatest(days.out, days.into), early=days.day < middle)
    return days.group_by("party_id").aggregate(
        first=days.day.min(),
        last=days.day.max(),
        days=days.count(),
        paid=total(days.paid),
        early_last=days.day.max(where=days.early),
        early_days=days.count(where=days.early),
    )


def _buyers(rows: Any, part: str, end: date) -> Buyers:
    """The rows as the models want them, watched until the day ``end`` begins.

    A purchase falls within its day, at its middle on average: with half a day taken off T, whole days bias nothing.
    """
    first, last = (rows[name].to_numpy().astype("datetime64[D]") for name in ("first", f"{part}last"))
    days, paid = (rows[name].to_numpy().astype(np.float64) for name in (f"{part}days", "paid"))
    watched = (np.datetime64(end, "D") - first).astype(np.float64) - 0.5
    between = (last - first).astype(np.float64)
    return Buyers(days - 1, between / WEEK, watched / WEEK, paid / np.maximum(days, 1))


def _fitted(kind: type[ParetoNBD] | type[BGNBD], buyers: Buyers) -> ParetoNBD | BGNBD:
    own = buyers.sample()
    model = kind().fit(own.x, own.t_x, own.T)
    if (np.sqrt(np.diag(model.log_covariance_)) > _UNKNOWN).any():
        raise DidNotConverge(f"these buyers do not determine {', '.join(model.letters)}")
    return model


def _check(kind: type[ParetoNBD] | type[BGNBD], rows: Any, middle: date, end: date) -> HeldOut:
    """The last year foretold from what was bought before it."""
    early = rows.filter(np.asarray(rows["early_days"].to_numpy() > 0))
    if not early.num_rows:
        raise TooLittleData("nobody bought before the last year")
    before = _buyers(early, "early_", middle)
    model = _fitted(kind, before)
    weeks = (end - middle).days / WEEK
    ahead = model.conditional_expected_purchases(weeks, before.x, before.t_x, before.T)
    return held_out(before.x, ahead, early["days"].to_numpy() - early["early_days"].to_numpy())


def _ahead(model: ParetoNBD | BGNBD, buyers: Buyers, models: dict[str, Any]) -> dict[str, Any]:
    """Days with a purchase in a year and what they amount to, with intervals for the parameters' uncertainty."""
    x, t_x, T, which = distinct(buyers.x, buyers.t_x, buyers.T)  # noqa: N806 the papers' letter
    count = np.bincount(which, minlength=len(x)).astype(np.float64)

    def bought(weight: Floats) -> tuple[float, float, float]:
        def value(theta: Floats) -> Floats:
            at = type(model).with_params(**dict(zip(model.letters, theta.tolist(), strict=True)))
            return np.array([weight @ at.conditional_expected_purchases(YEAR, x, t_x, T)])

        ends = around(value, model._theta(), model.log_covariance_, LEVEL)
        return float(ends[0][0]), float(ends[1][0]), float(ends[2][0])

    found: dict[str, Any] = {"purchases": bought(count)}
    if isinstance(model, ParetoNBD):  # BG/NBD takes everybody without a repeat for alive
        found["alive"] = float(count @ model.probability_alive(x, t_x, T) / count.sum())
    try:
        some = buyers.sample()
        spending = GammaGamma().fit(some.x + 1, np.maximum(some.amount, 1))
    except (TooLittleData, DidNotConverge):
        return {**found, "amount_refused": "amount_cannot_tell"}
    models["gamma_gamma"] = spending.as_dict()
    doubts = [each.code for each in spending.cautions_]
    if doubts:
        return {**found, "amount_refused": doubts[0]}
    days, each = buyers.x + 1, np.maximum(buyers.amount, 1)
    spend = spending.expected_spend(days, each)
    whole, low, high = bought(np.bincount(which, weights=spend, minlength=len(x)).astype(np.float64))
    ahead = model.conditional_expected_purchases(YEAR, x, t_x, T)[which]

    def spent(theta: Floats) -> Floats:
        at = GammaGamma.with_params(**dict(zip(spending.letters, theta.tolist(), strict=True)))
        return np.array([ahead @ at.expected_spend(days, each)])

    _, lower, upper = around(spent, spending._theta(), spending.log_covariance_, LEVEL)
    # half-widths over logarithms are multiples of standard errors; independent, they add in squares
    wide = float(np.exp(np.hypot(np.log(high / low) / 2, np.log(upper[0] / lower[0]) / 2)))
    return {**found, "amount": [whole, whole / wide, whole * wide], "spend": float(spend.mean())}


def sections(learned: Mapping[str, Any]) -> Iterator[Section]:
    """The headline, then the check of both models."""
    n: tuple[Unit, Cell] = (Unit.COUNT, learned["buyers"])
    if "lead" not in learned:
        code = "buying_cannot_tell" if learned["refused"] == "cannot_tell" else "buying_too_little"
        yield Figures("buying", (), Verdict(code, {"n": n}, "warn"))
        return
    lead, check = learned["lead"], learned["checks"].get(learned["lead"])
    purchases = learned["purchases"]
    figures = [Figure("buyers", Unit.COUNT, learned["buyers"])]
    if check is None or check["verdict"] == "off":
        yield Figures("buying", figures, Verdict("buying_unchecked", {"n": n}, "warn"))
    else:
        if "alive" in learned:
            figures.append(Figure("buyers_alive", Unit.SHARE, learned["alive"]))
        figures.append(Figure("purchases_ahead", Unit.COUNT, *map(round, purchases)))
        if "amount" in learned:
            figures.append(Figure("amount_ahead", Unit.MONEY, *map(round, learned["amount"])))
            figures.append(Figure("spend", Unit.MONEY, round(learned["spend"])))
        numbers: dict[str, tuple[Unit, Cell]] = {
            "n": n, "purchases": (Unit.COUNT, round(purchases[0])), "model": (Unit.CODE, lead),
            "low": (Unit.COUNT, round(purchases[1])), "high": (Unit.COUNT, round(purchases[2])),
        }  # fmt: skip
        yield Figures("buying", figures, Verdict("buying_told" if lead == "pareto_nbd" else "buying_bg_nbd", numbers))
        if "amount_refused" in learned:
            yield Figures("buying_amount", (), Verdict(learned["amount_refused"], tone="warn"))
    others = {name: each for name, each in learned["checks"].items() if name != lead}
    yield acting.drawn("buying_check", check, others)
