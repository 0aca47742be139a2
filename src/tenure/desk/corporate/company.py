"""Who a company belongs to and who belongs to it: owners to the ultimate one, suppliers, buyers, its own people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from tenure.contracts import codes
from tenure.desk.control.consents import refused_since
from tenure.desk.corporate import rules
from tenure.desk.corporate.selectors import demand_notes, name_of
from tenure.desk.corporate.standing import company
from tenure.desk.findings import customer as findings
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer, Relation
from tenure.desk.parties.visibility import naming, numbers_of, standing_of, visible_to
from tenure.desk.publication.current import pinned

PEOPLE = 12
#: What a person may be to a company, what says most first.
TIES = ("owner", "legal_representative", "guarantor")


@dataclass(frozen=True, slots=True)
class Member:
    """One of a group: ``row`` where the reader may see it; else it is “a party outside your reach”, told by nothing
    but its place. ``share`` 0–1 is of the whole chain; ``ultimate``: nobody is known who owns it in turn."""

    row: Any | None
    name: str
    share: float | None
    least: bool
    steps: int
    ultimate: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Who owns a company (the ultimate first) and what it owns, nearest first; whether more is known."""

    owners: list[Member]
    owned: list[Member]
    left_out: bool


def group_of(user: User, party_id: str) -> Group:
    """The owners and subsidiaries of a company ``user`` sees, along at most eight steps each way.

    Raises:
        NotFound: no such company among theirs.
    """
    row = company(user, party_id)
    up, cut_up = _ties(row.party_id, upwards=True)
    down, cut_down = _ties(row.party_id, upwards=False)
    owners, owned = rules.shares_through(row.party_id, up), rules.shares_through(row.party_id, down)
    seen = {one.party_id: one for one in visible_to(user).filter(party_id__in={*owners, *owned})}

    def members(found: dict[str, rules.Held], ties: dict[str, dict[str, float | None]]) -> list[Member]:
        return [
            Member(
                row=seen.get(number),
                name=name_of(user, seen[number]) if number in seen else "",
                share=held.share,
                least=held.least,
                steps=held.steps,
                ultimate=not ties.get(number),
            )
            for number, held in sorted(found.items(), key=lambda pair: (pair[1].steps, -(pair[1].share or 0), pair[0]))
        ]

    return Group(members(owners, up), members(owned, down), cut_up or cut_down)


def _ties(start: str, *, upwards: bool) -> tuple[dict[str, dict[str, float | None]], bool]:
    """``{one: {the next: share}}`` from ``start`` to owners or to what is owned, step by step; whether more is known.

    The walk looks at parties the reader may not see: a chain is no chain with links left out. Nothing of them is told.
    """
    publication = pinned()
    ties: dict[str, dict[str, float | None]] = {}
    edge, known = {start}, {start}
    for _step in range(rules.CHAIN):
        here = naming(Customer.rows().filter(party_id__in=edge), "party_id" if upwards else "other_id")
        rows = Relation.rows().filter(here, kind="owner")
        if publication is not None:
            rows = rows.filter(Q(until=None) | Q(until__gte=publication.as_of))
        found = list(rows.values_list("party_id", "other_id", "share")[: 10 * rules.GROUP])
        stands = standing_of({number for held, owner, _share in found for number in (held, owner)}) if found else {}
        edge = set()
        for held, owner, percent in found:
            held, owner = stands.get(held, held), stands.get(owner, owner)
            at, other = (held, owner) if upwards else (owner, held)
            if at == other:
                continue
            if other not in known and len(known) >= rules.GROUP:
                return ties, True
            share = None if percent is None else percent / 100
            before = ties.setdefault(at, {}).get(other)
            ties[at][other] = share if before is None else max(before, share or 0.0)
            if other not in known:
                edge.add(other)
                known.add(other)
        if not edge:
            return ties, False
    return ties, True


@dataclass(frozen=True, slots=True)
class Partner:
    """A supplier or buyer; ``row`` where the reader may see it. What they trade a year is in no published table."""

    row: Any | None
    name: str


