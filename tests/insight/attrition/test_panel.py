from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from insight.tables import listed
from tenure.errors import InputError
from tenure.insight import months, stages_kept
from tenure.insight.attrition import causes, customer_months, features, panel
from tenure.insight.attrition.customer_months import Sources
from tenure.insight.attrition.periods import read_panel
from tenure.insight.attrition.spells import Spells

from .bank import FIRST, LAST, THRESHOLDS, YUAN, at, sources, steady

BEGIN = FIRST + panel.LOOK_BACK
WHEN = months.parse("2025-03")


_ENGINE = ibis.duckdb.connect()


def read(expr: ir.Table) -> pa.Table:
    with stages_kept():
        return _ENGINE.to_pyarrow(expr)


def made(of: Sources, last: int = LAST) -> dict[tuple[str, int], dict[str, float]]:
    return {(row["party_id"], row["month"]): row for row in listed(panel.of(of, BEGIN, last, THRESHOLDS))}


def full() -> Sources:
    """A leaver, a family member, complaints, answers, waits, contacts: something for every feature to see."""
    people = [
        {"party_id": p, "kind": "person", "birth_date": date(1980, 5, 5), "since": date(2020, 1, 10),
         "left_on": date(2025, 3, 20) if p == "GONE" else None}
        for p in ("GONE", "STAYS", "FALLS")
    ]  # fmt: skip
    return sources(
        {"GONE": steady, "STAYS": lambda m: 100_000 + 1_000 * (m % 7), "FALLS": lambda m: 90_000 - 2_000 * (m - FIRST)},
        made={"STAYS": lambda m: m % 5, "FALLS": lambda m: max(0, LAST - m)},
        paid={"STAYS": lambda m: 8_000 if m < WHEN else 0},
        closed={"GONE": date(2025, 3, 20)},
        party=people,
        relation=[{"party_id": "STAYS", "other_id": "GONE", "kind": "spouse"}],
        complaint=[{"complaint_id": "1", "party_id": "STAYS", "received_at": at("2025-02"), "state": "closed",
                    "closed_at": at("2025-06")}],
        interaction=[{"interaction_id": "1", "party_id": "FALLS", "at": at("2025-01"), "kind": "call",
                      "staff_id": "S"}],
        survey_response=[
            {"response_id": str(n), "party_id": "STAYS", "answered_at": at(label), "moment": "periodic",
             "recommend": score, "satisfaction": 3}
            for n, (label, score) in enumerate([("2024-05", 9), ("2025-04", 3)])
        ],
        queue_ticket=[{"ticket_id": "1", "org_id": "O", "party_id": "STAYS", "taken_at": at("2025-04"),
                       "called_at": at("2025-04").replace(minute=20), "abandoned": False}],
        campaign_contact=[
            {"contact_id": arm, "campaign_id": "C", "party_id": "FALLS", "at": at("2025-05"), "channel": "sms",
             "arm": arm}
            for arm in ("treated", "held_out")
        ],
    )  # fmt: skip


def test_who_has_left_stays_in_the_panel_until_the_month_before() -> None:
    rows = made(full())
    gone = {month: row for (party, month), row in rows.items() if party == "GONE"}
    assert max(gone) == WHEN - 1 and gone[WHEN - 1]["lead"] == 1 and gone[WHEN - 6]["lead"] == 6
    stays = {month: row for (party, month), row in rows.items() if party == "STAYS"}
    assert all(row["lead"] is None for row in stays.values())
    slowest = THRESHOLDS.attrition.dormant_months
    assert (stays[LAST]["seen"], stays[BEGIN]["seen"]) == (0, LAST - slowest + 1 - BEGIN)


