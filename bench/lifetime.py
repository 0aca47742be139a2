"""Lifetime value models beside lifetimes and PyMC-Marketing: the same likelihood, and how long it takes.

Run ``python bench/lifetime.py`` (100,000 customers) or ``--full`` (1,000,000). The peers live in an environment of
their own (``python bench/peers/environment.py``); each way runs in a process of its own, one after the other, on the
same file. Targets: log-likelihood within 1e-4 of each peer's own optimum without priors (flat), BG/NBD at least 10 ×
faster than lifetimes and PyMC-Marketing's MAP, Pareto/NBD at least 10 × faster than lifetimes. Time is that of the fit
alone; imports and reading the file are left out for all. PyMC's includes compiling its model, which each process pays;
a second fit in the same process, with the compiler's cache warm, is shown too.

The log-likelihood of every answer is computed by one judge, this product's, from the peer's parameters; and the
peer's own figure is printed beside it where it has one, so that the judge is judged.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

PROJECT = Path(__file__).resolve().parents[1]
PEERS = PROJECT / ".venv-peers" / "bin" / "python"
CDNOW = {
    "bgnbd": {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
    "pareto_nbd": {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669},
}
#: model, way, whether it is a peer and takes part in the target
WAYS = {
    "bgnbd": ["tenure", "lifetimes", "pymc-flat", "pymc-default"],
    "pareto_nbd": ["tenure", "lifetimes"],
}


def draw(model: str, n: int, path: Path) -> None:
    """Customers of CDNOW's parameters, watched for 27 to 39 weeks, on a grid of days as a bank's ledger has it."""
    made = np.random.default_rng(42)
    T = made.uniform(27, 39, n)  # noqa: N806 the paper's letter
    if model == "bgnbd":
        p = CDNOW[model]
        rate, leaves = made.gamma(p["r"], 1 / p["alpha"], n), made.beta(p["a"], p["b"], n)
        x, t_x, now, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, dtype=bool)
        while alive.any():
            now[alive] += made.exponential(1 / np.maximum(rate[alive], 1e-300))
            alive &= now <= T
            x[alive] += 1
            t_x[alive] = now[alive]
            alive &= made.random(n) >= leaves
    else:
        p = CDNOW[model]
        rate = made.gamma(p["r"], 1 / p["alpha"], n)
        till = np.minimum(made.exponential(1 / made.gamma(p["s"], 1 / p["beta"], n)), T)
        x = made.poisson(rate * till).astype(float)
        t_x = np.where(x > 0, till * made.random(n) ** (1 / np.maximum(x, 1)), 0)
    np.savez(path, x=x, t_x=np.where(x > 0, np.ceil(t_x * 7) / 7, 0), T=np.ceil(T * 7) / 7)


def fit(model: str, way: str, path: Path) -> dict[str, Any]:
    """One fit in this process; parameters, seconds, and the peer's own log-likelihood where it tells one."""
    data = np.load(path)
    x, t_x, T = data["x"], data["t_x"], data["T"]  # noqa: N806
    if way == "tenure":
        from tenure.insight.lifetime import BGNBD, ParetoNBD

        begun = time.perf_counter()
        ours = (BGNBD if model == "bgnbd" else ParetoNBD)().fit(x, t_x, T)
        return {
            "seconds": time.perf_counter() - begun,
            "params": ours.params_,
            "log_likelihood": ours.log_likelihood_,
            "version": "",
        }
    if way == "lifetimes":
        import lifetimes

        theirs = (lifetimes.BetaGeoFitter if model == "bgnbd" else lifetimes.ParetoNBDFitter)(penalizer_coef=0.0)
        begun = time.perf_counter()
        theirs.fit(x, t_x, T)
        seconds = time.perf_counter() - begun
        held = {letter: float(each) for letter, each in theirs.params_.items()}
        mean = theirs._negative_log_likelihood(np.log(list(held.values())), x, t_x, T, np.ones_like(x), 0.0)
        own = -float(mean) * len(x)
        return {"seconds": seconds, "params": held, "log_likelihood": own, "version": lifetimes.__version__}
    return _fit_pymc(way, x, t_x, T)


