"""Lifetime (S19): who still comes of their own accord, how often they buy, how long they keep what they hold.

Three questions, three kinds of model: months with a transaction of one's own (:mod:`acting`), purchases of investments
(:mod:`buying`), holdings kept or given up (:mod:`keeping`). All of it rests on closed months, so it is learned once a
month and kept; a night only looks at where each customer stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from tenure.contracts.findings import Cell, Grid, Section, Unit
from tenure.nightly.topics import Known, acting, buying, keeping

#: Raised whenever what is learned, or how it is written down, changes: no night reads another version's.
FORM = 1


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """Silence and its check, purchases and theirs, what is kept; the models' parameters; then each branch's silent."""
    learned = _learned(known)
    where = acting.standing(known, learned["acting"])
    yield from ((known.bank, each) for each in acting.of_bank(where, learned["acting"]))
    yield from ((known.bank, each) for each in buying.sections(learned["buying"]))
    yield from ((known.bank, each) for each in keeping.sections(known, learned["keeping"]))
    parameters = _parameters(learned)
    if parameters.rows:
        yield known.bank, parameters
    yield from acting.of_branches(known, where, learned["acting"])


def _learned(known: Known) -> dict[str, Any]:
    """What the closed months teach, worked out once a month."""

    def make() -> pa.Table:
        found = {"acting": acting.learn(known), "buying": buying.learn(known), "keeping": keeping.learn(known)}
        return pa.table({"learned": [json.dumps(found)]})

    kept = known.frames.past.rows_of_closed(known.closed, f"lifetime-{FORM}", make)
    found: dict[str, Any] = json.loads(str(kept["learned"][0].as_py()))
    return found


def _parameters(learned: dict[str, Any]) -> Grid:
    """Every fitted parameter with its standard error."""
    fitted = [
        (name, learned[part]["models"][name]) for part in ("acting", "buying") for name in learned[part]["models"]
    ]
    rows: list[list[Cell]] = []
    for name, model in fitted:
        for k, (letter, value) in enumerate(model["params"].items()):
            error = value * float(model["log_covariance"][k][k]) ** 0.5
            rows.append([name, letter, f"{value:.4g}", f"{error:.2g}", round(model["customers"])])
    columns = [
        ("model", Unit.CODE), ("parameter", Unit.TEXT), ("estimate", Unit.TEXT), ("standard_error", Unit.TEXT),
        ("customers", Unit.COUNT),
    ]  # fmt: skip
    return Grid("parameters", columns, rows)
