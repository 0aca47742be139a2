"""What the analytics found in the small bank: sections of every kind, and what is ahead with its customers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tenure.contracts.findings import Curve, Figure, Figures, Grid, Line, Unit, Verdict, encoded


def finding_rows(people: list[dict[str, Any]], paths: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The published tables of findings, for ``bank_rows``."""
    return {
        "finding": _findings(people, paths),
        "outlook": [_outlook(n, who) for n, who in enumerate(people)],
        "need": [row for n, who in enumerate(people) for row in _needs(n, who)],
        "lost": [_lost(who) for n, who in enumerate(people) if n % 15 == 14],
    }


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
    return rows


def _outlook(n: int, who: dict[str, Any]) -> dict[str, Any]:
    left = [round(0.99 ** (month + 1), 4) for month in range(12)]
    return {
        "party_id": who["party_id"],
        "leaving_3m": 0.03,
        "leaving_6m": 0.06,
        "leaving_12m": 0.11,
        "survival": left,
        "cause": "unclear",
        "reasons": [{"code": "aum_down", "contribution": 0.4, "value": -0.2, "unit": "share"}],
        "value": 1_000_000 + n,
        "value_low": 800_000,
        "value_high": 1_200_000,
        "value_months": 36,
        "value_parts": {"deposits": 1_200_000, "service": -200_000 + n},
        "quadrant": "loyal",
    }


def _needs(n: int, who: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "party_id": who["party_id"],
            "place": place,
            "need": need,
            "score": 0.8,
            "category": "wealth_management",
            "propensity": 0.2,
            "gate": gate,
            "trigger": "maturity",
            "due_on": who["since"] + timedelta(days=n),
            "expected_value": 50_000,
            "evidence": [{"code": "idle_deposits", "value": 3_000_000, "unit": "money"}],
        }
        for place, (need, gate) in enumerate((("grow", "ok"), ("protect", "suitability")), start=1)
    ]


def _lost(who: dict[str, Any]) -> dict[str, Any]:
    return {
        "party_id": who["party_id"],
        "month": "2026-05",
        "definition": "closed",
        "cause": "unclear",
        "confidence": 0.4,
        "changes": [{"code": "aum_down", "value": -0.6, "unit": "share"}],
        "contacts": [],
    }
