"""What the customer's page says: everything as it stood when the solution was shown, in both languages.

It goes to the customer: what they need, what is offered with its risk and its warning, and for how long. Nothing the
bank thinks of them (scores, likelihoods, expected value, what a concession costs) is in it.
"""

from __future__ import annotations

from typing import Any

from tenure.desk.offers.models import Item, Solution
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import branches_named
from tenure.desk.publication.models import Publication


def content_of(row: Any, solution: Solution, items: list[Item], products: dict[str, Any], maker: User,
               publication: Publication) -> dict[str, Any]:  # fmt: skip
    """The page of ``solution`` for the customer of ``row`` as plain JSON; amounts in minor units of its currency."""
    branch = branches_named([row.org_id]).get(row.org_id)
    needs = [
        {
            "need": need["need"],
            "words": need.get("words", "") if need.get("heard") else "",
            "items": [_item(one, products) for one in items if one.need == need["need"]],
        }
        for need in solution.needs
    ]
    return {
        "party_id": row.party_id,
        "name": row.name,
        "bank": publication.bank,
        "branch_zh": branch.name if branch else row.org_id,
        "branch_en": (branch.name_en or branch.name) if branch else row.org_id,
        "manager": maker.name,
        "needs": [one for one in needs if one["items"]],
    }


def _item(item: Item, products: dict[str, Any]) -> dict[str, Any]:
    bundle = item.bundle
    inside = [_product(products[number]) for number in (bundle.products if bundle else [item.product_id])]
    told: dict[str, Any] = {
        "item": str(item.pk),
        "category": item.category,
        "amount": item.amount,
        "words": item.words,
        "products": inside,
        "bundle": None,
    }
    if bundle is not None:
        told["bundle"] = {
            "zh": bundle.name_zh,
            "en": bundle.name_en,
            "version": bundle.version,
            "services": [{name: one[name] for name in ("code", "zh", "en")} for one in bundle.services],
            "price": bundle.price,
        }
    return told


def _product(product: Any) -> dict[str, Any]:
    return {
        "zh": product.name,
        "en": product.name_en or product.name,
        "category": product.category,
        "risk": product.risk_level or "",
        "term_days": product.term_days,
    }
