"""What a feature says about one customer, for the desk to put into words: a code, the number in it, and its unit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tenure.contracts.codes import TIER_ORDER
from tenure.contracts.findings import Unit
from tenure.insight.attrition.features import BY_NAME

#: Unit of a feature → how a page shows it. A ratio to the own past reads best in percent of it.
_SHOWN: Mapping[str, Unit] = {
    "minor unit": Unit.MONEY,
    "ratio": Unit.SHARE,
    "share": Unit.SHARE,
    "count": Unit.COUNT,
    "months": Unit.COUNT,
    "years": Unit.COUNT,
    "0-10": Unit.COUNT,
    "1-5": Unit.COUNT,
    "points": Unit.POINTS,
    "minutes": Unit.COUNT,
    "level": Unit.TIER,
    "0/1": Unit.COUNT,
}


def told(feature: str, value: float | None) -> dict[str, Any]:
    """``code`` (of the sentence), ``value`` and ``unit`` (a :class:`Unit`) of a feature's value; None or NaN: missing.

    A feature that is so or not has a sentence for each, and one that is not known has its own.
    """
    known = BY_NAME.get(feature)
    if value is None or math.isnan(value):
        return {"code": f"no_{feature}", "value": None, "unit": Unit.NUMBER.value}
    unit = _SHOWN[known.unit] if known else Unit.NUMBER
    if known and known.unit == "0/1":
        return {"code": f"{'is' if value >= 0.5 else 'not'}_{feature}", "value": value, "unit": unit.value}
    if unit is Unit.TIER:
        return {"code": f"of_{feature}", "value": TIER_ORDER[int(value)], "unit": unit.value}
    return {"code": f"of_{feature}", "value": value, "unit": unit.value}


def codes_of(feature: str) -> tuple[str, ...]:
    """Every code that :func:`told` may give for a feature."""
    if BY_NAME[feature].unit == "0/1":
        return (f"is_{feature}", f"not_{feature}", f"no_{feature}")
    return (f"of_{feature}", f"no_{feature}")
