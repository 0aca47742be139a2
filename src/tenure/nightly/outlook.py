"""Who will leave, at the bank: the panel of closed months, the model trained once a month, everyone scored.

The panel depends on closed months only, so it is made once a month. A new model is trained when a month has closed; it
takes the champion's place only where it foretells a window better that neither has seen. A champion that stays is
recalibrated on the newest months, and is held against what came. Where history or losses are too few the night says so
and publishes no figure.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tenure.errors import InputError
from tenure.insight import activity, months
from tenure.insight.attrition import AttritionModel, customer_months, definitions, panel, post_mortem
from tenure.insight.attrition.causes import OF_REASON
from tenure.insight.attrition.features import BY_NAME
from tenure.insight.attrition.spells import Spells
from tenure.insight.attrition.told import told as in_words
from tenure.insight.inputs import TooLittleData
from tenure.nightly.ahead import LOST_MONTHS
from tenure.nightly.caching import key
from tenure.nightly.training import Record, Shelf, drift, standing, train_if_due

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.lake import DataFile
    from tenure.nightly.past import Past

#: Where panels are kept among the night's cached tables, and models in the lake's derived folder.
FOLDER = "attrition"
#: Where what is made of some customers at a time lies until it is whole.
PARTS = "attrition_parts"
#: Reasons shown of each customer.
REASONS = 5
#: Rows of the panel that a model learns from at most: whole customers, chosen by number.
MOST_ROWS = 1_000_000
#: Rows of customers who stayed that a change is held against at most.
PEER_ROWS = 200_000
#: Customers scored, and lost customers looked into, at once: bounds the memory.
CHUNK, LOST_AT_ONCE = 50_000, 10_000
#: Customers whose months are made at once: years of a million customers would not fit into the engine's memory.
SLICE = 150_000
_EVENTS = ("interaction", "survey_response", "queue_ticket", "campaign_contact")


def score(model: AttritionModel, rows: pa.Table, spells: Spells | None = None) -> pa.Table:
    """Everyone at the newest landmark of ``rows``: ``party_id``, ``leaving_3m``, ``leaving_6m``, ``leaving_12m``,
    ``survival`` (JSON list by month), ``cause`` and ``reasons`` (JSON: code of the sentence, value, unit, code of the
    reason, feature, contribution).

    Of who is in an open spell the loss may have begun already: with the share ``spells`` gives, they have left, else
    the model speaks for them as for all. The reasons are the model's.
    """
    last = pc.max(rows["month"])
    now = rows.filter(pc.equal(rows["month"], last))
    survival = model.survival(now)
    if spells is not None:
        survival *= 1.0 - spells.ending_in_loss(now)[:, None]
    told: list[list[dict[str, Any]]] = [[] for _ in range(now.num_rows)]
    for each in model.reasons(now, REASONS).to_pylist():
        told[each["row"]].append(
            {
                **in_words(each["feature"], each["value"]),
                "reason": each["code"],
                "feature": each["feature"],
                "contribution": round(each["contribution"], 4),
            }
        )
    return pa.table(
        {
            "party_id": now["party_id"],
            **{f"leaving_{m}m": 1.0 - survival[:, m - 1] for m in (3, 6, 12)},
            "survival": [str(curve) for curve in np.round(survival, 4).tolist()],  # a list of numbers is JSON as it is
            "cause": [_likeliest(reasons) for reasons in told],
            "reasons": [json.dumps(reasons) for reasons in told],
        }
    )


def _likeliest(reasons: list[dict[str, Any]]) -> str:
    """The cause of the reason that pushes most towards leaving; who somebody is, is no cause, nor is a missing value,
    nor a "fall" of something that didn't fall."""
    towards = [
        each
        for each in reasons
        if each["contribution"] > 0
        and each["reason"] in OF_REASON
        and each["value"] is not None
        and not (each["reason"].endswith("_down") and BY_NAME[each["feature"]].unit == "ratio" and each["value"] >= 1)
    ]
    return OF_REASON[max(towards, key=lambda each: each["contribution"])["reason"]] if towards else "unknown"


@dataclass(frozen=True)
class _Few:
    """Customers whose numbers lie from ``low`` to before ``high``; None: without an end there."""

    low: str | None
    high: str | None

    def of(self, rows: ir.Table) -> ir.Table:
        """Their rows."""
        if self.low is not None:
            rows = rows.filter(rows.party_id >= self.low)
        return rows if self.high is None else rows.filter(rows.party_id < self.high)

    def sources(self, of_all: customer_months.Sources) -> customer_months.Sources:
        """What their months are made of; who is of their family may be anybody."""
        own = ("accounts", "interaction", "complaint", "survey_response", "queue_ticket", "campaign_contact")
        return replace(of_all, **{name: self.of(getattr(of_all, name)) for name in own})


