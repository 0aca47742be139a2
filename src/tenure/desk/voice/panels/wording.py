"""What pages and approvals say of a panel in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenure.desk.kit.wording import code_name
from tenure.desk.org.selectors import branch_names
from tenure.desk.voice.panels.models import Panel


def eligibility(one: Panel, language: str) -> list[tuple[str, str]]:
    """Whom a panel is for, line by line: label and text."""
    names = branch_names(one.branches)

    def listed(values: list[str], kind: str) -> str:
        return " · ".join(code_name(value, kind, language) for value in values)

    return [
        (_("Tiers"), listed(one.tiers, "tier") or _("every tier")),
        (_("Branches"), " · ".join(names.get(each, each) for each in one.branches) or _("all, with all below")),
        (_("Persons or companies"), listed(one.kinds, "party_kind") or _("both")),
        (_("With us for"), _("%(n)s months or more") % {"n": one.months} if one.months else _("any time")),
        (_("Invited by"), listed(one.channels, "survey_channel")),
    ]


def sort_names() -> dict[str, str]:
    """The orders of the list, and their names."""
    return {
        "newest": _("Newest first"),
        "starts": _("By first day"),
        "title": _("By title"),
        "missing": _("Most participants missing"),
    }
