"""Who will leave and who has left (S19, S24): how many, how well it is known, where the money is, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.contracts import codes
from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight.attrition.empc import worth_contacting
from tenure.insight.intervals import LEVEL, critical
from tenure.nightly.topics import Known, goes_with, leaving_model, winning_back

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.insight.attrition.empc import Contacts
    from tenure.insight.thresholds import Retention

#: People named in a grid.
MOST = 30


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """The bank's headline, what it rests on, and its causes; then each branch with its own people."""
    everyone = _people(known)
    card = known.record.card if known.record else None
    costs = known.frames.past.thresholds.attrition.retention
    yield known.bank, _now(everyone, card)
    if card:
        yield known.bank, leaving_model.model(card)
        yield known.bank, leaving_model.windows(card)
        yield known.bank, leaving_model.calibration(card)
        yield known.bank, leaving_model.since(card)
        yield known.bank, _retention(everyone, costs)
        yield known.bank, _by_tier(everyone, costs)
    if everyone.lost.any():
        yield known.bank, _causes(everyone)
    if known.followed is not None:
        yield known.bank, goes_with.section(known)
    if card and known.record:
        yield known.bank, leaving_model.drift(known.record.psi, known.frames.past.thresholds.attrition.alarm)
    yield from winning_back.sections(known)
    last_stop = len(known.branches) == 1
    for org in known.branches:
        mine = everyone if org == known.bank else everyone.within(known.below(org))
        if org != known.bank:
            if not mine.at_risk.any() and not mine.lost.any():
                continue
            yield org, _now(mine, card)
            if card:
                yield org, _retention(mine, costs)
                yield org, _by_tier(mine, costs)
            if mine.lost.any():
                yield org, _causes(mine)
        if org != known.bank or last_stop:
            if card and mine.at_risk.any():
                yield org, _leaving(mine, known, costs)
            if mine.lost.any():
                yield org, _lost(mine, known)


@dataclass(frozen=True)
class People:
    """Customers scored or lost, one row each."""

    rows: pa.Table

    def column(self, name: str) -> NDArray[Any]:
        """One column as an array."""
        found: NDArray[Any] = self.rows.column(name).to_numpy(zero_copy_only=False)
        return found

    @cached_property
    def lost(self) -> NDArray[np.bool_]:
        """Who was lost in the last twelve months."""
        return np.asarray(self.rows.column("cause").is_valid())

    @cached_property
    def at_risk(self) -> NDArray[np.bool_]:
        """Who is scored."""
        return ~np.isnan(self.likelihood)

    @cached_property
    def likelihood(self) -> NDArray[np.float64]:
        """Of leaving within twelve months; NaN of those not scored."""
        return np.asarray(self.column("leaving_12m"), dtype=np.float64)

    @cached_property
    def assets(self) -> NDArray[np.float64]:
        """Average AUM of the month."""
        return np.nan_to_num(np.asarray(self.column("aum_month_average"), dtype=np.float64))

    @cached_property
    def value(self) -> NDArray[np.float64]:
        """What each is worth to the bank; NaN where nobody has worked it out."""
        return np.asarray(self.column("value"), dtype=np.float64)

    def worth(self, costs: Retention) -> tuple[Contacts, NDArray[np.intp]]:
        """Who is worth contacting, of those with a likelihood and a value, and their places."""
        at = np.flatnonzero(self.at_risk & ~self.lost & ~np.isnan(self.value))
        chance, value = np.clip(self.likelihood[at], 0.0, 1.0), self.value[at]
        beliefs = {"alpha": costs.alpha, "beta": costs.beta}
        return worth_contacting(chance, value, incentive=costs.offer, contact=costs.contact, **beliefs), at

    def within(self, orgs: set[str]) -> People:
        """Those of these branches."""
        import pyarrow as pa
        import pyarrow.compute as pc

        return People(self.rows.filter(pc.is_in(self.rows["org_id"], pa.array(sorted(orgs), pa.string()))))


def _people(known: Known) -> People:
    """Customers with their likelihood or their post-mortem; narrow, so that a million fit."""
    import pyarrow as pa

    t = known.figures.select("party_id", "org_id", "tier", "aum_month_average", "aum_year_average")
    nothing = {"leaving_3m": "float64", "leaving_12m": "float64", "value": "float64"}
    if known.outlook is not None:
        scored = known.outlook.filter(known.outlook.leaving_12m.notnull())
        told = [name for name in nothing if name in scored.columns]
        t = t.left_join(scored.select("party_id", *told), "party_id").drop("party_id_right")
    if known.lost is not None:
        # who is here again, under a definition that no longer holds, counts as lost and is not foretold as well
        gone = known.lost.select("party_id", "month", "definition", cause=known.lost.cause.coalesce("unknown"))
        t = t.left_join(gone, "party_id").drop("party_id_right")
    rows = known.rows(t)
    for name, kind in (*nothing.items(), *((name, "string") for name in ("month", "definition", "cause"))):
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(len(rows), getattr(pa, kind)()))
    everyone = People(rows)
    return People(rows.filter(pa.array(everyone.lost | everyone.at_risk)))


