"""Customers as the night published them. Read them through ``selectors``, which knows who may see whom."""

from __future__ import annotations

from tenure.contracts.published import COVERAGE, CUSTOMER, CUSTOMER_CURVE, HOLDING, RELATION, TIMELINE
from tenure.contracts.published import PRODUCT as PRODUCT_CONTRACT
from tenure.desk.publication.slots import slots

Customer = slots(
    CUSTOMER,
    __name__,
    indexes=[
        # Every sort of the list has an index that ends in the key, so that paging by position works.
        ("-aum_month_average", "party_id"),
        ("-score", "party_id"),
        ("-tenure_months", "party_id"),
        ("next_maturity_on", "party_id"),
        ("last_contact_on", "party_id"),
        ("name_key", "party_id"),
        ("org_path", "-aum_month_average", "party_id"),
        ("tier", "-aum_month_average", "party_id"),
        ("near_tier", "-aum_month_average", "party_id"),
        ("lead_staff_id", "-aum_month_average", "party_id"),
        ("phone_tail",),
        ("phone",),
        ("employer_id",),
    ],
)
CustomerCurve = slots(CUSTOMER_CURVE, __name__)
Holding = slots(HOLDING, __name__, indexes=[("account_id",)])
Relation = slots(RELATION, __name__)
Coverage = slots(COVERAGE, __name__, indexes=[("staff_id", "party_id")])
Timeline = slots(TIMELINE, __name__)
Product = slots(PRODUCT_CONTRACT, __name__)
