from __future__ import annotations

from pathlib import Path

import pytest

from tenure.contracts.columns import Column
from tenure.contracts.customer_figures import FIGURES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "statistics.md"


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_is_documented_by_the_formula_of_its_contract(figure: Column) -> None:
    line = f"| `{figure.name}` | {figure.zh} | {figure.formula_zh} | {figure.formula_en} |"
    assert line in PAGE.read_text(encoding="utf-8").splitlines(), f"write this line into docs/statistics.md: {line}"
