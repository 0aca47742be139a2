"""Decisions about customers that need no database."""

from __future__ import annotations

#: What a list of customers tells of each; the rest is for one customer at a time, and that view is logged by name.
IN_LIST = (
    "party_id",
    "kind",
    "name",
    "phone",
    "org_id",
    "lead_staff_id",
    "tier",
    "near_tier",
    "near_gap",
    "currency",
    "aum",
    "aum_month_average",
    "aum_change_3m",
    "category_count",
    "tenure_months",
    "next_maturity_on",
    "next_maturity_amount",
    "main_bank",
    "habit",
    "payroll_months",
    "dormant",
    "score",
    "priority",
    "last_contact_on",
    "open_complaints",
)
