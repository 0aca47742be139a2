"""Wrong passwords and wrong codes, counted alike: per name and per network address (``org/lockout.py``)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import NotAllowed
from tenure.desk.control.origin import origin
from tenure.desk.org import lockout
from tenure.desk.org.models import AddressFailures, User


class SignInRefused(NotAllowed):
    """What was given does not open the door; ``until`` is set while it is locked."""

    def __init__(self, message: str, remedy: str = "", *, until: datetime | None = None) -> None:
        super().__init__(message, remedy)
        self.until = until


def waits(named: User | None, username: str, now: datetime) -> SignInRefused | None:
    """Why nothing is looked at just now: the address or the name is locked. Inside the caller's transaction."""
    place = place_of(now)
    if lockout.address_waits(place.failures, place.window_began_at, now):
        audit.record(named, "user.address_waits", now=now, kind="user", key=username, actor_name=username)
        return locked(place.window_began_at + lockout.ADDRESS_WINDOW)
    if named is not None and lockout.is_locked(named.locked_until, now):
        audit.record(named, "user.sign_in_while_locked", now=now, kind="user", key=username)
        return locked(named.locked_until)
    return None


def place_of(now: datetime) -> AddressFailures:
    """The row of the request's address, locked; its count begins anew when its window is over."""
    place, _made = AddressFailures.objects.select_for_update().get_or_create(
        address=origin().address, defaults={"window_began_at": now}
    )
    if now >= place.window_began_at + lockout.ADDRESS_WINDOW:
        place.failures, place.window_began_at = 0, now
    return place


def count_failure(named: User | None, username: str, now: datetime, *, act: str, words: str) -> SignInRefused:
    """One more wrong try for the name and the address; ``act`` is written down, or ``user.locked`` when it locks."""
    place = place_of(now)
    place.failures += 1
    place.save()
    AddressFailures.objects.filter(window_began_at__lt=now - lockout.ADDRESS_WINDOW).delete()
    refused = SignInRefused(words)
    if named is not None:
        named.failed_sign_ins += 1
        pause = lockout.lock_for(named.failed_sign_ins)
        if pause is not None:
            named.locked_until = now + pause
            refused = locked(named.locked_until)
        named.save(update_fields=["failed_sign_ins", "locked_until"])
    changes = {"failures": named.failed_sign_ins, "until": named.locked_until} if named is not None else {}
    written = "user.locked" if refused.until else act
    audit.record(named, written, now=now, kind="user", key=username, actor_name=username, changes=changes)
    return refused


def forget_failures(user: User) -> None:
    """The right one was given: the name and the address begin anew."""
    User.objects.filter(pk=user.pk).update(failed_sign_ins=0, locked_until=None)
    AddressFailures.objects.filter(address=origin().address).delete()


def locked(until: datetime | None) -> SignInRefused:
    """The refusal of a locked door."""
    return SignInRefused(
        _("Too many wrong passwords or codes; signing in is locked for a while."),
        _("Wait, or ask an administrator to set a new password."),
        until=until,
    )
