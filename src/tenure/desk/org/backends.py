"""Who a signed-in session belongs to. Signing in itself, with its lock-out, is ``services.sign_in``."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from tenure.desk.org.models import User


class DeskBackend(BaseBackend):
    """Checks a password, taking the same time whether or not the name exists; knows no permissions of its own."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """The active user with this name and password, else None."""
        if username is None or password is None:
            return None
        user = User.objects.filter(username=User.normalize_username(username)).first()
        if user is None:
            make_password(password)  # as long as a check takes, so that names cannot be found out
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; nobody once they are deactivated."""
        return User.objects.filter(pk=user_id, is_active=True).first()
