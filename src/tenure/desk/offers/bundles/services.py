"""Every change to bundles: propose a version of one (a second person puts it in force), withdraw one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose, reasoned
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of
from tenure.desk.control.models import Change
from tenure.desk.offers import rules
from tenure.desk.offers.changing import content_of, newest
from tenure.desk.offers.fitting import products_named, ware_of
from tenure.desk.offers.gates import SERVES
from tenure.desk.offers.models import Bundle
from tenure.desk.opportunities.rules import MOST_AMOUNT
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import checked_at, employee
from tenure.desk.publication.current import pinned

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A bundle as somebody wants it. ``price`` and the services' ``cost`` are minor units a year of the bank's
    currency; ``products`` are numbers, the one it is sold for first; ``services`` are (code, zh, en, cost)."""

    name_zh: str
    name_en: str
    needs: Sequence[str]
    products: Sequence[str]
    valid_from: date
    valid_until: date
    owner: str
    services: Sequence[tuple[str, str, str, int]] = ()
    terms: rules.Terms = field(default_factory=rules.Terms)
    price: int = 0


def propose_bundle(user: User, code: str, wanted: Wanted, reason: str, *, based_on: int, now: datetime) -> Change:
    """Put a new bundle, or another version of one, before a second person.

    Args:
        code: the bundle's own short name, the same for all its versions.
        based_on: the version it was made from; 0 for a new bundle.

    Raises:
        NotAllowed: no post of theirs manages the bank's rules.
        Unacceptable: something in it cannot be; the field says what.
        Conflict: another version is in force, nothing differs, or a change of it waits already.
    """
    must(user, Permission.MANAGE_RULES)
    if not _CODE.fullmatch(code):
        raise Unacceptable(
            _("A short name has 3 to 40 small letters, digits and hyphens."), _("Like family-protection."), field="code"
        )
    publication = pinned()
    if publication is None:
        raise Conflict(_("Nothing has been published yet."))
    content = _content(wanted, publication.currency, timezone.localdate(now))
    stood = newest(code)
    if (stood.version if stood is not None else 0) != based_on:
        if not based_on:
            raise Conflict(_("There is a bundle of this short name already."), _("Change that one, or choose another."))
        raise Conflict(_("Another version came into force meanwhile."), _("Look at it, then send yours again."))
    if stood is not None and stood.withdrawn_at is None and content_of(stood) == content:
        raise Conflict(_("Nothing differs from the version in force."))
    return propose(
        user,
        "bundles.edit",
        ("bundle", code),
        {"based_on": based_on, "bundle": content},
        reason,
        org_path=checked_at(user),
        now=now,
    )


def withdraw_bundle(user: User, code: str, reason: str, *, version: int, now: datetime) -> Bundle:
    """Stop offering a bundle at once; solutions that were shown keep what they promised.

    One pair of eyes is enough to stop something: a wrong price must not wait. To offer it again takes a new version.

    Raises:
        NotAllowed: see :func:`propose_bundle`.
        NotFound: there is no such bundle.
        Unacceptable: no reason.
        Conflict: it was withdrawn by somebody else, or another version is in force.
    """
    must(user, Permission.MANAGE_RULES)
    reason = reasoned(reason)
    with transaction.atomic():
        one = Bundle.objects.select_for_update().filter(code=code).order_by("-version").first()
        if one is None:
            raise NotFound(_("There is no such bundle."))
        if one.withdrawn_at is not None:
            if one.withdrawn_by_id == user.pk and one.version == version:
                return one
            raise Conflict(_("%(name)s has withdrawn this bundle already.") % {"name": one.withdrawn_by.name})
        if one.version != version:
            raise Conflict(_("Another version came into force meanwhile."), _("Look at it first."))
        one.withdrawn_at, one.withdrawn_by, one.withdrawn_because = now, user, reason
        one.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
        audit.record(
            user, "bundle.withdraw", now=now, kind="bundle", key=code, changes={"version": version}, reason=reason
        )
    return one


