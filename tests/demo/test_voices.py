"""Contacts, trials, queues, surveys, complaints, departures: what is planted can be found, and only there."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pytest

from tenure.demo import DemoBank
from tenure.demo.clock import NEVER
from tenure.demo.contacts import BUY_ALONE, BUY_CONTACTED
from tenure.demo.people import RESPONSES
from tenure.demo.society import Society, gather


@pytest.fixture(scope="module")
def town() -> Society:
    return gather(DemoBank(customers=30_000, months=24, until=date(2025, 12, 31), seed=5))


def count(sql: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(sql.sql(query).fetchall()[0][0])


def test_the_held_out_arm_has_no_contact(sql: duckdb.DuckDBPyConnection) -> None:
    held = count(sql, "select count(*) from campaign_contact where arm = 'held_out'")
    assert held > 20
    assert (
        count(
            sql,
            """select count(*) from campaign_contact
               where arm = 'held_out' and (channel is not null or outcome is not null)""",
        )
        == 0
    )
    assert (
        count(
            sql,
            """select count(*) from campaign_contact c join interaction i using (party_id)
           where c.arm = 'held_out' and i.purpose = '产品推荐'
           and abs(date_diff('day', c."at"::date, i."at"::date)) <= 30""",
        )
        == 0
    )


def test_only_those_who_agree_are_in_a_campaign(sql: duckdb.DuckDBPyConnection) -> None:
    assert (
        count(sql, "select count(*) from campaign_contact join party using (party_id) where not consent_marketing") == 0
    )


def test_contact_sells_to_the_persuadable_and_harms_the_undisturbed(town: Society) -> None:
    trial = town.trial
    response = town.people.response[trial.party]
    lift = {
        kind: trial.bought[trial.treated & (response == number)].mean()
        - trial.bought[~trial.treated & (response == number)].mean()
        for number, kind in enumerate(RESPONSES)
    }
    assert lift["persuadable"] == pytest.approx(0.22, abs=0.04)
    assert lift["sure"] == pytest.approx(0.0, abs=0.04)
    assert lift["lost_cause"] == pytest.approx(0.0, abs=0.02)
    assert lift["do_not_disturb"] == pytest.approx(-0.18, abs=0.06)


def test_whom_a_contact_moves_is_told_in_part_by_age(town: Society) -> None:
    trial, people = town.trial, town.people
    own = (BUY_CONTACTED - BUY_ALONE)[people.response[trial.party]]
    old = (trial.day - people.birth[trial.party]) / 365.25 > 55
    assert own[~old].mean() > 0.04 and own[old].mean() < -0.04, "leaving the old in peace pays"
    assert (own[old] > 0).any() and (own[~old] < 0).any(), "age does not tell everything"


def test_whoever_a_campaign_sold_to_opened_an_account_of_what_was_offered(sql: duckdb.DuckDBPyConnection) -> None:
    bought, opened = sql.sql(
        """select count(*), count(*) filter (exists (
             select 1 from holding h where h.party_id = t.party_id and h.opened_on = t.bought_on
             and h.category = p.category))
           from truth_campaign t join campaign_contact c using (contact_id)
           join product p using (product_id) where t.bought_on is not null"""
    ).fetchall()[0]
    assert bought > 30
    assert opened == bought


def test_a_contact_costs_what_its_channel_costs_and_the_held_out_nothing(sql: duckdb.DuckDBPyConnection) -> None:
    assert count(sql, "select count(*) from campaign_contact where (cost is null) <> (arm = 'held_out')") == 0
    calls, messages = sql.sql(
        """select median(cost) filter (channel = 'phone'), max(cost) filter (channel = 'mobile')
           from campaign_contact"""
    ).fetchall()[0]
    assert calls == pytest.approx(650, rel=0.1)
    assert messages == 8
    told = sql.sql("select campaign_id, sum(cost) from campaign_contact group by 1 order by 1").fetchall()
    assert told == sql.sql("select campaign_id, spent from truth_price order by 1").fetchall()


def test_the_true_price_of_keeping_is_what_was_spent_on_those_a_campaign_kept(town: Society) -> None:
    trial, leaving = town.trial, town.leaving
    assert trial.saved.sum() > 10
    assert not (trial.saved & ~trial.treated).any() and not (trial.annoyed & ~trial.treated).any()
    assert leaving.rescued[trial.party[trial.saved]].all()
    assert leaving.annoyed[trial.party[trial.annoyed]].all()
    assert (town.people.response[trial.party[trial.saved]] == RESPONSES.index("persuadable")).all()
    assert len(np.unique(trial.party[trial.saved])) == trial.saved.sum()


def test_a_fifth_of_a_campaign_is_held_out(town: Society) -> None:
    assert (~town.trial.treated).mean() == pytest.approx(0.2, abs=0.02)


def test_loyalty_more_than_satisfaction_decides_who_leaves(town: Society) -> None:
    people, planned = town.people, town.leaving.planned[: town.persons] < NEVER
    alive = ~people.quiet
    by_loyalty = people.loyalty[alive & ~planned].mean() - people.loyalty[alive & planned].mean()
    by_satisfaction = people.satisfaction[alive & ~planned].mean() - people.satisfaction[alive & planned].mean()
    assert by_loyalty > 1.3 * by_satisfaction > 0


def test_a_contact_keeps_only_the_persuadable(town: Society) -> None:
    response = np.concatenate([town.people.response, town.companies.response])
    assert town.leaving.rescued.sum() > 30
    assert (response[town.leaving.rescued] == RESPONSES.index("persuadable")).all()
    assert (response[town.leaving.annoyed] == RESPONSES.index("do_not_disturb")).all()


def test_nobody_does_anything_after_leaving_or_before_coming(sql: duckdb.DuckDBPyConnection) -> None:
    for table, day in (
        ("interaction", '"at"'),
        ("campaign_contact", '"at"'),
        ("queue_ticket", "taken_at"),
        ("redemption", '"at"'),
        ("survey_response", "answered_at"),
        ("complaint", "received_at"),
    ):
        outside = count(
            sql,
            f"""select count(*) from {table} join party using (party_id) left join truth_party t using (party_id)
                where {day}::date < since or {day}::date > t.left_on""",
        )
        assert outside == 0, table


def test_leavers_move_their_money_to_their_own_account_elsewhere(sql: duckdb.DuckDBPyConnection) -> None:
    leavers, moved = sql.sql(
        """select count(*), count(*) filter (exists (
             select 1 from transaction t join account a using (account_id)
             where a.party_id = p.party_id and t.same_name and t.kind = 'transfer_out'
             and t.booked_at::date between p.left_on - 50 and p.left_on))
           from truth_party p where left_on is not null and cause <> 'death' and not quiet"""
    ).fetchall()[0]
    assert leavers > 40
    assert moved > 0.8 * leavers


def test_salaries_stop_before_their_owner_leaves(sql: duckdb.DuckDBPyConnection) -> None:
    paid = count(
        sql,
        """select count(*) from transaction join account using (account_id) join truth_party t using (party_id)
           where kind = 'payroll' and cause <> 'matured_not_contacted' and booked_at::date > left_on - 25""",
    )
    assert paid == 0


def test_some_who_leave_close_their_accounts_and_some_fall_silent(sql: duckdb.DuckDBPyConnection) -> None:
    became = dict(
        sql.sql("select what_became, count(*) from truth_party where left_on is not null group by 1").fetchall()
    )
    assert became["closed"] > 10 and became["silent"] > 20
    closed_in_books = count(sql, "select count(*) from party where left_on is not null")
    assert closed_in_books == count(
        sql,
        "select count(*) from truth_party where left_on is not null and what_became in ('closed', 'driven_away') "
        "and party_id in (select party_id from party where left_on is not null)",
    )
    open_current = count(
        sql,
        """select count(*) from party p join holding h using (party_id)
           where p.left_on is not null and h.closed_on is null""",
    )
    assert open_current == 0


def test_a_counter_serves_one_customer_at_a_time_and_none_before_they_came(sql: duckdb.DuckDBPyConnection) -> None:
    served, hasty, crowded = sql.sql(
        """with turns as (select *, lag(ended_at) over (partition by org_id, counter_no, taken_at::date
                                                        order by called_at) as before
                          from queue_ticket where not abandoned)
           select count(*), count(*) filter (called_at < taken_at), count(*) filter (called_at < before) from turns"""
    ).fetchall()[0]
    assert served > 2000 and (hasty, crowded) == (0, 0)


def test_queues_are_realistic(sql: duckdb.DuckDBPyConnection) -> None:
    given_up, typical, long = sql.sql(
        """select avg(abandoned::int), quantile_cont(date_diff('second', taken_at, called_at), 0.5) / 60,
                  quantile_cont(date_diff('second', taken_at, called_at), 0.9) / 60 from queue_ticket"""
    ).fetchall()[0]
    assert 0.01 < given_up < 0.15
    assert typical < 10 < long < 45


def test_counter_bookings_happen_while_the_customer_stands_there(sql: duckdb.DuckDBPyConnection) -> None:
    bookings, elsewhere = sql.sql(
        """select count(*), count(*) filter (not exists (
             select 1 from queue_ticket q where q.party_id = a.party_id
             and t.booked_at between q.called_at and q.ended_at))
           from transaction t join account a using (account_id)
           where channel = 'counter' and memo in ('存现', '取现')"""
    ).fetchall()[0]
    assert bookings > 300 and elsewhere == 0


def test_the_begging_outlet_has_marks_too_good_to_be_true(town: Society) -> None:
    from tenure.demo.voices import answer, complain

    answers = answer(town, complain(town))
    begged = (answers.moment == 0) & (answers.outlet == town.organisation.begging)
    honest = (answers.moment == 0) & ~begged
    assert answers.recommend[begged].mean() > answers.recommend[honest].mean() + 0.7
    true_mood = town.people.satisfaction
    here = town.people.outlet == town.organisation.begging
    assert abs(true_mood[here].mean() - true_mood[~here].mean()) < 0.15


def test_answers_come_from_those_who_agreed_and_rather_from_the_extremes(town: Society) -> None:
    from tenure.demo.voices import answer, complain

    answers = answer(town, complain(town))
    assert town.consents["experience"][answers.party].all()
    mood = town.people.satisfaction[answers.party[answers.party < town.persons]]
    assert (np.abs(mood) > 1.5).mean() > (np.abs(town.people.satisfaction) > 1.5).mean()


def test_satisfied_words_follow_good_marks(sql: duckdb.DuckDBPyConnection) -> None:
    good = sql.sql("select avg(recommend) from survey_response where words like '%满意%' or words like '%很快%'")
    poor = sql.sql("select avg(recommend) from survey_response where words like '%太久%' or words like '%态度差%'")
    assert good.fetchall()[0][0] > 8.5
    assert poor.fetchall()[0][0] < 6.5


def test_complaints_carry_three_codes_and_a_clock(sql: duckdb.DuckDBPyConnection) -> None:
    made, coded, sane = sql.sql(
        """select count(*), count(*) filter (channel_code is not null and business_code is not null
                                             and cause_code is not null and words is not null),
                  count(*) filter ((state = 'open') = (closed_at is null)
                                   and coalesce(closed_at > received_at, true)) from complaint"""
    ).fetchall()[0]
    assert made > 15 and coded == made and sane == made


def test_managers_of_more_skill_close_more_talks(town: Society) -> None:
    made = town.interactions
    skill = np.array([w.skill for w in town.organisation.workers])[made.worker]
    done = made.outcome == 0
    assert done[skill > 0.65].mean() > done[skill < 0.45].mean()


def test_everybody_who_answered_had_been_asked_and_nobody_who_refused(sql: duckdb.DuckDBPyConnection) -> None:
    unasked = count(
        sql,
        """select count(*) from survey_response r where not exists (
             select 1 from survey_invitation i where i.party_id = r.party_id and i.asked_at = r.asked_at
             and i.moment = r.moment and i.outcome = 'drawn')""",
    )
    assert unasked == 0
    assert count(sql, "select count(*) from survey_invitation where outcome = 'no_consent'") > 100
    refused = "outcome = 'no_consent' and (state is not null or sent_at is not null or channel is not null)"
    assert count(sql, f"select count(*) from survey_invitation where {refused}") == 0


def test_answers_alone_are_too_good_because_the_old_are_kinder_and_answer_at_the_counter(town: Society) -> None:
    from tenure.demo.voices import answer, complain

    asked = answer(town, complain(town)).asked
    old = np.concatenate([town.people.age(town.window.end) > 65, np.zeros(len(town.companies), bool)])[asked.party]
    heard, could = asked.replied <= town.window.end, asked.agrees
    counter = asked.moment == 0
    assert heard[old & counter & could].mean() > 1.5 * heard[~old & counter & could].mean()
    assert heard[old & ~counter & could].mean() < 0.6 * heard[~old & ~counter & could].mean()
    assert asked.would[old].mean() > asked.would[~old].mean() + 1
    assert asked.would[heard & counter].mean() > asked.would[could & ~heard & counter].mean() + 0.15
    assert not heard[~could].any()


def test_begged_answers_come_while_the_customer_still_stands_there(sql: duckdb.DuckDBPyConnection) -> None:
    begging, elsewhere = (
        count(
            sql,
            f"""select 1000 * avg((date_diff('second', asked_at, answered_at) < 90)::int) from survey_response
                join truth_outlet using (org_id) where {which} begs_for_marks and moment = 'counter_service'""",
        )
        for which in ("", "not")
    )
    assert begging > 300 and elsewhere < 50
