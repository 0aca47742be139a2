"""What fits a customer: their needs in order, and for each what may be offered and what may not, with every reason.

Reads only. The gates (``gates``) and the rules of bundles (``rules``) decide; here they get what they judge by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import get_language

from tenure.contracts import LAKE
from tenure.desk.control import consents
from tenure.desk.control.masking import masked
from tenure.desk.findings.selectors import ahead
from tenure.desk.kit import formats
from tenure.desk.knowledge.selectors import rating_of
from tenure.desk.knowledge.suitability import Rating
from tenure.desk.offers import rules, wording
from tenure.desk.offers.gates import ASKS_FOR_A_TEST, NEEDS_OF, SERVES, Ware, Who, barred
from tenure.desk.offers.models import Bundle
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Product
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import entries_of

_WORDS = LAKE["interaction"]["words"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A product or a bundle beside a customer; ``reasons`` say in words why it may not be offered, empty: it may.

    ``key`` is ``product|number`` or ``bundle|id``; ``category`` and ``risk_level`` are those of the product it is
    sold for, ``risk_level`` of a bundle the highest in it.
    """

    key: str
    name: str
    category: str
    risk_level: str
    product_id: str
    codes: tuple[str, ...]
    reasons: tuple[str, ...]
    bundle: Bundle | None = None
    #: Names of a bundle's products.
    inside: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether it may be offered."""
        return not self.codes

    @property
    def asks_for_a_test(self) -> bool:
        """Whether a risk test would answer a reason against it."""
        return bool(ASKS_FOR_A_TEST & set(self.codes))


@dataclass(frozen=True, slots=True)
class Felt:
    """A need with what serves it. ``trigger`` and ``due_on`` are the right time as the night found it;
    ``expected_value`` (minor units) and ``propensity`` are for staff alone."""

    need: str
    name: str
    heard: bool
    words: str
    fits: list[Offer]
    barred: list[Offer]
    trigger: str = ""
    due_on: date | None = None
    score: float | None = None
    propensity: float | None = None
    expected_value: int | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """All of it: the needs in order, who the customer is to the gates, and the needs that could be added."""

    row: Any
    who: Who
    needs: list[Felt]
    could_add: list[str] = field(default_factory=list)

    @property
    def rating(self) -> Rating | None:
        """The customer's rating, in force or run out; None where nobody ever asked."""
        return self.who.rating

    def offer(self, need: str, key: str) -> Offer | None:
        """The offer of that key under that need."""
        for one in self.needs:
            if one.need == need:
                return next((offer for offer in (*one.fits, *one.barred) if offer.key == key), None)
        return None


def who_is(row: Any, on: date) -> Who:
    """The customer of a published row as the gates see them on day ``on``."""
    agrees, _word = consents.of_customer(row, entries_of(row.party_id))["marketing"]
    return Who(
        kind=row.kind,
        left_on=row.left_on,
        agrees=agrees,
        open_complaints=row.open_complaints or 0,
        birth_date=row.birth_date,
        rating=rating_of(row, on),
        tier=row.tier or "",
        aum=row.aum_month_average or 0,
        categories=frozenset(row.categories or ()),
    )


def fitting(user: User, party_id: str, on: date, needs: Sequence[Mapping[str, Any]] | None = None) -> Fitting:
    """What fits a customer on day ``on``; of ``needs`` as a solution has them in order, or as the night found them.

    Raises:
        NotFound: there is no such customer among those ``user`` sees.
    """
    row = must_see(user, party_id)
    who, found = who_is(row, on), ahead(user, party_id).needs
    order = list(needs) if needs is not None else seeded(found)
    products = {one.product_id: one for one in Product.rows().order_by("product_id")}
    bundles = offered_bundles(on)
    reach = reach_of(user)
    felt = []
    for told in order:
        seen = [one for one in found if one.need == told["need"]]
        words = masked(told.get("words", ""), _WORDS, reach) if told.get("words") else ""
        felt.append(_felt(told, words, seen, _offers(told["need"], seen, products, bundles, who, on)))
    named = {told["need"] for told in order}
    could = [one for one in (*NEEDS_OF.get(row.kind, ()), *(n["need"] for n in seeded(found))) if one not in named]
    return Fitting(row, who, felt, list(dict.fromkeys(could)))


def seeded(found: Iterable[Any]) -> list[dict[str, Any]]:
    """The needs the night published, in their order, each once; how a solution begins."""
    order = dict.fromkeys(one.need for one in found)
    return [{"need": need, "heard": False, "words": ""} for need in list(order)[: rules.MOST_NEEDS]]


