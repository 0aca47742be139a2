"""The bank's rhythm of asking and limits of upkeep: ``network.toml`` in TENURE_HOME says what differs, like::

[asking]
again_after = 90       # days until a customer is asked again
after_no = 180         # … after a no
most_a_year = 4
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tenure.desk.kit.bank_files import told_in
from tenure.desk.network.rules import Rhythm
from tenure.desk.network.upkeep.rules import Limits
from tenure.errors import SetupError


def rhythm() -> Rhythm:
    """This installation's rhythm of asking."""
    from django.conf import settings

    return _told(Path(settings.HOME))[0]


def limits() -> Limits:
    """This installation's limits of upkeep."""
    from django.conf import settings

    return _told(Path(settings.HOME))[1]


@cache
def _told(home: Path) -> tuple[Rhythm, Limits]:
    """The defaults, changed by ``network.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such setting, or a number that cannot be.
    """
    path = home / "network.toml"
    found: dict[str, Any] = {"asking": Rhythm(), "upkeep": Limits()}
    for table, given in told_in(path).items():
        if table not in found or not isinstance(given, dict):
            raise SetupError(f"{path}: there is no table [{table}].", f"Tables are: {', '.join(found)}.")
        known = list(type(found[table]).__dataclass_fields__)
        for name, value in given.items():
            if name not in known:
                raise SetupError(f"{path}: [{table}] has no {name}.", f"It has: {', '.join(known)}.")
            least = 1 if name == "most_a_year" else 0
            if type(value) is not int or not least <= value <= 1_000_000:
                raise SetupError(f"{path}: [{table}] {name} = {value!r}.", f"A whole number from {least} to 1,000,000.")
            found[table] = replace(found[table], **{name: value})
    return found["asking"], found["upkeep"]
