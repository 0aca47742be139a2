"""Hand-overs: planned by rule, put before a second person, carried out customer by customer, told, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose as put_before
from tenure.desk.control.changes.services import reasoned
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import check_external_id, must, one_of
from tenure.desk.opportunities.credit.handing import pass_back, pass_on_service
from tenure.desk.org.models import Organisation, User
from tenure.desk.org.rules import Permission, prefix_range
from tenure.desk.org.selectors import employee, reach_of
from tenure.desk.parties.assigning import assign_lead, assign_support, followers
from tenure.desk.parties.models import Coverage, Customer
from tenure.desk.parties.visibility import entries_of, visible_to
from tenure.desk.team import rules
from tenure.desk.team.models import Handover, HandoverLine
from tenure.desk.team.people import Load, colleague, is_head, loads
from tenure.errors import TenureError

State, Line = Handover.State, HandoverLine.State


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers of whom go to whom, and how. Values are minor units; an empty rule is every customer."""

    from_staff: str
    to_staff: Sequence[str]
    credit_from: date
    split: str = rules.BY_NUMBER
    tier: str = ""
    branch: str = ""
    kind: str = ""
    least: int | None = None
    most: int | None = None
    party_id: str = ""

    def rule(self) -> dict[str, Any]:
        """The rule as it is kept: what was asked for and nothing else."""
        told = {name: getattr(self, name) for name in ("tier", "branch", "kind", "least", "most", "party_id")}
        return {name: value for name, value in told.items() if value not in ("", None)}


