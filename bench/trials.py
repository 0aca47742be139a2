"""What the demo bank's campaigns changed, told by the night's own estimators, beside what was planted.

    python bench/trials.py           4 banks of 4,000 customers × 15 months
    python bench/trials.py --full    20 banks

One bank a seed. Every campaign contact is drawn by lot with a fifth held out; each customer's chance to buy left alone
and contacted is planted (`truth/party`). Whoever would have opened an account of the category anyway is counted as a
response in both arms, so that the planted effect on responses is the planted change of the chance to buy times the
share of who would not have. Printed: how often the 95 % intervals hold it, over all campaigns of a bank and by
campaign; the bias; how wide they are beside intervals that know each customer's planted chances; and, over all banks
together, whom to contact: the verdict beside what knowing every customer, or only what age tells, would be worth.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from _bank import UNTIL, Home, known, ready

from tenure.contracts.findings import Figures, Grid
from tenure.demo import DemoBank
from tenure.demo.contacts import BUY_ALONE, BUY_CONTACTED
from tenure.demo.people import response_weights
from tenure.insight import effects as insight
from tenure.insight.exact import stages_kept
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import wilson
from tenure.nightly.topics import effects, uplift

BANK = DemoBank(customers=4_000, months=15, until=UNTIL, activity=0.05, last_days=1)
SMALL_SEEDS, FULL_SEEDS = 4, 20


@dataclass(frozen=True)
class Told:
    """An estimate in points with its interval, and what was planted."""

    value: float
    low: float
    high: float
    planted: float

    @property
    def holds(self) -> bool:
        """Whether the interval holds what was planted."""
        return self.low <= self.planted <= self.high


@dataclass(frozen=True)
class Bank:
    """One seed: the trial of its judged campaigns with each customer's planted chances; what the topic told."""

    trial: effects.Trial
    alone: np.ndarray
    contacted: np.ndarray
    by_age: np.ndarray
    together: Told
    each: list[Told]
    knowing: float
    arrived: float


def measured(home: Home) -> Bank:
    """The topic's own estimators on one bank, beside its truth."""
    planted = home.parties()
    bought = {(row["campaign_id"], row["party_id"]) for row in home.truth("campaign") if row["bought_on"] is not None}
    with stages_kept():
        night = known(home, customers=False)
        rows = effects.contacts_of(night)
        as_of = night.as_of
    campaigns = effects.campaigns_of(rows, as_of)
    trial, born = effects.trial_of(rows), rows.column("birth_date").to_numpy(zero_copy_only=False)
    on = rows.column("on").to_numpy(zero_copy_only=False).astype("datetime64[D]")
    judged = [each.name for each in campaigns if each.state == "judged"]
    inside = np.isin(trial.campaign, judged)
    trial, born, on = trial.where(inside), born[inside].astype("datetime64[D]"), on[inside]
    alone, contacted = (
        np.array([planted[party][name] for party in trial.party])
        for name in ("buys_if_left_alone", "buys_if_contacted")
    )
    # who leaves within the weeks in which purchases come buys nothing, contacted or not
    leaves = np.array([str(planted[party]["planned_to_leave_on"] or "9999-01-01") for party in trial.party])
    stays = leaves.astype("datetime64[D]") > on + 70
    did = np.array([pair in bought for pair in zip(trial.campaign, trial.party, strict=True)])
    own = (contacted - alone) * stays
    start = np.datetime64(UNTIL, "M") - (BANK.months - 1)
    age = (start.astype("datetime64[D]") - born).astype(float) / 365.25
    weights = response_weights(age)
    by_age = (weights @ (BUY_CONTACTED - BUY_ALONE)) / weights.sum(axis=1)
    # in points, for each customer drawn
    effect = np.zeros(len(own))
    for name in judged:
        mine = trial.campaign == name
        effect[mine] = 100 * own[mine] * (1 - trial.responded[mine & ~did].mean())
    grid = effects.each_campaign(campaigns, trial)
    return Bank(
        trial,
        alone,
        contacted,
        by_age,
        _told(effects.together(trial, len(judged)), float(effect.mean())),
        _by_campaign(grid, trial, effect),
        100 * _width_knowing(trial, alone, contacted),
        float(trial.responded[did].mean()),
    )


def _told(found: Figures, planted: float) -> Told:
    figure: Any = next(one for one in found.figures if one.code == "effect")
    return Told(figure.value, figure.low, figure.high, planted)


def _by_campaign(grid: Grid, trial: effects.Trial, effect: np.ndarray) -> list[Told]:
    place = [code for code, _unit in grid.columns].index("effect_points")
    return [
        Told(*row[place], float(effect[trial.campaign == row[0]].mean()))  # type: ignore[misc]
        for row in grid.rows
        if row[place] is not None
    ]


