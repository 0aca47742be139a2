from __future__ import annotations

from pathlib import Path

import pytest

from tenure.errors import InputError
from tenure.insight import organisation, thresholds


def _own(tmp_path: Path, text: str) -> thresholds.Thresholds:
    path = tmp_path / "thresholds.toml"
    path.write_text(text, encoding="utf-8")
    return thresholds.load("CNY", path)


def test_defaults_are_the_ladder_of_chinese_retail_banks() -> None:
    assert thresholds.load("CNY").tiers.ladder == (0, 5_000_000, 50_000_000, 500_000_000, 1_000_000_000)


def test_a_bank_overrides_single_keys_and_keeps_the_rest(tmp_path: Path) -> None:
    own = _own(tmp_path, "[tiers]\ngold = 60_000\n[worklist.birthday]\non = false\n")
    assert own.tiers.gold == 6_000_000
    assert own.tiers.platinum == 50_000_000
    assert not own.worklist.birthday.on and own.worklist.maturity.on


def test_amounts_are_scaled_to_the_lakes_currency_and_its_minor_unit() -> None:
    assert thresholds.load("CZK").tiers.gold == 1_000_000  # 50,000 × 0.2 crowns, in hellers
    assert thresholds.load("JPY").tiers.gold == 1_000_000  # 50,000 × 20 yen, which have no minor unit


def test_rates_count_minor_units_of_both_currencies(tmp_path: Path) -> None:
    own = _own(tmp_path, "[rates]\nUSD = 7.1\nJPY = 0.05\n")
    assert own.factors == {"USD": 7_100_000, "JPY": 5_000_000, "CNY": 1_000_000}  # 1 yen = 5 fen


def test_a_bank_names_its_own_causes_of_complaint_and_no_figure_follows_from_a_name(tmp_path: Path) -> None:
    own = _own(tmp_path, '[complaint_causes]\nC03 = { zh = "营销行为", en = "Selling" }\n')
    assert own.complaint_causes == {"C03": ("营销行为", "Selling")}
    assert thresholds.load("CNY").complaint_causes == {}
    assert own.as_dict() == thresholds.load("CNY").as_dict()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("complaint_causes = 3", "complaint_causes"),
        ("[complaint_causes]\nC03 = 'Selling'", "complaint_causes.C03"),
        ("[complaint_causes]\nC03 = { zh = '营销行为' }", "complaint_causes.C03"),
        ("[complaint_causes]\nC03 = { zh = '营销行为', en = ' ' }", "complaint_causes.C03"),
        ("[complaint_causes]\nC03 = { zh = '营销行为', en = 'Selling', fr = 'Vente' }", "complaint_causes.C03"),
        ("[tiers]\nsilver = 1", "tiers.silver"),
        ("[tiers]\ngold = '5万'", "tiers.gold"),
        ("[tiers]\ngold = 900_000", "tiers.platinum"),
        ("[tiers]\ngold = 0", "tiers.gold"),
        ("[near]\nshare = 10", "near.share"),
        ("[protection]\ngold = 13", "protection.gold"),
        ("[protection]\ngold = 1.5", "protection.gold"),
        ("[score]\nweight_assets = 0.9", "[score]"),
        ("[worklist.birthday]\non = 1", "worklist.birthday.on"),
        ("[worklist.birthday]\nminimum_tier = 'silver'", "worklist.birthday.minimum_tier"),
        ("[queues]\nshare = 1", "queues.share"),
        ("[queues]\nminutes = 0", "queues.minutes"),
        ("[queues]\nmonths = 36", "queues.months"),
        ("[rates]\nUSD = -7", "rates.USD"),
        ("tiers = 3", "tiers"),
        ("[tiers", "TOML"),
    ],
)
def test_a_wrong_threshold_is_refused_by_name_with_a_remedy(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InputError) as wrong:
        _own(tmp_path, text)
    assert named in wrong.value.message
    assert "thresholds.toml" in wrong.value.message
    assert wrong.value.remedy


def test_a_currency_without_a_scale_is_refused() -> None:
    with pytest.raises(InputError, match="XAU"):
        thresholds.load("XAU")


def test_branch_paths_run_from_the_top() -> None:
    parents = {"HQ": None, "B1": "HQ", "S2": "B1", "X": "gone"}
    assert organisation.paths(parents) == {"HQ": "/HQ/", "B1": "/HQ/B1/", "S2": "/HQ/B1/S2/", "X": "/X/"}


def test_a_branch_below_itself_is_refused() -> None:
    with pytest.raises(InputError, match="below itself"):
        organisation.paths({"A": "B", "B": "C", "C": "A"})


def test_a_tree_deeper_than_any_bank_is_refused() -> None:
    with pytest.raises(InputError, match="levels"):
        organisation.paths({"0": None, **{str(n): str(n - 1) for n in range(1, 20)}})