def partners_of(user: User, row: Any) -> dict[str, list[Partner]]:
    """Suppliers and buyers of a company ``user`` sees, whichever side told of them; those one may see first."""
    numbers = numbers_of(user, row.party_id)
    publication = pinned()
    rows = Relation.rows().filter(
        Q(party_id__in=numbers, kind__in=("supplier", "buyer"))
        | Q(other_id__in=numbers, kind__in=("supplier", "buyer"))
    )
    if publication is not None:
        rows = rows.filter(Q(until=None) | Q(until__gte=publication.as_of))
    told = list(rows.values_list("party_id", "other_id", "kind")[:200])
    stands = standing_of({number for one, other, _kind in told for number in (one, other)}) if told else {}
    found: dict[str, dict[str, None]] = {"supplier": {}, "buyer": {}}
    back = {"supplier": "buyer", "buyer": "supplier"}
    for one, other, kind in told:
        mine = one in numbers
        partner = other if mine else one
        found[kind if mine else back[kind]][stands.get(partner, partner)] = None
    wanted = {number for kind in found.values() for number in kind} - {row.party_id}
    seen = {one.party_id: one for one in visible_to(user).filter(party_id__in=wanted)} if wanted else {}
    return {
        kind: [
            Partner(seen.get(number), name_of(user, seen[number]) if number in seen else "")
            for number in sorted(numbers_found, key=lambda number: (number not in seen, number))
            if number in wanted
        ]
        for kind, numbers_found in found.items()
    }


@dataclass(frozen=True, slots=True)
class People:
    """A company's people who are customers the reader sees: those who lead or own it, the largest of its staff."""

    leads: list[tuple[list[str], Any, str]]
    staff: list[tuple[Any, str]]
    count: int
    paid_here: int


def people_of(user: User, row: Any) -> People:
    """The people of a company ``user`` sees, as far as they are among the reader's customers (公私联动)."""
    numbers = numbers_of(user, row.party_id)
    told = Relation.rows().filter(party_id__in=numbers, kind__in=TIES)
    ties = list(told.order_by("kind", "other_id").values_list("other_id", "kind")[:60])
    ties.sort(key=lambda tie: TIES.index(tie[1]))
    stands = standing_of({number for number, _kind in ties}) if ties else {}
    near = {
        one.party_id: one
        for one in visible_to(user).filter(party_id__in={stands.get(n, n) for n, _kind in ties}, kind="person")
    }
    leads: dict[str, list[str]] = {}
    for number, kind in ties:
        number = stands.get(number, number)
        if number in near and kind not in leads.setdefault(number, []):
            leads[number].append(kind)
    staff = visible_to(user).filter(employer_id__in=numbers)
    counted = staff.aggregate(count=Count("party_id"), paid=Count("party_id", filter=Q(payroll_months__gt=0)))
    return People(
        leads=[(kinds, near[number], name_of(user, near[number])) for number, kinds in leads.items()],
        staff=[(one, name_of(user, one)) for one in staff.order_by("-aum_month_average", "party_id")[:PEOPLE]],
        count=counted["count"],
        paid_here=counted["paid"],
    )


@dataclass(frozen=True, slots=True)
class Demand:
    """One of the five demands: what the night found, what was asked or heard, and whether we serve it already."""

    code: str
    need: dict[str, Any] | None
    note: Any | None
    held: list[str]
    facts: list[tuple[str, Any, str]]


def demands_of(user: User, row: Any, partners: dict[str, list[Partner]], language: str) -> list[Demand]:
    """The five demands of a company ``user`` sees, each with the evidence there is.

    A demand the night found carries its evidence; of each, the plain figures that speak for or against it are told too.
    """
    found = findings.needs_by_name(
        user, row.party_id, language, refused=bool(refused_since("marketing", [row.party_id]))
    )
    notes = demand_notes(user, row.party_id)
    idle = max(0, (row.deposit or 0) - (row.outflow_3m or 0))
    facts: dict[str, list[tuple[str, Any, str]]] = {
        "purchasing": [("suppliers", len(partners["supplier"]), "count"), ("outflow_3m", row.outflow_3m, "money")],
        "selling": [("buyers", len(partners["buyer"]), "count"), ("inflow_3m", row.inflow_3m, "money")],
        "financing": [("loan", row.loan, "money"), ("net_flow", _less(row.inflow_3m, row.outflow_3m), "money")],
        "cash": [("transactions_12m", row.transactions_12m, "count")],
        "investing": [("idle", idle, "money"), ("investment", row.investment, "money")],
    }
    held = set(row.categories or [])
    return [
        Demand(
            code,
            found.get(code),
            notes.get(code),
            [category for category in codes.DEMAND_CATEGORIES[code] if category in held],
            facts[code],
        )
        for code in codes.DEMANDS
    ]


def _less(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other
