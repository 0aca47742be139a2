"""The lake's tables: what a core-banking system delivers, in the order in which it must load.

Conventions. Amounts are whole numbers of the currency's minor unit (1 yuan = 100 fen). A balance is
positive: on a deposit or investment what the bank owes the customer, on a loan what the customer owes
the bank; an overdraft is a negative deposit. A transaction is signed from the account's side: credit
positive, debit negative. Times are the bank's local time.
"""

from __future__ import annotations

from tenure.contracts.columns import Table
from tenure.contracts.lake.accounts import ACCOUNT, ACCOUNT_HOLDER, BALANCE, PRODUCT, STANDING_ORDER, TRANSACTION
from tenure.contracts.lake.desk import ASSIGNMENT, CONSENT, PARTY_MERGE, SIGNAL
from tenure.contracts.lake.desk_work import DESK_WORK, RISK_ANSWERS
from tenure.contracts.lake.people import COVERAGE, ORGANISATION, PARTY, RELATION, STAFF
from tenure.contracts.lake.touches import (
    CAMPAIGN_CONTACT,
    COMPLAINT,
    INTERACTION,
    QUEUE_TICKET,
    REDEMPTION,
    SURVEY_INVITATION,
    SURVEY_RESPONSE,
)

__all__ = [
    "ACCOUNT",
    "ACCOUNT_HOLDER",
    "ASSIGNMENT",
    "BALANCE",
    "CAMPAIGN_CONTACT",
    "COMPLAINT",
    "CONSENT",
    "COVERAGE",
    "DESK_MERGES",
    "DESK_SOURCE",
    "DESK_SOURCES",
    "DESK_TABLES",
    "DESK_WORK",
    "INTERACTION",
    "LAKE",
    "LAKE_TABLES",
    "LOAD_ORDER",
    "ORGANISATION",
    "PARTY",
    "PARTY_MERGE",
    "PRODUCT",
    "QUEUE_TICKET",
    "REDEMPTION",
    "RELATION",
    "RISK_ANSWERS",
    "SIGNAL",
    "STAFF",
    "STANDING_ORDER",
    "SURVEY_INVITATION",
    "SURVEY_RESPONSE",
    "TRANSACTION",
]

#: Load order: a table comes after every table it refers to.
LOAD_ORDER: tuple[Table, ...] = (
    ORGANISATION,
    STAFF,
    PARTY,
    RELATION,
    COVERAGE,
    PRODUCT,
    ACCOUNT,
    ACCOUNT_HOLDER,
    STANDING_ORDER,
    BALANCE,
    TRANSACTION,
    INTERACTION,
    SIGNAL,
    COMPLAINT,
    SURVEY_INVITATION,
    SURVEY_RESPONSE,
    QUEUE_TICKET,
    CAMPAIGN_CONTACT,
    REDEMPTION,
    CONSENT,
    ASSIGNMENT,
    *DESK_WORK,
    PARTY_MERGE,
)
#: The source under which the desk's own deliveries (contacts, signals, consents, what people know and did) come back to the lake.
DESK_SOURCE = "desk"
#: The source of merges: one of its own, since a source's delivery of a day replaces the one before it.
DESK_MERGES = f"{DESK_SOURCE}-merges"
DESK_SOURCES = (DESK_SOURCE, DESK_MERGES)
#: Tables that no bank delivers: the desk writes them.
DESK_TABLES = (
    SIGNAL.name, CONSENT.name, ASSIGNMENT.name, *(table.name for table in DESK_WORK), PARTY_MERGE.name,
)  # fmt: skip
LAKE: dict[str, Table] = {t.name: t for t in LOAD_ORDER}
LAKE_TABLES = tuple(LAKE)
