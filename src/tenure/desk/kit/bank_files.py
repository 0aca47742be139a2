"""The bank's own settings: a TOML file in TENURE_HOME that says what differs from the defaults."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenure.errors import SetupError


def told_in(path: Path, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """What the file says; nothing where there is none.

    Raises:
        SetupError: it is not TOML.
    """
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=parse_float)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SetupError(f"{path} is not TOML: {wrong}", "Correct it or delete it.") from None
