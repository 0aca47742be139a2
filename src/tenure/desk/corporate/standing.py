"""What services and selectors of companies both ask: which company it is, who is on its team, what was sent before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, sent_before
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import counts, posts_of, reach_of
from tenure.desk.parties.models import Coverage
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import customer_of, numbers_of


def company(user: User, party_id: str) -> Any:
    """The company of that number, or the one it was merged into.

    Raises:
        NotFound: there is none among those ``user`` may see, or it is a person.
    """
    row = must_see(user, party_id)
    if row.kind != "company":
        raise NotFound(_("%(number)s is a person; only companies have a company page.") % {"number": row.party_id})
    return row


def must_negotiate(user: User) -> None:
    """Refuse those none of whose posts negotiates with companies.

    Raises:
        NotAllowed
    """
    must(user, Permission.NEGOTIATE)


def may_negotiate(user: User, party_id: str) -> bool:
    """Whether ``user`` sees negotiation sheets of a company: on its coverage team, or head of its branch or above.

    Seeing the company is not enough: limits are kept among those who sit at the table.
    """
    reach = reach_of(user)
    row = customer_of(user, party_id) if reach.may(Permission.NEGOTIATE) else None
    if row is None:
        return False
    heads = (post.org_path for post in posts_of(user) if post.role == "branch_head" and counts(post))
    if any(row.org_path.startswith(path) for path in heads):
        return True
    team = Coverage.rows().filter(party_id__in=numbers_of(user, row.party_id), staff_id=reach.staff_id)
    return bool(reach.staff_id) and team.exists()


def once(
    model: type[models.Model],
    external_id: str | None,
    content: Mapping[str, Any],
    user: User,
    author: str,
    make: Callable[[], Any],
) -> Any:
    """What was made under ``external_id`` before with the same content by the same person; else what ``make`` makes.

    Raises:
        Conflict: the id belongs to something else.
    """

    def known() -> Any:
        return sent_before(model, external_id, content, user, author)

    found = known()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:  # the same message came twice at once, and the other was first
        found = known()
        if found is None:
            raise
        return found


def said(text: str, most: int, field: str) -> str:
    """``text`` without blanks around it; Unacceptable where nothing was said, or more than ``most`` characters."""
    text = at_most(text, most, field)
    if not text:
        raise Unacceptable(_("Say in a few words what it is."), field=field)
    return text
