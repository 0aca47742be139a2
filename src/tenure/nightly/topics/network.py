"""The network (S8): who is tied to whom, who brings customers, whom they could bring next, whether leaving spreads.

One network for the whole bank, from the books as they stood on the night; per branch the same questions asked of its
own customers. Who refused marketing is neither asked to introduce nor named as a prospect; nor is,
unless the bank takes silence for consent, whose consent is not on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.errors import InputError
from tenure.insight import months
from tenure.insight.inputs import TooLittleData
from tenure.nightly.topics import Known, figure, said
from tenure.nightly.topics.relations import Record, Web, month_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Months in which leaving is followed.
FOLLOWED = 36
#: Rows a grid of the bank shows, and one of a branch.
BANK_ROWS, BRANCH_ROWS = 30, 20


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's network, its groups, introducers, prospects and contagion; then each branch's own."""
    web = Web.of(known)
    record = Record.of(web, known)
    everybody = np.ones(len(web.network), dtype=bool)
    yield known.bank, said("now", lambda: _now(web, everybody, record))
    if not len(web.network.ties):
        return
    yield known.bank, said("ties", lambda: _ties(web, record))
    yield from _of(web, known.bank, everybody, record, BANK_ROWS)
    yield known.bank, said("contagion", lambda: _contagion(web, known.as_of))
    for org in known.branches:
        if org == known.bank:
            continue
        mine = web.of_branches(known.below(org))
        if mine.any():
            yield org, said("now", lambda mine=mine: _now(web, mine, record))  # type: ignore[misc]
            yield from _of(web, org, mine, record, BRANCH_ROWS)


def _of(web: Web, org: str, mine: NDArray[np.bool_], record: Record, rows: int) -> Iterator[tuple[str, Section]]:
    """Who brings customers, whom they could bring, and the largest groups and households, of some customers."""
    makers: tuple[tuple[str, Callable[[], Section]], ...] = (
        ("introducers", lambda: _introducers(web, mine, record, rows)),
        ("prospects_people", lambda: _prospects(web, mine, rows, company=False)),
        ("prospects_companies", lambda: _prospects(web, mine, rows, company=True)),
        ("company_groups", lambda: _company_groups(web, mine, rows)),
        ("households", lambda: _households(web, mine, rows)),
    )
    for code, make in makers:
        yield org, said(code, make)


def _now(web: Web, mine: NDArray[np.bool_], record: Record) -> Figures:
    network, customer = web.network, web.network.parties.customer & mine
    if not customer.any():
        raise TooLittleData("no customers")
    tied = web.tied
    family = (web.households.sizes[web.households.label] > 1) & customer
    figures = [
        Figure("customers", Unit.COUNT, int(customer.sum())),
        Figure("tied", Unit.SHARE, float(tied[customer].mean()), n=int(customer.sum())),
        Figure("in_household", Unit.SHARE, float(family[customer].mean()), n=int(customer.sum())),
        Figure("ties_told", Unit.COUNT, int((mine[network.ties.source] | mine[network.ties.target]).sum())),
    ]
    if record.introducers is not None:
        expected = float(record.introducers["expected"][mine].sum())
        figures.append(Figure("expected_newcomers", Unit.COUNT, expected))
    newcomers = record.newcomers & mine
    if not newcomers.any():
        return Figures("now", figures, Verdict("tied_share", {"tied": (Unit.SHARE, float(tied[customer].mean()))}))
    brought = int((newcomers & record.was_brought).sum())
    numbers: dict[str, tuple[Unit, Cell]] = {
        "newcomers": (Unit.COUNT, int(newcomers.sum())),
        "brought": (Unit.COUNT, brought),
        "share": (Unit.SHARE, brought / int(newcomers.sum())),
    }
    return Figures("now", figures, Verdict("newcomers_brought", numbers))


def _ties(web: Web, record: Record) -> Grid:
    network, ties = web.network, web.network.ties
    arrived = {} if record.arrivals is None else {row["kind"]: row for row in record.arrivals.to_pylist()}
    rows: list[list[Cell]] = []
    for number, kind in enumerate(network.kinds):
        here = ties.kind == number
        if kind == "referral" or not here.any():
            continue
        who = np.unique(np.concatenate([ties.source[here], ties.target[here]]))
        customers = int(network.parties.customer[who].sum())
        one = arrived.get(kind)
        rows.append([f"tie_{kind}", int(here.sum()), customers, *_arrived(one)])
    rows.sort(key=lambda row: -int(row[2]))  # type: ignore[arg-type]
    if "untold" in arrived:
        rows.append(["tie_untold", None, None, *_arrived(arrived["untold"])])
    columns = [
        ("tie", Unit.CODE),
        ("ties_told", Unit.COUNT),
        ("customers_tied", Unit.COUNT),
        ("newcomers", Unit.COUNT),
        ("brought", Unit.COUNT),
        ("brought_share", Unit.SHARE),
    ]
    best = max((row for row in rows if row[4]), key=lambda row: int(row[4]), default=None)  # type: ignore[arg-type]
    if best is None:
        return Grid("ties", columns, rows, Verdict("no_referrals", tone="warn"))
    return Grid("ties", columns, rows, Verdict("most_come_by", {"tie": (Unit.CODE, best[0])}))


