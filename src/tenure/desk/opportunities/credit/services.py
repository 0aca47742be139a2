"""Proposing shares, agreeing or objecting to them, disputing them, and ending credit early."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose as put_before
from tenure.desk.control.changes.services import reasoned
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most
from tenure.desk.opportunities.credit import rules, terms
from tenure.desk.opportunities.credit.parties import asked
from tenure.desk.opportunities.models import Agreement, Answer, Opportunity, Share
from tenure.desk.opportunities.rules import LOST, WON
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import desk_user_of, employee, reach_of
from tenure.desk.parties.visibility import number_of

#: ``(part, employee number, percent)``.
SharesGiven = Iterable[tuple[str, str, int]]


def propose(user: User, opportunity_id: UUID, shares: SharesGiven, words: str = "", *, now: datetime) -> Agreement:
    """Propose who found, won and serves: each part's percentages sum to 100.

    Whoever is named is asked, and whoever the shares in force name; who proposes and is asked has agreed by proposing.
    In force when all have agreed; what was in force before stays so until then. One proposal at a time: one that was
    objected to gives way to the new.

    Raises:
        NotFound: no such opportunity of a customer they see, or in whose shares they are named.
        NotAllowed: they are neither its owner, nor named in its shares, nor do they decide disputes there.
        Unacceptable: no such part or person, or a part that does not sum to 100.
        Conflict: it was lost, or another proposal waits for answers.
    """
    with transaction.atomic():
        one = _opportunity(user, opportunity_id)
        if one.state == LOST:
            raise Conflict(_("This opportunity was lost: there is no credit to share."))
        mine = one.owner == user.staff_id != "" or user.staff_id in _parties_of(one)
        if not (mine or reach_of(user).may_at(Permission.CHECK_CUSTOMERS, one.org_path)):
            raise NotAllowed(_("Shares are proposed by the opportunity's owner or someone named in them."))
        named, words = _checked(shares), at_most(words, 500)
        waiting = one.agreements.select_for_update().filter(state__in=rules.UNDER_WAY).first()
        if waiting is not None:
            given = [(share.part, share.staff_id, share.percent) for share in waiting.shares.all()]
            if waiting.proposed_by_id == user.pk and sorted(given) == sorted(named):
                return waiting  # the same click again
            _make_way(waiting, now)
        number = one.agreements.count() + 1
        made = Agreement.objects.create(
            opportunity=one,
            number=number,
            weights=terms.in_use().weights,
            proposed_by=user,
            proposed_at=now,
            words=words,
        )
        Share.objects.bulk_create(Share(agreement=made, part=p, staff_id=s, percent=n) for p, s, n in named)
        if user.staff_id and user.staff_id in asked(made):
            Answer.objects.create(agreement=made, staff_id=user.staff_id, agrees=True, by=user, at=now)
        _settle(made, one, now)
        told = {part: {s: n for p, s, n in named if p == part} for part in rules.PARTS}
        _note(user, "credit.propose", made, now, {"number": number, "state": made.state, **told})
    return made


def _make_way(waiting: Agreement, now: datetime) -> None:
    if waiting.state == rules.PROPOSED:
        raise Conflict(
            _("Shares proposed by %(name)s wait for answers.") % {"name": waiting.proposed_by.name},
            _("They are answered first, or taken back."),
        )
    if waiting.state == rules.DISPUTED:
        raise Conflict(_("A dispute about these shares waits for the branch head."))
    waiting.state, waiting.settled_at = rules.REFUSED, now
    keep(waiting, now, "state", "settled_at")


def answer(user: User, agreement_id: UUID, agrees: bool, words: str = "", *, now: datetime) -> Agreement:
    """Agree to shares one is asked about, or object and say why; until all is settled one may think again.

    Raises:
        NotFound: there is no such agreement that names them or that they see.
        NotAllowed: neither it nor the shares in force name them.
        Unacceptable: an objection without a word why.
        Conflict: it is settled, or before the branch head.
    """
    with transaction.atomic():
        one, made = _agreement(user, agreement_id)
        if user.staff_id not in asked(made):
            raise NotAllowed(_("Only those named in the shares, or in those in force, answer."))
        words = at_most(words, 500) if agrees else reasoned(words, "words")
        before = made.answers.filter(staff_id=user.staff_id).first()
        if before is not None and before.agrees == agrees and (agrees or before.words == words):
            return made  # the same click again
        _must_wait(made)
        Answer.objects.update_or_create(
            agreement=made,
            staff_id=user.staff_id,
            defaults={"agrees": agrees, "words": words, "by": user, "at": now},
        )
        _settle(made, one, now)
        act = "credit.agree" if agrees else "credit.object"
        _note(user, act, made, now, {"number": made.number, "state": made.state}, reason=words)
    return made


def take_back(user: User, agreement_id: UUID, *, now: datetime) -> Agreement:
    """Take back shares one proposed, while they are not in force.

    Raises:
        NotFound, Conflict: see :func:`answer`.
        NotAllowed: somebody else proposed them.
    """
    with transaction.atomic():
        _one, made = _agreement(user, agreement_id)
        if made.proposed_by_id != user.pk:
            raise NotAllowed(_("%(name)s proposed these shares.") % {"name": made.proposed_by.name})
        if made.state == rules.REFUSED:
            return made
        _must_wait(made)
        made.state, made.settled_at = rules.REFUSED, now
        keep(made, now, "state", "settled_at")
        _note(user, "credit.take_back", made, now, {"number": made.number})
    return made


def dispute(user: User, agreement_id: UUID, words: str, *, now: datetime) -> Agreement:
    """Bring shares that are not agreed before the branch head above all who are asked about them.

    The head is none of them: where one of them is a head, it goes to the branch above. Approved, the shares are in
    force; rejected, they are not, and what was in force stays.

    Raises:
        NotFound, Conflict: see :func:`answer`.
        NotAllowed: they are neither asked about it nor proposed it.
        Unacceptable: no word what it is about.
    """
    with transaction.atomic():
        one, made = _agreement(user, agreement_id)
        parties = asked(made)
        if user.staff_id not in parties and made.proposed_by_id != user.pk:
            raise NotAllowed(
                _("Only those named in the shares, or in those in force, bring them before the branch head.")
            )
        words = reasoned(words, "words")
        _must_wait(made)
        made.state = rules.DISPUTED
        keep(made, now, "state")
        content = {"parties": sorted(parties), "number": made.number}
        branch = _judge_of(one, parties)
        put_before(user, "credit.dispute", ("agreement", str(made.pk)), content, words, org_path=branch, now=now)
        _note(user, "credit.dispute", made, now, {"number": made.number, "before": branch}, reason=words)
    return made


def end_credit(user: User, opportunity_id: UUID, on: date, reason: str, *, version: int, now: datetime) -> Opportunity:
    """Let what was won give no credit from ``on``: the customer was handed over, say. Earlier only, and not backwards.

    Raises:
        NotFound: no such opportunity.
        NotAllowed: no post of theirs decides disputes at the customer's branch, or they are named in the shares.
        Unacceptable: no reason, or a day that is past or later than it ends anyway.
        Conflict: it was not won, or somebody changed it after ``version``.
    """
    with transaction.atomic():
        one = _opportunity(user, opportunity_id)
        if not reach_of(user).may_at(Permission.CHECK_CUSTOMERS, one.org_path) or user.staff_id in _parties_of(one):
            raise NotAllowed(_("Credit is ended by a branch head who has no share in it."))
        reason = reasoned(reason)
        if one.state != WON or one.credit_until is None:
            raise Conflict(_("This opportunity was not won: there is no credit to end."))
        if one.credit_until == on:
            return one
        if one.version != version:
            raise Conflict(_("%(name)s changed this first.") % {"name": one.changed_by.name})
        if not timezone.localdate(now) <= on < one.credit_until:
            raise Unacceptable(_("Credit ends between today and the day it ends anyway."), field="on")
        before, one.credit_until = one.credit_until, on
        one.version += 1
        one.changed_by, one.changed_at = user, now
        one.save(update_fields=["credit_until", "version", "changed_by", "changed_at"])
        audit.record(
            user,
            "credit.end",
            now=now,
            kind="opportunity",
            key=str(one.pk),
            changes={"from": before, "to": on, "customer": one.party_id},
            reason=reason,
        )
    return one


def put_in_force(made: Agreement, one: Opportunity, now: datetime) -> None:
    """Let ``made`` hold from today and what held before until today; part of a service's transaction.

    The first agreement on an opportunity holds from its opening, so that what was won before all had agreed is
    shared too.
    """
    today = timezone.localdate(now)
    before = one.agreements.select_for_update().filter(state=rules.IN_FORCE).first()
    if before is not None:
        before.state, before.in_force_until = rules.REPLACED, today
        keep(before, now, "state", "in_force_until")
    made.state, made.settled_at = rules.IN_FORCE, now
    made.in_force_from = today if before is not None else timezone.localdate(one.opened_at)
    keep(made, now, "state", "settled_at", "in_force_from")


def keep(made: Agreement, now: datetime, *changed: str) -> None:
    """Save what changed of an agreement; part of a service's transaction. The lake is told of it the next night."""
    made.changed_at = now
    made.save(update_fields=[*changed, "changed_at"])


