"""Value and needs of a small bank by hand: sums, scope by branch, what is due, and words for every code."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from nightly.topics.known import known, words_missing
from tenure.contracts.findings import Figures, Grid, Section
from tenure.desk.findings import words
from tenure.insight.inputs import TooLittleData
from tenure.insight.needs import OCCASIONS, REASONS, RELATED, RELATED_EVIDENCE, RULES, PropensityModel
from tenure.insight.value import PARTS, Measured, load
from tenure.nightly import staying, worth
from tenure.nightly.topics import Known, needs, value
from tenure.nightly.worth import Basis

AS_OF = date(2026, 6, 20)
ORGS = [{"org_id": "HQ"}, {"org_id": "B1", "parent_id": "HQ"}, {"org_id": "B2", "parent_id": "HQ"}]
MODELS = (
    {"category": "fund", "state": "too_few_openings"},
    {"category": "credit_card", "state": "used", "auc": 0.7, "opened": [0.01, 0.008, 0.012], "stated": 0.01},
    {"category": "insurance", "state": "not_calibrated", "auc": 0.6, "opened": [0.01, 0.008, 0.012], "stated": 0.03},
)


def bank(leaving: float | None = 0.1) -> Known:
    """Forty customers, the even ones in B1; the n-th is worth n × 1,000, of which loss takes n × 100."""
    who = [f"P{n:02}" for n in range(40)]
    figures = pa.table({"party_id": who, "org_id": ["B1", "B2"] * 20, "tier": ["basic"] * 20 + ["gold"] * 20})
    worths = [n * 1_000 for n in range(40)]
    chance = pa.array([leaving] * 40, pa.float64())
    parts = [json.dumps({**dict.fromkeys(PARTS, 0), "deposits": n * 1_100, "loss": -n * 100}) for n in range(40)]
    outlook = pa.table(
        {
            "party_id": who, "leaving_12m": chance, "value": worths, "value_low": [v - 100 for v in worths],
            "value_high": [v + 100 for v in worths], "value_months": [36] * 40, "value_parts": parts,
        }
    )  # fmt: skip
    found = known({"organisation": ORGS}, AS_OF, figures=figures, outlook=outlook)
    found.__dict__.update(need=ibis.memtable(_needs()), likely=MODELS)
    return found


def _needs() -> pa.Table:
    def need(party: str, kind: str, category: str, gate: str, **more: Any) -> dict[str, Any]:
        return {"party_id": party, "place": 1, "need": kind, "score": 0.5, "category": category, "gate": gate, **more}

    kinds = {
        "party_id": pa.string(), "place": pa.int64(), "need": pa.string(), "score": pa.float64(),
        "category": pa.string(), "product_id": pa.string(), "propensity": pa.float64(), "gate": pa.string(),
        "trigger": pa.string(), "due_on": pa.date32(), "expected_value": pa.int64(), "evidence": pa.string(),
    }  # fmt: skip
    rows = [
        need("P00", "save", "time_deposit", "ok", trigger="maturity", due_on=date(2026, 7, 20)),
        need("P02", "save", "time_deposit", "ok", trigger="maturity", due_on=date(2026, 7, 21)),
        need("P04", "consume", "credit_card", "ok", propensity=0.02, expected_value=500),
        need("P01", "consume", "credit_card", "no_consent", propensity=0.02, expected_value=900),
    ]
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def of(told: list[tuple[str, Section]], org: str, code: str) -> Any:
    return next(section for where, section in told if where == org and section.code == code)


def figure(section: Figures, code: str) -> Any:
    return next(one for one in section.figures if one.code == code)


def test_the_banks_value_is_the_sum_of_its_branches_and_of_its_parts() -> None:
    told = list(value.sections(bank()))
    total = [figure(of(told, org, "now"), "value_total").value for org in ("HQ", "B1", "B2")]
    assert total == [780_000, 380_000, 400_000]
    parts: Grid = of(told, "HQ", "by_part")
    assert sum(int(row[1]) for row in parts.rows) == 780_000  # type: ignore[arg-type]
    assert figure(of(told, "HQ", "now"), "at_risk").value == 78_000


def test_the_most_valuable_at_risk_are_named_in_their_own_branch_only() -> None:
    told = list(value.sections(bank()))
    assert not [org for org, section in told if org == "HQ" and section.code == "most_at_risk"]
    listed: Grid = of(told, "B1", "most_at_risk")
    assert [row[0] for row in listed.rows][:2] == ["P38", "P36"]
    assert listed.rows[0][-1] == 3_800


def test_without_a_model_nobody_is_put_first_and_the_page_says_so() -> None:
    told = list(value.sections(bank(leaving=None)))
    now = of(told, "HQ", "now")
    assert now.verdict.code == "value_by_rate"
    assert of(told, "B1", "most_at_risk").verdict.code == "risk_unknown"


def test_needs_are_counted_by_gate_and_only_open_ones_are_worth_something() -> None:
    told = list(needs.sections(bank()))
    now = of(told, "HQ", "now")
    assert [figure(now, code).value for code in ("needs", "open_needs", "barred_needs", "due_30d")] == [4, 3, 1, 1]
    assert figure(now, "expected_value").value == 500
    assert of(told, "HQ", "by_gate").rows == [["gate_no_consent", 1]]
    assert [row[0] for row in of(told, "B1", "best_now").rows] == ["P00", "P02", "P04"]
    assert of(told, "B2", "best_now").rows == []


def test_a_bank_without_needs_is_told_so() -> None:
    empty = bank()
    empty.__dict__["need"] = ibis.memtable(_needs().slice(0, 0))
    with pytest.raises(TooLittleData):
        list(needs.sections(empty))


def basis(hazard: Measured, margin: Measured, *, definitions: bool = True) -> Basis:
    nobody = ibis.memtable(pa.table({"party_id": pa.array([], pa.string())}))
    stays = staying.Staying(nobody, staying.Rate(60, 12_000), staying.Rate(3, 100), definitions)
    return Basis(load(), hazard, margin, stays, 7)


def test_the_page_says_what_was_assumed_and_what_was_measured() -> None:
    at = bank()
    at.__dict__.update(basis=basis(Measured(0.31, 0.2, 12), Measured(None, 0.15)))
    told = list(value.sections(at))
    rests = of(told, "HQ", "rests_on")
    assert figure(rests, "unpriced").value == 7 and figure(rests, "discount_rate").value == 0.08
    assert rests.verdict.code == "paid_end_of_month"
    errors: Grid = of(told, "HQ", "errors")
    assert errors.rows[0] == ["hazard_error", 0.31, 0.31, 0.2, 12, "error_measured"]
    assert errors.rows[1] == ["margin_error", 0.15, None, 0.15, None, "error_assumed"]
    assert errors.verdict is not None and errors.verdict.code == "errors_partly"
    assert words_missing("value", told) == []
    short = bank(leaving=None)
    floor = Measured(0.1, 0.2, 100)
    short.__dict__.update(basis=basis(floor, floor, definitions=False))
    told = list(value.sections(short))
    assert of(told, "HQ", "now").verdict.code == "value_by_closing"
    assert words_missing("value", told) == []


def test_what_speaks_for_a_likelihood_is_told_of_who_is_far_above_the_like_of_them() -> None:
    lots = np.random.default_rng(3)
    x, month = lots.normal(size=6_000), np.repeat(np.arange(12), 500)
    opened = (lots.random(6_000) < 1 / (1 + np.exp(3 - 1.5 * x))).astype(float)
    model = PropensityModel("fund", ["x"]).fit({"month": month, "x": x, "opened_fund": opened})
    # D and E are as likely as each other: high for a person, but neither stands out among companies.
    now = pa.table({"party_id": ["A", "B", "C", "D", "E"], "x": [2.0, -1, -1, 1, 1], "company": [0, 0, 0, 1, 1]})
    told = worth._because(model, now, now).to_pylist()
    assert [one["party_id"] for one in told if one["because"]] == ["A"]
    assert json.loads(told[0]["because"]) == {"code": "of_x", "value": 2.0, "unit": "number"}


@pytest.mark.parametrize("leaving", [0.1, None])
def test_every_code_has_words(leaving: float | None) -> None:
    assert words_missing("value", value.sections(bank(leaving))) == []
    assert words_missing("needs", needs.sections(bank(leaving))) == []


def test_every_need_gate_occasion_and_piece_of_evidence_has_words() -> None:
    said = words.of("needs").words
    codes = {rule.need for rule in RULES} | {f"gate_{reason}" for reason in (*REASONS, "ok")}
    codes |= set(RELATED) | {f"trigger_{name}" for name in OCCASIONS}
    codes |= {f"seen_{code}" for rule in RULES for code, _unit in rule.evidence}
    codes |= {f"seen_{code}" for code, _unit in RELATED_EVIDENCE}
    assert {name for rule in RULES for name in rule.triggers} == set(OCCASIONS), "no occasion is left unused"
    assert codes - set(said) == set()
    assert set(PARTS) - set(words.of("value").words) == set()
