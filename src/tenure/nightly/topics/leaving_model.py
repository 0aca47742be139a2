"""How far the model of leaving can be trusted: its predecessor's test, what it said itself and what came, drift."""

from __future__ import annotations

from typing import Any

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import months
from tenure.insight.attrition.drift import MODERATE
from tenure.insight.intervals import share
from tenure.nightly.training import HORIZON

#: Below this lower end of its interval an AUC says that the order is hardly told from chance.
_CHANCE = 0.6
#: Features that a drift grid shows.
_MOVED = 10


def _longest(card: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = card["figures"][-1]
    return found


def model(card: dict[str, Any]) -> Figures:
    """The longest window that the predecessor was tested on: the model made in the same way from earlier months."""
    found = _longest(card)
    figures = [
        Figure("auc", Unit.NUMBER, found["auc"], found["auc_low"], found["auc_high"], found["rows"]),
        Figure("top_decile_lift", Unit.NUMBER, found["top_decile_lift"]),
        Figure("ece", Unit.SHARE, found["ece"]),
        Figure("in_the_large", Unit.SHARE, found["in_the_large"]),
        Figure("tested_on", Unit.MONTH, months.label(found["landmark"])),
        Figure("learnt_until", Unit.MONTH, months.label(card["learnt_until"])),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "months": (Unit.COUNT, found["months"]),
        "lift": (Unit.NUMBER, found["top_decile_lift"]),
        "low": (Unit.NUMBER, found["auc_low"]),
    }
    weak = found["auc_low"] < _CHANCE
    return Figures("model", figures, Verdict("model_weak" if weak else "model_good", numbers, "warn" if weak else ""))


def windows(card: dict[str, Any]) -> Grid:
    """Each window that the predecessor was tested on; what lies beyond the longest is said to be extrapolated."""
    rows: list[list[Cell]] = [
        [
            each["months"],
            each["rows"],
            each["positives"],
            (each["auc"], each["auc_low"], each["auc_high"]),
            each["top_decile_lift"],
            each["ece"],
        ]
        for each in card["figures"]
    ]
    columns = [
        ("window", Unit.MONTHS),
        ("customers", Unit.COUNT),
        ("positives", Unit.COUNT),
        ("auc", Unit.NUMBER),
        ("top_decile_lift", Unit.NUMBER),
        ("ece", Unit.SHARE),
    ]
    longest = _longest(card)["months"]
    beyond = Verdict("beyond_tested", {"months": (Unit.COUNT, longest)}) if longest < HORIZON else None
    return Grid("windows", columns, rows, beyond)


def calibration(card: dict[str, Any]) -> Section:
    """What was said and what came, by tenths, in the longest window tested."""
    tenths = _longest(card).get("tenths") or []
    if not tenths:
        return Figures("calibration", (), Verdict("too_little_data", tone="warn"))
    observed = [share(each["came"], each["rows"]) for each in tenths]
    n = sum(each["rows"] for each in tenths)
    numbers: dict[str, tuple[Unit, Cell]] = {
        "said": (Unit.SHARE, sum(each["stated"] * each["rows"] for each in tenths) / n),
        "came": (Unit.SHARE, sum(each["came"] for each in tenths) / n),
    }
    lines = [
        Line("stated", [each["stated"] for each in tenths]),
        Line(
            "observed",
            [each.value for each in observed],
            [each.low for each in observed],
            [each.high for each in observed],
        ),
    ]
    places = [str(k + 1) for k in range(len(tenths))]
    return Curve("calibration", Unit.TEXT, places, Unit.SHARE, lines, Verdict("calibration_is", numbers))


def since(card: dict[str, Any]) -> Section:
    """The model in use at the newest windows that are closed and that its trees have not seen."""
    found = card.get("since") or []
    if not found:
        return Figures("since", (), Verdict("since_too_early"))
    rows: list[list[Cell]] = [
        [
            each["months"],
            months.label(each["landmark"]),
            each["rows"],
            each["said"],
            (each["came"], each["low"], each["high"]),
            (each["slope"], each["slope_low"], each["slope_high"]),
        ]
        for each in found
    ]
    columns = [
        ("window", Unit.MONTHS),
        ("from_month", Unit.MONTH),
        ("customers", Unit.COUNT),
        ("stated", Unit.SHARE),
        ("observed", Unit.SHARE),
        ("slope", Unit.NUMBER),
    ]
    level = [each for each in found if not each["low"] <= each["said"] <= each["high"]]
    spread = [each for each in found if not each["slope_low"] <= 1 <= each["slope_high"]]
    off = level or spread
    numbers: dict[str, tuple[Unit, Cell]] = {
        "months": (Unit.COUNT, (off or found)[0]["months"]),
        "said": (Unit.SHARE, (off or found)[0]["said"]),
        "came": (Unit.SHARE, (off or found)[0]["came"]),
    }
    code = "level_off" if level else "slope_off" if spread else "level_holds"
    return Grid("since", columns, rows, Verdict(code, numbers, "warn" if off else ""))


def drift(psi: dict[str, float], alarm: float) -> Section:
    """What has moved since training by more than a little, the most first."""
    moved = [(name, each) for name, each in psi.items() if each >= MODERATE][:_MOVED]
    above = sum(each >= alarm for each in psi.values())
    verdict = Verdict("some_drifted", {"n": (Unit.COUNT, above)}, "warn") if above else Verdict("none_drifted")
    if not moved:
        return Figures("drift", (), verdict)
    rows: list[list[Cell]] = [[f"sign_{name}", each] for name, each in moved]
    return Grid("drift", [("feature", Unit.CODE), ("psi", Unit.NUMBER)], rows, verdict)
