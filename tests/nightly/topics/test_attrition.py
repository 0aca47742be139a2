from __future__ import annotations

from tenure.desk.findings import words
from tenure.insight.attrition import causes, definitions, features
from tenure.insight.attrition.told import codes_of, told


def test_every_reason_cause_and_definition_has_words_in_both_languages() -> None:
    said = words.of("attrition").words
    codes = {
        *causes.CAUSES,
        *(f"lost_{name}" for name in definitions.DEFINITIONS),
        *(feature.reason for feature in features.FEATURES),
        *(f"sign_{name}" for name in features.NAMES),
        *(code for name in features.NAMES for code in codes_of(name)),
    }
    known = {**said, "tier": words.common.WORDS["tier"]}
    assert sorted(codes - set(known)) == []
    assert all(known[code].zh and known[code].en for code in codes)


def test_a_sentence_has_a_place_for_the_number_in_both_languages_or_in_none() -> None:
    said = words.of("attrition").words
    for name in features.NAMES:
        for code in codes_of(name):
            wanted = code.startswith("of_")
            assert ("{value}" in said[code].zh, "{value}" in said[code].en) == (wanted, wanted), code


def test_a_value_is_told_in_the_unit_that_people_read() -> None:
    assert told("aum_ratio_3m", 0.4) == {"code": "of_aum_ratio_3m", "value": 0.4, "unit": "share"}
    assert told("aum", 1_000_00.0)["unit"] == "money"
    assert told("tier", 4.0) == {"code": "of_tier", "value": "private", "unit": "tier"}
    assert told("payroll_stopped", 1.0)["code"] == "is_payroll_stopped"
    assert told("payroll_stopped", 0.0)["code"] == "not_payroll_stopped"
    assert told("last_recommend", None) == {"code": "no_last_recommend", "value": None, "unit": "number"}
