"""Introductions and what came of them, and what was spent on a customer's people.

Names and phones of people the bank does not know, and on whom of a customer's people money was spent, stay at the desk.
"""

from __future__ import annotations

from django.db.models import Q

from tenure.desk.network.models import Introduction, Upkeep
from tenure.desk.network.upkeep import rules
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, changed, local


def _introduction(one: Introduction) -> list[Row]:
    return [
        {
            "introduction_id": str(one.pk),
            "party_id": one.introducer_id,
            "made_at": local(one.made_at),
            "org_id": branch_of(one.org_path),
            "target_id": one.target_id or None,
            "given_id": one.given_id or None,
            "converted_id": one.converted_id or None,
            "state": one.state,
            "asked_on": one.asked_on,
            "given_on": one.given_on,
            "contacted_on": one.contacted_on,
            "closed_on": one.closed_on,
            "reason": one.reason or None,
            "opportunity_id": str(one.opportunity_id) if one.opportunity_id is not None else None,
            "thanked_on": one.thanked_on,
            "thanked_how": one.thanked_how or None,
            "staff_id": one.owner or None,
        }
    ]


def _upkeep(one: Upkeep) -> list[Row]:
    return [
        {
            "upkeep_id": str(one.pk),
            "party_id": one.party_id,
            "made_at": local(one.made_at),
            "org_id": branch_of(one.org_path),
            "part": one.part,
            "kind": one.kind,
            "amount": one.amount,
            "currency": one.currency,
            "spent_on": one.spent_on,
            "official": one.official,
            "state": one.state,
            "staff_id": one.staff_id or None,
        }
    ]


TABLES = (
    Table("introduction", Introduction, "made_at", NEW | changed("changed_at"), _introduction),
    Table(
        "upkeep",
        Upkeep,
        "made_at",
        (NEW & ~Q(state=rules.WITHDRAWN)) | changed("changed_at"),
        _upkeep,
        lambda one: one.state != rules.WITHDRAWN,
    ),
)
