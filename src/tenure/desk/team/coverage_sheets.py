"""Lead and support of many customers edited as a workbook: a branch is arranged anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED
from tenure.desk.control import audit
from tenure.desk.control.errors import NotAllowed, Unacceptable
from tenure.desk.control.masking import masked
from tenure.desk.control.sheets.kinds import EditColumn, SheetRow
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.asking import filter_as_asked
from tenure.desk.parties.assigning import assign_lead
from tenure.desk.parties.exports import CUSTOMERS
from tenure.desk.parties.models import Coverage
from tenure.desk.parties.selectors import customer, customers
from tenure.desk.parties.visibility import visible_to
from tenure.desk.team.people import colleague, is_head
from tenure.desk.team.services import add_support, end_support, give_back

_NAME = PUBLISHED["customer"]["name"]
_FIELDS = ("party_id", "name", "tier", "org_path", "lead_staff_id")


class _Coverage:
    """See ``control.sheets.kinds.Editable``. Only customers of branches one heads are in it."""

    edits = Permission.HAND_OVER
    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Lead and support of customers")

    def heads(self) -> Sequence[str]:
        return [_("Customer number"), _("Name"), _("Tier")]

    def columns(self, language: str) -> Sequence[EditColumn]:
        one, some = _("an employee number, or nothing"), _("employee numbers with blanks between, or nothing")
        return [EditColumn("lead", _("Lead"), {}, one), EditColumn("support", _("Support"), {}, some)]

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        return CUSTOMERS.asked(filters)

    def told(self, filters: Mapping[str, str], language: str) -> str:
        return CUSTOMERS.told(filters, language)

    def rows(self, user: User, filters: Mapping[str, str], most: int) -> Iterator[SheetRow]:
        reach = reach_of(user)
        found = list(customers(user, filter_as_asked(filters)).order_by("party_id").only(*_FIELDS)[:most])
        found = [row for row in found if is_head(user, row.org_path)]
        values = _standing(found)
        for row in found:
            tier = code_name(row.tier, "tier", get_language() or "zh-hans")
            yield SheetRow(row.party_id, [masked(row.name, _NAME, reach), tier], values[row.party_id])

    def current(self, user: User, keys: Iterable[str]) -> dict[str, dict[str, str]]:
        return _standing(list(visible_to(user).filter(party_id__in=set(keys)).only(*_FIELDS)))

    def apply(self, user: User, key: str, column: str, value: str, now: datetime) -> None:
        row = customer(user, key)
        if not is_head(user, row.org_path):
            raise NotAllowed(_("The branch head says who leads a customer."))
        if column == "support":
            wanted, there = set(value.split()), set(_standing([row])[key]["support"].split())
            for staff_id in sorted(wanted - there):
                add_support(user, key, staff_id, now=now)
            for staff_id in sorted(there - wanted):
                end_support(user, key, staff_id, now=now)
        elif not value:
            give_back(user, key, _("edited in a workbook"), now=now)
        elif " " in value:
            raise Unacceptable(_("A customer has one lead."), field="lead")
        else:
            colleague(value, row.org_path, "lead")
            with transaction.atomic():
                before = row.lead_staff_id or ""
                if assign_lead(key, value, user, _("edited in a workbook"), now, only_from=before) is not None:
                    changes = {"role": "lead", "from": before, "to": value}
                    audit.record(user, "customer.assign", now=now, kind="customer", key=key, changes=changes)


def _standing(rows: Sequence[Any]) -> dict[str, dict[str, str]]:
    """Lead and supports of each row, as employee numbers; one query however many rows."""
    cover: dict[str, list[str]] = defaultdict(list)
    numbers = [row.party_id for row in rows]
    others = Coverage.rows().filter(party_id__in=numbers).exclude(role="lead").order_by("staff_id")
    for party_id, staff_id in others.values_list("party_id", "staff_id"):
        cover[party_id].append(staff_id)
    return {row.party_id: {"lead": row.lead_staff_id or "", "support": " ".join(cover[row.party_id])} for row in rows}


COVERAGE = _Coverage()
