from __future__ import annotations

import json
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from tenure.contracts.findings import Grid, Section, Unit
from tenure.desk.findings import words
from tenure.insight import months
from tenure.insight.attrition import causes, definitions, features
from tenure.insight.attrition.told import codes_of, told
from tenure.nightly.topics import Known, attrition
from tenure.nightly.training import Record

from .known import known, words_missing


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


AS_OF = date(2026, 11, 20)
CARD = {
    "learnt_until": months.parse("2026-05"),
    "figures": [
        {
            "landmark": months.parse("2026-04"), "months": 6, "rows": 1_000, "positives": 64, "auc": 0.8,
            "auc_low": 0.74, "auc_high": 0.86, "top_decile_lift": 4.5, "ece": 0.01, "in_the_large": 0.002,
            "empc": 0.7, "empc_target_share": 0.02,
            "tenths": [{"stated": k / 100, "came": k, "rows": 100} for k in range(10)],
        }
    ],
    "since": [
        {"months": 3, "landmark": months.parse("2026-07"), "rows": 900, "lost": 27, "said": 0.028, "came": 0.03,
         "low": 0.021, "high": 0.043, "slope": 0.9, "slope_low": 0.6, "slope_high": 1.2}
    ],
}  # fmt: skip


def bank(*, scored: bool = True, record: Record | None = None, worth: int | None = None) -> Known:
    """Two branches: ten customers at A (one lost), five at B; assets 1 to 15 yuan, likelihood falling with them."""
    ids = [f"P{n:02d}" for n in range(15)]
    figures = pa.table(
        {
            "party_id": ids,
            "org_id": ["A"] * 10 + ["B"] * 5,
            "tier": ["basic"] * 12 + ["private"] * 3,
            "aum_month_average": pa.array([100 * (n + 1) for n in range(15)], pa.int64()),
            "aum_year_average": pa.array([200 * (n + 1) for n in range(15)], pa.int64()),
        }
    )
    sign = [
        {"code": "of_age", "feature": "age", "value": 40.0, "contribution": -0.9},
        {"code": "of_aum_ratio_3m", "feature": "aum_ratio_3m", "value": 0.3, "contribution": 0.4},
    ]
    outlook = pa.table(
        {
            "party_id": ids[1:],
            "leaving_3m": [0.4 / n for n in range(1, 15)],
            "leaving_12m": [0.9 / n for n in range(1, 15)],
            "cause": ["better_rate_elsewhere"] * 14,
            "reasons": [json.dumps(sign)] * 14,
        }
    )
    if worth is not None:
        outlook = outlook.append_column("value", pa.array([worth] * 14, pa.int64()))
    contacts = [{"staff_id": "S", "contacts": 2, "last_on": "2026-07-03"}]
    gone = {
        "party_id": "P00", "month": "2026-08", "definition": "closed", "cause": "bad_service", "confidence": 0.6,
        "contacts": json.dumps(contacts),
    }  # fmt: skip
    orgs = [{"org_id": "H"}, {"org_id": "A", "parent_id": "H"}, {"org_id": "B", "parent_id": "H"}]
    found = known({"organisation": orgs}, AS_OF, figures=figures, **({"outlook": outlook} if scored else {}))
    found.__dict__.update(lost=ibis.memtable(pa.Table.from_pylist([gone])), record=record)
    return found


@pytest.fixture(scope="module")
def told_tonight() -> list[tuple[str, Section]]:
    return list(
        attrition.sections(bank(record=Record("champion", card=CARD, psi={"age": 0.3, "score": 0.12, "aum": 0.01})))
    )


def at(found: list[tuple[str, Section]], org: str, code: str) -> Any:
    (section,) = [section for place, section in found if (place, section.code) == (org, code)]
    return section


def test_the_headline_adds_up_the_likelihoods_with_an_interval(told_tonight: list[tuple[str, Section]]) -> None:
    assert told_tonight[0][0] == "H" and told_tonight[0][1].code == "now"
    figures = {one.code: one for one in at(told_tonight, "H", "now").figures}
    expected = sum(0.9 / n for n in range(1, 15))
    assert figures["expected_lost"].value == pytest.approx(expected)
    assert figures["expected_lost"].low < expected < figures["expected_lost"].high
    assert figures["expected_aum"].value == round(sum(0.9 / n * 100 * (n + 1) for n in range(1, 15)))
    assert (figures["lost_last_year"].value, figures["lost_share"].value) == (1, 1 / 15)


def test_a_branch_sees_its_own_customers_and_nobody_is_named_above_it(
    told_tonight: list[tuple[str, Section]],
) -> None:
    named = {
        org: [row[0] for row in section.rows]
        for org, section in told_tonight
        if isinstance(section, Grid) and section.code == "leaving"
    }
    assert named == {"A": [f"P{n:02d}" for n in range(1, 10)], "B": [f"P{n}" for n in range(10, 15)]}
    assert [row[0] for row in at(told_tonight, "A", "lost_list").rows] == ["P00"]
    assert not any(code == "lost_list" for org, code in ((o, s.code) for o, s in told_tonight) if org == "B")
    people = [org for org, one in told_tonight if any(unit is Unit.PARTY for _, unit in getattr(one, "columns", ()))]
    assert "H" not in people


def test_those_who_take_most_money_come_first_with_what_speaks_for_it(told_tonight: list[tuple[str, Section]]) -> None:
    rows = at(told_tonight, "A", "leaving").rows
    stake = [row[5] for row in rows]
    assert stake == sorted(stake, reverse=True) and stake[0] == 180
    assert {row[6] for row in rows} == {"sign_aum_ratio_3m"}