def _settle(made: Agreement, one: Opportunity, now: datetime) -> None:
    """Where the answers leave it: in force when all have agreed, objected to while one has not."""
    keep(made, now)  # somebody answered
    answers = {one.staff_id: one.agrees for one in made.answers.all()}
    if not all(answers.values()):
        made.state = rules.OBJECTED
        keep(made, now, "state")
    elif set(answers) >= asked(made):
        put_in_force(made, one, now)
    elif made.state != rules.PROPOSED:
        made.state = rules.PROPOSED
        keep(made, now, "state")


def _must_wait(made: Agreement) -> None:
    if made.state == rules.DISPUTED:
        raise Conflict(_("A dispute about these shares waits for the branch head."))
    if made.state not in rules.UNDER_WAY:
        raise Conflict(_("These shares are settled."), _("They change by a new agreement."))


def _opportunity(user: User, opportunity_id: UUID) -> Opportunity:
    one = Opportunity.objects.select_for_update().filter(pk=opportunity_id).first()
    if one is None or not _sees(user, one):
        raise NotFound(_("There is no such opportunity among your customers'."))
    return one


def _agreement(user: User, agreement_id: UUID) -> tuple[Opportunity, Agreement]:
    """Both locked, the opportunity first, as every service here does."""
    found = Agreement.objects.filter(pk=agreement_id).values_list("opportunity_id", flat=True).first()
    one = Opportunity.objects.select_for_update().filter(pk=found).first()
    made = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
    if one is None or made is None or not _sees(user, one):
        raise NotFound(_("There is no such agreement that names you."))
    return one, made


