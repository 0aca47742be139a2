"""Customers as the night published them. Read them through ``selectors``, which knows who may see whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models

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
    # Held by few, or by those at the far end of the order: walking the whole order to find them would take long.
    # Other codes have no index of their own on purpose. Where tier and AUM go together the planner, who takes them
    # for independent, would prefer such an index and walk it from the wrong end (measured: 35 ms became 1 s).
    partial=[
        (("-aum_month_average", "party_id"), models.Q(dormant=True)),
        (("-aum_month_average", "party_id"), models.Q(payroll_months__gt=0)),
    ],
)
CustomerCurve = slots(CUSTOMER_CURVE, __name__)
Holding = slots(HOLDING, __name__, indexes=[("account_id",)])
Relation = slots(RELATION, __name__)
Coverage = slots(COVERAGE, __name__, indexes=[("staff_id", "party_id")])
Timeline = slots(TIMELINE, __name__)
Product = slots(PRODUCT_CONTRACT, __name__)


class StandIn(models.Model):
    """Someone who may see a customer because work on them was handed over, until that work ends.

    The desk's own addition to the bank's coverage: it honours nothing but seeing (``visibility``), and the next
    change of coverage at the bank itself comes with the night.
    """

    party_id = models.CharField(max_length=40)
    staff_id = models.CharField(max_length=40)
    cause = models.CharField(max_length=120, help_text="the work-list entry handed over")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=models.Q(ended_at=None), name="an_entry_has_one_stand_in"
            )
        ]
        indexes = [
            models.Index(fields=["staff_id", "party_id"], condition=models.Q(ended_at=None), name="stand_in_staff_idx")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} for {self.party_id}"
