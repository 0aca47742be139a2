"""Who can introduce me to…: the ways from the reader's customers to one they want to meet, strongest first.

The walk goes backwards from the target, breadth first, and at every step asks which of the reader's own customers stand
beside those reached: so both ends meet, and the reader's thousands are never expanded. Each step costs the same few
queries, however many stand there; of one party only the strongest ties are followed, and a company's thousands of
people are never listed, only those of them who are the reader's.

What is told follows the relation graph: ties of customers the reader sees. Of others on the way one learns that there
is one, of which branch, and whom to ask there; a tie between two of them has no name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from tenure.contracts.published import CUSTOMER
from tenure.desk.control.masking import masked
from tenure.desk.network import rules, selectors
from tenure.desk.network.rules import Tie
from tenure.desk.org.models import Staff, User
from tenure.desk.org.rules import prefix_range
from tenure.desk.org.selectors import branch_names, reach_of
from tenure.desk.parties.models import Coverage, Customer, Relation
from tenure.desk.parties.visibility import entries_of_each, naming, standing_of, visible_to
from tenure.desk.publication.current import pinned
from tenure.desk.work.models import Contact

#: Ties of a path at most, the reader's acquaintance with its first customer not counted.
LONGEST = 3
#: Of one party, the ties that are followed; of all reached in a step, the parties walked on from, strongest first.
FOLLOWED, WIDEST = 25, 120
#: Of one step, the reader's customers met.
MET = 200
#: Ways that are shown, one for each introducer.
SHOWN = 12

_NEEDED = (
    "party_id", "kind", "name", "tier", "org_id", "org_path", "employer_id", "lead_staff_id", "last_contact_on",
    "last_recommend", "open_complaints", "consent_marketing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody on a path. Without ``row`` they are not the reader's: then ``branch`` and ``ask`` say where to ask."""

    row: Any | None
    label: str = ""
    branch: str = ""
    ask: str = ""
    #: What they are to the stop before; empty for the first, and where neither end is the reader's.
    kind: str = ""
    #: How likely a word passes from the stop before.
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Way:
    """One path: its stops from the introducer to the target, how strong, why, and why not now (a code; or empty)."""

    stops: list[Stop]
    strength: float
    contact: float
    willing: float
    weighs: float
    last_contact: date | None
    own: bool
    hindrance: str
    again_on: date | None

    @property
    def introducer(self) -> Any:
        """The customer one would ask."""
        return self.stops[0].row

    @property
    def grade(self) -> str:
        """``strong``, ``fair`` or ``weak``."""
        return rules.grade(self.strength)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: ways that may be gone now, those that may not and why, and where the target is if not ours."""

    target: Stop
    ways: list[Way]
    hindered: list[Way]
    #: Whether ties were left out because there were too many: a weaker way may be missing.
    cut: bool


@dataclass(slots=True)
class _Walk:
    """What the walk knows: the best chain of ties to each party reached, from the target outwards."""

    best: dict[str, tuple[float, tuple[Tie, ...]]]
    rows: dict[str, Any] = field(default_factory=dict)
    cut: bool = False


def ways_to(user: User, target: Any, today: date) -> Found:
    """The ways from ``user``'s customers to ``target``, a published customer row, theirs or not."""
    mine = visible_to(user)
    walk = _Walk({target.party_id: (1.0, ())}, {target.party_id: target})
    met: dict[str, tuple[float, tuple[Tie, ...]]] = {}
    edge = [target.party_id]
    everybodys = "/" in reach_of(user).paths
    for step in range(1, LONGEST + 1):
        near = _Near(edge, walk.rows)
        for tie in near.ties(mine):
            _better(met, walk.best[tie.near], tie, today)
        if step == LONGEST or (everybodys and met):
            break  # who sees everybody has met everybody beside the target: a longer way is never the stronger
        reached: dict[str, tuple[float, tuple[Tie, ...]]] = {}
        for tie in near.ties(None):
            if tie.far not in walk.best and tie.far not in met:
                _better(reached, walk.best[tie.near], tie, today)
        walk.cut = walk.cut or near.cut or len(reached) > WIDEST
        strongest = sorted(reached, key=lambda one: (-reached[one][0], one))[:WIDEST]
        walk.best |= {one: reached[one] for one in strongest}
        rows = Customer.rows().filter(party_id__in=strongest).only(*_NEEDED)
        walk.rows |= {row.party_id: row for row in rows}
        edge = [one for one in strongest if one in walk.rows]
        if not edge:
            break
    met.pop(target.party_id, None)
    return _told(user, target, walk, met, today)


def _better(
    into: dict[str, tuple[float, tuple[Tie, ...]]], before: tuple[float, tuple[Tie, ...]], tie: Tie, today: date
) -> None:
    """Keep the stronger of two chains to ``tie.far``."""
    strength = before[0] * rules.tie_strength(tie, today)
    passed = {tie.near for tie in before[1]}
    if tie.far not in passed and (tie.far not in into or strength > into[tie.far][0]):
        into[tie.far] = (strength, (*before[1], tie))


