"""What is done about causes: improvements that have begun, and where. The night measures what they changed."""

from __future__ import annotations

from typing import Any

from tenure.desk.voice.causes.models import Improvement, ThemeCorrection
from tenure.desk.writeback.table import NEW, Row, Table, changed, local


def _improvement(one: Improvement) -> list[Row]:
    return [
        {
            "improvement_id": str(one.pk),
            "made_at": local(one.made_at),
            "kind": one.kind,
            "state": one.state,
            "themes": "\n".join(theme.theme for theme in one.themes.all()) or None,
            "starts_on": one.starts_on,
            "channel": one.channel or None,
            "category": one.category or None,
            "cost": one.cost,
            "contact_cost": one.contact_cost,
            "replaced_cost": one.replaced_cost,
            "currency": one.currency or None,
            "staff_id": one.owner or None,
        }
    ]


def _branches(one: Improvement) -> list[Row]:
    return [
        {"improvement_id": str(one.pk), "org_id": row.org_id, "made_at": local(one.made_at), "arm": row.arm}
        for row in one.branches.all()
    ]


def _began(one: Any) -> bool:
    """Before it has begun there is nothing to measure."""
    return one.began_at is not None


_WAITS = NEW | changed("changed_at")
TABLES = (
    Table("improvement", Improvement, "made_at", _WAITS, _improvement, _began, all_of=("themes",)),
    Table("improvement_branch", Improvement, "made_at", _WAITS, _branches, _began, all_of=("branches",)),
)


def corrections_standing() -> list[dict[str, str]]:
    """The corrections of themes that stand, in their order, as ``nightly.theme_corrections.take_over`` reads them."""
    found = []
    for one in ThemeCorrection.objects.filter(undone_at=None):
        fields = {
            "rename": {"do": "rename", "theme": one.theme, "name": one.name},
            "merge": {"do": "merge", "theme": one.theme, "into": one.into},
            "phrase": {"do": "move", "phrase": one.phrase, "theme": one.theme},
            "text": {"do": "teach", "text": one.words, "theme": one.theme},
        }[one.kind]
        found.append({**fields, "desk": f"desk-{one.pk}"})
    return found
