"""From the bank's own files to our tables: joins, filters, one row of many, balances from running balances."""

from __future__ import annotations

import datetime as dt
import errno
import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lake.deliveries import rows
from tenure.errors import InputError, SetupError
from tenure.lake import Lake, Mapping, Receipt, durable, land

HEAD = """\
source = "core"
business_date = 2024-02-29
max_bad_share = 0
[files.client]
name = "client.csv"
[files.account]
name = "account.csv"
[files.move]
name = "move.csv"
may_be_empty = true
[[tables]]
table = "organisation"
mode = "full"
rows = [{ org_id = "HO", name = "总行", kind = "head_office", opened_on = "1990-01-01" }]
[[tables]]
table = "product"
mode = "full"
rows = [{ product_id = "p", name = "活期", category = "demand_deposit", spread = 1.25, term_days = 0 }]
"""
PARTY = """
[[tables]]
table = "party"
mode = "full"
from = "client"
join = [{ file = "account", on = { OWNER = "NO" }, matched = true }]
where = [{ column = "account.OPENED", on_or_before = "business date", why = "opened later" }]
first_of = { per = ["NO"], by = [{ from = "account.OPENED", transform = "date iso" }] }
[tables.columns]
party_id = "NO"
kind = { value = "person" }
org_id = { value = "HO" }
since = "account.OPENED"
"""
ACCOUNT = """
[[tables]]
table = "account"
mode = "full"
from = "account"
join = [{ file = "client", name = "owner", on = { NO = "OWNER" } }]
where = [
  { column = "OPENED", on_or_before = "business date", why = "opened later" },
  { column = ["KIND", "owner.NO"], not_in = ["closed|b"], why = "closed" },
  { column = "KIND", is_not = "internal" },
]
[tables.columns]
account_id = "NO"
party_id = "owner.NO"
product_id = { value = "p" }
opened_on = "OPENED"
currency = { value = "CNY" }
"""
BALANCE = """
[[tables]]
table = "balance"
from = "move"
last_of = { per = ["ACCOUNT", "DAY"], running = { balance = "BALANCE", amount = "AMOUNT" } }
[tables.columns]
account_id = "ACCOUNT"
day = "DAY"
balance = "BALANCE"
"""
CLIENTS = "NO,NAME\na,甲\nb,乙\nc,丙\n"
ACCOUNTS = """\
NO,OWNER,OPENED,KIND
1,a,2020-05-01,current
2,a,2019-01-01,current
3,b,2021-01-01,closed
4,b,2021-06-01,current
5,c,2024-03-01,current
6,a,2022-01-01,internal
"""


def deliver(folder: Path, tables: str, accounts: str = ACCOUNTS, moves: str = "") -> tuple[Mapping, Path]:
    path = folder / "mapping.toml"
    path.write_text(HEAD + tables, "utf-8")
    (folder / "client.csv").write_text(CLIENTS, "utf-8")
    (folder / "account.csv").write_text(accounts, "utf-8")
    (folder / "move.csv").write_text("ACCOUNT,DAY,AMOUNT,BALANCE\n" + moves, "utf-8")
    return Mapping.read(path), folder


def landed(lake: Lake, folder: Path, tables: str, **files: str) -> Receipt:
    return land(lake, *deliver(folder, tables, **files))


def test_a_customer_is_one_since_the_first_account_and_none_before_it(lake: Lake, tmp_path: Path) -> None:
    receipt = landed(lake, tmp_path, PARTY)
    assert [(r["party_id"], r["since"]) for r in rows(lake, "party")] == [
        ("a", dt.date(2019, 1, 1)),
        ("b", dt.date(2021, 1, 1)),
    ]
    assert receipt.left_out == {"party": {"opened later": 1}}
    [organisation] = rows(lake, "organisation")
    assert organisation["opened_on"] == dt.date(1990, 1, 1), "rows of the mapping are read like any"


