"""Where an installation keeps its files."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """The folder of this installation: ``TENURE_HOME``, else ``./var``."""
    return Path(os.environ.get("TENURE_HOME") or "var").expanduser().absolute()


def secret_key(folder: Path) -> str:
    """The installation's secret: from ``TENURE_SECRET``, else made once and kept in ``folder`` (mode 600)."""
    if given := os.environ.get("TENURE_SECRET"):
        return given
    path = folder / "secret"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = secrets.token_urlsafe(50)
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:  # another process was first
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(fresh)
        return fresh
