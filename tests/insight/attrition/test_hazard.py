from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray
from scipy.special import logit
from scipy.stats import spearmanr

from tenure.errors import InputError
from tenure.insight.attrition.challenge import challenge
from tenure.insight.attrition.hazard import SETTINGS, AttritionModel
from tenure.insight.attrition.periods import customers_of, expand, read_panel, sampled
from tenure.insight.inputs import TooLittleData

from .worlds import FIRST, bank, known_at

QUICK = replace(SETTINGS, rounds=40)
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


def test_learnt_with_those_who_left_the_hazard_is_right_and_learnt_from_who_stayed_it_is_not() -> None:
    """Pitfall 5: of those who left, a bank has purged two in three. A model learnt with all states the truth of a new
    cohort and of who has been here for two years, though these stay longer; one learnt from the rest states too little.
    """
    table, hazard = bank(4000, 30, seed=5)
    gone = table.filter(table["lead"].is_valid())
    left = sorted(set(gone["party_id"].to_pylist()))
    purged = pa.array([who for n, who in enumerate(left) if n % 3])
    kept = table.filter(pc.invert(pc.is_in(table["party_id"], purged)))
    month = table["month"].to_numpy()
    cohorts = {name: month == at for name, at in (("new", FIRST), ("old", FIRST + 24))}
    true = {name: (1 - (1 - hazard[at]) ** 12).mean() for name, at in cohorts.items()}
    assert true["old"] < 0.92 * true["new"], "who is here today stays longer than a new cohort"
    everyone, survivors = (AttritionModel(12, settings=QUICK).fit(rows) for rows in (table, kept))
    for name, at in cohorts.items():
        rows = table.filter(pa.array(at))
        assert everyone.probability(rows).mean() == pytest.approx(true[name], rel=0.15), name
        assert survivors.probability(rows).mean() < 0.6 * true[name], name


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


def test_a_challenger_made_by_the_champions_own_procedure_at_the_contests_landmark_is_the_champion_again(
    world: World,
) -> None:
    """Both enter as they would have stood at the landmark: three months old, the champion is its own challenger."""
    table, _ = world
    champion = AttritionModel(12, settings=QUICK).fit(known_at(table, FIRST + 27))
    even = challenge(champion, champion, table)
    assert (even.landmark, even.winner) == (FIRST + 27, "champion")
    assert even.auc_gain.value == even.log_loss_gain.value == even.brier_gain.value == 0


def test_in_a_world_that_stands_still_an_older_champion_wins_as_often_as_it_loses() -> None:
    gains = []
    for seed in range(6):
        table, _ = bank(1000, 30, seed=100 + seed)
        champion = AttritionModel(12, settings=replace(SETTINGS, rounds=20)).fit(known_at(table, FIRST + 25))
        found = challenge(champion, champion, table)
        gains.append(found.log_loss_gain.value)
        assert found.winner == "champion", "a gain of chance is none"
    assert min(gains) < 0 < max(gains)
    assert abs(np.mean(gains)) < 2.5 * np.std(gains, ddof=1) / np.sqrt(len(gains))


def test_a_challenger_that_means_what_it_says_wins_though_both_rank_alike(model: AttritionModel, world: World) -> None:
    """The champion's trees took so small steps that they know the order and hardly any of the distances."""
    table, _ = world
    timid = AttritionModel(12, settings=replace(QUICK, learning_rate=0.002)).fit(table)
    found = challenge(timid, model, table)
    assert not found.auc_gain.excludes() and found.log_loss_gain.low > 0
    assert found.winner == "challenger" and challenge(model, timid, table).winner == "champion"


def test_a_model_is_not_judged_on_months_its_trees_have_seen(model: AttritionModel, world: World) -> None:
    with pytest.raises(TooLittleData, match="has seen months"):
        model.recalibrated(world[0], until=FIRST + 5)


