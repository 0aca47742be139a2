"""Who sees which panel, and whom panels asked: below everything that reads or changes one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import naming, visible_to
from tenure.desk.voice.panels.models import Member, Panel
from tenure.desk.voice.surveys.drawing import Asked

#: As which kind of asking a panel counts among the waits between two surveys.
KIND = "panel"


def visible_panels(user: User) -> QuerySet[Panel]:
    """Those one owns; for who looks at branches, those of their branches, below and above; for who deals with
    customers, those one of their customers was invited to."""
    reach = reach_of(user)
    which = Q(pk=None)
    if user.staff_id:
        which |= Q(owner=user.staff_id)
    if reach.may(Permission.VIEW_BRANCH) or reach.may(Permission.MANAGE_SURVEYS):
        for path in reach.paths:
            parts = path.strip("/").split("/") if path != "/" else []
            above = ["/", *("/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts)))]
            which |= Q(org_path__startswith=path) | Q(org_path__in=above)
    elif reach.may(Permission.VIEW_CUSTOMERS):
        which |= Q(pk__in=members_seen(user, Member.objects.all()).order_by().values("panel_id"))
    return Panel.objects.filter(which)


def sees(user: User, one: Panel) -> bool:
    """Whether ``user`` sees a panel."""
    return visible_panels(user).filter(pk=one.pk).exists()


def members_seen(user: User, rows: QuerySet[Member]) -> QuerySet[Member]:
    """Those of ``rows`` who were invited and whom ``user`` sees. Who is the control is shown to nobody by name."""
    rows = rows.filter(round__isnull=False)
    everybodys = "/" in reach_of(user).paths and reach_of(user).may(Permission.VIEW_CUSTOMERS)
    return rows if everybodys else rows.filter(naming(visible_to(user)))


def may_work(user: User, one: Panel) -> bool:
    """Whether ``user`` brings a panel on: its owner, and who makes surveys."""
    return bool(user.staff_id and user.staff_id == one.owner) or reach_of(user).may(Permission.MANAGE_SURVEYS)


def reads_words(user: User, one: Panel) -> bool:
    """Whether ``user`` reads what was said in a panel whatever their posts: its owner, who has to decide on it. Names
    stay masked, and a program's token that may not show what a mask exists for shows none of it."""
    return bool(user.staff_id and user.staff_id == one.owner) and reach_of(user).clear


def asked(numbers: Collection[str], since: datetime) -> Iterator[tuple[str, Asked]]:
    """Whom of these panels invited since then; see ``surveys.listeners.asked_elsewhere``."""
    rows = Member.objects.filter(party_id__in=list(numbers), invited_at__gt=since)
    for party_id, at, channel, panel in rows.values_list("party_id", "invited_at", "channel", "panel_id"):
        yield party_id, Asked(at, KIND, channel, str(panel))