def _now(people: People, card: dict[str, Any] | None) -> Figures:
    lost, scored = int(people.lost.sum()), int(people.at_risk.sum())
    figures = []
    if card and scored:
        chance = people.likelihood[people.at_risk]
        expected, spread = float(chance.sum()), _spread(chance, card)
        low, high = max(0.0, expected - spread), min(float(scored), expected + spread)
        figures += [
            Figure("expected_lost", Unit.COUNT, expected, low, high, scored),
            Figure("expected_share", Unit.SHARE, expected / scored, low / scored, high / scored, scored),
            Figure("expected_aum", Unit.MONEY, round(float(chance @ people.assets[people.at_risk]))),
        ]
        verdict = Verdict(
            "outlook_is",
            {
                "expected": (Unit.COUNT, expected),
                "low": (Unit.COUNT, low),
                "high": (Unit.COUNT, high),
                "share": (Unit.SHARE, expected / scored),
                "lost": (Unit.COUNT, lost),
            },
        )
    else:
        verdict = Verdict("no_model", {"lost": (Unit.COUNT, lost)}, tone="warn")
    figures.append(Figure("lost_last_year", Unit.COUNT, lost))
    if card and scored:
        figures.append(Figure("lost_share", Unit.SHARE, lost / (scored + int((people.lost & ~people.at_risk).sum()))))
    return Figures("now", figures, verdict)


def _spread(chance: NDArray[np.float64], card: dict[str, Any]) -> float:
    """Half the interval of the number who leave: chance alone, Σ p (1 − p), and the level, which rests on as many
    losses as the model was tested on (relative variance 1 ÷ losses)."""
    losses = max(card["figures"][-1]["positives"], 1)
    return critical(LEVEL) * float(np.sqrt((chance * (1 - chance)).sum() + chance.sum() ** 2 / losses))


def _retention(people: People, costs: Retention) -> Figures:
    """Whom a contact and an offer would pay for, with each customer's own value; the acceptance is assumed."""
    found, at = people.worth(costs)
    if not len(at):
        return Figures("retention", (), Verdict("too_little_data", tone="warn"))
    n, accepted = int(found.worth.sum()), costs.alpha / (costs.alpha + costs.beta)
    figures = [
        Figure("retention_profit", Unit.MONEY, round(found.profit), n=len(at)),
        Figure("worth_count", Unit.COUNT, n),
        Figure("contact_share", Unit.SHARE, found.share),
        Figure("acceptance", Unit.SHARE, accepted),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "n": (Unit.COUNT, n),
        "of": (Unit.COUNT, len(at)),
        "offer": (Unit.MONEY, costs.offer),
        "contact": (Unit.MONEY, costs.contact),
        "acceptance": (Unit.SHARE, accepted),
    }
    if not n:
        return Figures("retention", figures, Verdict("retention_none", numbers))
    lowest = float(people.likelihood[at][found.worth].min())
    figures.append(Figure("worth_from", Unit.SHARE, lowest))
    return Figures("retention", figures, Verdict("retention_is", {**numbers, "from": (Unit.SHARE, lowest)}))


def _by_tier(people: People, costs: Retention) -> Grid:
    tier = people.column("tier")
    found, at = people.worth(costs)
    worth = tier[at[found.worth]]
    rows: list[list[Cell]] = []
    for kind in reversed(codes.TIER_ORDER):
        chance = people.likelihood[(tier == kind) & people.at_risk]
        if len(chance):
            low, middle, high = np.quantile(chance, (0.1, 0.5, 0.9))
            paying = int((worth == kind).sum())
            rows.append([kind, len(chance), float(chance.mean()), float(low), float(middle), float(high), paying])
    columns = [
        ("tier", Unit.TIER),
        ("customers", Unit.COUNT),
        ("mean", Unit.SHARE),
        ("low_decile", Unit.SHARE),
        ("median", Unit.SHARE),
        ("high_decile", Unit.SHARE),
        ("worth_count", Unit.COUNT),
    ]
    return Grid("by_tier", columns, rows)


