"""A model card as Markdown (Mitchell et al. 2019): for the bank's model office, so in plain terms and with limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITS = {
    "associations_not_causes": "Reasons are associations, not causes: acting on one may change nothing.",
    "risk_is_not_persuadability": "A high probability does not say that contact helps; only a held-out group tells.",
    "level_moves_with_the_world": "Ranking ages slowly, the level fast: recalibrate on the newest closed window.",
    "one_table_no_time": "Rows were shuffled, not ordered in time: expect less on next year's customers.",
}
_FIGURES = (
    ("auc", "AUC"),
    ("ap", "Average precision"),
    ("brier", "Brier score"),
    ("ece", "Calibration error (10 equal-width bins)"),
    ("in_the_large", "Observed − stated rate"),
    ("calibration_slope", "Calibration slope"),
    ("top_decile_lift", "Lift of the top tenth"),
    ("empc", "Expected maximum profit per customer"),
    ("empc_target_share", "Share to contact at that profit"),
)


def markdown(card: Mapping[str, Any]) -> str:
    """The card of ``AttritionModel.card`` or ``LabelledModel.card`` as a page."""
    lines = [f"# Model card: {card['kind']}", ""]
    skipped = ("kind", "figures", "features", "settings", "limits", "dropped")
    lines += [f"- {name.replace('_', ' ')}: {_told(value)}" for name, value in card.items() if name not in skipped]
    for name, why in card.get("dropped", {}).items():
        lines.append(f"- left out: `{name}` ({why})")
    for figures in card["figures"]:
        where = ", ".join(f"{name.replace('_', ' ')} {_told(figures[name])}" for name in _places(figures))
        lines += ["", f"## Figures: {where}", "", "| figure | value |", "|---|---|"]
        for key, name in _FIGURES:
            interval = f" ({figures['auc_low']:.4f} to {figures['auc_high']:.4f})" if key == "auc" else ""
            lines.append(f"| {name} | {figures[key]:.4f}{interval} |")
    lines += ["", "## Features", "", ", ".join(f"`{name}`" for name in card["features"]), "", "## Settings", ""]
    lines += [f"- {name.replace('_', ' ')}: {_told(value)}" for name, value in card["settings"].items()]
    lines += ["", "## Limits", "", *(f"- {LIMITS[code]}" for code in card["limits"])]
    return "\n".join(lines) + "\n"


def _places(figures: Mapping[str, Any]) -> list[str]:
    return [name for name in ("how", "landmark", "months", "rows", "positives") if name in figures]


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(each)}" for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