def _width_knowing(trial: effects.Trial, alone: np.ndarray, contacted: np.ndarray) -> float:
    """The width of the interval over all campaigns when each customer's planted chances are adjusted for as well."""
    chances = {**(trial.covariates() or {}), "alone": alone, "contacted": contacted}
    found = insight.effect(
        trial.responded, trial.treated, chances, propensity=trial.chance(), cluster=trial.party
    ).estimate
    assert found.low is not None and found.high is not None
    return found.high - found.low


def banks(seeds: int, settings: DemoBank = BANK) -> list[Bank]:
    """So many banks, one a seed, each in a folder of its own that goes when it has been measured."""
    found = []
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory(prefix="tenure-bench-") as folder:
            found.append(measured(ready(Path(folder), replace(settings, seed=seed))))
    return found


def covered(told: list[Told]) -> str:
    """How many intervals hold what was planted, with Wilson's interval."""
    held = sum(each.holds for each in told)
    low, high = wilson(held / len(told), len(told))
    return f"{held}/{len(told)} ({low:.0%} to {high:.0%})"


def whom(found: list[Bank]) -> dict[str, float | str]:
    """Whom to contact, over all banks as one: worth in points of response per customer drawn, net of contacting all."""
    parts = [each.trial for each in found]
    trial = effects.Trial(
        *(np.concatenate([np.char.add(f"{n}-", getattr(p, name).astype(str)) for n, p in enumerate(parts)])
          for name in ("campaign", "party", "org")),
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("treated", "responded", "gained")),
        before={name: np.concatenate([p.before[name] for p in parts]) for name in parts[0].before},
    )  # fmt: skip
    own = 100 * np.concatenate([each.contacted - each.alone for each in found])
    by_age = np.concatenate([each.by_age for each in found])
    worth: dict[str, float | str] = {
        "contacts": len(own),
        "all": own.mean(),
        "knowing everybody": np.maximum(own, 0).mean() - own.mean(),
        "knowing what age tells": (own * (by_age > 0)).mean() - own.mean(),
    }
    try:
        _, told = next(uplift.sections(trial, trial))
    except TooLittleData:
        return {**worth, "verdict": "too_little_data"}
    assert isinstance(told, Figures) and told.verdict is not None
    over: Any = next(one for one in told.figures if one.code == "over_all")
    return {**worth, "verdict": told.verdict.code, "over all": over.value, "low": over.low, "high": over.high}


def main() -> None:
    """Every bank, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help=f"{FULL_SEEDS} seeds instead of {SMALL_SEEDS}")
    parser.add_argument("--seeds", type=int, help="so many seeds")
    parser.add_argument("--customers", type=int, default=BANK.customers, help="customers of each bank")
    given = parser.parse_args()
    seeds = given.seeds or (FULL_SEEDS if given.full else SMALL_SEEDS)
    began = time.process_time()
    found = banks(seeds, replace(BANK, customers=given.customers))
    show(found)
    print(f"{time.process_time() - began:.0f} s of processor time, ", end="")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def show(found: list[Bank]) -> None:
    """The figures of these banks."""
    pooled, each = [one.together for one in found], [told for one in found for told in one.each]
    print(f"{len(found)} banks; planted purchases found in the books {np.mean([b.arrived for b in found]):.1%}")
    for name, told in (("all campaigns of a bank", pooled), ("by campaign", each)):
        if told:
            bias = np.array([one.value - one.planted for one in told])
            spread = bias.std(ddof=1) / len(bias) ** 0.5 if len(bias) > 1 else float("nan")
            print(f"95 % intervals that hold the planted effect, {name}: {covered(told)}", end="; ")
            print(
                f"bias {bias.mean():+.2f} points (± {1.96 * spread:.2f}), planted {told[0].planted:+.2f} in the first"
            )
    width = float(np.mean([one.together.high - one.together.low for one in found]))
    knowing = float(np.mean([one.knowing for one in found]))
    print(f"width of the interval over all campaigns {width:.2f} points; ", end="")
    print(f"adjusting for every planted chance as well {knowing:.2f}: {width / knowing:.2f} × the ceiling's")
    worth = whom(found)
    print(f"whom to contact, {worth['contacts']:,} contacts: contacting all {worth['all']:+.2f} points; over that:")
    for name in ("knowing everybody", "knowing what age tells"):
        print(f"  {name:24} {worth[name]:+.2f}")
    if "over all" in worth:
        print(
            f"  {'the model, as estimated':24} {worth['over all']:+.2f} ({worth['low']:+.2f} to {worth['high']:+.2f})"
        )
    print(f"  verdict {worth['verdict']}")


if __name__ == "__main__":
    main()
