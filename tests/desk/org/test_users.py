"""Users and their posts: who may make them, what a post opens, and the users one tries the desk with."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.contracts import codes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org import services
from tenure.desk.org.demo_users import create_demo_users, passwords_file
from tenure.desk.org.models import Organisation, Post, Staff, User
from tenure.desk.org.passwords import readable_password
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import visible_to
from tenure.errors import DeskDatabaseError

NOW = timezone.now()
GOOD = "maple-river-jade-48"


def test_a_user_without_a_post_sees_and_may_do_nothing(bank: SmallBank) -> None:
    user = services.create_user(bank.user("administrator"), "new", "新人", GOOD, NOW)
    assert not visible_to(user).exists() and not reach_of(user).permissions


def test_a_post_opens_its_branch_and_taking_it_closes_it(bank: SmallBank) -> None:
    admin = bank.user("administrator")
    services.create_user(admin, "new", "新人", GOOD, NOW)
    services.give_post(admin, "new", "branch_head", "S2", NOW)
    orgs = set(visible_to(User.objects.get(username="new")).values_list("org_id", flat=True))
    assert orgs == {"S2"}
    services.take_post(admin, "new", "branch_head", "S2", NOW)
    assert not visible_to(User.objects.get(username="new")).exists()
    acts = list(AuditEvent.objects.order_by("pk").values_list("act", "object_id"))
    assert acts == [("user.create", "new"), ("user.give_post", "new"), ("user.take_post", "new")]


@pytest.mark.parametrize("role", [role for role in codes.ROLES if role != "administrator"])
def test_only_administrators_manage_users(bank: SmallBank, role: str) -> None:
    actor = bank.user(role)
    for act in (
        lambda: services.create_user(actor, "new", "新人", GOOD, NOW),
        lambda: services.give_post(actor, "e2011", "executive", "", NOW),
        lambda: services.take_post(actor, "e2011", "relationship_manager", "S1", NOW),
        lambda: services.deactivate_user(actor, "e2011", NOW),
        lambda: services.set_password(actor, "e2011", GOOD, NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_what_cannot_be_is_refused_in_words(bank: SmallBank) -> None:
    for error, act in (
        (Conflict, lambda: services.create_user(None, "e2011", "x", GOOD, NOW)),
        (Unacceptable, lambda: services.create_user(None, "", "x", GOOD, NOW)),
        (Unacceptable, lambda: services.create_user(None, "n", "x", "weak", NOW)),
        (Unacceptable, lambda: services.create_user(None, "n", "x", GOOD, NOW, staff_id="E0000")),
        (Unacceptable, lambda: services.create_user(None, "n", "x", GOOD, NOW, language="fr")),
        (NotFound, lambda: services.give_post(None, "nobody", "teller", "S1", NOW)),
        (Unacceptable, lambda: services.give_post(None, "e2011", "king", "S1", NOW)),
        (Unacceptable, lambda: services.give_post(None, "e2011", "teller", "S9", NOW)),
        (Conflict, lambda: services.give_post(None, "e2011", "relationship_manager", "S1", NOW)),
        (NotFound, lambda: services.take_post(None, "e2011", "teller", "S1", NOW)),
        (Unacceptable, lambda: services.deactivate_user(bank.user("administrator"), "e1004", NOW)),
    ):
        with pytest.raises(error):
            act()


def test_posts_follow_their_branch_when_the_tree_moves(bank: SmallBank) -> None:
    Organisation.models["a"].objects.filter(org_id="S1").update(org_path="/HQ/B2/S1/")
    Organisation.models["a"].objects.filter(org_id="S2").delete()
    moved = services.refresh_paths()
    assert set(Post.objects.filter(org_id="S1").values_list("org_path", flat=True)) == {"/HQ/B2/S1/"}
    assert set(Post.objects.filter(org_id="S2").values_list("org_path", flat=True)) == {"/closed/S2/"}
    assert Post.objects.get(user=bank.user("executive")).org_path == "/"
    assert moved == 7
    assert services.refresh_paths() == 0


def test_demo_users_cover_every_role_and_keep_their_passwords(bank: SmallBank, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    first = create_demo_users(NOW)
    assert {user.role for user in first} == set(codes.ROLES)
    assert sum(user.role == "relationship_manager" for user in first) == 3
    for made in first:
        assert User.objects.get(username=made.username).check_password(made.password)
    assert stat.S_IMODE(passwords_file().stat().st_mode) == 0o600
    assert create_demo_users(NOW) == first
    services.set_password(None, first[0].username, GOOD, NOW)
    assert create_demo_users(NOW)[0].password == ""


def test_demo_colleagues_share_a_branch(bank: SmallBank, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    made = {user.role: user for user in create_demo_users(NOW)}
    assert made["branch_head"].org_id == made["lobby_manager"].org_id == "S1"
    manager = User.objects.get(username="manager1")
    assert visible_to(manager).exists()


def test_a_bank_without_staff_still_gets_demo_users(bank: SmallBank, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    Staff.models["a"].objects.all().delete()
    made = create_demo_users(NOW)
    assert {user.role for user in made} == set(codes.ROLES)
    assert visible_to(User.objects.get(username="head")).count() == 60


@pytest.mark.django_db
def test_demo_users_wait_for_the_first_night() -> None:
    with pytest.raises(DeskDatabaseError, match="published"):
        create_demo_users(NOW)
    assert not User.objects.exists()


def test_made_passwords_are_strong_and_never_the_same() -> None:
    made = {readable_password() for _ in range(200)}
    assert len(made) == 200
    for password in list(made)[:20]:
        services._strong(password, User(username="x", name="x"))


def test_the_command_adds_lists_and_deactivates(bank: SmallBank, settings: Any, tmp_path: Path) -> None:
    from tenure.cli.user import command

    settings.HOME = tmp_path
    run = CliRunner()
    added = run.invoke(
        command,
        ["add", "li.na", "--name", "李娜", "--staff", "E2012", "--role", "teller", "--branch", "S1", "--make-password"],
        catch_exceptions=False,
    )
    password = added.output.strip().splitlines()[-1].strip()
    assert User.objects.get(username="li.na").check_password(password)
    assert "teller /HQ/B1/S1/" in run.invoke(command, ["list"]).output
    run.invoke(command, ["post", "li.na", "lobby_manager", "--branch", "S1"], catch_exceptions=False)
    run.invoke(command, ["post", "li.na", "teller", "--branch", "S1", "--take"], catch_exceptions=False)
    assert [post.role for post in User.objects.get(username="li.na").posts.all()] == ["lobby_manager"]
    fresh = run.invoke(command, ["password", "li.na"], input=f"{GOOD}\n{GOOD}\n", catch_exceptions=False)
    assert User.objects.get(username="li.na").check_password(GOOD) and GOOD not in fresh.output
    run.invoke(command, ["deactivate", "li.na"], catch_exceptions=False)
    assert not User.objects.get(username="li.na").is_active
    assert "executive" in run.invoke(command, ["demo"], catch_exceptions=False).output


def test_a_post_that_cannot_be_given_leaves_no_user_behind(bank: SmallBank) -> None:
    from tenure.cli.user import command

    run = CliRunner()
    wanted = ["add", "half", "--name", "x", "--role", "teller", "--branch", "S9", "--password", GOOD]
    assert isinstance(run.invoke(command, wanted).exception, Unacceptable)
    assert not User.objects.filter(username="half").exists()