@dataclass(frozen=True, slots=True)
class Planned:
    """One customer of a plan: who takes over, in which role, and the customer's published row."""

    row: Any
    role: str
    to_staff: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a hand-over would do: each customer, what moves with them, and what everybody leads before and after."""

    wanted: Wanted
    lines: list[Planned]
    moves: dict[str, int]
    before: dict[str, Load]
    after: dict[str, int]
    org_path: str

    @property
    def value(self) -> int:
        """Monthly average assets of all, minor units."""
        return sum(line.row.aum_month_average or 0 for line in self.lines)


def plan(user: User, wanted: Wanted, *, now: datetime) -> Plan:
    """What the hand-over would do, with nothing done.

    Raises:
        NotAllowed: no post of theirs hands work over, or the customers are a colleague's and they head no branch.
        Unacceptable: no such person, rule or day; nobody matches, or there is less room than customers.
    """
    must(user, Permission.HAND_OVER)
    leaver = employee(wanted.from_staff)
    own = bool(user.staff_id) and wanted.from_staff == user.staff_id
    if not own and (leaver is None or not is_head(user, leaver.org_path)):
        raise NotAllowed(_("Customers of a colleague are handed over by the branch head."))
    if leaver is None:
        raise Unacceptable(_("There is no such employee."), field="from_staff")
    _check(wanted, now)
    found = _customers(user, wanted)
    if not found:
        raise Unacceptable(_("No customer matches."), _("Widen the rule."), field="from_staff")
    if len(found) > rules.MOST_CUSTOMERS:
        raise Unacceptable(
            _("More than %(most)s customers match; nobody can look through more at once.")
            % {"most": f"{rules.MOST_CUSTOMERS:,}"},
            _("Narrow the rule, and hand over in parts."),
            field="from_staff",
        )
    for staff_id in wanted.to_staff:
        for path in {row.org_path for row, _role in found}:
            colleague(staff_id, path, "to_staff")
    before = loads([wanted.from_staff, *wanted.to_staff])
    takers = {one: before[one] for one in wanted.to_staff}
    led = {one: load.customers if wanted.split == rules.BY_NUMBER else load.value for one, load in takers.items()}
    leads = [(row.party_id, row.aum_month_average or 0) for row, role in found if role == "lead"]
    split = rules.split(leads, {one: load.room for one, load in takers.items()}, led, wanted.split)
    if split is None:
        raise Unacceptable(
            _("%(customers)s customers do not fit: there is room for %(room)s.")
            % {"customers": len(leads), "room": sum(load.room for load in takers.values())},
            _("Name more colleagues, or narrow the rule."),
            field="to_staff",
        )
    lines = [Planned(row, role, split.get(row.party_id, wanted.to_staff[0])) for row, role in found]
    after = {one: load.customers for one, load in before.items()}
    for line in lines:
        if line.role == "lead":
            after[line.to_staff] += 1
            after[wanted.from_staff] -= 1
    numbers = [number for row, _role in found for number in entries_of(row.party_id)] if len(found) <= 50 else None
    numbers = numbers or [row.party_id for row, _role in found]
    moves = {code: one.count(numbers, wanted.from_staff) for code, one in followers()}
    return Plan(wanted, lines, moves, before, after, leaver.org_path)


def _check(wanted: Wanted, now: datetime) -> None:
    today = timezone.localdate(now)
    one_of(wanted.split, rules.SPLITS, "split")
    if wanted.tier:
        one_of(wanted.tier, codes.TIER_ORDER, "tier")
    if wanted.kind:
        one_of(wanted.kind, codes.PARTY_KINDS, "kind")
    people = list(wanted.to_staff)
    if not people or len(set(people)) < len(people) or len(people) > rules.MOST_PEOPLE or wanted.from_staff in people:
        raise Unacceptable(
            _("Name one to %(most)s colleagues who take over, each once.") % {"most": rules.MOST_PEOPLE},
            field="to_staff",
        )
    if not today <= wanted.credit_from <= today + rules.LATEST_CREDIT:
        raise Unacceptable(_("Credit passes on between today and a year from now."), field="credit_from")


def _customers(user: User, wanted: Wanted) -> list[tuple[Any, str]]:
    """The rows that the rule leaves, with the leaver's role on each, the largest first."""
    rows = visible_to(user)
    if wanted.party_id:
        rows = rows.filter(party_id=wanted.party_id)
    if wanted.tier:
        rows = rows.filter(tier=wanted.tier)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.least is not None:
        rows = rows.filter(aum_month_average__gte=wanted.least)
    if wanted.most is not None:
        rows = rows.filter(aum_month_average__lt=wanted.most)
    if wanted.branch:
        path = Organisation.rows().filter(org_id=wanted.branch).values_list("org_path", flat=True).first()
        if path is None:
            raise Unacceptable(_("There is no such branch."), field="branch")
        low, high = prefix_range(path)
        rows = rows.filter(org_path__gte=low, org_path__lt=high)
    fields = ("party_id", "name", "tier", "kind", "org_path", "org_id", "aum_month_average", "lead_staff_id")
    most = rules.MOST_CUSTOMERS + 1
    ordered = rows.only(*fields).order_by("-aum_month_average", "party_id")
    found = [(row, "lead") for row in ordered.filter(lead_staff_id=wanted.from_staff)[:most]]
    supports = Coverage.rows().filter(staff_id=wanted.from_staff).values("party_id")
    rest = ordered.filter(party_id__in=supports).exclude(lead_staff_id=wanted.from_staff)
    return found + [(row, "support") for row in rest[:most]]


def propose(user: User, wanted: Wanted, reason: str, external_id: str, *, now: datetime) -> Handover:
    """Put a hand-over before a second person at the leaver's branch or above; what is approved is what was planned.

    Idempotent by ``external_id``.

    Raises:
        NotAllowed, Unacceptable: see :func:`plan`; also no reason.
        Conflict: the id belongs to another's, or a hand-over from this person waits or moves already.
    """
    must(user, Permission.HAND_OVER)
    check_external_id(external_id)
    known = Handover.objects.filter(external_id=external_id).first()
    if known is not None:
        return _same(user, known)
    made_of = plan(user, wanted, now=now)
    handover = Handover(
        external_id=external_id,
        from_staff=wanted.from_staff,
        to_staff=list(wanted.to_staff),
        rule=wanted.rule(),
        split=wanted.split,
        credit_from=wanted.credit_from,
        reason=reasoned(reason),
        org_path=made_of.org_path,
        made_by=user,
        made_at=now,
        changed_at=now,
    )
    try:
        with transaction.atomic():
            handover.save(force_insert=True)
            HandoverLine.objects.bulk_create(
                HandoverLine(
                    handover=handover,
                    party_id=line.row.party_id,
                    role=line.role,
                    to_staff=line.to_staff,
                    value=line.row.aum_month_average or 0,
                )
                for line in made_of.lines
            )
            # Of one employee one hand-over waits at a time; of single customers, one a customer.
            subject = ("customer", wanted.party_id) if wanted.party_id else ("portfolio", wanted.from_staff)
            content = {"handover": str(handover.pk)}
            put_before(user, "portfolio.hand_over", subject, content, reason, org_path=made_of.org_path, now=now)
            _note(
                user, "portfolio.propose", handover, now, {"customers": len(made_of.lines), "to": list(wanted.to_staff)}
            )
    except IntegrityError:  # the same form came twice at once, and the other was first
        known = Handover.objects.filter(external_id=external_id).first()
        if known is None:
            raise
        return _same(user, known)
    return handover


