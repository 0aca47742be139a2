"""Who may sign in, for those who manage it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotAllowed
from tenure.desk.kit.listing import COUNT_CAP, Filter
from tenure.desk.org.door.selectors import door
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branch_names, reach_of

SIZE = 50
STATES = ("locked", "deactivated", "without_factor", "never")


@dataclass(frozen=True, slots=True)
class UserFilter(Filter):
    """Which users: ``q`` begins a name, user name or employee number; ``state`` is one of :data:`STATES`."""

    q: str = ""
    role: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class UserPost:
    """A role, and the branch in the reader's language; empty: the whole bank."""

    role: str
    branch: str


@dataclass(frozen=True, slots=True)
class UserLine:
    """One user as an administrator sees them."""

    username: str
    name: str
    staff_id: str
    posts: list[UserPost]
    has_factor: bool
    #: Whether the bank wants a second factor of one of their roles.
    needs_factor: bool
    last_login: datetime | None
    locked_until: datetime | None
    active: bool
    password_due: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Users:
    """A stretch of the list by user name, where it goes on (empty: it ends), and how many there are up to 1,000."""

    lines: list[UserLine]
    more: str
    count: int


def users(user: User, wanted: UserFilter, now: datetime, *, after: str = "") -> Users:
    """Users by user name, those after ``after``.

    Raises:
        NotAllowed: no post of theirs manages users.
    """
    if not reach_of(user).may(Permission.MANAGE_USERS):
        raise NotAllowed(_("Users are managed by administrators."))
    rows = User.objects.order_by("username")
    if wanted.q:
        starts = Q(username__istartswith=wanted.q) | Q(name__istartswith=wanted.q)
        rows = rows.filter(starts | Q(staff_id__istartswith=wanted.q))
    if wanted.role:
        rows = rows.filter(posts__role=wanted.role).distinct()
    match wanted.state:
        case "locked":
            rows = rows.filter(locked_until__gt=now)
        case "deactivated":
            rows = rows.filter(is_active=False)
        case "without_factor":
            rows = rows.filter(Q(second_factor=None) | Q(second_factor__confirmed_at=None))
        case "never":
            rows = rows.filter(last_login=None)
    count = len(rows.values_list("pk", flat=True)[: COUNT_CAP + 1])
    if after:
        rows = rows.filter(username__gt=after)
    found = list(rows.select_related("second_factor").prefetch_related("posts")[: SIZE + 1])
    names = branch_names(post.org_id for one in found for post in one.posts.all() if post.org_id)
    lines = [_line(one, names, now, user) for one in found[:SIZE]]
    return Users(lines, lines[-1].username if len(found) > SIZE else "", count)


def _line(one: User, names: dict[str, str], now: datetime, reader: User) -> UserLine:
    factor = getattr(one, "second_factor", None)
    posts = list(one.posts.all())
    return UserLine(
        username=one.username,
        name=one.name,
        staff_id=one.staff_id,
        posts=[UserPost(post.role, names.get(post.org_id, post.org_id)) for post in posts],
        has_factor=factor is not None and factor.confirmed_at is not None,
        needs_factor=bool({post.role for post in posts} & door().second_factor),
        last_login=one.last_login,
        locked_until=one.locked_until if one.locked_until is not None and one.locked_until > now else None,
        active=one.is_active,
        password_due=one.password_due,
        own=one.pk == reader.pk,
    )
