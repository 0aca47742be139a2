"""The model of leaving over the months: trained when one has closed, contested, recalibrated, each fit with its card.

A new model takes the champion's place only where it foretells a window better that neither has seen. A champion that
stays is recalibrated on the newest months, and is held against what came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tenure.errors import InputError
from tenure.insight import months
from tenure.insight.attrition import AttritionModel, challenge
from tenure.insight.attrition.features import FEATURES
from tenure.insight.attrition.periods import at_risk
from tenure.insight.inputs import TooLittleData
from tenure.lake import durable
from tenure.nightly.caching import key

if TYPE_CHECKING:
    from tenure.insight import Thresholds
    from tenure.insight.intervals import Estimate

#: Months ahead that are foretold.
HORIZON = 12


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