def _same(user: User, known: Handover) -> Handover:
    if known.made_by_id != user.pk:
        raise Conflict(_("The external id %(id)s belongs to another hand-over.") % {"id": known.external_id})
    return known


def carry(handover_id: str, now: datetime) -> None:
    """Carry an approved hand-over out, or take it back; run by the worker. Each customer is a transaction of its own,
    so that killed anywhere it goes on where it was.

    ``changed_at`` is the clock's, not ``now``, the job's beginning: a night may read between the two, and what changed
    after it has to wait for the next.
    """
    handover = Handover.objects.select_related("approved_by").filter(pk=handover_id).first()
    if handover is None or handover.state not in (State.MOVING, State.UNDOING) or handover.approved_by is None:
        return
    back = handover.state == State.UNDOING
    waits = Line.DONE if back else Line.WAITING
    last = 0
    while line := handover.lines.filter(state=waits, pk__gt=last).order_by("pk").first():
        last = line.pk
        try:
            with transaction.atomic():
                _carry_one(handover, line.pk, waits, now)
        except TenureError as no:
            held = HandoverLine.objects.filter(pk=line.pk, state=waits)
            state = Line.STAYS if back else Line.HINDERED
            held.update(state=state, hindered=no.message[:300], changed_at=timezone.now())
    with transaction.atomic():
        handover = Handover.objects.select_for_update().get(pk=handover.pk)
        if handover.state != (State.UNDOING if back else State.MOVING):
            return
        handover.state, handover.changed_at = (State.UNDONE if back else State.DONE), timezone.now()
        handover.save(update_fields=["state", "changed_at"])
        counts = {state: handover.lines.filter(state=state).count() for state in Line.values}
        _note(handover.made_by, "portfolio.carry", handover, now, {"state": handover.state, **counts})


def _carry_one(handover: Handover, line_id: int, waits: str, now: datetime) -> None:
    line = HandoverLine.objects.select_for_update().get(pk=line_id)
    by = handover.approved_by
    if line.state != waits or by is None:
        return
    back = waits == Line.DONE
    before, after = (line.to_staff, handover.from_staff) if back else (handover.from_staff, line.to_staff)
    row = Customer.rows().filter(party_id=line.party_id).only("party_id", "lead_staff_id", "org_path").first()
    if row is None:
        raise Conflict(_("No customer any more: the bank's own books have changed."))
    colleague(after, row.org_path)
    numbers = entries_of(line.party_id)
    if line.role == "lead":
        if (row.lead_staff_id or "") != before:
            raise Conflict(_("Somebody else leads this customer meanwhile."))
        held = {code: one.count(numbers, before) for code, one in followers()}
        assign_lead(line.party_id, after, by, handover.reason, now)
    else:
        if not Coverage.rows().filter(party_id__in=numbers, staff_id=before).exists():
            raise Conflict(_("On this customer's team no more."))
        held = {code: one.count(numbers, before) for code, one in followers()}
        assign_support(line.party_id, after, True, by, handover.reason, now)
        for _code, one in followers():
            one.move(numbers, before, after, by, now)
        assign_support(line.party_id, before, False, by, handover.reason, now)
    if back:
        pass_back(line.moved.get("agreements", []), by, now)
        line.state = Line.UNDONE
        # Who was told of a change that is taken back is told of that too; who was not, need not be told anything.
        line.to_tell = line.told_at is not None
        line.told_at, line.told_how, line.told_by = None, "", None
    else:
        agreements = pass_on_service(numbers, before, after, handover.credit_from, by, now)
        line.moved = {**held, "agreements": agreements}
        line.state, line.done_at, line.to_tell = Line.DONE, now, line.role == "lead"
    line.changed_at = timezone.now()
    line.save()
    changes = {"role": line.role, "from": before, "to": after, "hand_over": str(handover.pk), **held}
    audit.record(
        by, "customer.assign", now=now, kind="customer", key=line.party_id, changes=changes, reason=handover.reason
    )


