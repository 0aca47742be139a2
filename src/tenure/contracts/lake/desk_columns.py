"""Columns that every table of the desk's has in the same form."""

from __future__ import annotations

from tenure.contracts.columns import Column, text


def key_column(name: str, zh: str, en: str) -> Column:
    """A number of the desk's own that names the row."""
    return text(name, zh, en, nullable=False, max_length=60)


def party_column() -> Column:
    """The customer it is about."""
    return text("party_id", "客户号", "Customer number", nullable=False, references="party.party_id", max_length=40)


def staff_column(name: str = "staff_id", zh: str = "工号", en: str = "Employee who wrote it") -> Column:
    """An employee."""
    return text(name, zh, en, references="staff.staff_id", max_length=40)


def org_column() -> Column:
    """A branch."""
    return text("org_id", "机构号", "Branch", references="organisation.org_id", max_length=40)