def _arrived(row: dict[str, Any] | None) -> list[Cell]:
    if row is None:
        return [None, None, None]
    return [row["newcomers"], row["brought"], (row["share"], row["low"], row["high"])]


def _introducers(web: Web, mine: NDArray[np.bool_], record: Record, best: int) -> Grid:
    """Customers by the assets their introductions may bring: newcomers by their record, prospects by their ties."""
    network, nothing = web.network, np.zeros(len(web.network))
    own, reached = record.introducers or {}, record.influence
    brought, near = own.get("brought", nothing), reached["outsiders"]
    who = np.flatnonzero(mine & network.parties.customer & web.asks & ((brought > 0) | (near > 0)))
    expected, low, high = (own.get(name, nothing)[who] for name in ("expected", "low", "high"))
    reach, reach_low, reach_high = (reached[name][who] for name in ("influence", "low", "high"))
    worth, worth_low, worth_high = (each or 0.0 for each in (record.worth.value, record.worth.low, record.worth.high))
    value = expected * worth + reach
    # an interval for a sum of independent parts from the parts' own (MOVER, Zou & Donner 2008): how many, how much each
    # holds, and what those nearby could hold
    below = np.sqrt(((expected - low) * worth) ** 2 + (expected * (worth - worth_low)) ** 2 + (reach - reach_low) ** 2)
    above = np.sqrt(
        ((high - expected) * worth) ** 2 + (expected * (worth_high - worth)) ** 2 + (reach_high - reach) ** 2
    )
    first = np.lexsort((who, -value))
    first = first[value[first] > 0][:best]
    if not len(first):
        raise TooLittleData("nobody has brought anybody, nor is tied to a prospect")
    fitted = record.introducers is not None
    rows: list[list[Cell]] = [
        [
            name,
            web.value(web.lead, i),
            int(brought[i]) if fitted else None,
            (float(expected[k]), float(low[k]), float(high[k])) if fitted else None,
            int(near[i]),
            (float(value[k]), float(max(value[k] - below[k], 0)), float(value[k] + above[k])),
            _source(fitted, record.sources.get(i)),
        ]
        for name, i, k in zip(web.names(who[first]), who[first].tolist(), first.tolist(), strict=True)
    ]
    columns = [
        ("customer", Unit.PARTY),
        ("manager", Unit.STAFF),
        ("brought_by_them", Unit.COUNT),
        ("expected_12m", Unit.NUMBER),
        ("prospects_near", Unit.COUNT),
        ("expected_value", Unit.MONEY),
        ("source", Unit.CODE),
    ]
    return Grid("introducers", columns, rows, Verdict("introducers_fitted" if fitted else "introducers_prior"))


def _source(fitted: bool, ties: str | None) -> str:
    if not fitted:
        return f"source_{ties or 'prior'}"
    return "source_fitted" if ties in (None, "fitted") else "source_mixed"


def _prospects(web: Web, mine: NDArray[np.bool_], best: int, *, company: bool) -> Grid:
    network = web.network
    good = web.good & mine & web.asks
    if not good.any():
        raise TooLittleData("no good customers to begin from")
    wanted = mine & web.asks & (web.room > 0) & (network.parties.company == company)
    found = network.prospects(good, few_products=0, best=best, among=wanted).to_pylist()
    if not found:
        raise TooLittleData("nobody within two steps of a good customer")
    lead = {i: web.lead[at] for i, at in _places(web, [row["introducer_id"] for row in found])}
    rows: list[list[Cell]] = [
        [
            row["party_id"],
            row["reasons"][0]["code"],
            row["introducer_id"],
            lead[row["introducer_id"]],
            f"tie_{row['kinds'][0]}",
            row["through_id"],
            f"tie_{row['kinds'][1]}" if row["steps"] > 1 else None,
            row["chance"],
            row["value"],
        ]
        for row in found
    ]
    columns = [
        ("prospect", Unit.PARTY),
        ("what_they_are", Unit.CODE),
        ("introducer", Unit.PARTY),
        ("manager", Unit.STAFF),
        ("their_tie", Unit.CODE),
        ("through", Unit.PARTY),
        ("next_tie", Unit.CODE),
        ("path", Unit.SHARE),
        ("room", Unit.MONEY),
    ]
    return Grid(
        f"prospects_{'companies' if company else 'people'}",
        columns,
        rows,
        Verdict("prospects_ranked", {"good": (Unit.COUNT, int(good.sum()))}),
    )


