"""Which documents a complaint usually needs, and which the bank holds already: only the rest may be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.kit import formats
from tenure.desk.knowledge.selectors import rating_of
from tenure.desk.org.models import User
from tenure.desk.parties import selectors as parties
from tenure.desk.voice.complaints import coding
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.models import Letter

#: Days around the complaint whose transactions matter.
_AROUND = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Document:
    """A document usually needed, and what the bank holds of it in words; empty: it is asked for."""

    code: str
    name: str
    held: str


def documents_for(user: User, one: Any) -> list[Document]:
    """What the complaint's business usually needs, and what of it the bank holds about the customer."""
    table = house.version_named(one.row.code_version) if one.row.code_version else house.versions()[-1]
    found = table.codes["business"].get(one.row.business_code)
    if found is None:
        return []
    wanted = dict.fromkeys([*found.documents, "letters"])
    chinese = formats.is_chinese(get_language() or "en")
    held = _held(user, one) if one.row.party_id else {}
    named = [(code, coding.DOCUMENTS[code][0 if chinese else 1]) for code in wanted]
    return [Document(code, name, held.get(code, "")) for code, name in named if code != "letters" or held.get(code)]


def _held(user: User, one: Any) -> dict[str, str]:
    row = parties.customer(user, one.row.party_id)
    accounts = parties.holdings(user, row.party_id)
    found: dict[str, str] = {}
    if row.certificate_no:
        found["identity"] = _("certificate on file")
    if accounts:
        found["account"] = _("%(n)s accounts on file") % {"n": len(accounts)}
        terms = [held for held in accounts if held.category not in ("demand_deposit", "mobile_banking")]
        if terms:
            found["contract"] = _("%(n)s products with their contracts") % {"n": len(terms)}
    events = parties.events(user, row.party_id, kind="transaction", size=50).rows
    near = [event for event in events if abs(event.at - one.row.received_at) <= _AROUND]
    if near or accounts:
        found["transactions"] = (
            _("%(n)s notable ones within 30 days; all of them in the core system") % {"n": len(near)}
            if near
            else _("in the core system, by account")
        )
    if rating_of(row, timezone.localdate(one.row.received_at)) is not None:
        found["risk"] = _("rating on file")
    written = Letter.objects.filter(complaint=one.row).count()
    if written:
        found["letters"] = _("%(n)s letters on this complaint") % {"n": written}
    return found
