"""What one's account page says of the door, and what a session still owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from tenure.desk.org.door import second_factor, sessions
from tenure.desk.org.door.config import Door, door_of
from tenure.desk.org.door.policy import DeskPassword
from tenure.desk.org.models import RecoveryCode, SecondFactor, User
from tenure.desk.org.selectors import reach_of


def door() -> Door:
    """The bank's door."""
    return door_of(settings.HOME)


def password_hint() -> str:
    """What a new password must be, told before one types."""
    return DeskPassword().get_help_text()


@dataclass(frozen=True, slots=True)
class Factor:
    """Someone's second factor: since when, how many recovery codes are left, or what is offered to their app."""

    since: datetime | None
    codes_left: int
    picture: str
    spelled: str
    required: bool


def second_factor_of(user: User, now: datetime, *, offer: bool = False) -> Factor:
    """Where ``user`` stands; with ``offer`` also the picture and the secret that wait to be confirmed."""
    factor = SecondFactor.objects.filter(user=user).first()
    required = bool(reach_of(user).roles & door().second_factor)
    if factor is None:
        return Factor(None, 0, "", "", required)
    if factor.confirmed_at is not None:
        left = RecoveryCode.objects.filter(factor=factor, used_at=None).count()
        return Factor(factor.confirmed_at, left, "", "", required)
    if not offer or now >= factor.begun_at + second_factor.OFFER_LASTS:
        return Factor(None, 0, "", "", required)
    secret = second_factor.opened(factor.secret)
    picture = second_factor.picture_of(secret, user.username)
    return Factor(None, 0, picture, second_factor.spelled(secret), required)


def owed(request: HttpRequest) -> str:
    """What the signed-in person must do before anything else: ``password``, ``second_factor``, or nothing."""
    if request.session.get(sessions.OLD_PASSWORD):
        return "password"
    required = door().second_factor
    if required and not request.session.get(sessions.SECOND_FACTOR) and reach_of(request.user).roles & required:
        return "second_factor"
    return ""


def session_left(request: HttpRequest, now: datetime) -> tuple[int, str]:
    """Seconds until the session ends by itself, and why then (``idle`` or ``hours``); nothing where it is over."""
    if not request.user.is_authenticated:
        return 0, ""
    return sessions.left(request, now, door().session)


def put_out(request: HttpRequest) -> str:
    """Why whoever stands at the door was put out: ``idle``, ``hours``, ``addresses``; told once."""
    return str(request.session.pop(sessions.PUT_OUT, ""))
