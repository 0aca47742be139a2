"""Every change at the door beside the password: the second factor, its recovery codes, and the ends of sessions."""

from __future__ import annotations

from datetime import datetime

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.org.door import oidc, second_factor, sessions
from tenure.desk.org.door.attempts import SignInRefused, count_failure, waits
from tenure.desk.org.door.config import Provider
from tenure.desk.org.models import RecoveryCode, SecondFactor, User


def sign_in_with_code(request: HttpRequest, code: str, now: datetime) -> User:
    """Open the session of whoever is half in: the app's code, or a recovery code in its place. Each works once.

    Raises:
        SignInRefused: a wrong or used code, or locked after too many of them; nobody is half in any more.
    """
    half = sessions.half_in(request, now)
    if half is None:
        raise SignInRefused(_("That took too long, or something about your account changed."), _("Sign in again."))
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=half.pk)
        refused = waits(user, user.username, now)
        by = ""
        if refused is None:
            by = _taken(user, code, now)
            if not by:
                refused = _wrong_code(user, now)
            elif by == "recovery_code":
                left = RecoveryCode.objects.filter(factor__user=user, used_at=None).count()
                audit.record(
                    user, "user.recovery_code", now=now, kind="user", key=user.username, changes={"left": left}
                )
    if refused is not None:  # after the transaction, so that the count and its line are kept
        raise refused
    first = request.session[sessions.HALF]["by"]
    sessions.open_session(request, user, now, by=f"{first}+{by}", second_factor=True)
    return user


def sign_in_by_provider(request: HttpRequest, provider: Provider, now: datetime) -> User:
    """Open the session of whom the bank's own sign-in names: an active user of the desk. It never makes one.

    A lock holds here too, and someone with a second factor at the desk still gives its code, unless the bank trusts
    the provider's (``trust_second_factor``) and the provider says that it checked two.

    Raises:
        SignInRefused: what came back does not hold, or names nobody who may sign in.
    """
    try:
        claims = oidc.claims_of(request, provider)
    except oidc.ProviderRefused as no:
        raise _not_through(None, "", no.reason, now) from None
    named = claims.get(provider.claim)
    named = named.strip()[:60] if isinstance(named, str) else ""
    field = {"username": User.normalize_username(named)} if provider.match == "username" else {"staff_id": named}
    with transaction.atomic():
        found = list(User.objects.select_for_update().filter(**field)[:2]) if named else []
        user = found[0] if len(found) == 1 else None
        refused: SignInRefused | None = None
        if user is None or not user.is_active:
            why = "deactivated" if user is not None else "several users" if found else "no such user"
            refused = _not_through(user, named, why, now)
        else:
            refused = waits(user, user.username, now)
    if refused is not None or user is None:
        raise refused or SignInRefused("")
    two = oidc.said_two_factors(claims)
    trusted = provider.trust_second_factor and two
    audit.record(user, "user.oidc", now=now, kind="user", key=user.username, changes={"two_factors": two})
    sessions.enter(request, user, now, by="oidc", second_factor=trusted)
    return user


def _not_through(user: User | None, named: str, why: str, now: datetime) -> SignInRefused:
    audit.record(
        user, "user.oidc_refused", now=now, kind="user", key=named, actor_name=named or "oidc", changes={"why": why}
    )
    if why == "no answer":
        return SignInRefused(
            _("The bank's sign-in service does not answer."), _("Try again, or sign in with your password here.")
        )
    if user is not None or named:
        return SignInRefused(
            _("Your account at the bank's sign-in service opens no account at this desk."),
            _("Ask an administrator for one."),
        )
    return SignInRefused(_("The bank's sign-in service could not vouch for you."), _("Begin again."))


def begin_second_factor(user: User, now: datetime) -> None:
    """Offer ``user`` a secret for their app; it opens nothing until a code confirms it. A fresh offer stays as it is.

    Raises:
        Conflict: they have a second factor already.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        factor = SecondFactor.objects.filter(user=user).first()
        if factor is not None and factor.confirmed_at is not None:
            raise Conflict(_("Your second factor is set up already."))
        if factor is not None and now < factor.begun_at + second_factor.OFFER_LASTS:
            return
        secret = second_factor.sealed(second_factor.fresh_secret())
        SecondFactor.objects.update_or_create(user=user, defaults={"secret": secret, "begun_at": now})
        audit.record(user, "user.second_factor.begin", now=now, kind="user", key=user.username)


def confirm_second_factor(request: HttpRequest, code: str, now: datetime) -> list[str]:
    """The first code of the app: from now on signing in asks for one. Every other session ends.

    Returns the recovery codes, which are shown this once and kept nowhere.

    Raises:
        Conflict: nothing is offered, or it is confirmed already.
        Unacceptable: the code is not of this secret.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=request.user.pk)
        factor = SecondFactor.objects.filter(user=user).first()
        if factor is not None and factor.confirmed_at is not None:
            raise Conflict(_("Your second factor is set up already."), _("New recovery codes are made below."))
        if factor is None or now >= factor.begun_at + second_factor.OFFER_LASTS:
            raise Conflict(_("This picture is too old."), _("Begin again."))
        step = second_factor.step_of(second_factor.opened(factor.secret), code, now, 0)
        if step is not None:
            factor.confirmed_at, factor.last_step = now, step
            factor.save(update_fields=["confirmed_at", "last_step"])
            codes = _fresh_codes(factor)
            sessions.go_on_alone(request, user)
            request.session[sessions.SECOND_FACTOR] = True
            audit.record(user, "user.second_factor.enrol", now=now, kind="user", key=user.username)
            return codes
    # Not counted towards the lock: the secret is on the person's screen, there is nothing to guess.
    raise Unacceptable(
        _("This code is not right."),
        _("Type the six digits your app shows now; the clock of its phone must be right."),
        field="code",
    )


