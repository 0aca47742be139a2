"""Every change to who signs in and what posts they hold.

``actor`` is the user who acts; None stands for the command line, whose holder administers the machine anyway.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.origin import origin
from tenure.desk.org.door import sessions
from tenure.desk.org.door.attempts import SignInRefused as SignInRefused
from tenure.desk.org.door.attempts import count_failure, waits
from tenure.desk.org.door.config import HISTORY_AT_MOST, door_of
from tenure.desk.org.models import Organisation, PasswordHistory, Post, SecondFactor, Staff, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of

LANGUAGES = ("zh-hans", "en")


def sign_in(request: HttpRequest, username: str, password: str, now: datetime) -> User:
    """Open a session for ``username``; the session's key is new, whatever it was before.

    Someone with a second factor is only half in afterwards: ``door.services.sign_in_with_code`` opens the session.
    Unknown names, wrong passwords and deactivated users get the same answer in the same time. A locked name is
    not checked at all, so that guessing on teaches nothing.

    Raises:
        SignInRefused: wrong name or password, or locked after too many of them.
    """
    username = User.normalize_username(username.replace("\x00", "").strip())[:60]
    user = cast("User | None", auth.authenticate(request, username=username, password=password))
    with transaction.atomic():
        named = User.objects.select_for_update().filter(username=username).first()
        refused = waits(named, username, now)
        if refused is None and user is None:
            words = _("The user name or the password is not right.")
            refused = count_failure(named, username, now, act="user.sign_in_failed", words=words)
    if refused is not None:  # after the transaction, so that the count and its line are kept
        raise refused
    assert user is not None
    sessions.enter(request, user, now, by="password")
    return user


def sign_out(request: HttpRequest, now: datetime) -> None:
    """End the session; nothing of it remains."""
    user = request.user
    if isinstance(user, User):
        audit.record(user, "user.sign_out", now=now, kind="user", key=user.username)
    auth.logout(request)


def change_password(request: HttpRequest, old: str, new: str, now: datetime) -> None:
    """The signed-in user gives themselves a new password; this session goes on, every other one ends.

    Raises:
        Unacceptable: the old password is wrong, or the new one too weak.
    """
    user = User.objects.get(pk=request.user.pk)
    if not user.check_password(old):
        audit.record(user, "user.password_refused", now=now, kind="user", key=user.username)
        raise Unacceptable(_("The old password is not right."), field="old")
    _set_password(user, user, new, now)
    auth.update_session_auth_hash(request, user)
    request.session.pop(sessions.OLD_PASSWORD, None)


def set_password(actor: User | None, username: str, password: str, now: datetime) -> User:
    """An administrator gives someone a new password; it lifts a lock and ends the person's sessions."""
    _may_manage(actor)
    user = _named(username)
    _set_password(actor, user, password, now)
    return user


def _set_password(actor: User | None, user: User, password: str, now: datetime) -> None:
    _strong(password, user)
    policy = door_of(settings.HOME).password
    before = [one.password for one in user.passwords_before.all()[: max(policy.history - 1, 0)]]
    if policy.history and any(check_password(password, one) for one in (user.password, *before)):
        raise Unacceptable(
            _("The new password is none of the last %(many)s.") % {"many": policy.history},
            _("Choose one you have not had."),
            field="password",
        )
    with transaction.atomic():
        if user.has_usable_password():
            PasswordHistory.objects.create(user=user, password=user.password, replaced_at=now)
            kept = user.passwords_before.values_list("pk", flat=True)[:HISTORY_AT_MOST]
            user.passwords_before.exclude(pk__in=list(kept)).delete()
        user.set_password(password)
        user.failed_sign_ins, user.locked_until, user.password_set_at, user.password_due = 0, None, now, False
        user.save(update_fields=["password", "failed_sign_ins", "locked_until", "password_set_at", "password_due"])
        _record(actor, "user.password", user, now)


