"""What became of each customer of a hand-over, as a file: the page's rows, masked as on the page, without its limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.exports import Sheet
from tenure.desk.kit.formats import exponent
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.selectors import staff_names
from tenure.desk.publication.current import pinned
from tenure.desk.team import selectors


def handover_id(filters: Mapping[str, Any]) -> UUID:
    """Which hand-over a file is asked of.

    Raises:
        Unacceptable: none is named, or something else is asked for.
    """
    if set(filters) - {"handover"}:
        raise Unacceptable(_("The result of a hand-over is taken out whole, for internal work."), field="filters")
    try:
        return UUID(str(filters.get("handover", "")))
    except ValueError:
        raise Unacceptable(_("Say which hand-over."), field="handover") from None


class _Handover:
    """Rows of one hand-over; see ``control.exports.Source``."""

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        return {"handover": str(handover_id(filters))}

    def told(self, filters: Mapping[str, str], language: str) -> str:
        return _("hand-over %(number)s") % {"number": filters["handover"][:8]}

    def count(self, user: User, filters: Mapping[str, Any], most: int) -> int:
        one = selectors.handover(user, handover_id(filters))
        return one.lines.order_by()[:most].count()

    def sheet(self, user: User, filters: Mapping[str, Any], language: str) -> Sheet:
        heads = [
            _("Customer number"),
            _("Customer"),
            _("Role"),
            _("Assets"),
            _("Currency"),
            _("Handed over by"),
            _("To"),
            _("State"),
            _("What hindered it"),
            _("Moved at"),
            _("Told"),
            _("Told at"),
            _("Told by"),
        ]
        return Sheet(_("Result of a hand-over"), heads, self._rows(user, filters, language))

    def _rows(self, user: User, filters: Mapping[str, Any], language: str) -> Iterator[Sequence[Any]]:
        one, publication = selectors.handover(user, handover_id(filters)), pinned()
        currency = publication.currency if publication is not None else "CNY"
        from_name = staff_names([one.from_staff]).get(one.from_staff, one.from_staff)
        for seen in selectors.every_line_of(user, one):
            line = seen.line
            yield [
                line.party_id,
                seen.name,
                code_name(line.role, "coverage", language),
                Decimal(line.value).scaleb(-exponent(currency)),
                currency,
                from_name,
                seen.to_name,
                code_name(line.state, "handed", language),
                line.hindered,
                timezone.localtime(line.done_at).strftime("%Y-%m-%d %H:%M") if line.done_at else None,
                code_name(line.told_how, "telling", language)
                if line.told_how
                else (_("not yet") if line.to_tell else ""),
                timezone.localtime(line.told_at).strftime("%Y-%m-%d %H:%M") if line.told_at else None,
                line.told_by.name if line.told_by is not None else "",
            ]


HANDOVER = _Handover()
