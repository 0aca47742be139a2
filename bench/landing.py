"""Landing: customers with every check, beside what pandas needs to read the same file and check the same things.

Run ``python bench/landing.py`` (100,000 customers) or ``--rows 1000000``. Target: 20,000 rows/s of customers landed,
from CSV to committed snapshot. Prints rows/s, peak memory, and the ratio of the times in one run.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MAPPING = """\
source = "core"
business_date = 2024-02-29
max_bad_share = 0.01
[files.customer]
name = "customer.csv"
encoding = "gb18030"
[[tables]]
table = "organisation"
mode = "full"
rows = [{ org_id = "HO", name = "总行", kind = "head_office" }]
[[tables]]
table = "party"
mode = "full"
from = "customer"
[tables.columns]
party_id = "CUST_NO"
kind = { from = "KIND", map = { "1" = "person", "2" = "company" } }
name = "NAME"
sex = { from = "SEX", map = { M = "male", F = "female" } }
birth_date = { from = "BORN", transform = "date yyyymmdd" }
certificate_kind = { value = "identity_card" }
certificate_no = "CERT_NO"
phone = "PHONE"
address = "ADDRESS"
occupation = "JOB"
annual_income = "INCOME"
risk_rating = "RISK"
org_id = { value = "HO" }
since = { from = "SINCE", transform = "date yyyymmdd" }
consent_marketing = "CONSENT"
"""
HEADER = [
    "CUST_NO",
    "KIND",
    "NAME",
    "SEX",
    "BORN",
    "CERT_NO",
    "PHONE",
    "ADDRESS",
    "JOB",
    "INCOME",
    "RISK",
    "SINCE",
    "CONSENT",
]


def write_customers(path: Path, rows: int) -> None:
    """Synthetic customers in GB18030; one row in a thousand is bad."""
    made = random.Random(7)
    with path.open("w", encoding="gb18030", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for i in range(rows):
            born = dt.date(1940, 1, 1) + dt.timedelta(days=made.randrange(24000))
            since = dt.date(2005, 1, 1) + dt.timedelta(days=made.randrange(6900))
            shown = "19800231" if i % 1000 == 500 else born.strftime("%Y%m%d")
            out.writerow(
                [
                    f"{622202000000000000 + i}",
                    "1",
                    made.choice("王李张刘陈杨黄赵吴周") + made.choice("伟芳娜敏静丽强磊军洋") * made.choice((1, 2)),
                    made.choice("MF"),
                    shown,
                    f"110101{born:%Y%m%d}{i % 10000:04}",
                    f"138{i % 100_000_000:08}",
                    f"北京市朝阳区建国路{made.randrange(999)}号",
                    made.choice(("教师", "工人", "医生", "个体户", "公务员")),
                    f"{made.randrange(20_000, 900_000)}.{made.randrange(100):02}",
                    f"R{made.randrange(1, 6)}",
                    since.strftime("%Y%m%d"),
                    made.choice("YN"),
                ]
            )


def land_customers(folder: Path) -> int:
    from tenure.lake import Lake, Mapping, land

    lake = Lake.create(folder / "lake")
    receipt = land(lake, Mapping.read(folder / "mapping.toml"), folder)
    return receipt.rows["party"]


def pandas_customers(folder: Path) -> int:
    """The same file and the same checks as an analyst would write them; nothing is kept, nothing is atomic."""
    import pandas as pd

    held = pd.read_csv(folder / "customer.csv", encoding="gb18030", dtype=str, keep_default_na=False)
    bad = held["CUST_NO"].eq("") | held["CUST_NO"].duplicated() | held["CUST_NO"].str.len().gt(40)
    for column in ("BORN", "SINCE"):
        read = pd.to_datetime(held[column], format="%Y%m%d", errors="coerce")
        bad |= read.isna() | (read > pd.Timestamp("2024-02-29"))
        held[column] = read
    bad |= ~held["KIND"].isin(["1", "2"]) | ~held["SEX"].isin(["M", "F"]) | ~held["RISK"].str.fullmatch("R[1-5]")
    bad |= ~held["INCOME"].str.fullmatch(r"\d{1,15}(\.\d{1,2})?") | ~held["CONSENT"].isin(["Y", "N"])
    whole, _, part = (held["INCOME"].str.partition(".")[i] for i in range(3))
    held["INCOME"] = whole.astype("int64") * 100 + part.str.ljust(2, "0").astype("int64")
    for column in ("NAME", "ADDRESS", "JOB"):
        bad |= held[column].str.len().gt(200)
    sound = held[~bad].sort_values("CUST_NO")
    sound.to_parquet(folder / "pandas.parquet", compression="zstd")
    return len(sound)


def measured(what: str, folder: Path) -> tuple[float, float, int]:
    """Seconds, peak GB and rows of one way, in a process of its own."""
    begun = time.perf_counter()
    told = subprocess.run(
        [sys.executable, __file__, "--only", what, "--folder", str(folder)], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - begun
    rows, peak = told.stdout.split()
    return seconds, int(peak) / 1e6, int(rows)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--full", action="store_true", help="1,000,000 customers")
    asked.add_argument("--only", choices=("tenure", "pandas"), help=argparse.SUPPRESS)
    asked.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    told = asked.parse_args()
    if told.only:
        rows = (land_customers if told.only == "tenure" else pandas_customers)(told.folder)
        print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    rows = 1_000_000 if told.full else told.rows
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_customers(folder / "customer.csv", rows)
        (folder / "mapping.toml").write_text(MAPPING, "utf-8")
        ours, our_peak, landed = measured("tenure", folder)
        theirs, their_peak, read = measured("pandas", folder)
    assert landed == read == rows - len(range(500, rows, 1000)), "both must find the same bad rows"
    print(f"landing {rows:,} customers, every check, GB18030 CSV to committed snapshot (process start included)")
    print(f"  tenure  {ours:7.1f} s  {rows / ours:10,.0f} rows/s  peak {our_peak:.2f} GB")
    print(
        f"  pandas  {theirs:7.1f} s  {rows / theirs:10,.0f} rows/s  peak {their_peak:.2f} GB  (no reports, no commit)"
    )
    print(f"  time {ours / theirs:.2f} × pandas, memory {our_peak / their_peak:.2f} × pandas; target 20,000 rows/s")


if __name__ == "__main__":
    main()
