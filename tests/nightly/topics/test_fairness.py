"""Fairness of concessions: who gets more of the same kind of complaint, and that a fair bank is not accused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from nightly.topics.known import known, words_missing
from tenure.contracts.findings import Figures, Grid, Section
from tenure.desk.voice.complaints.settings import versions_of
from tenure.errors import InputError
from tenure.insight.months import CURVE
from tenure.nightly.fairness_settings import CHANNELS, settings
from tenure.nightly.topics.conceded import Cases
from tenure.nightly.topics.fairness import sections

AS_OF = date(2026, 6, 20)
BRANCHES = ("O1", "O2", "O3")
Told = list[tuple[str, Section]]


def town(seed: int = 1, *, n: int = 420, loud: float = 0.0, women: float = 0.0) -> tuple[dict[str, Any], pa.Table]:
    """Complaints of two years; concessions follow the cause, and ``loud`` and ``women`` as much more often."""
    rng = np.random.default_rng(seed)
    who = [f"P{i:03d}" for i in range(n)]
    sex = rng.choice(["female", "male"], n)
    tables: dict[str, Any] = {
        "organisation": [
            {"org_id": "HQ", "name": "HQ", "kind": "head_office"},
            *({"org_id": org, "name": org, "kind": "outlet", "parent_id": "HQ"} for org in BRANCHES),
        ],
        "party": [
            {
                "party_id": p, "kind": "person", "sex": str(sex[i]), "org_id": BRANCHES[i % 3],
                "since": date(2024 - int(rng.integers(0, 14)), 3, 1), "birth_date": date(1950 + i % 50, 1, 1),
            }
            for i, p in enumerate(who)
        ],
        "complaint": [], "concession": [],
    }  # fmt: skip
    for i, p in enumerate(who):
        public = bool(rng.random() < 0.2)
        cause = int(rng.integers(0, 3))
        chance = 0.15 + 0.2 * cause + (loud if public else 0) + (women if sex[i] == "female" else 0)
        given = bool(rng.random() < chance)
        at = datetime(2024, 9, 1, 10) + timedelta(days=int(rng.integers(0, 640)))
        tables["complaint"].append(
            complaint(len(tables["complaint"]), p, at, cause, public, BRANCHES[i % 3], given, rng)
        )
    curve = {f"aum_{k}": rng.integers(10_000, 90_000_000, n) for k in range(1, CURVE)}
    return tables, pa.table({"party_id": who, **curve})


def complaint(
    number: int, party: str, at: datetime, cause: int, public: bool, org: str, given: bool, rng: Any
) -> dict[str, Any]:
    """One that was decided ten days later."""
    return {
        "complaint_id": f"T{number:04d}", "party_id": party, "received_at": at, "org_id": org,
        "channel_code": "A05" if public else ("A01", "A02")[number % 2], "business_code": "B01",
        "cause_code": f"C0{cause + 1}", "state": "closed", "closed_at": at + timedelta(days=10),
        "concession": int(np.exp(rng.normal(9, 0.6))) if given else None,
    }  # fmt: skip


def told(tables: dict[str, Any], by_party: pa.Table) -> Told:
    found = list(sections(known(tables, AS_OF, by_party=by_party)))
    assert words_missing("fairness", found) == []
    return found


def section(found: Told, code: str, org: str = "HQ") -> Any:
    return next(one for at, one in found if at == org and one.code == code)


def rows(grid: Grid) -> dict[Any, dict[str, Any]]:
    names = [name for name, _ in grid.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in grid.rows}


def test_where_the_loud_get_more_the_page_says_so() -> None:
    found = told(*town(loud=0.5))
    head = section(found, "fairness")
    assert isinstance(head, Figures) and head.verdict is not None and head.verdict.code == "fairness_unlike"
    loudness = rows(section(found, "by_loudness"))
    assert loudness["public_channel"]["verdict"] == "more_often"
    value, low, high = loudness["public_channel"]["often_apart"]
    assert low < 50 < high and value > 20
    pair = section(found, "loyal_or_loud")
    assert pair.verdict.code == "loud_get_more" and pair.verdict.tone == "bad"
    assert rows(section(found, "by_channel"))["A05"]["verdict"] == "more_often"
    assert section(found, "by_channel").names["A05"] == CHANNELS["A05"]


def test_where_women_get_less_it_is_found() -> None:
    found = told(*town(women=0.45))
    sexes = rows(section(found, "by_sex"))
    assert len(sexes) == 1, "men are the mirror of women"
    name, row = next(iter(sexes.items()))
    assert row["verdict"] == ("more_often" if name == "female" else "less_often")
    assert section(found, "loyal_or_loud").verdict.code == "loyal_as_the_loud"


def test_a_fair_bank_is_accused_in_one_night_of_twenty_at_most() -> None:
    accused = 0
    for seed in range(60):
        tables, curve = town(100 + seed, n=260)
        head = section(list(sections(known(tables, AS_OF, by_party=curve))), "fairness")
        accused += head.verdict.code == "fairness_unlike"
    assert accused <= 6, "5 % of 60 nights, and what chance adds (99 %)"


def test_a_complaint_by_another_channel_of_the_bank_s_own_is_loud_where_the_bank_says_so(tmp_path: Path) -> None:
    path = tmp_path / "fairness.toml"
    path.write_text(
        '[loud]\nchannels = ["Z9"]\n[loyal]\nmonths = 24\n[channels]\nZ9 = { zh = "微博", en = "Weibo" }\n', "utf-8"
    )
    held = settings(path)
    assert held.public == {"Z9"} and held.loyal_months == 24 and held.channels["Z9"].en == "Weibo"
    for wrong in ("[loud]\nx = 1", "[loyal]\nmonths = 0", '[channels]\nZ9 = "Weibo"', "loud", "[loud]\nchannels = 3"):
        path.write_text(wrong, "utf-8")
        with pytest.raises(InputError):
            settings(path)


def test_the_names_of_channels_are_those_of_the_product_s_table() -> None:
    table = versions_of(Path("a home without files"))[-1].codes["channel"]
    assert {code: (one.zh, one.en) for code, one in table.items()} == {c: (n.zh, n.en) for c, n in CHANNELS.items()}


def test_the_loyal_who_got_nothing_where_others_usually_do_are_named() -> None:
    tables, curve = town(loud=0.0)
    found = section(told(tables, curve), "passed_over")
    listed = rows(found)
    assert listed and found.verdict.numbers["all"][1] >= len(listed)
    known_ = {row["party_id"]: row for row in tables["party"]}
    mine = {row["party_id"]: row for row in tables["complaint"]}
    for party, row in listed.items():
        assert mine[party]["concession"] is None and mine[party]["channel_code"] != "A05"
        assert mine[party]["received_at"].date() >= date(2025, 7, 1)
        assert (mine[party]["received_at"].date() - known_[party]["since"]).days >= 60 * 30.44
        assert row["alike_given"] >= 0.25 and row["alike_n"] >= 10


def test_what_came_later_or_was_never_decided_does_not_count() -> None:
    tables, curve = town()
    before = section(told(tables, curve), "fairness").figures[0].value
    tables["complaint"][0] |= {"state": "withdrawn"}
    tables["complaint"][1] |= {"party_id": None}
    tables["complaint"][2] |= {"closed_at": datetime(2026, 6, 21, 9)}
    assert section(told(tables, curve), "fairness").figures[0].value == before - 3


def test_an_earlier_complaint_makes_loud_whatever_became_of_it() -> None:
    tables, curve = town(n=60)
    first = tables["complaint"][0]
    tables["complaint"].append(
        {**first, "complaint_id": "EARLY", "received_at": first["received_at"] - timedelta(days=90), "closed_at": None}
    )  # fmt: skip
    found = Cases.of(known(tables, AS_OF, by_party=curve), settings(None))
    assert dict(zip(found.party, found.earlier, strict=True))["P000"] == 1 and found.earlier.sum() == 1


def test_concessions_not_approved_are_counted_and_too_few_complaints_tell_nothing() -> None:
    tables, curve = town()
    one = {"party_id": "P000", "complaint_id": "x", "made_at": datetime(2026, 5, 1), "kind": "points", "amount": 1}
    tables["concession"] = [
        {**one, "concession_id": "1", "state": "refused"}, {**one, "concession_id": "2", "state": "given"},
    ]  # fmt: skip
    figures = {one.code: one.value for one in section(told(tables, curve), "fairness").figures}
    assert figures["not_approved"] == 1
    tables["complaint"] = tables["complaint"][:30]
    (few,) = (one for _at, one in told(tables, curve))
    assert few.verdict is not None and few.verdict.code == "fairness_too_few"  # type: ignore[union-attr]
    assert few.verdict.numbers["n"][1] == 30  # type: ignore[union-attr]


def test_a_part_of_the_bank_hears_of_its_own_complaints_alone() -> None:
    tables, curve = town()
    found = told(tables, curve)
    here = [at for at, one in found if one.code == "fairness"]
    assert here[0] == "HQ" and set(here) <= {"HQ", *BRANCHES} and len(here) == 4
    sizes = {at: one.figures[0].value for at, one in found if one.code == "fairness"}  # type: ignore[union-attr]
    assert sum(sizes[org] for org in BRANCHES) == sizes["HQ"]  # type: ignore[misc]
    assert not [one for at, one in found if at != "HQ" and one.code == "by_branch"]
