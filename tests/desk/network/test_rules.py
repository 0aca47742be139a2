"""How strong a way is, and when a customer is asked again."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.desk.network import rules
from tenure.desk.network.rules import Balance, Rhythm, Tie
from tenure.insight.network import ties as insight_ties

TODAY = date(2026, 11, 28)
_days = st.one_of(st.none(), st.integers(0, 20_000).map(lambda n: TODAY - timedelta(days=n)))
_ties = st.builds(
    Tie, st.just("a"), st.just("b"), st.sampled_from(sorted(codes.PATH_TIES)), _days, st.integers(1, 100_000)
)


def test_every_kind_of_relation_has_a_strength_and_a_name_from_either_end() -> None:
    assert set(rules.TIES) == set(codes.RELATION_KINDS) == set(rules.SEEN_FROM_THERE)
    assert set(rules.SEEN_FROM_THERE.values()) | set(rules.TIES) == set(codes.PATH_TIES)


def test_desk_and_findings_give_a_tie_the_same_strength() -> None:
    same = {
        "household": "household",
        "spouse": "family",
        "legal_representative": "representative",
        "owner": "ownership",
        "referrer": "referral",
        "guarantor": "guarantee",
        "supplier": "supply",
        "employer": "employer",
    }
    for here, there in same.items():
        kind = insight_ties.KINDS[there]
        assert rules.TIES[here] == (kind.strength, kind.circle), here


@given(_ties)
def test_a_tie_read_from_either_end_is_as_strong(tie: Tie) -> None:
    assert rules.tie_strength(tie, TODAY) == rules.tie_strength(tie.turned(), TODAY)
    assert tie.turned().turned() == tie


@given(st.lists(_ties, min_size=1, max_size=4), _days, st.booleans(), st.sampled_from([None, 0, 6, 7, 8, 9, 10]))
def test_no_way_grows_stronger_by_going_on(
    ties: list[Tie], last: date | None, own: bool, recommend: int | None
) -> None:
    parts = (rules.contact_share(last, own, TODAY), rules.willingness(recommend), rules.standing("gold"))
    whole = rules.path_strength(ties, *parts, TODAY)
    assert 0 < whole <= 1
    assert whole <= rules.path_strength(ties[:-1], *parts, TODAY)


@given(st.integers(0, 4000), st.integers(0, 4000))
def test_who_was_spoken_with_later_is_known_no_worse(one: int, other: int) -> None:
    later, earlier = sorted((one, other))
    assert rules.contact_share(TODAY - timedelta(days=later), True, TODAY) >= rules.contact_share(
        TODAY - timedelta(days=earlier), True, TODAY
    )


def test_an_employer_of_thousands_is_no_acquaintance_of_each() -> None:
    small = rules.tie_strength(Tie("c", "p", "employee", None, 20), TODAY)
    large = rules.tie_strength(Tie("c", "p", "employee", None, 10_000), TODAY)
    assert large < small / 100


def test_who_refused_is_not_asked_and_a_complaint_comes_before_everything_else() -> None:
    rhythm, owed = Rhythm(), Balance(given=1, thanks_owed=1)
    free = {"refused": False, "complaints": 0, "balance": Balance(), "rhythm": rhythm, "today": TODAY}
    assert rules.hindrance(**free) == ""
    assert rules.hindrance(**free | {"refused": True, "complaints": 2}) == "refused"
    assert rules.hindrance(**free | {"complaints": 1, "balance": owed}) == "complaint"
    assert rules.hindrance(**free | {"balance": owed}) == "thanks"


def test_a_no_gives_more_time_than_a_yes() -> None:
    yes, no = Balance(asked=1, asked_on=(TODAY,)), Balance(asked=1, asked_on=(TODAY,), last_was_no=True)
    assert rules.not_before(yes, Rhythm()) == TODAY + timedelta(days=90)
    assert rules.not_before(no, Rhythm()) == TODAY + timedelta(days=180)
    assert rules.not_before(Balance(), Rhythm()) is None


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=12), st.integers(0, 400), st.integers(1, 6))
def test_nobody_is_asked_more_often_in_a_year_than_the_bank_says(ages: list[int], wait: int, most: int) -> None:
    days = tuple(sorted((TODAY - timedelta(days=n) for n in ages), reverse=True))
    rhythm = Rhythm(again_after=wait, after_no=wait, most_a_year=most)
    again = rules.not_before(Balance(asked=len(days), asked_on=days), rhythm)
    assert again is not None and again >= days[0] + timedelta(days=wait)
    within = [day for day in days if again - timedelta(days=365) < day]
    assert len(within) < most
