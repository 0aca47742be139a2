"""What goes with leaving: planted ratios are found in the units they are told by, and what cannot be told is said."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa

from tenure.contracts.findings import Grid
from tenure.insight import months
from tenure.nightly.topics import goes_with

from .known import words_missing

LANDMARK = months.parse("2025-06")
#: Log hazard ratios of a month, by feature as the panel has it.
TRUTH = {
    "tenure_months": -0.05 / 12, "age": 0.0, "product_groups": -0.2, "same_name_3m": 3.0, "complaints_12m": 0.8,
}  # fmt: skip


def panel(n: int, *, level: float = 0.02, seen: int = 12, complain: float = 0.2, seed: int = 5) -> pa.Table:
    """Customers at a landmark; assets halve the hazard with every four doublings, a complaint raises it by e^0.8."""
    chance = np.random.default_rng(seed)
    rows: dict[str, Any] = {
        "tenure_months": chance.uniform(0, 240, n),
        "age": np.where(chance.random(n) < 0.1, np.nan, chance.uniform(18, 90, n)),
        "product_groups": chance.integers(1, 6, n).astype(float),
        "aum": 100_00 * 2 ** chance.uniform(0, 12, n),
        "same_name_3m": np.where(chance.random(n) < 0.3, np.nan, chance.beta(1, 5, n)),
        "payroll_months_3m": chance.integers(0, 4, n).astype(float),
        "active_months_12m": chance.integers(0, 13, n).astype(float),
        "digital_share_12m": chance.random(n),
        "complaints_12m": (chance.random(n) < complain).astype(float) * 2,
        "company": (chance.random(n) < 0.1).astype(float),
    }
    rows["age"] = np.where(rows["company"] == 1, np.nan, rows["age"])
    score = sum(beta * np.nan_to_num(rows[name]) for name, beta in TRUTH.items() if name != "complaints_12m")
    score = (
        score + TRUTH["complaints_12m"] * (rows["complaints_12m"] > 0) - math.log(2) / 4 * np.log2(rows["aum"] / 100_00)
    )
    lead = np.ceil(chance.exponential(1 / (level * np.exp(score - np.sum(score) / max(n, 1)))))
    lost = lead <= seen
    keys = {
        "party_id": pa.array([f"P{k}" for k in range(n)]),
        "month": pa.array(np.full(n, LANDMARK)),
        "lead": pa.array(lead.astype(np.int64), mask=~lost),
        "seen": pa.array(np.full(n, seen)),
    }
    return pa.table({**keys, **{name: pa.array(values, from_pandas=True) for name, values in rows.items()}})


def told(rows: pa.Table | None) -> Any:
    """The section of a bank that is followed so."""
    known: Any = SimpleNamespace(
        followed=lambda names: rows if rows is None else rows.select([*rows.column_names[:4], *names])
    )
    return goes_with.section(known)


def test_planted_ratios_are_found_each_in_its_unit() -> None:
    """Of ten years of age nothing is planted, nor of payroll, months with transactions and digital channels."""
    found = told(panel(40_000))
    assert isinstance(found, Grid)
    names = [code for code, _unit in found.columns]
    rows = {row[0]: dict(zip(names, row, strict=True)) for row in found.rows}
    planted = {
        "goes_tenure_months": (-0.25, "per_five_years"),
        "goes_product_groups": (-0.2, "per_group"),
        "goes_aum": (-math.log(2) / 4, "per_doubling"),
        "goes_same_name_3m": (0.3, "per_ten_points"),
        "goes_complaints_12m": (0.8, "with_against_without"),
    }
    assert len(rows) == len(goes_with.ASKED) == 9
    for name, row in rows.items():
        ratio, low, high = row["hazard_ratio"]
        if name in planted:
            beta, per = planted[name]
            assert abs(ratio / math.exp(beta) - 1) < 0.05 and low < ratio < high, name
            assert (row["goes_per"], row["goes_reads"]) == (per, "goes_sooner" if beta > 0 else "goes_later")
        else:
            assert abs(ratio - 1) < 0.03 and low < 1.01 and high > 0.99, name
        assert (row["goes_over_time"], row["ratio_early"], row["ratio_late"]) == ("goes_holds", None, None), name
    assert [row[0] for row in found.rows][:2] == ["goes_aum", "goes_same_name_3m"], "what sets most customers apart"
    assert found.verdict is not None
    numbers = {name: value for name, (_unit, value) in found.verdict.numbers.items()}
    left = int(pa.compute.sum(pa.compute.is_valid(panel(40_000)["lead"])).as_py())
    assert (numbers["month"], numbers["n"], numbers["months"], numbers["lost"]) == ("2025-06", 40_000, 12, left)
    assert 0.6 < numbers["ordered"] < 0.8
    assert words_missing("attrition", [("H", found)]) == []


def test_a_ratio_that_fades_is_said_to_with_both_halves() -> None:
    """Money moved to the own account elsewhere foretells the next three months and nothing after them."""
    rows = panel(20_000, level=0.01)
    chance = np.random.default_rng(1)
    share = np.nan_to_num(rows["same_name_3m"].to_numpy(zero_copy_only=False))
    monthly = [0.01 * np.exp(np.where(month <= 3, 6.0, 0.0) * share) for month in range(1, 13)]
    gone = np.stack([chance.random(len(share)) < each for each in monthly])
    lead, lost = gone.argmax(axis=0) + 1, gone.any(axis=0)
    found = told(rows.set_column(2, "lead", pa.array(lead, mask=~lost)))
    (row,) = [row for row in found.rows if row[0] == "goes_same_name_3m"]
    (_, low, _), (late, *ends) = row[5], row[6]
    assert row[4] == "goes_fades" and low > row[2][0] > ends[1]
    assert abs(late - 1) < 0.15 and ends[0] < 1 < ends[1]
    assert {row[4] for row in found.rows if row[0] != "goes_same_name_3m"} == {"goes_holds"}
    assert words_missing("attrition", [("H", found)]) == []


def test_a_ratio_changes_only_where_both_halves_speak_beyond_chance() -> None:
    """For leaving in the first months and against it in the later ones; or for it and then neither."""
    rows = panel(20_000, level=0.01)
    share = np.nan_to_num(rows["same_name_3m"].to_numpy(zero_copy_only=False))
    for later, told_as in ((-5.0, "goes_changes"), (0.0, "goes_fades")):
        chance = np.random.default_rng(2)
        monthly = [0.02 * np.exp(np.where(month <= 6, 5.0, later) * (share - share.mean())) for month in range(1, 13)]
        gone = np.stack([chance.random(len(share)) < each for each in monthly])
        lead, lost = gone.argmax(axis=0) + 1, gone.any(axis=0)
        found = told(rows.set_column(2, "lead", pa.array(lead, mask=~lost)))
        (row,) = [row for row in found.rows if row[0] == "goes_same_name_3m"]
        (_, low, _), (_, *ends) = row[5], row[6]
        assert row[4] == told_as and low > 1, row
        assert (ends[1] < 1) == (later < 0)


def test_what_next_to_nobody_has_is_not_told_and_does_not_hide_the_rest() -> None:
    found = told(panel(6_000, complain=0.002))
    (row,) = [row for row in found.rows if row[0] == "goes_complaints_12m"]
    assert row[2:] == [None, "goes_too_few", None, None, None] and row == found.rows[-1]
    assert all(row[2] is not None for row in found.rows[:-1])
    assert words_missing("attrition", [("H", found)]) == []


def test_too_little_is_said() -> None:
    few = panel(300)
    assert 0 < few["lead"].drop_null().length() < 90
    for rows in (None, panel(0), few):
        found = told(rows)
        assert (found.code, found.verdict.code) == ("goes_with", "too_little_data")


def test_only_the_months_that_are_known_are_followed() -> None:
    found = told(panel(40_000, seen=6))
    assert found.verdict.numbers["months"][1] == 6
