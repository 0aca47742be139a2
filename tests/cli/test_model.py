"""`tenure model` as a person meets it."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from tenure.cli.model import command
from tenure.errors import InputError


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    random = np.random.default_rng(1)
    found = []
    for k in range(400):
        balance = float(random.normal())
        left = random.random() < 1 / (1 + np.exp(1 + 1.5 * balance))
        found.append({"who": f"c{k}", "balance": balance, "kind": "ab"[k % 2], "left": "yes" if left else "no"})
    return found


def _csv(path: Path, rows: list[dict[str, Any]], separator: str = ",") -> Path:
    with gzip.open(path, "wt") if path.suffix == ".gz" else path.open("w") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    return path


ASKED = ("--target", "left", "--positive", "yes", "--id", "who", "--folds", "2")


def test_evaluate_prints_one_json_object_and_every_format_gives_the_same(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    files = [_csv(tmp_path / "t.csv", rows), _csv(tmp_path / "t.csv.gz", rows, ";"), tmp_path / "t.parquet"]
    said = [json.loads(run("evaluate", file, *ASKED, "--json").stdout) for file in files]
    assert set(said[0]) >= {"rows", "positives", "auc", "ap", "brier", "ece", "top_decile_lift", "seconds"}
    assert said[0]["rows"] == 400 and said[0]["auc"] > 0.65
    assert {each["auc"] for each in said} == {said[0]["auc"]}


def test_a_model_is_fitted_scored_and_reported(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    table, model, scores = _csv(tmp_path / "t.csv", rows), tmp_path / "m.json", tmp_path / "s.csv"
    assert "AUC" in run("fit", table, *ASKED, "--model", model).output
    assert "400 rows" in run("score", table, "--model", model, "--output", scores, "--top", "2").output
    with scores.open() as file:
        scored = list(csv.DictReader(file))
    assert len(scored) == 400 and scored[0]["who"] == "c0" and scored[0]["reason_1"] in {"balance", "kind"}
    assert 0 < float(scored[0]["probability"]) < 1
    assert "# Model card" in run("report", model).output
    assert "Limits" in run("report", model).output


FIGURES = {"rows", "positives", "auc", "ap", "brier", "ece", "top_decile_lift", "seconds"}


def test_fit_score_and_report_print_one_json_object_too(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    table, model, scores = _csv(tmp_path / "t.csv", rows), tmp_path / "m.json", tmp_path / "s.csv"
    judged = json.loads(run("evaluate", table, *ASKED, "--json").stdout)
    fitted = json.loads(run("fit", table, *ASKED, "--model", model, "--json").stdout)
    assert set(fitted) >= FIGURES and fitted["features"] == ["balance", "kind"] and fitted["model"] == str(model)
    assert {name: fitted[name] for name in FIGURES - {"seconds"}} == {
        name: judged[name] for name in FIGURES - {"seconds"}
    }
    scored = json.loads(run("score", table, "--model", model, "--output", scores, "--json").stdout)
    with scores.open() as file:
        each = [float(row["probability"]) for row in csv.DictReader(file)]
    assert scored["rows"] == 400 and scored["mean_probability"] == pytest.approx(np.mean(each), abs=1e-6)
    told = json.loads(run("report", model, "--json").stdout)
    assert set(told) >= FIGURES and told["auc"] == judged["auc"] and told["card"]["features"] == ["balance", "kind"]
    assert "report.json" in run("report", model, "--json", "--output", tmp_path / "report.json").output
    assert json.loads((tmp_path / "report.json").read_text())["card"] == told["card"]


@pytest.mark.parametrize(
    "given",
    [
        ("TABLE", "--drop", "one", "two"), ("--drop", "one", "two", "TABLE"), ("TABLE", "--drop", "one, two"),
        ("--drop=one", "two", "--seed", "1", "TABLE"), ("--drop", "one", "TABLE", "--drop", "two"),
    ],
)  # fmt: skip
def test_several_columns_are_left_out_after_one_drop(
    tmp_path: Path, rows: list[dict[str, Any]], given: tuple[str, ...]
) -> None:
    for k, row in enumerate(rows):
        row |= {"one": k % 7, "two": k % 5}
    table = _csv(tmp_path / "t.csv", rows)
    words = (table if each == "TABLE" else each for each in given)
    said = json.loads(run("evaluate", *ASKED, *words, "--json").stdout)
    assert {name for name, why in said["dropped"].items() if why == "asked"} == {"one", "two"}


def test_a_column_with_a_comma_in_its_name_is_left_out_as_it_is(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    for k, row in enumerate(rows):
        row["one, two"] = k % 7
    said = json.loads(run("evaluate", _csv(tmp_path / "t.csv", rows), *ASKED, "--drop", "one, two", "--json").stdout)
    assert said["dropped"]["one, two"] == "asked"


def test_a_readable_table_is_printed_without_json(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    said = run("evaluate", _csv(tmp_path / "t.csv", rows), *ASKED).output
    assert "out of fold" in said and "auc, 95 % interval" in said


def test_what_is_wrong_is_said(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    table = _csv(tmp_path / "t.csv", rows)
    with pytest.raises(InputError, match="no column gone"):
        run("evaluate", table, "--target", "gone")
    with pytest.raises(InputError, match="left never is maybe"):
        run("evaluate", table, "--target", "left", "--positive", "maybe")
    broken = tmp_path / "b.parquet"
    broken.write_bytes(b"nothing")
    with pytest.raises(InputError, match="can't be read"):
        run("evaluate", broken, "--target", "left")
    with pytest.raises(InputError, match="no saved model"):
        run("report", table)


def test_rows_in_order_of_time_are_foretold_by_the_rows_before_them(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    for k, each in enumerate(rows):  # what told who leaves tells the contrary in the newest third
        each["balance"] *= -1 if k > 270 else 1
    table = _csv(tmp_path / "t.csv", rows)
    said = json.loads(run("evaluate", table, *ASKED, "--in-order", "--json").stdout)
    assert said["how"] == "in_time" and said["auc"] == said["in_time"]["auc"] < 0.5 < said["out_of_fold"]["auc"]
    assert "expect less" not in run("evaluate", table, *ASKED, "--in-order").output
    assert "expect less" in run("evaluate", table, *ASKED).output
    run("fit", table, *ASKED, "--in-order", "--model", tmp_path / "m.json")
    assert run("score", table, "--model", tmp_path / "m.json", "--output", tmp_path / "s.csv").exit_code == 0
    with pytest.raises(InputError, match="both tell the time"):
        run("evaluate", table, *ASKED, "--order", "who", "--in-order")
