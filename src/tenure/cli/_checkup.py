"""What `tenure doctor` looks at, one subject a function."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from tenure.errors import TenureError

#: Below this much free room a night may not finish.
ROOM_GB = 2


@dataclass(frozen=True)
class Finding:
    """What was found: ``fine``, a ``note`` (works, but know this) or ``wrong``, and what to do."""

    state: Literal["fine", "note", "wrong"]
    subject: str
    text: str
    remedy: str = ""


def check_up(lake_path: Path | None) -> Iterator[Finding]:
    """Every finding, in the order in which one would put things right."""
    checks: list[Callable[[], Iterator[Finding]]] = [
        _python,
        _packages,
        _home,
        _door,
        _bank_files,
        _sending,
        _engines,
        _assets,
        _database,
    ]
    for check in checks:
        try:
            yield from check()
        except TenureError as wrong:
            yield Finding("wrong", check.__name__.strip("_"), wrong.message, wrong.remedy)
    if lake_path is None:
        from tenure.desk.conf.home import home

        usual = home() / "lake"
        lake_path = usual if usual.exists() else None
    if lake_path is None:
        yield Finding(
            "note", "lake", "none yet", "Run `tenure demo`, or `tenure ingest MAPPING --source DIR --lake L`."
        )
    else:
        yield from _lake(lake_path)


def _python() -> Iterator[Finding]:
    yield Finding("fine", "python", ".".join(map(str, sys.version_info[:3])))


def _packages() -> Iterator[Finding]:
    missing = []
    for needed in importlib.metadata.requires("tenure") or ():
        if "extra ==" in needed:
            continue
        name = needed.split(";")[0].strip()
        bare = name[: min((name.find(c) for c in "[<>=!~ " if c in name), default=len(name))]
        try:
            importlib.metadata.version(bare)
        except importlib.metadata.PackageNotFoundError:
            missing.append(bare)
    if missing:
        yield Finding("wrong", "packages", f"missing: {', '.join(missing)}", "Run `make setup`.")
    else:
        yield Finding("fine", "packages", f"all of tenure {importlib.metadata.version('tenure')} is installed")


def _home() -> Iterator[Finding]:
    from tenure.desk.conf.home import home

    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").write_text("")
        (folder / ".writable").unlink()
    except OSError as wrong:
        remedy = "Give this user the right to write there, or set TENURE_HOME to another folder."
        yield Finding("wrong", "home", f"{folder}: {wrong.strerror}", remedy)
        return
    room = shutil.disk_usage(folder).free / 1e9
    if room < ROOM_GB:
        yield Finding("wrong", "home", f"{folder}: only {room:.1f} GB free", f"Free at least {ROOM_GB} GB.")
    else:
        yield Finding("fine", "home", f"{folder} ({room:,.0f} GB free)")
    secret = folder / "secret"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield Finding("wrong", "home", f"{secret} can be read by others", f"chmod 600 {secret}")


def _door() -> Iterator[Finding]:
    from tenure.desk.conf.home import home
    from tenure.desk.org.door.config import SECRET_VARIABLE, door_of

    path = home() / "door.toml"
    if not path.exists():
        yield Finding("fine", "door", "as it comes (no door.toml)")
        return
    door = door_of(home())
    told = [f"second factor for {', '.join(sorted(door.second_factor))}"] if door.second_factor else []
    if door.addresses:
        told.append(f"addresses for {', '.join(sorted(door.addresses))}")
    if door.oidc is not None:
        told.append(f"OpenID Connect by {door.oidc.issuer}")
    if door.oidc is not None and not door.oidc.client_secret:
        remedy = "The desk does not start without it; set it where `tenure serve` runs."
        yield Finding("note", "door", f"{SECRET_VARIABLE} is not set here", remedy)
    yield Finding("fine", "door", f"{path}" + (f": {'; '.join(told)}" if told else ""))


def _bank_files() -> Iterator[Finding]:
    from tenure.cli._bank_files import judged
    from tenure.cli._desk import prepare
    from tenure.desk.conf.home import home

    prepare()
    for name, wrong in judged(home()):
        if wrong is None:
            yield Finding("fine", "bank's files", f"{home() / name}")
        else:
            yield Finding("wrong", "bank's files", wrong.message, wrong.remedy)


def _sending() -> Iterator[Finding]:
    from tenure.desk.conf.home import home
    from tenure.desk.voice.sending.settings import FILE, secret_variable, settings_of

    told = settings_of(home())
    carried = ", ".join(f"{channel} by {sender}" for channel, sender in told.senders.items())
    if set(told.senders.values()) <= {"file", "console"}:
        remedy = f"Name the bank's senders in {home() / FILE}; until then messages are lines in {home() / 'outbox'}."
        yield Finding("note", "messages", "no sender is set: nothing leaves this machine", remedy)
    else:
        yield Finding("fine", "messages", carried)
    for sender in sorted({*told.senders.values()} & set(told.http)):
        if not told.http[sender].secret:
            yield Finding(
                "note", "messages", f"{secret_variable(sender)} is not set here", "Set it where the worker runs."
            )
    if not told.links.startswith("https://"):
        text = f"links to customers lead to {told.links_address}"
        yield Finding(
            "note", "messages", text, f'Set [links] address = "https://…" in {FILE}: a domain of the bank\'s own.'
        )
    else:
        yield Finding("fine", "messages", f"links to customers lead to {told.links}")


def _engines() -> Iterator[Finding]:
    from tenure.lake import connect

    with connect("duckdb") as engine:
        yield Finding("fine", "engine", f"{engine.name} {importlib.metadata.version('duckdb')}")
    try:
        spark = importlib.metadata.version("pyspark")
    except importlib.metadata.PackageNotFoundError:
        yield Finding(
            "note", "engine", "Spark is not installed (needed only for --engine spark)", "pip install 'tenure[spark]'"
        )
        return
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        yield Finding("note", "engine", f"Spark {spark} has no Java", "Install Java 17 or set JAVA_HOME.")
    else:
        yield Finding("fine", "engine", f"spark {spark}")


def _assets() -> Iterator[Finding]:
    import tenure.desk

    folder = Path(tenure.desk.__file__).parent / "kit" / "static" / "vendor"
    if any(folder.glob("**/*.js")):
        yield Finding("fine", "browser's files", "installed")
    else:
        yield Finding("wrong", "browser's files", "not installed", "Run `make assets` (it needs npm).")


def _database() -> Iterator[Finding]:
    from tenure.cli._desk import prepare

    prepare()
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    where = connection.settings_dict["NAME"]
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as wrong:
        text = str(wrong).strip().splitlines()[0]
        yield Finding("wrong", "database", f"does not answer: {text}", "Start it, or correct TENURE_DATABASE.")
        return
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        remedy = "`tenure serve` and `tenure nightly` prepare it; or run `tenure desk migrate`."
        yield Finding("note", "database", f"{where}: {len(waiting)} change(s) of its tables wait", remedy)
        return
    yield Finding("fine", "database", f"{connection.vendor} {where}")
    from tenure.desk.org.models import User
    from tenure.desk.publication.models import Publication

    current = Publication.objects.current()
    if current is None:
        yield Finding("note", "publication", "no night has been published yet", "Run `tenure nightly --lake L`.")
    else:
        age = (date.today() - current.as_of).days
        yield Finding("fine", "publication", f"{current.bank} as of {current.as_of} ({age} days ago)")
    from tenure.desk.control import audit

    verdict = audit.verify_chain()
    if verdict.broken:
        remedy = "Somebody changed the trail behind the desk's back; keep the database as it is and tell the auditor."
        yield Finding("wrong", "audit trail", verdict.broken[0], remedy)
    else:
        yield Finding("fine", "audit trail", f"{verdict.events:,} line(s), each as it was written")
    if not User.objects.filter(is_active=True).exists():
        remedy = "`tenure user add NAME --role executive` adds one; `tenure user demo` one of every role."
        yield Finding("note", "users", "nobody can sign in yet", remedy)
    if connection.vendor == "sqlite" and current is not None and current.rows.get("customer", 0) > 200_000:
        remedy = "Above 200,000 customers use PostgreSQL: set TENURE_DATABASE."
        yield Finding("note", "database", f"SQLite holds {current.rows['customer']:,} customers", remedy)


def _lake(path: Path) -> Iterator[Finding]:
    from tenure.lake import Lake

    try:
        lake = Lake.open(path)
        head = lake.head()
    except TenureError as wrong:
        yield Finding("wrong", "lake", wrong.message, wrong.remedy)
        return
    lost = [file.path for file in head.files if not (lake.path / file.path).exists()]
    if lost:
        remedy = "Restore them from the backup, or `tenure ingest --undo` the batch and deliver it again."
        yield Finding("wrong", "lake", f"{path} lacks {len(lost)} file(s), first {lost[0]}", remedy)
        return
    rows = sum(file.rows for file in head.files)
    yield Finding("fine", "lake", f"{path}: {lake.bank}, {len(head.batches)} batch(es), {rows:,} rows, {lake.currency}")
