"""The environment of the benches' peers, apart from the product's: ``python bench/peers/environment.py``.

Made once, in ``.venv-peers`` at the project's root (about 1 GB), with the uv that the project's set-up left in ``.uv``.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".venv-peers"
PYTHON = FOLDER / "bin" / "python"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def make() -> None:
    """Create the environment, or bring it to what the requirements say."""
    uv = PROJECT / ".uv" / "bin" / "uv"
    if not PYTHON.exists():
        subprocess.run([uv, "venv", "--python", PROJECT / ".uv" / "bin" / "python", FOLDER], check=True)
    subprocess.run([uv, "pip", "install", "--python", PYTHON, "--requirement", REQUIREMENTS], check=True)


if __name__ == "__main__":
    make()
