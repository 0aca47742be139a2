"""Reads of shares and of what they come to: for those who see the customer, and for those named."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenure.desk.control.changes.selectors import decided_on, waiting_on
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.opportunities.credit import rules
from tenure.desk.opportunities.credit.parties import asked
from tenure.desk.opportunities.models import Agreement, Answer, Opportunity, Share
from tenure.desk.opportunities.selectors import Seen, seen
from tenure.desk.org.models import Organisation, Staff, User
from tenure.desk.org.rules import Permission, prefix_range
from tenure.desk.org.selectors import below, reach_of, staff_names
from tenure.desk.parties.visibility import number_of

#: People on one branch's statement; beyond these one looks at a branch below.
MOST_PEOPLE = 400
#: Agreements on one branch's statement.
MOST_AGREEMENTS = 5000


@dataclass(frozen=True, slots=True)
class Deal:
    """An agreement as a page shows it: shares by part, answers by person, names, and who decides a dispute."""

    row: Any
    parts: list[tuple[str, int, list[Share]]]
    answers: dict[str, Answer]
    names: dict[str, str]
    #: What the reader may do: ``answer``, ``dispute``, ``take_back``.
    may: dict[str, bool]
    dispute: Any | None = None
    #: The dispute as somebody above ruled it; None: nobody had to.
    ruling: Any | None = None


def deals_of(user: User, opportunity_id: UUID) -> list[Deal]:
    """Every agreement ever proposed on an opportunity ``user`` sees or is named in, the last first."""
    one = Opportunity.objects.filter(pk=opportunity_id).first()
    if one is None or not _sees(user, one):
        return []
    rows = one.agreements.select_related("proposed_by").prefetch_related("shares", "answers").order_by("-number")
    return _deals(user, rows[:30])


def deal(user: User, agreement_id: UUID, today: dt.date) -> tuple[Deal, Seen]:
    """One agreement and its opportunity, as someone named in it may see them: the customer only if theirs.

    Raises:
        NotFound: there is none that names them or that they see; those who check a dispute about it see it too.
    """
    rows = Agreement.objects.select_related("proposed_by", "opportunity").prefetch_related("shares", "answers")
    made = rows.filter(pk=agreement_id).first()
    if made is None or not (_sees(user, made.opportunity) or _judges(user, made)):
        raise NotFound(_("There is no such agreement that names you."))
    return _deals(user, [made])[0], seen(user, [made.opportunity], today)[0]


def _judges(user: User, made: Agreement) -> bool:
    reach = reach_of(user)
    changes = waiting_on("agreement", [str(made.pk)]) if made.state == rules.DISPUTED else []
    return any(reach.may_at(Permission.CHECK_CUSTOMERS, change.org_path) for change in changes)


def _sees(user: User, one: Opportunity) -> bool:
    if user.staff_id and Share.objects.filter(agreement__opportunity=one, staff_id=user.staff_id).exists():
        return True
    return number_of(user, one.party_id) is not None


def _deals(user: User, rows: Iterable[Agreement]) -> list[Deal]:
    listed = list(rows)
    parties = {made.pk: asked(made) for made in listed if made.state in rules.UNDER_WAY}
    told = {one.staff_id for made in listed for one in (*made.shares.all(), *made.answers.all())}
    names = staff_names(told.union(*parties.values()))
    disputed = [str(made.pk) for made in listed if made.state == rules.DISPUTED]
    disputes = {change.subject_id: change for change in waiting_on("agreement", disputed)} if disputed else {}
    settled = [str(made.pk) for made in listed if made.state in rules.SETTLED]
    rulings = {change.subject_id: change for change in decided_on("credit.dispute", settled)} if settled else {}
    found = []
    for made in listed:
        shares, answers = list(made.shares.all()), {one.staff_id: one for one in made.answers.all()}
        named = parties.get(made.pk) or {share.staff_id for share in shares}
        waits = made.state in (rules.PROPOSED, rules.OBJECTED)
        mine = answers.get(user.staff_id)
        found.append(
            Deal(
                row=made,
                parts=[(p, made.weights[p], [s for s in shares if s.part == p]) for p in rules.PARTS],
                answers=answers,
                names={one: names.get(one, one) for one in sorted(named | set(answers))},
                may={
                    "answer": waits and user.staff_id in named,
                    "agree": waits and user.staff_id in named and not (mine and mine.agrees),
                    "dispute": waits and (user.staff_id in named or made.proposed_by_id == user.pk),
                    "take_back": waits and made.proposed_by_id == user.pk,
                },
                dispute=disputes.get(str(made.pk)),
                ruling=rulings.get(str(made.pk)),
            )
        )
    return found


def waiting_for(user: User, today: dt.date, limit: int = 20) -> list[tuple[Agreement, Seen]]:
    """Agreements that wait for ``user``'s answer, with their opportunities, the oldest first."""
    if not user.staff_id:
        return []
    held = Share.objects.filter(staff_id=user.staff_id, agreement__state=rules.IN_FORCE)
    theirs = Q(shares__staff_id=user.staff_id) | Q(opportunity__in=held.values("agreement__opportunity"))
    rows = (
        Agreement.objects.filter(theirs, state=rules.PROPOSED)
        .exclude(answers__staff_id=user.staff_id)
        .select_related("opportunity", "proposed_by")
        .distinct()
        .order_by("proposed_at")
    )
    listed = list(rows[:limit])
    return list(zip(listed, seen(user, [made.opportunity for made in listed], today), strict=True))


