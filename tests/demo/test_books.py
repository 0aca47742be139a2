"""Books hold to the fen, nothing happens outside an account's life, and both sides of a payment agree."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.demo.clock import NEVER, Window
from tenure.demo.departures import depart, opening_rows
from tenure.demo.ledger import CARRIED, CLOSING, OPENING, Ledger
from tenure.demo.lives import Leaving

DEPOSITS = "('demand_deposit', 'time_deposit', 'certificate_of_deposit')"


def one(sql: duckdb.DuckDBPyConnection, query: str) -> tuple[object, ...]:
    row: tuple[object, ...] = sql.sql(query).fetchall()[0]
    return row


def test_a_deposit_s_balance_is_the_last_one_and_the_day_s_transactions(sql: duckdb.DuckDBPyConnection) -> None:
    rows, wrong, moved = one(
        sql,
        f"""
        with moved as (select account_id, booked_at::date as day, sum(amount) as amount from transaction group by all),
        steps as (
          select b.*, balance - lag(balance) over (partition by account_id order by day) as step
          from balance b join holding h using (account_id) where category in {DEPOSITS})
        select count(*), count(*) filter (step <> coalesce(m.amount, 0)), sum(m.amount <> 0)
        from steps left join moved m using (account_id, day) where step is not null""",
    )
    assert wrong == 0
    assert rows > 50_000 and moved > 50_000  # type: ignore[operator]


def test_every_deposit_that_began_in_the_history_begins_with_its_own_transactions(
    sql: duckdb.DuckDBPyConnection,
) -> None:
    found = sql.sql(
        f"""
        with first as (select account_id, min(day) as day, arg_min(balance, day) as balance from balance group by 1)
        select count(*), count(*) filter (f.day <> h.opened_on),
               count(*) filter (f.balance <> (select sum(amount) from transaction t
                                              where t.account_id = h.account_id and t.booked_at::date = f.day))
        from holding h join first f using (account_id)
        where category in {DEPOSITS} and h.opened_on >= (select min(day) + 1 from balance)"""
    ).fetchall()[0]
    assert found[0] > 100 and found[1:] == (0, 0)


def test_every_transaction_changes_a_balance_that_day(sql: duckdb.DuckDBPyConnection) -> None:
    lost = one(
        sql,
        "select count(*) from transaction t anti join balance b on t.account_id = b.account_id "
        "and t.booked_at::date = b.day",
    )
    assert lost == (0,)


def test_no_current_account_is_overdrawn_and_no_loan_overpaid(sql: duckdb.DuckDBPyConnection) -> None:
    assert one(sql, "select count(*) from balance where balance < 0") == (0,)


def test_nothing_happens_outside_an_account_s_life(sql: duckdb.DuckDBPyConnection) -> None:
    for table, day in (("transaction", "booked_at::date"), ("balance", "day")):
        early, late = one(
            sql,
            f"""select count(*) filter ({day} < opened_on), count(*) filter ({day} > closed_on)
                from {table} join account using (account_id)""",
        )
        assert (early, late) == (0, 0), table


def test_a_closed_account_ends_at_zero(sql: duckdb.DuckDBPyConnection) -> None:
    closed, left = one(
        sql,
        """select count(*), count(*) filter (last <> 0)
           from account
           join (select account_id, arg_max(balance, day) as last from balance group by 1) using (account_id)
           where closed_on is not null""",
    )
    assert left == 0 and closed > 200  # type: ignore[operator]


def test_what_is_owed_on_a_card_is_what_was_spent_and_not_repaid(sql: duckdb.DuckDBPyConnection) -> None:
    cards, wrong = one(
        sql,
        """select count(*), count(*) filter (owed + moved <> 0) from
           (select account_id, arg_max(balance, day) as owed from balance group by 1)
           join (select account_id, sum(amount) as moved from transaction group by 1) using (account_id)
           join holding using (account_id) where category = 'credit_card'""",
    )
    assert wrong == 0 and cards > 20  # type: ignore[operator]


def test_an_instalment_lowers_a_mortgage(sql: duckdb.DuckDBPyConnection) -> None:
    months, rose, repaid = one(
        sql,
        """with steps as (select b.*, balance - lag(balance) over (partition by account_id order by day) as step
                          from balance b join holding using (account_id) where category = 'mortgage')
           select count(*), count(*) filter (step >= 0), count(*) filter (exists (
             select 1 from transaction t where t.counterparty_account = steps.account_id
             and t.kind = 'loan_repayment' and t.booked_at::date = steps.day and -t.amount > -steps.step))
           from steps where step is not null""",
    )
    assert months > 300 and rose == 0  # type: ignore[operator]
    assert repaid == months


def test_a_payment_between_customers_is_the_same_on_both_accounts(sql: duckdb.DuckDBPyConnection) -> None:
    pairs, missing = one(
        sql,
        """with own as (select t.*, a.party_id from transaction t join account a using (account_id)),
           out as (select * from own where memo in ('货款', '家用', '分红') and amount < 0
                   and counterparty_account is not null)
           select count(*), count(*) filter (not exists (
             select 1 from own i where i.account_id = out.counterparty_account and i.amount = -out.amount
             and i.booked_at = out.booked_at and i.counterparty_account = out.account_id)) from out""",
    )
    assert pairs > 300 and missing == 0  # type: ignore[operator]


def test_a_company_pays_out_exactly_what_its_employees_receive(sql: duckdb.DuckDBPyConnection) -> None:
    days, wrong = one(
        sql,
        """with given as (
             select account_id, booked_at::date as day, memo, -sum(amount) as amount from transaction
             where memo in ('代发工资', '代发年终奖') and kind = 'transfer_out' and channel = 'online' group by all),
           taken as (
             select counterparty_account as account_id, booked_at::date as day, memo, sum(amount) as amount
             from transaction where kind = 'payroll' and counterparty_account is not null group by all)
           select count(*), count(*) filter (given.amount is distinct from taken.amount)
           from given full join taken using (account_id, day, memo)""",
    )
    assert wrong == 0 and days > 100  # type: ignore[operator]


def test_payroll_arrives_once_a_month_from_the_first_to_the_last(sql: duckdb.DuckDBPyConnection) -> None:
    people, gaps, doubles = one(
        sql,
        """with months as (
             select account_id, date_trunc('month', booked_at) as month, count(*) as times from transaction
             where kind = 'payroll' and memo = '代发工资' group by all),
           runs as (select account_id, count(*) as months, max(times) as most,
                    date_diff('month', min(month), max(month)) + 1 as span from months group by 1)
           select count(*), count(*) filter (months <> span), count(*) filter (most > 1) from runs""",
    )
    assert people > 100 and (gaps, doubles) == (0, 0)  # type: ignore[operator]


def test_a_thirteenth_month_comes_before_spring_festival(sql: duckdb.DuckDBPyConnection) -> None:
    days = sql.sql("select distinct booked_at::date from transaction where memo = '代发年终奖' order by 1").fetchall()
    assert [d[0] for d in days] == [date(2025, 1, 16), date(2026, 2, 4)]


def test_investments_suit_the_customer_s_attitude_to_risk(sql: duckdb.DuckDBPyConnection) -> None:
    held, bold = one(
        sql,
        """select count(*), count(*) filter (risk_level > risk_rating) from holding join party using (party_id)
           where risk_level is not null and kind = 'person'""",
    )
    assert bold == 0 and held > 500  # type: ignore[operator]


def test_nothing_is_sold_before_its_launch_or_after_its_withdrawal(sql: duckdb.DuckDBPyConnection) -> None:
    assert one(sql, "select count(*) from holding where opened_on < launched_on or opened_on > withdrawn_on") == (0,)


def test_nobody_uses_mobile_banking_before_signing_up(sql: duckdb.DuckDBPyConnection) -> None:
    used, early = sql.sql(
        """with signed as (select party_id, min(opened_on) as day from holding
                           where category = 'mobile_banking' group by 1)
           select count(*), count(*) filter (s.day is null or booked_at::date < s.day)
           from transaction t join holding h using (account_id) left join signed s using (party_id)
           where channel = 'mobile' and h.category = 'demand_deposit'"""
    ).fetchall()[0]
    assert early == 0 and used > 10_000


WINDOW = Window(date(2025, 12, 31), 6, 3)


@settings(max_examples=40, deadline=None)
@given(
    flows=st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 180), st.integers(-900_000, 900_000)), min_size=1, max_size=60
    ),
    leaves=st.integers(80, 170),
)
def test_any_plan_of_payments_settles_without_an_overdraft(flows: list[tuple[int, int, int]], leaves: int) -> None:
    """Three customers: one stays, one falls silent, one closes. Whatever they plan, their books hold."""
    rng = np.random.default_rng(1)
    me = np.arange(3)
    ledger = Ledger(WINDOW, 3)
    since = np.full(3, WINDOW.start - 100)
    ends = np.array([NEVER, WINDOW.start + leaves, WINDOW.start + leaves])
    closes = np.array([False, False, True])
    gone = np.where(closes, ends, NEVER)
    ledger.accounts.open(me, 0, since, gone)
    opening_rows(rng, ledger, me, since, np.zeros(3, bool), np.array([50.0, 800.0, 0.0]), gone)
    who, day, amount = (np.array(x) for x in zip(*flows, strict=True))
    ledger.post(who, WINDOW.start + day, 40_000, amount, "other", "system")
    cause = np.where(ends < NEVER, 0, -1)
    leaving = Leaving(ends, cause, closes, ends, np.zeros(3, bool), np.zeros(3, bool))
    depart(rng, ledger, me, leaving, death_possible=True)
    books = ledger.settle(ends, np.empty(0, np.int64), 0.2)
    assert books.balance.min() >= 0
    assert not np.isin(books.rows["role"], (CARRIED, OPENING)).any()
    for account in range(3):
        mine = books.account == account
        rows = books.rows["account"] == account
        assert books.balance[mine][-1] == books.balance[mine][0] + books.rows["amount"][rows].sum()
        plain = rows & (books.rows["role"] != CLOSING)
        assert (books.rows["day"][plain] <= gone[account]).all()
    assert books.balance[books.account == 2][-1] == 0


def test_nobody_holds_a_product_that_is_for_others(sql: duckdb.DuckDBPyConnection) -> None:
    held, wrong, said = one(
        sql,
        """
        select count(*), count(*) filter (r.sold_to <> p.kind), count(r.sold_to)
        from account a join product r using (product_id) join party p on p.party_id = a.party_id""",
    )
    assert wrong == 0
    assert held > said > 1_000  # type: ignore[operator]
