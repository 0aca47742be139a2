"""API: negotiation sheets, for exactly those who see them on the page. The same services, a line for every look."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.control.errors import NotFound
from tenure.desk.corporate import negotiation_services, selectors, standing
from tenure.desk.corporate.models import NegotiationSheet

router = Router(tags=["companies"])
_READ, _WRITE = "companies:read", "companies:write"


class TradeDocument(Schema):
    """What is given, and what is asked for it: nothing is given for nothing."""

    give: str
    ask: str


class SheetContent(Schema):
    """What is prepared for a negotiation."""

    aims: str
    limits: str = Field(description="beyond which we walk away")
    trades: list[TradeDocument] = []
    their_alternatives: str = Field("", description="what they do without us")
    our_alternatives: str = Field("", description="what we do without them")


class NewSheet(SheetContent):
    """The next edition."""

    version: int = Field(ge=0, description="the edition it was written from, 0 where there was none")


class EditionDocument(Schema):
    """One edition of a sheet, without what it says."""

    edition: int
    by: str = Field(description="user name")
    at: dt.datetime


class SheetDocument(SheetContent, EditionDocument):
    """One edition of a sheet."""


class NegotiationDocument(Schema):
    """The negotiation sheet of a purchase."""

    purchase_id: UUID
    version: int = Field(
        description="the edition that stands; send it back with the next, which is refused from another"
    )
    sheet: SheetDocument | None = Field(None, description="the edition asked for; null: none was written")
    editions: list[EditionDocument] = Field(description="the newest first, at most 50")


@router.get(
    "/purchases/{uuid:purchase_id}/negotiation",
    auth=allow(_READ),
    response={200: NegotiationDocument, **REFUSALS},
)
def get_negotiation(request: HttpRequest, purchase_id: UUID, edition: int | None = None) -> Any:
    """The edition of a purchase's negotiation sheet that stands, or the one asked for.

    For the company's coverage team and the heads of its branch alone; every look is written down.
    """
    one, sheets = _seen(request.auth, purchase_id)
    shown = sheets[0] if sheets else None
    if edition is not None:
        shown = next((sheet for sheet in sheets if sheet.number == edition), None)
        if shown is None:
            raise NotFound(_("There is no edition %(number)s of this sheet.") % {"number": edition})
    negotiation_services.note_sheet_opened(
        request.auth, one.id, one.party_id, shown.number if shown is not None else 0, now=timezone.now()
    )
    return _told(one, sheets, shown)


@router.post(
    "/purchases/{uuid:purchase_id}/negotiation",
    auth=allow(_WRITE),
    response={frozenset({200, 201}): NegotiationDocument, **WRITE_REFUSALS},
)
def write_negotiation(request: HttpRequest, purchase_id: UUID, new: NewSheet) -> Any:
    """Write the next edition (201); the same sent twice is one (200). Who comes second is refused (409)."""
    now = timezone.now()
    made = negotiation_services.write_sheet(
        request.auth,
        purchase_id,
        new.aims,
        new.limits,
        [(trade.give, trade.ask) for trade in new.trades],
        new.their_alternatives,
        new.our_alternatives,
        number=new.version,
        now=now,
    )
    one, sheets = _seen(request.auth, purchase_id)
    shown = next(sheet for sheet in sheets if sheet.pk == made.pk)
    return Status(201 if made.written_at == now else 200, _told(one, sheets, shown))


def _seen(user: Any, purchase_id: UUID) -> tuple[selectors.SeenPurchase, list[NegotiationSheet]]:
    """A purchase and its editions, for who may see them: the right is asked before anything is looked for."""
    standing.must_negotiate(user)
    one = selectors.purchase(user, purchase_id, timezone.localdate())
    return one, selectors.sheets_of(user, one)


def _edition(sheet: NegotiationSheet) -> dict[str, Any]:
    return {"edition": sheet.number, "by": sheet.written_by.username, "at": sheet.written_at}


def _told(
    one: selectors.SeenPurchase, sheets: list[NegotiationSheet], shown: NegotiationSheet | None
) -> dict[str, Any]:
    content = None
    if shown is not None:
        names = ("aims", "limits", "their_alternatives", "our_alternatives")
        content = {
            **_edition(shown),
            **{name: getattr(shown, name) for name in names},
            "trades": [{"give": give, "ask": ask} for give, ask in shown.trades],
        }
    return {
        "purchase_id": one.id,
        "version": sheets[0].number if sheets else 0,
        "sheet": content,
        "editions": [_edition(sheet) for sheet in sheets],
    }
