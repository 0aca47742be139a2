"""The satisfaction trap on a demo bank against what was planted in it: who of the satisfied is really leaving.

Run ``python bench/trap.py HOME`` with the folder of a demo bank (its lake at ``HOME/lake``, its truth at
``HOME/demo/bank/truth``). From two past month ends the quadrants are made with what was known then. A true member says
4 or 5 and, by the truth, leaves within the half year after (deaths left out). Printed: how many members are found and
how many of those named are members, beside the ceiling: whoever knows the planted loyalty and satisfaction, names as
many and still cannot know the day. Knowing the day itself would find all. Where a night has left a model with trees
that had seen nothing after those month ends, its leaving probability counts, as in the night's own list. ``--full``
looks from six month ends.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from tenure.insight import Window, thresholds
from tenure.insight.exact import stages_kept
from tenure.insight.months import months_before
from tenure.lake import Lake, connect
from tenure.nightly import blind, deliveries
from tenure.nightly.outlook import Outlook
from tenure.nightly.run import _newest_day, _Night
from tenure.nightly.topics import Known, deeds
from tenure.nightly.topics.trap_past import half_year
from tenure.progress import QUIET


def known(home: Path) -> Known:
    """What the night of the newest delivery knows."""
    lake, engine = Lake.open(home / "lake"), connect("duckdb")
    snapshot = lake.head()
    day, held = _newest_day(lake, snapshot), thresholds.load(lake.currency, lake.path / "thresholds.toml")
    night = _Night(
        lake, engine, snapshot, deliveries.last(lake, snapshot), day, held, home / "none", "bench-trap", False, QUIET
    )
    frames, past = night.frames, night.past
    assert past.window == Window(day)
    with night.log.step("bench") as step:
        past.roll_ups(step)
        past.summaries(step)
        paths, _ = frames.tree()
        party = frames.keep("party", frames.party())
        accounts, _ = frames.accounts()
        one, inferred = frames.one_currency(accounts), past.payroll_inferred()
        closed = past.history(accounts, one_currency=one, inferred=inferred, step=step)
        standing = frames.standing(accounts, closed, one_currency=one)
        figures = frames.figures(party, paths, accounts, standing, closed, one_currency=one, inferred=inferred)
    outlook = Outlook(past, accounts)
    blindly = partial(blind.leaving, outlook)
    found = Known(frames, closed, party, accounts, standing, figures, paths)
    return replace(found, losses=outlook.losses(), blind=blindly)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--full", action="store_true")
    asked = parser.parse_args()
    truth = {row["party_id"]: row for row in pq.read_table(asked.home / "demo/bank/truth/party.parquet").to_pylist()}
    named = members = found = by_latents = satisfied = 0
    with stages_kept():
        bank = known(asked.home)
        for back in (7, 8, 9, 10, 11, 13) if asked.full else (7, 13):
            chance = bank.blind(bank.frames.past.window.month(back)) if bank.blind else None
            past, end = half_year(bank, back, chance), deeds.end_of(bank, back)
            until = months_before(end, -deeds.AFTER)
            who = [truth.get(party) for party in past.parties]
            gone = np.array([bool(t and t["left_on"] and t["left_on"] <= end) for t in who])
            here = (past.satisfaction >= 4) & past.readable & ~gone
            leaves = np.array(
                [bool(t and t["left_on"] and end < t["left_on"] <= until and t["cause"] != "death") for t in who]
            )
            told, real = here & past.leaving, here & leaves
            # the yearly hazard that the bank was planted with
            hazard = np.array([math.exp(-0.85 * t["loyalty"] - 0.2 * t["satisfaction"]) if t else 0.0 for t in who])
            order = np.flatnonzero(here)[np.argsort(-hazard[here], kind="stable")]
            satisfied += int(here.sum())
            named += int(told.sum())
            members += int(real.sum())
            found += int((told & real).sum())
            by_latents += int(real[order[: int(told.sum())]].sum())
    print(f"satisfied answers {satisfied:,}; of them left within half a year {members:,} ({members / satisfied:.1%})")
    print(f"named as trapped {named:,}; of them left {found:,}: {found / max(1, named):.1%}")
    print(f"lift over the satisfied {found / max(1, named) / (members / satisfied):.1f}")
    print(f"members found {found / max(1, members):.1%}")
    print(f"as many names by the planted loyalty and satisfaction {by_latents / max(1, members):.1%}")
    print(f"ceiling of as many names with the days known {min(named, members) / max(1, members):.1%}")


if __name__ == "__main__":
    main()
