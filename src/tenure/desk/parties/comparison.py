"""Two entries side by side, field by field, in their reader's words and masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenure.contracts import Column, Kind
from tenure.contracts.published import CUSTOMER
from tenure.desk.control.masking import masked
from tenure.desk.kit import formats
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.selectors import Reach, reach_of
from tenure.desk.parties import rules
from tenure.desk.parties.selectors import branches_named, staff_named

#: Columns that hold a code, and the list it is from.
_CODED = {
    "kind": "party_kind",
    "sex": "sex",
    "certificate_kind": "certificate",
    "risk_rating": "risk",
    "tier": "tier",
}
#: Figures of the night: after a merge they are worked out for both together, not taken from one.
FIGURES = ("tier", "aum", "product_count", "last_transaction_on", "last_contact_on")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of both entries as its reader sees it.

    ``differs``: both say something, and not the same. ``rewritten``: the same, written in another way.
    ``kept_counts``: the kept entry's value stays (``rules.kept_counts``). ``figure``: worked out anew in the night.
    """

    name: str
    label: str
    kept: str
    merged: str
    same: bool
    differs: bool
    kept_counts: bool
    rewritten: bool
    figure: bool


def fields_of(reader: User, kept: Any, merged: Any, language: str) -> list[Field]:
    """Every field that either entry has a value in; what is the same and what is not is judged on the bare values."""
    reach = reach_of(reader)
    names = {
        "org_id": branches_named({kept.org_id, merged.org_id}),
        "lead_staff_id": staff_named({kept.lead_staff_id, merged.lead_staff_id}),
    }
    found = []
    for name in rules.COMPARED:
        column = CUSTOMER[name]
        values = [_blank(getattr(row, name)) for row in (kept, merged)]
        if values == [None, None]:
            continue
        plain = [_meant(name, row) for row in (kept, merged)]
        same = None not in values and plain[0] == plain[1]
        told = [_told(value, column, reach, language, names, row.currency) for value, row in zip(
            values, (kept, merged), strict=True)]  # fmt: skip
        found.append(
            Field(
                name=name,
                label=column.zh if formats.is_chinese(language) else column.en,
                kept=told[0],
                merged=told[1],
                same=same,
                differs=None not in values and not same,
                kept_counts=rules.kept_counts(name, *values),
                rewritten=same and values[0] != values[1],
                figure=name in FIGURES,
            )
        )
    return found


def _blank(value: Any) -> Any:
    return None if value == "" else value


def _meant(name: str, row: Any) -> Any:
    """The value as it is meant: an old identity number is the new one, a phone has no country code."""
    value = getattr(row, name)
    if value in (None, ""):
        return None
    match name:
        case "certificate_no":
            identity = row.certificate_kind == "identity_card"
            return rules.identity_number(value) if identity else rules.plain_certificate(value)
        case "phone":
            return rules.plain_phone(value)
        case "name":
            return rules.plain_name(row.kind, value)
        case _:
            return value


def _told(value: Any, column: Column, reach: Reach, language: str, names: dict[str, Any], currency: str) -> str:
    if value is None:
        return formats.NOTHING
    if column.name in _CODED:
        return code_name(value, _CODED[column.name], language)
    if column.name in names:
        row = names[column.name].get(value)
        if row is None:
            return str(value)
        return row.name if formats.is_chinese(language) else getattr(row, "name_en", None) or row.name
    if column.kind is Kind.BOOLEAN:
        return _("Yes") if value else _("No")
    seen = masked(value, column, reach)
    if column.kind is Kind.MONEY and isinstance(seen, int):
        return formats.money(seen, currency, language)
    if column.kind is Kind.DATE and not isinstance(seen, str):
        return formats.day(seen, language)
    return str(seen)