def offered_bundles(on: date) -> list[Bundle]:
    """The newest version of each bundle that is valid on day ``on`` and was not withdrawn."""
    newest: dict[str, Bundle] = {}
    for one in Bundle.objects.order_by("code", "-version"):
        newest.setdefault(one.code, one)
    return [
        one
        for one in newest.values()
        if one.withdrawn_at is None and rules.in_validity(one.valid_from, one.valid_until, on)
    ]


def _felt(told: Mapping[str, Any], words: str, seen: list[Any], offers: list[Offer]) -> Felt:
    timely = next((one for one in seen if one.trigger), None)
    values = [one.expected_value for one in seen if one.expected_value is not None]
    return Felt(
        need=told["need"],
        name=wording.need_name(told["need"]),
        heard=bool(told.get("heard")),
        words=words,
        fits=[one for one in offers if one.fits],
        barred=[one for one in offers if not one.fits],
        trigger=wording.trigger_name(timely.trigger) if timely else "",
        due_on=timely.due_on if timely else None,
        score=max((one.score for one in seen), default=None),
        propensity=max((one.propensity for one in seen if one.propensity is not None), default=None),
        expected_value=max(values) if values else None,
    )


def _offers(
    need: str, seen: list[Any], products: Mapping[str, Any], bundles: list[Bundle], who: Who, on: date
) -> list[Offer]:
    """Bundles first, then products, those the night proposed first; within the same the lower risk first."""
    named = [one.category for one in seen if one.category]
    categories = list(dict.fromkeys([*named, *SERVES.get(need, ())]))
    proposed = {one.product_id for one in seen}
    wares = [one for one in products.values() if one.category in categories and not _gone(one, on)]
    wares.sort(key=lambda one: (one.product_id not in proposed, categories.index(one.category), one.risk_level or "R9"))
    return [
        *(judged_bundle(one, products, who, on) for one in bundles if need in one.needs),
        *(judged_product(one, who, on) for one in wares),
    ]


def _gone(product: Any, on: date) -> bool:
    """Withdrawn long enough that nobody asks why it is not here."""
    return product.withdrawn_on is not None and (on - product.withdrawn_on).days > 90


def ware_of(product: Any) -> Ware:
    """A published product as the gates see it."""
    return Ware(
        product.category, product.risk_level, product.launched_on, product.withdrawn_on, product.sold_to or None
    )


def judged_product(product: Any, who: Who, on: date) -> Offer:
    """A product beside the customer."""
    reasons = barred(ware_of(product), who, on)
    return Offer(
        key=f"product|{product.product_id}",
        name=name_of(product),
        category=product.category,
        risk_level=product.risk_level or "",
        product_id=product.product_id,
        codes=reasons,
        reasons=tuple(wording.gate_words(one) for one in reasons),
    )


def judged_bundle(bundle: Bundle, products: Mapping[str, Any], who: Who, on: date) -> Offer:
    """A bundle beside the customer: its own rules, and the gates of every product in it."""
    refused = rules.refusals(rules.terms_from(bundle.terms), who)
    codes = [one.reason for one in refused]
    reasons = [wording.refusal_words(one, bundle.currency) for one in refused]
    inside = [products.get(number) for number in bundle.products]
    for product in inside:
        shut = barred(ware_of(product), who, on) if product is not None else ("not_on_sale",)
        for reason in shut:
            words = wording.gate_words(reason)
            codes.append(reason)
            reasons.append(f"{name_of(product)}: {words}" if product is not None else words)
    main = inside[0]
    return Offer(
        key=f"bundle|{bundle.pk}",
        name=bundle_name(bundle),
        category=main.category if main is not None else "",
        risk_level=max((one.risk_level or "" for one in inside if one is not None), default=""),
        product_id=bundle.products[0],
        codes=tuple(codes),
        reasons=tuple(dict.fromkeys(reasons)),
        bundle=bundle,
        inside=tuple(name_of(one) for one in inside if one is not None),
    )


def name_of(product: Any) -> str:
    """A product's name in the reader's language."""
    return product.name if formats.is_chinese(get_language() or "en") else product.name_en or product.name


def bundle_name(bundle: Bundle) -> str:
    """A bundle's name in the reader's language."""
    return bundle.name_zh if formats.is_chinese(get_language() or "en") else bundle.name_en


def products_named(numbers: Iterable[str]) -> dict[str, Any]:
    """Published products by number."""
    wanted = set(numbers)
    return {one.product_id: one for one in Product.rows().filter(product_id__in=wanted)} if wanted else {}