def test_a_recalibrated_model_keeps_its_trees_and_takes_the_level_of_the_newest_months() -> None:
    """Twice as many leave from month 24 on: order and reasons stay, the level follows."""
    table, hazard = bank(4000, 24, seed=9)
    model = AttritionModel(12, settings=QUICK).fit(table)
    random = np.random.default_rng(1)
    now = np.flatnonzero(table["month"].to_numpy() == FIRST + 23)
    lead = random.geometric(np.minimum(2 * hazard[now], 1)).astype(float)
    here, rows = np.arange(len(now)), []
    for m in range(6):  # the six months after the panel's end, of those still there
        here = here[lead[here] > m]
        part = table.take(now[here]).set_column(1, "month", pa.array(np.full(len(here), FIRST + 24 + m)))
        ahead = lead[here] - m
        part = part.set_column(2, "lead", pa.array(ahead, mask=ahead > 6 - m))
        rows.append(part.set_column(3, "seen", pa.array(np.full(len(here), 6 - m))))
    later = pa.concat_tables(rows)
    fresh = model.recalibrated(later)
    still = table.take(now)
    truth = (1 - (1 - 2 * hazard[now]) ** 6).mean()
    assert fresh.probability(still, 6).mean() == pytest.approx(truth, rel=0.2)
    assert model.probability(still, 6).mean() < 0.7 * truth, "the model itself is left as it was"
    assert spearmanr(fresh.probability(still, 6), model.probability(still, 6))[0] > 0.999
    card = fresh.card()
    assert card["learnt_until"] == model.card()["learnt_until"] and card["calibration"]["until"] == FIRST + 30
    assert card["newest_landmark"] == FIRST + 29


def test_what_was_said_is_held_against_what_came_on_windows_the_trees_have_not_seen(
    model: AttritionModel, world: World
) -> None:
    found = {each["months"]: each for each in model.watched(world[0]).card()["since"]}
    assert set(found) == {3}, "of six months ago the trees have seen the months after"
    (three,) = found.values()
    assert three["landmark"] == FIRST + 27 and three["low"] < three["said"] < three["high"]
    assert three["slope_low"] < 1 < three["slope_high"]
    older = AttritionModel(12, settings=QUICK).fit(known_at(world[0], FIRST + 27))
    assert {each["months"] for each in older.watched(world[0]).card()["since"]} == {3, 6}


def test_a_row_exactly_at_a_split_falls_as_it_fell_at_training() -> None:
    """Single precision rounds the middle of 1 + 1u and 1 + 2u to the latter, so training saw it to the right of the
    split that lies exactly there; in double precision it would fall to the left."""
    table, _ = bank(2000, 24, seed=4)
    unit = 2.0**-23
    poor = np.asarray(table["risk"].to_numpy() > 0.5)
    edge = np.where(poor, 1 + 1.5 * unit, 1 + unit)
    rows = table.select(["party_id", "month", "lead", "seen"]).append_column("edge", pa.array(edge))
    model = AttritionModel(6, settings=QUICK).fit(rows)
    stated = model.probability(rows, 6)
    assert stated[poor].mean() > 1.5 * stated[~poor].mean()
    parts, rest = model.contributions(rows)
    assert np.allclose(parts.sum(axis=1) + rest, logit(model.hazard(rows)[:, 0]), atol=1e-9)


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


def test_the_score_is_watched_for_drift_as_the_features_are(model: AttritionModel, newest: World) -> None:
    rows, _ = newest
    likely = np.argsort(-model.probability(rows, 3), kind="stable")[: rows.num_rows // 3]
    score = {each.feature: each for each in model.drift(rows.take(likely))}["score"]
    assert score.band == "major" and {each.feature for each in model.drift(rows)} == {*model.features, "score"}


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


def test_customers_of_no_rows_are_none() -> None:
    """Nobody was lost in the months that a model is set right on: too little to say, and no reason to fail."""
    assert len(customers_of(pa.table({"party_id": pa.chunked_array([], pa.string())}))) == 0
