"""Erasing the steps of cases with their person, which the database otherwise keeps as they were written."""

from __future__ import annotations

from typing import Any

from tenure.desk.voice.cases.models import CaseErasure


def erase_steps(rows: Any) -> int:
    """Remove these steps; how many there were. Runs in the caller's transaction, which checks who may."""
    cases = list(rows.order_by().values_list("case_id", flat=True).distinct())
    CaseErasure.objects.bulk_create([CaseErasure(case_id=case_id) for case_id in cases], ignore_conflicts=True)
    count = rows.count()
    rows._raw_delete(rows.db)
    CaseErasure.objects.filter(case__in=cases).delete()
    return int(count)
