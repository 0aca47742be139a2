"""Bank value and needs: time beside adding up the same holdings, on made-up customers.

Run ``python bench/needs.py`` (100,000 customers, three holdings each) or ``--full`` (1,000,000). Prints ratios of times
in one run; ``--threads`` goes to DuckDB.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date

import ibis

from tenure.insight import needs, stages_kept, value

AS_OF = date(2026, 10, 31)
HOLDINGS = """
create table held as select 'P' || (i // 3) party_id, 'A' || i account_id, 'X' product_id,
  case i % 3 when 0 then 'demand_deposit' when 1 then 'fund' else 'mortgage' end category,
  case i % 3 when 0 then 'deposit' when 1 then 'investment' else 'loan' end side,
  (hash(i) % 100000000)::bigint average, 3.5::double annual_rate, date '2027-10-31' matures_on, null::date closed_on
from range({accounts}) r(i)"""
PRODUCTS = """
create table product as select 'X' product_id, null::double spread, 'wealth_management' category, 'R2' risk_level,
  null::date launched_on, null::date withdrawn_on, null::varchar sold_to"""
CUSTOMERS = """
create table customer as select 'P' || i party_id, case when i % 50 = 0 then 'company' else 'person' end kind,
  case i % 2 when 0 then 'female' else 'male' end sex, date '1960-01-01' + (i * 7 % 18000)::int birth_date,
  case when i % 50 > 0 and i % 3 = 0 then 'P' || (i % ({customers} // 5000) * 50) end employer_id, 'R3' risk_rating,
  date '2026-05-01' risk_rated_on, null::date left_on, true consent_marketing, (hash(i) % 50000000)::bigint deposit,
  0::bigint investment, 0::bigint loan,
  case i % 4 when 0 then '["fund"]' when 1 then '["insurance","credit_card"]' else '["time_deposit"]' end categories,
  i % 200 transactions_12m, 1000::bigint inflow_3m,
  1000::bigint outflow_3m, i % 13 payroll_months, date '2026-10-10' payroll_last_on, 0::bigint maturing_90d,
  null::date next_maturity_on, 0 open_complaints from range({customers}) r(i)"""
RELATIONS = """
create table relation as select 'P' || i party_id, 'P' || (i + 1) other_id,
  case i % 4 when 0 then 'spouse' when 1 then 'household' when 2 then 'child' else 'supplier' end kind,
  date '2020-01-01' + (i % 2500)::int since, null::date until from range({customers}) r(i)"""
ACCOUNTS = """
create table account as select account_id, party_id, category, side, 1000000::bigint factor, closed_on,
  date '2020-01-01' + (hash(account_id) % 2490)::int opened_on from held"""
#: Half a year of four bookings a customer and month: an eighth each is pay and other credits, one in 200 of them large.
TRANSACTIONS = """
create table booked as select 'T' || i transaction_id, 'A' || (i % {customers} * 3) account_id,
  timestamp '2026-05-01' + to_days((i // {customers} * 180 // 24)::int) booked_at,
  case when i % 8 > 1 then -20000 when hash(i) % 200 = 0 then 9000000 else (hash(i) % 800000)::bigint end amount,
  false same_name, case i % 8 when 0 then 'payroll' when 1 then 'transfer_in' else 'card_payment' end kind
from range({customers} * 24) r(i)"""
CUBE = """
create table cube as select account_id, (24000 + i)::bigint "month", 500000::bigint inflow
from account, range(12) m(i) where side = 'deposit'"""


def timed(con: ibis.BaseBackend, name: str, expr: ibis.Table) -> float:
    begun = time.perf_counter()
    with stages_kept():
        con.create_table(name, expr)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    customers = 1_000_000 if given.full else 100_000
    con = ibis.duckdb.connect(threads=given.threads)
    for sql in (HOLDINGS, PRODUCTS, CUSTOMERS, RELATIONS, ACCOUNTS, TRANSACTIONS, CUBE):
        con.raw_sql(sql.format(accounts=3 * customers, customers=customers))
    curve = ", ".join(f"pow(0.99, {k}) s_{k}" for k in range(1, 13))
    con.raw_sql(f"create table survival as select party_id, {curve} from customer")
    con.raw_sql("create table usage as select party_id, 100 fees_12m, 20 made_counter_12m from customer")
    held, product, customer = (con.table(name) for name in ("held", "product", "customer"))
    base = timed(con, "base", held.group_by("party_id").aggregate(total=held.average.sum()))
    found = value.of_customers(held, product, con.table("usage"), con.table("survival"), value.load(), AS_OF)
    spent = timed(con, "worth", found)
    print(f"value   {customers:,} customers: {spent:.1f} s, {spent / base:.0f} × adding the holdings up")
    rules = needs.load()
    account, relation = con.table("account"), con.table("relation")
    spent = timed(con, "received", needs.receipts(con.table("booked"), account, rules))
    spent += timed(con, "usually", needs.usual_inflow([con.table("cube")], account))
    print(f"credits {customers:,} customers, once a month: {spent:.1f} s, {spent / base:.0f} ×")
    seen = needs.customers(
        customer, customer, relation, AS_OF, rules, accounts=account, receipts=con.table("received"),
        usual=con.table("usually"),
    )  # fmt: skip
    parts = [timed(con, "wanting", seen)]
    wanting = con.table("wanting")
    parts.append(timed(con, "related", needs.related(wanting, needs.in_force(relation, AS_OF), rules)))
    proposed = needs.proposals(wanting, product, AS_OF, rules, related=con.table("related"))
    parts.append(timed(con, "proposed", proposed))
    told = " + ".join(f"{part:.1f}" for part in parts)
    print(f"needs   {customers:,} customers: {told} s, {sum(parts) / base:.0f} × adding the holdings up")
    print(f"peak    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
