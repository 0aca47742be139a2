"""Who will leave, at the bank: the panel of closed months, the model trained once a month, everyone scored.

The panel depends on closed months only, so it is made once a month. A new model is trained when a month has closed; it
takes the champion's place only where it foretells a window better that neither has seen. A champion that stays is
recalibrated on the newest months, and is held against what came. Where history or losses are too few the night says so
and publishes no figure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tenure.errors import InputError
from tenure.insight import activity, months
from tenure.insight.attrition import AttritionModel, challenge, customer_months, definitions, panel, post_mortem
from tenure.insight.attrition.causes import OF_REASON
from tenure.insight.attrition.features import BY_NAME, FEATURES
from tenure.insight.attrition.periods import at_risk
from tenure.insight.attrition.spells import Spells
from tenure.insight.attrition.told import told as in_words
from tenure.insight.inputs import TooLittleData
from tenure.lake import durable
from tenure.nightly.ahead import LOST_MONTHS
from tenure.nightly.caching import key

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight import Thresholds
    from tenure.insight.intervals import Estimate
    from tenure.lake import DataFile
    from tenure.nightly.past import Past

#: Where panels are kept among the night's cached tables, and models in the lake's derived folder.
FOLDER = "attrition"
#: Months ahead that are foretold.
HORIZON = 12
#: Reasons shown of each customer.
REASONS = 5
#: Rows of the panel that a model learns from at most: whole customers, chosen by number.
MOST_ROWS = 1_000_000
#: Rows of customers who stayed that a change is held against at most.
PEER_ROWS = 200_000
#: Customers scored, and lost customers looked into, at once: bounds the memory.
CHUNK, LOST_AT_ONCE = 50_000, 10_000
_EVENTS = ("interaction", "survey_response", "queue_ticket", "campaign_contact")


@dataclass(frozen=True)
class Record:
    """What the night found: ``state`` is ``champion`` (a model is there) or ``too_little_data``; ``trained`` whether
    one was fitted tonight and ``because`` (``first``, ``month``, or ``incompatible``: the champion's columns are not
    there any more); ``won`` whether it became the champion; ``told`` what stood in the way; ``psi`` how far the
    champion's features and scores have moved since it learnt; ``card`` the model card of who now stands."""

    state: str
    trained: bool = False
    because: str = ""
    won: bool = False
    told: str = ""
    learnt_until: int | None = None
    drifted: list[str] = field(default_factory=list)
    psi: dict[str, float] = field(default_factory=dict)
    card: dict[str, Any] | None = None


class Shelf:
    """The champion and its card in a folder: written beside and renamed, so that a killed night leaves the old one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def champion(self, until: int | None = None) -> AttritionModel | None:
        """The model in use; None where there is none yet, or none that this version can read, or, with ``until``, one
        that was made or recalibrated from later months: a night of the past must not know what came after it."""
        path = self.folder / "champion.json"
        try:
            found = AttritionModel.load(path.read_text(encoding="utf-8")) if path.exists() else None
            return found if found is None or until is None or found.card()["newest_landmark"] <= until else None
        except InputError:
            return None

    def fingerprint(self) -> str:
        """A short name for the champion as it stands: what rests on it is kept under this name."""
        path = self.folder / "champion.json"
        return key(path.read_text(encoding="utf-8"))[:12] if path.exists() else "none"

    def attempt(self) -> int | None:
        """The last closed month that a model was fitted for, whether it won or not."""
        path = self.folder / "attempt.json"
        return int(json.loads(path.read_text(encoding="utf-8"))["month"]) if path.exists() else None

    def promote(self, model: AttritionModel) -> None:
        """Make a model the champion, or put it back recalibrated: its card first, itself last."""
        self._write("card.json", json.dumps(model.card(), ensure_ascii=False, indent=1, default=str))
        self._write("card.md", model.card_markdown())
        self._write("champion.json", model.save())

    def tried(self, month: int, record: Record, fitted: AttritionModel | None = None) -> None:
        """Remember what became of a month's training; the model that was fitted leaves its card, won or lost."""
        if fitted is not None:
            name = f"cards/{months.label(month)}-{'won' if record.won else 'lost'}"
            contest = {"because": record.because, "won": record.won, "told": record.told}
            card = json.dumps({**fitted.card(), "contest": contest}, ensure_ascii=False, indent=1, default=str)
            self._write(f"{name}.json", card)
            self._write(f"{name}.md", fitted.card_markdown())
        told = {name: value for name, value in vars(record).items() if name != "card"}  # it has a file of its own
        self._write("attempt.json", json.dumps({"month": month, **told}, ensure_ascii=False, indent=1))

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write_text(path, text)


def drift(champion: AttritionModel, rows: pa.Table) -> dict[str, float]:
    """How far each feature, and the score, at the newest landmark of ``rows`` has moved since the champion learnt
    (PSI)."""
    newest = at_risk(rows.filter(pc.equal(rows["month"], pc.max(rows["month"]))))
    return {each.feature: each.psi for each in champion.drift(newest)}