def renew_recovery_codes(request: HttpRequest, code: str, now: datetime) -> list[str]:
    """Ten new recovery codes for a code of the app, or the last one that is left; the old ones open nothing any more.

    Raises:
        Conflict: there is no second factor.
        Unacceptable: the code is wrong or used, or the name is locked.
    """
    with transaction.atomic():
        user, factor = _own_factor(request)
        refused = _refused(user, code, now)
        if refused is None:
            codes = _fresh_codes(factor)
            audit.record(user, "user.recovery_codes", now=now, kind="user", key=user.username)
            return codes
    raise refused


def remove_second_factor(request: HttpRequest, password: str, code: str, now: datetime) -> None:
    """Sign in by password alone from now on; asks for the password and a code. Every other session ends.

    Raises:
        Conflict: there is no second factor.
        Unacceptable: the password or the code is wrong (both count towards the lock), or the name is locked.
    """
    with transaction.atomic():
        user, factor = _own_factor(request)
        refused = _refused(user, code, now, password=password)
        if refused is None:
            factor.delete()
            request.session.pop(sessions.SECOND_FACTOR, None)
            sessions.go_on_alone(request, user)
            audit.record(user, "user.second_factor.remove", now=now, kind="user", key=user.username)
            return
    raise refused


def end_sessions(request: HttpRequest, now: datetime) -> None:
    """Sign out everywhere, here too: whoever sits at a forgotten screen is out at their next request."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=request.user.pk)
        user.sessions_ended += 1
        user.save(update_fields=["sessions_ended"])
        audit.record(user, "user.sign_out_everywhere", now=now, kind="user", key=user.username)
    auth.logout(request)


def put_out(request: HttpRequest, now: datetime, *, why: str) -> None:
    """End a session that may not go on; ``why`` is ``idle``, ``hours`` or ``addresses`` and is told at the door."""
    user = request.user
    if isinstance(user, User):
        act = "user.outside_addresses" if why == "addresses" else "user.time_out"
        audit.record(user, act, now=now, kind="user", key=user.username, changes={"why": why})
    auth.logout(request)
    request.session[sessions.PUT_OUT] = why


def _own_factor(request: HttpRequest) -> tuple[User, SecondFactor]:
    user = User.objects.select_for_update().get(pk=request.user.pk)
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        raise Conflict(_("You have no second factor."))
    return user, factor


def _refused(user: User, code: str, now: datetime, *, password: str | None = None) -> Unacceptable | None:
    """Why what was given does not do; a wrong password leaves the code unused."""
    refused = waits(user, user.username, now)
    if refused is not None:
        return Unacceptable(refused.message, refused.remedy, field="code")
    if password is not None and not user.check_password(password):
        words = _("The password is not right.")
        wrong = count_failure(user, user.username, now, act="user.second_factor.refused", words=words)
        return Unacceptable(wrong.message, wrong.remedy, field="password")
    if not _taken(user, code, now):
        wrong = _wrong_code(user, now)
        return Unacceptable(wrong.message, wrong.remedy, field="code")
    return None


def _taken(user: User, code: str, now: datetime) -> str:
    """What ``code`` is of the user's, used up by asking: ``code``, ``recovery_code``, or empty when it is neither."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        return ""
    step = second_factor.step_of(second_factor.opened(factor.secret), code, now, factor.last_step)
    if step is not None:
        factor.last_step = step
        factor.save(update_fields=["last_step"])
        return "code"
    kept = RecoveryCode.objects.filter(factor=factor, digest__in=second_factor.digests_of(code), used_at=None)
    return "recovery_code" if kept.update(used_at=now) else ""


def _wrong_code(user: User, now: datetime) -> SignInRefused:
    words = _("This code is not right, or was used already.")
    return count_failure(user, user.username, now, act="user.second_factor.refused", words=words)


def _fresh_codes(factor: SecondFactor) -> list[str]:
    codes = second_factor.fresh_recovery_codes()
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, digest=second_factor.digest_of(one)) for one in codes)
    return codes
