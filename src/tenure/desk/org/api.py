"""API: who one is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS
from tenure.desk.org.selectors import counts, posts_of, reach_of

router = Router(tags=["me"])


class PostDocument(Schema):
    """A post: a role at a branch and all below it."""

    role: str
    org_id: str = Field(description="empty: the whole bank")
    org_path: str


class Me(Schema):
    """Who calls, with the posts and permissions they bring."""

    username: str
    name: str
    staff_id: str
    language: str
    posts: list[PostDocument]
    permissions: list[str]


@router.get("/me", auth=allow(""), response={200: Me, **REFUSALS})
def get_me(request: HttpRequest) -> Any:
    """Who one is here, and what one may do."""
    user = request.auth
    return {
        "username": user.username,
        "name": user.name,
        "staff_id": user.staff_id,
        "language": user.language,
        "posts": [post for post in posts_of(user) if counts(post)],
        "permissions": sorted(reach_of(user).permissions),
    }