def _fit_pymc(way: str, x: Any, t_x: Any, T: Any) -> dict[str, Any]:  # noqa: N803
    import pandas as pd
    import pymc_marketing
    from pymc_extras.prior import Prior
    from pymc_marketing import clv

    table = pd.DataFrame({"customer_id": np.arange(len(x)), "frequency": x, "recency": t_x, "T": T})
    flat = {letter: Prior("HalfFlat") for letter in ("r", "alpha", "a", "b")}
    seconds = []
    for _ in range(2):
        theirs = clv.BetaGeoModel(data=table, model_config=dict(flat) if way == "pymc-flat" else None)
        begun = time.perf_counter()
        theirs.fit(method="map", progressbar=False)
        seconds.append(time.perf_counter() - begun)
    held = {letter: float(theirs.fit_result[letter].values.squeeze()) for letter in ("r", "alpha", "a", "b")}
    version = pymc_marketing.__version__
    return {"seconds": seconds[1], "first": seconds[0], "params": held, "log_likelihood": None, "version": version}


def measured(model: str, way: str, path: Path) -> dict[str, Any]:
    """The fit in a process of its own, of the environment it needs."""
    python = sys.executable if way == "tenure" else PEERS
    command = [str(python), __file__, "--only", way, "--model", model, "--data", str(path)]
    told = subprocess.run(command, capture_output=True, text=True)
    if told.returncode:
        raise SystemExit(f"{way} failed on {model}:\n{told.stderr[-2000:]}")
    return dict(json.loads(told.stdout.strip().splitlines()[-1]))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--full", action="store_true", help="1,000,000 customers")
    asked.add_argument("--without", action="append", default=[], help="leave a way out, such as pymc-default")
    asked.add_argument("--only", help=argparse.SUPPRESS)
    asked.add_argument("--model", help=argparse.SUPPRESS)
    asked.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.only:
        print(json.dumps(fit(told.model, told.only, told.data)))
        return
    rows = 1_000_000 if told.full else told.rows
    if not PEERS.exists():
        print("the peers' environment is missing (python bench/peers/environment.py): only tenure is measured")
    from tenure.insight.lifetime import bgnbd, pareto_nbd, purchases

    judges = {"bgnbd": bgnbd, "pareto_nbd": pareto_nbd}
    with tempfile.TemporaryDirectory() as place:
        for model, ways in WAYS.items():
            path = Path(place) / f"{model}.npz"
            draw(model, rows, path)
            data = np.load(path)
            grouped = purchases.collect(data["x"], data["t_x"], data["T"], None)
            judge = judges[model]._Likelihood(grouped)
            print(f"\n{model}: {rows:,} customers, {len(grouped.x):,} distinct records")
            ours: dict[str, Any] = {}
            for way in ways:
                if way in told.without or (way != "tenure" and not PEERS.exists()):
                    continue
                got = measured(model, way, path)
                ours = ours or got
                reached = judge(np.array([got["params"][letter] for letter in CDNOW[model]]))[0]
                off = (reached - ours["log_likelihood"]) / abs(ours["log_likelihood"])
                letters = " ".join(f"{letter} {got['params'][letter]:.4f}" for letter in CDNOW[model])
                own = ""
                if got["log_likelihood"] is not None:
                    # lifetimes fits over scaled times; its function need not be finite where they are as given
                    known = np.isfinite(got["log_likelihood"])
                    own = f" (own figure {got['log_likelihood']:.2f})" if known else " (own figure not finite)"
                first = f", first {got['first']:.1f} s" if "first" in got else ""
                print(f"  {way:12} {got['seconds']:8.2f} s{first}  {got['version']}  {letters}")
                print(f"  {'':12} log-likelihood {reached:.2f}{own}, relative to tenure {off:+.1e}")
                if way != "tenure":
                    print(f"  {'':12} {got['seconds'] / ours['seconds']:.1f} × the time of tenure (target ≥ 10)")


if __name__ == "__main__":
    main()
