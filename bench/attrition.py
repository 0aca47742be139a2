"""Attrition: training and scoring with reasons, beside plain LightGBM and scikit-learn's histogram boosting.

Run ``python bench/attrition.py`` (50,000 customer-months × 60) or ``--full`` (1,000,000). Targets: training in minutes
within 8 GB, scoring at 20,000 customers/s with reasons. Prints seconds, rates, peak memory, and ratios of one run.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pyarrow as pa
from sklearn.ensemble import HistGradientBoostingClassifier

from tenure.insight.attrition import AttritionModel
from tenure.insight.attrition.hazard import SETTINGS

COLUMNS, MONTHS = 60, 24


def panel(rows: int, seed: int = 1) -> tuple[pa.Table, np.ndarray]:
    """Landmarks over two years; ten columns tell, ten have gaps."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(rows, COLUMNS)).astype(np.float32)
    hazard = 1 / (1 + np.exp(4.6 - matrix[:, :10] @ np.linspace(0.6, 0.05, 10)))
    matrix[:, 20:30][random.random((rows, 10)) < 0.1] = np.nan
    month = np.arange(rows) % MONTHS
    lead = random.geometric(hazard).astype(float)
    seen = MONTHS - month
    columns = {f"x{k}": pa.array(matrix[:, k], from_pandas=True) for k in range(COLUMNS)}
    keys = {
        "party_id": pa.array(np.arange(rows)),
        "month": pa.array(24_000 + month),
        "lead": pa.array(lead, mask=lead > seen),
        "seen": pa.array(seen),
    }
    return pa.table({**keys, **columns}), matrix


def timed(what: str, function: object) -> tuple[float, object]:
    """Run and print the seconds."""
    start = time.perf_counter()
    found = function()  # type: ignore[operator]
    seconds = time.perf_counter() - start
    print(f"{what:45} {seconds:9.1f} s")
    return seconds, found


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=50_000)
    asked.add_argument("--full", action="store_true", help="1,000,000 customer-months")
    asked.add_argument("--threads", type=int, default=1)
    options = asked.parse_args()
    rows = 1_000_000 if options.full else options.rows
    table, matrix = panel(rows)
    model = AttritionModel(settings=replace(SETTINGS, threads=options.threads))
    fit, _ = timed(f"fit and test AttritionModel, {rows:,} × {COLUMNS}", lambda: model.fit(table))
    scored = table.slice(0, min(rows, 100_000))
    score, _ = timed(f"score {scored.num_rows:,}", lambda: model.survival(scored))
    why, _ = timed(f"reasons {scored.num_rows:,}", lambda: model.reasons(scored))
    print(f"customers/s with curve and reasons: {scored.num_rows / (score + why):,.0f}")
    print("out of time:", {each["months"]: round(each["auc"], 4) for each in model.card()["figures"]})
    outcome = (~np.isnan(table["lead"].to_numpy())).astype(float)
    parameters = {"num_leaves": 16, "learning_rate": 0.06, "verbosity": -1, "num_threads": options.threads}
    plain, _ = timed(
        "plain LightGBM, one label a row",
        lambda: lgb.train({**parameters, "objective": "binary"}, lgb.Dataset(matrix, outcome), 150),
    )
    peer = HistGradientBoostingClassifier(max_iter=150, max_leaf_nodes=16, learning_rate=0.06, early_stopping=False)
    histogram, _ = timed("HistGradientBoosting, one label a row", lambda: peer.fit(matrix, outcome))
    print(f"fit ÷ plain LightGBM {fit / plain:.1f}, ÷ HistGradientBoosting {fit / histogram:.1f} (two models are made)")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    main()