def undo(user: User, handover_id: UUID, reason: str, *, now: datetime) -> Handover:
    """Take a hand-over back: every customer whom the new manager still leads returns with what is open; by a job.

    Raises:
        NotAllowed: they head none of the branches concerned.
        NotFound: there is no such hand-over among those they see.
        Unacceptable: no reason.
        Conflict: nothing of it is in force.
    """
    must(user, Permission.HAND_OVER)
    with transaction.atomic():
        handover = Handover.objects.select_for_update().filter(pk=handover_id).first()
        if handover is None or not sees(user, handover):
            raise NotFound(_("There is no such hand-over."))
        if not is_head(user, handover.org_path):
            raise NotAllowed(_("A hand-over is taken back by the branch head."))
        reason = reasoned(reason)
        if handover.state in (State.UNDOING, State.UNDONE):
            return handover
        if handover.state != State.DONE:
            raise Conflict(_("Nothing of this hand-over is in force."))
        handover.state, handover.changed_at = State.UNDOING, now
        handover.save(update_fields=["state", "changed_at"])
        enqueue(handover)
        _note(user, "portfolio.undo", handover, now, {}, reason)
    return handover


def sees(user: User, handover: Handover) -> bool:
    """Whether ``user`` may look at it: its maker, those it names, and the heads of the branch or above."""
    named = user.staff_id and user.staff_id in (handover.from_staff, *handover.to_staff)
    return (
        bool(named)
        or handover.made_by_id == user.pk
        or reach_of(user).may_at(Permission.CHECK_CUSTOMERS, handover.org_path)
    )


def tell(user: User, line_id: int, how: str, *, now: datetime) -> HandoverLine:
    """Note that a customer was told who looks after them now, by ``letter`` or ``call``; again changes nothing.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such customer of theirs was handed over.
        Unacceptable: another way of telling.
        Conflict: there is nothing to tell.
    """
    must(user)
    one_of(how, ("letter", "call"), "how")
    with transaction.atomic():
        line = HandoverLine.objects.select_for_update().filter(pk=line_id).first()
        if line is None or not visible_to(user).filter(party_id=line.party_id).exists():
            raise NotFound(_("There is no such customer to tell."))
        if line.told_at is not None:
            return line
        if not line.to_tell:
            raise Conflict(_("There is nothing to tell this customer."))
        line.to_tell, line.told_at, line.told_how, line.told_by, line.changed_at = False, now, how, user, now
        line.save()
        changes = {"how": how, "hand_over": str(line.handover_id)}
        audit.record(user, "customer.tell", now=now, kind="customer", key=line.party_id, changes=changes)
    return line


def enqueue(handover: Handover) -> None:
    """Let the worker carry the hand-over out, once this transaction is through."""
    from tenure.desk.team.tasks import carry_hand_over

    carry_hand_over.enqueue(str(handover.pk))


def _note(
    user: User, act: str, handover: Handover, now: datetime, changes: Mapping[str, Any], reason: str = ""
) -> None:
    told = {"from": handover.from_staff, **changes}
    audit.record(
        user, act, now=now, kind="handover", key=str(handover.pk), changes=told, reason=reason or handover.reason
    )
