"""What the analytics found in the small bank: sections of every kind, and what is ahead with its customers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tenure.contracts.findings import Curve, Figure, Figures, Grid, Line, Unit, Verdict, encoded
from tenure.insight.attrition.told import told
from tenure.insight.trap import QUADRANTS


def finding_rows(people: list[dict[str, Any]], paths: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The published tables of findings, for ``bank_rows``."""
    return {
        "finding": _findings(people, paths),
        "outlook": [_outlook(n, who) for n, who in enumerate(people)],
        "need": [row for n, who in enumerate(people) for row in _needs(n, who)],
        "lost": [_lost(n, who) for n, who in enumerate(people) if n % 15 == 14],
        **_causes(people, paths),
    }


def _causes(people: list[dict[str, Any]], paths: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Three themes, one of them for leaving: in every branch, and in the words of some customers."""
    told = {"waiting": ("words", 900), "app": ("words", 400), "lost:bad_service": ("lost", 300)}
    themes, branches, voices = [], [], []
    for key, (kind, stake) in told.items():
        label = key.removeprefix("lost:")
        shared = {"theme": key, "months": [3, 4, 5, 4, 6, 7, 5, 8, 9, 9, 10, 12], "share": 0.3}
        themes.append(
            {
                **shared, "kind": kind, "label": label, "renamed": False, "phrases": ["排队", "叫号"], "customers": 20,
                "verbatims": 30, "complaints": 4, "cases": 2, "lost": 5, "course": 0.06, "course_low": 0.01,
                "course_high": 0.11, "unhappy": 0.6, "recommend": 4.2, "value_at_stake": stake * 1_000_000,
                "value_praised": 2_000_000_000 if key == "app" else 0, "customers_unhappy": 12,
                "last_month": "2026-06",
            }
        )  # fmt: skip
        for org_id, path in paths.items():
            branches.append(
                {
                    **shared, "org_id": org_id, "org_path": path, "customers": 5, "verbatims": 8, "elsewhere": 0.2,
                    "unhappy": 0.5, "value_at_stake": stake * 100_000,
                    "value_praised": 200_000_000 if key == "app" else 0, "customers_unhappy": 3,
                }
            )  # fmt: skip
    for n, who in enumerate(people[:30]):
        key = ("waiting", "app", None)[n // 3 % 3]
        voices.append(
            {
                "source": "survey", "number": f"R{n:04d}", "theme": key, "party_id": who["party_id"],
                "said_on": who["since"] + timedelta(days=n), "words": f"排队时间太长，第{n}次", "score": n % 11,
            }
        )  # fmt: skip
    return {"theme": themes, "theme_branch": branches, "theme_voice": voices, "measured": []}


def _findings(people: list[dict[str, Any]], paths: dict[str, str]) -> list[dict[str, Any]]:
    rows = []
    for org_id, path in paths.items():
        verdict = Verdict("nps_is", {"n": (Unit.COUNT, 120), "nps": (Unit.POINTS, 12.5), "width": (Unit.SPREAD, 9.0)})
        mine = [who["party_id"] for who in people if path in who["org_path"]][:3]
        sections = [
            Figures(
                "now", [Figure("nps", Unit.POINTS, 12.5, 3.5, 21.5, 120), Figure("csat", Unit.SHARE, 0.7)], verdict
            ),
            Grid(
                "people",
                [("customer", Unit.PARTY), ("value", Unit.MONEY), ("words", Unit.WORDS)],
                [[party, 1_000_000, "排队时间太长"] for party in mine],
            ),
            Curve("trend", Unit.MONTH, ["2026-05", "2026-06"], Unit.POINTS, [Line("nps", [10, 12], [1, 3], [19, 21])]),
            Figures("branches", [], Verdict("too_little_data", tone="warn")),
        ]
        rows += [
            {"topic": "opinion", "org_id": org_id, "org_path": path, "place": place, "body": encoded(section)}
            for place, section in enumerate(sections)
        ]
        rows += [
            {"topic": "signs", "org_id": org_id, "org_path": path, "place": place, "body": encoded(section)}
            for place, section in enumerate(_signs(org_id))
        ]
        rows += [
            {"topic": "fairness", "org_id": org_id, "org_path": path, "place": place, "body": encoded(section)}
            for place, section in enumerate(_fairness(org_id, mine))
        ]
    return rows


def _fairness(org_id: str, mine: list[str]) -> list[Figures | Grid]:
    """A bank whose loud get more: for auditors, executives and complaint handlers."""
    numbers = {"n": (Unit.COUNT, 1), "tests": (Unit.COUNT, 30)}
    apart = [("complaints", Unit.COUNT), ("often_apart", Unit.POINTS), ("verdict", Unit.CODE)]
    return [
        Figures("fairness", [Figure("decided", Unit.COUNT, 90)], Verdict("fairness_unlike", numbers, "warn")),
        Grid("by_branch", [("branch", Unit.ORG), *apart], [[org_id, 40, (31.0, 12.0, 50.0), "more_often"]]),
        Grid("passed_over", [("customer", Unit.PARTY), ("alike_given", Unit.SHARE)], [[one, 0.4] for one in mine]),
    ]


def _signs(org_id: str) -> list[Figures | Grid]:
    """A branch that looks as if it had asked for marks: for auditors."""
    return [
        Figures("signs", [], Verdict("signs_found", {"n": (Unit.COUNT, 1)}, "warn")),
        Grid(
            "signs_found_at",
            [("branch", Unit.ORG), ("sign", Unit.CODE), ("answers", Unit.COUNT), ("errors_beyond", Unit.NUMBER)],
            [[org_id, "sign_jump", 240, 6.1]],
        ),
    ]


def _outlook(n: int, who: dict[str, Any]) -> dict[str, Any]:
    left = [round(0.99 ** (month + 1), 4) for month in range(12)]
    return {
        "party_id": who["party_id"],
        "leaving_3m": 0.03,
        "leaving_6m": 0.06,
        "leaving_12m": 0.11,
        "survival": left,
        "cause": "better_rate_elsewhere",
        "reasons": [
            {**told("aum_ratio_3m", 0.8), "contribution": 0.4, "reason": "aum_down"},
            {**told("payroll_stopped", 0), "contribution": -0.1, "reason": "payroll_stopped"},
        ],
        "value": 1_000_000 + n,
        "value_low": 800_000,
        "value_high": 1_200_000,
        "value_months": 36,
        "value_parts": {"deposits": 1_200_000, "service": -200_000 + n},
        "quadrant": QUADRANTS[n % len(QUADRANTS)],
    }


#: Need, category, product, gate, occasion and evidence of a customer's needs.
NEEDS: tuple[tuple[str, str, str | None, str, str | None, list[dict[str, Any]]], ...] = (
    ("grow", "wealth_management", "P03", "ok", "maturity", [{"code": "idle", "value": 3_000_000, "unit": "money"}]),
    ("protect", "insurance", None, "risk_too_high", "spouse", [{"code": "children", "value": 1, "unit": "count"}]),
    (
        "colleagues", "fund", "P04", "rating_expired", None,
        [
            {"code": "colleagues_with", "value": 7, "unit": "count"},
            {"code": "colleagues", "value": 12, "unit": "count"},
            {"code": "lift", "value": 3.4, "unit": "number"},
            told("made_3m", 31.0),
        ],
    ),
)  # fmt: skip


def _needs(n: int, who: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "party_id": who["party_id"],
            "place": place,
            "need": need,
            "score": 0.8,
            "category": category,
            "product_id": product,
            "propensity": 0.2,
            "gate": gate,
            "trigger": trigger,
            "due_on": who["since"] + timedelta(days=n) if trigger else None,
            "expected_value": 50_000,
            "evidence": evidence,
        }
        for place, (need, category, product, gate, trigger, evidence) in enumerate(NEEDS, start=1)
    ]


def _lost(n: int, who: dict[str, Any]) -> dict[str, Any]:
    heard = [{"staff_id": "E2011", "contacts": 2, "last_on": "2026-03-17"}] if n % 30 == 14 else []
    return {
        "party_id": who["party_id"],
        "month": "2026-05",
        "definition": "closed",
        "cause": "matured_not_contacted",
        "confidence": 0.4,
        "changes": [
            {
                **told("aum_to_baseline", 0.31),
                "reason": "aum_down",
                "feature": "aum_to_baseline",
                "past": 0.97,
                "z": -4.1,
            },
            {**told("contacts_3m", 0.0), "reason": "contacts", "feature": "contacts_3m", "past": 0.4, "z": -1.2},
            {**told("matured_unheard", 1.0), "reason": "x", "feature": "matured_unheard", "past": 0.0, "z": 3.0},
        ],
        "contacts": heard,
    }