def _sees(user: User, one: Opportunity) -> bool:
    if user.staff_id and Share.objects.filter(agreement__opportunity=one, staff_id=user.staff_id).exists():
        return True
    return number_of(user, one.party_id) is not None


def _parties_of(one: Opportunity) -> set[str]:
    """Those named in the shares in force or under way."""
    states = (rules.IN_FORCE, *rules.UNDER_WAY)
    shares = Share.objects.filter(agreement__opportunity=one, agreement__state__in=states)
    return set(shares.values_list("staff_id", flat=True))


def _judge_of(one: Opportunity, parties: set[str]) -> str:
    """The branch whose head decides: above all parties, and above any of them who would decide there."""
    people = [employee(staff_id) for staff_id in sorted(parties)]
    branch = rules.common_branch([one.org_path, *(person.org_path for person in people if person is not None)])
    for staff_id in sorted(parties):
        party = desk_user_of(staff_id)
        for path in reach_of(party).checks.get(Permission.CHECK_CUSTOMERS, ()) if party is not None else ():
            if branch.startswith(path):
                branch = rules.above(path)
    return branch


def _checked(shares: SharesGiven) -> list[tuple[str, str, int]]:
    given = [(part, staff_id.strip(), percent) for part, staff_id, percent in shares]
    for part, staff_id, percent in given:
        if part not in codes.CREDIT_PARTS:
            raise Unacceptable(
                _("“%(part)s” is no part of the credit.") % {"part": part[:20]},
                _("Parts are: %(parts)s.") % {"parts": ", ".join(codes.CREDIT_PARTS)},
                field="shares",
            )
        if not 1 <= percent <= 100:
            raise Unacceptable(_("A share is 1 to 100 percent."), field="shares")
        if desk_user_of(staff_id) is None:
            raise Unacceptable(
                _("%(number)s is nobody who signs in here, and could not agree.") % {"number": staff_id[:40] or "—"},
                _("Name employees who use the desk."),
                field="shares",
            )
    if len({(part, staff_id) for part, staff_id, _percent in given}) < len(given):
        raise Unacceptable(_("Name each person once for a part."), field="shares")
    if len(given) > rules.MOST_PEOPLE * len(rules.PARTS):
        raise Unacceptable(_("Too many people share."), field="shares")
    wrong = rules.sums_to_a_hundred(given)
    if wrong:
        raise Unacceptable(
            _("The percentages of “%(part)s” do not sum to 100.") % {"part": _part_name(wrong)}, field="shares"
        )
    return given


def _part_name(part: str) -> str:
    from django.utils.translation import get_language

    from tenure.desk.kit.wording import code_name

    return code_name(part, "credit_part", get_language() or "en")


def _note(user: User, act: str, made: Agreement, now: datetime, changes: dict[str, Any], reason: str = "") -> None:
    told = {"opportunity": str(made.opportunity_id), **changes}
    audit.record(user, act, now=now, kind="agreement", key=str(made.pk), changes=told, reason=reason)
