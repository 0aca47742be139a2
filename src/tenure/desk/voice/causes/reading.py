"""Who sees which improvement: asked below everything that reads or changes one."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.voice.causes.models import (
    Improvement,
)


def visible_improvements(user: User) -> QuerySet[Improvement]:
    """Those one owns or has an action in, and, for who looks at branches, those of their branches and those above."""
    reach = reach_of(user)
    which = Q(pk=None)
    if user.staff_id:
        which |= Q(owner=user.staff_id) | Q(actions__owner=user.staff_id)
    if reach.may(Permission.VIEW_BRANCH):
        for path in reach.paths:
            parts = path.strip("/").split("/")
            above = ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))] if parts != [""] else []
            which |= Q(org_path__startswith=path) | Q(branches__org_path__startswith=path)
            which |= Q(branches__org_path__in=above, branches__arm="treated")
    return Improvement.objects.filter(which).distinct()


def sees(user: User, one: Improvement) -> bool:
    """Whether ``user`` sees an improvement."""
    return visible_improvements(user).filter(pk=one.pk).exists()
