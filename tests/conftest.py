"""What every test starts from: an installation of its own, and the real data where it is there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# Before NumPy is loaded: on small matrices a second thread only waits, and two test workers make it four.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import pytest

PROJECT = Path(__file__).resolve().parent.parent

# Before Django is loaded: a home that no real installation uses, and plain static files so that no build is needed.
os.environ["TENURE_HOME"] = tempfile.mkdtemp(prefix="tenure-test-")
os.environ["TENURE_PLAIN_STATIC"] = "1"
os.environ["TENURE_SECRET"] = "tests only, and long enough to be taken for a secret"
os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.desk.conf.settings"
django.setup()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the project; the test is skipped aloud where it is absent."""
    folder = Path(os.environ.get("TENURE_TEST_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real data is not at {folder}; name its folder in TENURE_TEST_DATA")
    return folder
