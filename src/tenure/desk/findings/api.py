"""API: what the analytics found about branches, and what is ahead with a customer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from tenure.contracts import PUBLISHED
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, document
from tenure.desk.control.masking import masked_row
from tenure.desk.findings import selectors
from tenure.desk.findings.written import masked_words
from tenure.desk.org.selectors import reach_of

router = Router()

OutlookDocument = document("Outlook", PUBLISHED["outlook"])
NeedDocument = document("Need", PUBLISHED["need"])
LostDocument = document("Lost", PUBLISHED["lost"])


class AheadDocument(Schema):
    """What is ahead with a customer; null or empty where the night could not tell."""

    outlook: OutlookDocument | None = None  # type: ignore[valid-type]
    needs: list[NeedDocument]  # type: ignore[valid-type]
    lost: LostDocument | None = None  # type: ignore[valid-type]


class TopicDocument(Schema):
    """A topic's findings about a branch and all below it: codes, units and numbers, without words."""

    topic: str
    org_id: str
    sections: list[dict[str, Any]]
    bank: list[dict[str, Any]] = Field(description="sections of the whole bank that name nobody")


@router.get(
    "/customers/{party_id}/ahead",
    auth=allow("customers:read"),
    tags=["insight"],
    response={200: AheadDocument, **REFUSALS},
)
def get_ahead(request: HttpRequest, party_id: str) -> Any:
    """Likelihood of leaving, value and needs of a customer."""
    found, reach = selectors.ahead(request.auth, party_id), reach_of(request.auth)

    def row(table: str, one: Any | None) -> Any:
        return None if one is None else masked_row(one, PUBLISHED[table], reach)

    return {
        "outlook": row("outlook", found.outlook),
        "needs": [row("need", one) for one in found.needs],
        "lost": row("lost", found.lost),
    }


@router.get(
    "/insight/{topic}",
    auth=allow("branch:read"),
    tags=["insight"],
    response={200: TopicDocument | None, **REFUSALS},
)
def get_topic(request: HttpRequest, topic: str, org_id: str = "") -> Any:
    """A topic's findings for a branch, or the topmost within reach; null before the first night."""
    page = selectors.topic_page(request.auth, topic, org_id)
    if page is None:
        return None
    reach = reach_of(request.auth)
    return {
        "topic": topic,
        "org_id": page.at.org_id,
        "sections": [masked_words(body, reach) for body in page.sections],
        "bank": page.bank,
    }