def _drifted(psi: Mapping[str, float], thresholds: Thresholds) -> list[str]:
    return [name for name, moved in psi.items() if moved >= thresholds.attrition.alarm]


def standing(champion: AttritionModel, psi: dict[str, float], thresholds: Thresholds) -> Record:
    """The record of a night that need not train: the champion as it stands."""
    card = champion.card()
    drifted = _drifted(psi, thresholds)
    return Record("champion", learnt_until=card["learnt_until"], drifted=drifted, psi=psi, card=card)


def train_if_due(shelf: Shelf, rows: pa.Table, thresholds: Thresholds) -> Record:
    """Where a month has closed since the last time: fit a challenger, let it meet the champion, and recalibrate the
    champion that stays. ``rows`` is the panel of :func:`panel.of`.

    A feature that has drifted beyond ``[attrition].alarm`` is told. It calls for no training of its own: every closed
    month brings one, and nothing is known between that the last training did not know.
    """
    if not rows.num_rows:
        return Record("too_little_data", told="no customer-months")
    last = int(pc.max(rows["month"]).as_py())
    champion, because, psi, told = shelf.champion(last), "month", dict[str, float](), ""
    if champion is None:
        because = "first"
    else:
        try:
            psi = drift(champion, rows)
        except InputError as other:  # it can score nobody tonight, so whoever comes takes its place
            champion, because, told = None, "incompatible", str(other)
    if champion is not None and shelf.attempt() == last:
        return standing(champion, psi, thresholds)
    drifted = _drifted(psi, thresholds)
    lost = pc.count_distinct(rows.filter(pc.is_valid(rows["lead"]))["party_id"]).as_py()
    challenger, won = None, False
    try:
        if lost < thresholds.attrition.minimum_lost:
            raise TooLittleData(f"{lost} customers lost in the panel; {thresholds.attrition.minimum_lost} are needed")
        challenger = AttritionModel(HORIZON, reason_codes={f.name: f.reason for f in FEATURES}).fit(rows)
        won, told = (True, told) if champion is None else _wins(champion, challenger, rows)
    except TooLittleData as few:
        told = f"{told} {few}".strip()
    stands = challenger if won else champion
    if stands is None:
        record = Record("too_little_data", because=because, told=told)
    else:
        stands = (stands if won else _recalibrated(stands, rows)).watched(rows)
        shelf.promote(stands)
        card, trained = stands.card(), challenger is not None
        record = Record("champion", trained, because, won, told, card["learnt_until"], drifted, psi, card)
    shelf.tried(last, record, challenger)
    return record


def _recalibrated(champion: AttritionModel, rows: pa.Table) -> AttritionModel:
    """With the line of the newest months; as it was where too few were lost in them to tell the level."""
    try:
        return champion.recalibrated(rows)
    except TooLittleData:
        return champion


def _wins(champion: AttritionModel, challenger: AttritionModel, rows: pa.Table) -> tuple[bool, str]:
    """Whether the challenger takes over, and the figures of the contest or what kept it from being held."""
    try:
        found = challenge(champion, challenger, rows)
    except TooLittleData as few:
        return False, str(few)
    gains = {"AUC": found.auc_gain, "log-loss": found.log_loss_gain, "Brier": found.brier_gain}
    told = ", ".join(f"{name} {_signed(each)}" for name, each in gains.items())
    return found.winner == "challenger", f"gain at {months.label(found.landmark)}: {told}"


def _signed(gain: Estimate) -> str:
    return f"{gain.value:+.5f} ({gain.low:+.5f} to {gain.high:+.5f})"


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
        make = partial(panel.from_months, grid, self._first() + panel.LOOK_BACK, self.last, self.past.thresholds)
        return self.past.cache.keep(FOLDER, f"{self._name()}-panel", make)

    def losses(self) -> ir.Table | None:
        """Who was lost by the bank's definitions up to the last closed month, and when: :func:`definitions.of`; None
        where there are not a year and a half of closed months."""
        grid = self._months()
        if grid is None:
            return None
        make = partial(definitions.of, grid, self.past.thresholds)
        return self.past.cache.engine.read([self.past.cache.keep(FOLDER, f"{self._name()}-losses", make)])

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

        psi = {row["feature"]: row["psi"] for row in self._kept("drift", moved).to_pylist()}
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
        engine, grid = self.past.cache.engine, self._months()
        assert grid is not None
        of = definitions.of(grid, self.past.thresholds)
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
        make: Callable[[], ir.Table] = lambda: customer_months.build(self._sources(), self._first(), self.last)  # noqa: E731
        return self.past.cache.engine.read([self.past.cache.keep(FOLDER, f"{self._name()}-months", make)])

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
        return f"{months.label(self.last)}-{key(closed, rests_on)}"

    def _source(self, name: str) -> ir.Table:
        return self.past.cache.engine.table(self.past.cache.lake, self.past.snapshot, name)

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
