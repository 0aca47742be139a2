"""The bank's rhythm of asking: ``network.toml`` in TENURE_HOME says what differs from the defaults, for example::

[asking]
again_after = 90       # days until a customer is asked again
after_no = 180         # … after a no
most_a_year = 4
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from tenure.desk.kit.bank_files import told_in
from tenure.desk.network.rules import Rhythm
from tenure.errors import SetupError


def rhythm() -> Rhythm:
    """This installation's rhythm of asking."""
    from django.conf import settings

    return rhythm_of(Path(settings.HOME))


@cache
def rhythm_of(home: Path) -> Rhythm:
    """The defaults, changed by ``network.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such setting, or a number that cannot be.
    """
    path = home / "network.toml"
    found = Rhythm()
    for table, given in told_in(path).items():
        if table != "asking" or not isinstance(given, dict):
            raise SetupError(f"{path}: there is no table [{table}].", "Tables are: asking.")
        known = list(Rhythm.__dataclass_fields__)
        for name, value in given.items():
            if name not in known:
                raise SetupError(f"{path}: [{table}] has no {name}.", f"It has: {', '.join(known)}.")
            least = 1 if name == "most_a_year" else 0
            if type(value) is not int or not least <= value <= 10_000:
                raise SetupError(f"{path}: [{table}] {name} = {value!r}.", f"A whole number from {least} to 10,000.")
            found = replace(found, **{name: value})
    return found