class _Near:
    """The ties of the parties in ``edge``: relations from either end, employer, people employed."""

    def __init__(self, edge: Sequence[str], rows: dict[str, Any]) -> None:
        self.rows = [rows[one] for one in edge]
        self.stands = entries_of_each(edge)
        self.companies = [row.party_id for row in self.rows if row.kind == "company"]
        self.crowd = self._crowd()
        self.cut = any(many > FOLLOWED for many in self.crowd.values())

    def _crowd(self) -> dict[tuple[str, str], int]:
        """How many ties of each kind each of them has, read from the end the bank's file names first or second."""
        found: dict[tuple[str, str], int] = {}
        entries = list(self.stands)
        for column in ("party_id", "other_id"):
            counted = self._in_force().filter(**{f"{column}__in": entries}).values(column, "kind").order_by()
            for one in counted.annotate(many=Count("kind")):
                key = (self.stands[one[column]], one["kind"] if column == "party_id" else f"<{one['kind']}")
                found[key] = found.get(key, 0) + one["many"]
        if self.companies:
            people = Customer.rows().filter(employer_id__in=self.companies).values("employer_id").order_by()
            for one in people.annotate(many=Count("party_id")):
                found[one["employer_id"], "<employer"] = one["many"]
        return found

    @staticmethod
    def _in_force() -> QuerySet[Any]:
        publication = pinned()
        rows = Relation.rows().exclude(party_id=F("other_id"))
        return rows.filter(Q(until=None) | Q(until__gte=publication.as_of)) if publication is not None else rows

    def ties(self, mine: QuerySet[Any] | None) -> list[Tie]:
        """The ties of each, the strongest of each; with ``mine`` only those that end at one of these customers."""
        entries, found = list(self.stands), []
        for here, there in (("party_id", "other_id"), ("other_id", "party_id")):
            rows = self._in_force().filter(**{f"{here}__in": entries})
            if mine is not None:
                rows = rows.filter(naming(mine, there))
            place = Window(RowNumber(), partition_by=here, order_by=[_by_strength(), there])
            rows = rows.annotate(place=place).filter(place__lte=FOLLOWED)
            for near, far, kind, since in rows.values_list(here, there, "kind", "since")[: WIDEST * FOLLOWED]:
                near = self.stands[near]
                seen = kind if here == "party_id" else rules.SEEN_FROM_THERE[kind]
                counted = self.crowd.get((near, kind if here == "party_id" else f"<{kind}"), 1)
                found.append(Tie(near, far, seen, since, counted))
        stands = standing_of({tie.far for tie in found})
        found = [Tie(t.near, stands.get(t.far, t.far), t.kind, t.since, t.many) for t in found]
        found += self._employers(mine) + self._people(mine)
        return [tie for tie in found if tie.far != tie.near]

    def _employers(self, mine: QuerySet[Any] | None) -> list[Tie]:
        wanted = {row.party_id: row.employer_id for row in self.rows if row.employer_id}
        if not wanted:
            return []
        rows = Customer.rows() if mine is None else mine
        there = set(rows.filter(party_id__in=set(wanted.values())).values_list("party_id", flat=True))
        # How crowded a company is one learns only by walking on to it; until then its circle is taken for full.
        return [
            Tie(one, firm, "employer", None, rules.TIES["employer"][1]) for one, firm in wanted.items() if firm in there
        ]

    def _people(self, mine: QuerySet[Any] | None) -> list[Tie]:
        """People employed by the companies here: the reader's, last spoken with first; others of small firms alone."""
        firms = self.companies
        if mine is None:
            firms = [one for one in firms if self.crowd.get((one, "<employer"), 0) <= FOLLOWED]
        if not firms:
            return []
        people = (Customer.rows() if mine is None else mine).filter(employer_id__in=firms)
        latest = F("last_contact_on").desc(nulls_last=True)
        return [
            Tie(firm, one, "employee", None, self.crowd.get((firm, "<employer"), 1))
            for one, firm in people.order_by(latest, "party_id").values_list("party_id", "employer_id")[:MET]
        ]


def _by_strength() -> Case:
    """Relations by their kind, the strongest first."""
    order = sorted(rules.TIES, key=lambda kind: -rules.TIES[kind][0])
    return Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(order)), default=Value(99))


