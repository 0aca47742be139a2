"""How wide a value's interval is: against banks whose next year is drawn as the last was."""

from __future__ import annotations

import numpy as np
import pytest

from insight import tables
from tenure.insight import value

#: Five tiers of equal margins, of which each moves by its own chance.
TIERS = 5
MONTHS = 4


def test_the_error_of_the_level_is_that_of_its_losses_and_of_how_far_it_was_off() -> None:
    assert value.hazard_error(25, 0.1).used == pytest.approx(0.2)
    found = value.hazard_error(25, 0.1, observed=0.13, stated=0.10)
    assert found.used == pytest.approx(np.hypot(0.2, 0.3)) and found.basis == "measured"
    assert value.hazard_error(10_000, 0.2).used == 0.2 and value.hazard_error(10_000, 0.2).basis == "floor"
    assert value.hazard_error(0, 0.2).basis == "assumed"


def test_the_error_of_margins_is_how_far_those_of_tiers_moved() -> None:
    found = value.margin_error([100.0] * 3, [130.0, 70.0, 130.0], 0.15)
    assert found.used == pytest.approx(0.3 * 3.182446 / 1.959964, rel=1e-5)  # Student's t with three degrees
    assert value.margin_error([100.0, 100.0, -5.0], [130.0, 70.0, 5.0], 0.15).basis == "assumed"
    assert value.margin_error([100.0] * 5, [101.0] * 5, 0.15).used == 0.15


def test_a_year_like_the_last_is_held_though_the_setting_alone_would_miss_it() -> None:
    """Each tier's margin moves by a chance of its own, next year by as much as last year: 400 banks."""
    rng = np.random.default_rng(11)
    measured, settings, sims = 0, 0, 400
    for _ in range(sims):
        last, coming = rng.normal(1, 0.4, (2, TIERS))
        measured += abs(coming[0] - 1) <= 1.96 * value.margin_error([1.0] * TIERS, last, 0.15).used
        settings += abs(coming[0] - 1) <= 1.96 * 0.15
    assert settings / sims < 0.7
    assert 0.92 <= measured / sims <= 0.98


def test_a_level_that_rests_on_few_losses_is_held_as_often_as_it_says() -> None:
    """Banks whose losses of last year are Poisson about 10, a constant hazard, margins that stay: the value is
    wrong by the level alone. The setting alone holds the truth of three in four."""
    rng = np.random.default_rng(5)
    hazard, expected = 0.05, 10
    truth = 1e6 / 12 * sum((1 - hazard) ** k for k in range(1, MONTHS + 1))
    seen, often = np.unique(np.maximum(rng.poisson(expected, 2_000), 1), return_counts=True)
    held = {"measured": 0, "settings": 0}
    for losses, count in zip(seen.tolist(), often.tolist(), strict=True):
        for name, error in (("measured", value.hazard_error(losses, 0.2).used), ("settings", 0.2)):
            found = _annuity(hazard * losses / expected, error)
            held[name] += count * (found["low"] <= truth <= found["high"])
    assert held["settings"] / 2_000 < 0.8
    assert 0.92 <= held["measured"] / 2_000 <= 0.985


def _annuity(hazard: float, error: float) -> dict[str, int]:
    """What one a year is worth to who leaves with a constant hazard, in millionths, with its interval."""
    set_ = value.load(override={"horizon_months": MONTHS, "discount_rate": 0.0, "hazard_error": error})
    curve = tables.values(party_id=["P"], **{f"s_{k}": [(1 - hazard) ** k] for k in range(1, MONTHS + 1)})
    return tables.rows(value.annuities(curve, set_))["P"]
