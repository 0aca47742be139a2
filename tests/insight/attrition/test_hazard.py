from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.special import logit
from scipy.stats import spearmanr

from tenure.errors import InputError
from tenure.insight.attrition.challenge import challenge
from tenure.insight.attrition.hazard import AttritionModel
from tenure.insight.attrition.periods import expand, read_panel, sampled
from tenure.insight.inputs import TooLittleData

from .worlds import FIRST, bank

World = tuple[pa.Table, NDArray[np.float64]]


@pytest.fixture(scope="module")
def world() -> World:
    return bank()


@pytest.fixture(scope="module")
def model(world: World) -> AttritionModel:
    return AttritionModel(12, reason_codes={"risk": "rate_gap"}).fit(world[0])


@pytest.fixture(scope="module")
def newest(world: World) -> World:
    table, hazard = world
    now = table["month"].to_numpy() == FIRST + 29
    return table.filter(pa.array(now)), hazard[now]


def test_the_true_hazard_of_a_simulated_bank_is_recovered(model: AttritionModel, newest: World) -> None:
    rows, truth = newest
    stated = model.probability(rows, 12)
    true = 1 - (1 - truth) ** 12
    assert spearmanr(stated, true)[0] > 0.85
    assert stated.mean() == pytest.approx(true.mean(), rel=0.2)


def test_survival_falls_from_month_to_month_and_is_one_minus_the_probability(
    model: AttritionModel, newest: World
) -> None:
    rows, _ = newest
    survival = model.survival(rows)
    assert survival.shape == (rows.num_rows, 12)
    assert (np.diff(survival, axis=1) < 0).all() and (survival > 0).all() and (survival < 1).all()
    assert np.allclose(model.probability(rows, 6), 1 - survival[:, 5])


def test_contributions_sum_exactly_to_the_calibrated_log_odds(model: AttritionModel, newest: World) -> None:
    rows, _ = newest
    parts, rest = model.contributions(rows)
    assert np.allclose(parts.sum(axis=1) + rest, logit(model.hazard(rows)[:, 0]), atol=1e-9)


def test_reasons_name_what_drives_the_risk_and_carry_the_banks_codes(model: AttritionModel, newest: World) -> None:
    rows, _ = newest
    reasons = model.reasons(rows, top=3)
    assert reasons.num_rows == 3 * rows.num_rows
    first = reasons.filter(pa.array(reasons["rank"].to_numpy() == 1))
    named = first["code"].to_pylist()
    assert named.count("rate_gap") > len(named) / 2
    assert named.count("noise") < len(named) / 10


def test_out_of_time_figures_beat_chance_and_stay_below_perfect_knowledge(model: AttritionModel, world: World) -> None:
    table, hazard = world
    figures = {each["months"]: each for each in model.card()["figures"]}
    [longest] = [figures[max(figures)]]
    at = table["month"].to_numpy() == longest["landmark"]
    from tenure.insight.attrition.evaluation import evaluate

    left = np.nan_to_num(table["lead"].to_numpy()[at], nan=99) <= longest["months"]
    ceiling = evaluate(left, 1 - (1 - hazard[at]) ** longest["months"]).auc.value
    assert ceiling is not None
    assert ceiling - 0.05 < longest["auc"] <= ceiling + 0.02
    assert longest["ece"] < 0.05 and longest["auc_low"] > 0.6


def test_no_label_reaches_beyond_the_landmark_that_follows_it(world: World) -> None:
    panel = read_panel(world[0])
    learn = expand(panel, 12, until=FIRST + 14)
    correct = expand(panel, 12, after=FIRST + 14, until=FIRST + 20)
    lost = learn.row[learn.lost == 1]
    assert (panel.month[lost] + panel.lead[lost] <= FIRST + 14).all()
    lost = correct.row[correct.lost == 1]
    assert (panel.month[lost] + panel.lead[lost] > FIRST + 14).all()
    assert (panel.month[lost] + panel.lead[lost] <= FIRST + 20).all()


def test_grouped_periods_hold_each_month_at_risk_once(world: World) -> None:
    panel = read_panel(world[0])
    periods = expand(panel, 12)
    assert periods.weight.sum() == np.minimum(np.fmin(panel.lead, panel.seen), 12).sum()
    assert periods.lost.sum() == (panel.lead <= 12).sum()


