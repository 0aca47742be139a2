"""Gets Django ready for a command."""

from __future__ import annotations

import os


def prepare() -> None:
    """Load the desk's settings and apps; call before importing anything of ``tenure.desk`` with models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenure.desk.conf.settings")
    import django

    django.setup()
