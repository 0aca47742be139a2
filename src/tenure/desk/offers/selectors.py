"""Every read of solutions: those of customers the reader sees, and the plans they became."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.kit import formats
from tenure.desk.offers import rules, wording
from tenure.desk.offers.fitting import name_of, products_named
from tenure.desk.offers.models import Item, Solution
from tenure.desk.opportunities import selectors as business
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import number_of, numbers_of

_NAME = PUBLISHED["customer"]["name"]
_WORDS = LAKE["interaction"]["words"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A solution as its reader sees it: free text masked as it must be, the state as it is told today."""

    row: Solution
    #: The customer's number as it is now.
    party_id: str
    standing: str
    advice: str
    words: str
    manager_name: str
    items: list[SeenItem]
    #: Its needs in their order as a change tells them: ``need``, ``heard``, ``words``.
    needs_told: list[dict[str, Any]]
    #: Agreed items whose next step has passed, and those whose business is closed.
    overdue: int = 0
    done: int = 0

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)

    @property
    def need_names(self) -> list[str]:
        """Its needs in words, in their order."""
        return [wording.need_name(one["need"]) for one in self.row.needs]

    @property
    def planned(self) -> list[SeenItem]:
        """The items that became a plan."""
        return [one for one in self.items if one.plan is not None]


@dataclass(frozen=True, slots=True)
class SeenItem:
    """An item with its name, the amount's meaning (a code of ``codes.BUSINESS_AMOUNTS``) and the plan it became."""

    row: Item
    name: str
    words: str
    business: str
    cost: int
    plan: Any | None = None

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def may_change(user: User) -> bool:
    """Whether ``user``'s posts let them work on solutions of customers they see."""
    return reach_of(user).may(Permission.LOG_CONTACT)


def solution(user: User, solution_id: UUID, today: date) -> Seen:
    """One solution.

    Raises:
        NotFound: it is of no customer they see.
    """
    row = Solution.objects.select_related("changed_by", "begun_by").filter(pk=solution_id).first()
    number = number_of(user, row.party_id) if row is not None else None
    if row is None or number is None:
        raise NotFound(_("There is no such solution of a customer of yours."))
    return _seen(user, [row], number, today)[0]


def of_customer(user: User, party_id: str, today: date, limit: int = 20) -> list[Seen]:
    """A customer's solutions, dropped ones left out, the last first.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    must_see(user, party_id)
    numbers = numbers_of(user, party_id)
    rows = Solution.objects.filter(party_id__in=numbers).exclude(state=rules.DROPPED).order_by("-begun_at")
    return _seen(user, list(rows[:limit]), numbers[0], today)


def paper(user: User, one: Seen, language: str = "") -> dict[str, Any]:
    """What the customer's page says in ``language`` (the customer's, where none is told), with the customer's name and
    all words as ``user`` may see them.

    Raises:
        NotFound: it was not shown to the customer yet.
    """
    reach, content = reach_of(user), one.row.content
    if not content:
        raise NotFound(_("It was not shown to the customer yet, so there is no page."))
    with translation.override(language or one.row.language):
        own = "zh" if formats.is_chinese(get_language() or "en") else "en"
        return {
            **content,
            "language": get_language(),
            "name": masked(content["name"], _NAME, reach) or one.party_id,
            "branch": content[f"branch_{own}"],
            "advice": one.advice,
            "needs": [
                {
                    **need,
                    "name": wording.need_name(need["need"]),
                    "words": _masked(need["words"], reach),
                    "items": [_on_paper(item, own, reach) for item in need["items"]],
                }
                for need in content["needs"]
            ],
        }


def _on_paper(item: dict[str, Any], own: str, reach: Reach) -> dict[str, Any]:
    """Something offered, in the language that is active: ``own`` names its part of what was kept in both."""
    bundle = item["bundle"]
    products = [
        {
            **product,
            "name": product[own],
            "risk_words": wording.risk_words(product["risk"]),
            "warning": wording.warning(product["category"], product["risk"]),
        }
        for product in item["products"]
    ]
    if bundle is not None:
        bundle = {**bundle, "services": [{**service, "words": service[own]} for service in bundle["services"]]}
    return {
        **item,
        "name": bundle[own] if bundle is not None else products[0]["name"],
        "amount_of": rules.business_of(item["category"]),
        "words": _masked(item["words"], reach),
        "products": products,
        "bundle": bundle,
    }


def version_of(user: User, solution_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Solution.objects.filter(pk=solution_id).values_list("party_id", "version").first()
    return row[1] if row is not None and number_of(user, row[0]) is not None else 0


def _masked(text: str, reach: Reach) -> str:
    return masked(text, _WORDS, reach) if text else ""


def _seen(user: User, rows: list[Solution], number: str, today: date) -> list[Seen]:
    if not rows:
        return []
    reach = reach_of(user)
    items: dict[UUID, list[Item]] = {row.pk: [] for row in rows}
    for item in Item.objects.filter(solution__in=rows).select_related("bundle").order_by("place"):
        items[item.solution_id].append(item)
    plans = business.named(user, [i.opportunity_id for each in items.values() for i in each if i.opportunity_id], today)
    names = _product_names(item for each in items.values() for item in each)
    staff = staff_names({row.manager for row in rows})
    found = []
    for row in rows:
        seen = [_item(item, names, plans, reach) for item in items[row.pk]]
        followed = [one.plan for one in seen if one.plan is not None]
        found.append(
            Seen(
                row=row,
                party_id=number,
                standing=rules.standing(row.state, row.valid_until, today),
                advice=_masked(row.advice, reach),
                words=_masked(row.words, reach),
                manager_name=staff.get(row.manager, row.manager),
                items=seen,
                needs_told=[
                    {
                        "need": told["need"],
                        "heard": bool(told.get("heard")),
                        "words": _masked(told.get("words", ""), reach),
                    }
                    for told in row.needs
                ],
                overdue=sum(plan.state == "open" and plan.next_step_on < today for plan in followed),
                done=sum(plan.state != "open" for plan in followed),
            )
        )
    return found


def _item(item: Item, names: Mapping[str, str], plans: Mapping[UUID, Any], reach: Reach) -> SeenItem:
    chinese = formats.is_chinese(get_language() or "en")
    name = names.get(item.product_id, item.product_id)
    if item.bundle is not None:
        name = item.bundle.name_zh if chinese else item.bundle.name_en
    return SeenItem(
        row=item,
        name=name,
        words=_masked(item.words, reach),
        business=rules.business_of(item.category),
        cost=item.bundle.cost if item.bundle is not None else 0,
        plan=plans.get(item.opportunity_id) if item.opportunity_id else None,
    )


def _product_names(items: Any) -> dict[str, str]:
    return {number: name_of(one) for number, one in products_named(i.product_id for i in items).items()}
