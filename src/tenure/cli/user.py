"""`tenure user`: who signs in at the desk, and the posts they hold."""

from __future__ import annotations

import click

from tenure.cli._desk import prepare, up_to_date
from tenure.cli._progress import TerminalProgress

_EPILOG = "Users of the desk hold posts; what they may do and see comes from their posts alone (docs/security.md)."


@click.group(epilog=_EPILOG)
@click.pass_context
def command(context: click.Context) -> None:
    """Add, list and change the people who sign in at the desk.

    \b
    Examples:
      tenure user add wang.fang --name 王芳 --staff E2011
      tenure user post wang.fang relationship_manager --branch S1
      tenure user list
      tenure user password wang.fang
      tenure user deactivate wang.fang
      tenure user reset-second-factor wang.fang
      tenure user demo
    """
    prepare()
    from django.utils import translation

    context.with_resource(translation.override("en"))  # the command line speaks English throughout
    with TerminalProgress() as progress:
        up_to_date(progress)


@command.command("add")
@click.argument("username")
@click.option("--name", default="", help="The name people know them by; the user name when left out.")
@click.option("--staff", "staff_id", default="", help="Employee number in the published staff.")
@click.option("--role", default="", help="Give them this post at once.")
@click.option("--branch", "org_id", default="", help="Branch of the post; without it the whole bank.")
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default=None, help="Language of their pages.")
@click.option("--password", help="Their first password; asked for, or made, where not given.")
@click.option("--make-password", is_flag=True, help="Make a readable password and print it.")
def add(
    username: str,
    name: str,
    staff_id: str,
    role: str,
    org_id: str,
    language: str | None,
    password: str | None,
    make_password: bool,
) -> None:
    """Add a user; with --role they get their first post too.

    \b
    Examples:
      tenure user add wang.fang --name 王芳 --staff E2011 --role relationship_manager --branch S1
      tenure user add audit --name 内审 --role auditor --make-password
    """
    from django.db import transaction
    from django.utils import timezone

    from tenure.desk.org import services

    name, password = name or username, password or _asked(make_password)
    now = timezone.now()
    with transaction.atomic():  # no user without the post that was asked for
        user = services.create_user(None, username, name, password, now, staff_id=staff_id, language=language or "")
        if role:
            services.give_post(None, user.username, role, org_id, now)
    click.echo(f"✓ {user.username} · {name}" + (f" · {role} · {org_id or '/'}" if role else ""))
    if make_password:
        click.echo(f"  {password}")


@command.command("list")
def list_users() -> None:
    """List all users with their posts; ✗ marks those who sign in no more.

    \b
    Example:
      tenure user list
    """
    from tenure.desk.org.selectors import users_list

    users = users_list()
    for user in users:
        posts = ", ".join(f"{post.role} {post.org_path}" for post in user.posts.all()) or "-"
        click.echo(
            f"{' ' if user.is_active else '✗'} {user.username:<20} {user.staff_id or '-':<10} {user.name}  {posts}"
        )
    if not users:
        click.echo("No users yet. `tenure user demo` makes some for trying, `tenure user add` makes one.")


@command.command("password")
@click.argument("username")
@click.option("--make-password", is_flag=True, help="Make a readable password and print it.")
def password(username: str, make_password: bool) -> None:
    """Give someone a new password; lifts a lock and ends their sessions.

    \b
    Examples:
      tenure user password wang.fang
      tenure user password wang.fang --make-password
    """
    from django.utils import timezone

    from tenure.desk.org import services

    fresh = _asked(make_password)
    services.set_password(None, username, fresh, timezone.now())
    click.echo(f"✓ {username} has a new password." + (f"\n  {fresh}" if make_password else ""))


@command.command("deactivate")
@click.argument("username")
def deactivate(username: str) -> None:
    """Let someone sign in no more; their sessions and tokens end at once, what they did stays.

    \b
    Example:
      tenure user deactivate wang.fang
    """
    from django.utils import timezone

    from tenure.desk.org import services

    services.deactivate_user(None, username, timezone.now())
    click.echo(f"✓ {username} signs in no more.")


@command.command("reset-second-factor")
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Take away the second factor of someone whose phone and recovery codes are lost; their sessions end.

    \b
    Example:
      tenure user reset-second-factor wang.fang
    """
    from django.utils import timezone

    from tenure.desk.org import services

    services.reset_second_factor(None, username, timezone.now())
    click.echo(f"✓ {username} signs in by password alone until they set a second factor up again.")


@command.command("post")
@click.argument("username")
@click.argument("role")
@click.option("--branch", "org_id", default="", help="Branch of the post; without it the whole bank.")
@click.option("--take", is_flag=True, help="Take the post away instead of giving it.")
def post(username: str, role: str, org_id: str, take: bool) -> None:
    """Give someone a post, or take it away.

    \b
    Examples:
      tenure user post wang.fang relationship_manager --branch S1
      tenure user post wang.fang relationship_manager --branch S1 --take
    """
    from django.utils import timezone

    from tenure.desk.org import services

    if take:
        services.take_post(None, username, role, org_id, timezone.now())
    else:
        services.give_post(None, username, role, org_id, timezone.now())
    click.echo(f"✓ {username} {'no longer holds' if take else 'holds'} {role} at {org_id or 'the whole bank'}.")


@command.command("demo")
def demo() -> None:
    """Make users of every role from the published staff and print how to sign in.

    Those who are there already keep their passwords; all of them are in TENURE_HOME/demo-users.txt (mode 600).

    \b
    Example:
      tenure user demo
    """
    from django.utils import timezone

    from tenure.desk.org.demo_users import create_demo_users

    for user in create_demo_users(timezone.now()):
        click.echo(
            f"  {user.username:<12} {user.password or '(changed since)':<34} {user.role:<22} "
            f"{user.name} {user.org_id or '/'}"
        )


def _asked(make: bool) -> str:
    if make:
        from tenure.desk.org.door.selectors import door
        from tenure.desk.org.passwords import readable_password

        return readable_password(door().password.least_length)
    asked: str = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    return asked
