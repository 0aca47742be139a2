"""What the demo bank would have told its lake: the names of its own complaint codes."""

from __future__ import annotations

from tenure.demo.phrases import COMPLAINT_CAUSE_NAMES, COMPLAINT_CAUSES


def lake_thresholds() -> str:
    """The ``thresholds.toml`` of the demo bank's lake."""
    named = zip(COMPLAINT_CAUSES, COMPLAINT_CAUSE_NAMES, strict=True)
    lines = [f'{code} = {{ zh = "{zh}", en = "{en}" }}' for code, (zh, en) in named]
    head = "# What differs from the defaults. The demo bank's own codes of complaint causes (the shape of JR/T 0169):"
    return "\n".join([head, "", "[complaint_causes]", *lines, ""])
