"""Settled books of a block as the lake's tables: accounts and holders by date, transactions, balances, orders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from tenure.contracts import LAKE
from tenure.demo.clock import NEVER
from tenure.demo.columns import account_number, dates, moments, numbered, party_id, shaped, words
from tenure.demo.deliveries import Outbox, known
from tenure.demo.ledger import CHANNELS, KIND, KINDS, OPENING, Books, Ledger
from tenure.demo.people import Ints
from tenure.demo.society import Society
from tenure.demo.wording import BANKS, MEMOS

ROWS_PER_PARTY_BLOCK = 1_000_000_000


def numbers(ledger: Ledger, first: int) -> Ints:
    """Account numbers in the ledger's order: the current account first, then by opening day."""
    party, opened = ledger.accounts.column("party"), ledger.accounts.column("opened")
    place = np.zeros(len(party), np.int64)
    rest = np.arange(ledger.current, len(party))
    order = rest[np.lexsort((rest, opened[rest], party[rest]))]
    owner = party[order]
    heads = np.flatnonzero(np.diff(owner, prepend=-1))
    place[order] = 1 + np.arange(len(order)) - np.repeat(heads, np.diff(np.append(heads, len(order))))
    return account_number(party, place)


def file_events(society: Society, ledger: Ledger, books: Books, number: Ints, pool: pa.Array, outbox: Outbox) -> None:
    """Hand transactions and balances of a block to the outbox."""
    first = int(ledger.accounts.column("party")[0])
    text = numbered("", number)
    row = books.rows
    day = row["day"].astype(np.int64)
    size = len(day)
    other, name, own = (row[f].astype(np.int64) for f in ("other", "name", "own"))
    named = np.where(other >= 0, len(pool) + other, name)
    names = pa.concat_arrays([pool, society.names])
    external = (other >= 0) & row["same"]
    account = np.where(own >= 0, number[own.clip(0)], np.where((other >= 0) & ~external, account_number(other, 0), -1))
    serial = np.arange(size)
    second = np.where(row["role"] == OPENING, 9 * 3600, row["second"])
    bank = np.where(own >= 0, 0, row["bank"])
    rows = shaped(
        LAKE["transaction"],
        {
            "transaction_id": numbered("T", (first + 1) * ROWS_PER_PARTY_BLOCK + serial, 17),
            "account_id": words(text, row["account"]),
            "booked_at": moments(day, second),
            "amount": row["amount"],
            "channel": words(CHANNELS, row["channel"]),
            "kind": words(KINDS, row["kind"]),
            "counterparty_name": words(names, named),
            "counterparty_account": pa.array(account, pa.int64(), mask=account < 0).cast(pa.string()),
            "counterparty_bank": words(BANKS, bank),
            "same_name": pa.array(row["same"]),
            "memo": words(MEMOS, row["memo"]),
        },
        size,
    )
    outbox.events("transaction", rows, day)
    balances = shaped(
        LAKE["balance"],
        {"account_id": words(text, books.account), "day": dates(books.day), "balance": books.balance},
        len(books.day),
    )
    outbox.events("balance", balances, books.day)


