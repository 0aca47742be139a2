"""Negotiation sheets: the next edition, and a line for every look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most
from tenure.desk.corporate import rules
from tenure.desk.corporate.models import NegotiationSheet, Purchase
from tenure.desk.corporate.services import OPEN
from tenure.desk.corporate.standing import may_negotiate, must_negotiate, said
from tenure.desk.org.models import User


def write_sheet(
    user: User,
    purchase_id: UUID,
    aims: str,
    limits: str,
    trades: Sequence[tuple[str, str]],
    their_alternatives: str = "",
    our_alternatives: str = "",
    *,
    number: int,
    now: datetime,
) -> NegotiationSheet:
    """Write the next edition of a purchase's negotiation sheet; ``number`` is the edition it was written from, 0: none.

    Sent twice with the same content it is one edition.

    Raises:
        NotAllowed: not on the company's team, nor its branch's head.
        NotFound: no such purchase of a company they see.
        Unacceptable: no aims, no limits, half a trade-off.
        Conflict: the purchase is closed, or somebody wrote an edition first.
    """
    must_negotiate(user)
    content = {
        "aims": said(aims, 2000, "aims"),
        "limits": said(limits, 2000, "limits"),
        "trades": _trades(trades),
        "their_alternatives": at_most(their_alternatives, 2000, "their_alternatives"),
        "our_alternatives": at_most(our_alternatives, 2000, "our_alternatives"),
    }
    with transaction.atomic():
        one = Purchase.objects.select_for_update().filter(pk=purchase_id).first()
        if one is None or not may_negotiate(user, one.party_id):
            raise NotFound(_("There is no such purchase of a company you negotiate with."))
        last = NegotiationSheet.objects.filter(purchase=one).select_related("written_by").first()
        again = last is not None and last.number == number + 1 and last.written_by_id == user.pk
        if last is not None and again and all(getattr(last, name) == value for name, value in content.items()):
            return last
        if one.state != OPEN:
            raise Conflict(_("This purchase is closed."), _("Open a new one for new business."))
        if last is not None and last.number != number:
            raise Conflict(
                _("%(name)s wrote edition %(number)s first.") % {"name": last.written_by.name, "number": last.number},
                _("What you entered is still here; send it again if it still holds."),
            )
        made = NegotiationSheet.objects.create(
            purchase=one, number=(last.number if last else 0) + 1, **content, written_by=user, written_at=now
        )
        changes = {"customer": one.party_id, "edition": made.number}
        audit.record(user, "negotiation.write", now=now, kind="purchase", key=str(one.pk), changes=changes)
    return made


def note_sheet_opened(user: User, purchase_id: UUID, party_id: str, edition: int, *, now: datetime) -> None:
    """One line for opening a negotiation sheet: limits are what the other side must not know."""
    changes = {"customer": party_id, "edition": edition}
    audit.record(user, "negotiation.open", now=now, kind="purchase", key=str(purchase_id), changes=changes)


def _trades(trades: Sequence[tuple[str, str]]) -> list[list[str]]:
    told = []
    for give, ask in trades:
        give, ask = at_most(give, 200, "trades"), at_most(ask, 200, "trades")
        if bool(give) != bool(ask):
            raise Unacceptable(
                _("Nothing is given for nothing: say what is asked for each thing given."), field="trades"
            )
        if give:
            told.append([give, ask])
    if len(told) > rules.TRADES:
        raise Unacceptable(_("At most %(most)s trade-offs.") % {"most": rules.TRADES}, field="trades")
    return told
