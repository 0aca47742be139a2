"""Hillstrom's e-mail test: 64,000 customers, drawn by lot to get women's mail, men's mail or none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import csv

from tenure.insight.effects import Trees, UpliftModel, compared, effect, policy_value, qini

pytestmark = pytest.mark.real

KNOWN = ["recency", "history", "mens", "womens", "newbie", "zip_code", "channel"]


@pytest.fixture(scope="module")
def mails(real_data: Path) -> pa.Table:
    path = real_data / "hillstrom" / "hillstrom.csv.gz"
    if not path.exists():
        pytest.skip("hillstrom.csv.gz is not there")
    return csv.read_csv(path)


def _arms(mails: pa.Table, segment: str) -> tuple[pa.Table, np.ndarray]:
    kept = mails.filter(pc.is_in(mails["segment"], value_set=pa.array([segment, "No E-Mail"])))
    return kept, pc.equal(kept["segment"], segment).to_numpy()


@pytest.fixture(scope="module")
def women(mails: pa.Table) -> tuple[pa.Table, np.ndarray]:
    return _arms(mails, "Womens E-Mail")


@pytest.fixture(scope="module")
def model(women: tuple[pa.Table, np.ndarray]) -> UpliftModel:
    """A mail costs 0.04 visits: what makes mailing everybody about as good as mailing nobody."""
    table, mailed = women
    return UpliftModel(cost=0.04).fit(table.select(KNOWN), mailed, table["visit"])


@pytest.mark.parametrize(
    ("segment", "outcome", "published", "low", "high"),
    [
        ("Womens E-Mail", "visit", 0.0452, 0.0389, 0.0516),
        ("Mens E-Mail", "visit", 0.0766, 0.0700, 0.0832),
        ("Womens E-Mail", "conversion", 0.0031, None, None),
        ("Mens E-Mail", "conversion", 0.0068, None, None),
    ],
)
def test_the_mails_did_what_is_known_of_them(
    mails: pa.Table, segment: str, outcome: str, published: float, low: float | None, high: float | None
) -> None:
    table, mailed = _arms(mails, segment)
    found = effect(table[outcome], mailed)
    assert found.verdict == "helped"
    assert found.estimate.value == pytest.approx(published, abs=6e-5)
    if low is not None:
        assert (found.estimate.low, found.estimate.high) == pytest.approx((low, high), abs=6e-5)
    adjusted = effect(table[outcome], mailed, table.select(KNOWN))
    assert adjusted.variance_removed > 0 or outcome == "conversion"
    assert adjusted.estimate.low < published < adjusted.estimate.high


def test_visits_without_mail_and_with_each(mails: pa.Table) -> None:
    rates = {}
    for segment in ("Womens E-Mail", "Mens E-Mail"):
        table, mailed = _arms(mails, segment)
        found = effect(table["visit"], mailed)
        rates |= {"none": found.control_mean, segment: found.treated_mean}
    assert rates == pytest.approx({"none": 0.10617, "Womens E-Mail": 0.15140, "Mens E-Mail": 0.18276}, abs=6e-6)


def test_two_parts_of_those_without_mail_do_not_differ(women: tuple[pa.Table, np.ndarray]) -> None:
    """A null campaign made of real customers."""
    table, mailed = women
    control = table.filter(pa.array(~mailed))
    half = np.random.default_rng(1).random(control.num_rows) < 0.5
    assert effect(control["visit"], half, control.select(KNOWN)).verdict == "no_difference_found"
    null = UpliftModel(folds=3).fit(control.select(KNOWN), half, control["visit"])
    assert null.verdict_ == "no_targeting"
    assert not null.evaluation_.ranking.qini.excludes(0)


def test_the_held_out_qini_of_the_womens_mail(women: tuple[pa.Table, np.ndarray]) -> None:
    """Two-model boosting, half held out, ten splits: .0033 ± .0006, by Radcliffe's counts per customer."""
    table, mailed = women
    visit = table["visit"].to_numpy()
    found = []
    for seed in range(10):
        lots = np.random.default_rng(seed)
        into = lots.random(len(visit)) < 0.5
        fitted = UpliftModel(folds=2, trees=Trees(rounds=40)).fit(
            table.filter(pa.array(into)).select(KNOWN), mailed[into], visit[into]
        )
        score = fitted.uplift(table.filter(pa.array(~into)).select(KNOWN))
        found.append(qini(score, visit[~into], mailed[~into]).radcliffe.value)
    assert np.mean(found) == pytest.approx(0.0033, abs=0.0006)
    assert np.std(found) < 0.0009


