"""What a form sends: days and versions, refused in words where they mean nothing."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable


def day_of(text: str, field: str) -> dt.date:
    """``text`` as a day.

    Raises:
        Unacceptable: it is none, or nothing was written.
    """
    if not text.strip():
        raise Unacceptable(_("A day is missing."), _("Write it like 2026-11-22."), field=field)
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise Unacceptable(
            _("“%(value)s” is no date.") % {"value": text[:40]}, _("Write it like 2026-11-22."), field=field
        ) from None


def day(request: HttpRequest, name: str) -> dt.date | None:
    """The day in field ``name``; None where it is empty.

    Raises:
        Unacceptable: it is no date.
    """
    text = request.POST.get(name, "").strip()
    return day_of(text, name) if text else None


def version(request: HttpRequest) -> int:
    """The version the form was made from; 0, which is nobody's, where it is missing."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
