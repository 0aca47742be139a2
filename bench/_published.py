"""A publication of any size, for measuring the desk: believable shapes, no meaning."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from tenure.contracts import PUBLISHED, Kind, Table
from tenure.contracts.codes import MAIN_BANK, PRODUCT_CATEGORIES, THEME_KINDS, TIER_ORDER, VOICE_SOURCES
from tenure.contracts.findings import TOPICS, Figure, Figures, Unit, encoded
from tenure.lake.schema import SQL_TYPE

BRANCHES, OUTLETS_PER_BRANCH = 20, 30
THEMES = 12
THRESHOLDS = {"basic": 0, "gold": 5_000_000, "platinum": 50_000_000, "diamond": 500_000_000, "private": 1_000_000_000}


def write(
    folder: Path,
    customers: int,
    *,
    as_of: str = "2026-06-30",
    months: int = 24,
    outlets: int = BRANCHES * OUTLETS_PER_BRANCH,
    every: int = 20,
    rules: tuple[str, ...] = ("near_threshold",),
) -> Path:
    """Write every published table for ``customers`` customers under ``folder``; returns ``folder``.

    Each of the ``outlets`` has five relationship managers. Every ``every``-th customer is on their list by each of
    ``rules``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    db = duckdb.connect()
    db.execute("SET threads=2; SELECT setseed(0.2026)")
    db.execute(_BASE.format(customers=customers, as_of=as_of, outlets=outlets))
    sources = _sources(as_of, months, customers, every, rules)
    for name, table in PUBLISHED.items():
        source, given = sources[name]
        columns = ", ".join(f'({_value(table, c.name, given)})::{SQL_TYPE[c.kind]} AS "{c.name}"' for c in table)
        db.execute(f"COPY (SELECT {columns} FROM {source}) TO '{folder / name}.parquet' (FORMAT parquet)")
    (folder / "manifest.json").write_text(
        json.dumps(
            {
                "run_id": f"bench-{customers}",
                "lake_id": "bench",
                "bank": "Bench",
                "currency": "CNY",
                "as_of": as_of,
                "tiers": THRESHOLDS,
            }
        )
    )
    return folder


def _value(table: Table, name: str, given: dict[str, str]) -> str:
    if name in given:
        return given[name]
    column = table[name]
    if column.nullable:
        return "NULL"
    return {Kind.TEXT: "''", Kind.JSON: "'[]'", Kind.BOOLEAN: "false"}.get(column.kind, "0")


#: A section with one figure: what a topic's page shows at least.
_FINDING = json.dumps(encoded(Figures("now", [Figure("nps", Unit.POINTS, 12.5, 3.5, 21.5, 120)])))

_BASE = """
CREATE TABLE org AS
  SELECT 'HQ' AS org_id, NULL AS parent_id, '/HQ/' AS org_path, 'head_office' AS kind, 0 AS depth
  UNION ALL SELECT 'B'||b, 'HQ', '/HQ/B'||b||'/', 'branch', 1 FROM range({outlets} // 30) t(b)
  UNION ALL SELECT 'O'||o, 'B'||(o // 30), '/HQ/B'||(o // 30)||'/O'||o||'/', 'outlet', 2 FROM range({outlets}) t(o);
CREATE TABLE base AS
  SELECT i, 'C' || lpad(i::varchar, 9, '0') AS party_id, hash(i * 7) % {outlets} AS outlet,
         'S' || lpad((hash(i * 7) % {outlets} * 5 + hash(i * 13) % 5)::varchar, 6, '0') AS staff_id,
         (exp(11 + 2.2 * sqrt(-2 * ln(1 - random())) * cos(6.2831853 * random())) * 100)::bigint AS aum,
         chr(19968 + (hash(i * 3) % 300)::int) || chr(20500 + (hash(i * 5) % 800)::int)
           || CASE WHEN hash(i * 11) % 3 > 0 THEN chr(21500 + (hash(i * 17) % 800)::int) ELSE '' END AS name,
         '1' || lpad((hash(i * 19) % 10000000000)::varchar, 10, '0') AS phone,
         (hash(i * 23) % 7)::int AS depth, (hash(i * 29) % 240)::int AS tenure,
         DATE '{as_of}' - (hash(i * 31) % 400)::int AS contacted,
         CASE WHEN hash(i * 37) % 5 = 0 THEN DATE '{as_of}' + (hash(i * 41) % 360)::int END AS matures
  FROM range({customers}) t(i);
"""