def test_a_ranking_by_likely_visit_or_by_lot_is_worth_far_less(
    women: tuple[pa.Table, np.ndarray], model: UpliftModel
) -> None:
    """In ratio to the uplift model's: likely visitors .27, chance .11, within wide spreads (pitfall 10)."""
    table, mailed = women
    visit = table["visit"].to_numpy()
    ours = model.evaluation_.ranking.qini
    by_lot = qini(np.random.default_rng(0).random(len(visit)), visit, mailed).qini
    assert ours.low > 0 and not by_lot.excludes(0)
    visitors = qini(_likely_visitors(table, mailed, visit, model), visit, mailed, fold=model.fold_).qini
    assert visitors.value < 0.5 * ours.value


def test_the_top_half_by_uplift_earns_more_than_the_likely_visitors_or_everybody(
    women: tuple[pa.Table, np.ndarray], model: UpliftModel
) -> None:
    """Section 3, pitfall 9: .12305 a head by uplift, .11158 by likely visit, .11141 everybody; pair .0115 ± .0020."""
    table, mailed = women
    visit = table["visit"].to_numpy()
    by_uplift = _top_half(model.uplift_, model.fold_)
    by_visit = _top_half(_likely_visitors(table, mailed, visit, model), model.fold_)
    one = policy_value(by_uplift, model.arms_, cost=0.04)
    other = policy_value(by_visit, model.arms_, cost=0.04)
    assert one.value.value == pytest.approx(0.12305, abs=0.002)
    assert other.value.value == pytest.approx(0.11158, abs=0.002)
    assert one.treat_all.value == pytest.approx(0.11141, abs=0.0005)
    pair = compared(by_uplift, by_visit, model.arms_, cost=0.04)
    assert pair.value == pytest.approx(0.0115, abs=0.0025)
    assert pair.low > 0
    assert (pair.high - pair.low) / 3.92 == pytest.approx(0.0020, abs=0.0004)


def test_the_womens_mail_may_be_targeted_and_the_mens_may_not(mails: pa.Table, model: UpliftModel) -> None:
    """The men's mail moves everybody alike: no rule beats mailing all."""
    assert model.verdict_ == "target"
    table, mailed = _arms(mails, "Mens E-Mail")
    men = UpliftModel(cost=0.04).fit(table.select(KNOWN), mailed, table["visit"])
    assert (men.verdict_, men.evaluation_.otherwise) == ("no_targeting", "treat_all")
    assert not men.evaluation_.ranking.qini.excludes(0)


@pytest.mark.parametrize("kind", ["two_model", "class_transformation"])
def test_without_a_cost_everybody_gets_the_mail(women: tuple[pa.Table, np.ndarray], kind: str) -> None:
    table, mailed = women
    free = UpliftModel(kind).fit(table.select(KNOWN), mailed, table["visit"])  # type: ignore[arg-type]
    assert (free.verdict_, free.evaluation_.otherwise) == ("no_targeting", "treat_all")
    assert free.evaluation_.ranking.qini.low > 0


def _top_half(score: np.ndarray, fold: np.ndarray) -> np.ndarray:
    chosen = np.zeros(len(score))
    for each in np.unique(fold):
        here = fold == each
        chosen[here] = score[here] > np.median(score[here])
    return chosen


def _likely_visitors(table: pa.Table, mailed: np.ndarray, visit: np.ndarray, model: UpliftModel) -> np.ndarray:
    """Who visits anyway, by a model that does not know of the mail, cross-fitted on the same folds."""
    x = model.encoding_.apply(table.select(KNOWN))
    score = np.empty(len(visit))
    for each in range(model.folds):
        out = model.fold_ == each
        score[out] = model.trees.fit(x[~out], visit[~out].astype(float)).predict(x[out])
    return score
