from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight import Network
from tenure.insight.network import Ownership


def owned(*shares: tuple[str, str, float | None]) -> Ownership:
    a, b, w = zip(*shares, strict=True)
    edges = {"from": list(a), "to": list(b), "kind": ["ownership"] * len(a), "weight": list(w)}
    return Network.of(edges).ownership()


def stakes(found: Ownership, minimum: float = 0.0) -> dict[tuple[str, str], float]:
    return {(r["party_id"], r["owner_id"]): r["stake"] for r in found.stakes(minimum).to_pylist()}


def test_shares_multiply_along_a_chain_and_add_up_over_chains() -> None:
    found = owned(("shop", "firm", 0.6), ("shop", "bo", 0.4), ("firm", "an", 0.5), ("firm", "bo", 0.3))
    assert stakes(found) == pytest.approx(
        {("shop", "an"): 0.3, ("shop", "bo"): 0.58, ("firm", "an"): 0.5, ("firm", "bo"): 0.3}
    )
    told = {r["party_id"]: r["told"] for r in found.stakes().to_pylist()}
    assert told == pytest.approx({"shop": 0.88, "firm": 0.8})


def test_a_quarter_makes_a_beneficial_owner_and_less_does_not() -> None:
    found = owned(("shop", "firm", 0.5), ("firm", "an", 0.5), ("firm", "bo", 0.49))
    assert set(stakes(found, 0.25)) == {("shop", "an"), ("firm", "an"), ("firm", "bo")}


def test_companies_that_own_each_other_belong_to_those_outside() -> None:
    """A holds 40 % of B, B 50 % of A: with an's 50 % of A and bo's 60 % of B, all of both is theirs."""
    found = owned(("a", "b", 0.5), ("b", "a", 0.4), ("a", "an", 0.5), ("b", "bo", 0.6))
    assert found.circles == [["a", "b"]]
    got = stakes(found)
    assert got["a", "an"] == pytest.approx(0.5 / (1 - 0.2)) and got["a", "bo"] == pytest.approx(0.5 * 0.6 / 0.8)
    assert got["a", "an"] + got["a", "bo"] == pytest.approx(1)
    assert got["b", "an"] + got["b", "bo"] == pytest.approx(1)


def test_a_circle_that_nobody_outside_owns_is_itself_the_owner() -> None:
    found = owned(("shop", "b", 0.7), ("b", "c", 0.9), ("c", "b", 0.8), ("shop", "an", 0.3))
    rows = found.ultimate.to_pylist()
    assert {(r["party_id"], r["owner_id"]) for r in rows} == {("shop", "an"), ("shop", "b"), ("b", "b"), ("c", "b")}
    assert [r["owners"] for r in rows if r["party_id"] == "shop"] == [2, 2]
    assert stakes(found) == pytest.approx({("shop", "an"): 0.3, ("shop", "b"): 0.7})


def test_a_share_that_is_not_told_makes_an_owner_but_no_stake() -> None:
    found = owned(("shop", "firm", None), ("firm", "an", 1.0), ("shop", "bo", 0.2))
    assert {(r["party_id"], r["owner_id"]) for r in found.ultimate.to_pylist()} == {
        ("shop", "an"),
        ("shop", "bo"),
        ("firm", "an"),
    }
    assert stakes(found) == {("shop", "bo"): 0.2, ("firm", "an"): 1.0}
    assert [r["told"] for r in found.stakes().to_pylist() if r["party_id"] == "shop"] == [0.2]


def test_more_than_the_whole_of_a_company_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"110\.0% of shop is owned"):
        owned(("shop", "an", 0.6), ("shop", "bo", 0.5)).stakes()


def test_a_circle_that_owns_all_of_itself_though_another_holds_a_share_is_refused() -> None:
    with pytest.raises(InputError, match="owns all of itself"):
        owned(("a", "b", 1.0), ("b", "a", 1.0), ("b", "an", None)).stakes()


@st.composite
def registers(draw: st.DrawFn) -> list[tuple[str, str, float]]:
    """Up to eight companies whose shares sum to at most 90 % each, owned by each other and by three people."""
    n = draw(st.integers(1, 8))
    found = []
    for i in range(n):
        names = [f"c{j}" for j in range(n) if j != i] + ["an", "bo", "cy"]
        owners = draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=4))
        parts = draw(st.lists(st.integers(1, 9), min_size=len(owners), max_size=len(owners)))
        found += [(f"c{i}", owner, 0.9 * part / sum(parts)) for owner, part in zip(owners, parts, strict=True)]
    return found


@settings(max_examples=60, deadline=None)
@given(registers())
def test_stakes_are_those_of_the_whole_system_of_equations(shares: list[tuple[str, str, float]]) -> None:
    names = sorted({end for a, b, _ in shares for end in (a, b)})
    direct = np.zeros((len(names), len(names)))
    for a, b, w in shares:
        direct[names.index(a), names.index(b)] = w
    whole = np.linalg.inv(np.eye(len(names)) - direct) @ direct
    got = stakes(owned(*shares))
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            if other in ("an", "bo", "cy"):
                assert got.get((one, other), 0.0) == pytest.approx(whole[i, j], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(registers())
def test_ultimate_owners_are_those_a_walk_upwards_can_end_with(shares: list[tuple[str, str, float]]) -> None:
    above: dict[str, set[str]] = {}
    for a, b, _ in shares:
        above.setdefault(a, set()).add(b)

    def reach(start: str) -> set[str]:
        seen, todo = set(), [start]
        while todo:
            for owner in above.get(todo.pop(), ()):
                if owner not in seen:
                    seen.add(owner)
                    todo.append(owner)
        return seen

    got: dict[str, set[str]] = {}
    for row in owned(*shares).ultimate.to_pylist():
        got.setdefault(row["party_id"], set()).add(row["owner_id"])
    for company in above:
        tops = {o for o in reach(company) if o not in above}
        rings = {min(reach(o)) for o in reach(company) if o in above and all(o in reach(x) for x in reach(o))}
        assert got[company] == tops | rings
