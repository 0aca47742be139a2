"""What every test starts from: an installation of its own, and the real data where it is there."""

from __future__ import annotations

import functools
import gc
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Before NumPy is loaded: on small matrices a second thread only waits, and two test workers make it four.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import hypothesis
import pytest

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
def real_data() -> Path:
    """The folder of real data beside the project; the test is skipped aloud where it is absent."""
    folder = Path(os.environ.get("TENURE_TEST_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real data is not at {folder}; name its folder in TENURE_TEST_DATA")
    return folder


#: What takes longest, longest first: two workers that begin with it end together.
SLOWEST = (
    "tests/nightly/test_incremental.py",
    "tests/day/test_engines_agree.py",
    "tests/day/test_a_killed_night.py",
    "tests/nightly/test_a_night_with_a_model.py",
    "tests/real/",
    "tests/nightly/",
    "tests/insight/effects/",
    "tests/insight/attrition/",
    "tests/insight/lifetime/",
)


@pytest.hookimpl(trylast=True)  # after Django's order
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest files come first: ``--dist loadfile`` hands whole files out in this order.

    A file stays on one worker, so that what its tests share is made once. Tests that use the database stay in
    pytest-django's order, as the first of their kind needs.
    """

    def place(item: pytest.Item) -> int:
        if item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ()):
            return len(SLOWEST)
        return next((n for n, path in enumerate(SLOWEST) if item.nodeid.startswith(path)), len(SLOWEST))

    items.sort(key=place)
