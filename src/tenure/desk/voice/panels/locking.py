"""What every change of a panel and of its participants begins and ends with. Parts of services' transactions.

The panel's row is locked first and its participants' after it, by whoever changes either: so nothing is said in a
panel that closes in the same moment, and no two wait for each other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound
from tenure.desk.control.guards import unchanged
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import number_of
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels.models import Member, Panel
from tenure.desk.voice.panels.reading import may_work, sees


def locked(user: User, panel_id: UUID, act: str, version: int | None, *, same: str = "") -> Panel:
    """The panel, locked, if ``user`` may do this and it stands where this is done.

    ``same``: the state it would come to; it is there already, nothing is refused.

    Raises:
        NotAllowed, NotFound, Conflict.
    """
    # Locked alone: joined with who changed it, PostgreSQL would lose the row where that changes while one waits for it.
    one = Panel.objects.select_for_update().filter(pk=panel_id).first()
    if one is None or not sees(user, one):
        raise NotFound(_("There is no such panel among those you see."))
    if not may_work(user, one):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    if same and one.state == same:
        return one
    if version is not None:
        unchanged(one, version)
    if act and one.state not in rules.ACTS[act]:
        raise Conflict(_("It is past this step, or not there yet."), _("Load the page again to see where it stands."))
    return one


def locked_member(user: User, member_id: UUID) -> tuple[Panel, Member]:
    """Somebody invited whom ``user`` sees, and their panel, both locked, the panel first.

    Raises:
        NotAllowed: they neither deal with customers nor bring this panel on.
        NotFound: nobody invited of that number among their customers.
        Conflict: the panel is not open.
    """
    panel_id = Member.objects.filter(pk=member_id, round__isnull=False).values_list("panel_id", flat=True).first()
    panel = Panel.objects.select_for_update().filter(pk=panel_id).first()
    member = Member.objects.select_for_update().filter(pk=member_id).first() if panel is not None else None
    works = panel is not None and may_work(user, panel)
    if not (works or reach_of(user).may(Permission.LOG_CONTACT)):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    if panel is None or member is None or number_of(user, member.party_id) is None:
        raise NotFound(_("Nobody of your customers was invited under this number."))
    if panel.state != rules.OPEN:
        raise Conflict(_("This panel is not open any more."))
    return panel, member


def member_unchanged(one: Member, version: int) -> None:
    """Refuse a change made from an older version of somebody's part in a panel.

    Raises:
        Conflict: with the name of who was first; it may have been the customer.
    """
    if one.version == version:
        return
    if one.changed_by is not None:
        unchanged(one, version)
    raise Conflict(_("The customer answered in the meantime."), _("Look at what it says now."))


def save(one: Panel, user: User, now: datetime) -> None:
    """Keep a changed panel: another version, by whom and when."""
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def save_member(one: Member, user: User | None, now: datetime) -> None:
    """The same of somebody's part in it; ``user`` is None where the customer did it themselves."""
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def waits(one: Panel) -> bool:
    """Whether it waits for a second person's approval."""
    return Change.objects.filter(
        kind="panel.open", subject_kind="panel", subject_id=str(one.pk), state=Change.State.WAITING
    ).exists()


def note(user: User | None, act: str, one: Panel, now: datetime, **changes: Any) -> None:
    """The line of the trail about a panel."""
    audit.record(user, f"panel.{act}", now=now, kind="panel", key=str(one.pk), changes=changes)


def note_member(user: User | None, act: str, one: Member, now: datetime, **changes: Any) -> None:
    """The line of the trail about somebody's part in it: codes and numbers, never what anybody said."""
    told = {"customer": one.party_id, "panel": str(one.panel_id), "state": one.state, **changes}
    by = {} if user is not None else {"actor_name": "customer"}
    audit.record(user, f"panel.{act}", now=now, kind="panel_member", key=str(one.pk), changes=told, **by)
