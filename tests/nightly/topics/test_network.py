"""The network of a small bank by hand: two branches, families, a firm, a group, and who brought whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from insight.network.worlds import world
from nightly.topics.known import known, words_missing
from tenure.contracts.findings import Figures, Grid, Section, Unit
from tenure.insight import months
from tenure.nightly.topics import Known
from tenure.nightly.topics.network import sections
from tenure.nightly.topics.relations import Web, worth_of

AS_OF = date(2026, 6, 20)
LONG_AGO = date(2018, 1, 1)
CAME = date(2025, 3, 1)

Told = list[tuple[str, Section]]


def party(number: str, org: str = "O1", **more: Any) -> dict[str, Any]:
    kind = "company" if number.startswith("F") else "person"
    return {
        "party_id": number, "kind": kind, "name": number, "org_id": org, "since": LONG_AGO,
        "birth_date": date(1980, 1, 1), **more,
    }  # fmt: skip


def tie(one: str, other: str, kind: str, since: date = LONG_AGO, **more: Any) -> dict[str, Any]:
    return {"party_id": one, "other_id": other, "kind": kind, "since": since, **more}


def town() -> dict[str, list[dict[str, Any]]]:
    """R1 … R40 hold time deposits; each M of a pair (R, M) has only a current account; R1 brought 36 newcomers."""
    people, relations, accounts, balances = [], [], [], []

    def holds(who: str, product: str, amount: int) -> None:
        accounts.append(
            {"account_id": f"{product}{who}", "party_id": who, "product_id": product, "opened_on": LONG_AGO,
             "currency": "CNY"}
        )  # fmt: skip
        balances.append({"account_id": f"{product}{who}", "day": date(2026, 5, 1), "balance": amount})

    for n in range(1, 41):
        org = "O1" if n <= 20 else "O2"
        people += [party(f"R{n}", org, lead_staff_id="S1"), party(f"M{n}", org)]
        relations += [tie(f"R{n}", f"M{n}", "spouse"), tie(f"M{n}", f"R{n}", "spouse")]
        holds(f"R{n}", "T", 1_000_00 * n)
        holds(f"M{n}", "D", 10_00)
    for n in range(36):
        people.append(party(f"N{n}", "O1", since=CAME + timedelta(days=n)))
        relations.append(tie(f"N{n}", "R1" if n < 33 else "R30", "referrer", CAME + timedelta(days=n)))
        holds(f"N{n}", "D", 50_00)
    people += [party("F1"), party("F2"), party("F3", "O2")]
    relations += [
        tie("F1", "F2", "owner", share=100.0), tie("F2", "R3", "owner", share=80.0), tie("F3", "R9", "owner"),
    ]  # fmt: skip
    for firm in ("F1", "F2", "F3"):
        holds(firm, "T", 9_000_00)
    return {
        "organisation": [
            {"org_id": "HQ", "name": "Head office", "kind": "head_office"},
            {"org_id": "O1", "name": "One", "kind": "outlet", "parent_id": "HQ"},
            {"org_id": "O2", "name": "Two", "kind": "outlet", "parent_id": "HQ"},
        ],
        "staff": [{"staff_id": "S1", "name": "Ann", "org_id": "O1", "role": "relationship_manager"}],
        "product": [
            {"product_id": "D", "name": "活期", "category": "demand_deposit"},
            {"product_id": "T", "name": "定期", "category": "time_deposit"},
        ],
        "party": people,
        "relation": relations,
        "account": accounts,
        "balance": balances,
        "interaction": [
            {"interaction_id": f"i{n}", "party_id": f"R{n}", "at": datetime(2026, 6, 1, 9), "kind": "call"}
            for n in range(1, 41)
        ],
    }


def night(tables: dict[str, list[dict[str, Any]]], as_of: date = AS_OF) -> Known:
    """The customer frame is given: what the network reads of it is plain, and making it takes seconds."""
    held: dict[str, int] = {}
    for row in tables["balance"]:
        who = row["account_id"][1:]
        held[who] = held.get(who, 0) + (row["balance"] if row["day"] <= as_of else 0)
    people = [row for row in tables["party"] if row["since"] <= as_of]
    figures = {
        "party_id": pa.array([row["party_id"] for row in people], pa.string()),
        "org_id": pa.array([row["org_id"] for row in people], pa.string()),
        "lead_staff_id": pa.array([row.get("lead_staff_id") for row in people], pa.string()),
        "aum": pa.array([held.get(row["party_id"], 0) for row in people], pa.int64()),
        "birth_date": pa.array([row["birth_date"] for row in people], pa.date32()),
        "left_on": pa.array([row.get("left_on") for row in people], pa.date32()),
        "consent_marketing": pa.array([row.get("consent_marketing", True) for row in people], pa.bool_()),
    }
    return known(tables, as_of, figures=pa.table(figures))


@pytest.fixture(scope="module")
def told() -> Told:
    return list(sections(night(town())))


def one(told: Told, org: str, code: str) -> Any:
    [section] = [section for where, section in told if where == org and section.code == code]
    return section


def column(grid: Grid, code: str) -> list[Any]:
    return [row[[name for name, _ in grid.columns].index(code)] for row in grid.rows]


def figure(section: Figures, code: str) -> Any:
    return next(each.value for each in section.figures if each.code == code)


def test_the_headline_says_how_many_came_through_others(told: Told) -> None:
    assert told[0][0] == "HQ" and told[0][1].code == "now"
    now = one(told, "HQ", "now")
    assert figure(now, "customers") == 40 + 40 + 36 + 3
    assert now.verdict.code == "newcomers_brought"
    assert now.verdict.numbers["brought"][1] == now.verdict.numbers["newcomers"][1] == 36
    assert one(told, "O2", "now").verdict.code == "tied_share", "nobody came to the second branch"


def test_who_brought_many_stands_first_with_an_interval_and_what_it_rests_on(told: Told) -> None:
    grid = one(told, "HQ", "introducers")
    assert column(grid, "customer")[0] == "R1"
    assert column(grid, "brought_by_them")[0] == 33
    expected, low, high = column(grid, "expected_12m")[0]
    assert low < expected < high and 3 < expected < 33
    value, low, high = column(grid, "expected_value")[0]
    assert 0 <= low < value < high
    assert column(grid, "source")[0] == "source_mixed"


def test_what_somebody_brought_holds_is_an_average_and_its_chance_stands_in_the_interval() -> None:
    """Thirty-three newcomers hold 50, three 5,000; nobody has room for more, so all that is expected is by record."""
    tables = town()
    for row in tables["account"]:
        row["product_id"] = "T"
    for row in tables["balance"]:
        if row["account_id"] in ("DN5", "DN10", "DN15"):
            row["balance"] = 5_000_00
    grid = one(list(sections(night(tables))), "HQ", "introducers")
    first = dict(zip(column(grid, "customer"), grid.rows, strict=True))["R1"]
    (count, few, many), (value, low, high) = first[3], first[5]
    holds = np.array([50_00] * 33 + [5_000_00] * 3, dtype=float)
    worth, error = holds.mean(), 2.0301 * holds.std(ddof=1) / 6  # t(.975, 35)
    assert value == pytest.approx(count * worth), "of the average, not of the 50 that most hold"
    assert high - value == pytest.approx(np.hypot((many - count) * worth, count * error), rel=1e-4)
    assert value - low == pytest.approx(
        min(value, np.hypot((count - few) * worth, count * min(error, worth))), rel=1e-4
    )


def test_the_very_wealthy_count_up_to_the_wealthiest_hundredth_and_who_left_holds_nothing() -> None:
    rng = np.random.default_rng(1)
    aum = np.exp(rng.normal(10, 1.5, 20_000))
    nobody, everybody = np.zeros(20_000, dtype=bool), np.ones(20_000, dtype=bool)
    brought = nobody.copy()
    brought[:400] = True
    found = worth_of(aum, brought, everybody, nobody)
    assert found.value is not None and found.n == 400 and found.value > 2 * np.median(aum)
    aum[0] = 1e12
    assert worth_of(aum, brought, everybody, nobody).value < 1.2 * found.value, "one more rich newcomer is luck"
    here = everybody.copy()
    here[:200], aum[:200] = False, 0.0
    assert worth_of(aum, brought, here, nobody).value < found.value
    assert not worth_of(aum, nobody, everybody, nobody).can_tell


def test_that_interval_holds_the_average_of_a_heavy_tail() -> None:
    """400 banks of lognormal assets (σ 1.5), 200 brought in each; the average they are drawn from is known."""
    rng = np.random.default_rng(2)
    truth = np.exp(rng.normal(0, 1.5, 1_000_000))
    truth = float(np.minimum(truth, np.quantile(truth, 0.99)).mean())
    nobody, everybody = np.zeros(20_000, dtype=bool), np.ones(20_000, dtype=bool)
    brought = nobody.copy()
    brought[:200] = True
    held = 0
    for _ in range(400):
        found = worth_of(np.exp(rng.normal(0, 1.5, 20_000)), brought, everybody, nobody)
        held += found.low <= truth <= found.high  # type: ignore[operator]
    assert 0.9 <= held / 400 <= 0.98, held


def test_prospects_are_those_with_a_current_account_beside_the_wealthy(told: Told) -> None:
    grid = one(told, "HQ", "prospects_people")
    rows = dict(zip(column(grid, "prospect"), column(grid, "introducer"), strict=True))
    assert rows["M40"] == "R40" and rows["M39"] == "R39"
    assert "M10" not in rows, "R10 is not among the fifth with most assets"
    assert set(column(grid, "what_they_are")) == {"few_products"}


def test_a_branch_is_told_of_its_own_customers_only(told: Told) -> None:
    for org, here in (("O1", range(1, 21)), ("O2", range(21, 41))):
        mine = {f"{letter}{n}" for letter in "RM" for n in here} | {f"N{n}" for n in range(36) if org == "O1"}
        mine |= {"F1", "F2"} if org == "O1" else {"F3"}
        named = {
            cell
            for where, section in told
            if where == org and isinstance(section, Grid)
            for row in section.rows
            for (_code, unit), cell in zip(section.columns, row, strict=True)
            if unit is Unit.PARTY and cell is not None
        }
        assert named and named <= mine


def test_whose_branch_is_not_known_is_of_no_branch_but_of_the_bank() -> None:
    tables = town()
    tables["relation"].append(tie("R1", "X1", "parent"))
    web = Web.of(night(tables))
    names, here = web.names(np.arange(len(web.network))), {"R1": "O1", "R21": "O2"}
    assert list(web.orgs) == ["O1", "O2"]
    for who, org in here.items():
        for other in ("O1", "O2"):
            assert web.of_branches({other, "elsewhere"})[names.index(who)] == (other == org)
    assert not web.of_branches({"O1", "O2", "HQ"})[names.index("X1")]
    assert web.of_branches({"O1", "O2"}).sum() == len(names) - 1


def test_a_group_of_companies_has_its_ultimate_owner(told: Told) -> None:
    grid = one(told, "HQ", "company_groups")
    assert column(grid, "ultimate_owner") == ["R3"], "a single company is no group"
    assert column(grid, "companies") == [2]
    assert column(grid, "aum") == [2 * 9_000_00 + 3 * 1_000_00]


def test_households_are_people_with_most_assets_first(told: Told) -> None:
    grid = one(told, "HQ", "households")
    assert column(grid, "head_of_household")[:3] == ["R40", "R39", "R38"]
    assert column(grid, "members")[0] == 2 and column(grid, "hardly_here")[0] == 1
    assert column(grid, "aum")[0] == 40 * 1_000_00 + 10_00


def test_leaving_by_so_few_cannot_be_told(told: Told) -> None:
    assert one(told, "HQ", "contagion").verdict.code == "too_little_data"


def test_who_refused_marketing_is_neither_asked_nor_named() -> None:
    tables = town()
    for row in tables["party"]:
        row["consent_marketing"] = row["party_id"] not in ("R1", "M40", "R39")
    found = list(sections(night(tables)))
    assert "R1" not in column(one(found, "HQ", "introducers"), "customer")
    prospects = one(found, "HQ", "prospects_people")
    assert "M40" not in column(prospects, "prospect")
    assert "R39" not in column(prospects, "introducer")


def test_silence_is_no_consent_to_be_named() -> None:
    tables = town()
    for row in tables["party"]:
        row["consent_marketing"] = None if row["party_id"] in ("R1", "M40") else True
    found = list(sections(night(tables)))
    assert "R1" not in column(one(found, "HQ", "introducers"), "customer")
    assert "M40" not in column(one(found, "HQ", "prospects_people"), "prospect")


def test_what_happens_after_the_day_is_not_known() -> None:
    tables = town()
    early = date(2025, 3, 20)
    before = list(sections(night(tables, early)))
    tables["party"] = [row for row in tables["party"] if row["since"] <= early]
    tables["relation"] = [row for row in tables["relation"] if row["since"] <= early]
    tables["balance"], tables["interaction"] = [b for b in tables["balance"] if b["day"] <= early], []
    assert before == list(sections(night(tables, early)))


def test_a_short_record_is_replaced_by_stated_chances_and_says_so() -> None:
    tables = town()
    tables["relation"] = [row for row in tables["relation"] if row["kind"] != "referrer"]
    grid = one(list(sections(night(tables))), "HQ", "introducers")
    assert grid.verdict is not None and grid.verdict.code == "introducers_prior"
    assert set(column(grid, "source")) == {"source_prior"}
    assert set(column(grid, "expected_12m")) == {None}
    ties = one(list(sections(night(tables))), "HQ", "ties")
    assert ties.verdict.code == "no_referrals"


def families(seed: int, ratio: float) -> Figures:
    """What is told of a world of families in which leaving raises a relative's ``ratio`` times for three months.

    They are alike anyhow (likeness 1), three branches differ, and all of it lies in the 36 months before ``AS_OF``'s.
    """
    made = world(seed, ratio=ratio, likeness=1.0, groups=700)
    tables = town()
    tables["organisation"].append({"org_id": "O3", "name": "Three", "kind": "outlet", "parent_id": "HQ"})
    first = months.serial(AS_OF) - 36
    people = [
        party(f"W{n}", f"O{stratum + 1}", left_on=None if month != month else months.first_day(first + int(month)))
        for n, (month, stratum) in enumerate(zip(made.left, made.strata, strict=True))
    ]
    bonds = [tie(f"W{i}", f"W{j}", "spouse") for i, j in zip(made.source, made.target, strict=True)]
    tables["party"], tables["relation"] = tables["party"] + people, tables["relation"] + bonds
    found = one(list(sections(night(tables))), "HQ", "contagion")
    assert isinstance(found, Figures)
    assert words_missing("network", [("HQ", found)]) == []
    return found


def test_families_that_leave_one_after_another_are_seen() -> None:
    found = families(seed=1, ratio=4)
    assert found.verdict is not None and found.verdict.code == "contagion_contagion"
    assert found.verdict.numbers["low"][1] > 1 and found.verdict.tone == "warn"  # type: ignore[operator]
    assert found.verdict.numbers["low"][1] < 4 < found.verdict.numbers["high"][1]  # type: ignore[operator]
    assert figure(found, "hazard_ratio") == found.verdict.numbers["ratio"][1]
    assert figure(found, "followed_near") > 100 and figure(found, "followed_months") == 36


def test_families_that_are_only_alike_are_not_taken_for_it() -> None:
    found = families(seed=1, ratio=1)
    assert found.verdict is not None
    assert found.verdict.code in ("contagion_none_that_matters", "contagion_cant_tell")
    assert found.verdict.numbers["low"][1] < 1 < found.verdict.numbers["high"][1]  # type: ignore[operator]
    assert figure(found, "likeness") > 1.3, "relatives are alike however far apart they leave"


def test_every_code_has_words(told: Told) -> None:
    assert words_missing("network", told) == []


def test_a_bank_without_ties_or_customers_says_so() -> None:
    tables = {**town(), "relation": []}
    found = list(sections(night(tables)))
    assert [section.code for _, section in found] == ["now"]
    assert words_missing("network", found) == []
    nobody = {**tables, "party": [], "account": [], "balance": [], "interaction": []}
    [(_, now)] = sections(night(nobody))
    assert now.verdict is not None and now.verdict.code == "too_little_data"
