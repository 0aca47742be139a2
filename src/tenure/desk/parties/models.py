"""Customers as the night published them. Read them through ``selectors``, which knows who may see whom."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Greatest, Least

from tenure.contracts.published import (
    COVERAGE,
    CUSTOMER,
    CUSTOMER_CURVE,
    DUPLICATE,
    HOLDING,
    RELATION,
    TIMELINE,
)
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
        ("certificate_no",),
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
Relation = slots(RELATION, __name__, indexes=[("other_id", "kind")])
Coverage = slots(COVERAGE, __name__, indexes=[("staff_id", "party_id")])
Duplicate = slots(DUPLICATE, __name__, indexes=[("grade", "party_id", "other_id"), ("other_id",)])
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


class Merge(models.Model):
    """Two entries of one customer made one: ``merged_id`` is gone from every list, ``kept_id`` stands for both.

    Nothing of the merged entry is rewritten. The desk reads its rows through ``visibility.numbers_of``, the next night
    reads the lake through the merges in force; so an undo is exact, and history is kept.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        UNDONE = "undone"

    kept_id = models.CharField(max_length=40)
    merged_id = models.CharField(max_length=40)
    standing_id = models.CharField(
        max_length=40, help_text="who stands for the merged entry now: the kept one, or into whom that was merged since"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    org_path = models.CharField(
        max_length=200, help_text="who checked it and may undo it: posts at this branch or above"
    )
    change = models.OneToOneField("control.Change", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    undone_because = models.CharField(max_length=500, blank=True)
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")
    written_back_in = models.CharField(max_length=80, blank=True, help_text="the lake's batch that took it over")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged_id"], condition=models.Q(state="active"), name="a_customer_is_merged_away_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(kept_id=models.F("merged_id")), name="nobody_is_merged_into_themselves"
            ),
            models.CheckConstraint(
                condition=~models.Q(standing_id=models.F("merged_id")), name="nobody_merged_stands_for_themselves"
            ),
            models.CheckConstraint(
                condition=models.Q(state="active", undone_at__isnull=True, undone_by__isnull=True)
                | (
                    models.Q(state="undone", undone_at__isnull=False, undone_by__isnull=False)
                    & ~models.Q(undone_because="")
                ),
                name="an_undone_merge_says_who_when_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["standing_id"], condition=models.Q(state="active"), name="merge_standing_idx"),
            models.Index(fields=["kept_id"], name="merge_kept_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}: {self.state}"


class NotSame(models.Model):
    """Two entries somebody looked at and found to be two customers: the night's finding does not come back."""

    party_id = models.CharField(max_length=40, help_text="the smaller of the two numbers")
    other_id = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Least("party_id", "other_id"), Greatest("party_id", "other_id"), name="two_are_told_apart_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(party_id=models.F("other_id")), name="nobody_is_told_apart_from_themselves"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="who_tells_two_apart_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} is not {self.other_id}"
