"""The night's reasons read as sentences, and codes as names, in both languages."""

from __future__ import annotations

import pytest

from tenure.contracts import worklist
from tenure.contracts.customer_figures import FIGURES
from tenure.desk.kit import figures, wording

FACTS = {"on": "2026-11-22", "amount": 123_450_000, "share": 0.25}


def facts_of(rule: worklist.Rule) -> dict[str, object]:
    """A value of the right shape for every fact of a rule."""
    return {name: "gold" if name == "tier" else FACTS.get(name.rsplit("_", 1)[-1], 3) for name in rule.facts}


@pytest.mark.parametrize("rule", worklist.RULES, ids=lambda rule: rule.name)
def test_every_reason_is_a_sentence_without_holes(rule: worklist.Rule) -> None:
    for language in ("zh-hans", "en"):
        text = wording.reason(rule, facts_of(rule), "CNY", language)
        assert "{" not in text
        assert text.endswith(("。", "."))
        assert "123450000" not in text


def test_a_reason_words_its_facts_in_the_readers_language() -> None:
    rule = worklist.BY_NAME["near_threshold"]
    facts = {"now_amount": 4_700_000, "tier": "gold", "gap_amount": 300_000}
    assert wording.reason(rule, facts, "CNY", "zh-hans") == "月日均 4.70 万，距 金卡 门槛只差 3,000.00。"
    assert wording.reason(rule, facts, "CNY", "en") == "Average AUM 47.00k, only 3.00k short of Gold."


def test_a_missing_fact_leaves_a_dash_and_not_an_error() -> None:
    assert "—" in wording.reason(worklist.BY_NAME["birthday"], {}, "CNY", "en")


def test_a_code_nobody_knows_is_shown_as_it_is() -> None:
    assert wording.code_name("diamond", "tier", "zh-hans") == "钻石"
    assert wording.code_name("mithril", "tier", "en") == "mithril"
    assert wording.code_name(None, "tier", "en") == "—"


def test_every_figure_tells_its_formula_and_shows_only_known_inputs() -> None:
    row = type("Row", (), {column.name: None for column in FIGURES})()
    for column in FIGURES:
        shown = figures.figure(row, column.name, "CNY", "zh-hans")
        assert shown.formula, column.name
        assert figures.figure(row, column.name, "CNY", "en").formula, column.name
    assert set(figures.INPUTS) | {n for names in figures.INPUTS.values() for n in names} <= set(figures.BY_NAME)
