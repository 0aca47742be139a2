"""Whom a contact moves (S34): both kinds of uplift model judged on customers they had not seen, side by side.

The verdict is the two-model's, chosen beforehand: taking the better of two would find targets in noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tenure.contracts.findings import Cell, Curve, Figure, Figures, Grid, Line, Section, Unit, Verdict
from tenure.insight import effects
from tenure.nightly.topics import cell, figure

if TYPE_CHECKING:
    from tenure.insight.effects import UpliftModel
    from tenure.nightly.topics.effects import Trial

#: Customers named in a branch, the largest predicted uplift first.
_NAMED = 50


def sections(part: Trial, everybody: Trial) -> Iterator[tuple[str, Section]]:
    """The verdict, both models' figures, their curves beside the diagonal and, where choosing pays, who is chosen.

    Each with the branch it is for: "" is the whole bank; customers are named in the branch that keeps them only.

    ``part`` is fitted on; ``everybody`` are those among whom is chosen, the newest contact first.
    """
    models: dict[str, UpliftModel] = {}
    for kind in ("two_model", "class_transformation"):
        models[kind] = effects.UpliftModel(kind).fit(
            part.telling(), part.treated, part.responded, propensity=part.chance(), cluster=part.party
        )
    leading = models["two_model"]
    found = leading.evaluation_
    figures = [
        figure("over_all", Unit.POINTS, found.policy.over_all, 100),
        figure("over_none", Unit.POINTS, found.policy.over_none, 100),
        figure("qini", Unit.POINTS, found.ranking.qini, 100),
        figure("auuc", Unit.POINTS, found.ranking.auuc, 100),
    ]
    if found.verdict != "target":
        yield "", Figures("uplift", figures, Verdict(f"uplift_{found.otherwise}"))
    else:
        chosen = _chosen(leading, everybody)
        figures.append(Figure("chosen", Unit.COUNT, chosen[0], n=len(np.unique(everybody.party))))
        yield "", Figures("uplift", figures, Verdict("uplift_target", tone="good"))
    yield "", _models(models)
    yield "", _curves(models)
    if found.verdict == "target":
        yield from chosen[1].items()


def _models(models: dict[str, UpliftModel]) -> Grid:
    rows: list[list[Cell]] = []
    for kind, model in models.items():
        found = model.evaluation_
        estimates = (found.ranking.qini, found.ranking.auuc, found.policy.over_all, found.policy.over_none)
        said = "uplift_chooses" if found.verdict == "target" else "uplift_does_not"
        rows.append([kind, *(cell(each, 100) for each in estimates), said])
    codes = ("qini", "auuc", "over_all", "over_none")
    columns = [("model", Unit.CODE), *((code, Unit.POINTS) for code in codes), ("verdict", Unit.CODE)]
    return Grid("uplift_models", columns, rows)


def _curves(models: dict[str, UpliftModel]) -> Curve:
    """Responses gained, a hundred customers, when the share φ with the largest predicted uplift is contacted."""
    shares = [share for share, _gained in models["two_model"].evaluation_.curve]
    lines = [Line(kind, [100 * gained for _share, gained in m.evaluation_.curve]) for kind, m in models.items()]
    whole = models["two_model"].evaluation_.ranking.average_effect.value
    lines.append(Line("by_lot", [None if whole is None else 100 * share * whole for share in shares]))
    return Curve("uplift_curve", Unit.SHARE, shares, Unit.POINTS, lines)


def _chosen(model: UpliftModel, everybody: Trial) -> tuple[int, dict[str, Section]]:
    """How many customers are worth a contact and, by branch, its customers with the largest predicted uplift."""
    _names, newest = np.unique(everybody.party, return_index=True)
    mine = np.zeros(len(everybody.party), bool)
    mine[newest] = True
    people = everybody.where(mine)
    gained = model.uplift(people.telling())
    chosen = gained > model.cost
    rows: dict[str, list[list[Cell]]] = {}
    for i in np.lexsort((people.party.astype(str), -gained)):
        own = rows.setdefault(str(people.org[i]), [])
        if chosen[i] and len(own) < _NAMED:
            own.append([str(people.party[i]), float(100 * gained[i])])
    columns = [("customer", Unit.PARTY), ("predicted_uplift", Unit.POINTS)]
    return int(chosen.sum()), {org: Grid("uplift_customers", columns, rows[org]) for org in sorted(rows) if rows[org]}