def test_a_sample_of_those_who_stayed_keeps_the_level_of_the_hazard(world: World) -> None:
    periods = expand(read_panel(world[0]), 12)
    fewer = sampled(periods, 20_000, 7)
    assert len(fewer.row) < len(periods.row) and fewer.lost.sum() == periods.lost.sum()
    rates = [(each.lost * each.weight).sum() / each.weight.sum() for each in (periods, fewer)]
    assert rates[1] == pytest.approx(rates[0], rel=0.02)


def test_those_here_today_stay_longer_than_a_new_cohort_yet_the_hazard_of_both_is_right() -> None:
    """Pitfall 5: heterogeneity makes retention of survivors higher; at risk from the landmark on, neither is biased."""
    table, hazard = bank(4000, 24, seed=5)
    panel = read_panel(table)
    for month in (FIRST, FIRST + 12):
        at = panel.month == month
        kept = 1 - panel.outcome(12)[0][at].mean()
        assert kept == pytest.approx(((1 - hazard[at]) ** 12).mean(), abs=0.025)
    new, old = (1 - panel.outcome(12)[0][panel.month == m].mean() for m in (FIRST, FIRST + 12))
    assert old > new + 0.02


def test_a_saved_model_says_the_same_and_a_second_fit_too(model: AttritionModel, world: World, newest: World) -> None:
    rows, _ = newest
    again = AttritionModel.load(model.save())
    assert np.array_equal(again.hazard(rows), model.hazard(rows))
    assert again.card() == model.card() and again.reasons(rows).equals(model.reasons(rows))
    refitted = AttritionModel(12).fit(world[0])
    assert np.array_equal(refitted.hazard(rows), model.hazard(rows))


def test_a_challenger_wins_only_beyond_the_interval_of_the_difference(model: AttritionModel, world: World) -> None:
    table, _ = world
    blind = AttritionModel(12).fit(table.drop_columns(["risk", "segment"]))
    assert challenge(blind, model, table).winner == "challenger"
    assert challenge(model, blind, table).winner == "champion"
    even = challenge(model, model, table)
    assert even.winner == "champion" and even.auc_gain.value == 0


def test_a_model_is_not_judged_on_months_it_has_seen(model: AttritionModel) -> None:
    with pytest.raises(InputError, match="has seen months"):
        model.blind_to(FIRST + 5)


def test_the_evaluation_by_month_says_which_months_the_model_had_seen(model: AttritionModel, world: World) -> None:
    table, _ = world
    early = table.filter(pa.array(np.isin(table["month"].to_numpy(), [FIRST + 3, FIRST + 15])))
    found = model.evaluate(early)
    assert {(each["landmark"], each["months"]) for each in found} >= {(FIRST + 3, 3), (FIRST + 15, 12)}
    assert not any(each["out_of_time"] for each in found)


def test_the_card_tells_the_window_the_events_and_what_was_left_out(model: AttritionModel) -> None:
    card = model.card()
    assert card["dropped_constant"] == ["same"] and "same" not in card["features"]
    assert card["first_month"] == FIRST and card["last_month"] == FIRST + 30
    assert "Out" not in card["features"] and "AUC" in model.card_markdown()


def test_drift_names_the_feature_that_moved(model: AttritionModel, newest: World) -> None:
    rows, _ = newest
    moved = rows.set_column(rows.column_names.index("balance"), "balance", pa.array(rows["balance"].to_numpy() + 2))
    assert all(each.band == "stable" for each in model.drift(rows))
    first, *rest = model.drift(moved)
    assert (first.feature, first.band) == ("balance", "major") and all(each.psi < 0.1 for each in rest)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda t: t.slice(0, 0), TooLittleData),
        (lambda t: t.slice(0, 100), TooLittleData),
        (lambda t: t.drop_columns(["lead"]), InputError),
        (lambda t: t.set_column(2, "lead", pa.nulls(t.num_rows, pa.float64())), TooLittleData),
        (lambda t: pa.concat_tables([t, t.slice(0, 1)]), InputError),
        (lambda t: t.set_column(2, "lead", pa.array(np.full(t.num_rows, 99.0))), InputError),
        (lambda t: t.select(["party_id", "month", "lead", "seen", "same"]), TooLittleData),
    ],
    ids=["empty", "a hundred rows", "no lead", "nobody lost", "twice", "lost after seen", "constant"],
)
def test_no_model_is_made_of_nothing(world: World, change: object, error: type[InputError]) -> None:
    with pytest.raises(error):
        AttritionModel(12).fit(change(world[0]))  # type: ignore[operator]