def test_filters_count_what_they_leave_for_their_reason(lake: Lake, tmp_path: Path) -> None:
    receipt = landed(lake, tmp_path, PARTY + ACCOUNT)
    assert [r["account_id"] for r in rows(lake, "account")] == ["1", "2", "4"]
    assert receipt.left_out["account"] == {"opened later": 1, "closed": 1}, "without a reason none is counted"


def test_a_date_that_cannot_be_read_does_not_slip_through_a_filter(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"account\.csv, row 3, column OPENED: '2019-02-31'"):
        landed(lake, tmp_path, PARTY + ACCOUNT, accounts=ACCOUNTS.replace("2019-01-01", "2019-02-31"))


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ('column = "KIND", is = "current"', ["1", "2", "4", "5"]),
        ('column = "KIND", in = ["closed", "internal"]', ["3", "6"]),
        ('column = "OPENED", after = 2021-01-01', ["4", "5", "6"]),
        ('column = "KIND", transform = "upper", is = "CURRENT"', ["1", "2", "4", "5"]),
        ('column = "KIND", filled = false', []),
        ('column = "KIND", filled = true', ["1", "2", "3", "4", "5", "6"]),
    ],
)
def test_every_test_of_a_filter(lake: Lake, tmp_path: Path, condition: str, left: list[str]) -> None:
    everyone = "\n".join(
        line for line in PARTY.splitlines() if not line.startswith(("join", "where", "first", "since"))
    )
    before, after = ACCOUNT.index("where"), ACCOUNT.index("[tables.columns]")
    chosen = f"{ACCOUNT[:before]}where = [{{ {condition} }}]\n{ACCOUNT[after:]}"
    landed(lake, tmp_path, everyone + chosen)
    assert [r["account_id"] for r in rows(lake, "account")] == left


def test_an_account_without_an_owner_is_refused_not_lost(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"account\.csv, row 4, column owner\.NO: empty \(required\)"):
        landed(lake, tmp_path, PARTY + ACCOUNT, accounts=ACCOUNTS.replace("3,b", "3,x").replace("closed", "current"))


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=6), st.data())
@settings(max_examples=15, deadline=None)
def test_the_days_last_balance_is_found_whatever_the_order_of_the_rows(moved: list[int], data: st.DataObject) -> None:
    balances = list(itertools.accumulate(moved, initial=123))
    assume(len(set(balances)) == len(balances))  # a balance that comes back leaves the end open
    chain = data.draw(st.permutations(list(zip(moved, balances[1:], strict=True))))

    def yuan(fen: int) -> str:
        return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"

    lines = "".join(f"1,2024-02-28,{yuan(amount)},{yuan(balance)}\n" for amount, balance in chain)
    with tempfile.TemporaryDirectory() as place:
        lake = Lake.create(Path(place) / "lake")
        landed(lake, Path(place), PARTY + ACCOUNT + BALANCE, moves=lines + "2,2024-02-28,0,0\n1,2024-02-29,1,9.99\n")
        held = [(r["account_id"], str(r["day"]), r["balance"]) for r in rows(lake, "balance")]
    assert sorted(held) == [("1", "2024-02-28", balances[-1]), ("1", "2024-02-29", 999), ("2", "2024-02-28", 0)]


def test_a_commit_that_fails_takes_out_what_it_had_moved_in(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = durable.write_text

    def full(path: Path, content: str) -> None:
        if path.parent.name == "snapshots":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        real(path, content)

    monkeypatch.setattr(durable, "write_text", full)
    with pytest.raises(SetupError, match="the disk is full"):
        landed(lake, tmp_path, PARTY)
    assert lake.head().number == 0
    assert not list((lake.path / "data").rglob("*.parquet")), "not even until the next writer comes"
    assert not list((lake.path / "quarantine").iterdir()) and not (lake.path / "pending.json").exists()
    monkeypatch.undo()
    assert landed(lake, tmp_path, PARTY).status == "landed"