def may_propose(user: User, one: Any) -> bool:
    """Whether ``user`` may propose shares on it: its owner, someone named, or who decides disputes there."""
    if user.staff_id and (one.owner == user.staff_id or _named(user.staff_id, one.id)):
        return True
    return reach_of(user).may_at(Permission.CHECK_CUSTOMERS, one.org_path)


def may_end(user: User, one: Any) -> bool:
    """Whether ``user`` may end its credit: a branch head above it who has no share."""
    return reach_of(user).may_at(Permission.CHECK_CUSTOMERS, one.org_path) and not _named(user.staff_id, one.id)


def _named(staff_id: str, opportunity_id: UUID) -> bool:
    states = (rules.IN_FORCE, *rules.UNDER_WAY)
    return bool(
        staff_id
        and Share.objects.filter(
            agreement__opportunity_id=opportunity_id, agreement__state__in=states, staff_id=staff_id
        ).exists()
    )


@dataclass(frozen=True, slots=True)
class Line:
    """What one opportunity gave one person in a month: days that count, the margin of those days, their part of it.

    ``parts`` are the person's percentages of found, won and serves.
    """

    opportunity: Seen
    staff_id: str
    days: int
    margin: int
    credit: int
    currency: str
    parts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """A month's credit: its lines, and what they come to by currency."""

    month: dt.date
    lines: list[Line]
    totals: dict[str, int]
    #: For a branch: who works there, with their totals by currency, the most first; more people than fit: True.
    people: list[tuple[Any, dict[str, int], int]] = field(default_factory=list)
    too_many: bool = False
    at: Any = None


def statement(user: User, month: dt.date, today: dt.date) -> Statement:
    """``user``'s own credit of ``month`` (its first day)."""
    if not user.staff_id:
        return Statement(month, [], {})
    lines = _lines(user, month, today, [user.staff_id])
    return Statement(month, lines, _totals(lines))


def branches_of(user: User) -> QuerySet[Any]:
    """The branches whose statement ``user`` may read: those where they decide disputes, and below, from the top.

    Raises:
        NotAllowed: they decide none.
    """
    paths = reach_of(user).checks.get(Permission.CHECK_CUSTOMERS, ())
    if not paths:
        raise NotAllowed(_("A branch's statement is for its head and those above."))
    return Organisation.rows().filter(below(paths)).order_by("org_path")