def file_states(society: Society, ledger: Ledger, number: Ints, outbox: Outbox) -> None:
    """Hand accounts, their holders and standing orders to the outbox, as they stood on every business date."""
    columns = {f: ledger.accounts.column(f) for f in ("party", "product", "opened", "closed", "matures", "principal")}
    text, n = numbered("", number), society.persons
    party, opened = columns["party"], columns["opened"]
    outlets = np.concatenate([society.people.outlet, society.companies.outlet])
    rate, principal = ledger.accounts.rates(), columns["principal"]
    fixed: dict[str, Any] = {
        "account_id": text,
        "party_id": party_id(party, n),
        "product_id": words([p.product_id for p in society.shelf.products], columns["product"]),
        "org_id": words(society.organisation.outlet_ids().tolist(), outlets[party]),
        "opened_on": dates(opened),
        "currency": pa.repeat(pa.scalar("CNY"), len(party)),
        "matures_on": dates(columns["matures"]),
        "annual_rate": pa.array(rate, pa.float64(), from_pandas=True),
        "principal": pa.array(principal, pa.int64(), mask=principal < 0),
    }
    holders = _holders(society, ledger, number)
    orders = _orders(society, ledger, number)
    for place, as_of in enumerate(outbox.as_of):
        closed = known(columns["closed"], as_of)
        live = pa.array(opened <= as_of)
        status = words(("销户", "正常"), (closed >= NEVER) * 1)
        rows = shaped(LAKE["account"], fixed | {"closed_on": dates(closed), "status": status}, len(party))
        outbox.state("account", place, rows.filter(live))
        for table, (since, until, given) in (("account_holder", holders), ("standing_order", orders)):
            values = given | ({"until": dates(known(until, as_of))} if table == "account_holder" else {})
            rows = shaped(LAKE[table], values, len(since))
            shown = since <= as_of if table == "account_holder" else (since <= as_of) & (until > as_of)
            outbox.state(table, place, rows.filter(pa.array(shown)))


def _holders(society: Society, ledger: Ledger, number: Ints) -> tuple[Ints, Ints, dict[str, Any]]:
    """Every owner; spouses on mortgages as joint holders; legal representatives on companies' current accounts."""
    column = ledger.accounts.column
    party, opened, closed = (column(f) for f in ("party", "opened", "closed"))
    product, n = column("product"), society.persons
    everyone = np.arange(len(party))
    who, account, role = [party], [everyone], [np.zeros(len(party), np.int64)]
    since = [opened]
    if party[0] < n:
        joint = everyone[product == society.shelf.number["MG01"]]
        spouse = society.people.spouse[party[joint]]
        joint, spouse = joint[spouse >= 0], spouse[spouse >= 0]
        who.append(spouse)
        account.append(joint)
        role.append(np.ones(len(joint), np.int64))
        since.append(np.maximum(opened[joint], society.since[spouse]))
    else:
        current = everyone[: ledger.current]
        boss = society.companies.legal[party[current] - n]
        current, boss = current[boss >= 0], boss[boss >= 0]
        who.append(boss)
        account.append(current)
        role.append(np.full(len(current), 2))
        since.append(np.maximum(opened[current], society.since[boss]))
    account_, begins = np.concatenate(account), np.concatenate(since)
    values = {
        "account_id": numbered("", number[account_]),
        "party_id": party_id(np.concatenate(who), n),
        "role": words(("owner", "joint", "authorised"), np.concatenate(role)),
        "since": dates(begins),
    }
    return begins, np.maximum(closed[account_], begins), values


def _orders(society: Society, ledger: Ledger, number: Ints) -> tuple[Ints, Ints, dict[str, Any]]:
    """Instalments as standing orders from the current account to the loan, for as long as the loan runs."""
    column = ledger.accounts.column
    product, party = column("product"), column("party")
    loans = np.flatnonzero(np.isin(society.shelf.category[product], ("mortgage", "consumer_loan")))
    mortgage = society.shelf.category[product[loans]] == "mortgage"
    if party[0] < society.persons:
        monthly = society.mortgages.instalment[party[loans]]
    else:
        monthly = np.zeros(len(loans), np.int64)
    principal = column("principal")[loans]
    rough = principal // np.maximum((column("matures")[loans] - column("opened")[loans]) // 30, 1)
    values = {
        "order_id": numbered("ZD", number[loans]),
        "account_id": numbered("", account_number(party[loans], 0)),
        "counterparty_bank": words(BANKS, np.zeros(len(loans), np.int64)),
        "counterparty_account": numbered("", number[loans]),
        "amount": np.where(mortgage, monthly, rough),
        "kind": words(KINDS, np.full(len(loans), KIND["loan_repayment"])),
    }
    return column("opened")[loans], column("closed")[loans], values
