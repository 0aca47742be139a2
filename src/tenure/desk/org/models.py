"""People who sign in, the posts they hold, and the branch tree and staff as published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from tenure.contracts import codes
from tenure.contracts.published import ORGANISATION, STAFF
from tenure.desk.publication.slots import slots

Organisation = slots(ORGANISATION, __name__, indexes=[("org_path",), ("parent_id",)])
Staff = slots(STAFF, __name__, indexes=[("org_path",)])


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """A new user; without a password they cannot sign in until one is set."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Someone who signs in. What they may do comes from their posts alone; there are no superusers."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    staff_id = models.CharField(
        max_length=40, blank=True, db_index=True, help_text="employee number, where they have one"
    )
    language = models.CharField(max_length=10, blank=True, choices=[("zh-hans", "中文"), ("en", "English")])
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    failed_sign_ins = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    password_set_at = models.DateTimeField(default=timezone.now, help_text="its age counts from here")
    password_due = models.BooleanField(
        default=False, help_text="an administrator wants another password at the next sign-in"
    )
    sessions_ended = models.PositiveIntegerField(
        default=0, help_text="raised by one, it ends every session that was opened before"
    )

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be this person's: another password or an end of all sessions changes it."""
        return self._numbered(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the secrets the installation had before."""
        for one in super().get_session_auth_fallback_hash():
            yield self._numbered(one)

    def _numbered(self, digest: str) -> str:
        return f"{digest}.{self.sessions_ended}" if self.sessions_ended else digest


class Post(models.Model):
    """A post someone holds: a role at a branch. Rows are seen below ``org_path``; see parties.visibility."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=30, choices=[(code, name.en) for code, name in codes.ROLES.items()])
    org_id = models.CharField(max_length=40, blank=True, help_text="empty: the whole bank")
    org_path = models.CharField(max_length=200, default="/", help_text="kept in step with the published tree")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "org_id"], name="a_post_is_held_once"),
            models.CheckConstraint(
                condition=models.Q(org_path__startswith="/") & models.Q(org_path__endswith="/"),
                name="a_branch_path_begins_and_ends_with_a_slash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.org_path}"


class AddressFailures(models.Model):
    """Wrong passwords that came from one network address within the current window."""

    address = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    window_began_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.address}: {self.failures}"


class PasswordHistory(models.Model):
    """Hashes of passwords someone had before, so that they do not come back to one too soon."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passwords_before")
    password = models.CharField(max_length=128, help_text="the hash")
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["-replaced_at", "-id"]
        indexes = [models.Index(fields=["user", "-replaced_at", "-id"], name="password_history_idx")]

    def __str__(self) -> str:
        return f"{self.user}: until {self.replaced_at:%Y-%m-%d}"


class SecondFactor(models.Model):
    """Someone's authenticator app. The secret is encrypted (``door.second_factor``); unconfirmed it opens nothing."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.CharField(max_length=250, help_text="encrypted with a key of the installation's secret")
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0, help_text="time step of the last code taken: a code works once")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(last_step__gt=0),
                name="a_second_factor_is_confirmed_by_a_code",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {'confirmed' if self.confirmed_at else 'offered'}"


class RecoveryCode(models.Model):
    """A code that opens the door once in place of the app; only a digest is kept."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.factor.user}: {'used' if self.used_at else 'unused'}"