def test_who_is_at_risk_is_in_no_open_spell_and_the_lead_is_to_its_beginning() -> None:
    """Falls in three customers' assets: one ends in a loss, one is made good, one is still open when the data end."""
    of = sources(
        {
            "GOES": lambda m: 100_000 if m < WHEN else 20_000,
            "BACK": lambda m: 20_000 if WHEN <= m < WHEN + 2 else 100_000,
            "OPEN": lambda m: 100_000 if m < LAST - 1 else 20_000,
        }
    )
    rows = made(of)
    risk = {key: row for key, row in rows.items() if not row["spell"]}
    assert {month for who, month in risk if who == "GOES"} == set(range(BEGIN, WHEN))
    assert risk["GOES", WHEN - 1]["lead"] == 1 and risk["GOES", WHEN - 3]["lead"] == 3
    assert [(rows["GOES", WHEN + k]["spell"], rows["GOES", WHEN + k]["lead"]) for k in (0, 1)] == [(1, 0), (2, 0)]
    assert rows["GOES", BEGIN]["lost"] == WHEN + 2 and ("GOES", WHEN + 2) not in rows
    assert {month for who, month in rows if who == "BACK" and (who, month) not in risk} == {WHEN, WHEN + 1}
    assert all(row["lead"] is None for (who, _), row in rows.items() if who in ("BACK", "OPEN"))
    assert (rows["OPEN", LAST]["spell"], rows["OPEN", LAST]["under_way"]) == (2, "fall"), "scored, not learnt from"
    read_back = read_panel(read(panel.of(of, BEGIN, LAST, THRESHOLDS)))
    assert read_back.table.num_rows == len(risk) and not set(read_back.features) & {"spell", "under_way", "lost"}
    assert read_back.end == LAST - THRESHOLDS.attrition.dormant_months + 1


def test_a_loss_whose_spell_may_not_be_over_is_not_learnt_from_either() -> None:
    """Closing shows at once, dormancy after six months: of the newest five months nobody knows the whole hazard."""
    closed = {"LATE": months.last_day(LAST - 4), "EARLY": months.last_day(LAST - 5)}
    rows = made(sources({"LATE": steady, "EARLY": steady}, closed=closed))
    assert rows["EARLY", LAST - 6]["lead"] == 1
    assert {row["lead"] for (who, _), row in rows.items() if who == "LATE"} == {None}
    assert rows["LATE", LAST - 6]["lost"] == LAST - 4 and rows["LATE", LAST - 6]["seen"] == 1


def test_of_open_spells_the_share_that_ended_in_a_loss_is_told_by_kind_and_length() -> None:
    falls = {f"GOES{k}": lambda m: 100_000 if m < WHEN else 20_000 for k in range(30)}
    backs = {f"BACK{k}": lambda m: 20_000 if WHEN <= m < WHEN + 1 else 100_000 for k in range(10)}
    rows = panel.of(sources({**falls, **backs}), BEGIN, LAST, THRESHOLDS)
    counted = read(Spells.counted(rows, LAST - 5))
    assert {(row["under_way"], row["spell"]): (row["n"], row["ended"]) for row in counted.to_pylist()} == {
        ("fall", 1): (40, 30),
        ("fall", 2): (30, 30),
    }
    now = pa.table({"spell": [0, 1, 2, 7], "under_way": [None, "fall", "fall", "fall"]})
    none, first, second, longer = Spells.of(counted).ending_in_loss(now)
    assert none == 0 and 0.7 < first < 0.8 < second == longer < 1


def test_features_are_the_figures_of_the_customers_own_months() -> None:
    rows = made(full())
    now = rows["FALLS", WHEN]
    money = {back: 90_000 - 2_000 * (WHEN - back - FIRST) for back in (0, 1, 3, 6, *range(1, 13))}
    assert now["aum"] == money[0] * YUAN
    assert now["aum_ratio_3m"] == pytest.approx(money[0] / money[3])
    assert now["aum_to_baseline"] == pytest.approx(money[0] / (sum(money[back] for back in range(1, 13)) / 12))
    assert now["tenure_months"] == WHEN - months.parse("2020-01")
    assert now["silent_months"] == 2
    stays = {label: rows["STAYS", months.parse(label)] for label in ("2025-03", "2025-04", "2025-05", "2025-06")}
    assert [row["payroll_stopped"] for row in stays.values()] == [0, 1, 1, 1]
    assert [row["complaints_open"] for row in stays.values()] == [1, 1, 1, 0]
    assert [row["family_left"] for row in stays.values()] == [1, 1, 1, 1]
    assert [row["last_recommend"] for row in stays.values()] == [9, 3, 3, 3]
    assert stays["2025-05"]["recommend_change"] == -6
    assert (stays["2025-03"]["wait_minutes"], stays["2025-04"]["wait_minutes"]) == (None, 20)


