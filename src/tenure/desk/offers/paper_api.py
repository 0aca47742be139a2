"""API: what the customer's page of a solution says, for a bank's own letters, app or printing house."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, codes_in_words
from tenure.desk.offers import selectors

router = Router(tags=["offers"])


class PaperProduct(Schema):
    """A product as the customer reads of it."""

    name: str
    category: str
    risk: str
    risk_words: str
    warning: str
    term_days: int | None = None


class PaperService(Schema):
    """A service of a bundle."""

    code: str
    words: str


class PaperBundle(Schema):
    """What a bundle brings besides its products, and its price a year."""

    version: int
    services: list[PaperService]
    price: int


class PaperItem(Schema):
    """Something offered."""

    item: UUID
    name: str
    amount: int
    amount_of: str = Field(
        description=f"the business it is, which says what the amount counts: {codes_in_words(codes.BUSINESS_KINDS)}"
    )
    words: str
    products: list[PaperProduct]
    bundle: PaperBundle | None = None


class PaperNeed(Schema):
    """A need in its place, with the customer's own words."""

    need: str
    name: str
    words: str
    items: list[PaperItem]


class PaperDocument(Schema):
    """What the customer's page says, as it stood when it was shown. Amounts are whole minor units of currency."""

    language: str
    party_id: str
    name: str
    bank: str
    branch: str
    manager: str
    currency: str
    shown_on: dt.date
    valid_until: dt.date
    needs: list[PaperNeed]
    advice: str


@router.get("/solutions/{uuid:solution_id}/page", auth=allow("offers:read"), response={200: PaperDocument, **REFUSALS})
def get_solution_page(request: HttpRequest, solution_id: UUID, language: Literal["", "zh-hans", "en"] = "") -> Any:
    """What the customer's page says, in the customer's language or another."""
    one = selectors.solution(request.auth, solution_id, timezone.localdate())
    dated = {"currency": one.currency, "shown_on": one.shown_on, "valid_until": one.valid_until}
    return {**selectors.paper(request.auth, one, language), **dated}