def branch_statement(user: User, month: dt.date, org_id: str, today: dt.date) -> Statement:
    """The month's credit of everybody who works at a branch or below it; the topmost within reach by default.

    Raises:
        NotAllowed: no post of theirs decides disputes anywhere.
        NotFound: no such branch within reach.
    """
    within = branches_of(user)
    at = within.filter(org_id=org_id).first() if org_id else within.first()
    if at is None:
        if org_id:
            raise NotFound(_("There is no branch %(number)s within your reach.") % {"number": org_id})
        return Statement(month, [], {})
    low, high = prefix_range(at.org_path)
    staff = list(
        Staff.rows().filter(org_path__gte=low, org_path__lt=high).order_by("org_path", "staff_id")[: MOST_PEOPLE + 1]
    )
    numbers = [one.staff_id for one in staff]
    # Never a statement that leaves some of it out: what does not fit is looked at branch by branch.
    if len(staff) > MOST_PEOPLE or _agreements(month, numbers)[: MOST_AGREEMENTS + 1].count() > MOST_AGREEMENTS:
        return Statement(month, [], {}, too_many=True, at=at)
    lines = _lines(user, month, today, numbers)
    by_person: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_person[line.staff_id].append(line)
    people = [
        (one, _totals(by_person[one.staff_id]), len(by_person[one.staff_id]))
        for one in staff
        if one.staff_id in by_person
    ]
    people.sort(key=lambda entry: -max(entry[1].values()))
    return Statement(month, lines, _totals(lines), people, at=at)


def _totals(lines: Iterable[Line]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for line in lines:
        totals[line.currency] += line.credit
    return dict(sorted(totals.items()))


def _agreements(month: dt.date, staff_ids: list[str]) -> QuerySet[Agreement]:
    """Agreements that name any of ``staff_ids`` and may give credit in ``month``."""
    after = (month + dt.timedelta(days=32)).replace(day=1)
    return Agreement.objects.filter(
        Q(in_force_until=None) | Q(in_force_until__gt=month),
        state__in=(rules.IN_FORCE, rules.REPLACED),
        in_force_from__lt=after,
        opportunity__state="won",
        opportunity__closed_on__lt=after,
        opportunity__credit_until__gt=month,
        pk__in=Share.objects.filter(staff_id__in=staff_ids).values("agreement_id"),
    )


def _lines(user: User, month: dt.date, today: dt.date, staff_ids: list[str]) -> list[Line]:
    """What each of ``staff_ids`` has of every opportunity won and not yet past its credit, the largest first."""
    wanted, found = set(staff_ids), []
    rows = _agreements(month, staff_ids).select_related("opportunity").prefetch_related("shares")
    listed = list(rows.order_by("opportunity_id", "number"))
    views = dict(zip([a.pk for a in listed], seen(user, [a.opportunity for a in listed], today), strict=True))
    for made in listed:
        one = made.opportunity
        days = rules.credit_days(month, one.closed_on, one.credit_until, made.in_force_from, made.in_force_until, today)
        earned = rules.margin(one.won_amount or 0, one.spread_ppm or 0, days)
        shares = [(s.part, s.staff_id, s.percent) for s in made.shares.all()]
        credited = rules.split(earned, rules.weighted(shares, made.weights))
        for staff_id in sorted({s for _p, s, _n in shares} & wanted):
            found.append(
                Line(
                    opportunity=views[made.pk],
                    staff_id=staff_id,
                    days=days,
                    margin=earned,
                    credit=sum(value for (_part, person), value in credited.items() if person == staff_id),
                    currency=one.currency,
                    parts={part: percent for part, person, percent in shares if person == staff_id},
                )
            )
    found = [line for line in found if line.days]
    return sorted(found, key=lambda line: (-line.credit, str(line.opportunity.id), line.staff_id))