def _sources(
    as_of: str, months: int, customers: int, every: int, rules: tuple[str, ...]
) -> dict[str, tuple[str, dict[str, str]]]:
    tier = (
        "CASE "
        + " ".join(f"WHEN aum >= {THRESHOLDS[t]} THEN '{t}'" for t in reversed(TIER_ORDER))
        + " ELSE 'basic' END"
    )
    path = "'/HQ/B' || (outlet // 30) || '/O' || outlet || '/'"
    series = f"'[' || array_to_string(list_transform(range({months - 1}), lambda x: (aum * (0.9 + x % 7 * 0.03))::bigint), ',') || ']'"
    nothing = "'[" + ",".join(["null"] * (months - 1)) + "]'"
    categories = list(PRODUCT_CATEGORIES)
    customer = {
        "party_id": "party_id", "kind": "CASE WHEN i % 20 = 0 THEN 'company' ELSE 'person' END", "name": "name",
        "sex": "CASE WHEN i % 2 = 0 THEN 'female' ELSE 'male' END", "phone": "phone", "certificate_no": "'51' || lpad(i::varchar, 16, '0')",
        "org_id": "'O' || outlet", "lead_staff_id": "staff_id", "org_path": path, "name_key": "name", "phone_tail": "phone[-4:]",
        "currency": "'CNY'", "since": f"DATE '{as_of}' - tenure * 30", "consent_marketing": "i % 3 > 0",
        "aum": "aum", "deposit": "aum // 2", "investment": "aum - aum // 2", "loan": "CASE WHEN i % 6 = 0 THEN aum // 3 ELSE 0 END",
        "net_worth": "aum", "aum_month_average": "aum", "aum_quarter_average": "aum", "aum_year_average": "aum",
        "aum_last_month_average": "aum", "deposit_month_average": "aum // 2", "deposit_quarter_average": "aum // 2",
        "deposit_year_average": "aum // 2", "aum_change_3m": "aum // 20 - aum // 30", "aum_share_rank": "0.5", "in_top_fifth": "i % 5 = 0",
        "product_count": "depth", "category_count": "depth", "categories": f"'[\"{categories[0]}\"]'", "tenure_months": "tenure",
        "next_maturity_on": "matures", "next_maturity_amount": "CASE WHEN matures IS NOT NULL THEN aum // 4 END",
        "maturing_30d": "0", "maturing_90d": "0", "transactions_12m": "i % 200", "transactions_3m": "i % 50", "active_months_12m": "i % 13",
        "channels_12m": "'{\"mobile\": 10}'", "digital_share_12m": "0.7", "habit": "'digital'", "last_transaction_on": "contacted",
        "dormant": "i % 17 = 0", "inflow_month": "aum // 30", "outflow_month": "aum // 25", "transactions_month": "i % 20", "loan_month_average": "CASE WHEN i % 6 = 0 THEN aum // 3 ELSE 0 END",
        "inflow_3m": "aum // 9", "outflow_3m": "aum // 8", "same_name_outflow_3m": "aum // 50",
        "same_name_outflow_12m": "aum // 20", "payroll_months": "i % 25", "main_bank": f"{list(MAIN_BANK)}[1 + i % 3]",
        "tier": tier, "tier_reached": tier, "tier_before": tier, "tier_lowest_3m": tier, "tier_lowest_12m": tier,
        "near_tier": "CASE WHEN i % 25 = 0 THEN 'gold' END", "near_gap": "CASE WHEN i % 25 = 0 THEN 100000 END",
        "score": "(i % 1000) / 10.0", "score_assets": "50", "score_depth": "50", "score_activity": "50", "score_loyalty": "50",
        "priority": "CASE WHEN i % 9 = 0 THEN 'high' WHEN i % 3 = 0 THEN 'medium' ELSE 'low' END", "last_contact_on": "contacted", "open_complaints": "0",
    }  # fmt: skip
    return {
        "organisation": ("org", {k: k for k in ("org_id", "parent_id", "org_path", "kind", "depth")} | {"name": "org_id"}),
        "staff": (
            "(SELECT DISTINCT staff_id, outlet FROM base)",
            {"staff_id": "staff_id", "name": "staff_id", "org_id": "'O' || outlet", "role": "'relationship_manager'", "org_path": path},
        ),
        "product": (
            "(SELECT unnest(range(18)) AS p)",
            {"product_id": "'P' || p", "name": "'P' || p", "category": f"{categories}[1 + p]"},
        ),
        "customer": ("base ORDER BY i", customer),
        "customer_curve": (
            "base ORDER BY i",
            {"party_id": "party_id", "last_month": f"strftime(DATE '{as_of}' - INTERVAL 1 MONTH, '%Y-%m')", "tier": nothing}
            | dict.fromkeys(("aum", "deposit", "loan", "inflow", "outflow", "transactions"), series),
        ),
        "holding": (
            "(SELECT *, unnest(range(1 + depth // 2)) AS h FROM base) ORDER BY i",
            {"party_id": "party_id", "account_id": "'6222' || lpad((i * 10 + h)::varchar, 15, '0')", "role": "'owner'", "product_id": "'P' || h",
             "product_name": "'P' || h", "category": f"{categories}[1 + h]", "balance": "aum // (1 + h)", "currency": "'CNY'", "opened_on": "DATE '2020-01-01'"},
        ),
        "relation": (
            f"(SELECT * FROM base WHERE i % 2 = 0 AND i + 1 < {customers}) ORDER BY i",
            {"party_id": "party_id", "other_id": "'C' || lpad((i + 1)::varchar, 9, '0')", "kind": "'spouse'", "other_is_customer": "true"},
        ),
        "coverage": ("base ORDER BY i", {"party_id": "party_id", "staff_id": "staff_id", "role": "'lead'"}),
        "timeline": (
            "(SELECT *, unnest(range(10)) AS e FROM base) ORDER BY i, e",
            {"party_id": "party_id", "at": f"TIMESTAMP '{as_of} 10:00:00' - to_days((e * 9)::int)", "event_id": "'T' || i || '-' || e",
             "kind": "'transaction'", "detail": "'transfer_in'", "channel": "'mobile'", "amount": "aum // 100", "currency": "'CNY'"},
        ),
        "proposal": (
            f"(SELECT *, row_number() OVER (PARTITION BY staff_id ORDER BY aum DESC, rule) AS r FROM base, unnest({list(rules)}) t(rule) WHERE i % {every} = 0)",
            {"proposal_key": "rule || ':' || party_id", "party_id": "party_id", "rule": "rule",
             "facts": "'{\"now_amount\": ' || aum || ', \"tier\": \"gold\", \"gap_amount\": 100000}'", "value_at_stake": "aum", "due_on": f"DATE '{as_of}'",
             "rank": "r", "within_capacity": "r <= 15", "staff_id": "staff_id", "org_path": path},
        ),
        "branch_month": (
            f"(SELECT org_id, strftime(DATE '{as_of}' - to_months(m::int), '%Y-%m') AS month, t FROM org, range({months}) a(m), (SELECT unnest({list(TIER_ORDER)}) AS t))",
            {"org_id": "org_id", "month": "month", "tier": "t", "customers": "100", "aum": "100000000"},
        ),
        "tier_migration": (
            f"(SELECT org_id, t FROM org, (SELECT unnest({list(TIER_ORDER)}) AS t))",
            {"org_id": "org_id", "tier_before": "t", "tier": "t", "customers": "100", "aum": "100000000"},
        ),
        "concentration": (
            "org",
            {"org_id": "org_id", "customers": "1000", "aum": "100000000", "gini": "0.8", "top_fifth_share": "0.8",
             "lorenz": "'[' || array_to_string(list_transform(range(21), lambda x: '[' || x / 20.0 || ',' || (x / 20.0) ** 4 || ']'), ',') || ']'"},
        ),
        "duplicate": (
            f"(SELECT * FROM base WHERE i % 200 = 0 AND i + 1 < {customers}) ORDER BY i",
            {"party_id": "party_id", "other_id": "'C' || lpad((i + 1)::varchar, 9, '0')", "grade": "'likely'", "agrees": "'[\"phone\",\"name\"]'"},
        ),
        "finding": (
            f"(SELECT org_id, org_path, topic FROM org, unnest({list(TOPICS)}) t(topic))",
            {"topic": "topic", "org_id": "org_id", "org_path": "org_path", "body": f"'{_FINDING}'"},
        ),
        "outlook": (
            "base ORDER BY i",
            {"party_id": "party_id", "leaving_3m": "0.03", "leaving_6m": "0.06", "leaving_12m": "(i % 90) / 100.0",
             "survival": "'[0.99,0.98,0.97,0.96,0.95,0.94,0.93,0.92,0.91,0.9,0.89,0.88]'", "reasons": "'[]'", "value": "aum // 50",
             "value_low": "aum // 80", "value_high": "aum // 30", "value_months": "36", "value_parts": "'{\"deposits\": ' || aum // 50 || '}'",
             "quadrant": "['loyal_satisfied', 'trapped'][1 + i % 2]"},
        ),
        "need": (
            "(SELECT *, unnest(['grow', 'protect', 'borrow']) AS need, unnest([1, 2, 3]) AS place FROM base) ORDER BY i, place",
            {"party_id": "party_id", "place": "place", "need": "need", "score": "0.8 / place", "category": f"'{categories[2]}'", "product_id": "'P2'",
             "propensity": "0.2", "gate": "'ok'", "expected_value": "aum // 400", "evidence": "'[]'"},
        ),
        "lost": ("(SELECT 1) WHERE false", {}),
        "theme": (
            f"range({THEMES}) t(k)",
            {"theme": "'subject-' || k", "kind": f"'{next(iter(THEME_KINDS))}'", "label": "'Subject ' || k", "customers": f"{customers} // 50 // (k + 2)",
             "verbatims": f"{customers} // 40 // (k + 2)", "share": "0.3 / (k + 2)", "course": "0.01", "course_low": "-0.01", "course_high": "0.03",
             "unhappy": "0.4", "recommend": "6.5", "value_at_stake": f"{customers}::bigint * 10000 // (k + 2)", "last_month": f"'{as_of[:7]}'", "months": "'[3,4,5,4,3,4,5,6,7,6,5,8]'"},
        ),
        "theme_branch": (
            f"(SELECT org_id, org_path, k FROM org, range({THEMES}) t(k))",
            {"theme": "'subject-' || k", "org_id": "org_id", "org_path": "org_path", "customers": "40 // (k + 1)", "verbatims": "50 // (k + 1)", "share": "0.3 / (k + 2)",
             "elsewhere": "0.2 / (k + 2)", "unhappy": "0.4", "value_at_stake": "4000000 // (k + 1)", "months": "'[3,4,5,4,3,4,5,6,7,6,5,8]'"},
        ),
        "theme_voice": (
            "(SELECT * FROM base WHERE i % 50 = 0) ORDER BY i",
            {"source": f"'{next(iter(VOICE_SOURCES))}'", "number": "'A' || i", "theme": f"'subject-' || i // 50 % {THEMES}", "party_id": "party_id",
             "said_on": "contacted", "words": "'等了四十分钟，柜台只开了一个窗口。'", "score": "i // 50 % 11"},
        ),
        "measured": ("(SELECT 1) WHERE false", {}),
        "night_step": ("(SELECT 1)", {"run_id": "'bench'", "position": "1", "step": "'bench'", "began_at": f"TIMESTAMP '{as_of} 01:00:00'", "seconds": "1"}),
        "batch": ("(SELECT 1)", {"batch_id": "'bench'", "source": "'bench'", "business_date": f"DATE '{as_of}'", "landed_at": f"TIMESTAMP '{as_of} 01:00:00'", "state": "'landed'", "table_name": "'party'", "rows": str(customers)}),
        "quarantine": ("(SELECT 1) WHERE false", {}),
    }  # fmt: skip