def _told(user: User, target: Any, walk: _Walk, met: dict[str, tuple[float, tuple[Tie, ...]]], today: date) -> Found:
    """The chains as the reader may see them, weighed by how well we know each introducer."""
    nearest = sorted(met, key=lambda one: (-met[one][0], one))[:MET]
    people = {row.party_id: row for row in visible_to(user).filter(party_id__in=nearest).only(*_NEEDED)}
    own, contacts = _own(user, people), _last_contacts(people)
    weighed = []
    for party_id, row in people.items():
        last = max((d for d in (row.last_contact_on, contacts.get(party_id)) if d), default=None)
        parts = (
            rules.contact_share(last, party_id in own, today),
            rules.willingness(row.last_recommend),
            rules.standing(row.tier),
        )
        ties = met[party_id][1]
        weighed.append((rules.path_strength(ties, *parts, today), row, ties, parts, last, party_id in own))
    weighed.sort(key=lambda one: (-one[0], len(one[2]), one[1].party_id))
    weighed = weighed[: 2 * SHOWN]
    on_the_way = {tie.near for one in weighed for tie in one[2]} | {target.party_id}
    stops = _stops(user, target, walk, {row.party_id: row for _s, row, *_more in weighed}, on_the_way)
    hindered = selectors.hindrances(user, [row for _s, row, *_more in weighed], today)
    ways = []
    for strength, row, ties, (contact, willing, weighs), last, is_own in weighed:
        hindrance, again_on = hindered[row.party_id]
        chain = [stops[row.party_id]]
        # The walk went from the target outwards; the path is told from the introducer inwards.
        for tie in reversed(ties):
            step, here = tie.turned(), stops[tie.near]
            told = stops[tie.far].row is not None or here.row is not None
            share = rules.tie_strength(tie, today)
            chain.append(Stop(here.row, here.label, here.branch, here.ask, step.kind if told else "", share))
        ways.append(Way(chain, strength, contact, willing, weighs, last, is_own, hindrance, again_on))
    free, barred = [w for w in ways if not w.hindrance], [w for w in ways if w.hindrance]
    return Found(stops[target.party_id], free[:SHOWN], barred[:SHOWN], walk.cut)


def _own(user: User, people: dict[str, Any]) -> set[str]:
    """Those of ``people`` whom the reader looks after or has spoken with."""
    if not people:
        return set()
    spoken = Contact.objects.filter(author=user, party_id__in=people, withdrawn_at=None)
    found = set(spoken.values_list("party_id", flat=True))
    if user.staff_id:
        found |= {one for one, row in people.items() if row.lead_staff_id == user.staff_id}
        covered = Coverage.rows().filter(staff_id=user.staff_id, party_id__in=people)
        found |= set(covered.values_list("party_id", flat=True))
    return found


def _last_contacts(party_ids: Iterable[str]) -> dict[str, date]:
    """The day of each customer's last contact logged at the desk, which the night may not have seen yet."""
    rows = Contact.objects.filter(party_id__in=list(party_ids), withdrawn_at=None).values("party_id").order_by()
    return {one["party_id"]: timezone.localdate(one["last"]) for one in rows.annotate(last=Max("at"))}


def _stops(user: User, target: Any, walk: _Walk, seen: dict[str, Any], on_the_way: set[str]) -> dict[str, Stop]:
    """Everybody on the shown paths as the reader may see them."""
    unknown = on_the_way - set(seen)
    visible = visible_to(user).filter(party_id__in=unknown).only(*_NEEDED)
    seen = seen | {row.party_id: row for row in visible}
    reach = reach_of(user)
    stops = {one: Stop(row, masked(row.name, CUSTOMER["name"], reach) or one) for one, row in seen.items()}
    hidden = {one: walk.rows[one] for one in on_the_way - set(seen)}
    names = branch_names({row.org_id for row in hidden.values()})
    heads = _heads({row.org_path for row in hidden.values()})
    for one, row in hidden.items():
        stops[one] = Stop(None, "", names.get(row.org_id, row.org_id), heads.get(row.org_path, ""))
    return stops


def _heads(paths: set[str]) -> dict[str, str]:
    """Who heads each of these branches, or the nearest above that has a head."""
    if not paths:
        return {}
    above = {"/".join(path.split("/")[: n + 1]) + "/" for path in paths for n in range(1, path.count("/"))}
    rows = Staff.rows().filter(role="branch_head", org_path__in=above, left_on=None).order_by("staff_id")
    heads: dict[str, str] = {}
    for row in rows:
        heads.setdefault(row.org_path, row.name)
    found = {}
    for path in paths:
        at = [one for one in heads if path.startswith(one)]
        if at:
            found[path] = heads[max(at, key=len)]
    return found


def company_named(text: str) -> Any | None:
    """The company of exactly this name or number, whosever customer it is; None where there is none, or several.

    A company's name is no secret, and whoever types it whole knows it already; that it is with the bank, and at
    which branch, is what the answer tells, as the check before entering a customer does.
    """
    text = text.strip()
    key = text.lower().replace(" ", "")
    if len(key) < 4:
        return None
    low, high = prefix_range(key)
    rows = Customer.rows().filter(kind="company").only(*_NEEDED)
    found = list(rows.filter(name_key__gte=low, name_key__lt=high, name_key=key)[:2])
    found = found or list(rows.filter(party_id=text)[:2])
    return found[0] if len(found) == 1 else None