def create_user(
    actor: User | None,
    username: str,
    name: str,
    password: str,
    now: datetime,
    *,
    staff_id: str = "",
    language: str = "",
) -> User:
    """A new user without posts, who may sign in and sees nothing yet.

    Raises:
        Conflict: the name is taken.
        Unacceptable: no name, an unknown language, an employee nobody published, or a weak password.
    """
    _may_manage(actor)
    user = User(
        username=User.normalize_username(username.strip()), name=name.strip(), staff_id=staff_id, password_set_at=now
    )
    if not user.username or len(user.username) > 60 or not user.username.isprintable():
        raise Unacceptable(_("A user name has 1 to 60 printable characters."), field="username")
    if not user.name:
        raise Unacceptable(_("A user has a name people know them by."), field="name")
    if staff_id and not Staff.rows().filter(staff_id=staff_id).exists():
        raise Unacceptable(
            _("There is no employee %(number)s in the published staff.") % {"number": staff_id},
            _("Check the number; a new employee appears with the night that delivers them."),
            field="staff_id",
        )
    user.language = _known_language(language) if language else ""
    _strong(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            _record(actor, "user.create", user, now, {"name": user.name, "staff_id": staff_id})
    except IntegrityError:
        raise Conflict(
            _("There is already a user named %(name)s.") % {"name": user.username}, _("Choose another user name.")
        ) from None
    return user


def deactivate_user(actor: User | None, username: str, now: datetime) -> User:
    """The person signs in no more; their sessions and tokens end at once. What they did stays in their name.

    Done already, it changes nothing. Two administrators cannot deactivate each other: the second finds the right gone.

    Raises:
        Unacceptable: themselves.
    """
    _may_manage(actor)
    named = _named(username)
    if actor is not None and actor.pk == named.pk:
        raise Unacceptable(_("Nobody deactivates themselves."), _("Ask another administrator."))
    with transaction.atomic():
        pair = User.objects.select_for_update().filter(pk__in=[named.pk, *([actor.pk] if actor else [])])
        locked = {one.pk: one for one in pair.order_by("pk")}
        if actor is not None and not locked[actor.pk].is_active:
            raise NotAllowed(_("Users are managed by administrators."))
        user = locked[named.pk]
        if not user.is_active:
            return user
        user.is_active = False
        user.save(update_fields=["is_active"])
        _record(actor, "user.deactivate", user, now)
    return user


def unlock_user(actor: User | None, username: str, now: datetime) -> User:
    """Let someone in again who was locked out after wrong passwords or codes, or deactivated; else nothing changes.

    Their password and second factor stay as they were.
    """
    _may_manage(actor)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=_named(username).pk)
        was = [] if user.is_active else ["deactivated"]
        was += ["locked"] if user.locked_until is not None and user.locked_until > now else []
        if was:
            user.is_active, user.failed_sign_ins, user.locked_until = True, 0, None
            user.save(update_fields=["is_active", "failed_sign_ins", "locked_until"])
            _record(actor, "user.unlock", user, now, {"was": was})
    return user


def demand_new_password(actor: User | None, username: str, now: datetime) -> User:
    """Have someone choose another password at their next sign-in; their sessions end. Asked twice it is asked once.

    Raises:
        Unacceptable: their own, which they change themselves.
    """
    _may_manage(actor)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=_named(username).pk)
        if actor is not None and actor.pk == user.pk:
            raise Unacceptable(_("Change your own password on your account page."))
        if not user.password_due:
            user.password_due = True
            user.sessions_ended += 1
            user.save(update_fields=["password_due", "sessions_ended"])
            _record(actor, "user.password_due", user, now)
    return user


def reset_second_factor(actor: User | None, username: str, now: datetime) -> User:
    """Take someone's second factor away, whose phone and recovery codes are lost; their sessions end.

    Whoever holds a role that must have one sets it up anew at the next sign-in.

    Raises:
        Conflict: they have none.
    """
    _may_manage(actor)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=_named(username).pk)
        gone, _rows = SecondFactor.objects.filter(user=user).delete()
        if not gone:
            raise Conflict(_("%(name)s has no second factor.") % {"name": user.username})
        user.sessions_ended += 1
        user.failed_sign_ins, user.locked_until = 0, None
        user.save(update_fields=["sessions_ended", "failed_sign_ins", "locked_until"])
        _record(actor, "user.second_factor.reset", user, now)
    return user


