"""Counter or self-service (S26): each sentence of the practice as a law."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import codes
from tenure.desk.lobby import limits, words
from tenure.desk.lobby.rules import ASK, COUNTER, SELF_SERVICE, Limits, advise, moves_on, valuable
from tenure.errors import SetupError

CNY = Limits({"cash": 2_000_000, "transfer": 5_000_000})
USUAL: dict[str, Any] = {
    "business": "cash",
    "amount": 1_999_999,
    "coins": False,
    "waiting": 3,
    "tier": "basic",
    "wish": "",
    "limits": CNY,
}
cases = st.fixed_dictionaries(
    {
        "business": st.sampled_from(["", *codes.LOBBY_BUSINESS]),
        "amount": st.none() | st.integers(0, 10_000_000),
        "coins": st.booleans(),
        "waiting": st.integers(0, 30),
        "tier": st.none() | st.sampled_from(codes.TIER_ORDER),
        "wish": st.sampled_from(["", "counter", "self_service"]),
        "limits": st.just(CNY),
    }
)


@pytest.mark.parametrize(
    ("changed", "act", "because"),
    [
        ({}, SELF_SERVICE, "small"),
        ({"amount": 2_000_000}, COUNTER, "amount"),
        ({"business": "transfer", "amount": 4_999_999}, SELF_SERVICE, "small"),
        ({"business": "transfer", "amount": 5_000_000}, COUNTER, "amount"),
        ({"coins": True}, COUNTER, "coins"),
        ({"waiting": 0}, COUNTER, "nobody_waits"),
        ({"tier": "platinum"}, COUNTER, "valuable"),
        ({"tier": "platinum", "wish": "self_service"}, SELF_SERVICE, "small"),
        ({"tier": "gold", "wish": "counter"}, SELF_SERVICE, "small"),
        ({"business": "other"}, COUNTER, "business"),
        ({"business": ""}, ASK, "not_asked"),
        ({"amount": None}, ASK, "not_asked"),
        ({"limits": Limits()}, COUNTER, "business"),
    ],
)
def test_who_goes_where(changed: dict[str, Any], act: str, because: str) -> None:
    advice = advise(**USUAL | changed)
    assert (advice.act, advice.because) == (act, because)


@given(cases)
def test_self_service_is_for_small_amounts_without_coins_when_others_wait(case: dict[str, Any]) -> None:
    advice = advise(**case)
    assert words.reason(advice)
    if advice.act == SELF_SERVICE:
        assert case["amount"] is not None and case["amount"] < CNY.amounts[case["business"]]
        assert not case["coins"] and case["waiting"] > 0 and words.script(advice)
        assert not valuable(case["tier"], CNY) or case["wish"] == "self_service"


def test_a_ticket_moves_forwards_alone() -> None:
    assert moves_on("waiting", "called") and moves_on("called", "served") and moves_on("waiting", "left")
    assert not any(moves_on(*pair) for pair in (("called", "waiting"), ("served", "left"), ("left", "called")))


def _read(home: Path, currency: str, text: str | None = None) -> Limits:
    if text is not None:
        (home / "lobby.toml").write_text(text, encoding="utf-8")
    return limits._read(home / "lobby.toml", currency)


def test_limits_are_the_practices_scaled_to_the_currency(tmp_path: Path) -> None:
    assert _read(tmp_path, "CNY").amounts == {"cash": 2_000_000, "transfer": 5_000_000}
    assert _read(tmp_path, "CZK").amounts["cash"] == 400_000
    assert _read(tmp_path, "JPY").amounts["cash"] == 400_000, "a yen has no smaller unit"
    assert _read(tmp_path, "XXX").amounts == {}, "nobody is sent away by a limit that nobody set"


def test_a_bank_sets_its_own_limits_and_is_told_of_mistakes(tmp_path: Path) -> None:
    own = _read(tmp_path, "CNY", 'valuable_from = "gold"\n[CNY]\ncash = 30000\n')
    assert own.amounts == {"cash": 3_000_000, "transfer": 5_000_000} and valuable("gold", own)
    for number, text in enumerate(('valuable_from = "tin"', "[CNY]\ncash = -1", "[CNY]\ngold = 1", "CNY = 5", "[[[")):
        home = tmp_path / str(number)
        home.mkdir()
        with pytest.raises(SetupError):
            _read(home, "CNY", text)
