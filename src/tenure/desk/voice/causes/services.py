"""Every change to an improvement: propose, edit, ask for approval, begin, act, measure, keep or drop.

Its owner brings it on whatever their posts; others need the right to manage causes. A change names the version it was
made from: when somebody else was first, it is refused with their name (409) and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose as put_up
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of, unchanged
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import checked_at, employee, organisation, reach_of
from tenure.desk.publication.current import pinned
from tenure.desk.voice.causes import improving, reading, rules, selectors
from tenure.desk.voice.causes.models import Improvement, ImprovementAction, ImprovementStep


@dataclass(frozen=True, slots=True)
class Plan:
    """What an improvement is to be, as somebody typed it. Money in minor units of the bank's currency."""

    title: str
    aim: str
    owner: str
    starts_on: date
    kind: str = "improvement"
    functions: Sequence[str] = ()
    themes: Sequence[str] = ()
    treated: Sequence[str] = ()
    control: Sequence[str] = ()
    channel: str = ""
    category: str = ""
    cost: int | None = None
    contact_cost: int | None = None
    replaced_cost: int | None = None


def propose(user: User, plan: Plan, key: str, *, now: datetime) -> Improvement:
    """Propose an improvement or an innovation. The same form sent again gives the same one.

    Args:
        key: of the form; of each person once.

    Raises:
        NotAllowed: no post of theirs manages causes.
        Unacceptable: something is missing, too long or unknown; ``field`` says which.
    """
    must(user, Permission.MANAGE_CAUSES)
    key = at_most(key, 60, "key")
    if not key:
        raise Unacceptable(_("Send a key of the form, so that it proposes once."), field="key")
    known = Improvement.objects.filter(made_by=user, key=key).first()
    if known is not None:
        return known
    columns, parts = _checked(user, plan)
    try:
        with transaction.atomic():
            one = Improvement.objects.create(
                key=key, org_path=checked_at(user), currency=_currency(), made_by=user, made_at=now, changed_by=user,
                changed_at=now, **columns,
            )  # fmt: skip
            _keep_parts(one, parts)
            _step(one, "proposed", user, now)
            _note(user, "propose", one, now)
    except IntegrityError:  # the form was sent twice at once
        known = Improvement.objects.filter(made_by=user, key=key).first()
        if known is None:
            raise
        return known
    return one


def edit(user: User, improvement_id: UUID, plan: Plan, *, version: int, now: datetime) -> Improvement:
    """Change a proposal. What is approved is not edited: it would be another one.

    Raises:
        NotAllowed: it is not theirs, and no post of theirs manages causes.
        NotFound: no such improvement among those they see.
        Unacceptable: see :func:`propose`.
        Conflict: somebody was first, or it is past this step.
    """
    with transaction.atomic():
        one = _locked(user, improvement_id, "edit", version)
        columns, parts = _checked(user, plan)
        if _waits(one):
            raise Conflict(_("It waits for approval."), _("Withdraw that first, or wait until it is decided."))
        for name, value in columns.items():
            setattr(one, name, value)
        one.themes.all().delete()
        one.branches.all().delete()
        _keep_parts(one, parts)
        _save(one, user, now)
        _note(user, "edit", one, now)
    return one


def ask(user: User, improvement_id: UUID, reason: str, *, version: int, now: datetime) -> Change:
    """Put a proposal before a second person.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`; Conflict also where it waits already.
        Unacceptable: no reason, no theme, or no branch where it starts.
    """
    with transaction.atomic():
        one = _locked(user, improvement_id, "ask", version)
        if one.kind == "improvement" and not one.themes.exists():
            raise Unacceptable(_("Say which cause it removes: choose a theme."), field="themes")
        if one.kind == "improvement" and not one.branches.filter(arm="treated").exists():
            raise Unacceptable(_("Say at which branches it starts, so that others can be compared."), field="treated")
        change = put_up(
            user, "improvement.start", ("improvement", str(one.pk)), {"version": one.version}, reason,
            org_path=one.org_path, now=now,
        )  # fmt: skip
        _step(one, "asked", user, now)
        _note(user, "ask", one, now)
    return change


def begin(user: User, improvement_id: UUID, on: date | None, *, version: int, now: datetime) -> Improvement:
    """Begin what was approved, on the day it really began: what came before that is “before”.

    Args:
        on: None: the day planned, or today where that lies ahead.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`.
        Unacceptable: the day lies ahead.
    """
    with transaction.atomic():
        one = _locked(user, improvement_id, "begin", version, same=rules.RUNNING)
        if one.state == rules.RUNNING:
            return one
        today = timezone.localdate(now)
        day = on or min(one.starts_on, today)
        if day > today:
            raise Unacceptable(_("It cannot have begun on a day that lies ahead."), field="on")
        one.state, one.starts_on, one.began_at = rules.RUNNING, day, now
        _save(one, user, now)
        _step(one, "running", user, now)
        _note(user, "begin", one, now, on=day)
    return one


