"""What one may ask of the customer list: which rows, in which order, with which columns. Pure; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenure.contracts import codes
from tenure.desk.kit.listing import Filter, Sort

#: Every order of the list; each has an index of its own (parties.models).
SORTS: dict[str, Sort] = {
    "aum": Sort("aum_month_average", descending=True),
    "score": Sort("score", descending=True),
    "tenure": Sort("tenure_months", descending=True),
    "maturity": Sort("next_maturity_on"),
    "contact": Sort("last_contact_on"),
    "name": Sort("name_key"),
}
#: Columns one may choose, in their order on the page; the customer, tier and AUM are always there.
COLUMNS = (
    "branch",
    "change",
    "score",
    "depth",
    "tenure",
    "maturity",
    "contact",
    "priority",
    "main_bank",
    "habit",
    "payroll",
    "rank",
)
USUAL_COLUMNS = ("branch", "change", "score", "depth", "maturity", "contact", "priority")

#: Fields that hold a code, and what it may be.
_CODED: dict[str, Mapping[str, Any]] = {
    "tier": codes.TIERS,
    "main_bank": codes.MAIN_BANK,
    "habit": codes.HABITS,
    "kind": codes.PARTY_KINDS,
    "priority": codes.PRIORITIES,
    "consent": codes.CONSENTS,
}
_FLAGS = ("near", "maturing", "dormant", "payroll")


@dataclass(frozen=True, slots=True)
class CustomerFilter(Filter):
    """What the list is narrowed to. Empty means “all”; flags are ``1`` or empty."""

    q: str = ""
    tier: str = ""
    branch: str = ""
    rm: str = ""
    main_bank: str = ""
    habit: str = ""
    kind: str = ""
    priority: str = ""
    consent: str = ""
    near: bool = False
    maturing: bool = False
    dormant: bool = False
    payroll: bool = False
    sort: str = "aum"

    @property
    def order(self) -> Sort:
        """The order asked for."""
        return SORTS[self.sort]


def filter_from(query: Mapping[str, Any]) -> CustomerFilter:
    """The filter an address asks for; values it cannot mean are left out rather than refused."""
    chosen: dict[str, Any] = {
        "q": str(query.get("q", "")).strip()[:60],
        "branch": str(query.get("branch", ""))[:40],
        "rm": str(query.get("rm", ""))[:40],
    }
    for name, allowed in _CODED.items():
        value = str(query.get(name, ""))
        chosen[name] = value if value in allowed else ""
    for name in _FLAGS:
        chosen[name] = query.get(name) in ("1", "on", True)
    sort = str(query.get("sort", ""))
    chosen["sort"] = sort if sort in SORTS else "aum"
    return CustomerFilter(**chosen)
