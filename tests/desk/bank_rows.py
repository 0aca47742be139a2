"""The rows of the small bank: four branches, their staff, sixty customers and all they have.

The figures are believable and hang together (depth is the number of categories held, the curve ends in the month's
average), but nothing here is computed by the night's code. The same seed gives the same rows.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.utils import timezone

from desk.finding_rows import finding_rows
from tenure.contracts import PUBLISHED, Kind, codes
from tenure.contracts.published import CLOSED_MONTHS

AS_OF = date(2026, 6, 30)
CURRENCY = "CNY"
#: Tier thresholds in fen.
THRESHOLDS = {
    "basic": 0,
    "gold": 5_000_000,
    "platinum": 50_000_000,
    "diamond": 300_000_000,
    "private": 600_000_000,
}
PATHS = {"HQ": "/HQ/", "B1": "/HQ/B1/", "S1": "/HQ/B1/S1/", "S2": "/HQ/B1/S2/"}
#: staff id → name, branch, role, daily capacity
STAFF: dict[str, tuple[str, str, str, int | None]] = {
    "E1001": ("陈建国", "HQ", "executive", None),
    "E1002": ("周敏", "HQ", "marketer", None),
    "E1003": ("吴昊", "HQ", "analyst", None),
    "E1004": ("郑洁", "HQ", "administrator", None),
    "E1005": ("冯远", "HQ", "auditor", None),
    "E1006": ("蒋丽", "B1", "complaint_handler", None),
    "E2001": ("沈伟", "S1", "branch_head", None),
    "E2002": ("韩雪", "S1", "lobby_manager", None),
    "E2003": ("杨帆", "S1", "teller", None),
    "E2011": ("王芳", "S1", "relationship_manager", 12),
    "E2012": ("李强", "S1", "relationship_manager", 12),
    "E3001": ("朱明", "S2", "branch_head", None),
    "E3011": ("秦岚", "S2", "relationship_manager", 10),
}
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡"
GIVEN = (
    "伟",
    "芳",
    "秀英",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀兰",
    "霞",
    "平",
    "桂英",
)
COMPANIES = ("杭州临江纺织有限公司", "宁波海曙机电有限公司", "绍兴越城食品有限公司", "嘉兴南湖软件有限公司")
PRODUCTS = {
    "P01": ("活期存款", "Demand deposit", "demand_deposit"),
    "P02": ("一年定期", "One-year deposit", "time_deposit"),
    "P03": ("稳盈理财 90 天", "Steady wealth 90 days", "wealth_management"),
    "P04": ("沪深 300 指数基金", "CSI 300 fund", "fund"),
    "P05": ("住房按揭", "Mortgage", "mortgage"),
    "P06": ("手机银行", "Mobile banking", "mobile_banking"),
}

Rows = dict[str, list[dict[str, Any]]]


def _fill(tables: Rows, table: str, rows: list[dict[str, Any]]) -> None:
    """Put ``rows`` into ``table``; columns left out are null, or empty where they may not be null."""
    empty = {Kind.TEXT: "", Kind.BOOLEAN: False, Kind.JSON: []}
    blank = {c.name: None if c.nullable else empty.get(c.kind, 0) for c in PUBLISHED[table]}
    tables[table] = [{**blank, **row} for row in rows]


@cache
def bank_rows(seed: int, customers: int) -> Rows:
    """Every published table of the bank; made once for all tests."""
    chance = random.Random(seed)
    tables: Rows = {}
    _organisation(tables)
    people = [_customer(chance, n, f"C{n + 1:06d}") for n in range(customers)]
    _fill(tables, "customer", people)
    _customer_tables(tables, chance, people)
    _fill(tables, "proposal", _proposals(people))
    _branches(tables, people)
    _nights(tables)
    for name, rows in finding_rows(people, PATHS).items():
        _fill(tables, name, rows)
    return tables


def _moment(day: date, hour: int = 10, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _organisation(tables: Rows) -> None:
    kinds = {"HQ": "head_office", "B1": "branch", "S1": "sub_branch", "S2": "sub_branch"}
    names = {
        "HQ": ("久谊银行总行", "Head office", ""),
        "B1": ("杭州分行", "Hangzhou branch", "HQ"),
        "S1": ("西湖支行", "West Lake sub-branch", "B1"),
        "S2": ("滨江支行", "Binjiang sub-branch", "B1"),
    }
    _fill(
        tables,
        "organisation",
        [
            {
                "org_id": org,
                "name": zh,
                "name_en": en,
                "parent_id": parent or None,
                "kind": kinds[org],
                "city": "杭州",
                "org_path": PATHS[org],
                "depth": PATHS[org].count("/") - 2,
            }
            for org, (zh, en, parent) in names.items()
        ],
    )
    _fill(
        tables,
        "staff",
        [
            {
                "staff_id": staff_id,
                "name": name,
                "org_id": org,
                "role": role,
                "daily_capacity": capacity,
                "joined_on": date(2018, 3, 1),
                "org_path": PATHS[org],
            }
            for staff_id, (name, org, role, capacity) in STAFF.items()
        ],
    )
    _fill(
        tables,
        "product",
        [
            {"product_id": key, "name": zh, "name_en": en, "category": category}
            for key, (zh, en, category) in PRODUCTS.items()
        ],
    )


def _customer(chance: random.Random, n: int, party_id: str) -> dict[str, Any]:
    company = n % 15 == 14
    tier = codes.TIER_ORDER[n % 5]
    floor = THRESHOLDS[tier]
    average = int(floor * 1.2) + chance.randrange(1, 4_000_000)
    org = "S1" if n % 3 != 2 else "S2"
    lead = {"S1": ("E2011", "E2012")[n % 2], "S2": "E3011"}[org]
    name = COMPANIES[n // 15 % 4] if company else chance.choice(SURNAMES) + chance.choice(GIVEN)
    phone = f"13{chance.randrange(10)}{chance.randrange(10**8):08d}"
    born = date(chance.randrange(1950, 2005), chance.randrange(1, 13), chance.randrange(1, 29))
    categories = ["demand_deposit", "time_deposit", "wealth_management"][: 1 + n % 3]
    higher = codes.TIER_ORDER[codes.TIER_ORDER.index(tier) + 1] if tier != "private" else None
    deposit = average // 2
    return {
        "party_id": party_id,
        "kind": "company" if company else "person",
        "name": name,
        "name_key": name.lower().replace(" ", ""),
        "sex": None if company else ("female", "male")[n % 2],
        "birth_date": born,
        "certificate_kind": "uscc" if company else "identity_card",
        "certificate_no": f"9133010{n:011d}" if company else f"330106{born:%Y%m%d}{n:04d}",
        "phone": phone,
        "phone_tail": phone[-4:],
        "email": f"customer{n}@example.com",
        "address": f"杭州市西湖区文三路 {n + 1} 号 {n % 9 + 1} 幢 301 室",
        "occupation": "制造业" if company else "教师",
        "employer_id": None if company or n % 4 else "C000015",
        "employer_name": None if company or n % 4 else COMPANIES[0],
        "risk_rating": f"R{n % 5 + 1}",
        "annual_income": 20_000_000 + n * 100_000,
        "org_id": org,
        "org_path": PATHS[org],
        "lead_staff_id": lead,
        "since": date(2015, 1, 1) + timedelta(days=40 * (n % 60)),
        "currency": CURRENCY,
        "consent_marketing": n % 4 != 3,
        "consent_experience": True,
        "consent_research": n % 2 == 0,
        "aum": average + 1_000_000,
        "deposit": deposit,
        "investment": average + 1_000_000 - deposit,
        "loan": 80_000_000 if n % 6 == 0 else 0,
        "net_worth": average + 1_000_000 - (80_000_000 if n % 6 == 0 else 0),
        "aum_month_average": average,
        "aum_quarter_average": average - 500_000,
        "aum_year_average": average - 900_000,
        "aum_last_month_average": average - 200_000,
        "deposit_month_average": deposit,
        "deposit_quarter_average": deposit,
        "deposit_year_average": deposit,
        "loan_month_average": 80_000_000 if n % 6 == 0 else 0,
        "aum_change_3m": -average // 10 if n % 7 == 0 else average // 50,
        "aum_share_rank": round(n / 60, 4),
        "in_top_fifth": tier == "private",
        "product_count": len(categories),
        "category_count": len(categories),
        "categories": categories,
        "tenure_months": 12 + n,
        "next_maturity_on": AS_OF + timedelta(days=5 + n) if n % 2 == 0 else None,
        "next_maturity_amount": 10_000_000 if n % 2 == 0 else None,
        "maturing_30d": 10_000_000 if n % 2 == 0 and n < 25 else 0,
        "maturing_90d": 10_000_000 if n % 2 == 0 else 0,
        "transactions_month": 8 + 23 % 3,
        "inflow_month": 3_000_000,
        "outflow_month": 2_000_000,
        "transactions_12m": 100 + n,
        "transactions_3m": 25 + n // 4,
        "active_months_12m": 12 - n % 4,
        "channels_12m": {"mobile": 60 + n, "counter": 10, "card": 30},
        "digital_share_12m": 0.6,
        "habit": tuple(codes.HABITS)[n % 4],
        "last_transaction_on": AS_OF - timedelta(days=n % 20),
        "dormant": n % 20 == 19,
        "inflow_3m": 9_000_000,
        "outflow_3m": 7_000_000,
        "same_name_outflow_3m": 2_000_000 if n % 5 == 0 else 0,
        "same_name_outflow_12m": 3_000_000 if n % 5 == 0 else 0,
        "payroll_months": 0 if company else n % 24,
        "main_bank": tuple(codes.MAIN_BANK)[n % 3],
        "tier": tier,
        "tier_reached": tier,
        "tier_before": tier,
        "tier_lowest_3m": tier,
        "tier_lowest_6m": tier,
        "tier_lowest_9m": tier,
        "tier_lowest_12m": tier,
        "near_tier": higher if n % 8 == 1 else None,
        "near_gap": 300_000 if higher and n % 8 == 1 else None,
        "score": 40.0 + n % 50,
        "score_assets": 60.0,
        "score_depth": 30.0,
        "score_activity": 70.0,
        "score_loyalty": 55.0,
        "priority": tuple(codes.PRIORITIES)[n % 3],
        "last_contact_on": AS_OF - timedelta(days=10 * (n % 30)) if n % 3 else None,
        "open_complaints": 1 if n % 12 == 0 else 0,
        "last_recommend": n % 11 if n % 4 == 0 else None,
    }


def _customer_tables(tables: Rows, chance: random.Random, people: list[dict[str, Any]]) -> None:
    curves, holdings, relations, coverage, events = [], [], [], [], []
    for n, who in enumerate(people):
        party_id, average = who["party_id"], who["aum_month_average"]
        aum = [average - (CLOSED_MONTHS - m) * average // 100 for m in range(CLOSED_MONTHS)]
        curves.append(
            {
                "party_id": party_id,
                "last_month": f"{AS_OF.replace(day=1) - timedelta(days=1):%Y-%m}",
                "aum": aum,
                "deposit": [a // 2 for a in aum],
                "loan": [who["loan"]] * CLOSED_MONTHS,
                "inflow": [3_000_000] * CLOSED_MONTHS,
                "outflow": [2_000_000] * CLOSED_MONTHS,
                "transactions": [8 + m % 3 for m in range(CLOSED_MONTHS)],
                "tier": [who["tier"]] * CLOSED_MONTHS,
            }
        )
        held = [*(k for k, (_, _, c) in PRODUCTS.items() if c in who["categories"]), "P06"]
        held += ["P05"] if who["loan"] else []
        for place, product in enumerate(held):
            zh, en, category = PRODUCTS[product]
            holdings.append(
                {
                    "party_id": party_id,
                    "account_id": f"62170012{n:06d}{place:05d}",
                    "role": "owner",
                    "product_id": product,
                    "product_name": zh,
                    "product_name_en": en,
                    "category": category,
                    "balance": 80_000_000 if category == "mortgage" else average // len(held),
                    "currency": CURRENCY,
                    "opened_on": who["since"],
                    "matures_on": who["next_maturity_on"]
                    if category in ("time_deposit", "wealth_management")
                    else None,
                    "annual_rate": 1.55,
                }
            )
        coverage.append({"party_id": party_id, "staff_id": who["lead_staff_id"], "role": "lead"})
        other = people[(n + 1) % len(people)]
        relations.append(
            {"party_id": party_id, "other_id": other["party_id"], "kind": "spouse", "other_is_customer": True}
        )
        if who["employer_id"]:
            relations.append(
                {"party_id": party_id, "other_id": who["employer_id"], "kind": "employer", "other_is_customer": True}
            )
        events += _timeline(chance, n, who)
    _fill(tables, "customer_curve", curves)
    _fill(tables, "holding", holdings)
    _fill(tables, "relation", relations)
    _fill(tables, "duplicate", _twice(people))
    _fill(tables, "coverage", coverage)
    _fill(tables, "timeline", events)


def _twice(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two entries of the owner's that may be one, and one of theirs with one of another branch."""
    numbers = {who["party_id"] for who in people}
    found = [
        {"party_id": "C000001", "other_id": "C000007", "grade": "certain", "agrees": ["certificate", "name"]},
        {"party_id": "C000003", "other_id": "C000013", "grade": "possible", "agrees": ["name", "birth_date"]},
    ]
    return [pair for pair in found if {pair["party_id"], pair["other_id"]} <= numbers]