def _places(web: Web, parties: Sequence[Any]) -> list[tuple[Any, int]]:
    return list(zip(parties, web.network.positions(parties).tolist(), strict=True))


def _company_groups(web: Web, mine: NDArray[np.bool_], best: int) -> Grid:
    """Companies of one ultimate owner, those with most assets first; at least two companies."""
    rows = []
    company = web.network.parties.company
    for group, members in web.company_groups.led_by(mine, best):
        rows.append(
            [
                web.owner_of.get(group),
                int(company[members].sum()),
                int(web.network.parties.customer[members].sum()),
                float(web.aum[members].sum()),
                web.names([members[0]])[0],
            ]
        )
    columns = [
        ("ultimate_owner", Unit.PARTY),
        ("companies", Unit.COUNT),
        ("customers", Unit.COUNT),
        ("aum", Unit.MONEY),
        ("largest_member", Unit.PARTY),
    ]
    return _grid("company_groups", columns, rows)


def _households(web: Web, mine: NDArray[np.bool_], best: int) -> Grid:
    """Families and who shares a roof or an account, those with most assets first."""
    rows = []
    parties = web.network.parties
    for _group, members in web.families.led_by(mine, best):
        here = members[parties.customer[members]]
        rows.append(
            [
                web.names([here[0]])[0],
                web.value(web.lead, here[0]),
                len(here),
                float(web.aum[members].sum()),
                float(web.aum[here[0]] / web.aum[members].sum()) if web.aum[members].sum() > 0 else None,
                int((parties.products[here] <= 0).sum()),
            ]
        )
    columns = [
        ("head_of_household", Unit.PARTY),
        ("manager", Unit.STAFF),
        ("members", Unit.COUNT),
        ("aum", Unit.MONEY),
        ("share_of_first", Unit.SHARE),
        ("hardly_here", Unit.COUNT),
    ]
    return _grid("households", columns, rows)


def _grid(code: str, columns: list[tuple[str, Unit]], rows: list[list[Cell]]) -> Grid:
    if not rows:
        raise TooLittleData(f"no {code}")
    return Grid(code, columns, rows)


def _contagion(web: Web, as_of: date) -> Figures:
    """Whether a relative's leaving is followed by one's own, over the last closed months."""
    network = web.network
    end = months.serial(as_of) - 1
    left = np.where(web.left > end, np.nan, web.left)
    gone = left[np.isfinite(left)]
    if not len(gone):
        raise TooLittleData("nobody left")
    # before the first leaving on file the books may just not hold those who left
    start = max(end - FOLLOWED + 1, int(gone.min()))
    since = month_of(network.parties.since)
    entered = np.where(np.isfinite(since), since, end + 1)
    age = np.nan_to_num((end - web.birth) // 120, nan=-1).astype(int)
    # one number for each kind, ten years of age and branch
    strata = (network.parties.company * (age.max(initial=0) + 2) + age + 1) * (len(web.orgs) + 1) + web.org + 1
    try:
        found = network.contagion(left, start, end, strata=strata, entered=entered)
    except InputError as short:  # too few months to look back on
        raise TooLittleData(str(short)) from short
    ratio = found.hazard_ratio
    figures = [figure("hazard_ratio", Unit.NUMBER, ratio)]
    if found.likeness.value is not None:
        figures.append(
            Figure("likeness", Unit.NUMBER, found.likeness.value, found.likeness.low, found.likeness.high, found.far)
        )
    figures += [
        Figure("followed_near", Unit.COUNT, found.near),
        Figure("followed_months", Unit.MONTHS, end - start + 1),
    ]
    tone = "warn" if found.verdict == "contagion" else ""
    numbers: dict[str, tuple[Unit, Cell]] = {}
    if ratio.value is not None:
        numbers = {
            "ratio": (Unit.NUMBER, ratio.value),
            "low": (Unit.NUMBER, ratio.low),
            "high": (Unit.NUMBER, ratio.high),
        }
    code = f"contagion_{found.verdict}" if numbers else "contagion_too_few"
    return Figures("contagion", figures if numbers else (), Verdict(code, numbers, tone))
