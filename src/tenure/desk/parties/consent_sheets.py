"""Consents of many customers edited as a workbook: a pile of signed forms comes in at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED, codes
from tenure.desk.control import consents as law
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.masking import masked
from tenure.desk.control.models import Consent
from tenure.desk.control.sheets.kinds import EditColumn, SheetRow
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.asking import filter_as_asked
from tenure.desk.parties.consents import note_consent, withdraw_word
from tenure.desk.parties.exports import CUSTOMERS
from tenure.desk.parties.selectors import customer, customers
from tenure.desk.parties.visibility import visible_to

_NAME = PUBLISHED["customer"]["name"]
_WORD = {True: "yes", False: "no", None: "unasked"}
_FIELDS = ("party_id", "name", "tier", *(f"consent_{purpose}" for purpose in codes.CONSENTS))


class _Consents:
    """See ``control.sheets.kinds.Editable``."""

    edits = Permission.HAND_OVER
    checks = Permission.CHECK_CUSTOMERS

    def name(self) -> str:
        return _("Consents of customers")

    def heads(self) -> Sequence[str]:
        return [_("Customer number"), _("Name"), _("Tier")]

    def columns(self, language: str) -> Sequence[EditColumn]:
        said = {"yes": _("agrees"), "no": _("refuses"), "unasked": _("not asked")}
        return [EditColumn(purpose, code_name(purpose, "consent", language), said) for purpose in codes.CONSENTS]

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        return CUSTOMERS.asked(filters)

    def told(self, filters: Mapping[str, str], language: str) -> str:
        return CUSTOMERS.told(filters, language)

    def rows(self, user: User, filters: Mapping[str, str], most: int) -> Iterator[SheetRow]:
        reach = reach_of(user)
        found = list(customers(user, filter_as_asked(filters)).order_by("party_id").only(*_FIELDS)[:most])
        values = _standing(found)
        for row in found:
            tier = code_name(row.tier, "tier", get_language() or "zh-hans")
            yield SheetRow(row.party_id, [masked(row.name, _NAME, reach), tier], values[row.party_id])

    def current(self, user: User, keys: Iterable[str]) -> dict[str, dict[str, str]]:
        return _standing(list(visible_to(user).filter(party_id__in=set(keys)).only(*_FIELDS)))

    def apply(self, user: User, key: str, column: str, value: str, now: datetime) -> None:
        if value == "unasked":  # only where the bank's file knows nothing: a word noted by mistake is ended
            if getattr(customer(user, key), f"consent_{column}") is not None:
                raise Unacceptable(_("The bank's file has an answer on record; note what the customer says now."))
            withdraw_word(user, key, column, now=now)
            return
        note_consent(user, key, column, value == "yes", "letter", now=now)


def _standing(rows: Sequence[Any]) -> dict[str, dict[str, str]]:
    """What stands for each row and purpose, as codes; two queries however many rows."""
    words = Consent.objects.filter(party_id__in=[row.party_id for row in rows], superseded_at=None)
    said = {(word.party_id, word.purpose): word for word in words}
    return {
        row.party_id: {
            purpose: _WORD[law.stands(said.get((row.party_id, purpose)), getattr(row, f"consent_{purpose}"))]
            for purpose in codes.CONSENTS
        }
        for row in rows
    }


CONSENTS = _Consents()
