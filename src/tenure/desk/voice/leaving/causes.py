"""Why customers left, by data and by their own word, side by side: for all one sees and branch by branch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.errors import NotFound
from tenure.desk.findings import selectors as published
from tenure.desk.findings import words
from tenure.desk.findings.models import Lost
from tenure.desk.findings.written import Writer, names_in
from tenure.desk.org.models import Organisation, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import of_visible
from tenure.desk.publication.current import pinned
from tenure.desk.voice.leaving import agreement, rules, selectors

CAUSES = tuple(codes.LEAVING_CAUSES)
#: The night's section about winning back, in the topic “attrition”.
SECTION = "win_back"


@dataclass(frozen=True, slots=True)
class Line:
    """A cause: how many it drove away by data and by word, each with its share of its own column."""

    cause: str
    data: int
    data_share: float
    word: int
    word_share: float


@dataclass(frozen=True, slots=True)
class BranchLine:
    """A branch: whom it lost, how many were asked and told us, how often the two agree, what they say most."""

    org: Any
    asked: int
    told: int
    same: int
    pairs: int
    most: str


@dataclass(frozen=True, slots=True)
class Causes:
    """Everything the page says. ``lost``: published losses of twelve months; ``states``: interviews by result."""

    at: Any
    branches: list[BranchLine]
    lost: int
    results: dict[str, int]
    lines: list[Line]
    table: list[list[int]]
    used: list[str]
    judged: list[agreement.Judged]
    kappa: agreement.Kappa
    verdict: str
    banks: list[tuple[str, int]]
    drawn: dict[str, int]

    @property
    def asked(self) -> int:
        """Interviews, open ones included."""
        return sum(self.results.values())

    @property
    def told(self) -> int:
        """How many told us why."""
        return self.results.get(rules.TOLD, 0)


def causes(user: User, org_id: str = "") -> Causes:
    """Causes of all losses ``user`` sees, or of one branch and below.

    Raises:
        NotFound: no such branch.
    """
    at = Organisation.rows().filter(org_id=org_id).first() if org_id else None
    if org_id and at is None:
        raise NotFound(_("There is no branch %(number)s.") % {"number": org_id[:40]})
    counted = selectors.counted(user, "org_path", "data_cause", "cause", "result")
    below = [row for row in counted if at is None or row[0].startswith(at.org_path)]
    results: Counter[str] = Counter()
    word: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for _path, data, said, result, n in below:
        results[result] += n
        if result == rules.TOLD:
            word[said] += n
            if data:
                pairs[data, said] += n
    data = _by_data(user, at)
    table = agreement.table_of(((a, b, n) for (a, b), n in pairs.items()), CAUSES)
    kappa = agreement.kappa(table)
    by_data, by_word = agreement.shares(data), agreement.shares(word)
    lines = [Line(c, data[c], by_data.get(c, 0.0), word[c], by_word.get(c, 0.0)) for c in CAUSES if data[c] or word[c]]
    used = [c for n, c in enumerate(CAUSES) if any(table[n]) or any(row[n] for row in table)]
    return Causes(
        at=at, branches=_branches(counted), lost=sum(data.values()), results=dict(results), lines=lines, table=table,
        used=used, judged=agreement.judged(table, CAUSES), kappa=kappa, verdict=agreement.verdict(kappa),
        banks=_banks(user, at), drawn=selectors.win_backs_counted(user, at.org_path if at else ""),
    )  # fmt: skip


def confusion(found: Causes) -> list[tuple[str, list[tuple[int, bool]], int]]:
    """The table's rows that hold anything: cause by data, counts by word (and whether the two are one), sum."""
    place = {cause: n for n, cause in enumerate(CAUSES)}
    rows = []
    for cause in found.used:
        own = found.table[place[cause]]
        if any(own):
            rows.append((cause, [(own[place[other]], other == cause) for other in found.used], sum(own)))
    return rows


def _by_data(user: User, at: Any) -> Counter[str]:
    rows = of_visible(Lost, user)
    if at is not None:
        below = Customer.rows().filter(org_path__gte=at.org_path, org_path__lt=at.org_path + "\U0010ffff")
        rows = rows.filter(party_id__in=below.values("party_id"))
    found: Counter[str] = Counter()
    for cause, n in rows.order_by().values("cause").annotate(n=Count("pk")).values_list("cause", "n"):
        found[cause or "unknown"] += n
    return found


def _branches(counted: list[tuple[Any, ...]]) -> list[BranchLine]:
    """Branch by branch, those that lost most first."""
    asked: Counter[str] = Counter()
    told: Counter[str] = Counter()
    same: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    most: dict[str, Counter[str]] = {}
    for path, data, said, result, n in counted:
        asked[path] += n
        if result == rules.TOLD:
            told[path] += n
            most.setdefault(path, Counter())[said] += n
            pairs[path] += n if data else 0
            same[path] += n if data == said else 0
    known = {row.org_path: row for row in Organisation.rows().filter(org_path__in=list(asked))}
    lines = [
        BranchLine(known[p], asked[p], told[p], same[p], pairs[p], most[p].most_common(1)[0][0] if p in most else "")
        for p in asked
        if p in known
    ]
    return sorted(lines, key=lambda one: (-one.asked, one.org.org_path))


def _banks(user: User, at: Any) -> list[tuple[str, int]]:
    """Where they went, as they told it; only for who may read such words."""
    if not (reach_of(user).may(Permission.VIEW_UNMASKED) and reach_of(user).clear):
        return []
    only = {"org_path__startswith": at.org_path} if at is not None else {}
    rows = [(bank, n) for bank, n in selectors.counted(user, "to_bank", **only) if bank]
    return sorted(rows, key=lambda one: (-one[1], one[0]))[:8]


def effect_sections(user: User) -> list[dict[str, Any]]:
    """What winning back changed, as the night found it; nothing for who has no insight page."""
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        return []
    page, publication = published.topic_page(user, "attrition"), pinned()
    bodies = [] if page is None else [b for b in [*page.sections, *page.bank] if b["code"] == SECTION]
    if not bodies or publication is None:
        return []
    names = names_in(user, bodies)
    writer = Writer(words.of("attrition"), get_language() or "zh-hans", publication.currency, names)
    return [writer.section(body, n) for n, body in enumerate(bodies)]
