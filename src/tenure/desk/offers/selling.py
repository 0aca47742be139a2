"""How branches sell (S9): at which of the three levels, and how many of those shown a solution agree.

Reads only, of customers the reader sees. Sold is what a customer agreed to in the months asked for, and, at the level
of a product, opportunities won without a solution; a share rests on solutions answered or run out, not on open ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotAllowed
from tenure.desk.knowledge.suitability import months_later
from tenure.desk.offers import rules
from tenure.desk.offers.fitting import name_of
from tenure.desk.offers.models import Item, Solution
from tenure.desk.offers.rules import Sold
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branches_of, reach_of, staff_names
from tenure.desk.parties.visibility import naming, visible_to

SPANS = (3, 6, 12)


@dataclass(frozen=True, slots=True)
class Selling:
    """In all, by branch, by manager, by month of showing (of winning, for singles), and by level shown."""

    since: date
    whole: Sold
    branches: list[tuple[str, Sold]]
    managers: list[tuple[str, Sold]]
    months: list[tuple[str, Sold]]
    levels: list[tuple[str, Sold]]


@dataclass(frozen=True, slots=True)
class _Pile:
    """So many solutions that are alike; ``level_shown`` is empty for opportunities won without a solution."""

    org_path: str
    manager: str
    month: str
    level_shown: str
    level_agreed: str
    state: str
    count: int


def selling(user: User, months: int, today: date) -> Selling:
    """How the branches within reach sold in the ``months`` up to ``today``.

    Raises:
        NotAllowed: none of their posts looks at branches.
    """
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        raise NotAllowed(_("How branches sell is for branch heads and head office."))
    since = months_later(today, -(months if months in SPANS else SPANS[-1]))
    piles = [*_solutions(user, since, today), *_singles(user, since)]
    names = {one.org_path: one for one in branches_of(user)}
    staff = staff_names({pile.manager for pile in piles})

    def by(key: Any, label: Any) -> list[tuple[str, Sold]]:
        grouped: dict[str, list[_Pile]] = defaultdict(list)
        for pile in piles:
            grouped[key(pile)].append(pile)
        return [(label(code), sold_of(grouped[code])) for code in sorted(grouped)]

    by_size = sorted(
        by(lambda pile: pile.manager, lambda code: staff.get(code, code) or _("nobody")), key=lambda p: -p[1].sold
    )
    return Selling(
        since=since,
        whole=sold_of(piles),
        branches=by(lambda pile: pile.org_path, lambda path: _branch(names.get(path), path)),
        managers=by_size,
        months=by(lambda pile: pile.month, str)[::-1],
        levels=[
            (level, sold_of(p for p in piles if p.level_shown == level)) for level in ("product", "service", "solution")
        ],
    )


def _branch(row: Any | None, path: str) -> str:
    return name_of(row) if row is not None else path.strip("/").rsplit("/", 1)[-1]


def sold_of(piles: Iterable[Any]) -> Sold:
    """The figures of piles put together."""
    found: dict[str, int] = defaultdict(int)
    for pile in piles:
        if not pile.level_shown:
            found["singles"] += pile.count
            continue
        found["shown"] += pile.count
        if pile.level_agreed:
            found[pile.level_agreed] += pile.count
            found["agreed"] += pile.count
        if pile.state != rules.SHOWN:
            found["settled"] += pile.count
    return Sold(**found)


def _mine(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows if "/" in reach_of(user).paths else rows.filter(naming(visible_to(user)))


def _solutions(user: User, since: date, today: date) -> list[_Pile]:
    rows = _mine(user, Solution.objects.filter(shown_on__gte=since))
    ended = Count("pk", filter=Q(state=rules.SHOWN, valid_until__lt=today))
    found = (
        rows.annotate(month=TruncMonth("shown_on"))
        .values("org_path", "manager", "month", "level_shown", "level_agreed", "state")
        .annotate(count=Count("pk"), ended=ended)
        .order_by()
    )
    piles = []
    for one in found:
        same = (one["org_path"], one["manager"], f"{one['month']:%Y-%m}", one["level_shown"], one["level_agreed"])
        ran_out = one["ended"]
        if ran_out:
            piles.append(_Pile(*same, rules.EXPIRED, ran_out))
        if one["count"] > ran_out:
            piles.append(_Pile(*same, one["state"], one["count"] - ran_out))
    return piles


def _singles(user: User, since: date) -> list[_Pile]:
    """Opportunities won without a solution, by the day they were won."""
    planned = Item.objects.filter(opportunity_id__isnull=False).values("opportunity_id")
    won = Opportunity.objects.filter(state="won", closed_on__gte=since).exclude(pk__in=planned)
    found = (
        _mine(user, won)
        .annotate(month=TruncMonth("closed_on"), manager=F("owner"))
        .values("org_path", "manager", "month")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return [
        _Pile(one["org_path"], one["manager"], f"{one['month']:%Y-%m}", "", "", rules.AGREED, one["count"])
        for one in found
    ]
