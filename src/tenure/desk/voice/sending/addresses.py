"""Where a customer is reached by a channel. Looked up when a message is sent, and kept nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from tenure.contracts import Mask
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import consents
from tenure.desk.control.masks import hide, patterns_of
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import entries_of, standing_of

#: Which column of the customer's has the address; the others know the customer by the bank's own number.
_COLUMNS = {"sms": "phone", "email": "email"}


def row_of(party_id: str) -> Any | None:
    """The published row of whoever stands for this number now; None where the bank has no such customer any more."""
    number = standing_of([party_id]).get(party_id, party_id)
    return Customer.rows().filter(party_id=number).first()


def address_of(row: Any, channel: str) -> str:
    """The address of the customer of ``row``, or nothing where the bank knows none.

    WeChat and the bank's own gateway know the customer by number: no address of theirs is in the bank's files.
    """
    value = getattr(row, _COLUMNS.get(channel, "party_id"))
    return (value or "").strip()


def masked_address(address: str, channel: str) -> str:
    """``address`` as the outbox may keep it and anyone may see it."""
    column = _COLUMNS.get(channel)
    if column is None:
        return address
    return hide(address, CUSTOMER[column].mask or Mask.HIDDEN, patterns_of(Path(settings.HOME)))[:60]


def refuses(row: Any, consent: str) -> bool:
    """Whether the customer of ``row`` refuses ``consent``, by their last word or the bank's file."""
    if not consent:
        return False
    entries = dict.fromkeys(entries_of(row.party_id), row.party_id)
    return row.party_id in consents.refusing(consent, [row], entries)
