"""Opportunities and a month's credit as files: the same filter as the page, the same masks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.exports import Sheet
from tenure.desk.kit.formats import exponent
from tenure.desk.kit.wording import code_name
from tenure.desk.opportunities.credit import rules as credit_rules
from tenure.desk.opportunities.credit import selectors as credit
from tenure.desk.opportunities.selectors import filter_as_asked, opportunities, seen
from tenure.desk.org.models import User


def _major(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(minor).scaleb(-exponent(currency))


class _Opportunities:
    """Rows of the list; see ``control.exports.Source``."""

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        return filter_as_asked(filters).asked()

    def told(self, filters: Mapping[str, str], language: str) -> str:
        names = {"kind": "opportunity_kind", "stage": "stage", "state": "opportunity", "lost": "lost_reason"}
        heads = {"kind": _("Business"), "stage": _("Stage"), "state": _("State"), "lost": _("Lost because")}
        heads |= {"owner": _("Owner"), "consent": _("Agreed")}
        said = []
        for name, value in filters.items():
            if name == "stale":
                said.append(_("Stale"))
            elif name in heads:
                code = code_name(value, names.get(name, "consent"), language) if name != "owner" else value
                said.append(f"{heads[name]}: {code}")
        return _("; ").join(said)

    def count(self, user: User, filters: Mapping[str, Any], most: int) -> int:
        rows = opportunities(user, filter_as_asked(filters), timezone.localdate())
        return rows.order_by()[:most].count()

    def sheet(self, user: User, filters: Mapping[str, Any], language: str) -> Sheet:
        heads = [
            _("Customer number"),
            _("Customer"),
            _("Business"),
            _("Title"),
            _("Amount"),
            _("Currency"),
            _("Stage"),
            _("State"),
            _("Owner"),
            _("Next step"),
            _("Next step on"),
            _("Expected to close"),
            _("Begun on"),
            _("Closed on"),
            _("Amount won"),
            _("Lost because"),
        ]
        return Sheet(_("Opportunities"), heads, self._rows(user, filters, language))

    def _rows(self, user: User, filters: Mapping[str, Any], language: str) -> Iterator[Sequence[Any]]:
        today = timezone.localdate()
        rows = opportunities(user, filter_as_asked(filters), today).order_by("pk")
        batch: list[Any] = []
        for row in rows.iterator(chunk_size=500):
            batch.append(row)
            if len(batch) == 500:
                yield from self._told(user, batch, today, language)
                batch = []
        yield from self._told(user, batch, today, language)

    def _told(self, user: User, batch: list[Any], today: dt.date, language: str) -> Iterator[Sequence[Any]]:
        for one in seen(user, batch, today):
            yield [
                one.party_id,
                one.name,
                code_name(one.kind, "opportunity_kind", language),
                one.title,
                _major(one.amount, one.currency),
                one.currency,
                code_name(one.stage, "stage", language),
                code_name(one.state, "opportunity", language),
                one.owner_name,
                one.next_step,
                one.next_step_on,
                one.expected_close_on,
                timezone.localdate(one.opened_at),
                one.closed_on,
                _major(one.won_amount, one.currency),
                code_name(one.lost_reason, "lost_reason", language) if one.lost_reason else "",
            ]


class _Credit:
    """A month's statement: of a branch with ``branch``, else one's own; ``month`` is ``YYYY-MM``."""

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        told = {name: str(value) for name, value in filters.items() if value not in ("", None)}
        if set(told) - {"month", "branch"}:
            raise Unacceptable(
                _("A statement of credit is taken out for internal work, by month and branch."), field="filters"
            )
        today = timezone.localdate()
        month = told.get("month", f"{today:%Y-%m}")
        if f"{credit_rules.month_of(month, today):%Y-%m}" != month:
            raise Unacceptable(_("“%(value)s” is no month that has begun.") % {"value": month[:20]}, field="month")
        return {**told, "month": month}

    def told(self, filters: Mapping[str, str], language: str) -> str:
        said = [f"{_('Month')}: {filters['month']}"] if "month" in filters else []
        said += [f"{_('Branch')}: {filters['branch']}"] if "branch" in filters else []
        return _("; ").join(said)

    def count(self, user: User, filters: Mapping[str, Any], most: int) -> int:
        return min(len(self._statement(user, filters).lines), most)

    def sheet(self, user: User, filters: Mapping[str, Any], language: str) -> Sheet:
        heads = [
            _("Employee number"),
            _("Business"),
            _("Title"),
            _("Customer"),
            _("Amount won"),
            _("Currency"),
            _("Won on"),
            _("Credit until"),
            _("Days"),
            _("Margin"),
            *(f"{code_name(part, 'credit_part', language)} %" for part in credit_rules.PARTS),
            _("Credit"),
        ]
        return Sheet(_("Credit of the month"), heads, self._rows(user, filters, language))

    def _rows(self, user: User, filters: Mapping[str, Any], language: str) -> Iterator[Sequence[Any]]:
        for line in self._statement(user, filters).lines:
            one = line.opportunity
            yield [
                line.staff_id,
                code_name(one.kind, "opportunity_kind", language),
                one.title,
                one.name,
                _major(one.won_amount, one.currency),
                one.currency,
                one.closed_on,
                one.credit_until,
                line.days,
                _major(line.margin, line.currency),
                *(line.parts.get(part, 0) for part in credit_rules.PARTS),
                _major(line.credit, line.currency),
            ]

    def _statement(self, user: User, filters: Mapping[str, Any]) -> credit.Statement:
        today = timezone.localdate()
        month = credit_rules.month_of(str(filters.get("month", "")), today)
        if "branch" in filters:
            found = credit.branch_statement(user, month, str(filters["branch"]), today)
            if found.too_many:
                raise Unacceptable(
                    _("Too much for one statement"), _("Choose a branch below this one."), field="branch"
                )
            return found
        return credit.statement(user, month, today)


OPPORTUNITIES = _Opportunities()
CREDIT = _Credit()
