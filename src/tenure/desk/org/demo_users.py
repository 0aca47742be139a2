"""Users for trying the desk: one of every role and several relationship managers, from the published staff."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tenure.contracts import codes
from tenure.desk.control.errors import Conflict
from tenure.desk.org import services
from tenure.desk.org.door.config import door_of
from tenure.desk.org.models import Post, Staff, User
from tenure.desk.org.passwords import readable_password
from tenure.desk.publication.current import pinned
from tenure.errors import DeskDatabaseError

#: How many of each role; one where not named here.
HOW_MANY = {"relationship_manager": 3}
WHOLE_BANK = frozenset({"executive", "marketer", "analyst", "administrator", "auditor"})
SHORT = {
    "relationship_manager": "manager",
    "lobby_manager": "lobby",
    "teller": "teller",
    "branch_head": "head",
    "complaint_handler": "care",
    "marketer": "marketing",
    "executive": "executive",
    "analyst": "analyst",
    "administrator": "admin",
    "auditor": "auditor",
}


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One line of what is printed: user name, password (empty where it was changed since), role, name, branch."""

    username: str
    password: str
    role: str
    name: str
    org_id: str


def passwords_file() -> Path:
    """Where demo users' passwords are kept, readable by the installation's owner alone."""
    return Path(settings.HOME) / "demo-users.txt"


def create_demo_users(now: datetime) -> list[DemoUser]:
    """Make the demo users that are not there yet; those that are keep their passwords. In the order of the roles.

    Branch head, lobby manager and teller come from the first relationship manager's branch, so that what one of them
    hands over the other sees; a role the bank's staff does not have gets a user without an employee number.

    Raises:
        DeskDatabaseError: nothing has been published yet.
    """
    if pinned() is None:
        raise DeskDatabaseError(
            "Nothing has been published to the desk yet, so there is no staff to make users from.",
            "Run `tenure nightly` first, or `make run` for the demo bank.",
        )
    known = _read()
    for role in codes.ROLES:
        for number, (staff_id, name, org_id) in enumerate(_chosen(role), 1):
            username = SHORT[role] + (str(number) if HOW_MANY.get(role, 1) > 1 else "")
            if User.objects.filter(username=username).exists():
                continue
            password = readable_password(door_of(settings.HOME).password.least_length)
            with transaction.atomic():
                try:
                    services.create_user(None, username, name, password, now, staff_id=staff_id)
                except Conflict:  # another process makes them at the same time
                    continue
                services.give_post(None, username, role, org_id, now)
                known[username] = password
    _write(known)
    posts = {post.user.username: post for post in Post.objects.select_related("user").filter(user__username__in=known)}
    order = list(codes.ROLES)
    return sorted(
        (
            DemoUser(
                name, password if post.user.check_password(password) else "", post.role, post.user.name, post.org_id
            )
            for name, password in known.items()
            if (post := posts.get(name)) is not None
        ),
        key=lambda user: (order.index(user.role), user.username),
    )


def _chosen(role: str) -> list[tuple[str, str, str]]:
    """``(staff id, name, branch)`` of those who become demo users of ``role``."""
    wanted = HOW_MANY.get(role, 1)
    present = Staff.rows().filter(left_on=None)
    home = present.filter(role="relationship_manager").order_by("org_path", "staff_id").values_list("org_path").first()
    staff = present.filter(role=role).order_by("org_path", "staff_id")
    near, far = (staff.filter(org_path__in=home), staff.exclude(org_path__in=home)) if home else (staff, staff.none())
    chosen = [*near[:wanted], *far[:wanted]][:wanted]
    found = [(s.staff_id, s.name, "" if role in WHOLE_BANK else s.org_id) for s in chosen]
    return found or [("", codes.ROLES[role].zh, "")]


def _read() -> dict[str, str]:
    try:
        lines = passwords_file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    return {pair[0]: pair[1] for pair in pairs}


def _write(known: dict[str, str]) -> None:
    path = passwords_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
        out.write("# Demo users and their passwords. Delete this file and these users before real data comes in.\n")
        out.writelines(f"{name}\t{password}\n" for name, password in known.items())
    fresh.replace(path)
