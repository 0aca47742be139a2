"""The bank's own settings: a TOML file in TENURE_HOME that says what differs from the defaults."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tenure.errors import SetupError

#: Whether a value may stand under a key, and in words what is expected there.
Expected = tuple[Callable[[Any], bool], str]


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


def whole(low: int, high: int) -> Expected:
    """A whole number from ``low`` to ``high``."""
    return lambda value: type(value) is int and low <= value <= high, f"a whole number from {low:,} to {high:,}"


def tables_in(
    path: Path, tables: Mapping[str, Mapping[str, Expected]], *, only: bool = False
) -> dict[str, dict[str, Any]]:
    """What the file says in ``tables``, each key with what may stand there; nothing where there is no file.

    ``only``: the file holds other parts' tables besides, which they read for themselves.

    Raises:
        SetupError: it is not TOML, has a table or key there is not, or a value that cannot be.
    """
    told = told_in(path)
    if only:
        told = {name: given for name, given in told.items() if name in tables}
    for name, given in told.items():
        if name not in tables or not isinstance(given, dict):
            raise SetupError(f"{path}: there is no table [{name}].", f"Tables are: {', '.join(tables)}.")
        for key, value in given.items():
            if key not in tables[name]:
                raise SetupError(f"{path}: [{name}] has no {key}.", f"It has: {', '.join(tables[name])}.")
            fits, expected = tables[name][key]
            if not fits(value):
                raise SetupError(f"{path}: [{name}] {key} = {value!r} cannot be.", f"Write {expected}.")
    return told
