"""A split is fair: everybody handed over goes to exactly one colleague, none gets more than there is room for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.desk.team import rules
from tenure.desk.team.settings import settings_of
from tenure.errors import SetupError

customers = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(0, 10**9), max_size=40)
rooms = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda most: {f"E{n}": m for n, m in enumerate(most)})


@given(customers, rooms, st.sampled_from(rules.SPLITS))
def test_everybody_goes_to_one_who_has_room_or_nobody_goes(who: dict[str, int], room: dict[str, int], by: str) -> None:
    found = rules.split(who.items(), room, {}, by)
    if found is None:
        assert sum(room.values()) < len(who)
        return
    assert set(found) == set(who)
    for person, most in room.items():
        assert sum(1 for taker in found.values() if taker == person) <= most


@given(customers, st.integers(1, 4))
def test_by_number_nobody_who_has_room_gets_two_more_than_another(who: dict[str, int], people: int) -> None:
    room = {f"E{n}": 100 for n in range(people)}
    found = rules.split(who.items(), room, {}, rules.BY_NUMBER)
    assert found is not None
    counts = [sum(1 for taker in found.values() if taker == person) for person in room]
    assert max(counts) - min(counts) <= 1


@given(customers, st.integers(2, 4))
def test_by_value_nobody_gets_more_than_another_by_more_than_one_customer(who: dict[str, int], people: int) -> None:
    room = {f"E{n}": 100 for n in range(people)}
    found = rules.split(who.items(), room, {}, rules.BY_VALUE)
    assert found is not None
    sums = [sum(value for number, value in who.items() if found[number] == person) for person in room]
    assert max(sums) - min(sums) <= max(who.values(), default=0)


def test_who_leads_more_already_gets_fewer() -> None:
    found = rules.split([(f"C{n}", 1) for n in range(10)], {"E1": 99, "E2": 99}, {"E1": 6, "E2": 0}, rules.BY_NUMBER)
    assert found is not None
    assert sum(1 for taker in found.values() if taker == "E2") == 8


@given(st.sampled_from(codes.TIER_ORDER))
def test_from_the_banks_tier_upward_the_head_assigns(tier: str) -> None:
    for low, high in zip(codes.TIER_ORDER, codes.TIER_ORDER[1:], strict=False):
        assert rules.needs_head(high, tier) or not rules.needs_head(low, tier)
    assert rules.needs_head(tier, tier)


def test_absences_that_share_one_day_overlap() -> None:
    day = dt.date(2026, 5, 4)
    assert rules.overlaps(day, day, day, day)
    assert not rules.overlaps(day, day, day + dt.timedelta(days=1), day + dt.timedelta(days=3))


def test_the_bank_says_its_own_and_is_told_what_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "team.toml").write_text('customers = 80\nhead_from = "diamond"\n')
    assert settings_of(tmp_path) == rules.Settings(80, "diamond")
    other = tmp_path / "other"
    other.mkdir()
    for wrong in ("customers = 0", 'head_from = "best"', "rooms = 3"):
        settings_of.cache_clear()
        (other / "team.toml").write_text(wrong)
        with pytest.raises(SetupError):
            settings_of(other)