def _timeline(chance: random.Random, n: int, who: dict[str, Any]) -> list[dict[str, Any]]:
    shared = {"party_id": who["party_id"], "org_id": who["org_id"]}
    happenings = [
        ("transaction", "transfer_in", "mobile", 5_000_000, None, None),
        ("transaction", "cash_out", "counter", 300_000, None, None),
        ("interaction", "call", "phone", None, "询问理财到期后的安排", None),
        ("maturity", "time_deposit", "system", 10_000_000, None, None),
        ("tier", who["tier"], None, None, None, None),
        ("ticket", "wealth", "counter", None, None, None),
        ("survey", "counter_service", "mobile", None, "排队时间太长", n % 11),
    ]
    if who["open_complaints"]:
        happenings.append(("complaint", "open", "phone", None, "对转账手续费不满", None))
    return [
        {
            **shared,
            "at": _moment(AS_OF - timedelta(days=3 + 9 * place), 9 + place, chance.randrange(60)),
            "event_id": f"{kind}-{n}-{place}",
            "kind": kind,
            "detail": detail,
            "channel": channel,
            "amount": amount,
            "currency": CURRENCY if amount else None,
            "staff_id": who["lead_staff_id"] if kind == "interaction" else None,
            "words": words,
            "score": score,
        }
        for place, (kind, detail, channel, amount, words, score) in enumerate(happenings)
    ]


