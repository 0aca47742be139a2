"""The Technion's bank call centre, February 1999: does our queueing know a real one?"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tenure.insight.queues import fit_arrivals, fit_patience, fit_service, predicted_v_actual

pytestmark = pytest.mark.real


class Calls(NamedTuple):
    at: np.ndarray
    wait: np.ndarray
    service: np.ndarray
    gone: np.ndarray
    server: list[str | None]


@pytest.fixture(scope="module")
def calls(real_data: Path) -> Calls:
    """All calls but the PHANTOMs, which the guide says to ignore; in the queue from the moment the VRU lets go."""
    path = real_data / "call_centre" / "february1999.tsv.gz"
    if not path.is_file():
        pytest.skip(f"the call-centre data is not at {path}")
    with gzip.open(path, "rt", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["outcome"] != "PHANTOM"]
    day = [f"19{row['date'][:2]}-{row['date'][2:4]}-{row['date'][4:]}" for row in rows]
    at = [f"{d}T{row['vru_exit']:0>8}" for d, row in zip(day, rows, strict=True)]
    return Calls(
        np.array(at, dtype="datetime64[s]"),
        np.array([float(row["q_time"]) for row in rows]),
        np.array([float(row["ser_time"]) for row in rows]),
        np.array([row["outcome"] == "HANG" for row in rows]),
        [None if row["server"] == "NO_SERVER" else row["server"] for row in rows],
    )


def test_the_known_figures_of_the_centre_are_read_from_its_file(calls: Calls) -> None:
    assert calls.gone.mean() == pytest.approx(0.1786, abs=5e-5)
    assert (calls.wait > 0).mean() == pytest.approx(0.545, abs=5e-4)
    assert calls.wait[calls.wait > 0].mean() == pytest.approx(75.8, abs=0.05)


def test_services_are_lognormal_with_the_published_parameters(calls: Calls) -> None:
    got = fit_service(calls.service[~calls.gone], more_than=10)
    assert got.mean.value == pytest.approx(189.3, abs=0.05)
    assert (got.mu, got.sigma) == pytest.approx((4.792, 0.944), abs=5e-4)
    assert got.better == "lognormal"
    assert got.distance_lognormal < 0.02 < 0.08 < got.distance_exponential


def test_callers_are_far_more_patient_than_those_who_hang_up_look(calls: Calls) -> None:
    """Half of those who hang up do so within 43 s; the patience behind them is near six minutes."""
    queued = calls.wait > 0
    got = fit_patience(calls.wait[queued], calls.gone[queued])
    assert np.median(calls.wait[queued & calls.gone]) == 43
    assert got.mean.value == pytest.approx(347.7, abs=0.1)
    assert got.shape is not None and got.shape.value == pytest.approx(0.909, abs=0.001)
    assert got.exponential_holds is False  # some hang up at once: Erlang A is an approximation here


def test_days_differ_far_more_than_chance_allows(calls: Calls) -> None:
    got = fit_arrivals(calls.at, 30)
    assert got.verdict == "overdispersed" and got.days == 28
    assert got.dispersion == pytest.approx(3.54, abs=0.01)
    assert got.busyness_cv == pytest.approx(0.376, abs=0.001)


def test_how_far_erlang_a_is_from_the_real_centre(calls: Calls) -> None:
    """Hour by hour, callers who reached the queue: near on average, half of the spread, too few waits of any length."""
    reached = ~(calls.gone & (calls.wait == 0))  # the others hung up on the computer's voice
    wait, service, gone = calls.wait[reached], calls.service[reached], calls.gone[reached]
    patience = fit_patience(wait, gone)
    got = predicted_v_actual(
        calls.at[reached],
        wait,
        service,
        gone,
        [name for name, kept in zip(calls.server, reached, strict=True) if kept],
        service_rate=3_600 / service[~gone].mean(),
        patience_rate=3_600 * (patience.rate.value or 0.0),
        interval_minutes=60,
    )
    weight = got["arrivals"].to_numpy()
    mean = {name: float(np.average(got[name].to_numpy(), weights=weight)) for name in got.column_names[1:]}
    assert got.num_rows == 386
    assert mean["actual_wait"] == pytest.approx(43.9, abs=0.1)
    assert mean["predicted_wait"] == pytest.approx(40.1, abs=0.5)
    assert mean["actual_abandonment"] == pytest.approx(0.126, abs=0.001)
    assert mean["predicted_abandonment"] == pytest.approx(0.115, abs=0.002)
    assert mean["actual_p_wait"] == pytest.approx(0.579, abs=0.001)
    assert mean["predicted_p_wait"] == pytest.approx(0.454, abs=0.005)  # the formula misses one wait in five
    assert np.corrcoef(got["predicted_wait"], got["actual_wait"])[0, 1] == pytest.approx(0.63, abs=0.01)
    assert np.corrcoef(got["predicted_abandonment"], got["actual_abandonment"])[0, 1] == pytest.approx(0.70, abs=0.01)
