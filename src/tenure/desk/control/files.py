"""Where exported files lie, and when they go."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from tenure.desk.control.models import Export


def file_of(export: Export) -> Path:
    """Where an export's file lies; outside everything the web server hands out by itself."""
    return Path(settings.HOME) / "files" / "exports" / f"{export.pk}.xlsx"


def forget_expired(now: datetime) -> int:
    """Remove the files of exports past their time; returns how many."""
    gone = list(Export.objects.filter(state=Export.State.READY, expires_at__lte=now)[:500])
    for export in gone:
        file_of(export).unlink(missing_ok=True)
    Export.objects.filter(pk__in=[export.pk for export in gone]).update(state=Export.State.EXPIRED)
    return len(gone)
