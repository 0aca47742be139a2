"""The bank's settings of panels: ``panels.toml`` in TENURE_HOME, every key with a default.

[panels]
expected_percent = 40    # of those invited who say yes: so many more than wanted are invited
held_out_percent = 30    # of those eligible, never invited, so that the effect can be told
valid_days = 10          # days an invitation can be answered by its link
feedback_days = 14       # days a session's feedback can be given by its link
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from tenure.desk.kit.bank_files import tables_in, whole
from tenure.desk.voice.panels.rules import Settings

_TABLES = {
    "panels": {
        "expected_percent": whole(1, 100),
        "held_out_percent": whole(10, 90),
        "valid_days": whole(1, 60),
        "feedback_days": whole(1, 60),
    }
}


def in_use() -> Settings:
    """The settings of this installation."""
    return settings_of(Path(settings.HOME))


@cache
def settings_of(home: Path) -> Settings:
    """The bank's settings: the defaults, changed by ``panels.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such key, or a value it cannot have.
    """
    return Settings(**tables_in(home / "panels.toml", _TABLES).get("panels", {}))