def give_post(actor: User | None, username: str, role: str, org_id: str, now: datetime) -> Post:
    """Give someone a post: ``role`` at branch ``org_id``, or for the whole bank where that is empty.

    Raises:
        Unacceptable: there is no such role or branch.
        Conflict: they hold it already.
    """
    _may_manage(actor)
    user = _named(username)
    if role not in codes.ROLES:
        raise Unacceptable(
            _("There is no role %(role)s.") % {"role": role},
            _("Roles are: %(roles)s.") % {"roles": ", ".join(codes.ROLES)},
            field="role",
        )
    path = "/"
    if org_id:
        path = Organisation.rows().filter(org_id=org_id).values_list("org_path", flat=True).first() or ""
        if not path:
            raise Unacceptable(
                _("There is no branch %(number)s in the published tree.") % {"number": org_id}, field="org_id"
            )
    try:
        with transaction.atomic():
            post = Post.objects.create(user=user, role=role, org_id=org_id, org_path=path)
            _record(actor, "user.give_post", user, now, {"role": role, "org_id": org_id})
    except IntegrityError:
        raise Conflict(_("%(name)s holds this post already.") % {"name": user.username}) from None
    return post


def take_post(actor: User | None, username: str, role: str, org_id: str, now: datetime) -> None:
    """Take a post from someone; they see no more from it from their next request on."""
    _may_manage(actor)
    user = _named(username)
    with transaction.atomic():
        gone, _rows = Post.objects.filter(user=user, role=role, org_id=org_id).delete()
        if not gone:
            raise NotFound(_("%(name)s does not hold this post.") % {"name": user.username})
        _record(actor, "user.take_post", user, now, {"role": role, "org_id": org_id})


def set_language(user: User, language: str, now: datetime) -> None:
    """Remember the language someone reads in."""
    before, user.language = user.language, _known_language(language)
    with transaction.atomic():
        user.save(update_fields=["language"])
        audit.record(
            user, "user.language", now=now, kind="user", key=user.username, changes={"language": [before, language]}
        )


def refresh_paths() -> int:
    """Bring every post's branch path in step with the published tree; call it where the tree is swapped.

    A post whose branch has left the tree keeps its number and sees nothing until it returns. Returns how many moved.
    """
    paths = dict(Organisation.rows().values_list("org_id", "org_path"))
    moved = 0
    for post in Post.objects.select_for_update().exclude(org_id=""):
        path = paths.get(post.org_id, f"/closed/{post.org_id}/")
        if path != post.org_path:
            post.org_path = path
            post.save(update_fields=["org_path"])
            moved += 1
    return moved


def _may_manage(actor: User | None) -> None:
    if actor is not None and not reach_of(actor).may(Permission.MANAGE_USERS):
        raise NotAllowed(_("Users are managed by administrators."))


def _named(username: str) -> User:
    user = User.objects.filter(username=User.normalize_username(username.strip())).first()
    if user is None:
        raise NotFound(
            _("There is no user named %(name)s.") % {"name": username}, _("`tenure user list` shows all of them.")
        )
    return user


def _known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise Unacceptable(
            _("The desk does not speak %(language)s.") % {"language": language},
            _("Languages are: %(languages)s.") % {"languages": ", ".join(LANGUAGES)},
            field="language",
        )
    return language


def _strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Unacceptable(" ".join(weak.messages), field="password") from None


def _record(actor: User | None, act: str, user: User, now: datetime, changes: dict[str, object] | None = None) -> None:
    name = actor.username if actor is not None else f"command line {origin().address}".strip()
    audit.record(actor, act, now=now, kind="user", key=user.username, changes=changes, actor_name=name)
