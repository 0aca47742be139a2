"""What the desk's tests share: a small published bank, its people, and clients signed in as them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tenure.desk.org.models import User

from .append_only import let_tests_empty_the_trail
from .small_bank import SmallBank, publish_small_bank

let_tests_empty_the_trail()


@pytest.fixture
def bank(db: None) -> SmallBank:
    """The small bank, published in slot A."""
    return publish_small_bank()


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A client signed in as someone, without going through the sign-in page."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
