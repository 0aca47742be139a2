"""Thresholds: every number a bank may want to set, read from one TOML file and checked.

``defaults.toml`` beside this package holds Chinese retail defaults in yuan. A lake's own ``thresholds.toml``
overrides single keys. Money becomes whole minor units of the reporting currency: yuan × ``[currency]`` scale.
"""

from __future__ import annotations

from tenure.insight.thresholds.reading import (
    MINOR_DIGITS,
    Attrition,
    Queues,
    Retention,
    Thresholds,
    build,
    digits,
    load,
)
from tenure.insight.thresholds.worklist import WorkList

__all__ = ["MINOR_DIGITS", "Attrition", "Queues", "Retention", "Thresholds", "WorkList", "build", "digits", "load"]
