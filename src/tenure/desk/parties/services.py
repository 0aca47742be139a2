"""What is done with customers' data, and therefore logged: showing a list of them, revealing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose, reasoned
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.masking import clear_columns
from tenure.desk.control.models import Change
from tenure.desk.control.rules import may_reveal
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties import duplicates, entry, merging, rules
from tenure.desk.parties.models import Holding, Merge, NotSame
from tenure.desk.parties.visibility import customer_of, number_of, of_customer

_CUSTOMER, _HOLDING = PUBLISHED["customer"], PUBLISHED["holding"]


def note_listing(user: User, filters: Mapping[str, Any], rows: int, now: datetime) -> None:
    """One line for a list of customers shown: with which filter, and how many rows of names in the clear or masked."""
    changes = {"filter": {k: v for k, v in filters.items() if v}, "rows": rows}
    changes["clear"] = [c for c in ("name", "phone") if c in clear_columns(_CUSTOMER, reach_of(user))]
    audit.record(user, "customer.list", now=now, kind="customer", changes=changes)


def reveal(user: User, party_id: str, columns: Sequence[str], reason: str, *, now: datetime) -> dict[str, Any]:
    """Values of one customer in the clear, and the line that says who asked for them and why.

    ``columns`` are masked columns of the customer, or ``account_id``: a list of all their account numbers, sorted.

    Raises:
        NotAllowed: none of their posts gives the right to see one of the columns.
        NotFound: no such customer among those they see.
        Unacceptable: no reason, or no such column.
    """
    reach = reach_of(user)
    wanted = [_column(name) for name in dict.fromkeys(columns)]
    if not reach.may(Permission.VIEW_CUSTOMERS) or not all(may_reveal(column, reach) for column in wanted):
        raise NotAllowed(_("None of your posts gives you the right to see this unmasked."))
    row = _seen(user, party_id)
    if not wanted:
        raise Unacceptable(_("Say which values to show."), field="columns")
    reason = reasoned(reason)
    values: dict[str, Any] = {}
    for column in wanted:
        if column.name == "account_id":
            held = of_customer(Holding, user, party_id).order_by("account_id")
            values["account_id"] = list(dict.fromkeys(held.values_list("account_id", flat=True)[:200]))
        else:
            value = getattr(row, column.name)
            values[column.name] = value.isoformat() if isinstance(value, date) else value
    with transaction.atomic():
        audit.record(
            user,
            "customer.reveal",
            now=now,
            kind="customer",
            key=row.party_id,
            changes={"columns": [column.name for column in wanted]},
            reason=reason,
        )
    return values


def _seen(user: User, party_id: str) -> Any:
    row = customer_of(user, party_id)
    if row is None:
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return row


def _column(name: str) -> Any:
    if name == "account_id":
        return _HOLDING["account_id"]
    if name in _CUSTOMER and _CUSTOMER[name].mask is not None:
        return _CUSTOMER[name]
    raise Unacceptable(_("“%(name)s” is no masked value of a customer.") % {"name": name}, field="columns")


def propose_merge(user: User, kept_id: str, merged_id: str, reason: str, *, now: datetime) -> Change:
    """Put before a second person that two entries are one customer, and which number stays.

    Nothing changes until it is approved. A number that was merged before means whom it was merged into.

    Raises:
        NotAllowed: no post of theirs hands customers' work over, which is who may propose merges.
        NotFound: one of the two is no customer they see.
        Unacceptable: twice the same customer, a person and a company, or no reason.
        Conflict: a merge of one of the two waits already.
    """
    must(user, Permission.HAND_OVER)
    with transaction.atomic():
        kept, merged = _seen(user, kept_id), _seen(user, merged_id)
        if kept.party_id == merged.party_id:
            raise Unacceptable(
                _("These are one customer already."), _("Choose another customer to compare with."), field="merged_id"
            )
        if kept.kind != merged.kind:
            raise Unacceptable(_("A person and a company are never one customer."), field="merged_id")
        for number in (kept.party_id, merged.party_id):
            for waiting in duplicates.waiting_merges(number):
                raise Conflict(
                    _("A merge of %(number)s, proposed by %(name)s, waits already.")
                    % {"number": number, "name": waiting.made_by.name},
                    _("It is decided first, or its maker withdraws it."),
                )
        change = propose(
            user,
            merging.KIND,
            ("customer", merged.party_id),
            {"kept_id": kept.party_id, "merged_id": merged.party_id},
            reason,
            org_path=rules.common_path(kept.org_path, merged.org_path),
            now=now,
        )
        audit.record(
            user,
            "customer.propose_merge",
            now=now,
            kind="customer",
            key=kept.party_id,
            changes={"merged": merged.party_id, "change": str(change.pk)},
            reason=change.reason,
        )
    return change


def undo_merge(user: User, merge_id: int, reason: str, *, now: datetime) -> Merge:
    """Take a merge back: both entries stand again at once, and the next night works both out as if nothing had been.

    Raises:
        NotAllowed: no post of theirs checks changes about customers at the merge's branch or above it.
        NotFound: there is no such merge of a customer they see.
        Unacceptable: no reason.
        Conflict: it is undone already.
    """
    must(user, Permission.CHECK_CUSTOMERS)
    with transaction.atomic():
        merging.one_at_a_time()
        merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
        if merge is None or number_of(user, merge.standing_id) is None:
            raise NotFound(_("There is no such merge of a customer of yours."))
        if not reach_of(user).may_at(Permission.CHECK_CUSTOMERS, merge.org_path):
            raise NotAllowed(_("None of your posts checks such changes."))
        if merge.undone_by is not None:
            raise Conflict(_("%(name)s has undone this merge already.") % {"name": merge.undone_by.name})
        merge.undone_because = reasoned(reason)
        merge.state, merge.undone_at, merge.undone_by = Merge.State.UNDONE, now, user
        merge.save()
        merging.resettle()
        for number in (merge.kept_id, merge.merged_id):
            audit.record(
                user,
                "customer.undo_merge",
                now=now,
                kind="customer",
                key=number,
                changes=merging.told(merge),
                reason=merge.undone_because,
            )
    return merge


def tell_apart(user: User, party_id: str, other_id: str, reason: str, *, now: datetime) -> NotSame:
    """Say that two entries are two customers, and why: the night's finding does not come back. Said twice it is once.

    Raises:
        NotAllowed, NotFound, Unacceptable: see :func:`propose_merge`.
        Conflict: somebody proposed that they are one, and that waits.
    """
    must(user, Permission.HAND_OVER)
    reason = reasoned(reason)
    with transaction.atomic():
        one, other = sorted((_seen(user, party_id).party_id, _seen(user, other_id).party_id))
        if one == other:
            raise Unacceptable(_("These are one customer already."), field="other_id")
        for waiting in duplicates.waiting_merges(one):
            if other in waiting.content.values():
                raise Conflict(
                    _("%(name)s has proposed to merge these two.") % {"name": waiting.made_by.name},
                    _("It is decided first, or its maker withdraws it."),
                )
        known = duplicates.told_apart(one, other)
        if known is not None:
            return known
        said, made = NotSame.objects.get_or_create(
            party_id=one, other_id=other, defaults={"reason": reason, "said_by": user, "said_at": now}
        )
        if made:
            audit.record(
                user,
                "customer.tell_apart",
                now=now,
                kind="customer",
                key=one,
                changes={"other": other},
                reason=reason,
            )
    return said


def look_for(user: User, asked: rules.Identity, *, now: datetime) -> list[duplicates.Likely]:
    """Who in the books may be the one about to be entered: every form that makes a customer asks first.

    The line in the trail says what was asked by, never the values: whoever looks up strangers by their certificate
    leaves a trace.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        Unacceptable: a value that cannot be, at its field; or nothing to look by.
    """
    must(user)
    entry.check(asked, timezone.localdate(now))
    found = duplicates.likely_same(user, asked)
    given = [name for name in ("name", "certificate_no", "phone", "birth_date") if getattr(asked, name)]
    with transaction.atomic():
        changes = {"by": given, "found": len(found), "elsewhere": sum(one.row is None for one in found)}
        audit.record(user, "customer.look_for", now=now, kind="customer", changes=changes)
    return found
