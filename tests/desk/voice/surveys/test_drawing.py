"""Who is asked: the draw is blind and keeps its share, and nobody is asked too often."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.voice.surveys.conftest import NOW
from tenure.desk.kit.shares import wilson
from tenure.desk.voice.surveys.drawing import Asked, Waits, decide, drawn
from tenure.desk.voice.surveys.frames import Pile, frame_of

N = 20_000


@pytest.mark.parametrize("share", ["0.01", "0.3", "0.5", "0.97"])
def test_the_share_drawn_is_the_share_asked_for(share: str) -> None:
    """Within 4.5 standard errors of a binomial: a fair draw fails this once in 150,000 runs; this one is fixed."""
    count, p = sum(drawn(b"key", f"ticket-{n}", Decimal(share)) for n in range(N)), float(share)
    assert abs(count - N * p) < 4.5 * math.sqrt(N * p * (1 - p))


def test_the_draw_does_not_depend_on_who_served() -> None:
    """Of events numbered by counter, each counter's share is the same: χ² over 20 counters, p > 0.001."""
    per, p = 1000, 0.3
    hits = [sum(drawn(b"key", f"{staff:02d}-{n}", Decimal("0.3")) for n in range(per)) for staff in range(20)]
    assert sum((hit - per * p) ** 2 / (per * p * (1 - p)) for hit in hits) < 45.3


def test_two_surveys_draw_independently() -> None:
    both = sum(drawn(b"a", str(n), Decimal("0.5")) and drawn(b"b", str(n), Decimal("0.5")) for n in range(N))
    assert abs(both - N / 4) < 4.5 * math.sqrt(N * 0.25 * 0.75)


@given(
    st.binary(min_size=1, max_size=32), st.text(max_size=80), st.decimals(0, 1, places=4), st.decimals(0, 1, places=4)
)
def test_the_same_event_comes_out_the_same_and_a_larger_share_draws_it_too(
    key: bytes, event: str, one: Decimal, other: Decimal
) -> None:
    assert drawn(key, event, one) == drawn(key, event, one)
    if drawn(key, event, min(one, other)):
        assert drawn(key, event, max(one, other))
    assert drawn(key, event, Decimal(1)) and not drawn(key, event, Decimal(0))


def outcome(**told: Any) -> tuple[str, str]:
    usual: dict[str, Any] = {
        "kind": "nps", "survey": "s", "channels": ["sms", "email"], "wait_days": None, "waits": Waits(),
        "consents": True, "reached_by": {"sms", "email"}, "history": [], "is_drawn": True, "left": None, "now": NOW,
    }  # fmt: skip
    made = decide(**{**usual, **told})
    return made.outcome, made.channel


def asked(days: float, kind: str = "csat", channel: str = "sms", survey: str = "t") -> Asked:
    return Asked(NOW - timedelta(days=days), kind, channel, survey)


def test_each_reason_not_to_ask_has_its_name() -> None:
    assert outcome() == ("drawn", "sms")
    assert outcome(consents=False) == ("no_consent", "")
    assert outcome(reached_by={"wechat"}) == ("no_channel", "")
    assert outcome(is_drawn=False) == ("not_drawn", "")
    assert outcome(left=0) == ("quota", "")
    assert outcome(left=1) == ("drawn", "sms")
    assert outcome(reached_by={"email"}) == ("drawn", "email")


def test_nobody_is_asked_again_within_the_bank_s_wait_by_any_survey() -> None:
    assert outcome(history=[asked(89.9)]) == ("fatigue", "")
    assert outcome(history=[asked(90)]) == ("drawn", "sms")


def test_a_kind_a_channel_and_a_survey_may_wait_longer() -> None:
    kinds = Waits(after_kind={"nps": 180})
    assert outcome(waits=kinds, history=[asked(120, "nps")])[0] == "fatigue"
    assert outcome(waits=kinds, history=[asked(120, "csat")])[0] == "drawn"
    ways = Waits(after_channel={"sms": 180})
    assert outcome(waits=ways, history=[asked(120)]) == ("drawn", "email")  # by the next way, if there is one
    assert outcome(waits=ways, history=[asked(120)], channels=["sms"])[0] == "fatigue"
    assert outcome(wait_days=365, history=[asked(200, survey="s")])[0] == "fatigue"
    assert outcome(wait_days=365, history=[asked(200)])[0] == "drawn"


def test_whether_somebody_could_be_asked_does_not_depend_on_the_draw() -> None:
    """Else those not drawn would be no random part of who could be asked, and answers could not be weighed."""
    for told in ({"consents": False}, {"history": [asked(1)]}, {"reached_by": set()}):
        assert outcome(is_drawn=True, **told) == outcome(is_drawn=False, **told)


PILES = st.tuples(
    st.sampled_from(["drawn", "quota", "not_drawn", "fatigue"]),
    st.sampled_from(["waiting", "sent", "answered", "bounced"]),
    st.integers(1, 50),
)


@given(st.lists(PILES))
@settings(max_examples=60)
def test_a_frame_adds_up(told: list[tuple[str, str, int]]) -> None:
    frame = frame_of(Pile("/S1/", outcome, state if outcome == "drawn" else "", n) for outcome, state, n in told)
    assert frame.occasions == frame.could + frame.outcomes.get("fatigue", 0) == sum(n for _o, _s, n in told)
    assert frame.answered <= frame.reached <= frame.sent <= frame.drawn <= frame.could
    if frame.reached:
        low, high = frame.interval
        assert 0 <= low <= frame.rate <= high <= 1 and (low, high) == wilson(frame.answered, frame.reached)
