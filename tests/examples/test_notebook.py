"""The example notebook runs, finds what it planted, and is committed with the outputs that it gives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOK = Path(__file__).parents[2] / "examples" / "insight.ipynb"

#: What must be true after the last cell.
PLANTED = """
assert all(abs(model.params_[name] - truth[name]) < 3 * model.standard_errors_[name] for name in truth)
assert alive[0] > 0.8 > 0.3 > alive[1]
assert adjusted.verdict == "helped" and adjusted.estimate.low < 300 < adjusted.estimate.high
assert idle.verdict == "no_difference_found" and adjusted.standard_error < plain.standard_error / 2
assert score.low < 100 * (0.45 - 0.20) < score.high
assert queue.abandonment < 0.05
assert judged.auc.low > 0.7 and judged.ece < 0.05
assert answer.label == "app" and coder.predict(["停车位太难找"]) == ["waiting"]
assert {theme.key for theme in themes.themes_} == set(parts)
assert [one["party_id"] for one in network.prospects(good=["Mr Wang", "Ms Li"]).to_pylist()][0] == "Mr Zhao"
"""


@pytest.fixture(scope="module")
def committed() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def _run(notebook: Any, folder: Path) -> Any:
    return NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()


def _said(notebook: Any) -> list[str]:
    """What each cell printed, but for the numbers: these may differ in the last digit between machines."""
    texts = [
        "".join(one.get("text", "") for one in cell.get("outputs", ()))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return [re.sub(r"[\d.,+-]+", "0", text) for text in texts]


def test_every_cell_runs_finds_what_was_planted_and_prints_what_is_committed(committed: Any, tmp_path: Path) -> None:
    fresh = nbformat.from_dict(committed)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell["outputs"] = []
    fresh.cells.append(nbformat.v4.new_code_cell(PLANTED))
    ran = _run(fresh, tmp_path)
    assert _said(ran)[:-1] == _said(committed)


def test_a_cell_that_fails_fails_the_run(tmp_path: Path) -> None:
    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("insight.BGNBD()")])
    with pytest.raises(CellExecutionError, match="NameError"):
        _run(broken, tmp_path)


def test_it_is_short_uses_what_is_public_and_shows_no_machine(committed: Any) -> None:
    code = "\n".join(cell.source for cell in committed.cells if cell.cell_type == "code")
    assert len(code.splitlines()) < 140
    assert "from tenure import insight" in code and not re.search(r"\._[a-z]|import _", code)
    whole = NOTEBOOK.read_text("utf-8")
    assert not re.search(r"/(home|root|work|tmp|Users)/|Traceback|\"output_type\": \"error\"|execution\": \{", whole)
