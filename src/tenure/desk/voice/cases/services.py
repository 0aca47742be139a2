"""Every change to a case: open it, reach the customer, listen, name the cause, offer, agree, close, open it again.

Each service checks the right (403), finds the case among those of customers the person may see (404), locks it, changes
it and writes the audit line in one transaction. A change names the version it was made from: when somebody else was
first, it is refused with their name (409) and nothing of it is kept. Whoever the case is about finds none.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.changes.services import propose
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of, unchanged, who_changed
from tenure.desk.kit import wording
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import colleagues_for
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.stand_ins import end_stand_in
from tenure.desk.parties.visibility import number_of
from tenure.desk.voice.cases import asking_again, rules, timing
from tenure.desk.voice.cases.models import Case, CasePause
from tenure.desk.voice.cases.opening import cause_of, find_or_open, let_owner_see, note, passed_over, save, step
from tenure.desk.voice.cases.owners import right_owner
from tenure.desk.voice.cases.reading import sees
from tenure.desk.work.services import log_contact


def open_case(
    user: User, party_id: str, source: str, source_key: str, words: str = "", *, now: datetime, concerns: str = ""
) -> Case:
    """Open a case about a customer; its owner is the right manager. The same occasion again gives the same case.

    Args:
        source: one of ``rules.BY_HAND``; answers to surveys open cases by themselves.
        source_key: which occasion: of a signal, a complaint, a form.
        concerns: the employee it is about, who may not own it.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such customer among those they see.
        Unacceptable: an unknown source, no occasion, too many words.
        Conflict: the occasion is another customer's.
    """
    must(user)
    row = must_see(user, party_id)
    one_of(source, rules.BY_HAND, "source")
    source_key, words = at_most(source_key, 120, "source_key"), at_most(words, rules.WORDS)
    concerns = at_most(concerns, 40, "concerns")
    if not source_key or source_key.startswith(rules.OF_ANSWERS):
        raise Unacceptable(_("Say which occasion it is about."), field="source_key")
    case = find_or_open(
        source, source_key, row.party_id, row.org_path, by=user, now=now, words=words, concerns=concerns
    )
    if number_of(user, case.party_id) != row.party_id:
        raise Conflict(_("This occasion has a case already, of another customer."))
    return case


def acknowledge(
    user: User, case_id: UUID, kind: str, outcome: str, words: str = "", *, version: int, now: datetime
) -> Case:
    """Reach the customer, acknowledge and apologise; logged as a contact. Not reached, the clock runs on.

    Args:
        kind: one of ``codes.INTERACTION_KINDS``.
        outcome: one of ``codes.OUTCOMES``; ``no_answer`` is a try.

    Raises:
        NotAllowed: no post of theirs deals with customers, or they have an interest in it.
        NotFound: no such case among their customers', or it is about them.
        Unacceptable: an unknown code, too many words.
        Conflict: somebody was first, or the case is past this step.
    """
    with transaction.atomic():
        case = _locked(user, case_id)
        if _same_again(case, user, version, rules.ACKNOWLEDGED):
            return case
        _must_be(case, version, "acknowledge")
        logged = log_contact(user, case.party_id, kind, outcome, words, now=now)
        tried = outcome == "no_answer"
        if not tried:
            case.state, case.acknowledged_at = rules.after("acknowledge", case.state), now
            timing.stop(case, now, "customer")
        save(case, user, now)
        step(case, "tried" if tried else "acknowledged", user, now, words=logged.words, contact_id=logged.pk)
        note(user, "case.try" if tried else "case.acknowledge", case, now, contact=str(logged.pk))
    return case


def listen(user: User, case_id: UUID, words: str, *, version: int, now: datetime) -> Case:
    """Write down what the customer said, in their words.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`acknowledge`.
    """
    said = _told(words, _("Write down what the customer said."))
    return _go_on(user, case_id, "listen", "heard", version, now, said)


def name_cause(user: User, case_id: UUID, cause: str, words: str = "", *, version: int, now: datetime) -> Case:
    """Name why it happened, one of ``codes.CASE_CAUSES``; “other” says in words which.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`acknowledge`.
    """
    one_of(cause, codes.CASE_CAUSES, "cause")
    words = at_most(words, rules.WORDS)
    if cause == "other":
        _told(words, _("Say in words which cause."))
    return _go_on(user, case_id, "cause", "cause", version, now, words, cause, cause=cause)


def offer(user: User, case_id: UUID, words: str, *, version: int, now: datetime) -> Case:
    """Offer a fair solution: what is put right, what is made good, by when.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`acknowledge`.
    """
    offered = _told(words, _("Say what was offered."))
    return _go_on(user, case_id, "offer", "offered", version, now, offered, offer=offered)


def agree(user: User, case_id: UUID, agrees: bool, words: str = "", *, version: int, now: datetime) -> Case:
    """Note whether the customer finds the offer fair; where not, another is made.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`acknowledge`.
    """
    words = at_most(words, rules.WORDS)
    if agrees:
        return _go_on(user, case_id, "agree", "agreed", version, now, words)
    return _go_on(user, case_id, "offer", "refused", version, now, words, only=frozenset({rules.OFFER}))


def close(user: User, case_id: UUID, result: str, action: str, cause: str = "", *, version: int, now: datetime) -> Case:
    """Close a case with what was done about it. No case is closed without a cause and an action.

    Args:
        result: one of ``codes.CASE_RESULTS``; “not reached” after three tries, “not agreed” after an offer.
        cause: where none was named yet.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`acknowledge`.
    """
    one_of(result, codes.CASE_RESULTS, "result")
    action = _told(action, _("Say what was done about it."), "action")
    if cause:
        one_of(cause, codes.CASE_CAUSES, "cause")
    with transaction.atomic():
        case = _locked(user, case_id)
        if _same_again(case, user, version, rules.CLOSED):
            return case
        _must_be(case, version)
        if case.state not in rules.CLOSES[result]:
            raise Conflict(_("From here a case is not closed with this result."), _("Do the next step first."))
        tries = case.steps.filter(kind="tried").count()
        if result == "not_reached" and tries < rules.TRIES:
            raise Conflict(
                _("The customer was tried %(n)s times.") % {"n": tries},
                _("Try %(n)s times before closing without them.") % {"n": rules.TRIES},
            )
        case.cause = cause or case.cause
        if not case.cause:
            raise Unacceptable(_("Name the cause: without one nothing is learned."), field="cause")
        case.pauses.filter(ended_at=None).update(ended_at=now)
        timing.stop(case, now)
        case.state, case.result, case.action = rules.CLOSED, result, action
        case.closed_at, case.closed_by, case.due_at = now, user, None
        save(case, user, now)
        end_stand_in(cause_of(case), now)
        step(case, "closed", user, now, detail=result, words=action)
        asking_again.tell(case, now)
        note(user, "case.close", case, now, result=result, cause=case.cause)
    return case


def pause(user: User, case_id: UUID, reason: str, words: str, *, version: int, now: datetime) -> Case:
    """Stop the clocks while the bank waits for somebody else; never before the customer was reached.

    Raises:
        NotAllowed, NotFound, Unacceptable, Conflict: see :func:`acknowledge`.
    """
    one_of(reason, codes.CASE_PAUSES, "reason")
    words = _told(at_most(words, 500), _("Say why, and what is waited for."))
    with transaction.atomic():
        case = _locked(user, case_id)
        if case.pauses.filter(ended_at=None, by=user, reason=reason, words=words).exists():
            return case
        _must_be(case, version, "pause")
        if case.pauses.filter(ended_at=None).exists():
            raise Conflict(_("The clocks stand already."))
        CasePause.objects.create(case=case, began_at=now, reason=reason, words=words, by=user)
        timing.set_anew(case)
        save(case, user, now)
        step(case, "paused", user, now, detail=reason, words=words)
        note(user, "case.pause", case, now, reason=reason)
    return case


def resume(user: User, case_id: UUID, *, version: int, now: datetime) -> Case:
    """Let the clocks run again; they are delayed by what they would have counted meanwhile.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`acknowledge`.
    """
    with transaction.atomic():
        case = _locked(user, case_id)
        held = case.pauses.filter(ended_at=None).first()
        if held is None and case.version == version + 1 and case.changed_by_id == user.pk:
            return case  # the same click again
        _must_be(case, version)
        if held is None:
            raise Conflict(_("The clocks run."))
        held.ended_at = max(now, held.began_at)
        held.save(update_fields=["ended_at"])
        timing.set_anew(case)
        save(case, user, now)
        step(case, "resumed", user, now)
        note(user, "case.resume", case, now, due_at=case.due_at)
    return case


def hand_over(user: User, case_id: UUID, to_staff: str, words: str = "", *, version: int, now: datetime) -> Case:
    """Give the case to a colleague of the customer's branch, who sees the customer until it is closed.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`acknowledge`.
        Unacceptable: no such colleague, or one who may not own it.
    """
    words = at_most(words, rules.WORDS)
    with transaction.atomic():
        case = _locked(user, case_id)
        if case.owner == to_staff and case.version == version + 1:
            return case
        _must_be(case, version)
        if to_staff not in {one.staff_id for one in colleagues_for(user, case.party_id)}:
            raise Unacceptable(_("This is no colleague of the customer's branch who signs in."), field="to_staff")
        if to_staff in passed_over(case):
            raise Unacceptable(_("The case is about them, or they stood aside from it."), field="to_staff")
        _give(case, to_staff, user, now)
        step(case, "handed_over", user, now, detail=to_staff, words=words)
        note(user, "case.hand_over", case, now, owner=to_staff)
    return case


def recuse(user: User, case_id: UUID, words: str, *, version: int, now: datetime) -> Case:
    """Stand aside from one's own case because of an interest in it; it goes to the next right one, never back.

    Raises:
        NotAllowed: besides, the case is not theirs.
        NotFound, Unacceptable, Conflict: see :func:`acknowledge`.
    """
    words = _told(words, _("Say why you stand aside."))
    with transaction.atomic():
        case = _locked(user, case_id)
        if not user.staff_id or case.owner != user.staff_id:
            raise NotAllowed(_("Only whose case it is stands aside from it."))
        _must_be(case, version)
        after = right_owner(case.party_id, case.org_path, {*passed_over(case), user.staff_id})
        _give(case, after, user, now)
        step(case, "recused", user, now, detail=after, words=words)
        note(user, "case.recuse", case, now, owner=after)
    return case


def ask_extension(user: User, case_id: UUID, reason: str, *, now: datetime) -> Case:
    """Ask for more time to decide a complaint: 30 days for a complex one, then at most 60; a second person approves.

    Raises:
        NotAllowed, NotFound: see :func:`acknowledge`.
        Unacceptable: no reason, or no clock of the regulator runs.
        Conflict: it waits for approval already, or all the time there is was given.
    """
    with transaction.atomic():
        case = _locked(user, case_id)
        clock = case.clocks.filter(clock="regulator", round=case.round, stopped_at=None).first()
        if clock is None:
            raise Unacceptable(_("Only an open complaint is given more time."), field="reason")
        more = rules.longer(clock.allowance)
        if more is None:
            raise Conflict(_("No more time can be given."), _("Decide the complaint."))
        days = {"from": clock.allowance // rules.DAY, "to": more // rules.DAY}
        propose(user, "case.extend", ("case", str(case.pk)), days, reason, org_path=case.org_path, now=now)
    return case


def reopen(user: User, case_id: UUID, words: str, *, version: int, now: datetime) -> Case:
    """Open a closed case again within thirty days: what was done did not hold. All clocks begin anew.

    Raises:
        NotAllowed, NotFound, Unacceptable: see :func:`acknowledge`.
        Conflict: it is open, or was closed too long ago.
    """
    words = _told(words, _("Say what the customer says now."))
    with transaction.atomic():
        case = _locked(user, case_id)
        if _same_again(case, user, version, rules.OPEN):
            return case
        if case.state != rules.CLOSED or case.closed_at is None:
            raise Conflict(_("This case is open."))
        unchanged(case, version)
        if not rules.may_be_opened_again(case.closed_at, now):
            raise Conflict(_("This case was closed more than thirty days ago."), _("Open a new one."))
        case.state, case.result, case.closed_at, case.closed_by = rules.OPEN, "", None, None
        case.round, case.acknowledged_at = case.round + 1, None
        case.owner = case.owner or right_owner(case.party_id, case.org_path, passed_over(case))
        timing.set_going(case, now)
        save(case, user, now)
        let_owner_see(case, user, now)
        step(case, "reopened", user, now, words=words)
        note(user, "case.reopen", case, now, round=case.round)
    return case


def _go_on(
    user: User, case_id: UUID, act: str, kind: str, version: int, now: datetime, words: str, detail: str = "",
    only: frozenset[str] | None = None, **changed: str,
) -> Case:  # fmt: skip
    """One of the steps between reaching the customer and closing."""
    with transaction.atomic():
        case = _locked(user, case_id)
        last = case.steps.last()
        if case.version == version + 1 and last and (last.by_id, last.kind, last.words) == (user.pk, kind, words):
            return case  # the same click again
        _must_be(case, version, act, only)
        case.state = rules.after(act, case.state)
        for name, value in changed.items():
            setattr(case, name, value)
        save(case, user, now)
        step(case, kind, user, now, detail=detail, words=words)
        note(user, f"case.{kind}", case, now, **({"cause": detail} if detail else {}))
    return case


def _locked(user: User, case_id: UUID) -> Case:
    must(user)
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None or not sees(user, case):
        raise NotFound(_("There is no such case among your customers'."))
    if user.staff_id and user.staff_id in passed_over(case):
        raise NotAllowed(_("You have an interest in this case, or stood aside from it: somebody else handles it."))
    return case


def _must_be(case: Case, version: int, act: str = "", only: frozenset[str] | None = None) -> None:
    """Open, as the person saw it, and at a state from which ``act`` is done."""
    if case.state == rules.CLOSED:
        raise Conflict(
            _("%(name)s closed this case at %(at)s.") % who_changed(case), _("Open it again if it did not hold.")
        )
    if case.changed_by is not None:
        unchanged(case, version)
    elif case.version != version:
        raise Conflict(_("This case was changed since you opened it."), _("Look at what it says now."))
    if act and case.state not in (only or rules.ACTS[act]):
        name = wording.code_name(case.state, "case", get_language() or "en")
        raise Conflict(_("The case stands at “%(state)s”.") % {"state": name}, _("Do the step that comes next."))


def _same_again(case: Case, user: User, version: int, state: str) -> bool:
    return case.state == state and case.version == version + 1 and case.changed_by_id == user.pk


def _told(words: str, otherwise: str, field: str = "words") -> str:
    words = at_most(words, rules.WORDS, field)
    if not words:
        raise Unacceptable(otherwise, field=field)
    return words


def _give(case: Case, to_staff: str, by: User, now: datetime) -> None:
    end_stand_in(cause_of(case), now)
    case.owner = to_staff
    save(case, by, now)
    let_owner_see(case, by, now)
