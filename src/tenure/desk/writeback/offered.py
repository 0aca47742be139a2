"""Solutions put before customers, thing by thing, and what they said to each."""

from __future__ import annotations

from tenure.desk.offers.models import Solution
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, changed, local


def _solution(one: Solution) -> list[Row]:
    return [
        {
            "solution_id": str(one.pk),
            "party_id": one.party_id,
            "begun_at": local(one.begun_at),
            "org_id": branch_of(one.org_path),
            "needs": " ".join(each["need"] for each in one.needs) or None,
            "heard": " ".join(each["need"] for each in one.needs if each.get("heard")) or None,
            "state": one.state,
            "level_shown": one.level_shown or None,
            "level_agreed": one.level_agreed or None,
            "shown_on": one.shown_on,
            "valid_until": one.valid_until,
            "settled_on": one.settled_on,
            "declined_reason": one.declined_reason or None,
            "words": one.words or None,
            "staff_id": one.manager or None,
        }
    ]


def _items(one: Solution) -> list[Row]:
    return [
        {
            "item_id": str(item.pk),
            "solution_id": str(one.pk),
            "party_id": one.party_id,
            "begun_at": local(one.begun_at),
            "place": item.place,
            "need": item.need,
            "product_id": item.product_id,
            "category": item.category,
            "bundle": item.bundle.code if item.bundle is not None else None,
            "bundle_version": item.bundle.version if item.bundle is not None else None,
            "amount": item.amount,
            "currency": one.currency,
            "state": item.state,
            "opportunity_id": str(item.opportunity_id) if item.opportunity_id is not None else None,
        }
        for item in one.items.all()
    ]


#: Items change with their solution alone: of a draft they are chosen anew, afterwards they are answered.
_WAITS = NEW | changed("changed_at")
TABLES = (
    Table("solution", Solution, "begun_at", _WAITS, _solution),
    Table("solution_item", Solution, "begun_at", _WAITS, _items, all_of=("items", "items__bundle")),
)
