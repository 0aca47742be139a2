"""How fast the night's figures are, beside hand-written SQL and pandas, on data made for the purpose.

    python bench/features.py                     10,000 customers, 500,000 transactions
    python bench/features.py --full              1,000,000 customers, 50,000,000 transactions
    python bench/features.py --flat [--full]     the cost of one more customer, at 10,000 and 100,000 (and 1,000,000)
    python bench/features.py --months 36 [--full]  only the nights, the same transactions spread over so many months

In one run: our roll-ups and features (full; then the night after one more day), one DuckDB query for the same
columns written by hand, and pandas; equal sums are checked, ratios printed. Each part runs in a process of its own,
so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

AS_OF = date(2026, 11, 15)
NEXT_DAY = AS_OF + timedelta(days=1)
#: What the peers are written for.
YEAR = 12


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--customers", type=int, default=10_000)
    arguments.add_argument("--transactions", type=int, default=500_000)
    arguments.add_argument("--full", action="store_true", help="1,000,000 customers, 50,000,000 transactions")
    arguments.add_argument("--flat", action="store_true", help="only how the cost grows with the customers")
    arguments.add_argument("--folder", type=Path, help="where to keep the data; a temporary folder when left out")
    arguments.add_argument("--months", type=int, default=YEAR, help="of history; other than 12: only the nights")
    arguments.add_argument("--no-pandas", action="store_true")
    arguments.add_argument("--part", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.full:
        asked.customers, asked.transactions = 1_000_000, 50_000_000
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        if asked.flat:
            flat(Path(scratch), [10_000, 100_000, *([1_000_000] if asked.full else [])])
            return
        if not (folder / "made.json").exists():
            began = time.perf_counter()
            make(folder, asked.customers, asked.transactions, asked.months)
            print(f"made {asked.transactions:,} transactions in {time.perf_counter() - began:.0f} s", flush=True)
        peers = ("ours", "sql", *([] if asked.no_pandas else ["pandas"])) if asked.months == YEAR else ()
        compare(folder, asked.customers, peers)


def compare(folder: Path, customers: int, peers: Sequence[str]) -> None:
    """Run every part, check that all agree, print ratios."""
    done: dict[str, dict[str, Any]] = {}
    for name in (*peers, "night", "next night"):
        done[name] = part(folder, name)
        line = done[name]
        print(
            f"{name:12} {line['seconds']:8.2f} s   peak {line['peak_gb']:5.2f} GB   {line.get('note', '')}", flush=True
        )
    if peers:
        sums = {name: done[name]["sums"] for name in done if "sums" in done[name]}
        different = {name: each for name, each in sums.items() if each != sums["ours"]}
        if different:
            sys.exit(f"✗ the sums differ: {sums}")
        print(f"✓ equal sums in {', '.join(sums)}")
        ours = done["ours"]["seconds"]
        for peer, name, wanted in (("sql", "hand-written SQL", 1.3), ("pandas", "pandas", 0.5)):
            if peer in done:
                print(f"features / {name:23} {ours / done[peer]['seconds']:6.2f} ×   (at most {wanted})")
        print(f"features per customer              {ours / customers * 1e6:6.1f} µs")
    full, after = done["night"], done["next night"]
    for what, wanted in (("features", "   (at least 10)"), ("without insight", "   (at least 10)"), ("seconds", "")):
        name = {"seconds": "with insight"}.get(what, what)
        print(f"full night / after one more day, {name:16} {full[what] / after[what]:6.1f} ×{wanted}")


def flat(scratch: Path, sizes: list[int]) -> None:
    """The features' seconds at each size, each the best of three; less what a hundred customers take, per customer.

    What a hundred take is the engine's planning and start, which does not grow.
    """
    took = {}
    for customers in (100, *sizes):
        folder = scratch / str(customers)
        make(folder, customers, customers * 50)
        took[customers] = min(part(folder, "ours")["seconds"] for _ in range(3 if customers < 1_000_000 else 1))
    print(f"fixed                    {took[100]:8.2f} s")
    for customers in sizes:
        more = (took[customers] - took[100]) / (customers - 100) * 1e6
        print(f"{customers:>9,} customers  {took[customers]:8.2f} s   {more:6.1f} µs for one more", flush=True)


def part(folder: Path, name: str) -> dict[str, Any]:
    """Run one part in its own process."""
    ran = subprocess.run(
        [sys.executable, __file__, "--part", name, "--folder", str(folder)], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        sys.exit(ran.stderr)
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def timed(work: Any) -> dict[str, Any]:
    began = time.perf_counter()
    result: dict[str, Any] = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"seconds": time.perf_counter() - began, "peak_gb": peak, **result}


# The data --------------------------------------------------------------------------------------------------------


def months_back(number: int) -> list[str]:
    """So many months, the last that of ``AS_OF``."""
    last = AS_OF.year * 12 + AS_OF.month - 1
    return [f"{each // 12}-{each % 12 + 1:02d}" for each in range(last - number + 1, last + 1)]


def make(folder: Path, customers: int, transactions: int, history: int = YEAR) -> None:
    """A lake of one bulk delivery up to ``AS_OF``, and beside it the files of one more day."""
    import duckdb

    from tenure.lake import Lake

    lake = Lake.create(folder / "lake", bank="bench", currency="CNY")
    con = duckdb.connect(
        config={"memory_limit": "4GB", "temp_directory": str(folder), "preserve_insertion_order": False}
    )
    con.execute("SELECT setseed(0.5)")
    state = {
        "organisation": "SELECT 'O' || i AS org_id, 'Outlet ' || i AS name, CAST(NULL AS VARCHAR) AS name_en,"
        " CASE WHEN i = 0 THEN NULL ELSE 'O0' END AS parent_id, 'outlet' AS kind FROM range(200) t(i)",
        "party": "SELECT printf('C%012d', i) AS party_id, 'person' AS kind, 'Name ' || i AS name,"
        f" 'O' || (i % 200) AS org_id, DATE '2015-01-01' AS since FROM range({customers}) t(i)",
        "product": "SELECT * FROM (VALUES ('P1', 'Demand', 'demand_deposit'), ('P2', 'Term', 'time_deposit'),"
        " ('P3', 'Wealth', 'wealth_management')) t(product_id, name, category)",
        "account": "SELECT printf('6222%015d', i) AS account_id, printf('C%012d', i) AS party_id, 'P1' AS product_id,"
        f" DATE '2015-01-01' AS opened_on, 'CNY' AS currency FROM range({customers}) t(i)"
        " UNION ALL SELECT printf('7%018d', i), printf('C%012d', i), 'P' || (2 + i % 2), DATE '2024-03-01', 'CNY'"
        f" FROM range(0, {customers}, 3) t(i)",
    }
    files = []
    months = months_back(history)
    per_day = transactions // (AS_OF - date.fromisoformat(f"{months[0]}-01") + timedelta(days=1)).days
    for name, query in state.items():
        files.append(_write(con, lake, query, name, "", AS_OF))
    for number, month in enumerate(months):
        first = date.fromisoformat(f"{month}-01")
        following = date.fromisoformat(f"{months[number + 1]}-01") if number + 1 < len(months) else NEXT_DAY
        days = (following - first).days
        files.append(
            _write(
                con, lake, _transactions(customers, per_day * days, first, days, number), "transaction", month, AS_OF
            )
        )
        files.append(
            _write(con, lake, _balances(customers, first, days, with_other=number == 0), "balance", month, AS_OF)
        )
    _commit(lake, AS_OF, files)
    con.execute("SELECT setseed(0.25)")
    after = [
        _write(con, lake, _transactions(customers, per_day, NEXT_DAY, 1, 99), "transaction", months[-1], NEXT_DAY),
        _write(con, lake, _balances(customers // 10, NEXT_DAY, 1, with_other=False), "balance", months[-1], NEXT_DAY),
    ]
    (folder / "after.json").write_text(json.dumps([each.__dict__ for each in after]))
    (folder / "made.json").write_text(json.dumps({"customers": customers, "transactions": transactions}))


def _transactions(customers: int, rows: int, first: date, days: int, seed: int) -> str:
    """Ledger order; a payroll a month for half of the customers, card and mobile for most, some cash."""
    return f"""
        SELECT 'T{seed:02d}-' || i AS transaction_id,
               printf('6222%015d', CAST(floor(pow(random(), 1.5) * {customers}) AS BIGINT)) AS account_id,
               TIMESTAMP '{first} 00:00:00' + to_seconds(CAST(random() * {days} * 86399 AS BIGINT)) AS booked_at,
               CAST((CASE WHEN k < 4 THEN 1 ELSE -1 END) * (100 + pow(random(), 6) * 5e6) AS BIGINT) AS amount,
               ['clearing', 'counter', 'mobile', 'mobile', 'mobile', 'online', 'card', 'card', 'machine',
                'system'][k + 1] AS channel,
               ['payroll', 'cash_in', 'transfer_in', 'transfer_in', 'transfer_out', 'bill_payment', 'card_payment',
                'card_payment', 'cash_out', 'fee'][k + 1] AS kind,
               CAST(NULL AS VARCHAR) AS counterparty_name, k = 4 AND random() < 0.1 AS same_name,
               CAST(NULL AS VARCHAR) AS memo
        FROM (SELECT i, CAST(floor(random() * 10) AS INTEGER) AS k FROM range({rows}) t(i))"""


def _balances(customers: int, first: date, days: int, *, with_other: bool) -> str:
    demand = f"""
        SELECT printf('6222%015d', i) AS account_id, DATE '{first}' + CAST(floor(random() * {days}) AS INTEGER) AS day,
               CAST(pow(random(), 8) * 2e8 AS BIGINT) AS balance FROM range({customers}) t(i)"""
    other = f"""
        UNION ALL SELECT printf('7%018d', i), DATE '{first}', CAST(pow(random(), 4) * 1e8 AS BIGINT)
        FROM range(0, {customers}, 3) t(i)"""
    return demand + (other if with_other else "")


def _write(con: Any, lake: Any, query: str, table: str, month: str, day: date) -> Any:
    """One data file of the lake with all columns of its contract; state tables carry their delivery."""
    from tenure.contracts import LAKE
    from tenure.lake import DataFile
    from tenure.lake.schema import SQL_TYPE

    contract = LAKE[table]
    have = {each[0] for each in con.execute(f"DESCRIBE {query}").fetchall()}
    columns = [f'CAST({c.name if c.name in have else "NULL"} AS {SQL_TYPE[c.kind]}) AS "{c.name}"' for c in contract]
    if not month:
        columns += [f"DATE '{day}' AS _delivered_for", "CAST(1 AS BIGINT) AS _delivery"]
    name = f"{table}-{month or 'state'}-{day}"
    path = lake.path / "data" / table / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    con.execute(f"COPY (SELECT {', '.join(columns)} FROM ({query})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    [(rows,)] = con.execute(f"SELECT count(*) FROM '{path}'").fetchall()
    relative = path.relative_to(lake.path).as_posix()
    return DataFile(name, table, relative, f"bench-{day}", day.isoformat(), month, rows, full=not month)


def _commit(lake: Any, day: date, files: list[Any]) -> None:
    from tenure.lake import Batch

    head = lake.head()
    rows = {each.table: 0 for each in files}
    for each in files:
        rows[each.table] += each.rows
    batch = Batch(
        f"bench-{day}", "bench", day.isoformat(), day.isoformat(), f"{day}T20:00:00", rows, {}, head.number + 1
    )
    with lake.writing():
        lake.commit(head, (*head.batches, batch), (*head.files, *files), {})


# The parts -------------------------------------------------------------------------------------------------------


def ours(folder: Path) -> dict[str, Any]:
    """Roll-ups of every file, then every activity and flow column by customer, on disk."""
    from tenure.insight import Window, activity, holdings, thresholds
    from tenure.insight.exact import stages_kept
    from tenure.lake import Lake, connect
    from tenure.nightly.caching import Cache
    from tenure.nightly.past import Past
    from tenure.nightly.steps import Step

    def work() -> dict[str, Any]:
        lake = Lake.open(folder / "lake")
        with connect("duckdb") as engine, stages_kept():
            cache = Cache(lake, engine, full=True)
            snapshot = lake.snapshot(1)
            window, held = Window(AS_OF), thresholds.load("CNY")
            past = Past(cache, snapshot, window, held)
            past.roll_ups(Step("activity", None))  # type: ignore[arg-type]
            tables = {name: engine.table(lake, snapshot, name) for name in ("account", "product")}
            accounts = holdings.accounts(tables["account"], tables["product"], held, AS_OF)
            wide = activity.by_party(past.cubes(), accounts, window, one_currency=True, inferred=False)
            now = activity.open_month(past.open_activity(), accounts, one_currency=True)
            now = now.rename({f"{name}_0": name for name in now.columns if name != "party_id"})
            joined = wide.outer_join(now, "party_id")
            joined = joined.mutate(party_id=joined.party_id.coalesce(joined.party_id_right)).drop("party_id_right")
            path = cache.keep("bench", "features", lambda: joined)
            return {"sums": _sums(path), "note": "full: every transaction read"}

    return timed(work)


def sql(folder: Path) -> dict[str, Any]:
    """The same columns in one query written by hand."""
    import duckdb

    def work() -> dict[str, Any]:
        # the peer gets the machine's memory; ours keeps its bound
        con = duckdb.connect(config={"temp_directory": str(folder), "preserve_insertion_order": False})
        not_made = "'interest', 'fee', 'penalty', 'loan_drawdown', 'payroll', 'pension', 'transfer_in'"
        made = f"channel <> 'system' AND kind NOT IN ({not_made})"
        flow = "kind NOT IN ('interest','fee','penalty','investment_buy','investment_sell')"
        columns = []
        for k in range(24):
            suffix = f"_{k}"
            columns += [
                f"count(*) FILTER (made AND back = {k}) AS made{suffix}",
                f"sum(amount) FILTER (flow AND amount > 0 AND back = {k}) AS inflow{suffix}",
                f"sum(-amount) FILTER (flow AND amount < 0 AND back = {k}) AS outflow{suffix}",
                f"sum(amount) FILTER (kind = 'payroll' AND back = {k}) AS income{suffix}",
            ]
            if k == 11:
                months_of_history = len(columns)
        columns = columns[:months_of_history]  # the hand-written query knows that there are twelve months
        for channel in ("counter", "machine", "mobile", "online", "card", "phone", "clearing"):
            columns.append(f"count(*) FILTER (made AND channel = '{channel}') AS made_{channel}")
        columns += [
            "sum(-amount) FILTER (flow AND amount < 0 AND same_name AND back <= 2) AS same_name_3",
            "sum(-amount) FILTER (flow AND amount < 0 AND same_name) AS same_name_12",
            "max(day) FILTER (made) AS last_made_on",
            "max(day) FILTER (kind = 'payroll') AS last_payroll_on",
        ]
        con.execute(
            f"""COPY (SELECT party_id, {", ".join(columns)} FROM (
                SELECT a.party_id, t.amount, t.channel, t.kind, t.same_name, CAST(t.booked_at AS DATE) AS day,
                       {made} AS made, {flow} AS flow,
                       {AS_OF.year * 12 + AS_OF.month} - (year(t.booked_at) * 12 + month(t.booked_at)) AS back
                FROM read_parquet('{folder}/lake/data/transaction/*-{AS_OF}.parquet') t
                JOIN read_parquet('{folder}/lake/data/account/*.parquet') a USING (account_id))
                GROUP BY party_id) TO '{folder}/sql.parquet' (FORMAT parquet, COMPRESSION zstd)"""
        )
        names = {
            kind: " + ".join(f"sum({kind}_{k})" for k in range(12)) for kind in ("made", "inflow", "outflow", "income")
        }
        [found] = con.execute(
            f"SELECT {', '.join(names.values())}, sum(made_mobile), sum(same_name_12) FROM '{folder}/sql.parquet'"
        ).fetchall()
        return {"sums": [int(each) for each in found]}

    return timed(work)


def with_pandas(folder: Path) -> dict[str, Any]:
    """The same columns in pandas, as a practised hand writes them."""
    import pandas as pd

    def work() -> dict[str, Any]:
        pieces = [
            pd.read_parquet(
                folder / "lake" / "data" / "transaction" / f"transaction-{month}-{AS_OF}.parquet",
                columns=["account_id", "booked_at", "amount", "channel", "kind", "same_name"],
            ).astype({"channel": "category", "kind": "category"})
            for month in months_back(YEAR)
        ]
        categories = {
            name: sorted(set().union(*(p[name].cat.categories for p in pieces))) for name in ("channel", "kind")
        }
        for piece in pieces:
            for name, values in categories.items():
                piece[name] = piece[name].cat.set_categories(values)
        accounts = pd.read_parquet(folder / "lake" / "data" / "account", columns=["account_id", "party_id"])
        owner = accounts.set_index("account_id").party_id.astype("category")
        features: dict[str, Any] = {}
        so_far = None
        totals = dict.fromkeys(("made", "inflow", "outflow", "income", "mobile", "same_name"), 0)
        for back, t in zip(range(11, -1, -1), pieces, strict=True):
            party = owner.cat.codes.reindex(t.account_id).to_numpy()
            made = (t.channel != "system") & ~t.kind.isin(
                ["interest", "fee", "penalty", "loan_drawdown", "payroll", "pension", "transfer_in"]
            )
            flow = ~t.kind.isin(["interest", "fee", "penalty", "investment_buy", "investment_sell"])
            frame = pd.DataFrame(
                {
                    "party": party,
                    "made": made.astype("int64"),
                    "inflow": t.amount.where(flow & (t.amount > 0), 0),
                    "outflow": -t.amount.where(flow & (t.amount < 0), 0),
                    "income": t.amount.where(t.kind == "payroll", 0),
                    "same_name": -t.amount.where(flow & (t.amount < 0) & t.same_name, 0),
                    "last_made_on": t.booked_at.where(made),
                    "last_payroll_on": t.booked_at.where(t.kind == "payroll"),
                    **{f"made_{c}": (made & (t.channel == c)).astype("int64") for c in categories["channel"]},
                }
            )
            numbers = frame.groupby("party", sort=False).agg(
                {name: "max" if name.startswith("last_") else "sum" for name in frame if name != "party"}
            )
            for name in ("made", "inflow", "outflow", "income"):
                features[f"{name}_{back}"] = numbers[name]
            year = ["same_name", "last_made_on", "last_payroll_on", *(n for n in numbers if n.startswith("made_"))]
            so_far = numbers[year] if so_far is None else _together(so_far, numbers[year])
            for name in ("made", "inflow", "outflow", "income", "same_name"):
                totals[name] += int(numbers[name].sum())
            totals["mobile"] += int(numbers.made_mobile.sum())
        pd.concat([pd.DataFrame(features), so_far], axis=1).to_parquet(folder / "pandas.parquet", compression="zstd")
        return {"sums": [totals[n] for n in ("made", "inflow", "outflow", "income", "mobile", "same_name")]}

    return timed(work)


def _together(one: Any, other: Any) -> Any:
    """Sums of both, and the later of both days, for everyone in either."""
    import pandas as pd

    both = pd.concat([one, other])
    return both.groupby(level=0, sort=False).agg({n: "max" if n.startswith("last_") else "sum" for n in both})


def night(folder: Path) -> dict[str, Any]:
    """The whole night, everything made anew."""
    return _night(folder, AS_OF, full=True)


def next_night(folder: Path) -> dict[str, Any]:
    """The whole night after one more day has been delivered."""
    from tenure.lake import DataFile, Lake

    lake = Lake.open(folder / "lake")
    if lake.head().number == 1:
        after = json.loads((folder / "after.json").read_text())
        _commit(lake, NEXT_DAY, [DataFile(**{**each, "days": ()}) for each in after])
    for made in (folder / "lake" / "derived" / "publication").glob(f"{NEXT_DAY}*"):
        shutil.rmtree(made)
    return _night(folder, NEXT_DAY, full=False)


def _night(folder: Path, as_of: date, *, full: bool) -> dict[str, Any]:
    from tenure.lake import Lake, connect
    from tenure.nightly.run import run

    def work() -> dict[str, Any]:
        with connect("duckdb") as engine:
            report = run(Lake.open(folder / "lake"), as_of, engine=engine, full=full)
        seconds = {step.step: step.seconds for step in report.steps}
        features = sum(seconds[name] for name in ("activity", "balances", "accounts", "history", "figures"))
        return {
            "features": features,
            "without insight": sum(took for name, took in seconds.items() if name not in ("outlook", "insight")),
            "note": ", ".join(f"{name} {took:.1f}" for name, took in seconds.items() if took > 0.5),
        }

    return timed(work)


def _sums(path: Path) -> list[int]:
    import duckdb

    kinds = ("made", "inflow", "outflow", "income")
    sums = {kind: " + ".join(f"coalesce({kind}_{k}, 0)" for k in range(1, 24)) for kind in kinds}
    now = {"made": "made_0", "inflow": "inflow_0", "outflow": "outflow_0", "income": "payroll_0"}
    wanted = [f"sum({sums[kind]} + coalesce({now[kind]}, 0))" for kind in kinds]
    wanted += ["sum(coalesce(made_mobile_11, 0) + coalesce(made_mobile_0, 0))"]
    wanted += ["sum(coalesce(same_name_11, 0) + coalesce(same_name_outflow_0, 0))"]
    [found] = duckdb.sql(f"SELECT {', '.join(wanted)} FROM '{path}'").fetchall()
    return [int(each) for each in found]


PARTS = {"ours": ours, "sql": sql, "pandas": with_pandas, "night": night, "next night": next_night}

if __name__ == "__main__":
    main()
