"""What customers agree to: the bank's file and what they have said at the desk since, in one place for every list.

A word at the desk counts at once, before the night and before the core system has taken it over. It counts as long as
the bank's file says what it said then; once the file says something else, the core system has heard from the
customer too, and later, so the file counts again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from tenure.contracts import codes
from tenure.desk.control.models import Consent


def stands(word: Consent | None, bank_says: bool | None) -> bool | None:
    """Whether a customer agrees, by their last word at the desk and what the bank's file says; None: not asked."""
    if word is None or word.bank_said != bank_says:
        return bank_says
    return word.given


def agrees(purpose: str) -> Q:
    """Customers (rows with ``party_id`` and the ``consent_`` columns) who agree to ``purpose``."""
    column = f"consent_{purpose}"
    since = Q(**{column: False}, party_id__in=_said(purpose, True, False))
    since |= Q(**{f"{column}__isnull": True}, party_id__in=_said(purpose, True, None))
    return (Q(**{column: True}) & ~Q(party_id__in=_said(purpose, False, True))) | since


def refused_since(purpose: str, party_ids: Iterable[str]) -> set[str]:
    """Those of ``party_ids`` whose standing word at the desk refuses ``purpose``."""
    rows = Consent.objects.filter(purpose=purpose, given=False, superseded_at=None, party_id__in=set(party_ids))
    return set(rows.values_list("party_id", flat=True))


def refusing(purpose: str, rows: Iterable[Any], entries: Mapping[str, str]) -> set[str]:
    """Customers of ``rows`` who refuse ``purpose``, by their last word or the bank's file; who was not asked does not.

    ``entries``: every number of these customers, with the one that stands for it.
    """
    words = Consent.objects.filter(purpose=purpose, superseded_at=None, party_id__in=set(entries))
    said = {entries[word.party_id]: word for word in words.order_by("noted_at")}
    column = f"consent_{purpose}"
    return {row.party_id for row in rows if stands(said.get(row.party_id), getattr(row, column)) is False}


def _said(purpose: str, given: bool, bank_said: bool | None) -> QuerySet[Consent, Any]:
    rows = Consent.objects.filter(purpose=purpose, given=given, superseded_at=None)
    rows = rows.filter(bank_said=bank_said) if bank_said is not None else rows.filter(bank_said__isnull=True)
    return rows.values("party_id")


def of_customer(row: Any, numbers: Iterable[str]) -> Mapping[str, tuple[bool | None, Consent | None]]:
    """For each purpose whether the customer of ``row`` agrees, and their standing word at the desk, if there is one.

    ``numbers`` are all the customer's: of several words the last one noted counts.
    """
    words = Consent.objects.filter(party_id__in=set(numbers), superseded_at=None).select_related("noted_by")
    said = {word.purpose: word for word in words.order_by("noted_at")}
    return {
        purpose: (stands(said.get(purpose), getattr(row, f"consent_{purpose}")), said.get(purpose))
        for purpose in codes.CONSENTS
    }
