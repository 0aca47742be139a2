"""Whose a case is: the customer's manager or who stands in for them, else the head of the branch (S22),
else whoever answers above it.

Whoever the case is about, or who stood aside from it, is passed over: nobody judges their own case.
"""

from __future__ import annotations

from collections.abc import Iterable

from tenure.desk.org.models import Post
from tenure.desk.org.selectors import desk_user_of
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import acting_for

#: Who answers for a branch, and who is told above it.
HEADS = ("branch_head",)
ABOVE = ("branch_head", "complaint_handler", "executive")


def paths_above(org_path: str) -> list[str]:
    """The branch itself and those above it, the nearest first: ``/HQ/B1/`` → ``/HQ/B1/``, ``/HQ/``, ``/``."""
    parts = [part for part in org_path.split("/") if part]
    return ["/" + "".join(f"{part}/" for part in parts[:n]) for n in range(len(parts), -1, -1)]


def right_owner(party_id: str, org_path: str, without: Iterable[str] = (), *, first: Iterable[str] = ()) -> str:
    """The employee number of who repairs it; empty where there is nobody who signs in here.

    ``first`` are roles that come before the customer's manager: who holds one at the branch or nearest above it.
    """
    passed_over = {one for one in without if one}
    if firstly := next(iter(_in_charge(org_path, tuple(first), passed_over)), ""):
        instead = acting_for([firstly]).get(firstly, firstly)
        return firstly if instead in passed_over else instead
    lead = Customer.rows().filter(party_id=party_id).values_list("lead_staff_id", flat=True).first() or ""
    for one in (acting_for([lead]).get(lead, ""), lead) if lead else ():
        # Somebody who is away comes second: better a case that waits for them than nobody's.
        if one and one not in passed_over and _works_here(one):
            return one
    heads = _in_charge(org_path, HEADS, passed_over) or _in_charge(org_path, ABOVE, passed_over)
    return next(iter(heads), "")


def told_at(level: int, owner: str, org_path: str, without: Iterable[str] = ()) -> str:
    """Who is told at a level: 0 the owner or who stands in for them, 1 the head, 2 the next above the head.

    ``without``: whoever it is about or stood aside is not told how it goes; the next in charge is.
    """
    passed_over = {one for one in without if one}
    if level == 0 and owner:
        instead = acting_for([owner]).get(owner, owner)
        return owner if instead in passed_over else instead
    in_charge = _in_charge(org_path, ABOVE, {owner, *passed_over})
    level = max(level, 1)
    return in_charge[min(level - 1, len(in_charge) - 1)] if in_charge else ""


def _works_here(staff_id: str) -> bool:
    return desk_user_of(staff_id) is not None


def _in_charge(org_path: str, roles: tuple[str, ...], without: Iterable[str]) -> list[str]:
    """Those in charge of a branch and of those above it, the nearest first; each once."""
    paths = paths_above(org_path)
    posts = Post.objects.filter(role__in=roles, org_path__in=paths, user__is_active=True).exclude(user__staff_id="")
    ordered = sorted(
        posts.select_related("user"),
        key=lambda post: (paths.index(post.org_path), roles.index(post.role), post.user.staff_id),
    )
    found = dict.fromkeys(post.user.staff_id for post in ordered)
    return [one for one in found if one not in set(without)]
