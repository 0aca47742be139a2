"""What a solution is held against before it is kept, shown or agreed to: the gates, its validity, needs and amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.guards import at_most
from tenure.desk.findings.selectors import ahead
from tenure.desk.kit import formats
from tenure.desk.offers import rules
from tenure.desk.offers.fitting import (
    Offer,
    bundle_name,
    judged_bundle,
    judged_product,
    offered_bundles,
    products_named,
    who_is,
)
from tenure.desk.offers.models import Item, Solution
from tenure.desk.opportunities import rules as business
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import customer as must_see


def judge(row: Any, items: Sequence[Item], today: date, *, new: bool) -> dict[str, Any]:
    """Judge every item afresh; the products by number. ``new``: a bundle must still be the one that is offered.

    What was promised within its validity is kept even if the bundle was withdrawn since; no gate is.

    Raises:
        Unacceptable: something in it may not be offered, or is not any more.
    """
    numbers = {n for item in items for n in (item.bundle.products if item.bundle else [item.product_id])}
    products, who = products_named(numbers), who_is(row, today)
    current = {one.pk for one in offered_bundles(today)} if new and any(item.bundle_id for item in items) else set()
    for item in items:
        if item.bundle is not None:
            if new and item.bundle_id not in current:
                raise Unacceptable(
                    _("The bundle “%(name)s” is not offered any more, or in another version.")
                    % {"name": bundle_name(item.bundle)},
                    _("Choose again; the page shows what is offered now."),
                    field="items",
                )
            must_fit(judged_bundle(item.bundle, products, who, today))
        elif item.product_id in products:
            must_fit(judged_product(products[item.product_id], who, today))
        else:
            raise Unacceptable(_("There is no product %(number)s on sale.") % {"number": item.product_id})
    return products


def must_fit(offer: Offer) -> None:
    """Refuse what a gate keeps from this customer, with the reasons.

    Raises:
        Unacceptable
    """
    if offer.fits:
        return
    remedy = _("Ask the questionnaire first.") if offer.asks_for_a_test else _("Take it out of the solution.")
    raise Unacceptable(
        _("“%(name)s” may not be offered: %(reasons)s.") % {"name": offer.name, "reasons": "; ".join(offer.reasons)},
        remedy,
        field="items",
    )


def must_hold(until: date, items: Sequence[Item], today: date) -> None:
    """Refuse a last day that is past, too far off, or after that of a bundle in it.

    Raises:
        Unacceptable
    """
    if not today <= until <= today + rules.LONGEST_VALIDITY:
        raise Unacceptable(
            _("A solution holds from today for at most %(days)s days.") % {"days": rules.LONGEST_VALIDITY.days},
            field="valid_until",
        )
    first = min((item.bundle.valid_until for item in items if item.bundle), default=until)
    if until > first:
        raise Unacceptable(
            _("A bundle in it is valid until %(day)s: the solution holds no longer.")
            % {"day": formats.day(first, get_language() or "en")},
            field="valid_until",
        )


def needs_told(user: User, one: Solution, told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The needs a solution answers, as they are kept: each once, and one such a customer has or may voice.

    Raises:
        Unacceptable
    """
    kind = must_see(user, one.party_id).kind
    felt = {row.need for row in ahead(user, one.party_id).needs} | {need["need"] for need in one.needs}
    found = []
    for need in told:
        if not rules.may_be_voiced(need["need"], kind, felt):
            raise Unacceptable(
                _("“%(value)s” is no need of such a customer.") % {"value": str(need["need"])[:40]}, field="needs"
            )
        words = at_most(need.get("words", ""), rules.WORDS_LENGTH, "needs")
        found.append({"need": need["need"], "heard": bool(need.get("heard")), "words": words})
    if len({need["need"] for need in found}) < len(found) or len(found) > rules.MOST_NEEDS:
        raise Unacceptable(
            _("Each need once, and at most %(most)s of them.") % {"most": rules.MOST_NEEDS}, field="needs"
        )
    return found


def amount_given(amount: int, offer: Offer) -> int:
    """An amount above nothing for what is offered.

    Raises:
        Unacceptable
    """
    if not 0 < amount < business.MOST_AMOUNT:
        raise Unacceptable(_("Give an amount above nothing for “%(name)s”.") % {"name": offer.name}, field="amount")
    return amount
