"""What someone's posts give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from tenure.desk.control.origin import origin
from tenure.desk.kit.formats import is_chinese
from tenure.desk.org.door.config import door_of
from tenure.desk.org.models import Organisation, Post, Staff, User
from tenure.desk.org.rules import (
    CHECKS,
    NOBODY,
    Permission,
    Reach,
    Scope,
    outermost,
    permissions_of,
    prefix_range,
    scope_of,
)


def reach_of(user: User | AnonymousUser) -> Reach:
    """What ``user``'s posts add up to from where the request comes; read once per request and kept on the user.

    A post whose role the bank binds to network addresses (``[addresses]`` in door.toml) counts only from inside them.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    known: Reach | None = getattr(user, "_reach", None)
    if known is None:
        anywhere = getattr(user, "_anywhere", False)
        known = _reach(user, [post for post in user.posts.all() if anywhere or counts(post)])
        user._reach = known  # type: ignore[attr-defined]
    return known


def counts(post: Post) -> bool:
    """Whether ``post`` counts for the request that runs; off the web (command line, worker) every post does."""
    here = origin()
    return not here.request_id or door_of(settings.HOME).counts_from(post.role, here.address)


def is_outside(user: User) -> bool:
    """Whether ``user`` holds posts and none of them counts from where the request comes."""
    if not door_of(settings.HOME).addresses:
        return False
    posts = posts_of(user)
    return bool(posts) and not any(counts(post) for post in posts)


def _reach(user: User, posts: list[Post]) -> Reach:
    return Reach(
        paths=outermost(post.org_path for post in posts if scope_of(post.role) is Scope.BRANCH),
        staff_id=user.staff_id if any(scope_of(post.role) is Scope.COVERAGE for post in posts) else "",
        permissions=permissions_of(post.role for post in posts),
        roles=frozenset(post.role for post in posts),
        checks={
            check: outermost(post.org_path for post in posts if check in permissions_of([post.role]))
            for check in CHECKS
        },
    )


def without_clear_values(user: User) -> User:
    """``user`` for this request only, seeing nothing unmasked; for a program's token without that scope."""
    user._reach = replace(reach_of(user), clear=False)  # type: ignore[attr-defined]
    return user


def staff_names(staff_ids: Iterable[str]) -> dict[str, str]:
    """Names of published employees by number."""
    return dict(Staff.rows().filter(staff_id__in=set(staff_ids)).values_list("staff_id", "name"))


def branch_names(org_ids: Iterable[str]) -> dict[str, str]:
    """Names of published branches by number, in the reader's language."""
    wanted = set(org_ids)
    chinese = is_chinese(get_language() or "zh-hans")
    rows = Organisation.rows().filter(org_id__in=wanted) if wanted else ()
    return {row.org_id: row.name if chinese else row.name_en or row.name for row in rows}


def organisation(org_id: str) -> Any | None:
    """The published branch of this number."""
    return Organisation.rows().filter(org_id=org_id).first()


def employee(staff_id: str) -> Any | None:
    """The published employee of this number."""
    return Staff.rows().filter(staff_id=staff_id).first()


def desk_user_of(staff_id: str) -> User | None:
    """The active desk user who is this employee, to decide about and not to act for.

    Their reach is what it is wherever they sit: the network address of whoever asks says nothing about theirs.
    """
    user = User.objects.filter(staff_id=staff_id, is_active=True).order_by("pk").first() if staff_id else None
    if user is not None:
        user._anywhere = True  # type: ignore[attr-defined]
    return user


def branches_of(user: User | AnonymousUser) -> QuerySet[Any]:
    """The published branches below the user's posts, from the top; those a branch page may be opened for."""
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        return Organisation.rows().none()
    return branches_below(user)


def below(paths: Iterable[str]) -> Q:
    """Rows whose ``org_path`` is one of these branches or lies below; none where there are no paths."""
    rule = Q(pk__in=[])
    for path in paths:
        low, high = prefix_range(path)
        rule |= Q(org_path__gte=low, org_path__lt=high)
    return rule


def branches_below(user: User | AnonymousUser) -> QuerySet[Any]:
    """The published branches below the user's posts, from the top, whatever they may do there."""
    reach = reach_of(user)
    rows = Organisation.rows().order_by("org_path")
    if "/" in reach.paths:
        return rows
    return rows.filter(below(reach.paths))


def users_list() -> list[User]:
    """All users with their posts, by name."""
    return list(User.objects.prefetch_related("posts").order_by("username"))


def checked_at(user: User) -> str:
    """The branch where what ``user`` makes is checked: the outermost of their posts, whatever those let them see."""
    return min((post.org_path for post in user.posts.all()), default="/", key=len)


def posts_of(user: User) -> list[Post]:
    """The posts someone holds."""
    return list(user.posts.all())
