"""A demo bank of two thousand: the bias of the silent that was planted goes, the begging that was planted is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nightly.topics.known import known
from tenure.contracts import LAKE, Load
from tenure.contracts.findings import Figures, Grid
from tenure.demo import Built, DemoBank, build
from tenure.nightly.topics import Known, opinion, signs
from tenure.nightly.topics.heard import heard

UNTIL = date(2026, 3, 24)
_NEEDED = (
    "organisation", "party", "account", "product", "queue_ticket", "interaction", "complaint", "survey_response",
    "survey_invitation",
)  # fmt: skip


@dataclass(frozen=True)
class Bank:
    """``night`` knows everything; ``honest`` everything but what was asked at the counter of the branch that begs."""

    built: Built
    night: Known
    honest: Known
    asked: list[dict[str, Any]]

    def truth(self, name: str) -> pa.Table:
        return pq.read_table(self.built.truth / f"{name}.parquet")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    settings = DemoBank(customers=2000, months=24, until=UNTIL, seed=11, activity=0.1)
    built = build(settings, tmp_path_factory.mktemp("two") / "bank")
    tables = {}
    for name in _NEEDED:
        sent = built.deliveries if LAKE[name].load is Load.EVENT else built.deliveries[-1:]
        paths = [path for delivery in sent for path in delivery.tables.get(name, [])]
        tables[name] = pa.concat_tables([pq.read_table(path) for path in paths]).to_pylist()
    outlets = pq.read_table(built.truth / "outlet.parquet").to_pylist()
    (begs,) = (row["org_id"] for row in outlets if row["begs_for_marks"])
    honest = {
        name: [row for row in tables[name] if row["org_id"] != begs or row["moment"] != "counter_service"]
        for name in ("survey_response", "survey_invitation")
    }
    figures = _figures(tables["party"])
    return Bank(
        built, known(tables, UNTIL, figures=figures), known({**tables, **honest}, UNTIL, figures=figures),
        honest["survey_invitation"],
    )  # fmt: skip


def _figures(party: list[dict[str, Any]]) -> pa.Table:
    """The customer frame as far as opinions need it; what takes a ledger is left open."""
    size = len(party)
    columns = {name: [row[name] for row in party] for name in ("party_id", "org_id", "kind", "birth_date", "left_on")}
    return pa.table(
        {
            **columns,
            "birth_date": pa.array(columns["birth_date"], pa.date32()),
            "left_on": pa.array(columns["left_on"], pa.date32()),
            "lead_staff_id": pa.array([row["lead_staff_id"] for row in party], pa.string()),
            "consent_experience": [row["consent_experience"] for row in party],
            "tier": ["basic"] * size,
            "habit": pa.nulls(size, pa.string()),
            "tenure_months": [12.0 * (UNTIL.year - row["since"].year) for row in party],
            "digital_share_12m": [0.5] * size,
            "transactions_12m": [12] * size,
            "active_months_12m": [12] * size,
        }
    )


def test_every_answer_of_the_bank_has_its_invitation_and_the_rate_is_known(bank: Bank) -> None:
    frame = heard(bank.night)
    assert frame.frame == "invited" and frame.rate is not None
    assert 0.12 < (frame.rate.value or 0) < 0.3


def test_weights_take_the_planted_bias_away_to_within_the_interval(bank: Bank) -> None:
    (head,) = [one for org, one in opinion.sections(bank.honest) if org == bank.honest.bank and one.code == "now"]
    assert isinstance(head, Figures)
    told = {one.code: one for one in head.figures}
    truth = true_nps(bank)
    raw, weighted = told["nps"], told["nps_weighted"]
    assert isinstance(raw.value, float) and isinstance(weighted.value, float)
    assert weighted.low is not None and weighted.high is not None
    assert weighted.low <= truth <= weighted.high
    assert raw.low is not None and raw.low > truth, "answers alone are too good"


def true_nps(bank: Bank) -> float:
    """What everybody who could be asked in twelve months would say: each customer once, by their occasions' mean."""
    would = dict(
        zip(*(bank.truth("survey")[name].to_pylist() for name in ("invitation_id", "would_recommend")), strict=True)
    )
    of: dict[str, list[float]] = {}
    for row in bank.asked:
        if row["outcome"] == "drawn" and row["asked_at"].date() >= date(2025, 4, 1):
            score = would[row["invitation_id"]]
            of.setdefault(row["party_id"], []).append(100.0 if score >= 9 else -100.0 if score <= 6 else 0.0)
    return float(np.mean([np.mean(each) for each in of.values()]))


def test_the_branch_that_was_planted_to_beg_is_found_and_no_other(bank: Bank) -> None:
    rows = bank.truth("outlet").to_pylist()
    begs = {row["org_id"] for row in rows if row["begs_for_marks"]}
    found = list(signs.sections(bank.night))
    by_branch = next(one for org, one in found if org == bank.night.bank and one.code == "signs_by_branch")
    assert isinstance(by_branch, Grid)
    assert {row[0] for row in by_branch.rows if row[-1] == "stands_out"} == begs
