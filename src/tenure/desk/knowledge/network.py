"""Who belongs to a customer (S8): family, employer, companies and their people, two steps far, as one may see it.

Only the relations of customers the reader sees are told. Whoever stands at the other end and is not theirs is a
masked name that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from tenure.contracts import Mask
from tenure.contracts.published import CUSTOMER
from tenure.desk.control.masking import masked
from tenure.desk.control.masks import hide
from tenure.desk.kit import formats
from tenure.desk.knowledge import layout
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Customer, Relation
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import of_visible, visible_to
from tenure.desk.publication.current import pinned

#: What a customer is called whose relation is read from its other end (``relation`` in ``kit.wording``).
READ_BACK = {"owner": "owned", "legal_representative": "represented", "guarantor": "surety_of"}

DEPTH = 2
NODES = 60
#: Relations read at once, of either end.
MOST = 600
#: Of a company's people, those shown: the largest whom the reader sees.
PEOPLE = 12
#: What a picture can hold and still be read; the table has the rest. Those one may walk to come first.
DRAWN_NEAR, DRAWN_FAR, DRAWN_BEYOND_ONE = 12, 14, 3
#: Of a customer two steps away, the relations shown, so that one company does not fill the picture.
BRANCHES = 8


@dataclass(slots=True)
class Node:
    """A customer in the picture; ``row`` is theirs where the reader may see it, and ``kinds`` say what they are to
    the customer ``via``, one step nearer.
    """

    party_id: str
    label: str
    row: Any | None
    depth: int
    via: str
    kinds: list[str] = field(default_factory=list)
    x: float = 0.0
    y: float = 0.0
    side: str = "below"

    @property
    def kind(self) -> str:
        """What they are to the customer one step nearer, in one word."""
        return self.kinds[0] if self.kinds else ""


@dataclass(frozen=True, slots=True)
class Network:
    """The customer first, then the others by distance; those that are drawn, their lines; whether more are known."""

    nodes: list[Node]
    drawn: list[Node]
    lines: list[tuple[Node, Node]]
    left_out: bool


def network(user: User, party_id: str) -> Network:
    """The customers within two steps of one ``user`` may see, sixty at most.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    root = must_see(user, party_id)
    nodes = {party_id: Node(party_id, _label(root, user), root, 0, "")}
    edge, left_out = [root], False
    for depth in range(1, DEPTH + 1):
        found: dict[str, Node] = {}
        for via, other, kind in _ties(user, edge):
            if other in nodes:
                continue
            known = found.get(other)
            if known is None:
                beyond = depth > 1 and sum(one.via == via for one in found.values()) >= BRANCHES
                if beyond or len(nodes) + len(found) >= NODES:
                    left_out = True
                    continue
                found[other] = Node(other, "", None, depth, via, [kind])
            elif known.via == via and kind not in known.kinds:
                known.kinds.append(kind)
        _name(user, found)
        nodes |= found
        edge = [one.row for one in found.values() if one.row is not None]
    known = list(nodes.values())
    drawn = _readable(_drawn(known))
    for number, (node, (x, y)) in enumerate(zip(drawn, _places(drawn), strict=True)):
        node.x, node.y, node.side = x, y, layout.side(x, y, middle=not number)
    return Network(known, drawn, [(nodes[one.via], one) for one in drawn if one.via], left_out)


def _drawn(known: list[Node]) -> list[Node]:
    """The customers a picture can hold: the middle, the nearest, and of each of these a few beyond."""
    first = sorted(known, key=lambda node: (node.depth, node.row is None))  # stable: otherwise as they were found
    near = [node for node in first if node.depth == 1][:DRAWN_NEAR]
    shown = {node.party_id for node in near}
    beyond: dict[str, int] = {}
    far = []
    for node in first:
        if node.depth > 1 and node.via in shown and beyond.get(node.via, 0) < DRAWN_BEYOND_ONE and len(far) < DRAWN_FAR:
            beyond[node.via] = beyond.get(node.via, 0) + 1
            far.append(node)
    chosen = {node.party_id for node in [*near, *far]}
    return [known[0], *(node for node in known[1:] if node.party_id in chosen)]


def _places(drawn: list[Node]) -> list[tuple[float, float]]:
    return layout.placed([(node.party_id, node.via) for node in drawn])


def _readable(drawn: list[Node]) -> list[Node]:
    """``drawn`` without the last of those farthest out, until no name lies on another."""
    while len(drawn) > 2 and not layout.readable(_places(drawn)):
        farthest = max(node.depth for node in drawn)
        # One beyond whoever has most there goes first; of the nearest whoever leads nowhere, then the last.
        beyond = [node for node in drawn if node.depth == farthest]
        crowd = {node.via: sum(other.via == node.via for other in beyond) for node in beyond}
        away = max(enumerate(beyond), key=lambda one: (crowd[one[1].via], one[1].row is None, one[0]))[1]
        drawn = [node for node in drawn if node is not away]
    return drawn


def _ties(user: User, rows: list[Any]) -> Iterable[tuple[str, str, str]]:
    """``(customer, other, what the other is)`` of these customers: relations in force from either end, employer,
    a company's people."""
    ids = [row.party_id for row in rows]
    publication, relations = pinned(), of_visible(Relation, user)
    if publication is not None:
        relations = relations.filter(Q(until=None) | Q(until__gte=publication.as_of))
    near = relations.filter(party_id__in=ids).order_by("party_id", "kind", "other_id")
    told = list(near.values_list("party_id", "other_id", "kind")[:MOST])
    # Companies they own, represent or are surety for: it stands with the company, and who sees the company reads it.
    back = relations.filter(other_id__in=ids, kind__in=list(READ_BACK)).order_by("other_id", "kind", "party_id")
    told += [
        (one, other, READ_BACK[kind]) for one, other, kind in back.values_list("other_id", "party_id", "kind")[:MOST]
    ]
    employers = [(row.party_id, row.employer_id, "employer") for row in rows if row.employer_id]
    people = []
    for row in rows:
        if row.kind == "company":
            staff = visible_to(user).filter(employer_id=row.party_id).order_by("-aum_month_average", "party_id")
            people += [(row.party_id, one, "employee") for one in staff.values_list("party_id", flat=True)[:PEOPLE]]
    place = {party_id: number for number, party_id in enumerate(ids)}
    ties = sorted({*told, *employers, *people}, key=lambda tie: (place[tie[0]], tie[2], tie[1]))
    return [tie for tie in ties if tie[0] != tie[1]]


def _name(user: User, found: dict[str, Node]) -> None:
    """Put on each node what the reader may see of it."""
    seen = {row.party_id: row for row in visible_to(user).filter(party_id__in=found)}
    hidden = dict(Customer.rows().filter(party_id__in=set(found) - set(seen)).values_list("party_id", "name"))
    for party_id, node in found.items():
        node.row = seen.get(party_id)
        if node.row is not None:
            node.label = _label(node.row, user)
        else:
            node.label = hide(hidden.get(party_id) or "", Mask.NAME) or formats.NOTHING


def _label(row: Any, user: User) -> str:
    return masked(row.name, CUSTOMER["name"], reach_of(user)) or row.party_id