def test_the_lost_are_listed_with_cause_and_last_contact(told_tonight: list[tuple[str, Section]]) -> None:
    (row,) = at(told_tonight, "A", "lost_list").rows
    assert row[:6] == ["P00", "basic", "2026-08", 200, "lost_closed", "bad_service"]
    assert row[7:] == [2, "2026-07-03", "S"]
    assert at(told_tonight, "H", "causes").rows == [["bad_service", 1, 1.0, 200]]


def test_what_was_said_stands_beside_what_came(told_tonight: list[tuple[str, Section]]) -> None:
    stated, observed = at(told_tonight, "H", "calibration").lines
    assert stated.values[9] == observed.values[9] == 0.09
    assert all(lo <= v <= hi for lo, v, hi in zip(observed.low, observed.values, observed.high, strict=True))
    assert at(told_tonight, "H", "drift").rows == [["sign_age", 0.3], ["sign_score", 0.12]]
    assert at(told_tonight, "H", "drift").verdict.code == "some_drifted"


def test_the_model_in_use_is_held_against_what_came_and_a_warning_says_where_it_is_off() -> None:
    def verdict(**changed: float) -> Any:
        card = {**CARD, "since": [{**CARD["since"][0], **changed}]}  # type: ignore[index, dict-item]
        return at(list(attrition.sections(bank(record=Record("champion", card=card)))), "H", "since").verdict

    assert (verdict().code, verdict().tone) == ("level_holds", "")
    assert (verdict(said=0.05).code, verdict(said=0.05).tone) == ("level_off", "warn")
    assert (verdict(slope_low=1.1).code, verdict(slope_low=1.1).tone) == ("slope_off", "warn")
    early = list(attrition.sections(bank(record=Record("champion", card={**CARD, "since": []}))))
    assert at(early, "H", "since").verdict.code == "since_too_early"
    for found in (early, list(attrition.sections(bank(record=Record("champion", card=CARD))))):
        assert words_missing("attrition", found) == []
    for code in ("level_off", "slope_off", "level_holds"):
        assert code in words.of("attrition").words


def test_who_is_worth_contacting_is_told_by_value_and_costs_and_marked_in_the_list() -> None:
    """At 2,000 yuan each a contact (20) and an offer (200) pay from p = 220 ÷ (0.3 · 1,800 + 200) = 29.7 % on."""

    def told(worth: int) -> tuple[Any, set[str]]:
        found = list(attrition.sections(bank(record=Record("champion", card=CARD), worth=worth * 100)))
        assert words_missing("attrition", found) == []
        marked = {row[0] for org in "AB" for row in at(found, org, "leaving").rows if row[8] == "worth_contacting"}
        return at(found, "H", "retention"), marked

    section, marked = told(2_000)
    assert marked == {f"P{n:02d}" for n in range(1, 15) if 0.9 / n >= 220 / 740} == {"P01", "P02", "P03"}
    figures = {one.code: one.value for one in section.figures}
    assert (figures["worth_count"], figures["worth_from"], figures["acceptance"]) == (3, pytest.approx(0.3), 0.3)
    assert figures["retention_profit"] > 0 and section.verdict.code == "retention_is"
    richer, more = told(4_000)
    assert marked < more
    assert {one.code: one.value for one in richer.figures}["contact_share"] > figures["contact_share"]
    nobody, none = told(100)
    assert none == set() and nobody.verdict.code == "retention_none"
    tiers = at(list(attrition.sections(bank(record=Record("champion", card=CARD), worth=200_000))), "H", "by_tier")
    assert sum(row[-1] for row in tiers.rows) == 3


def test_without_a_value_nobody_is_called_worth_contacting(told_tonight: list[tuple[str, Section]]) -> None:
    assert at(told_tonight, "H", "retention").verdict.code == "too_little_data"
    assert {row[8] for row in at(told_tonight, "A", "leaving").rows} == {None}


def test_what_no_window_has_tested_is_called_extrapolated(told_tonight: list[tuple[str, Section]]) -> None:
    said = at(told_tonight, "H", "windows").verdict
    assert (said.code, said.numbers["months"][1]) == ("beyond_tested", 6)
    year = {**CARD, "figures": [{**CARD["figures"][0], "months": 12}]}  # type: ignore[index, dict-item]
    assert at(list(attrition.sections(bank(record=Record("champion", card=year)))), "H", "windows").verdict is None


def test_too_little_history_says_so_and_gives_no_likelihood() -> None:
    found = list(attrition.sections(bank(scored=False, record=Record("too_little_data"))))
    assert {section.code for _, section in found} == {"now", "causes", "lost_list"}
    headline = at(found, "H", "now")
    assert headline.verdict.code == "no_model" and [one.code for one in headline.figures] == ["lost_last_year"]
    assert words_missing("attrition", found) == []


def test_an_order_hardly_told_from_chance_is_called_so() -> None:
    weak = {**CARD, "figures": [{**CARD["figures"][0], "auc_low": 0.52}]}  # type: ignore[index, dict-item]
    found = list(attrition.sections(bank(record=Record("champion", card=weak))))
    assert at(found, "H", "model").verdict.code == "model_weak"


def test_everything_said_has_words(told_tonight: list[tuple[str, Section]]) -> None:
    assert words_missing("attrition", told_tonight) == []
