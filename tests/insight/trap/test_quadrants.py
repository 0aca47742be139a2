from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.trap import QUADRANTS, Rules, behaviour, quadrants

from .bank import bank

_NONE = float("nan")


def test_each_customer_stands_where_words_and_deeds_cross() -> None:
    got = quadrants(
        [5, 4, 2, 1, None, 3],
        {"outflow_share": [0.1, 0.5, 0.0, 0.9, 0.9, None], "depth_trend": [1, -1, 0, -2, -2, None]},
    )
    assert got.quadrant == ["loyal_satisfied", "trapped", "loyal_unhappy", "leaving_unhappy", None, None]
    assert got.stated == dict.fromkeys(QUADRANTS, 1)
    assert got.unknown == 1 and got.why_not == "not_asked_for"


def test_the_list_names_the_satisfied_but_leaving_with_what_they_did() -> None:
    got = quadrants(
        [5, 4, 4],
        {
            "leaving_probability": [0.01, 0.02, 0.5],
            "outflow_share": [0.6, 0.1, 0.2],
            "depth_trend": [-2, 0, 0],
            "renewal_share": [0.4, _NONE, _NONE],
        },
    )
    assert [each.row for each in got.trapped] == [0, 2]
    first, second = got.trapped
    assert [(r.code, r.value, r.threshold) for r in first.reasons] == [
        ("outflow_high", 0.6, 0.3),
        ("products_given_up", -2, -1),
        ("deposits_not_renewed", 0.4, 0.5),
    ]
    assert [r.code for r in second.reasons] == ["leaving_probability_high"]
    assert second.reasons[0].threshold == pytest.approx(2 * (0.53 / 3))


def test_one_signal_alone_is_an_ordinary_month_and_a_missing_one_is_none() -> None:
    alone = behaviour({"outflow_share": [0.9, _NONE], "depth_trend": [0, _NONE]})
    assert not alone.leaving.any() and list(alone.known) == [True, False]
    assert behaviour({"outflow_share": [0.9]}, Rules(signals_needed=1)).leaving.all()


def test_silent_customers_are_counted_apart_and_near_what_they_would_have_said() -> None:
    b = bank(1)
    got = quadrants(b.satisfaction, b.customers, b.covariates)
    assert got.predicted is not None
    silent = np.isnan(b.satisfaction)
    truth = quadrants(np.where(silent, b.said, np.nan), b.customers)
    for name in QUADRANTS:
        assert got.predicted.expected[name] == pytest.approx(truth.stated[name], rel=0.12)
    assert sum(got.predicted.expected.values()) == pytest.approx(silent.sum())
    assert sum(got.stated.values()) == (~silent).sum()
    assert got.predicted.auc.low is not None and got.predicted.auc.low > 0.6
    # the answers alone would not have told: those who answer are older, and happier
    share = truth.stated["loyal_satisfied"] / silent.sum()
    assert got.stated["loyal_satisfied"] / (~silent).sum() > 1.1 * share
    assert got.predicted.expected["loyal_satisfied"] / silent.sum() == pytest.approx(share, rel=0.05)


def test_covariates_and_deeds_that_know_nothing_predict_nobody() -> None:
    b = bank(2, planted=0.0)
    noise = {"shoe_size": np.random.default_rng(3).uniform(size=len(b.said))}
    got = quadrants(b.satisfaction, b.customers, noise)
    assert got.predicted is None and got.why_not == "no_better_than_chance"


def test_little_data_gives_counts_and_says_why_there_is_no_prediction() -> None:
    b = bank(4, 100)
    assert quadrants(b.satisfaction, b.customers, b.covariates).why_not == "too_little_data"
    assert quadrants(b.said, b.customers, b.covariates).why_not == "nobody_silent"
    constant = {"age": np.full(6_000, 40.0)}
    assert quadrants(bank(4).satisfaction, bank(4).customers, constant).why_not == "too_little_data"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([None, 1, 2, 3, 4, 5]), st.floats(0, 1), st.integers(-4, 4)), min_size=1))
def test_every_answer_is_in_exactly_one_quadrant(people: list[tuple[int | None, float, int]]) -> None:
    said, outflow, depth = zip(*people, strict=True)
    table = {"outflow_share": outflow, "depth_trend": depth}
    if all(each is None for each in said):
        with pytest.raises(TooLittleData):
            quadrants(list(said), table)
        return
    got = quadrants(list(said), table)
    assert sum(got.stated.values()) == sum(each is not None for each in said)
    assert len(got.trapped) == got.stated["trapped"] and all(each.reasons for each in got.trapped)


def test_any_frame_will_do() -> None:
    b = bank(5, 400)
    assert quadrants(pd.Series(b.satisfaction), pd.DataFrame(b.customers)).stated == (
        quadrants(b.satisfaction, b.customers).stated
    )


def test_bad_input_is_refused() -> None:
    with pytest.raises(InputError, match="none of leaving_probability"):
        behaviour({"age": [1]})
    with pytest.raises(InputError, match="outflow_share, row 1: 30"):
        behaviour({"outflow_share": [30]})
    with pytest.raises(TooLittleData, match="none stands out"):
        behaviour({"leaving_probability": [0, 0]})
    with pytest.raises(InputError, match="signals_needed"):
        behaviour({"outflow_share": [0.1]}, Rules(signals_needed=4))
    with pytest.raises(InputError, match="probability_ratio"):
        behaviour({"outflow_share": [0.1]}, Rules(probability_ratio=0))
    with pytest.raises(InputError, match="satisfaction, row 1: 6"):
        quadrants([6], {"outflow_share": [0.1]})
    with pytest.raises(InputError, match="different lengths"):
        quadrants([5, 5], {"outflow_share": [0.1]})
    with pytest.raises(InputError, match="covariates has 1 rows"):
        quadrants([5, None], {"outflow_share": [0.1, 0.2]}, {"age": [30]})
