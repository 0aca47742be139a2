"""Every read of what was given to customers who complained, and of what was written to them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenure.contracts import LAKE
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import numbers_of
from tenure.desk.voice.complaints.models import Concession, Letter
from tenure.desk.voice.complaints.reading import complaints_of
from tenure.desk.voice.complaints.selectors import Seen

_WORDS = LAKE["complaint"]["words"]


def concessions_of(user: User, one: Seen) -> list[Concession]:
    """What was conceded on it, whatever became of it."""
    return _conceded(user, Concession.objects.filter(complaint=one.row))


def conceded_to(user: User, party_id: str, limit: int = 5) -> list[Concession]:
    """What was conceded to a customer, the newest first."""
    rows = Concession.objects.filter(party_id__in=numbers_of(user, party_id), complaint__in=complaints_of(user))
    return _conceded(user, rows.order_by("-made_at", "id")[:limit])


def _conceded(user: User, rows: QuerySet[Concession]) -> list[Concession]:
    reach, found = reach_of(user), list(rows.select_related("made_by"))
    for row in found:
        row.reason = masked(row.reason, _WORDS, reach) or ""
    return found


def letters_of(user: User, one: Seen) -> list[Letter]:
    """The letters written on it."""
    reach = reach_of(user)
    found = list(Letter.objects.filter(complaint=one.row).select_related("made_by").order_by("-made_at", "id"))
    for row in found:
        row.text = masked(row.text, _WORDS, reach) or ""
    return found


def letter(user: User, one: Seen, letter_id: UUID) -> Letter:
    """One of its letters.

    Raises:
        NotFound: there is no such letter.
    """
    found = next((row for row in letters_of(user, one) if row.pk == letter_id), None)
    if found is None:
        raise NotFound(_("There is no such letter."))
    return found
