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

from tenure.desk.kit.bank_files import tables_in, whole
from tenure.desk.network.rules import Rhythm
from tenure.desk.network.upkeep.rules import Limits


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
    most = 1_000_000
    told = tables_in(
        path,
        {
            "asking": {**dict.fromkeys(Rhythm.__dataclass_fields__, whole(0, most)), "most_a_year": whole(1, most)},
            "upkeep": dict.fromkeys(Limits.__dataclass_fields__, whole(0, most)),
        },
    )
    return replace(Rhythm(), **told.get("asking", {})), replace(Limits(), **told.get("upkeep", {}))
