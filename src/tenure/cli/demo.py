"""`tenure demo`: a synthetic bank, from nothing to a desk one can sign in to."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenure.cli._progress import TerminalProgress

if TYPE_CHECKING:
    from tenure.demo import DemoBank
    from tenure.desk.org.demo_users import DemoUser
    from tenure.progress import Progress


@click.command()
@click.option("--customers", default=5000, show_default=True, type=click.IntRange(100), help="People and companies.")
@click.option("--months", default=36, show_default=True, type=click.IntRange(6), help="Months of history.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Its last business date; yesterday when left out.")
@click.option("--seed", default=2026, show_default=True, help="The same seed makes the same bank.")
@click.option("--lake", "lake_path", type=click.Path(path_type=Path), help="Its lake; TENURE_HOME/lake when left out.")
@click.option("--only-files", type=click.Path(path_type=Path), help="Only write the bank's files here.")
@click.option("--keep-files", is_flag=True, help="Keep the delivered files after they have landed.")
def command(
    customers: int,
    months: int,
    until: datetime | None,
    seed: int,
    lake_path: Path | None,
    only_files: Path | None,
    keep_files: bool,
) -> None:
    """Make a believable bank, land its files, run the night, create users of every role.

    What is already there stays: a second run only prints the users. What was planted in the bank (true causes,
    true effects) is written to TENURE_HOME/demo/bank/truth and never enters the lake.

    \b
    Examples:
      tenure demo
      tenure demo --customers 20000 --months 24
      tenure demo --only-files /somewhere --customers 1000000 --months 12
    """
    from tenure.demo import DemoBank, build
    from tenure.desk.conf.home import home

    remembered = home() / "demo" / "until"
    if until is not None:
        last = until.date()
    elif remembered.exists():  # a build that was stopped goes on as the bank it began, also on another day
        last = date.fromisoformat(remembered.read_text().strip())
    else:
        last = date.today() - timedelta(days=1)
    settings = DemoBank(customers=customers, months=months, until=last, seed=seed)
    if only_files is not None:
        with TerminalProgress() as progress:
            built = build(settings, only_files, progress)
        click.echo(f"✓ {sum(built.rows.values()):,} rows in {built.out}")
        return
    folder, lake_folder = home() / "demo", lake_path or home() / "lake"
    finished = folder / "finished"
    if not finished.exists():
        with TerminalProgress() as progress:
            folder.mkdir(parents=True, exist_ok=True)
            remembered.write_text(f"{last.isoformat()}\n")
            last = build_and_land(settings, folder / "bank", lake_folder, progress)
            from tenure.cli.nightly import run_night

            run_night(lake_folder, last, "duckdb", None, full=False, publish=True, progress=progress)
        if not keep_files:
            shutil.rmtree(folder / "bank" / "source", ignore_errors=True)
        finished.write_text(f"{last.isoformat()}\n")
    users = _create_users()
    _measure(lake_folder)
    _print(users)


def build_and_land(settings: DemoBank, folder: Path, lake_folder: Path, progress: Progress) -> date:
    """Build the bank's files and land what has not landed yet; returns the last business date.

    Stopped half-way it can begin again: the same settings make the same files, and what landed lands once.
    """
    from tenure.demo import build, lake_thresholds
    from tenure.demo.organisation import BANK, BANK_EN
    from tenure.lake import Lake, durable, land_tables

    built = build(settings, folder, progress)
    lake = (
        Lake.open(lake_folder)
        if (lake_folder / "lake.json").exists()
        else Lake.create(lake_folder, bank=f"{BANK} {BANK_EN}")
    )
    if not (lake.path / "thresholds.toml").exists():
        durable.write_text(lake.path / "thresholds.toml", lake_thresholds())
    with progress.task("Landing the bank's deliveries", len(built.deliveries)) as task:
        for delivery in built.deliveries:
            files = {table: delivery.folder(table) for table in delivery.tables}
            land_tables(lake, "core", delivery.business_date, files, full=delivery.full)
            task.advance()
    return built.deliveries[-1].business_date


def _create_users() -> list[DemoUser]:
    """The demo users, and a year of their work where it is missing."""
    from tenure.cli._desk import prepare, up_to_date

    prepare()
    from django.utils import timezone

    from tenure.desk.care.demo import make_demo_events
    from tenure.desk.offers.demo import create_demo_offers
    from tenure.desk.opportunities.demo import create_demo_opportunities
    from tenure.desk.org.demo_users import create_demo_users
    from tenure.desk.signals.demo import create_demo_signals, seed_demo_events
    from tenure.desk.voice.cases.demo import create_demo_cases
    from tenure.desk.voice.causes.demo import create_demo_causes
    from tenure.desk.voice.complaints.demo import create_demo_complaints
    from tenure.desk.voice.leaving.demo import create_demo_interviews
    from tenure.desk.voice.panels.demo import create_demo_panels
    from tenure.desk.voice.surveys.demo import make_demo_surveys

    with TerminalProgress() as progress:
        up_to_date(progress)
        steps = (
            seed_demo_events,
            create_demo_signals,
            create_demo_opportunities,
            partial(make_demo_events, "manager1"),
            create_demo_offers,
            create_demo_cases,
            create_demo_complaints,
            create_demo_panels,
            make_demo_surveys,
            create_demo_interviews,
            create_demo_causes,
        )
        with progress.task("People of every role, and the work they have begun", 1 + len(steps)) as task:
            users = create_demo_users(timezone.now())
            task.advance()
            for begin in steps:
                begin(timezone.now())
                task.advance()
    return users


def _measure(lake_folder: Path) -> None:
    """Measure what the year of work at the desk changed, as the coming night will: the night before knew none of it."""
    from django.conf import settings

    from tenure.contracts.lake import DESK_SOURCES
    from tenure.desk.publication.current import pin
    from tenure.desk.voice.causes.models import Improvement, Measured
    from tenure.desk.writeback import standing
    from tenure.lake import Lake, connect
    from tenure.nightly import between
    from tenure.nightly.publishing import publish_folder

    lake = Lake.open(lake_folder)
    with pin():
        done = Measured.rows().exists() or not Improvement.objects.exists()
    if done or any(batch.source in DESK_SOURCES for batch in lake.head().batches):
        return
    with TerminalProgress() as progress, connect("duckdb") as tables:
        folder = between.measure(lake, standing(), engine=tables, progress=progress)
        publish_folder(folder, time_zone=settings.TIME_ZONE, progress=progress)


def _print(users: list[DemoUser]) -> None:
    """Everybody's name, role and password."""
    from rich.console import Console
    from rich.table import Table

    from tenure.contracts import codes

    table = Table(title="Sign in as 登录用户", title_justify="left", box=None, pad_edge=False)
    for heading in ("user", "password", "name", "role", "branch"):
        table.add_column(heading, no_wrap=True)
    for user in users:
        role = codes.ROLES[user.role]
        table.add_row(user.username, user.password, user.name, f"{role.zh} {role.en}", user.org_id)
    Console(width=120).print(table)
