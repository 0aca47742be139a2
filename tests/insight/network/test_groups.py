from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.insight import Network

PAIRS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=1, max_size=40)


def joined(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Each party's root by union–find."""
    root = {end: end for pair in pairs for end in pair}

    def top(x: int) -> int:
        while root[x] != x:
            x = root[x]
        return x

    for a, b in pairs:
        root[top(a)] = top(b)
    return {x: top(x) for x in root}


@settings(max_examples=40, deadline=None)
@given(PAIRS)
def test_groups_are_those_of_union_find(pairs: list[tuple[int, int]]) -> None:
    network = Network.of({"from": [a for a, _ in pairs], "to": [b for _, b in pairs], "kind": ["family"] * len(pairs)})
    groups, root = network.groups(), joined(pairs)
    for party in root:
        assert set(groups.members(party)) == {x for x in root if root[x] == root[party]}
    assert len(groups) == len(set(root.values())) and groups.sizes.sum() == len(root)
    assert {r["party_id"]: r["size"] for r in groups.table().to_pylist()} == {
        x: sum(root[x] == y for y in root.values()) for x in root
    }


def test_a_household_is_not_joined_by_where_its_members_work() -> None:
    network = Network.of(
        {
            "from": ["an", "bo", "cy"],
            "to": ["bo", "mill", "mill"],
            "kind": ["household", "employer", "employer"],
        }
    )
    households = network.groups(("household",))
    assert households.members("an") == ["an", "bo"] and households.members("cy") == ["cy"]
    everybody = network.groups(("household", "employer"))
    assert everybody.largest_share == 1.0 and households.largest_share == 0.5