def test_who_was_held_out_of_a_campaign_was_not_contacted_by_it() -> None:
    assert made(full())["FALLS", months.parse("2025-05")]["campaigns_3m"] == 1


def test_the_panel_knows_at_each_landmark_only_what_was_known_then() -> None:
    landmarks = [WHEN - 1, WHEN + 1]
    compared = panel.assert_no_leak(lambda s, last: panel.of(s, BEGIN, last, THRESHOLDS), full(), landmarks, read)
    assert compared == (3 + 2) * (len(features.NAMES) + 1), "the features, and the months of an open spell"


def test_a_planted_leak_is_caught_and_named() -> None:
    def leaking(of: Sources, last: int) -> ir.Table:
        t = panel.of(of, BEGIN, last, THRESHOLDS)
        ahead = t.made_1m.lead().over(ibis.window(group_by="party_id", order_by="month"))
        return t.mutate(made_ratio=ahead.coalesce(t.made_1m))

    with pytest.raises(panel.LeakFound, match=r"^made_ratio of \w+ at the end of 2025-02 is"):
        panel.assert_no_leak(leaking, full(), [WHEN - 1], read)


def test_a_column_made_from_the_outcome_is_caught() -> None:
    """The customer's whole life told by a state table: whoever will leave carries a mark long before."""

    def leaking(of: Sources, last: int) -> ir.Table:
        gone = of.party.select(who="party_id", gone=of.party.left_on.notnull().cast("float64"))
        t = panel.of(of, BEGIN, last, THRESHOLDS).left_join(gone, ibis._.party_id == gone.who).drop("who")
        return t.mutate(company=t.gone).drop("gone")

    with pytest.raises(panel.LeakFound, match=r"^company of GONE"):
        panel.assert_no_leak(leaking, full(), [WHEN - 3], read)


def test_being_at_risk_only_because_of_what_came_later_is_caught() -> None:
    def survivors(of: Sources, last: int) -> ir.Table:
        t = panel.of(of, BEGIN, last, THRESHOLDS)
        return t.filter(t.party_id.notin(["GONE"])) if last > WHEN - 3 else t

    with pytest.raises(panel.LeakFound, match="GONE is at risk"):
        panel.assert_no_leak(survivors, full(), [WHEN - 3], read)


def test_comparing_nothing_is_no_proof() -> None:
    with pytest.raises(InputError):
        panel.assert_no_leak(lambda s, last: panel.of(s, BEGIN, last, THRESHOLDS), full(), [], read)


def test_money_in_a_foreign_currency_counts_at_its_rate_and_without_one_not_at_all() -> None:
    of = sources({"P": steady})
    double = replace(of, accounts=of.accounts.mutate(factor=ibis.literal(2_000_000, "int64")))
    none = replace(of, accounts=of.accounts.mutate(factor=ibis.null("int64")))
    for each, aum in ((of, 100_000), (double, 200_000), (none, 0)):
        assert listed(customer_months.build(each, LAST, LAST))[0]["aum"] == aum * YUAN


def test_a_balance_holds_until_the_next_row() -> None:
    of = sources({"P": steady})
    early = replace(of, balances=of.balances.filter(of.balances.month <= FIRST))
    assert {row["aum"] for row in listed(customer_months.build(early, FIRST, LAST))} == {100_000 * YUAN}


def test_every_feature_speaks_for_a_known_cause_in_both_languages() -> None:
    assert len(set(features.NAMES)) == len(features.FEATURES) >= 40
    for feature in features.FEATURES:
        assert feature.cause in causes.CAUSES and feature.zh and feature.en and feature.unit and feature.reason
