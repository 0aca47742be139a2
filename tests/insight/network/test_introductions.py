from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight import Network

KINDS = ("family", "supply", "payment", "referral")


def test_a_closer_chain_from_a_customer_we_know_comes_before_a_stronger_one_from_one_we_hardly_know() -> None:
    network = Network.of(
        {
            "from": ["wang", "li", "li"],
            "to": ["target", "zhao", "target"],
            "kind": ["family", "family", "supply"],
        },
        {"party_id": ["wang", "zhao"], "known": [0.2, 0.9]},
    )
    first, second = network.introductions("target")
    assert first.parties == ("zhao", "li", "target") and first.kinds == ("family", "supply")
    assert first.score == pytest.approx(0.9 * 0.8 * 0.5) and first.strength == pytest.approx(0.4)
    assert [(r.code, r.party) for r in first.reasons] == [
        ("known_to_us", "zhao"),
        ("tie_family", "li"),
        ("tie_supply", "target"),
    ]
    assert second.parties == ("wang", "target") and second.score == pytest.approx(0.16)
    assert first.exhaustive and second.exhaustive


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8), st.sampled_from(KINDS), st.integers(1, 99)),
        min_size=1,
        max_size=18,
    ),
    st.lists(st.integers(0, 100), min_size=9, max_size=9),
    st.integers(1, 3),
)
def test_the_paths_found_are_the_best_of_all_there_are(
    ties: list[tuple[int, int, str, int]], known: list[int], steps: int
) -> None:
    network = Network.of(
        {
            "from": [a for a, *_ in ties],
            "to": [b for _, b, *_ in ties],
            "kind": [k for *_, k, _ in ties],
            "weight": [w / 100 for *_, w in ties],
        },
        {"party_id": list(range(9)), "customer": [int(k > 50) for k in known], "known": [k / 100 for k in known]},
    )
    strongest: dict[frozenset[int], float] = {}
    for a, b, _, w in ties:
        if a != b:
            strongest[frozenset((a, b))] = max(strongest.get(frozenset((a, b)), 0), w / 100)
    scores = []
    for length in range(1, steps + 1):
        for path in itertools.permutations(range(1, 9), length):
            chain = (0, *path)
            links = [strongest.get(frozenset(pair), 0.0) for pair in itertools.pairwise(chain)]
            if all(links) and known[chain[-1]] > 50:
                score = known[chain[-1]] / 100
                for link in links:
                    score *= link
                scores.append(score)
    found = network.introductions(0, best=4, steps=steps)
    assert [path.score for path in found] == pytest.approx(sorted(scores, reverse=True)[:4])
    assert all(len(set(path.parties)) == len(path.parties) for path in found)


def test_who_is_no_customer_can_pass_a_word_on_but_not_begin() -> None:
    network = Network.of({"from": ["a", "b"], "to": ["b", "c"], "kind": ["family"] * 2}, {"party_id": ["a"]})
    assert [path.parties for path in network.introductions("c")] == [("a", "b", "c")]
    assert network.introductions("c", steps=1) == []


def test_a_search_cut_short_says_so() -> None:
    star = Network.of({"from": [0] * 300, "to": list(range(1, 301)), "kind": ["supply"] * 300}, {"party_id": [7, 8]})
    assert not any(path.exhaustive for path in star.introductions(9, effort=150))
    assert all(path.exhaustive for path in star.introductions(9))


def test_no_paths_or_no_steps_is_no_question() -> None:
    network = Network.of({"from": ["a"], "to": ["b"], "kind": ["family"]})
    with pytest.raises(InputError, match="at least 1"):
        network.introductions("a", best=0)
    with pytest.raises(InputError, match="at least 1"):
        network.introductions("a", steps=0)
