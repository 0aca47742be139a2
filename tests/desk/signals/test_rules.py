"""Rules of signals: pure decisions, and the laws they keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.contracts.signals import RULES
from tenure.desk.kit.shares import beta_share
from tenure.desk.signals import rules
from tenure.desk.signals.reliability import reliability
from tenure.desk.signals.rules import DEFAULTS, BadSetting, Facts, Seen, Setting, judge, judge_windows

T0 = datetime(2026, 11, 20, 9, tzinfo=UTC)
SMALL = replace(
    DEFAULTS,
    rules={**DEFAULTS.rules, "frequent": Setting(True, dict.fromkeys(codes.TIER_ORDER, 500))},
    count=3,
    hours=2,
)
LINE = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 400)), max_size=14)


def _line(told: list[tuple[int, int]]) -> list[Seen]:
    return [Seen(f"e{n}", "deposit", T0 + timedelta(minutes=m), "C1", amount) for n, (m, amount) in enumerate(told)]


def _by_definition(line: list[Seen]) -> set[str]:
    """Windows counted the slow way: all events within two hours up to each event."""
    found = set()
    for last in line:
        # Of events of one moment the order is by id; a window ends with one of them.
        inside = [
            e for e in line if e.at > last.at - timedelta(hours=2) and (e.at, e.event_id) <= (last.at, last.event_id)
        ]
        if len(inside) >= 3 and sum(e.amount or 0 for e in inside) >= 500:
            found.add(f"frequent:C1:{last.at.date()}")
    return found


@given(LINE, st.integers(1, 14), st.randoms())
def test_what_fires_does_not_depend_on_how_events_come(told: list[tuple[int, int]], size: int, chance: object) -> None:
    line = _line(told)
    whole = {f.cause for f in judge_windows(line, frozenset(e.event_id for e in line), Facts("gold"), SMALL, UTC)}
    assert whole == _by_definition(line)
    shuffled = list(line)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    come: list[Seen] = []
    pieces: set[str] = set()
    for begin in range(0, len(shuffled), size):
        batch = shuffled[begin : begin + size]
        come += batch
        fresh = frozenset(e.event_id for e in batch)
        pieces |= {f.cause for f in judge_windows(come, fresh, Facts("gold"), SMALL, UTC)}
    assert pieces >= whole
    # A piece may fire by an order of ids within one moment that the whole has not; never on another day.
    assert {c.split(":")[-1] for c in pieces} <= {str(e.at.date()) for e in line}


@given(st.sampled_from(codes.TIER_ORDER), st.integers(0, 10**12))
def test_an_amount_fires_from_the_tiers_threshold_on(tier: str, amount: int) -> None:
    fired = judge(Seen("e", "deposit", T0, "C1", amount), Facts(tier), DEFAULTS)
    assert bool(fired) == (amount >= DEFAULTS.rules["large_deposit"].amounts[tier])


def test_money_to_ones_own_account_elsewhere_is_told_as_that_and_not_as_a_withdrawal() -> None:
    event = Seen("e", "transfer_out", T0, "C1", 10**12, same_name=True)
    assert [f.rule for f in judge(event, Facts("basic"), DEFAULTS)] == ["same_name_outflow"]
    assert [f.rule for f in judge(replace(event, same_name=False), Facts("basic"), DEFAULTS)] == ["large_withdrawal"]


def test_a_rule_that_is_off_never_fires() -> None:
    off = replace(DEFAULTS, rules={name: replace(one, on=False) for name, one in DEFAULTS.rules.items()})
    for kind in codes.EVENT_KINDS:
        event = Seen("e", kind, T0, "C1", 10**13, same_name=True, category="fund")
        assert not judge(event, Facts("basic"), off)


def test_every_rule_is_worded_and_configured() -> None:
    assert {rule.name for rule in RULES} == set(DEFAULTS.rules) == {*rules.KINDS, "frequent"}
    assert rules.settings_from(DEFAULTS.as_json()) == DEFAULTS


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": 1}, "count"),
        ({"hours": 0}, "hours"),
        ({"escalate_minutes": True}, "escalate_minutes"),
        ({"rules": {}}, "rules"),
        ({"rules": {**DEFAULTS.as_json()["rules"], "frequent": {"on": True, "amounts": {}}}}, "frequent.amounts"),
        ({"rules": {**DEFAULTS.as_json()["rules"], "frequent": {"on": 1}}}, "frequent.on"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_at_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(BadSetting) as no:
        rules.settings_from({**DEFAULTS.as_json(), **change})
    assert no.value.field == field


def test_who_may_take_a_signal_on() -> None:
    rm, pool = frozenset({"relationship_manager"}), frozenset({"lobby_manager"})
    assert rules.may_claim("new", "E1", "E1", rm) and rules.may_claim("new", "", "E2", rm)
    assert not rules.may_claim("new", "E1", "E2", rm) and rules.may_claim("new", "E1", "E2", pool)
    assert rules.may_claim("escalated", "E1", "E2", rm)
    assert not rules.may_claim("claimed", "E1", "E1", rm) and not rules.may_claim("closed", "", "E1", pool)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_learned_lies_in_its_interval_and_towards_that_of_all(useful: int, not_useful: int) -> None:
    closed = useful + not_useful
    one = reliability(useful, closed, 100 + useful, 200 + closed)
    assert 0 <= one.low <= one.share <= one.high <= 1
    mean = (101 + useful) / (202 + closed)
    own = useful / closed if closed else mean
    assert min(own, mean) - 1e-9 <= one.share <= max(own, mean) + 1e-9


def test_the_beta_function_is_the_one_of_the_tables() -> None:
    special = pytest.importorskip("scipy.special")
    for x, a, b in ((0.2, 2, 3), (0.9, 0.6, 9.4), (0.5, 40, 55), (0.01, 12, 1)):
        assert beta_share(x, a, b) == pytest.approx(special.betainc(a, b, x), abs=1e-10)