def _causes(people: People) -> Grid:
    """Causes of those lost, by count and by what they held over the last year."""
    chosen = np.flatnonzero(people.lost)
    cause = people.column("cause")[chosen]
    held = np.nan_to_num(np.asarray(people.column("aum_year_average"), dtype=np.float64))[chosen]
    found = Counter(cause.tolist())
    rows: list[list[Cell]] = [
        [name, count, count / len(chosen), round(float(held[cause == name].sum()))]
        for name, count in sorted(found.items(), key=lambda each: (-each[1], each[0]))
    ]
    columns = [("cause", Unit.CODE), ("lost", Unit.COUNT), ("share", Unit.SHARE), ("year_aum", Unit.MONEY)]
    unknown = found.get("unknown", 0) / len(chosen)
    return Grid("causes", columns, rows, Verdict("causes_hint", {"unknown": (Unit.SHARE, unknown)}))


def _leaving(people: People, known: Known, costs: Retention) -> Grid:
    """Who is likeliest to take most money along: likelihood times assets; and whether a contact would pay."""
    found, at = people.worth(costs)
    worth = set(at[found.worth].tolist())
    stake = np.where(people.at_risk & ~people.lost, people.likelihood * people.assets, -1.0)
    order = [k for k in np.argsort(-stake, kind="stable")[:MOST] if stake[k] > 0]
    picked = people.rows.take(order)
    told: dict[str, Any] = {}
    if order and known.outlook is not None:
        mine = known.outlook.filter(known.outlook.party_id.isin(picked["party_id"].to_pylist()))
        told = {row["party_id"]: row for row in known.rows(mine.select("party_id", "cause", "reasons")).to_pylist()}
    rows: list[list[Cell]] = []
    for k, row in zip(order, picked.to_pylist(), strict=True):
        why = told.get(row["party_id"], {})
        rows.append(
            [
                row["party_id"],
                row["tier"],
                round(float(people.assets[k])),
                row["leaving_3m"],
                row["leaving_12m"],
                round(float(stake[k])),
                _strongest(why.get("reasons")),
                why.get("cause"),
                "worth_contacting" if int(k) in worth else None,
            ]
        )
    columns = [
        ("customer", Unit.PARTY),
        ("tier", Unit.TIER),
        ("assets", Unit.MONEY),
        ("likelihood_3m", Unit.SHARE),
        ("likelihood", Unit.SHARE),
        ("at_stake", Unit.MONEY),
        ("sign", Unit.CODE),
        ("cause", Unit.CODE),
        ("worth", Unit.CODE),
    ]
    return Grid("leaving", columns, rows)


def _strongest(reasons: Any) -> str | None:
    """The feature that speaks most for leaving; None where none does."""
    listed = json.loads(reasons) if isinstance(reasons, str) else reasons or []
    towards = [each for each in listed if each["contribution"] > 0 and each["value"] is not None]
    return f"sign_{max(towards, key=lambda each: each['contribution'])['feature']}" if towards else None


def _lost(people: People, known: Known) -> Grid:
    """Whom the branch lost, the largest first: why, and who was last in contact."""
    chosen = np.flatnonzero(people.lost)
    held = np.nan_to_num(np.asarray(people.column("aum_year_average"), dtype=np.float64))
    order = chosen[np.argsort(-held[chosen], kind="stable")][:MOST]
    picked = people.rows.take(order).to_pylist()
    assert known.lost is not None
    mine = known.lost.filter(known.lost.party_id.isin([row["party_id"] for row in picked]))
    heard = {row["party_id"]: row for row in known.rows(mine.select("party_id", "confidence", "contacts")).to_pylist()}
    rows: list[list[Cell]] = []
    for k, row in zip(order, picked, strict=True):
        more = heard[row["party_id"]]
        found = more["contacts"]
        contacts = json.loads(found) if isinstance(found, str) else found or []
        last: dict[str, Any] = max(contacts, key=lambda each: each["last_on"], default={})
        rows.append(
            [
                row["party_id"],
                row["tier"],
                row["month"],
                round(float(held[k])),
                f"lost_{row['definition']}",
                row["cause"],
                more["confidence"],
                sum(each["contacts"] for each in contacts),
                last.get("last_on"),
                last.get("staff_id"),
            ]
        )
    columns = [
        ("customer", Unit.PARTY),
        ("tier", Unit.TIER),
        ("month", Unit.MONTH),
        ("year_aum", Unit.MONEY),
        ("definition", Unit.CODE),
        ("cause", Unit.CODE),
        ("confidence", Unit.NUMBER),
        ("contacts_before", Unit.COUNT),
        ("last_contact", Unit.DATE),
        ("last_staff", Unit.STAFF),
    ]
    return Grid("lost_list", columns, rows)
