"""Effects: time beside the bare computation they rest on, and how often they err or find what is planted.

Run ``python bench/effects.py`` (100,000 customers) or ``--full`` (1,000,000, and five times the simulations). Prints
ratios of times in one run and error rates beside their nominal values; ``--threads`` goes to LightGBM.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from tenure.insight.depth import retention_by_depth
from tenure.insight.effects import Trees, UpliftModel, always_valid, effect, group_sequential
from tenure.insight.profit import ReturnCurve, allocate

SMALL = Trees(rounds=20, leaves=5, least_rows=30)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def trial(n: int, seed: int, moved: bool, columns: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Half the customers are moved by −0.10 … +0.20 as one column says, the others by 0.05; or nobody is."""
    lots = np.random.default_rng(seed)
    x = lots.normal(size=(n, columns))
    treated = lots.random(n) < 0.5
    own = 0.05 + 0.15 * np.tanh(x[:, 0]) * (x[:, 1] > 0) if moved else np.zeros(n)
    chance = 1 / (1 + np.exp(-(-1 + 0.6 * x[:, 2] + 0.4 * x[:, 3])))
    return x, treated, (lots.random(n) < np.clip(chance + own * treated, 0, 1)).astype(float), own


def speed(rows: int, threads: int) -> None:
    import lightgbm

    x, treated, y, _ = trial(rows, 1, True)
    household = np.arange(rows) // 3
    print(f"speed, {rows:,} customers × {x.shape[1]} covariates")
    welch, _ = timed(lambda: stats.ttest_ind(y[treated], y[~treated], equal_var=False))
    lstsq, _ = timed(lambda: np.linalg.lstsq(np.column_stack([np.ones(rows), treated, x, treated[:, None] * x]), y))
    for name, work, base, told in (
        ("difference of means", lambda: effect(y, treated), welch, "scipy ttest_ind"),
        ("adjusted", lambda: effect(y, treated, x), lstsq, "numpy lstsq"),
        ("adjusted, households", lambda: effect(y, treated, x, cluster=household), lstsq, "numpy lstsq"),
    ):
        seconds, _ = timed(work)
        print(f"  {name:24s} {seconds:7.2f} s  {seconds / base:6.1f} × {told}")
    trees = Trees(threads=threads)

    def bare() -> None:
        for arm in (True, False):
            lightgbm.train(
                {
                    "objective": "binary",
                    "num_leaves": 8,
                    "num_threads": threads,
                    "min_data_in_leaf": 40,
                    "verbosity": -1,
                },
                lightgbm.Dataset(x[treated == arm], y[treated == arm]),
                num_boost_round=60,
            )

    base, _ = timed(bare)
    for kind in ("two_model", "class_transformation"):
        seconds, model = timed(lambda kind=kind: UpliftModel(kind, trees=trees).fit(x, treated, y))
        print(
            f"  uplift {kind:17s} {seconds:7.2f} s  {seconds / base:6.1f} × two bare LightGBM fits (judged on 5 folds)"
        )
    seconds, _ = timed(lambda: model.uplift(x))
    print(f"  uplift scored            {seconds:7.2f} s  {rows / seconds:,.0f} customers/s")
    products = 1 + np.random.default_rng(2).binomial(3, 1 / (1 + np.exp(-x[:, 2])))
    seconds, _ = timed(lambda: retention_by_depth(products, y, x[:, :5]))
    print(f"  depth and retention      {seconds:7.2f} s  4 levels, 5 covariates, 5 folds")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def errors(runs: int) -> None:
    print(f"errors, {runs} simulated campaigns each")
    targeted = outside = 0
    for seed in range(runs):
        x, treated, y, _ = trial(1_000, seed, False, columns=5)
        found = UpliftModel(folds=3, trees=SMALL).fit(x, treated, y).evaluation_
        targeted += found.verdict == "target"
        outside += found.ranking.qini.excludes(0)
    print(f"  null campaigns targeted           {targeted / runs:6.3f}  nominal at most .025")
    print(f"  their Qini's interval without 0   {outside / runs:6.3f}  nominal .050")
    peeked = valid = planned = 0
    for seed in range(runs):
        lots = np.random.default_rng(seed)
        treated, y = lots.random(1_000) < 0.5, lots.normal(size=1_000)
        looks = [effect(y[:n], treated[:n]) for n in range(100, 1_001, 100)]
        peeked += any(each.verdict != "no_difference_found" for each in looks)
        valid += always_valid(looks, 0.1)[-1].decided
        planned += group_sequential(looks, np.arange(1, 11) / 10)[-1].decided
    print(f"  ten looks: plain intervals        {peeked / runs:6.3f}  nominal .050: what peeking does")
    print(f"  ten looks: planned                {planned / runs:6.3f}  nominal .050")
    print(f"  ten looks: always valid           {valid / runs:6.3f}  nominal at most .050")
    covered = told = 0
    for seed in range(runs):
        lots = np.random.default_rng(seed)
        engaged = lots.normal(size=1_500)
        products = np.clip(np.round(2 + 0.4 * engaged + 0.9 * lots.normal(size=1_500)), 1, 3)
        stayed = lots.random(1_500) < 1 / (1 + np.exp(-(1 + 1.2 * engaged)))
        found = retention_by_depth(products, stayed, engaged, folds=2).overall
        told += found is not None
        covered += found is not None and found.adjusted.low <= 0 <= found.adjusted.high
    print(f"  depth without effect: 0 covered   {covered / max(told, 1):6.3f}  nominal .950 ({told} could be told)")
    moved = 0
    for seed in range(runs):
        lots = np.random.default_rng(seed)
        curves = {}
        for name in "abc":
            spend = lots.uniform(0, 100, 80)
            curves[name] = ReturnCurve.fit(spend, 10 * np.log1p(spend / 30) + lots.normal(size=80))
        moved += allocate(120.0, curves).verdict == "move_money"
    print(f"  equal curves: money moved         {moved / runs:6.3f}  nominal .050")


def power(rows: int, threads: int) -> None:
    print(f"planted effects, {rows:,} customers, cost 0.05 a head: worth of the rule over treating nobody")
    fresh, _, _, own = trial(200_000, 999, True)
    ceiling = np.maximum(own - 0.05, 0).mean()
    for kind in ("two_model", "class_transformation"):
        x, treated, y, _ = trial(rows, 3, True)
        model = UpliftModel(kind, cost=0.05, trees=Trees(threads=threads)).fit(x, treated, y)
        worth = (model.target(fresh) * (own - 0.05)).mean()
        said = model.evaluation_.policy.over_none
        print(
            f"  {kind:21s} {model.verdict_:12s} {worth:.4f} = {worth / ceiling:.2f} of perfect knowledge; "
            f"it said {said.value:.4f} [{said.low:.4f}, {said.high:.4f}]"
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--runs", type=int, default=200)
    asked.add_argument("--threads", type=int, default=1)
    asked.add_argument("--full", action="store_true", help="1,000,000 customers, 1,000 simulations each")
    told = asked.parse_args()
    rows, runs = (1_000_000, 1_000) if told.full else (told.rows, told.runs)
    speed(rows, told.threads)
    errors(runs)
    power(rows, told.threads)


if __name__ == "__main__":
    main()
