"""What someone's posts give them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Scope, outermost, permissions_of, scope_of


@dataclass(frozen=True)
class Reach:
    """How far someone sees: branch paths (outermost only) and, where a post looks after customers, their number."""

    paths: tuple[str, ...]
    staff_id: str
    permissions: frozenset[Permission]
    roles: frozenset[str]

    def may(self, permission: Permission) -> bool:
        """Whether any post gives ``permission``."""
        return permission in self.permissions


NOBODY = Reach((), "", frozenset(), frozenset())


def reach_of(user: User | AnonymousUser) -> Reach:
    """What ``user``'s posts add up to; read once per request and kept on the user."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    known: Reach | None = getattr(user, "_reach", None)
    if known is None:
        posts = list(user.posts.all())
        known = Reach(
            paths=outermost(post.org_path for post in posts if scope_of(post.role) is Scope.BRANCH),
            staff_id=user.staff_id if any(scope_of(post.role) is Scope.COVERAGE for post in posts) else "",
            permissions=permissions_of(post.role for post in posts),
            roles=frozenset(post.role for post in posts),
        )
        user._reach = known  # type: ignore[attr-defined]
    return known
