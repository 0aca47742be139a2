"""What a demo bank is asked to be, and what of it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from tenure.errors import InputError


@dataclass(frozen=True)
class DemoBank:
    """The size and the clock of a synthetic bank; the same settings always give the same files.

    ``customers`` counts people and companies together (a few duplicated people are among them);
    ``months`` of history end with the month of ``until``; ``companies`` is the share of customers that are
    companies; the last ``last_days`` days come as one small delivery each. ``activity`` scales how often
    people pay (1.0 gives about 60 transactions a customer a year). Raises InputError where a setting cannot be met.
    """

    customers: int = 5000
    months: int = 36
    until: date = date(2026, 6, 30)
    seed: int = 2026
    companies: float = 0.06
    last_days: int = 5
    activity: float = 1.0

    def __post_init__(self) -> None:
        bounds: tuple[tuple[str, float, float, float], ...] = (
            ("customers", self.customers, 100, 9_000_000),
            ("months", self.months, 6, 120),
            ("companies", self.companies, 0.02, 0.5),
            ("last_days", self.last_days, 1, 60),
            ("activity", self.activity, 0.05, 5),
            ("until.year", self.until.year, 2010, 2040),
            ("seed", self.seed, 0, 2**63),
        )
        for name, value, low, high in bounds:
            if not low <= value <= high:
                raise InputError(f"The demo bank's {name} is {value}.", f"Choose a value from {low:g} to {high:g}.")

    def as_text(self) -> dict[str, str]:
        """Every setting by name, as text."""
        return {f.name: str(getattr(self, f.name)) for f in fields(self)}

    @property
    def company_count(self) -> int:
        """How many customers are companies."""
        return max(6, round(self.customers * self.companies))

    @property
    def person_count(self) -> int:
        """How many customers are people."""
        return self.customers - self.company_count


@dataclass(frozen=True)
class Delivery:
    """What the bank's core system sends for one business date: paths per table, and which tables are complete."""

    business_date: date
    tables: dict[str, list[Path]]
    full: list[str]

    def folder(self, table: str) -> Path:
        """The folder that holds the table's files of this delivery and nothing else."""
        return self.tables[table][0].parent


@dataclass(frozen=True)
class Built:
    """What ``build`` wrote: the folder, the deliveries in order, and rows per table."""

    settings: DemoBank
    out: Path
    deliveries: list[Delivery]
    rows: dict[str, int]

    @property
    def truth(self) -> Path:
        """The folder of what was planted."""
        return self.out / "truth"

    @classmethod
    def read(cls, settings: DemoBank, out: Path) -> Built | None:
        """The bank that stands in ``out`` already, if it has these settings and all its files; else ``None``."""
        try:
            manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if manifest.get("settings") != settings.as_text():
            return None
        deliveries = [
            Delivery(
                date.fromisoformat(d["business_date"]),
                {t: [out / p for p in paths] for t, paths in d["tables"].items()},
                d["full"],
            )
            for d in manifest["deliveries"]
        ]
        whole = all(p.exists() for d in deliveries for paths in d.tables.values() for p in paths)
        return cls(settings, out, deliveries, manifest["rows"]) if whole else None

    def as_manifest(self) -> dict[str, Any]:
        """The content of ``manifest.json``; paths are relative to ``out``."""
        return {
            "settings": self.settings.as_text(),
            "deliveries": [
                {
                    "business_date": d.business_date.isoformat(),
                    "tables": {t: [str(p.relative_to(self.out)) for p in paths] for t, paths in d.tables.items()},
                    "full": d.full,
                }
                for d in self.deliveries
            ],
            "rows": self.rows,
        }
