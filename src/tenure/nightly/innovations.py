"""What an innovation brought (S29): who uses it, what they recommend beside customers like them, what it saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight.effects.alike import difference_alike
from tenure.insight.intervals import share
from tenure.nightly.improved import Bank, Improvement, blank

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray


def innovation(bank: Bank, one: Improvement) -> list[dict[str, Any]]:
    """Rows of the published ``measured``: adoption, what those who use it recommend, and what it saved."""
    rows = bank.customers
    ids, orgs = (np.array(rows.column(name).to_pylist(), dtype=object) for name in ("party_id", "org_id"))
    arms, _ = bank.arms(one)
    here = (
        np.array([arms.get(org, False) for org in orgs], dtype=bool) if one.treated else np.ones(len(ids), dtype=bool)
    )
    eligible = here & np.array([day is None for day in rows.column("left_on").to_pylist()])
    contacts, contacts_before = _contacts(bank, one)
    users = {who for who, n in contacts.items() if n > 0} if one.row["channel"] else _openers(bank, one)
    uses = np.array([who in users for who in ids], dtype=bool)
    n, adopted = int(eligible.sum()), int((eligible & uses).sum())
    found = share(adopted, n)
    adoption = blank(one, "adoption", "told" if n else "too_little_data") | {
        "value": found.value, "low": found.low, "high": found.high, "treated_n": n,
        "numbers": json.dumps({"eligible": n, "adopted": adopted}),
    }  # fmt: skip
    return [
        adoption,
        _recommended(bank, one, ids, eligible, uses),
        _saved(one, ids[eligible], contacts, contacts_before),
    ]


def _recommended(
    bank: Bank, one: Improvement, ids: NDArray[Any], eligible: NDArray[np.bool_], uses: NDArray[np.bool_]
) -> dict[str, Any]:
    """Scores given since the beginning: of those who use it and of others of the same tier, age and habit."""
    rows, answers = bank.customers, bank.answers
    newest: dict[str, float] = {}
    for who, at, score in zip(
        *(answers.column(n).to_pylist() for n in ("party_id", "answered_at", "recommend")), strict=True
    ):
        if who is not None and score is not None and at.date() >= one.since:
            newest[who] = float(score)  # in the order of time: the last stays
    year = bank.known.as_of.year
    cells = [
        f"{tier}|{(year - born) // 15 if born else '?'}|{'?' if digital is None else int(digital * 3)}"
        for tier, born, digital in zip(*(rows.column(n).to_pylist() for n in ("tier", "born", "digital")), strict=True)
    ]
    told = eligible & np.array([who in newest for who in ids], dtype=bool)
    score = np.array([newest[who] for who in ids[told]], dtype=np.float64)
    cell, chose = np.array(cells, dtype=object).astype(str)[told], uses[told]
    found, mine, others = difference_alike(score, chose, cell) if len(score) else (None, 0, 0)
    row = blank(one, "adopters", "too_little_data") | {"treated_n": mine, "control_n": others}
    if found is None or found.value is None:
        return row
    return row | {
        "verdict": "told", "value": found.value, "low": found.low, "high": found.high,
        "treated_after": float(score[chose].mean()), "control_after": float(score[~chose].mean()),
    }  # fmt: skip


def _cubes(bank: Bank, waves: Sequence[int], channel: str) -> dict[str, int]:
    """How often each customer made a transaction on the channel in these months."""
    found: dict[str, int] = {}
    cubes, accounts = bank.known.frames.past.cubes(), bank.known.accounts
    for wave in waves:
        if wave not in cubes:
            continue
        cube: ir.Table = cubes[wave]
        t = cube.inner_join(accounts.select("account_id", "party_id"), "account_id")
        t = t.group_by("party_id").aggregate(n=t[f"made_{channel}"].sum())
        for row in bank.known.rows(t.filter(t.n > 0)).to_pylist():
            found[row["party_id"]] = found.get(row["party_id"], 0) + int(row["n"])
    return found


def _contacts(bank: Bank, one: Improvement) -> tuple[dict[str, int], dict[str, int]]:
    """Contacts on its channel since it began, and in as many months before; closed months only."""
    if not one.row["channel"]:
        return {}, {}
    after = list(range(one.begins, bank.last + 1))
    before = [wave - len(after) for wave in after]
    return _cubes(bank, after, one.row["channel"]), _cubes(bank, before, one.row["channel"])


def _openers(bank: Bank, one: Improvement) -> set[str]:
    accounts = bank.known.accounts
    kept = accounts.filter((accounts.category == (one.row["category"] or "")) & (accounts.opened_on >= one.since))
    found = bank.known.rows(kept.select("party_id").distinct())
    return {str(party) for party in found.column("party_id").to_pylist()}


def _saved(
    one: Improvement, ids: NDArray[Any], contacts: Mapping[str, int], before: Mapping[str, int]
) -> dict[str, Any]:
    """What contacts beyond those of as many months before would have cost where they came from, less what they cost."""
    row = blank(one, "saving", "too_little_data")
    costs = one.row["contact_cost"], one.row["replaced_cost"]
    if not one.row["channel"] or None in costs:
        return row
    made, earlier = sum(contacts.get(who, 0) for who in ids), sum(before.get(who, 0) for who in ids)
    if not made:
        return row
    more = max(0, made - earlier)
    saved = more * (costs[1] - costs[0])
    numbers = {
        "contacts": made, "before": earlier, "more": more, "contact_cost": costs[0], "replaced_cost": costs[1],
        "saved": saved, "cost": one.row["cost"], "net": saved - (one.row["cost"] or 0),
    }  # fmt: skip
    return row | {"verdict": "told", "treated_n": made, "value": float(saved), "numbers": json.dumps(numbers)}
