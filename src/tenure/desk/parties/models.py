"""Customers as the night published them. Read them through ``selectors``, which knows who may see whom."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Greatest, Least

from tenure.contracts import codes
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
Timeline = slots(
    TIMELINE,
    __name__,
    partial=[
        (("-at", "event_id"), models.Q(score__isnull=False)),  # answers of a week, the newest first
        (("party_id", "at"), models.Q(kind="interaction")),  # contacts of customers, among all their transactions
    ],
)
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


class Assignment(models.Model):
    """Who looks after a customer since somebody said so at the desk; what nobody said, the bank's own file says.

    It counts at once: :mod:`parties.assigning` amends the published rows in the same transaction, and again after each
    publication, until the bank's file names somebody it had not named when the assignment was made.
    """

    class Role(models.TextChoices):
        LEAD = "lead"
        SUPPORT = "support"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party_id = models.CharField(max_length=40)
    role = models.CharField(max_length=8, choices=Role.choices)
    staff_id = models.CharField(max_length=40, blank=True, help_text="empty: nobody leads, the customer is in the pool")
    holds = models.BooleanField(default=True, help_text="False: supports the customer no more")
    bank_said = models.JSONField(
        default=list, help_text="leads that the bank's file may name while this holds: what it said when it was made"
    )
    from_pool = models.BooleanField(default=False, help_text="nobody led the customer before")
    reason = models.CharField(max_length=500, blank=True)
    since = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party_id"],
                condition=models.Q(role="lead", ended_at__isnull=True),
                name="a_customer_has_one_lead_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["party_id", "staff_id"],
                condition=models.Q(role="support", ended_at__isnull=True),
                name="a_person_supports_a_customer_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role="lead", holds=True) | (models.Q(role="support") & ~models.Q(staff_id="")),
                name="only_the_lead_may_be_nobody",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("since")),
                name="an_assignment_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(fields=["since"], name="assignment_since_idx"),
            models.Index(fields=["party_id", "-since"], name="assignment_party_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.role} {self.staff_id or '·'}"


class StandInPair(models.Model):
    """Who stands in for whom when one is away (A/B): kept ahead, so that an absence needs no search."""

    staff_id = models.CharField(max_length=40, primary_key=True)
    stand_in = models.CharField(max_length=40)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(staff_id=models.F("stand_in")), name="nobody_is_their_own_stand_in"
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} / {self.stand_in}"


class Absence(models.Model):
    """Somebody is away, and who sees and works their customers from the first day to the last, both counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff_id = models.CharField(max_length=40)
    stand_in = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=[(code, name.en) for code, name in codes.ABSENCES.items()])
    first_on = models.DateField()
    last_on = models.DateField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="called off before it began")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="shortened or called off at")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["-first_on", "staff_id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_on__lte=models.F("last_on")), name="an_absence_begins_before_it_ends"
            ),
            models.CheckConstraint(
                condition=~models.Q(staff_id=models.F("stand_in")), name="nobody_stands_in_for_themselves"
            ),
            models.UniqueConstraint(
                fields=["staff_id", "first_on"],
                condition=models.Q(ended_at__isnull=True),
                name="an_absence_is_noted_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["stand_in", "last_on"], condition=models.Q(ended_at__isnull=True), name="absence_stand_in_idx"
            ),
            models.Index(
                fields=["staff_id", "last_on"], condition=models.Q(ended_at__isnull=True), name="absence_staff_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.first_on}–{self.last_on}: {self.stand_in}"