def add_action(
    user: User, improvement_id: UUID, words: str, owner: str, due_on: date, *, version: int, now: datetime
) -> ImprovementAction:
    """Agree on who does what by when. The same again that is not done yet is the one there is.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`.
        Unacceptable: no words, no such employee, or too many actions.
    """
    words = at_most(words, rules.ACTION)
    if not words:
        raise Unacceptable(_("Say what is to be done."), field="words")
    _must_be_employed(owner, "owner")
    with transaction.atomic():
        one = _locked(user, improvement_id, "action", None)
        same = one.actions.filter(words=words, owner=owner, due_on=due_on, done_at=None).first()
        if same is not None:
            return same
        unchanged(one, version)
        if one.actions.count() >= rules.ACTIONS:
            raise Unacceptable(_("At most %(most)s actions.") % {"most": rules.ACTIONS}, field="words")
        made = ImprovementAction.objects.create(improvement=one, words=words, owner=owner, due_on=due_on)
        _save(one, user, now)
        _step(one, "action", user, now, words)
        _note(user, "action", one, now, owner=owner, due_on=due_on)
    return made


def finish_action(user: User, action_id: int, *, now: datetime) -> ImprovementAction:
    """Note that an action is done. Done already, nothing happens. Whose it is may say so as well.

    Raises:
        NotAllowed, NotFound: see :func:`edit`.
    """
    with transaction.atomic():
        action = improving.action(user, action_id)
        one = _locked(user, action.improvement_id, "", None, also=action.owner)
        action = ImprovementAction.objects.select_for_update().get(pk=action_id)
        if action.done_at is None:
            action.done_at, action.done_by = now, user
            action.save(update_fields=["done_at", "done_by"])
            _save(one, user, now)
            _step(one, "done", user, now, action.words)
            _note(user, "done", one, now, action=action.pk)
    return action


def hand_over(user: User, improvement_id: UUID, to_staff: str, *, version: int, now: datetime) -> Improvement:
    """Give an improvement to another owner.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`.
        Unacceptable: no such employee.
    """
    _must_be_employed(to_staff, "to_staff")
    with transaction.atomic():
        one = _locked(user, improvement_id, "hand-over", None)
        if one.owner == to_staff:
            return one
        unchanged(one, version)
        one.owner = to_staff
        _save(one, user, now)
        _step(one, "handed_over", user, now, to_staff)
        _note(user, "hand_over", one, now, owner=to_staff)
    return one


def take_measures(user: User, improvement_id: UUID, *, version: int, now: datetime) -> Improvement:
    """Take the night's measures as those on which it is decided; they stay on record as they are now.

    Raises:
        NotAllowed, NotFound: see :func:`edit`.
        Conflict: see :func:`edit`, or no night has measured it yet.
    """
    with transaction.atomic():
        one = _locked(user, improvement_id, "measure", None)
        told = improving.measures_as_data(one)
        if one.state == rules.MEASURED and one.measured == told:
            return one
        unchanged(one, version)
        if not rules.may_be_decided(row["verdict"] for row in told):
            raise Conflict(
                _("No night has measured it yet."), _("The first measure comes after the first whole month.")
            )
        one.state, one.measured = rules.MEASURED, told
        _save(one, user, now)
        _step(one, "measured", user, now)
        _note(user, "measure", one, now, **{row["measure"]: row["verdict"] for row in told})
    return one


def end(user: User, improvement_id: UUID, act: str, words: str, *, version: int, now: datetime) -> Improvement:
    """Keep what was measured, everywhere, or drop it; in words, why.

    Args:
        act: ``keep`` or ``drop``.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`.
        Unacceptable: no word why.
    """
    one_of(act, ("keep", "drop"), "act")
    words = at_most(words, rules.WORDS)
    if not words:
        raise Unacceptable(_("Say why."), field="words")
    after = rules.KEPT if act == "keep" else rules.DROPPED
    with transaction.atomic():
        one = _locked(user, improvement_id, act, version, same=after)
        if one.state == after:
            return one
        if _waits(one):
            raise Conflict(_("It waits for approval."), _("Withdraw that first, or wait until it is decided."))
        one.state, one.ended_words, one.ended_at = after, words, now
        _save(one, user, now)
        _step(one, after, user, now, words)
        _note(user, act, one, now)
    return one


