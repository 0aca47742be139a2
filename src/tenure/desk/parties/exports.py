"""The customer list as a file: the same filter as the page, the same masks, one row a customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED, Column, Kind
from tenure.desk.control.exports import Sheet
from tenure.desk.control.masking import masked
from tenure.desk.kit.formats import exponent, is_chinese
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.selectors import Reach, branch_names, reach_of, staff_names
from tenure.desk.parties.asking import filter_as_asked
from tenure.desk.parties.selectors import customers

_CONTRACT = PUBLISHED["customer"]
#: What a file holds of a customer; a column not named here leaves the bank in no export.
COLUMNS: tuple[Column, ...] = tuple(
    _CONTRACT[name]
    for name in (
        "party_id",
        "kind",
        "name",
        "phone",
        "org_id",
        "lead_staff_id",
        "tier",
        "near_tier",
        "near_gap",
        "aum",
        "aum_month_average",
        "aum_year_average",
        "aum_change_3m",
        "deposit",
        "investment",
        "loan",
        "currency",
        "category_count",
        "tenure_months",
        "next_maturity_on",
        "next_maturity_amount",
        "main_bank",
        "habit",
        "payroll_months",
        "score",
        "priority",
        "last_contact_on",
        "open_complaints",
        "consent_marketing",
    )
)


#: Columns that hold codes, and the list that has their words.
_CODED = {
    "kind": "party_kind",
    "tier": "tier",
    "near_tier": "tier",
    "main_bank": "main_bank",
    "habit": "habit",
    "priority": "priority",
}


class _Customers:
    """Rows of the customer list; see ``control.exports.Source``."""

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        return filter_as_asked(filters).asked()

    def told(self, filters: Mapping[str, str], language: str) -> str:
        return _("; ").join(_condition(name, value, language) for name, value in filters.items() if name != "sort")

    def count(self, user: User, filters: Mapping[str, Any], most: int) -> int:
        return customers(user, filter_as_asked(filters)).order_by()[:most].count()

    def sheet(self, user: User, filters: Mapping[str, Any], language: str) -> Sheet:
        chinese = is_chinese(language)
        heads = [column.zh if chinese else column.en for column in COLUMNS]
        return Sheet(_("Customers"), heads, self._rows(user, filters, language))

    def _rows(self, user: User, filters: Mapping[str, Any], language: str) -> Iterator[Sequence[Any]]:
        reach = reach_of(user)
        rows = customers(user, filter_as_asked(filters)).order_by("party_id").only(*(c.name for c in COLUMNS))
        for row in rows.iterator(chunk_size=2000):
            places = exponent(row.currency)
            yield [_value(row, column, reach, places, language) for column in COLUMNS]


def _condition(name: str, value: str, language: str) -> str:
    """One condition of the filter in words, as the list's own filters call it."""
    flags = {
        "near": _("Near a threshold"),
        "maturing": _("Maturing in 30 days"),
        "payroll": _("Payroll here"),
        "dormant": _("Dormant"),
    }
    coded = {
        "tier": (_("Tier"), "tier"),
        "main_bank": (_("Main bank"), "main_bank"),
        "habit": (_("Channel habit"), "habit"),
        "kind": (_("Person or company"), "party_kind"),
        "priority": (_("Priority"), "priority"),
        "consent": (_("Agreed"), "consent"),
    }
    named = {"q": _("Search"), "branch": _("Branch"), "rm": _("Relationship manager")}
    if name in flags:
        return flags[name]
    if name in coded:
        label, codes = coded[name]
        return f"{label}: {code_name(value, codes, language)}"
    known = branch_names([value]) if name == "branch" else staff_names([value]) if name == "rm" else {}
    return f"{named[name]}: {known.get(value, value)}"


def _value(row: Any, column: Column, reach: Reach, places: int, language: str) -> Any:
    """What stands in a cell: numbers and days as such, codes in words."""
    value = masked(getattr(row, column.name), column, reach)
    if column.name in _CODED and value:
        return code_name(value, _CODED[column.name], language)
    if column.kind is Kind.BOOLEAN and value is not None:
        return _("yes") if value else _("no")
    if column.kind is Kind.MONEY and isinstance(value, int):
        return Decimal(value).scaleb(-places)
    return value


CUSTOMERS = _Customers()
