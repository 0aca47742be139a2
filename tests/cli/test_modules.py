"""What is loaded when: the desk stays light, and `--help` answers at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("ibis", "duckdb", "pandas", "pyarrow", "numpy", "scipy", "sklearn", "lightgbm", "pyspark")


def loaded_by(statements: str) -> list[str]:
    """Which heavy libraries a fresh interpreter has loaded after ``statements``."""
    program = f"{statements}\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "statements",
    [
        "import tenure.cli",
        "import tenure.contracts",
        "from tenure.desk.conf.wsgi import application",
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tenure.desk.conf.settings'; import django; django.setup();"
        "import tenure.desk.conf.urls, tenure.desk.api, tenure.desk.publication.loading, tenure.desk.writeback",
    ],
)
def test_the_web_process_never_loads_the_heavy_libraries(statements: str) -> None:
    assert loaded_by(statements) == []
