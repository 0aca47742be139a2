"""The satisfaction trap on a demo bank against what was planted in it: who of the satisfied is really leaving.

    python bench/trap.py                       a small bank of its own, two month ends
    python bench/trap.py --home HOME --full    a bank that stands, or is built there; six month ends

From past month ends the quadrants are made with what was known then. A true member says
4 or 5 and, by the truth, leaves within the half year after (deaths left out). Printed: how many members are found and
how many of those named are members, beside the ceiling: whoever knows the planted loyalty and satisfaction, names as
many and still cannot know the day. Knowing the day itself would find all. Where a night has left a model with trees
that had seen nothing after those month ends, its leaving probability counts, as in the night's own list.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from _bank import Home, asked, bank, known

from tenure.insight.exact import stages_kept
from tenure.insight.months import months_before
from tenure.nightly import blind
from tenure.nightly.outlook import Outlook
from tenure.nightly.topics import deeds
from tenure.nightly.topics.trap_past import half_year

FEW, MANY = (7, 13), (7, 8, 9, 10, 11, 13)


@dataclass(frozen=True)
class Found:
    """Counts over the month ends: who answered satisfied, was named as trapped, was a member, was both; members among
    as many names by the planted feelings."""

    satisfied: int
    named: int
    members: int
    found: int
    by_latents: int

    @property
    def ceiling(self) -> int:
        """Members that as many names would hold if the days were known."""
        return min(self.named, self.members)


def measured(home: Home, backs: tuple[int, ...] = FEW) -> Found:
    """The trap as it was seen so many month ends ago, beside the truth."""
    truth = home.parties()
    named = members = found = by_latents = satisfied = 0
    with stages_kept():
        night = known(home)
        outlook = Outlook(night.frames.past, night.accounts)
        night = replace(night, losses=outlook.losses(), blind=partial(blind.leaving, outlook))
        for back in backs:
            chance = night.blind(night.frames.past.window.month(back)) if night.blind else None
            past, end = half_year(night, back, chance), deeds.end_of(night, back)
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
    return Found(satisfied, named, members, found, by_latents)


def main() -> None:
    given = asked(__doc__).parse_args()
    with bank(given) as home:
        got = measured(home, MANY if given.full else FEW)
    share, of = got.found / max(1, got.named), max(1, got.members)
    base = got.members / max(1, got.satisfied)
    print(f"satisfied answers {got.satisfied:,}; of them left within half a year {got.members:,} ({base:.1%})")
    print(f"named as trapped {got.named:,}; of them left {got.found:,}: {share:.1%}")
    print(f"lift over the satisfied {share / base if base else math.nan:.1f}")
    print(f"members found {got.found / of:.1%}")
    print(f"as many names by the planted loyalty and satisfaction {got.by_latents / of:.1%}")
    print(f"ceiling of as many names with the days known {got.ceiling / of:.1%}")


if __name__ == "__main__":
    main()
