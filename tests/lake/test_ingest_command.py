"""The command: what it prints, and the exit codes of what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lake.deliveries import CUSTOMERS, deliver, mapping, rows
from tenure.cli import main
from tenure.cli.ingest import command
from tenure.errors import Exit, LakeError
from tenure.lake import Lake


def run(*told: str | Path) -> Result:
    return CliRunner().invoke(command, [str(t) for t in told], catch_exceptions=False)


@pytest.fixture
def told(tmp_path: Path) -> list[str | Path]:
    return [mapping(tmp_path, share=0.4).path, "--source", deliver(tmp_path), "--lake", tmp_path / "l"]


def test_the_first_delivery_makes_the_lake_and_the_second_changes_nothing(
    told: list[str | Path], tmp_path: Path
) -> None:
    first = run(*told)
    assert first.exit_code == Exit.OK
    assert "transaction" in first.output and "✓ 2024-02-29-core-" in first.output
    lake = Lake.open(tmp_path / "l")
    assert (lake.bank, len(rows(lake, "party"))) == ("示例银行", 3)
    assert "nothing changed" in run(*told).output


def test_bad_rows_are_counted_and_their_file_is_named(told: list[str | Path], tmp_path: Path) -> None:
    deliver(tmp_path, CUSTOMERS.replace("1985-03-14", "1985-02-31"))
    printed = run(*told).output
    assert "bad rows: " in printed and "party.csv" in printed
    [line] = [each for each in printed.splitlines() if each.split()[:1] == ["party"]]
    assert line.split() == ["party", "2", "1"]


def test_a_dry_run_makes_no_lake(told: list[str | Path], tmp_path: Path) -> None:
    assert "checked only" in run(*told, "--dry-run").output
    assert not (tmp_path / "l").exists()


def test_batches_are_listed_and_taken_back(told: list[str | Path], tmp_path: Path) -> None:
    run(*told, "--business-date", "2024-02-28")
    [batch] = Lake.open(tmp_path / "l").head().batches
    assert batch.business_date == "2024-02-28"
    assert batch.id in run("--list", "--lake", tmp_path / "l").output
    assert "taken out" in run("--undo", batch.id, "--lake", tmp_path / "l").output
    assert "0 batches" in run("--list", "--lake", tmp_path / "l").output


def test_half_a_command_says_what_is_missing(tmp_path: Path) -> None:
    assert "Give a MAPPING" in run("--lake", tmp_path / "l").output
    assert "Give --source" in run("m.toml", "--lake", tmp_path / "l").output
    with pytest.raises(LakeError, match="there is no lake"):
        run("--list", "--lake", tmp_path / "l")


@pytest.mark.parametrize(
    ("customers", "code"),
    [(CUSTOMERS, Exit.OK), ("", Exit.INPUT), (CUSTOMERS.replace("007", "").replace("42", ""), Exit.INPUT)],
)
def test_what_goes_wrong_is_an_exit_code_and_two_lines(
    told: list[str | Path],
    tmp_path: Path,
    customers: str,
    code: Exit,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deliver(tmp_path, customers)
    monkeypatch.setattr("sys.argv", ["tenure", "ingest", *map(str, told)])
    if code:
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == code
        [message, remedy] = [x for x in capsys.readouterr().err.splitlines() if x.startswith(("✗", "  →"))]
        assert message.startswith("✗ ") and remedy.startswith("  → ")
    else:
        main()