def _content(wanted: Wanted, currency: str, today: date) -> dict[str, Any]:
    names = {name: at_most(getattr(wanted, name), rules.NAME_LENGTH, name) for name in ("name_zh", "name_en")}
    for name, told in names.items():
        if not told:
            raise Unacceptable(_("A bundle has a name in Chinese and in English."), field=name)
    if not wanted.needs:
        raise Unacceptable(_("Say which needs it serves."), field="needs")
    for need in wanted.needs:
        one_of(need, SERVES, "needs")
    if not today <= wanted.valid_until or wanted.valid_from > wanted.valid_until:
        raise Unacceptable(_("Its validity begins before it ends, and ends today or later."), field="valid_until")
    if employee(wanted.owner) is None:
        raise Unacceptable(_("Nobody at the bank has this employee number."), field="owner")
    products, terms = _products(wanted.products, today), _terms(wanted.terms)
    _somebody_may_have(products, terms["kinds"])
    return {
        **names,
        "needs": [need for need in SERVES if need in set(wanted.needs)],
        "products": products,
        "services": _services(wanted.services),
        "terms": terms,
        "price": _amount(wanted.price, "price"),
        "currency": currency,
        "owner": wanted.owner,
        "valid_from": wanted.valid_from.isoformat(),
        "valid_until": wanted.valid_until.isoformat(),
    }


def _products(numbers: Sequence[str], today: date) -> list[str]:
    numbers = list(dict.fromkeys(numbers))
    if not numbers:
        raise Unacceptable(_("A bundle has at least one product."), field="products")
    known = products_named(numbers)
    for number in numbers:
        one = known.get(number)
        if one is None or (one.withdrawn_on is not None and one.withdrawn_on <= today):
            raise Unacceptable(_("There is no product %(number)s on sale.") % {"number": number[:40]}, field="products")
    return numbers


def _somebody_may_have(numbers: Sequence[str], kinds: Sequence[str]) -> None:
    """Refuse a bundle that no kind of customer could be offered, by its terms and by whom each product is for."""
    wares = [ware_of(one) for one in products_named(numbers).values()]
    if not any(all(ware.is_for(kind) for ware in wares) for kind in kinds or codes.PARTY_KINDS):
        raise Unacceptable(
            _("Nobody could be offered all of these products: some are for persons and some for companies."),
            _("Choose products that are for whom the bundle is for."),
            field="products",
        )


def _services(told: Sequence[tuple[str, str, str, int]]) -> list[dict[str, Any]]:
    found = []
    for code, zh, en, cost in told:
        one_of(code, codes.BUNDLE_SERVICES, "services")
        found.append(
            {
                "code": code,
                "zh": at_most(zh, rules.NAME_LENGTH, "services"),
                "en": at_most(en, rules.NAME_LENGTH, "services"),
                "cost": _amount(cost, "services"),
            }
        )
    if len({one["code"] for one in found}) < len(found):
        raise Unacceptable(_("Each service once."), field="services")
    return found


def _terms(terms: rules.Terms) -> dict[str, Any]:
    for kind in terms.kinds:
        one_of(kind, codes.PARTY_KINDS, "kinds")
    for category in (*terms.holds, *terms.lacks):
        one_of(category, codes.PRODUCT_CATEGORIES, "holds")
    if terms.tier_least:
        one_of(terms.tier_least, codes.TIERS, "tier_least")
    if set(terms.holds) & set(terms.lacks):
        raise Unacceptable(_("Nobody both holds a product and does not."), field="holds")
    return {
        "kinds": sorted(set(terms.kinds)),
        "tier_least": terms.tier_least,
        "aum_least": None if terms.aum_least is None else _amount(terms.aum_least, "aum_least"),
        "holds": sorted(set(terms.holds)),
        "lacks": sorted(set(terms.lacks)),
    }


def _amount(amount: int, field: str) -> int:
    if not 0 <= amount < MOST_AMOUNT:
        raise Unacceptable(_("Give an amount of nothing or more."), field=field)
    return amount