def _checked(user: User, plan: Plan) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The plan's columns, and its themes and branches as rows to be."""
    one_of(plan.kind, codes.IMPROVEMENT_KINDS, "kind")
    title, aim = at_most(plan.title, rules.TITLE, "title"), at_most(plan.aim, rules.AIM, "aim")
    if not title:
        raise Unacceptable(_("Give it a title."), field="title")
    if not aim:
        raise Unacceptable(_("Say what should be otherwise afterwards."), field="aim")
    _must_be_employed(plan.owner, "owner")
    for one in plan.functions:
        one_of(one, codes.FUNCTIONS, "functions")
    if plan.channel:
        one_of(plan.channel, codes.CHANNELS, "channel")
    if plan.category:
        one_of(plan.category, codes.PRODUCT_CATEGORIES, "category")
    if plan.kind == "innovation" and not (plan.channel or plan.category):
        raise Unacceptable(_("Say which channel or product it is about."), field="channel")
    costs = {name: getattr(plan, name) for name in ("cost", "contact_cost", "replaced_cost")}
    for name, value in costs.items():
        if value is not None and not 0 <= value <= rules.MOST_MONEY:
            raise Unacceptable(_("A cost is nought or more."), field=name)
    if len(plan.themes) > rules.THEMES or len(plan.treated) + len(plan.control) > rules.BRANCHES:
        raise Unacceptable(
            _("At most %(themes)s themes and %(branches)s branches.")
            % {"themes": rules.THEMES, "branches": rules.BRANCHES},
            field="themes",
        )
    themes = [_theme(key) for key in dict.fromkeys(plan.themes)]
    both = set(plan.treated) & set(plan.control)
    if both:
        raise Unacceptable(_("A branch is where it starts or what it is compared with, not both."), field="control")
    branches = [(_branch(org, arm), arm) for arm in codes.IMPROVEMENT_ARMS for org in dict.fromkeys(getattr(plan, arm))]
    columns = {
        "kind": plan.kind, "title": title, "aim": aim, "owner": plan.owner, "starts_on": plan.starts_on,
        "functions": sorted(set(plan.functions), key=list(codes.FUNCTIONS).index), "channel": plan.channel,
        "category": plan.category, **costs,
    }  # fmt: skip
    return columns, {"themes": themes, "branches": branches}


def _theme(key: str) -> selectors.ThemeSeen:
    found = selectors.theme_named(key)
    if found is None:
        raise Unacceptable(_("There is no theme %(key)s.") % {"key": key[:40]}, field="themes")
    return found


def _branch(org_id: str, field: str) -> Any:
    found = organisation(org_id)
    if found is None:
        raise Unacceptable(_("There is no branch %(number)s.") % {"number": org_id[:40]}, field=field)
    return found


def _keep_parts(one: Improvement, parts: dict[str, list[Any]]) -> None:
    for theme in parts["themes"]:
        one.themes.create(theme=theme.theme, label=theme.name[:120], kind=theme.kind)
    for branch, arm in parts["branches"]:
        one.branches.create(org_id=branch.org_id, org_path=branch.org_path, arm=arm)


def _must_be_employed(staff_id: str, field: str) -> None:
    if not staff_id or employee(staff_id) is None:
        raise Unacceptable(_("There is no employee %(number)s.") % {"number": staff_id[:40]}, field=field)


def _locked(
    user: User, improvement_id: UUID, act: str, version: int | None, *, same: str = "", also: str = ""
) -> Improvement:
    """The improvement, locked, if ``user`` may do this and it stands where this is done.

    ``same``: the state it would come to; it is there already, nothing is refused. ``also``: who else may.
    """
    # no join: a row that changed while it was waited for would be lost to PostgreSQL, as its joined row is the old one
    one = Improvement.objects.select_for_update().filter(pk=improvement_id).first()
    if one is None or not reading.sees(user, one):
        raise NotFound(_("There is no such improvement among those you see."))
    mine = bool(user.staff_id) and user.staff_id in (one.owner, also)
    if not mine and not reach_of(user).may(Permission.MANAGE_CAUSES):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    if same and one.state == same:
        return one
    if version is not None:
        unchanged(one, version)
    if act and one.state not in rules.ACTS[act]:
        raise Conflict(_("It is past this step, or not there yet."), _("Load the page again to see where it stands."))
    return one


def _waits(one: Improvement) -> bool:
    return Change.objects.filter(
        kind="improvement.start", subject_kind="improvement", subject_id=str(one.pk), state=Change.State.WAITING
    ).exists()


def _currency() -> str:
    publication = pinned()
    return publication.currency if publication is not None else ""


def _save(one: Improvement, user: User, now: datetime) -> None:
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def _step(one: Improvement, kind: str, user: User, now: datetime, words: str = "") -> None:
    ImprovementStep.objects.create(improvement=one, kind=kind, by=user, at=now, words=words[: rules.WORDS])


def _note(user: User, act: str, one: Improvement, now: datetime, **changes: Any) -> None:
    audit.record(user, f"improvement.{act}", now=now, kind="improvement", key=str(one.pk), changes=changes)
