"""What is done with customers' data, and therefore logged: showing a list of them, revealing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED
from tenure.desk.control import audit
from tenure.desk.control.errors import NotAllowed, NotFound, Unacceptable
from tenure.desk.control.masking import clear_columns
from tenure.desk.control.rules import REASON_LENGTH, may_reveal
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Holding
from tenure.desk.parties.visibility import of_visible, visible_to

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
    row = visible_to(user).filter(party_id=party_id).first()
    if row is None:
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    reason = reason.strip()
    if not wanted:
        raise Unacceptable(_("Say which values to show."), field="columns")
    if not REASON_LENGTH[0] <= len(reason) <= REASON_LENGTH[1]:
        raise Unacceptable(
            _("Give a reason of %(least)s to %(most)s characters.")
            % {"least": REASON_LENGTH[0], "most": REASON_LENGTH[1]},
            field="reason",
        )
    values: dict[str, Any] = {}
    for column in wanted:
        if column.name == "account_id":
            held = of_visible(Holding, user).filter(party_id=party_id).order_by("account_id")
            values["account_id"] = list(held.values_list("account_id", flat=True)[:200])
        else:
            value = getattr(row, column.name)
            values[column.name] = value.isoformat() if isinstance(value, date) else value
    with transaction.atomic():
        audit.record(
            user,
            "customer.reveal",
            now=now,
            kind="customer",
            key=party_id,
            changes={"columns": [column.name for column in wanted]},
            reason=reason,
        )
    return values


def _column(name: str) -> Any:
    if name == "account_id":
        return _HOLDING["account_id"]
    if name in _CUSTOMER and _CUSTOMER[name].mask is not None:
        return _CUSTOMER[name]
    raise Unacceptable(_("“%(name)s” is no masked value of a customer.") % {"name": name}, field="columns")
