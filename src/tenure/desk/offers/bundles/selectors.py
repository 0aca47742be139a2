"""Every read of bundles: those that are offered, their versions, what waits. Bundles are the bank's own, no secret:
whoever deals with customers or keeps the rules may read them; what they cost the bank is for staff, like all here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.models import Change
from tenure.desk.offers import rules, wording
from tenure.desk.offers.changing import service_words
from tenure.desk.offers.fitting import bundle_name, name_of, products_named
from tenure.desk.offers.models import Bundle
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.models import Product


@dataclass(frozen=True, slots=True)
class Told:
    """A bundle's version in words. ``standing`` is ``offered``, ``ahead``, ``ended`` or ``withdrawn``."""

    row: Bundle
    name: str
    standing: str
    needs: list[str]
    products: list[str]
    services: list[str]
    asks: list[str]
    owner_name: str

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def _may(user: User) -> None:
    reach = reach_of(user)
    if not (reach.may(Permission.VIEW_CUSTOMERS) or reach.may(Permission.MANAGE_RULES)):
        raise NotAllowed(_("None of your posts gives you the right to do this."))


def bundles(user: User, on: date) -> list[Told]:
    """The newest version of every bundle: offered ones first, then by name.

    Raises:
        NotAllowed: they neither see customers nor keep the rules.
    """
    _may(user)
    newest: dict[str, Bundle] = {}
    for one in Bundle.objects.order_by("code", "-version").select_related("withdrawn_by"):
        newest.setdefault(one.code, one)
    told = _told(list(newest.values()), on)
    order = ("offered", "ahead", "ended", "withdrawn")
    return sorted(told, key=lambda one: (order.index(one.standing), one.code))


def versions_of(user: User, code: str, on: date) -> list[Told]:
    """Every version of a bundle, the newest first.

    Raises:
        NotAllowed: see :func:`bundles`.
        NotFound: there is no such bundle.
    """
    _may(user)
    rows = (
        Bundle.objects.filter(code=code).order_by("-version").select_related("made_by", "approved_by", "withdrawn_by")
    )
    found = _told(list(rows), on)
    if not found:
        raise NotFound(_("There is no such bundle."))
    return found


def waiting(user: User) -> list[Change]:
    """Changes of bundles that wait for a second person."""
    _may(user)
    rows = Change.objects.filter(kind="bundles.edit", state=Change.State.WAITING)
    return list(rows.select_related("made_by"))


def products_on_sale(user: User, on: date) -> list[Any]:
    """Published products that may be put into a bundle on day ``on``, by category and number."""
    _may(user)
    rows = Product.rows().order_by("category", "product_id")
    return [one for one in rows if one.withdrawn_on is None or one.withdrawn_on > on]


def _told(rows: list[Bundle], on: date) -> list[Told]:
    products = products_named(number for one in rows for number in one.products)
    owners = staff_names(one.owner for one in rows) if rows else {}
    return [
        Told(
            row=one,
            name=bundle_name(one),
            standing=_standing(one, on),
            needs=[wording.need_name(need) for need in one.needs],
            products=[name_of(products[n]) if n in products else n for n in one.products],
            services=[service_words(service) for service in one.services],
            asks=wording.asks_of(rules.terms_from(one.terms), one.currency),
            owner_name=owners.get(one.owner, one.owner),
        )
        for one in rows
    ]


def _standing(one: Bundle, on: date) -> str:
    if one.withdrawn_at is not None:
        return "withdrawn"
    if on < one.valid_from:
        return "ahead"
    return "offered" if on <= one.valid_until else "ended"
