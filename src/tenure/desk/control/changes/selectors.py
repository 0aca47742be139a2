"""Which changes a person sees, and which of them they may check."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenure.desk.control.changes.kinds import kept_from, kind_of, kinds_by_check
from tenure.desk.control.errors import NotFound
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, prefix_range
from tenure.desk.org.selectors import reach_of

#: Changes shown in one list; older ones are found in the audit trail.
MOST = 100


def may_check(user: User, change: Change) -> bool:
    """Whether ``user`` may decide ``change``: a post at its branch or above that checks its kind, and not its maker."""
    return change.made_by_id != user.pk and reach_of(user).may_at(kind_of(change).checks, change.org_path)


def sees(user: User, change: Change) -> bool:
    """Whether ``user`` may look at ``change``: its maker, those who check it, and auditors; never who it is about."""
    looks = change.made_by_id == user.pk or may_check(user, change) or reach_of(user).may(Permission.VIEW_AUDIT)
    return looks and not kept_from(user, [(change.kind, change.subject_id)])


def to_check(user: User) -> list[Change]:
    """Changes that wait for someone like ``user``, the oldest first."""
    return _shown(user, _to_check(user).select_related("made_by").order_by("made_at", "pk"))


def count_to_check(user: User) -> int:
    """How many changes wait for someone like ``user``, counted to :data:`MOST`."""
    if not any(reach_of(user).checks.values()):
        return 0
    waiting = list(_to_check(user).order_by().values_list("kind", "subject_id")[:MOST])
    return len(waiting) - len(kept_from(user, waiting))


def _to_check(user: User) -> QuerySet[Change]:
    reach, wanted = reach_of(user), Q(pk__in=[])
    for permission, kinds in kinds_by_check().items():
        for path in reach.checks.get(permission, ()):
            low, high = prefix_range(path)
            wanted |= Q(kind__in=kinds, org_path__gte=low, org_path__lt=high)
    return Change.objects.filter(wanted, state=Change.State.WAITING).exclude(made_by=user)


def made_by(user: User) -> list[Change]:
    """Changes ``user`` made, the last first."""
    return _shown(user, Change.objects.filter(made_by=user).select_related("made_by", "checked_by"))


def checked_by(user: User) -> list[Change]:
    """Changes ``user`` decided, the last first."""
    rows = Change.objects.filter(checked_by=user).select_related("made_by", "checked_by")
    return _shown(user, rows.order_by("-checked_at"))


def _shown(user: User, rows: QuerySet[Change]) -> list[Change]:
    found = list(rows[:MOST])
    kept = kept_from(user, [(one.kind, one.subject_id) for one in found])
    return [one for one in found if (one.kind, one.subject_id) not in kept]


def change(user: User, change_id: UUID) -> Change:
    """One change.

    Raises:
        NotFound: it is none that ``user`` may look at.
    """
    found = Change.objects.select_related("made_by", "checked_by").filter(pk=change_id).first()
    if found is None or not sees(user, found):
        raise NotFound(_("There is no such change."))
    return found


def decided_on(kind: str, subject_ids: list[str]) -> list[Change]:
    """Changes of a kind on records that somebody approved or refused, the last first; see :func:`waiting_on`."""
    decided = (Change.State.APPROVED, Change.State.REJECTED)
    rows = Change.objects.filter(kind=kind, state__in=decided, subject_id__in=subject_ids).order_by("-checked_at")
    return list(rows.select_related("made_by", "checked_by"))


def waiting_on(subject_kind: str, subject_ids: list[str]) -> list[Change]:
    """Changes that wait on records, for showing there; whoever may see the record may know that it will change."""
    rows = Change.objects.filter(state=Change.State.WAITING, subject_kind=subject_kind, subject_id__in=subject_ids)
    return list(rows.select_related("made_by"))
