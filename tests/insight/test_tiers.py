from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.insight import Window, thresholds, tiers

from .tables import rows, values

HELD = thresholds.load("CNY")
BASIC, GOLD, PLATINUM, DIAMOND = 0, HELD.tiers.gold, HELD.tiers.platinum, HELD.tiers.diamond


def _tiers(averages: list[int], at: int = 1) -> dict[str, Any]:
    """``averages[0]`` is one month back."""
    t = values(party_id=["p"], **{f"a{k}": [a] for k, a in enumerate(averages, 1)})
    named = {k: t[f"a{k}"] for k in range(1, len(averages) + 1)}
    met = {n: tiers.last_met(named, n, HELD) for n in range(1, 5)}
    t = t.select(
        "party_id",
        held=tiers.held(named, at, HELD),
        reached=tiers.reached(named[at], HELD),
        **{f"met_{n}": value for n, value in met.items()},
    )
    met = {n: t[f"met_{n}"] for n in met}
    window = Window(date(2026, 7, 10))
    return rows(t.mutate(until=tiers.protected_until(t.held, t.reached, met, window, HELD)))["p"]


def test_a_tier_is_reached_at_its_threshold_and_not_a_fen_below() -> None:
    assert _tiers([PLATINUM, 0])["reached"] == 2
    assert _tiers([PLATINUM - 1, 0])["reached"] == 1


def test_a_tier_is_kept_for_its_protected_months_and_not_one_longer() -> None:
    """Platinum is kept for three month ends after the last that met it."""
    assert _tiers([0, 0, 0, PLATINUM, 0])["held"] == 2
    assert _tiers([0, 0, 0, 0, PLATINUM])["held"] == 0


def test_protection_ends_with_the_month_whose_end_may_lower_the_tier() -> None:
    got = _tiers([GOLD, GOLD, PLATINUM, 0])
    assert (got["held"], got["reached"]) == (2, 1)
    # met in April (three months back from July), kept at the ends of May, June and July: until the end of August
    assert got["until"] == date(2026, 8, 31)


def test_who_stands_on_the_tier_they_reach_needs_no_protection() -> None:
    assert _tiers([PLATINUM, PLATINUM])["until"] is None


def test_a_fall_goes_to_the_next_tier_still_protected() -> None:
    """Diamond is kept six months, platinum three; met seven months ago, diamond is gone and so is platinum."""
    assert _tiers([GOLD] * 6 + [DIAMOND])["held"] == 3
    assert _tiers([GOLD] * 7 + [DIAMOND])["held"] == 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([BASIC, GOLD - 1, GOLD, PLATINUM, DIAMOND, 2 * DIAMOND]), min_size=20, max_size=20))
def test_the_tier_held_follows_from_its_definition(averages: list[int]) -> None:
    got = _tiers(averages)
    expected = max(
        tier
        for tier, (line, kept) in enumerate(zip(HELD.tiers.ladder, HELD.protection.ladder, strict=True))
        if any(a >= line for a in averages[: kept + 1])
    )
    assert got["held"] == expected >= got["reached"]


def test_the_lowest_tier_of_a_longer_span_is_never_higher() -> None:
    t = values(party_id=["p"], **{f"t{k}": [v] for k, v in enumerate([3, 2, 2, 4, 1, 2, 2, 0, 3, 3, 3, 3])})
    lows = {n: tiers.lowest([t[f"t{k}"] for k in range(n)]) for n in tiers.SPANS}
    got = rows(t.select("party_id", **{f"l{n}": v for n, v in lows.items()}))["p"]
    assert [got[f"l{n}"] for n in (3, 6, 9, 12)] == [2, 1, 0, 0]


def test_months_before_the_first_do_not_lower_the_lowest_tier() -> None:
    t = values(party_id=["p"], a=[2], b=[3]).mutate(none=ibis.null("int64"))
    assert rows(t.select("party_id", low=tiers.lowest([t.a, t.b, t.none])))["p"]["low"] == 2


@pytest.mark.parametrize(("number", "code"), list(enumerate(codes.TIER_ORDER)))
def test_tiers_are_numbered_in_their_order(number: int, code: str) -> None:
    t = values(party_id=["p"], n=[number])
    assert rows(t.select("party_id", name=tiers.name(t.n)))["p"]["name"] == code
    assert tiers.number(code) == number