class Outlook:
    """One night's panel and what rests on it. ``accounts`` is the frame of ``holdings.accounts``."""

    def __init__(self, past: Past, accounts: ir.Table) -> None:
        self.past, self.accounts = past, accounts
        self.shelf = Shelf(past.cache.lake.derived(FOLDER))
        self.last = past.window.open_month - 1

    def panel(self) -> Path | None:
        """The file of the panel of the closed months; None where there are not a year and a half of them."""
        grid = self._months()
        if grid is None:
            return None
        first, held = self._first() + panel.LOOK_BACK, self.past.thresholds
        return self._in_slices("panel", lambda few: panel.from_months(few.of(grid), first, self.last, held))

    def losses(self) -> ir.Table | None:
        """Who was lost by the bank's definitions up to the last closed month, and when: :func:`definitions.of`; None
        where there are not a year and a half of closed months."""
        grid = self._months()
        if grid is None:
            return None
        held = self.past.thresholds
        path = self._in_slices("losses", lambda few: definitions.of(few.of(grid), held))
        return self.past.cache.engine.read([path])

    def run(self) -> tuple[Record, pa.Table | None, pa.Table | None]:
        """Train if due and score: the record, the scores, the post-mortems of the last twelve months with
        ``definition``; None: too little."""
        path = self.panel()
        if path is None:
            return Record("too_little_data", told="fewer than 18 closed months"), None, None
        record = self._record(path)
        champion = self.shelf.champion(self.last)
        scores = None if champion is None else self._kept("scores", lambda: self._scored(champion, path))
        try:
            lost = self.past.cache.keep_rows(FOLDER, f"{self._name()}-post-mortems", lambda: self._lost(path))
        except TooLittleData:
            lost = None
        return record, scores, lost

    def _record(self, path: Path) -> Record:
        """Trained if due; else the champion, with the drift that was measured when the month had closed."""
        champion = self.shelf.champion(self.last)
        if champion is None or self.shelf.attempt() != self.last:
            return train_if_due(self.shelf, self.sample(path, MOST_ROWS), self.past.thresholds)

        def moved() -> pa.Table:
            psi = drift(champion, self.sample(path, MOST_ROWS))
            return pa.table({"feature": pa.array(psi, pa.string()), "psi": pa.array(psi.values(), pa.float64())})

        try:
            psi = {row["feature"]: row["psi"] for row in self._kept("drift", moved).to_pylist()}
        except InputError:  # its columns are gone within the month: whoever comes takes its place
            return train_if_due(self.shelf, self.sample(path, MOST_ROWS), self.past.thresholds)
        return standing(champion, psi, self.past.thresholds)

    def _kept(self, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        """What the panel and the champion settle together: made once a month, or when another becomes champion."""
        return self.past.cache.keep_rows(FOLDER, f"{self._name()}-{name}-{self.shelf.fingerprint()}", make)

    def sample(self, path: Path, most: int) -> pa.Table:
        """All months of every k-th customer by number, at most about ``most`` rows, by customer and month.

        The rule looks at numbers only, never at who left: the level of the hazard stays what it is.
        """
        engine, every = self.past.cache.engine, -(-pq.read_metadata(path).num_rows // most)
        rows = engine.read([path])
        if every > 1:
            who = rows.select("party_id").distinct()
            who = who.mutate(place=ibis.row_number().over(ibis.window(order_by="party_id")))
            chosen = partial(who.filter(who.place % every == 0).select, "party_id")
            kept = self.past.cache.keep(FOLDER, f"{self._name()}-every-{every}", chosen)
            rows = rows.semi_join(engine.read([kept]), "party_id")
        return engine.arrow(rows.order_by("party_id", "month"))

    def _scored(self, champion: AttritionModel, path: Path) -> pa.Table:
        """The newest landmark, some customers at a time."""
        rows = self.past.cache.engine.read([path])
        now = self.past.cache.engine.arrow(rows.filter(rows.month == self.last).order_by("party_id"))
        known = self.last - definitions.months_to_tell(self.past.thresholds) + 1
        spells = Spells.of(self.past.cache.engine.arrow(Spells.counted(rows, known)))
        parts = [score(champion, now.slice(at, CHUNK), spells) for at in range(0, max(now.num_rows, 1), CHUNK)]
        return pa.concat_tables(parts)

    def sweep(self) -> int:
        """Delete the panels of other months; how many files."""
        return self.past.cache.sweep(FOLDER)

    def _lost(self, path: Path) -> pa.Table:
        """Post-mortems of the last months' losses, some customers at a time, all against the same peers."""
        engine, of = self.past.cache.engine, self.losses()
        assert of is not None
        of = of.filter(of.lost > self.last - LOST_MONTHS).select("party_id", "definition")
        # What changed until the loss: to the month in which the definition held, the months of the spell included.
        kept = self.past.cache.keep(FOLDER, f"{self._name()}-lost", lambda: of)
        lost, rows, interaction = engine.read([kept]), engine.read([path]), self._source("interaction")
        rows = rows.mutate(lead=(rows.lost - rows.month).cast("int64"))
        named = engine.arrow(lost.order_by("party_id"))
        peers = self.sample(path, PEER_ROWS)
        peers = peers.filter(pc.is_null(peers["lost"]))
        heard = interaction.semi_join(lost, "party_id")
        contacts = engine.arrow(heard.select("party_id", "staff_id", "at"))
        found = []
        for at in range(0, max(named.num_rows, 1), LOST_AT_ONCE):
            some = ibis.memtable(named.slice(at, LOST_AT_ONCE).select(["party_id"]))
            theirs = engine.arrow(rows.semi_join(some, "party_id").order_by("party_id", "month"))
            found.append(post_mortem.of(pa.concat_tables([theirs, peers.cast(theirs.schema)]), contacts))
        return pa.concat_tables(found).join(named, "party_id", join_type="inner")

    def _months(self) -> ir.Table | None:
        if self.last - self._first() < 17:
            return None
        path = self._in_slices(
            "months", lambda few: customer_months.build(few.sources(self._sources()), self._first(), self.last)
        )
        return self.past.cache.engine.read([path])

    def _in_slices(self, name: str, make: Callable[[_Few], ir.Table]) -> Path:
        """A kept table of customers' months, made of some customers at a time: each one's months tell of them alone."""
        cache = self.past.cache

        def whole() -> ir.Table:
            slices = self._slices()
            if len(slices) == 1:
                return make(slices[0])
            parts = [
                cache.keep(PARTS, f"{self._name()}-{name}-{at}", partial(make, few)) for at, few in enumerate(slices)
            ]
            return cache.engine.read(parts)

        path = cache.keep(FOLDER, f"{self._name()}-{name}", whole)
        cache.drop(PARTS)
        return path

    def _slices(self) -> list[_Few]:
        who = self.accounts.select("party_id").distinct()
        who = who.mutate(place=ibis.row_number().over(ibis.window(order_by="party_id")))
        edges = who.filter((who.place > 0) & (who.place % SLICE == 0)).order_by("party_id")
        found = self.past.cache.engine.arrow(edges.select("party_id"))["party_id"].to_pylist()
        return [_Few(low, high) for low, high in pairwise([None, *map(str, found), None])]

    def _first(self) -> int:
        held = [month for month in self.past.files("balance") if month <= self.last]
        return max(self.last - self.past.thresholds.attrition.history_months + 1, min(held, default=self.last))

    def _name(self) -> str:
        closed = {
            name: [file.id for month, files in self.past.files(name).items() if month <= self.last for file in files]
            for name in ("transaction", "balance", *_EVENTS)
        }
        held = self.past.thresholds.as_dict()
        rests_on = {name: held[name] for name in ("currency", "factors", "tiers", "main_bank", "attrition")}
        rests_on["attrition"] = {k: v for k, v in held["attrition"].items() if k not in ("retention", "alarm")}
        return f"{months.label(self.last)}-{key(closed, rests_on, *self.past.merged.depends())}"

    def _source(self, name: str) -> ir.Table:
        return self.past.table(name)

    def _sources(self) -> customer_months.Sources:
        engine = self.past.cache.engine
        files = [
            file
            for month, found in self.past.files("transaction").items()
            if self._first() <= month <= self.last
            for file in found
        ]
        summaries = list(self.past.summaries().values())
        names = ("interaction", "complaint", "survey_response", "queue_ticket", "campaign_contact", "relation")
        return customer_months.Sources(
            party=self._source("party"),
            accounts=self.accounts,
            activity=engine.read([self._rolled(file) for file in files], ibis.schema(activity.SCHEMA)),
            balances=summaries[0] if len(summaries) == 1 else ibis.union(*summaries),
            **{name: self._source(name) for name in names},
        ).until(self.last)

    def _rolled(self, file: DataFile) -> Path:
        """The night's own roll-up of a delivery, made here for months before the curve's."""
        cache = self.past.cache
        daily = cache.path("activity_days", file.id)
        if cache.has(daily):
            return daily
        return cache.keep("activity_months", file.id, lambda: activity.roll_up(self.past.rows(file)))
