"""The session itself: half open between password and code, open, and what it still owes before it is of use.

Marks kept in a session: ``half`` (whose password was right, and when), ``began`` and ``seen`` (seconds since 1970),
``second_factor`` (a code was given), ``old_password`` (the one given is past its age and must be changed first).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import HASH_SESSION_KEY
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.org.door.attempts import SignInRefused, forget_failures
from tenure.desk.org.door.config import SessionLimits, door_of
from tenure.desk.org.door.policy import too_old
from tenure.desk.org.models import SecondFactor, User
from tenure.desk.org.selectors import is_outside

BACKEND = "tenure.desk.org.backends.DeskBackend"
#: How long after the password the code may come.
HALF_LASTS = timedelta(minutes=5)
#: Seconds between two notes of use: a write a minute and person, not one a request.
NOTED_EVERY = 60
HALF, BEGAN, SEEN = "half", "began", "seen"
#: Kept in the fresh session of whoever was put out, so that the sign-in page says why.
PUT_OUT = "put_out"
SECOND_FACTOR, OLD_PASSWORD = "second_factor", "old_password"


def enter(request: HttpRequest, user: User, now: datetime, *, by: str, second_factor: bool = False) -> None:
    """Let ``user`` in after the first factor ``by``: wholly, or half where a code has yet to come.

    ``second_factor`` says that ``by`` itself was two factors already.

    Raises:
        SignInRefused: none of their posts counts from this network address.
    """
    if is_outside(user):
        audit.record(user, "user.outside_addresses", now=now, kind="user", key=user.username)
        raise SignInRefused(
            _("None of your posts may sign in from this network address."),
            _("Sign in from inside the bank's network, or ask an administrator."),
        )
    if not second_factor and SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
        request.session.flush()
        request.session[HALF] = {
            "user": user.pk,
            "at": now.timestamp(),
            "by": by,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        return
    open_session(request, user, now, by=by, second_factor=second_factor)


def half_in(request: HttpRequest, now: datetime) -> User | None:
    """Whose password was right in this session within the last minutes; nobody once anything about them changed."""
    half = request.session.get(HALF)
    if not half or not 0 <= now.timestamp() - half["at"] <= HALF_LASTS.total_seconds():
        return None
    user = User.objects.filter(pk=half["user"], is_active=True).first()
    if user is None or not constant_time_compare(half[HASH_SESSION_KEY], user.get_session_auth_hash()):
        return None
    return user


def open_session(request: HttpRequest, user: User, now: datetime, *, by: str, second_factor: bool) -> None:
    """A fresh session of ``user``'s, written down with what opened it."""
    request.session.pop(HALF, None)
    auth.login(request, user, backend=BACKEND)
    request.session[BEGAN] = request.session[SEEN] = int(now.timestamp())
    if second_factor:
        request.session[SECOND_FACTOR] = True
    if by.startswith("password") and too_old(door_of(settings.HOME).password, user.password_set_at, now):
        request.session[OLD_PASSWORD] = True
    with transaction.atomic():
        forget_failures(user)
        User.objects.filter(pk=user.pk).update(last_login=now)
        audit.record(user, "user.sign_in", now=now, kind="user", key=user.username, changes={"by": by})


def ended(began: float, seen: float, now: float, limits: SessionLimits) -> str:
    """Why a session is over at ``now`` (seconds since 1970): ``hours`` it lasted, ``idle`` it rested; else empty."""
    if now - began >= limits.hours * 3600:
        return "hours"
    return "idle" if now - seen >= limits.idle_minutes * 60 else ""


def left(request: HttpRequest, now: datetime, limits: SessionLimits) -> tuple[int, str]:
    """Seconds until the signed-in session ends where nobody uses it, and why it then ends: ``idle`` or ``hours``."""
    moment = int(now.timestamp())
    began, seen = (request.session.get(mark, moment) for mark in (BEGAN, SEEN))
    ends = {"idle": seen + limits.idle_minutes * 60, "hours": began + limits.hours * 3600}
    why = min(ends, key=lambda one: ends[one])
    return max(0, ends[why] - moment), why


def note_use(request: HttpRequest, now: datetime, limits: SessionLimits, *, used: bool = True) -> str:
    """Why the signed-in session is over; while it is not, keep that it was used, once a minute at most.

    What a page asks for by itself is no use of the session (``used`` is false): an open page would keep it for ever.
    """
    moment = int(now.timestamp())
    began, seen = (request.session.get(mark, moment) for mark in (BEGAN, SEEN))
    if why := ended(began, seen, moment, limits):
        return why
    if BEGAN not in request.session or (used and moment - seen >= NOTED_EVERY):
        request.session[BEGAN], request.session[SEEN] = began, moment
    return ""


def go_on_alone(request: HttpRequest, user: User) -> None:
    """End every other session of ``user``'s; this one goes on. The caller holds the row and a transaction."""
    user.sessions_ended += 1
    user.save(update_fields=["sessions_ended"])
    auth.update_session_auth_hash(request, user)
