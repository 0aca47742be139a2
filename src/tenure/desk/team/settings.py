"""The bank's settings of teams: ``team.toml`` in TENURE_HOME, every key with a default. Pure but for reading the file.

customers = 600           # how many customers one manager leads at most
head_from = "platinum"    # from this tier on only a branch head says who takes a customer from the pool
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from tenure.contracts import codes
from tenure.desk.kit.bank_files import told_in
from tenure.desk.team.rules import Settings
from tenure.errors import SetupError


def in_use() -> Settings:
    """The settings of this installation."""
    from django.conf import settings

    return settings_of(Path(settings.HOME))


@cache
def settings_of(home: Path) -> Settings:
    """The bank's settings: the defaults, changed by ``team.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such key, or a value it cannot have.
    """
    path = home / "team.toml"
    told = told_in(path)
    unknown = sorted(set(told) - {"customers", "head_from"})
    if unknown:
        raise SetupError(f"{path}: there is no setting “{unknown[0]}”.", "Settings are: customers, head_from.")
    if "customers" in told and (type(told["customers"]) is not int or not 1 <= told["customers"] <= 100_000):
        raise SetupError(f"{path}: customers = {told['customers']!r}.", "A whole number from 1 to 100,000.")
    if "head_from" in told and told["head_from"] not in codes.TIER_ORDER:
        raise SetupError(f"{path}: head_from = {told['head_from']!r}.", f"One of {', '.join(codes.TIER_ORDER)}.")
    return replace(Settings(), **told)
