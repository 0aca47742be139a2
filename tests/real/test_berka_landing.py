"""The Berka bank in the lake, reconciled to the heller with another reading of its files (csv and Decimal only)."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tenure.lake import Lake, Mapping, Receipt, connect, land

pytestmark = pytest.mark.real

AS_OF = dt.date(1994, 3, 31)
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "berka" / "mapping.toml"
Rows = list[dict[str, str]]


class Files:
    """The bank's files as the csv module reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, name: str) -> Rows:
        [path] = self.folder.glob(f"{name}*.asc")
        with path.open(encoding="ascii", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def files(real_data: Path) -> Files:
    return Files(real_data / "berka")


@pytest.fixture(scope="module")
def landed(files: Files, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Receipt]:
    mapping = Mapping.read(EXAMPLE)
    lake = Lake.create(tmp_path_factory.mktemp("berka") / "lake", bank=mapping.bank, currency=mapping.currency)
    return lake, land(lake, mapping, files.folder)


@pytest.fixture(scope="module")
def table(landed: tuple[Lake, Receipt]) -> Iterator[Callable[[str], list[dict[str, object]]]]:
    lake, _ = landed
    with connect("duckdb") as engine:
        held: dict[str, list[dict[str, object]]] = {}

        def read(name: str) -> list[dict[str, object]]:
            if name not in held:
                held[name] = engine.arrow(engine.table(lake, lake.head(), name)).to_pylist()
            return held[name]

        yield read


Read = Callable[[str], list[dict[str, object]]]


def day(yymmdd: str) -> dt.date:
    return dt.datetime.strptime("19" + yymmdd[:6], "%Y%m%d").date()


def heller(amount: str) -> int:
    exact = Decimal(amount) * 100
    assert exact == int(exact)
    return int(exact)


def signed(row: dict[str, str]) -> int:
    return heller(row["amount"]) * (1 if row["type"] == "PRIJEM" else -1)


def opened(files: Files) -> dict[str, dt.date]:
    """The accounts that exist by the business date."""
    return {r["account_id"]: day(r["date"]) for r in files["account"] if day(r["date"]) <= AS_OF}


def test_every_row_of_the_files_is_landed_or_left_for_later_and_none_is_bad(
    landed: tuple[Lake, Receipt], files: Files
) -> None:
    lake, receipt = landed
    assert (lake.bank, lake.currency) == ("Berka", "CZK")
    assert set(receipt.quarantined.values()) == {0} and receipt.warnings == ()
    later = receipt.left_out["account"]
    kinds = (("account", "account opened later"), ("loan", "loan granted later"), ("card", "card issued later"))
    assert receipt.rows["account"] + sum(later.values()) == sum(len(files[name]) for name, _ in kinds)
    for name, why in kinds:
        column = "issued" if name == "card" else "date"
        assert later[why] == sum(day(r[column]) > AS_OF for r in files[name])
    assert receipt.rows["account_holder"] + receipt.left_out["account_holder"]["account opened later"] == 5369
    assert receipt.rows["standing_order"] + receipt.left_out["standing_order"]["account opened later"] == 6471
    assert receipt.rows["transaction"] == len(files["trans"]) == 49102


def test_transactions_sum_to_the_heller_by_type_symbol_and_account(table: Read, files: Files) -> None:
    theirs, ours = files["trans"], table("transaction")
    by_number = {r["transaction_id"]: r for r in ours}
    assert len(by_number) == len(theirs)
    for row in theirs:
        held = by_number["T" + row["trans_id"]]
        assert held["amount"] == signed(row)
        assert held["booked_at"] == dt.datetime.combine(day(row["date"]), dt.time())
        assert held["account_id"] == "A" + row["account_id"]
        assert held["counterparty_account"] == (row["account"] or None)

    def total(rows: Rows) -> int:
        return sum(signed(r) for r in rows)

    for kind, wanted in {
        "cash_in": [("VKLAD", "")],
        "cash_out": [("VYBER", ""), ("VYBER KARTOU", "")],
        "fee": [("VYBER", "SLUZBY")],
        "penalty": [("VYBER", "SANKC. UROK")],
        "interest": [("", "UROK")],
        "pension": [("PREVOD Z UCTU", "DUCHOD")],
        "transfer_in": [("PREVOD Z UCTU", "")],
        "transfer_out": [("PREVOD NA UCET", "")],
        "bill_payment": [("PREVOD NA UCET", "SIPO"), ("VYBER", "SIPO")],
        "insurance_premium": [("PREVOD NA UCET", "POJISTNE")],
        "loan_repayment": [("PREVOD NA UCET", "UVER")],
    }.items():
        of_kind = [r for r in theirs if (r["operation"], r["k_symbol"].strip()) in wanted]
        held = [r for r in ours if r["kind"] == kind]
        assert len(held) == len(of_kind) > 0, kind
        assert sum(int(str(r["amount"])) for r in held) == total(of_kind), kind
    assert not [r for r in ours if r["kind"] in ("other", "payroll")]


def test_cash_is_at_the_counter_and_transfers_are_cleared(table: Read, files: Files) -> None:
    counted = Counter(r["channel"] for r in table("transaction"))
    operations = Counter(r["operation"] for r in files["trans"])
    assert counted == {
        "counter": operations["VKLAD"] + operations["VYBER"],
        "machine": operations["VYBER KARTOU"],
        "clearing": operations["PREVOD Z UCTU"] + operations["PREVOD NA UCET"],
        "system": operations[""],
    }


def test_the_balance_of_a_day_is_the_one_the_next_day_starts_from(table: Read, files: Files) -> None:
    ours = {(str(r["account_id"]), r["day"]): int(str(r["balance"])) for r in table("balance")}
    by_day: dict[str, dict[dt.date, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for row in files["trans"]:
        by_day["A" + row["account_id"]][day(row["date"])].append((heller(row["balance"]), signed(row)))
    assert {k for k in ours if k[0].startswith("A")} == {(a, d) for a, days in by_day.items() for d in days}
    apart = compared = alone = 0
    for account, days in by_day.items():
        in_order = sorted(days)
        for today, tomorrow in itertools.pairwise(in_order):
            starts = [balance - amount for balance, amount in days[tomorrow]]
            # the bank rounds balance and amount apart, by up to 20 heller
            apart += min(abs(start - ours[account, today]) for start in starts) > 30
            compared += 1
        for each, held in days.items():
            assert ours[account, each] in [balance for balance, _ in held]
            if len(held) == 1:
                alone += 1
                assert ours[account, each] == held[0][0]
    assert compared == 38731 and alone > 30_000
    assert apart <= 28, "only the days on which the file itself lacks a booking"


def test_the_last_balance_of_an_account_is_what_its_movements_came_to(table: Read, files: Files) -> None:
    ends: dict[str, tuple[dt.date, int]] = {}
    for row in table("balance"):
        account, on, balance = str(row["account_id"]), row["day"], int(str(row["balance"]))
        assert isinstance(on, dt.date)
        ends[account] = max(ends.get(account, (dt.date.min, 0)), (on, balance))
    moved: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    for row in files["trans"]:
        moved["A" + row["account_id"]] += signed(row)
        count["A" + row["account_id"]] += 1
    assert {a for a in ends if a.startswith("A")} == set(moved)
    drifts = [abs(ends[account][1] - total) / count[account] for account, total in moved.items()]
    exact = sum(drift <= 10 for drift in drifts)
    assert exact >= 0.97 * len(moved), "rounding apart by at most 10 heller a booking, but where one is missing"


def test_loans_with_their_terms(table: Read, files: Files) -> None:
    theirs = {"L" + r["loan_id"]: r for r in files["loan"] if day(r["date"]) <= AS_OF}
    ours = {str(r["account_id"]): r for r in table("account") if r["product_id"] == "loan"}
    owed = {str(r["account_id"]): r for r in table("balance") if str(r["account_id"]).startswith("L")}
    owners = {r["account_id"]: "C" + r["client_id"] for r in files["disp"] if r["type"] == "OWNER"}
    assert set(ours) == set(theirs) == set(owed) and len(ours) == 38
    for number, row in theirs.items():
        held, granted = ours[number], day(row["date"])
        months = granted.month - 1 + int(row["duration"])
        assert held["opened_on"] == owed[number]["day"] == granted
        assert held["matures_on"] == granted.replace(year=granted.year + months // 12, month=months % 12 + 1)
        assert held["principal"] == owed[number]["balance"] == heller(row["amount"])
        assert held["party_id"] == owners[row["account_id"]]
    assert {r["status"] for r in ours.values()} == {"running"}, "how a loan ended isn't known before it did"


def test_cards_belong_to_the_client_of_their_disposition(table: Read, files: Files) -> None:
    clients = {r["disp_id"]: "C" + r["client_id"] for r in files["disp"]}
    theirs = {
        "K" + r["card_id"]: (f"card-{r['type']}", clients[r["disp_id"]], day(r["issued"]))
        for r in files["card"]
        if day(r["issued"]) <= AS_OF
    }
    ours = {
        str(r["account_id"]): (r["product_id"], r["party_id"], r["opened_on"])
        for r in table("account")
        if str(r["product_id"]).startswith("card-")
    }
    assert ours == theirs and len(ours) == 6


def test_standing_orders_sum_to_the_heller_by_purpose(table: Read, files: Files) -> None:
    purposes = {
        "SIPO": "bill_payment",
        "LEASING": "bill_payment",
        "POJISTNE": "insurance_premium",
        "UVER": "loan_repayment",
        "": "transfer_out",
    }
    theirs: dict[str, list[int]] = defaultdict(list)
    accounts = opened(files)
    for row in files["order"]:
        if row["account_id"] in accounts:
            theirs[purposes[row["k_symbol"].strip()]].append(heller(row["amount"]))
    ours: dict[str, list[int]] = defaultdict(list)
    for held in table("standing_order"):
        ours[str(held["kind"])].append(int(str(held["amount"])))
    assert {k: sorted(v) for k, v in ours.items()} == {k: sorted(v) for k, v in theirs.items()}


def test_clients_by_sex_and_year_of_birth(table: Read, files: Files) -> None:
    accounts = opened(files)
    known = {r["client_id"] for r in files["disp"] if r["account_id"] in accounts}
    theirs: Counter[tuple[str, int, str]] = Counter()
    for row in files["client"]:
        if row["client_id"] in known:
            number = row["birth_number"]
            woman = int(number[2:4]) > 50
            month = int(number[2:4]) - (50 if woman else 0)
            born = dt.date(1900 + int(number[:2]), month, int(number[4:6]))
            theirs["female" if woman else "male", born.year, f"D{row['district_id']}"] += 1
    ours: Counter[tuple[str, int, str]] = Counter()
    for held in table("party"):
        born = held["birth_date"]
        assert isinstance(born, dt.date) and held["name"] is None and held["kind"] == "person"
        ours[str(held["sex"]), born.year, str(held["org_id"])] += 1
    assert ours == theirs and ours.total() == len(known) == 1489


def test_a_client_is_one_since_the_first_account(table: Read, files: Files) -> None:
    accounts = opened(files)
    first: dict[str, dt.date] = {}
    for row in files["disp"]:
        if row["account_id"] in accounts:
            client, since = "C" + row["client_id"], accounts[row["account_id"]]
            first[client] = min(first.get(client, since), since)
    assert {r["party_id"]: r["since"] for r in table("party")} == first


def test_two_who_dispose_of_one_account_are_a_household_both_ways(table: Read, files: Files) -> None:
    accounts = opened(files)
    together: dict[str, list[str]] = defaultdict(list)
    for row in files["disp"]:
        if row["account_id"] in accounts:
            together[row["account_id"]].append("C" + row["client_id"])
    theirs = {(a, b) for people in together.values() for a in people for b in people if a != b}
    ours = {(r["party_id"], r["other_id"]) for r in table("relation")}
    assert ours == theirs and len(ours) == 520
    assert {r["kind"] for r in table("relation")} == {"household"}
    holders = {(r["account_id"], r["party_id"], r["role"]) for r in table("account_holder")}
    roles = {"OWNER": "owner", "DISPONENT": "authorised"}
    assert holders == {
        ("A" + r["account_id"], "C" + r["client_id"], roles[r["type"]])
        for r in files["disp"]
        if r["account_id"] in accounts
    }


def test_districts_hang_under_their_regions_under_one_head_office(table: Read, files: Files) -> None:
    tree = {str(r["org_id"]): r for r in table("organisation")}
    regions = {r["A3"] for r in files["district"]}
    assert len(tree) == 1 + len(regions) + 77 and len(regions) == 8
    for row in files["district"]:
        outlet = tree["D" + row["A1"]]
        assert (outlet["kind"], outlet["name"]) == ("outlet", row["A2"])
        region = tree[str(outlet["parent_id"])]
        assert (region["kind"], region["name"], region["parent_id"]) == ("branch", row["A3"], "HO")


def test_the_same_files_again_change_nothing(landed: tuple[Lake, Receipt], files: Files) -> None:
    lake, receipt = landed
    again = land(lake, Mapping.read(EXAMPLE), files.folder)
    assert again.status == "unchanged" and again.batch == receipt.batch and lake.head().number == 1
