"""What every test starts from: an installation of its own, and the real data where it is there."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Before NumPy is loaded: on small matrices a second thread only waits, and two test workers make it four.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import hypothesis
import pytest

from once import made_once

PROJECT = Path(__file__).resolve().parent.parent

# Before Django is loaded: a home that no real installation uses, and plain static files so that no build is needed.
os.environ["TENURE_HOME"] = tempfile.mkdtemp(prefix="tenure-test-")
os.environ["TENURE_PLAIN_STATIC"] = "1"
os.environ["TENURE_SECRET"] = "tests only, and long enough to be taken for a secret"
os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.desk.conf.settings"
django.setup()

# How long an example takes says how busy the machine is: speed is measured in bench/, not in a test.
hypothesis.settings.register_profile("tenure", deadline=None)
hypothesis.settings.load_profile("tenure")

# Modules live as long as the tests: the collector needn't look at them, nor after every 700 new objects.
gc.freeze()
gc.set_threshold(50_000, 20, 50)


def untraced(call: Callable[..., Any]) -> Callable[..., Any]:
    """``call`` without the tracer of coverage: up to Python 3.11 it slows down even what is not measured, twofold.

    Only for what calls nothing of ours back; coverage's tracer takes ``settrace(gettrace())`` without losing count.
    """

    @functools.wraps(call)
    def quiet(*given: Any, **named: Any) -> Any:
        tracer = sys.gettrace()
        if tracer is None:
            return call(*given, **named)
        sys.settrace(None)
        try:
            return call(*given, **named)
        finally:
            sys.settrace(tracer)

    return quiet


def _leave_ibis_untraced() -> None:
    from ibis.backends.duckdb import Backend

    for name in ("to_parquet", "to_pyarrow", "read_parquet", "raw_sql"):
        setattr(Backend, name, untraced(getattr(Backend, name)))


_leave_ibis_untraced()


@pytest.fixture(scope="session")
def migrated_database(
    tmp_path_factory: pytest.TempPathFactory,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings_parallel_suffix: None,
) -> str:
    """An empty desk with every migration run: a file of SQLite, or the name of a database on the server.

    Run once for all workers and for every installation that the tests set up: to migrate from nothing takes twenty
    seconds, a copy a tenth of one.
    """
    from django.db import connection

    told, test = connection.settings_dict, connection.settings_dict["TEST"]
    with made_once(tmp_path_factory, f"migrated-{connection.vendor}") as folder:
        name = str(folder / "desk.sqlite3") if connection.vendor == "sqlite" else f"migrated_{folder.parent.name}"
        if not (folder / "done").exists():
            before = told["NAME"], test["NAME"]
            test["NAME"] = name.replace("-", "_") if connection.vendor == "postgresql" else name
            with django_db_blocker.unblock():
                untraced(connection.creation.create_test_db)(verbosity=0, autoclobber=True, serialize=False)
                connection.close()
            (folder / "done").write_text(test["NAME"])
            told["NAME"], test["NAME"] = before
        return (folder / "done").read_text()


@pytest.fixture(scope="session")
def migrated_file(request: pytest.FixtureRequest) -> Path:
    """An empty desk as a file of SQLite, for an installation of its own."""
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("installations of their own are on SQLite, whatever this run's database is")
    return Path(request.getfixturevalue("migrated_database"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(migrated_database: str) -> None:
    """Every worker's own database begins as a copy of the migrated one."""
    from django.db import connection

    test = connection.settings_dict["TEST"]
    test["MIGRATE"] = False
    if connection.vendor == "postgresql":
        test["TEMPLATE"] = migrated_database
    else:
        shutil.copyfile(migrated_database, test["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """A copied file is used as it is; a server's database is made from its template."""
    from django.db import connection

    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project; the test is skipped aloud where it is absent."""
    folder = Path(os.environ.get("TENURE_TEST_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real data is not at {folder}; name its folder in TENURE_TEST_DATA")
    return folder


#: What takes longest, longest first: two workers that begin with it end together.
SLOWEST = (
    "tests/day/test_engines_agree.py",
    "tests/nightly/test_incremental.py",
    "tests/nightly/test_merges.py",
    "tests/nightly/test_a_night_with_a_model.py",
    "tests/real/",
    "tests/day/test_a_killed_night.py",
    "tests/nightly/",
    "tests/insight/effects/",
    "tests/insight/attrition/",
    "tests/insight/lifetime/",
)
#: The same, of what uses the database.
SLOWEST_AT_THE_DESK = (
    "tests/browser/test_accessibility.py",
    "tests/desk/test_every_address.py",
    "tests/desk/test_unmasked.py",
    "tests/desk/api/test_schemathesis.py",
    "tests/desk/pages/test_pages.py",
    "tests/day/",
)
#: Walks that call everything for one role after the other: coverage is traced on the first. Tracing takes a quarter as
#: long again, and what the second calls is what the first has called; the figure printed is one of at least.
TRACED_ONCE = (
    "tests/browser/test_accessibility.py",
    "tests/desk/test_every_address.py",
    "tests/desk/test_unmasked.py",
    "tests/desk/api/test_schemathesis.py",
    "tests/desk/pages/test_pages.py",
)
#: Comparisons of whole nights, which other tests run and trace.
TRACED_ELSEWHERE = (
    "tests/nightly/test_incremental.py::test_nights_after_each_kind_of_delivery_equal_full_ones",
    "tests/nightly/test_merges.py::test_a_merge_is_one_customer_in_every_table",
    "tests/day/test_engines_agree.py",
)
_traced: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """Leave out of coverage what is traced with other arguments or elsewhere."""
    walk = item.nodeid.partition("[")[0]
    tracer = sys.gettrace()
    if tracer is not None and (walk in _traced or item.nodeid.startswith(TRACED_ELSEWHERE)):
        sys.settrace(None)
        try:
            return (yield)
        finally:
            sys.settrace(tracer)
    if item.nodeid.startswith(TRACED_ONCE):
        _traced.add(walk)
    return (yield)


#: What is the same whatever database is beneath, and is not said again on PostgreSQL: the words of pages, and what is
#: masked in them. The queries those pages make are made there by the walks of tests/desk/test_every_address.py.
SAME_ON_EVERY_DATABASE = (
    "readers_language",
    "test_unmasked.py::test_no_address_shows",
    "test_unmasked.py::test_no_operation_tells",
    "test_unmasked.py::test_no_export_holds",
    "test_unmasked.py::test_no_workbook_holds",
    "pages/test_masks_on_pages.py",
)
LEFT_OUT = pytest.StashKey[dict[str, int]]()


def _uses_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
        return True
    from django.test import TransactionTestCase  # Django's own classes ask for it by their kind

    return isinstance(item, pytest.Function) and item.cls is not None and issubclass(item.cls, TransactionTestCase)


def _said_already(item: pytest.Item) -> str:
    """Why a test is not run again on PostgreSQL; empty if it is."""
    if not _uses_a_database(item):
        return "use no database"
    return "say the same on every database" if any(part in item.nodeid for part in SAME_ON_EVERY_DATABASE) else ""


@pytest.hookimpl(trylast=True)  # after Django's order
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The slowest files come first: ``--dist loadfile`` hands whole files out in this order.

    A file stays on one worker, so that what its tests share is made once. With a server of PostgreSQL named, only what
    can differ there is run.
    """
    from django.db import connection

    if connection.vendor == "postgresql":
        why = {item: _said_already(item) for item in items}
        config.stash[LEFT_OUT] = dict(Counter(reason for reason in why.values() if reason))
        config.hook.pytest_deselected(items=[item for item in items if why[item]])
        items[:] = [item for item in items if not why[item]]

    def place(item: pytest.Item) -> tuple[int, int]:
        at_the_desk = _uses_a_database(item)
        paths = SLOWEST_AT_THE_DESK if at_the_desk else SLOWEST
        found = next((n for n, path in enumerate(paths) if item.nodeid.startswith(path)), None)
        return (2, 0) if found is None else (int(at_the_desk), found)

    items.sort(key=place)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let the process that reports know what this worker left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left out"] = session.config.stash.get(LEFT_OUT, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker collects the same tests: what one has left out, all have."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left out", {})


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing on the server: the process that began the workers outlives them."""
    from django.db import connection

    if connection.vendor != "postgresql" or hasattr(config, "workerinput"):
        return
    import psycopg

    told = config._tmp_path_factory.getbasetemp() / "shared-migrated-postgresql" / "done"  # type: ignore[attr-defined]
    if told.exists():
        with psycopg.connect(os.environ["TENURE_DATABASE"], autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{told.read_text()}"')


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What was not run again, and why."""
    for why, number in config.stash.get(LEFT_OUT, {}).items():
        terminalreporter.write_line(f"not run again on PostgreSQL: {number} tests that {why}")