def _proposals(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    ranks: dict[str, int] = {}

    def propose(who: dict[str, Any], rule: str, occasion: str, facts: dict[str, Any], value: int, days: int) -> None:
        pool = who["party_id"] in pool_of
        staff = "" if pool else who["lead_staff_id"]
        ranks[staff or who["org_path"]] = rank = ranks.get(staff or who["org_path"], 0) + 1
        rows.append(
            {
                "proposal_key": f"{rule}:{who['party_id']}:{occasion}",
                "party_id": who["party_id"],
                "rule": rule,
                "facts": facts,
                "value_at_stake": value,
                "due_on": AS_OF + timedelta(days=days),
                "rank": rank,
                "within_capacity": rank <= 12,
                "staff_id": staff or None,
                "org_path": who["org_path"],
            }
        )

    pool_of = {people[n]["party_id"] for n in range(10, len(people), 20)}
    for n, who in enumerate(people):
        if n % 2 == 0:
            matures = who["next_maturity_on"].isoformat()
            maturing = {
                "product_zh": "一年定期",
                "product_en": "One-year deposit",
                "matures_on": matures,
                "maturing_amount": 10_000_000,
            }
            propose(who, "maturity", matures, maturing, 10_000_000, 5 + n)
        if n % 5 == 0:
            moved = {"outflow_amount": 2_000_000, "outflow_share": 0.286}
            propose(who, "same_name_outflow", "2026-06", moved, 2_000_000, 7)
        if n % 8 == 1 and who["near_tier"]:
            short = {"now_amount": who["aum_month_average"], "tier": who["near_tier"], "gap_amount": 300_000}
            propose(who, "near_threshold", who["near_tier"], short, 300_000, 14)
        if who["open_complaints"]:
            facts = {"complaints": 1, "since_on": (AS_OF - timedelta(days=30)).isoformat()}
            propose(who, "open_complaint", "1", facts, who["aum_month_average"], 1)
    return rows


def _branches(tables: Rows, people: list[dict[str, Any]]) -> None:
    months = [f"{2025 + (6 + m) // 12}-{(6 + m) % 12 + 1:02d}" for m in range(12)]
    by_month, moves, spread = [], [], []
    for org, path in PATHS.items():
        below = [p for p in people if p["org_path"].startswith(path)]
        total = sum(p["aum_month_average"] for p in below)
        for tier in codes.TIER_ORDER:
            those = [p for p in below if p["tier"] == tier]
            aum = sum(p["aum_month_average"] for p in those)
            by_month += [
                {
                    "org_id": org,
                    "month": month,
                    "tier": tier,
                    "customers": len(those),
                    "aum": aum - (11 - m) * aum // 50,
                }
                for m, month in enumerate(months)
            ]
            moves.append({"org_id": org, "tier_before": tier, "tier": tier, "customers": len(those), "aum": aum})
        moves.append({"org_id": org, "tier_before": "basic", "tier": "gold", "customers": 2, "aum": 12_000_000})
        moves.append({"org_id": org, "tier_before": "new", "tier": "basic", "customers": 1, "aum": 500_000})
        values = sorted(p["aum_month_average"] for p in below)
        points = [[k / 20, round(sum(values[: len(values) * k // 20]) / total, 4)] for k in range(21)]
        spread.append(
            {
                "org_id": org,
                "customers": len(below),
                "aum": total,
                "gini": 0.61,
                "top_fifth_share": 0.58,
                "lorenz": points,
            }
        )
    _fill(tables, "branch_month", by_month)
    _fill(tables, "tier_migration", moves)
    _fill(tables, "concentration", spread)


def _nights(tables: Rows) -> None:
    began = _moment(AS_OF + timedelta(days=1), 1)
    steps = ("landing", "rollup", "figures", "work_list", "publication")
    _fill(
        tables,
        "night_step",
        [
            {
                "run_id": f"night-{AS_OF}",
                "position": place,
                "step": step,
                "began_at": began + timedelta(seconds=30 * place),
                "seconds": 12.5 + place,
                "rows_read": 10_000,
                "rows_written": 60,
            }
            for place, step in enumerate(steps, 1)
        ],
    )
    _fill(
        tables,
        "batch",
        [
            {
                "batch_id": "core-20260630-1a2b3c",
                "source": "core",
                "business_date": AS_OF,
                "landed_at": began,
                "state": "landed",
                "table_name": table,
                "rows": rows,
                "quarantined": 2 if table == "transaction" else 0,
            }
            for table, rows in (("party", 60), ("account", 190), ("transaction", 9_998))
        ],
    )
    _fill(
        tables,
        "quarantine",
        [
            {
                "batch_id": "core-20260630-1a2b3c",
                "table_name": "transaction",
                "position": place,
                "file": "transaction_20260630.csv",
                "row": 100 + place,
                "column": "booked_on",
                "value": "2026-02-31",
                "rule": "date",
                "expected": "a date, YYYY-MM-DD",
            }
            for place in (1, 2)
        ],
    )
