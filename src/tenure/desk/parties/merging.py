"""Two entries made one, and two again: the locked half of ``services``, and the kind of change a merge waits as.

Merges are rare and rest on each other (who was merged into one that is merged away now stands with its third), so they
are decided one at a time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts.published import CUSTOMER
from tenure.desk.control import audit
from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict
from tenure.desk.control.masking import masked
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import rules
from tenure.desk.parties.comparison import fields_of
from tenure.desk.parties.duplicates import compared
from tenure.desk.parties.models import Customer, Merge

KIND = "customers.merge"
#: PostgreSQL's name for the lock under which merges are decided (“merge”); SQLite lets one writer in anyway.
_LOCK = 0x6D65726765


def one_at_a_time() -> None:
    """Hold every other decision about merges until this transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def resettle() -> None:
    """Write down anew who stands for each merged entry."""
    merges = list(Merge.objects.filter(state=Merge.State.ACTIVE))
    stands = rules.standing_after({merge.merged_id: merge.kept_id for merge in merges})
    for merge in merges:
        if merge.standing_id != stands[merge.merged_id]:
            merge.standing_id = stands[merge.merged_id]
            merge.save(update_fields=["standing_id"])


def merged_away(number: str) -> Merge | None:
    """The merge by which ``number`` is gone, if it is."""
    return Merge.objects.filter(merged_id=number, state=Merge.State.ACTIVE).first()


class _Merge:
    """A merge under four eyes; see ``changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Merge of two entries of a customer")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        kept, merged = change.content["kept_id"], change.content["merged_id"]
        rows = compared(reader, kept, merged)
        names = {row.party_id: masked(row.name, CUSTOMER["name"], reach_of(reader)) or "" for row in rows if row}
        about = _("%(merged)s into %(kept)s") % {
            "merged": f"{names.get(merged, '')} {merged}".strip(),
            "kept": f"{names.get(kept, '')} {kept}".strip(),
        }
        waits = change.state == Change.State.WAITING and all(rows)
        if waits:
            return about, reverse("parties:compare", args=[kept, merged])
        return about, reverse("parties:customer", args=[kept]) if rows[0] else ""

    def lines(self, change: Change, reader: User) -> list[Line]:
        kept, merged = compared(reader, change.content["kept_id"], change.content["merged_id"])
        found = [
            Line(
                _("Customer number"),
                f"{change.content['kept_id']} · {change.content['merged_id']}",
                change.content["kept_id"],
            )
        ]
        if kept is None or merged is None:  # the night has made them one, or they are not the reader's to see
            return found
        language = get_language() or "en"
        for one in fields_of(reader, kept, merged, language):
            if one.differs:
                after = one.kept if one.kept_counts else one.merged
                after = _("of both, worked out in the night") if one.figure else after
                found.append(Line(one.label, f"{one.kept} · {one.merged}", after))
        return found

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        one_at_a_time()
        kept, merged = change.content["kept_id"], change.content["merged_id"]
        for number in (kept, merged):
            gone = merged_away(number)
            if gone is not None:
                raise Conflict(
                    _("%(number)s was merged into %(other)s meanwhile.")
                    % {"number": number, "other": gone.standing_id},
                    _("Reject this; propose the merge anew with the customers there are now."),
                )
        if Customer.rows().filter(party_id__in=[kept, merged]).count() < 2:
            raise Conflict(
                _("One of the two is no customer any more."), _("Reject this; the bank's own books have changed.")
            )
        merge = Merge.objects.create(
            kept_id=kept,
            merged_id=merged,
            standing_id=kept,
            org_path=change.org_path,
            change=change,
            merged_at=now,
            merged_by=checker,
        )
        resettle()
        for number in (kept, merged):
            audit.record(
                checker,
                "customer.merge",
                now=now,
                kind="customer",
                key=number,
                changes=told(merge),
                reason=change.reason,
            )
        return {"merge": merge.pk}

    def refused(self, change: Change, now: datetime) -> None:
        """Nothing was done yet."""


MERGE = _Merge()


def told(merge: Merge) -> dict[str, Any]:
    """What the trail says of a merge, in the line of either number."""
    return {"kept": merge.kept_id, "merged": merge.merged_id, "merge": merge.pk}
