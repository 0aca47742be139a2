"""Proportional hazards beside lifelines: the same figures on the same rows, and how long it takes.

Run ``python bench/cox.py`` (100,000 customers × 10 columns) or ``--full`` (1,000,000). The peer lives in an environment
of its own (``python bench/peers/environment.py``); each fit runs in a process of its own with one thread, one after the
other. Targets: coefficients, standard errors and log-likelihood equal to six digits, concordance to four; 1,000,000 in
seconds of one processor. Ours includes concordance and the check over time; of lifelines the fit and the concordance
are timed, its check is not.

Three banks: times in months; in exact days; in months with six strata and weights (which lifelines leaves out of its
concordance, so that this one figure differs there).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
PEERS = PROJECT / ".venv-peers" / "bin" / "python"
COLUMNS, MONTHS = 10, 24
BANKS = ("months", "days", "strata")


def draw(bank: str, n: int, path: Path) -> None:
    """Customers of whom about an eighth leave within two years, at hazards from a half to the double a deviation."""
    chance = np.random.default_rng(1)
    x = chance.normal(size=(n, COLUMNS))
    stratum = chance.integers(0, 6, n) if bank == "strata" else np.zeros(n, dtype=int)
    weight = chance.uniform(0.5, 3.0, n) if bank == "strata" else np.ones(n)
    lasts = chance.exponential(1 / (0.004 * (1 + stratum / 3) * np.exp(x @ np.linspace(0.5, -0.5, COLUMNS))))
    told = lasts if bank == "days" else np.ceil(lasts)
    np.savez(path, x=x, time=np.minimum(told, MONTHS), event=lasts <= MONTHS, stratum=stratum, weight=weight)


def fit(way: str, bank: str, path: Path) -> dict[str, Any]:
    """One fit in this process: coefficients, standard errors, log-likelihood, concordance, seconds, memory in MB."""
    data = dict(np.load(path))
    by_strata = bank == "strata"
    if way == "tenure":
        from tenure.insight import Cox

        before, begun = _memory(), time.process_time()
        more = {"strata": data["stratum"], "weights": data["weight"]} if by_strata else {}
        model = Cox().fit(data["time"], data["event"], data["x"], **more)
        found = [*model.params_.values()], [*model.standard_errors_.values()]
        return _told(begun, before, *found, model.log_likelihood_, model.concordance_)
    import pandas as pd
    from lifelines import CoxPHFitter

    frame = pd.DataFrame(data["x"], columns=[f"x{k + 1}" for k in range(COLUMNS)])
    frame["time"], frame["event"] = data["time"], data["event"]
    more = {}
    if by_strata:
        frame["stratum"], frame["weight"] = data["stratum"], data["weight"]
        more = {"strata": ["stratum"], "weights_col": "weight"}
    before, begun = _memory(), time.process_time()
    theirs = CoxPHFitter().fit(frame, "time", "event", **more)
    concordance = theirs.concordance_index_
    found = theirs.params_.tolist(), theirs.standard_errors_.tolist()
    return _told(begun, before, *found, float(theirs.log_likelihood_), float(concordance))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _told(
    begun: float, before: float, beta: Any, errors: Any, log_likelihood: float, concordance: Any
) -> dict[str, Any]:
    return {
        "seconds": time.process_time() - begun, "memory": _memory() - before, "beta": beta, "errors": errors,
        "log_likelihood": log_likelihood, "concordance": concordance,
    }  # fmt: skip


def measured(way: str, bank: str, path: Path) -> dict[str, Any]:
    """The fit in a process of its own, of the environment it needs."""
    python = sys.executable if way == "tenure" else PEERS
    command = [str(python), __file__, "--only", way, "--bank", bank, "--data", str(path)]
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    told = subprocess.run(command, capture_output=True, text=True, env=one)
    if told.returncode:
        raise SystemExit(f"{way} failed on {bank}:\n{told.stderr[-2000:]}")
    return dict(json.loads(told.stdout.strip().splitlines()[-1]))


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--full", action="store_true", help="1,000,000 customers")
    asked.add_argument("--only", help=argparse.SUPPRESS)
    asked.add_argument("--bank", help=argparse.SUPPRESS)
    asked.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.only:
        print(json.dumps(fit(told.only, told.bank, told.data)))
        return
    rows = 1_000_000 if told.full else told.rows
    if not PEERS.exists():
        print("the peers' environment is missing (python bench/peers/environment.py): only tenure is measured")
    with tempfile.TemporaryDirectory() as place:
        for bank in BANKS:
            path = Path(place) / f"{bank}.npz"
            draw(bank, rows, path)
            ours = measured("tenure", bank, path)
            print(f"\n{bank}: {rows:,} customers × {COLUMNS}, log-likelihood {ours['log_likelihood']:.3f}")
            print(
                f"  tenure    {ours['seconds']:7.2f} s {ours['memory']:7.0f} MB  concordance {ours['concordance']:.5f}"
            )
            if not PEERS.exists():
                continue
            theirs = measured("lifelines", bank, path)
            print(f"  lifelines {theirs['seconds']:7.2f} s {theirs['memory']:7.0f} MB  {theirs['concordance']:.5f}")
            far = {
                name: float(np.abs(np.array(ours[name]) - np.array(theirs[name])).max()) for name in ("beta", "errors")
            }
            off = abs(ours["log_likelihood"] / theirs["log_likelihood"] - 1)
            print(f"  differences: coefficients {far['beta']:.1e}, errors {far['errors']:.1e}, likelihood {off:.1e}")
            print(f"  lifelines ÷ tenure: time {theirs['seconds'] / ours['seconds']:.1f}", end="")
            print(f", memory {theirs['memory'] / ours['memory']:.1f}")


if __name__ == "__main__":
    main()
