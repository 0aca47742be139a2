"""Saved views of a list: one's own and those shared at one's branch. They narrow a list and never widen it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q
from django.utils.translation import gettext as _

from tenure.desk.kit.models import SavedView
from tenure.errors import InputError

#: Views one person keeps of one list.
MOST = 30


def views_of(user: Any, page: str, branch_paths: Sequence[str]) -> list[SavedView]:
    """The views of ``page`` that ``user`` may use: their own, then those shared at a branch of theirs or above it."""
    above = {prefix for path in branch_paths for prefix in _prefixes(path)}
    found = SavedView.objects.filter(page=page).filter(Q(owner_id=user.pk) | Q(shared_at__in=above))
    return sorted(found[: 4 * MOST], key=lambda view: (view.owner_id != user.pk, view.name))


def save_view(user: Any, page: str, name: str, query: str, shared_at: str, now: datetime) -> SavedView:
    """Keep ``query`` under ``name``; the same name again replaces it.

    Raises:
        InputError: no name, too long a query, or too many views.
    """
    name = name.strip()[:60]
    asked = urlencode([(key, value) for key, value in parse_qsl(query) if key != "at"])
    if not name:
        raise InputError(_("A view needs a name."), _("Say in a word or two what it shows."))
    if len(asked) > 1000:
        raise InputError(_("This view is too long to keep."), _("Use fewer filters."))
    mine = SavedView.objects.filter(owner_id=user.pk, page=page)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise InputError(_("You keep too many views."), _("Delete one you no longer use."))
    view, _made = SavedView.objects.update_or_create(
        owner_id=user.pk, page=page, name=name, defaults={"query": asked, "shared_at": shared_at, "saved_at": now}
    )
    return view


def delete_view(user: Any, number: int) -> bool:
    """Delete one's own view; false where there is none of that number."""
    gone, _rows = SavedView.objects.filter(owner_id=user.pk, pk=number).delete()
    return bool(gone)


def _prefixes(path: str) -> list[str]:
    steps = path.strip("/").split("/") if path.strip("/") else []
    return ["/" + "".join(f"{step}/" for step in steps[:n]) for n in range(len(steps) + 1)]
