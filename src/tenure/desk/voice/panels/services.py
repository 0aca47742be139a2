"""Every change to a panel itself: plan, edit, ask for approval, hand over, drop, close.

Its owner brings it on whatever their posts; others need the right to make surveys. A change names the version it was
made from: when somebody else was first, it is refused with their name (409) and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.changes.services import propose as put_up
from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of, unchanged
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import checked_at, employee, organisation
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels import settings as house
from tenure.desk.voice.panels.locking import locked, note, save, waits
from tenure.desk.voice.panels.models import Panel
from tenure.desk.voice.panels.standing import untold


@dataclass(frozen=True, slots=True)
class Plan:
    """What a panel is to be, as somebody typed it."""

    title: str
    purpose: str
    owner: str
    wanted: int
    starts_on: date
    ends_on: date
    title_en: str = ""
    purpose_en: str = ""
    category: str = ""
    tiers: Sequence[str] = ()
    branches: Sequence[str] = ()
    kinds: Sequence[str] = ()
    months: int = 0
    channels: Sequence[str] = ("sms", "wechat")


def plan(user: User, wanted: Plan, key: str, *, now: datetime) -> Panel:
    """Plan a panel. The same form sent again gives the same one.

    Args:
        key: of the form; of each person once.

    Raises:
        NotAllowed: no post of theirs makes surveys.
        Unacceptable: something is missing, too long or unknown; ``field`` says which.
    """
    must(user, Permission.MANAGE_SURVEYS)
    key = at_most(key, 60, "key")
    if not key:
        raise Unacceptable(_("Send a key of the form, so that it plans once."), field="key")
    known = Panel.objects.filter(made_by=user, key=key).first()
    if known is not None:
        return known
    columns = _checked(wanted)
    try:
        with transaction.atomic():
            one = Panel.objects.create(
                key=key, org_path=checked_at(user), held_out_percent=house.in_use().held_out_percent, made_by=user,
                made_at=now, changed_by=user, changed_at=now, **columns,
            )  # fmt: skip
            note(user, "plan", one, now)
    except IntegrityError:  # the form was sent twice at once
        known = Panel.objects.filter(made_by=user, key=key).first()
        if known is None:
            raise
        return known
    return one


def edit(user: User, panel_id: UUID, wanted: Plan, *, version: int, now: datetime) -> Panel:
    """Change a plan. What is approved is not edited: it would be another one.

    Raises:
        NotAllowed: it is not theirs, and no post of theirs makes surveys.
        NotFound: no such panel among those they see.
        Unacceptable: see :func:`plan`.
        Conflict: somebody was first, it is past this step, or waits for approval.
    """
    columns = _checked(wanted)
    with transaction.atomic():
        one = locked(user, panel_id, "edit", version)
        _must_not_wait(one)
        for name, value in columns.items():
            setattr(one, name, value)
        save(one, user, now)
        note(user, "edit", one, now)
    return one


def ask(user: User, panel_id: UUID, reason: str, *, version: int, now: datetime) -> Change:
    """Put a plan before a second person.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`.
        Unacceptable: no reason.
    """
    with transaction.atomic():
        one = locked(user, panel_id, "ask", version)
        change = put_up(
            user, "panel.open", ("panel", str(one.pk)), {"version": one.version}, reason, org_path=one.org_path, now=now
        )
        note(user, "ask", one, now)
    return change


def hand_over(user: User, panel_id: UUID, to_staff: str, *, version: int, now: datetime) -> Panel:
    """Give a panel to another owner.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`.
        Unacceptable: no such employee.
    """
    _must_be_employed(to_staff, "to_staff")
    with transaction.atomic():
        one = locked(user, panel_id, "hand-over", None)
        if one.owner == to_staff:
            return one
        unchanged(one, version)
        one.owner = to_staff
        save(one, user, now)
        note(user, "hand_over", one, now, owner=to_staff)
    return one


def end(user: User, panel_id: UUID, act: str, words: str, *, version: int, now: datetime) -> Panel:
    """Close an open panel, saying what came of it; or drop one that was not opened, saying why.

    Args:
        act: ``close`` or ``drop``.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`edit`. Conflict also: somebody who gave feedback was not told yet
            what came of it.
        Unacceptable: no word.
    """
    one_of(act, ("close", "drop"), "act")
    words = at_most(words, 1000)
    if not words:
        raise Unacceptable(_("Say what came of it.") if act == "close" else _("Say why."), field="words")
    after = rules.CLOSED if act == "close" else rules.DROPPED
    with transaction.atomic():
        one = locked(user, panel_id, act, version, same=after)
        if one.state == after:
            return one
        _must_not_wait(one)
        if act == "close" and (owed := untold(one).count()):
            raise Conflict(
                _("%(n)s participants who gave feedback were not told yet what came of it.") % {"n": owed},
                _("Decide on what they said and tell each of them; then close."),
            )
        one.state, one.ended_words, one.ended_at = after, words, now
        save(one, user, now)
        note(user, act, one, now)
    return one


def _checked(wanted: Plan) -> dict[str, Any]:
    """The plan's columns."""
    texts = {
        name: at_most(getattr(wanted, name), rules.TITLE if name.startswith("title") else rules.PURPOSE, name)
        for name in ("title", "title_en", "purpose", "purpose_en")
    }
    if not texts["title"]:
        raise Unacceptable(_("Say what is tested."), field="title")
    if not texts["purpose"]:
        raise Unacceptable(_("Say what it is for."), field="purpose")
    _must_be_employed(wanted.owner, "owner")
    if not 1 <= wanted.wanted <= rules.MOST_WANTED:
        raise Unacceptable(_("Between 1 and %(most)s take part.") % {"most": rules.MOST_WANTED}, field="wanted")
    if not 0 <= wanted.months <= rules.MOST_MONTHS:
        raise Unacceptable(_("Months are 0 to %(most)s.") % {"most": rules.MOST_MONTHS}, field="months")
    if wanted.ends_on < wanted.starts_on:
        raise Unacceptable(_("It ends before it starts."), field="ends_on")
    if wanted.category:
        one_of(wanted.category, codes.PRODUCT_CATEGORIES, "category")
    for name, allowed in (
        ("tiers", codes.TIER_ORDER), ("kinds", codes.PARTY_KINDS), ("channels", codes.SURVEY_CHANNELS),
    ):  # fmt: skip
        for value in getattr(wanted, name):
            one_of(value, allowed, name)
    if not wanted.channels:
        raise Unacceptable(_("Choose at least one way to invite them."), field="channels")
    for org_id in wanted.branches:
        if organisation(org_id) is None:
            raise Unacceptable(_("There is no branch %(number)s.") % {"number": org_id[:40]}, field="branches")
    lists = {name: list(dict.fromkeys(getattr(wanted, name))) for name in ("tiers", "branches", "kinds", "channels")}
    rest = {name: getattr(wanted, name) for name in ("owner", "wanted", "starts_on", "ends_on", "category", "months")}
    return {**texts, **lists, **rest}


def _must_be_employed(staff_id: str, field: str) -> None:
    if not staff_id or employee(staff_id) is None:
        raise Unacceptable(_("There is no employee %(number)s.") % {"number": staff_id[:40]}, field=field)


def _must_not_wait(one: Panel) -> None:
    if waits(one):
        raise Conflict(_("It waits for approval."), _("Withdraw that first, or wait until it is decided."))
