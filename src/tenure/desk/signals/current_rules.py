"""The rules in force."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.desk.signals.models import RuleSet
from tenure.desk.signals.rules import DEFAULTS, Settings, settings_from


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules in force and their version; 0 where the defaults are."""

    version: int
    settings: Settings


def in_force() -> InForce:
    """The rules in force now; one query."""
    newest = RuleSet.objects.order_by("-version").first()
    if newest is None:
        return InForce(0, DEFAULTS)
    return InForce(newest.version, settings_from(newest.content))
