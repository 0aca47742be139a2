"""Every read of visits to companies and of what was promised there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotFound
from tenure.desk.corporate.models import Promise, Visit
from tenure.desk.corporate.selectors import told
from tenure.desk.corporate.standing import company
from tenure.desk.org.models import User
from tenure.desk.org.selectors import staff_names
from tenure.desk.parties.visibility import numbers_of, sees

_TEXTS = ("aim", "meets", "questions", "bring", "learned", "next_step")


def visits_to(user: User, party_id: str, limit: int = 10) -> list[Visit]:
    """Visits to a company, the latest first.

    Raises:
        NotFound: no such company among theirs.
    """
    row = company(user, party_id)
    return _seen(user, list(Visit.objects.filter(party_id__in=numbers_of(user, row.party_id)).order_by("-on")[:limit]))


def visit(user: User, visit_id: UUID) -> Visit:
    """One visit.

    Raises:
        NotFound: it is to no company they see.
    """
    found = Visit.objects.select_related("planned_by", "changed_by", "purchase").filter(pk=visit_id).first()
    if found is None or not sees(user, found.party_id):
        raise NotFound(_("There is no such visit to a company of yours."))
    return _seen(user, [found])[0]


def _seen(user: User, visits: list[Visit]) -> list[Visit]:
    names = staff_names({one for visit in visits for one in visit.staff_ids}) if visits else {}
    for visit in visits:
        for name in _TEXTS:
            setattr(visit, name, told(user, getattr(visit, name)))
        visit.goes = [names.get(one, one) for one in visit.staff_ids]
    return visits


def version_of(user: User, visit_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Visit.objects.filter(pk=visit_id).values_list("party_id", "version").first()
    return row[1] if row is not None and sees(user, row[0]) else 0


def promises_of(user: User, party_id: str) -> list[Promise]:
    """What was promised at visits to a company, open ones first by their day; at most 30."""
    rows = list(
        Promise.objects.filter(party_id__in=numbers_of(user, party_id))
        .select_related("settled_by")
        .order_by("-due_on")[:60]
    )
    rows.sort(key=lambda one: (one.state != "open", one.due_on.toordinal() * (1 if one.state == "open" else -1)))
    return _promises(user, rows[:30])


def promises_at(user: User, one: Visit) -> list[Promise]:
    """What was promised at a visit ``user`` sees."""
    return _promises(user, list(one.promises.select_related("settled_by")))


def _promises(user: User, rows: list[Promise]) -> list[Any]:
    for one in rows:
        one.words, one.who = told(user, one.words), told(user, one.who)
    return rows


@dataclass(frozen=True, slots=True)
class Kept:
    """Of our own promises to a company that fell due: how many were kept by their day, kept late, or not kept."""

    on_time: int
    late: int
    broken: int

    @property
    def due(self) -> int:
        """How many fell due."""
        return self.on_time + self.late + self.broken


def our_promises(user: User, party_id: str, today: date) -> Kept:
    """What became of our promises to a company ``user`` sees; one still open past its day was not kept."""
    rows = Promise.objects.filter(party_id__in=numbers_of(user, party_id), side="us").exclude(state="released")
    on_time = late = broken = 0
    for state, due_on, settled_on in rows.values_list("state", "due_on", "settled_on"):
        if state == "kept":
            on_time, late = on_time + (settled_on <= due_on), late + (settled_on > due_on)
        elif state == "broken" or due_on < today:
            broken += 1
    return Kept(on_time, late, broken)
