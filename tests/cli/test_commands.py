"""The command line as a person meets it: help, one clear message, the right exit code, nothing lost."""

from __future__ import annotations

import datetime
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tenure.cli import COMMANDS
from tenure.errors import Exit

PROJECT = Path(__file__).resolve().parents[2]


def tenure(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own, in a home of its own."""
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("TENURE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "tenure", *arguments],
        capture_output=True,
        text=True,
        env=surroundings | {"TENURE_HOME": str(home), "TENURE_PLAIN_STATIC": "1"} | environment,
        timeout=120,
    )


def test_the_command_lists_its_commands_and_says_what_they_do(tmp_path: Path) -> None:
    said = tenure("--help", home=tmp_path)
    assert said.returncode == Exit.OK
    for name in COMMANDS:
        line = next(line for line in said.stdout.splitlines() if line.strip().startswith(name))
        assert len(line.split()) > 3, f"{name} does not say what it does"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "desk"])
def test_every_command_has_help_with_an_example(name: str, tmp_path: Path) -> None:
    said = tenure(name, "--help", home=tmp_path)
    assert said.returncode == Exit.OK
    assert f"tenure {name}" in said.stdout.partition("Examples")[2], said.stdout


def test_a_command_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    said = tenure("nigthly", home=tmp_path)
    assert said.returncode == Exit.USAGE
    assert "nigthly" in said.stderr


def test_a_lake_that_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    said = tenure("nightly", "--lake", str(tmp_path / "none"), "--no-publish", home=tmp_path)
    assert said.returncode == Exit.LAKE
    assert "there is no lake" in said.stderr
    assert "→" in said.stderr and "Traceback" not in said.stderr


def test_an_engine_that_is_not_there_is_said_with_what_to_do(tmp_path: Path) -> None:
    from tenure.lake import Lake

    Lake.create(tmp_path / "lake")
    said = tenure("nightly", "--lake", str(tmp_path / "lake"), "--engine", "spark9", home=tmp_path)
    assert said.returncode == Exit.ENVIRONMENT
    assert "spark9" in said.stderr and "duckdb" in said.stderr
    assert not (tmp_path / "desk.sqlite3").exists(), "said before anything is begun"


def test_a_port_in_use_is_said_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = tenure("serve", "--port", str(port), home=tmp_path)
    assert said.returncode == Exit.ENVIRONMENT
    assert f"Port {port}" in said.stderr and f"--port {port + 1}" in said.stderr
    assert not (tmp_path / "desk.sqlite3").exists()


def test_a_database_that_does_not_answer_is_said_with_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        address = f"postgresql://tenure:x@127.0.0.1:{port}/tenure"
        said = tenure("serve", "--port", "0", home=tmp_path, TENURE_DATABASE=address)
        assert said.returncode == Exit.USAGE, "port 0 is not a port to serve on"
        said = tenure("user", "list", home=tmp_path, TENURE_DATABASE=address)
    assert said.returncode == Exit.DATABASE
    assert "does not answer" in said.stderr and "TENURE_DATABASE" in said.stderr


def test_a_database_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    said = tenure("user", "list", home=tmp_path, TENURE_DATABASE="oracle://x/y")
    assert said.returncode == Exit.DATABASE
    assert "sqlite:///" in said.stderr and "postgresql://" in said.stderr


def test_doctor_on_a_new_machine_finds_nothing_wrong_and_says_what_is_next(tmp_path: Path) -> None:
    said = tenure("doctor", home=tmp_path)
    vendor = PROJECT / "src/tenure/desk/kit/static/vendor"
    expected = Exit.OK if any(vendor.glob("**/*.js")) else Exit.ENVIRONMENT
    assert said.returncode == expected, said.stdout
    assert "none yet" in said.stdout and "tenure demo" in said.stdout


def test_a_slip_in_a_file_of_the_banks_own_is_told_before_the_desk_opens(tmp_path: Path) -> None:
    (tmp_path / "calendar.toml").write_text("[hours]\nmonday = []\n")
    (tmp_path / "voice.toml").write_text("[survey]\nwait_days = 30\n")
    for command in ("doctor", "serve", "worker"):
        said = tenure(command, home=tmp_path)
        told = said.stdout + said.stderr
        assert said.returncode == Exit.ENVIRONMENT and "no table [survey]" in told and "surveys" in told, command
    assert "calendar.toml" in tenure("doctor", home=tmp_path).stdout


def test_doctor_finds_a_file_the_lake_lost(tmp_path: Path) -> None:
    import pyarrow as pa

    from tenure.contracts import LAKE
    from tenure.lake import Lake, land_tables, schema_of

    lake = Lake.create(tmp_path / "lake")
    schema = schema_of(LAKE["organisation"]).to_pyarrow()
    rows = [dict.fromkeys(schema.names) | {"org_id": "HQ", "name": "总行", "kind": "head_office"}]
    land_tables(lake, "core", datetime.date(2026, 1, 1), {"organisation": pa.Table.from_pylist(rows, schema=schema)})
    (lake.path / lake.head().files[0].path).unlink()
    said = tenure("doctor", "--lake", str(lake.path), home=tmp_path)
    assert said.returncode == Exit.ENVIRONMENT
    assert "lacks 1 file" in said.stdout and "backup" in said.stdout


def test_a_secret_that_others_can_read_is_found(tmp_path: Path) -> None:
    tenure("user", "list", home=tmp_path)
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0, "made so that nobody else can read it"
    (tmp_path / "secret").chmod(0o644)
    said = tenure("doctor", home=tmp_path)
    assert said.returncode == Exit.ENVIRONMENT and "chmod 600" in said.stdout


def test_the_data_dictionary_in_docs_is_the_contracts(tmp_path: Path) -> None:
    path = PROJECT / "docs" / "data-dictionary.md"
    assert tenure("dictionary", "--output", str(path), "--check", home=tmp_path).returncode == Exit.OK
    other = tmp_path / "old.md"
    other.write_text(path.read_text(encoding="utf-8").replace("party_id", "customer_id", 1), encoding="utf-8")
    assert tenure("dictionary", "--output", str(other), "--check", home=tmp_path).returncode == Exit.INPUT


def test_the_lake_keeps_the_banks_time_whatever_the_machines(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "org.csv").write_text("no,name\nHQ,Head office\n", encoding="utf-8")
    (tmp_path / "m.toml").write_text(
        """
        source = "core"
        business_date = 2026-01-01
        [files.org]
        name = "org.csv"
        [[tables]]
        table = "organisation"
        from = "org"
        mode = "full"
        [tables.columns]
        org_id = "no"
        name = "name"
        kind = { value = "head_office" }
        """
    )
    lake = tmp_path / "lake"
    arguments = ("ingest", str(tmp_path / "m.toml"), "--source", str(tmp_path / "in"), "--lake", str(lake))
    said = tenure(*arguments, home=tmp_path, TENURE_TIME_ZONE="Pacific/Kiritimati", TZ="America/Adak")
    assert said.returncode == Exit.OK, said.stderr

    from tenure.lake import Lake

    (batch,) = Lake.open(lake).head().batches
    there = datetime.datetime.now(ZoneInfo("Pacific/Kiritimati")).replace(tzinfo=None)
    assert abs(there - datetime.datetime.fromisoformat(batch.landed_at)) < datetime.timedelta(minutes=5)


def test_the_desk_of_another_version_is_refused(tmp_path: Path, migrated_file: Path) -> None:
    import sqlite3

    shutil.copyfile(migrated_file, tmp_path / "desk.sqlite3")
    assert tenure("user", "list", home=tmp_path).returncode == Exit.OK
    with sqlite3.connect(tmp_path / "desk.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('work', '9999_of_the_future', '2030-01-01')"
        )
    said = tenure("user", "list", home=tmp_path)
    assert said.returncode == Exit.DATABASE
    assert "newer version" in said.stderr
